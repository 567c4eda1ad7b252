//! Language models that do as documented: what is sent to whom, and what comes back (CHT-6).

use crate::support::vendors::llm::{FakeLlm, Scripted};
use futures_util::StreamExt as _;
use serde_json::json;
use snip::gateway::llm::{
    ChainOptions, Generation, LlmChain, LlmError, LlmFailure, Patience, Piece, Prompt, PromptMessage,
    PromptRole, ProviderName, ProviderOptions, Started, TokenUsage,
};
use snip::ground::ids::{ClientId, Id as _};
use snip::ground::secret::Secret;
use std::time::Duration;

pub(super) const CLIENT: &str = "client_01jd3v5s8e4w6x7y9zabcdefgh";

pub(super) fn client() -> ClientId {
    ClientId::parse(CLIENT).unwrap()
}

pub(super) fn hello() -> Generation {
    let message = PromptMessage { role: PromptRole::User, text: "Hello?".to_owned() };
    Generation {
        prompt: Prompt { system: "Be brief.".to_owned(), messages: vec![message] },
        model: None,
        temperature: Some(0.3),
        output_tokens_max: 100,
    }
}

pub(super) fn provider(name: ProviderName, fake: &FakeLlm) -> ProviderOptions {
    ProviderOptions {
        provider: name,
        base_url: fake.base_url.clone(),
        model: format!("{name}-model"),
        models_allowed: vec!["other-model".to_owned()],
        api_key: Some(Secret::new(format!("key-of-{name}"))),
    }
}

/// Patient enough for a busy machine, with no pause before a second try.
pub(super) fn patience() -> Patience {
    Patience {
        connect: Duration::from_secs(20),
        first_token: Duration::from_secs(20),
        turn: Duration::from_secs(60),
        retry_pause: Duration::ZERO,
    }
}

pub(super) fn chain_with(providers: Vec<ProviderOptions>, patience: Patience) -> LlmChain {
    let options =
        ChainOptions { providers, concurrency: 16, temperature: None, output_tokens_max: 100, patience };
    LlmChain::new(options).unwrap()
}

pub(super) fn chain(providers: Vec<ProviderOptions>) -> LlmChain {
    chain_with(providers, patience())
}

/// An answer, read to its end.
#[derive(Debug)]
pub(super) struct Whole {
    pub(super) text: String,
    pub(super) usage: Option<TokenUsage>,
    pub(super) error: Option<LlmError>,
}

pub(super) async fn read(mut started: Started) -> Whole {
    let mut whole = Whole { text: String::new(), usage: None, error: None };
    while let Some(piece) = started.pieces.next().await {
        assert!(whole.error.is_none(), "nothing follows an error");
        match piece {
            Ok(Piece::Text(text)) => whole.text.push_str(&text),
            Ok(Piece::Usage(usage)) => whole.usage = Some(usage),
            Err(error) => whole.error = Some(error),
        }
    }
    whole
}

/// Asserts that no answer began, and says why.
#[track_caller]
pub(super) fn failed(started: Result<Started, LlmFailure>) -> Vec<LlmError> {
    let failure = started.err().expect("no answer begins");
    failure.providers.into_iter().map(|provider| provider.error).collect()
}

#[tokio::test]
async fn an_answer_streams_from_each_provider_with_its_counts() {
    for name in ProviderName::ALL {
        let fake = FakeLlm::start().await;
        fake.script([Scripted::answer(&["We open", " at", " nine."])]);
        let chain = chain(vec![provider(name, &fake)]);

        let started = chain.start(&client(), hello()).await.unwrap();

        assert_eq!((started.provider, started.model.clone()), (name, format!("{name}-model")));
        let whole = read(started).await;
        assert_eq!((whole.text.as_str(), whole.error), ("We open at nine.", None));
        assert_eq!(whole.usage, Some(TokenUsage { input_tokens: 21, output_tokens: 4 }));
    }
}

#[tokio::test]
async fn each_provider_is_sent_what_it_documents() {
    let (open, messages) = (FakeLlm::start().await, FakeLlm::start().await);

    for name in [ProviderName::Xai, ProviderName::OpenAi, ProviderName::OpenAiCompatible] {
        read(chain(vec![provider(name, &open)]).start(&client(), hello()).await.unwrap()).await;
    }
    let anthropic = chain(vec![provider(ProviderName::Anthropic, &messages)]);
    read(anthropic.start(&client(), hello()).await.unwrap()).await;

    for (call, name) in open.journal().iter().zip(["xai", "openai", "openai_compatible"]) {
        assert_eq!(call.path, "/v1/chat/completions");
        assert_eq!(call.header("authorization"), format!("Bearer key-of-{name}"));
        assert_eq!(call.body["model"], format!("{name}-model"));
        assert_eq!(call.body["messages"][0], json!({ "role": "system", "content": "Be brief." }));
        assert_eq!(call.body["messages"][1], json!({ "role": "user", "content": "Hello?" }));
        assert_eq!(call.body["stream_options"], json!({ "include_usage": true }));
        let length = if name == "openai" { "max_completion_tokens" } else { "max_tokens" };
        assert_eq!(call.body[length], 100);
    }
    let call = &messages.journal()[0];
    assert_eq!(call.path, "/v1/messages");
    assert_eq!(call.header("x-api-key"), "key-of-anthropic");
    assert_eq!(call.header("anthropic-version"), "2023-06-01");
    assert_eq!(call.header("authorization"), "");
    assert_eq!(call.body["system"], "Be brief.");
}

#[tokio::test]
async fn a_key_goes_to_its_own_provider_and_nowhere_else() {
    let names = [ProviderName::Xai, ProviderName::Anthropic, ProviderName::OpenAi];
    let mut fakes = Vec::new();
    for _ in names {
        fakes.push(FakeLlm::start().await);
    }
    // The first two send the caller elsewhere: to the address of the next, and by a refusal.
    fakes[0].usually(
        Scripted::status(307, "moved").header("location", &format!("{}/chat/completions", fakes[2].base_url)),
    );
    fakes[1].usually(Scripted::status(401, "bad key"));
    let chain = chain(names.iter().zip(&fakes).map(|(name, fake)| provider(*name, fake)).collect());

    let started = chain.start(&client(), hello()).await.unwrap();

    assert_eq!(started.provider, ProviderName::OpenAi);
    for (name, fake) in names.iter().zip(&fakes) {
        assert_eq!(fake.journal().len(), 1);
        let sent = fake.journal()[0].everything();
        for other in names {
            assert_eq!(sent.contains(&format!("key-of-{other}")), other == *name, "{name} was sent {sent}");
        }
    }
}

#[tokio::test]
async fn a_server_without_a_key_is_sent_none() {
    let fake = FakeLlm::start().await;
    let local = ProviderOptions { api_key: None, ..provider(ProviderName::OpenAiCompatible, &fake) };

    read(chain(vec![local]).start(&client(), hello()).await.unwrap()).await;

    assert_eq!(fake.journal()[0].header("authorization"), "");
}

#[tokio::test]
async fn a_wished_model_is_used_where_it_is_offered() {
    let (first, second) = (FakeLlm::start().await, FakeLlm::start().await);
    first.usually(Scripted::status(400, "no"));
    let fallback =
        ProviderOptions { models_allowed: Vec::new(), ..provider(ProviderName::OpenAiCompatible, &second) };
    let chain = chain(vec![provider(ProviderName::Xai, &first), fallback]);

    let wished = Generation { model: Some("other-model".to_owned()), ..hello() };
    let started = chain.start(&client(), wished).await.unwrap();

    assert_eq!(started.model, "openai_compatible-model");
    assert_eq!(first.journal()[0].body["model"], "other-model");
    assert_eq!(chain.models(), ["xai-model", "other-model"]);
}

#[tokio::test]
async fn a_server_that_does_not_know_a_part_of_the_request_is_asked_without_it() {
    let fake = FakeLlm::start().await;
    fake.script([
        Scripted::status(400, "Unrecognized request argument supplied: stream_options"),
        Scripted::status(400, "Unsupported value: 'temperature' does not support 0.3"),
    ]);
    let chain = chain(vec![provider(ProviderName::OpenAiCompatible, &fake)]);

    let first = read(chain.start(&client(), hello()).await.unwrap()).await;
    let second = read(chain.start(&client(), hello()).await.unwrap()).await;

    assert_eq!((first.text.as_str(), second.text.as_str()), ("Hello.", "Hello."));
    let journal = fake.journal();
    assert_eq!(journal.len(), 4, "what was learnt is kept");
    for call in &journal[2..] {
        assert!(call.body.get("stream_options").is_none() && call.body.get("temperature").is_none());
    }
}

#[tokio::test]
async fn a_server_that_does_not_stream_is_understood() {
    let fake = FakeLlm::start().await;
    let body = json!({
        "choices": [{ "message": { "role": "assistant", "content": "At nine." }, "finish_reason": "stop" }],
        "usage": { "prompt_tokens": 3, "completion_tokens": 2 },
    });
    fake.script([Scripted::body("application/json", &body.to_string())]);
    let chain = chain(vec![provider(ProviderName::OpenAiCompatible, &fake)]);

    let whole = read(chain.start(&client(), hello()).await.unwrap()).await;

    assert_eq!(whole.text, "At nine.");
    assert_eq!(whole.usage, Some(TokenUsage { input_tokens: 3, output_tokens: 2 }));
}

#[tokio::test]
async fn a_model_that_thinks_aloud_is_not_overheard() {
    let fake = FakeLlm::start().await;
    fake.script([Scripted::answer(&["<thi", "nk>They want hours.", "</think>\n\n", "At nine."])]);
    let chain = chain(vec![provider(ProviderName::OpenAiCompatible, &fake)]);

    let whole = read(chain.start(&client(), hello()).await.unwrap()).await;

    assert_eq!(whole.text, "At nine.");
}

#[tokio::test]
async fn a_node_without_a_model_says_so() {
    let none = LlmChain::none();

    let failure = none.start(&client(), hello()).await.err().unwrap();

    assert!(!none.is_configured() && none.models().is_empty());
    assert_eq!(failure.to_string(), "no language model is configured");
}
