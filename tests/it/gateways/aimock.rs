//! The same calls before a judge that we did not write: a server that plays providers, with faults (CHT-6, CHT-8).

use super::llm::{chain_with, client, failed, hello, patience, read};
use serde_json::Value;
use snip::gateway::llm::{Generation, LlmChain, LlmError, Patience, ProviderName, ProviderOptions};
use snip::ground::secret::Secret;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const WHOLE: &str = "We open at nine and close at six.";

/// The judge's process. It ends when its input is closed, however the test ends.
struct Aimock {
    process: Child,
    url: String,
}

impl Aimock {
    fn start() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let installed = folder.join("assets/node_modules/@copilotkit/aimock");
        assert!(installed.is_dir(), "the judge is not installed: run `npm ci` in `assets`");
        let mut process = Command::new("node")
            .arg(folder.join("tests/it/gateways/aimock.mjs"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node is installed");
        let mut url = String::new();
        let output = process.stdout.take().expect("the output is piped");
        BufReader::new(output).read_line(&mut url).expect("the judge tells its address");
        Self { process, url: url.trim().to_owned() }
    }

    fn chain(&self, names: &[ProviderName]) -> LlmChain {
        let providers = names.iter().map(|name| ProviderOptions {
            provider: *name,
            base_url: format!("{}/v1", self.url),
            model: format!("{name}-model"),
            models_allowed: Vec::new(),
            api_key: Some(Secret::new(format!("key-of-{name}"))),
        });
        let hurried = Patience { first_token: Duration::from_secs(2), ..patience() };
        chain_with(providers.collect(), hurried)
    }

    /// What the judge was sent, in order.
    async fn journal(&self) -> Vec<Value> {
        let http = crate::support::http::client().build().unwrap();
        let journal = http.get(format!("{}/__aimock/journal", self.url)).send().await.unwrap();
        journal.json().await.unwrap()
    }
}

impl Drop for Aimock {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

fn asked(words: &str) -> Generation {
    let mut generation = hello();
    generation.prompt.messages[0].text = words.to_owned();
    generation
}

#[tokio::test]
async fn the_judge_understands_every_provider_and_is_understood() {
    let judge = Aimock::start();
    for name in ProviderName::ALL {
        for words in ["answer", "trickle"] {
            let whole = read(judge.chain(&[name]).start(&client(), asked(words)).await.unwrap()).await;

            assert_eq!((whole.text.as_str(), whole.error), (WHOLE, None), "{name}: {words}");
            let usage = whole.usage.expect("the judge tells counts");
            // In this interface the judge's counts are zeros.
            let counts = name != ProviderName::Anthropic;
            assert_eq!(usage.input_tokens > 0 && usage.output_tokens > 0, counts, "{name}: {usage:?}");
        }
    }

    for call in judge.journal().await {
        let is_messages = call["path"] == "/v1/messages";
        assert_eq!(call["headers"]["x-api-key"].is_string(), is_messages, "{call}");
        assert_eq!(call["headers"]["authorization"].is_string(), !is_messages, "{call}");
        assert!(!call["body"].to_string().contains("key-of"), "{call}");
    }
}

#[tokio::test]
async fn each_fault_of_the_judge_is_told_for_what_it_is() {
    let judge = Aimock::start();
    for (words, expected, calls) in [
        ("unauthorised", LlmError::KeyRefused { status: 401 }, 1),
        ("hurried", LlmError::TooManyRequests { retry_after_ms: Some(0) }, 2),
        ("overrun", LlmError::TooManyRequests { retry_after_ms: Some(3_600_000) }, 1),
        ("broken", LlmError::ServerFailed { status: 500, retry_after_ms: None }, 2),
        ("dropped", LlmError::ServerFailed { status: 500, retry_after_ms: None }, 2),
        ("disconnected", LlmError::Unreachable, 2),
        ("garbage", LlmError::NotAnAnswer, 1),
        ("nothing", LlmError::EmptyAnswer, 1),
        ("silent", LlmError::FirstTokenTimeout { within_ms: 2_000 }, 2),
    ] {
        for name in [ProviderName::Xai, ProviderName::Anthropic] {
            let failure = judge.chain(&[name]).start(&client(), asked(words)).await.err().expect(words);

            let provider = &failure.providers[0];
            assert_eq!((&provider.error, provider.tries), (&expected, calls), "{name}: {words}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_the_judge_cuts_keeps_its_beginning() {
    let judge = Aimock::start();
    for name in [ProviderName::OpenAi, ProviderName::Anthropic] {
        let whole = read(judge.chain(&[name]).start(&client(), asked("middle")).await.unwrap()).await;

        assert_eq!(whole.error, Some(LlmError::Interrupted), "{name}");
        assert!(!whole.text.is_empty() && WHOLE.starts_with(&whole.text), "{name}: {}", whole.text);
    }
}

#[tokio::test]
async fn a_refused_key_moves_on_to_the_next_provider() {
    let judge = Aimock::start();
    let chain = judge.chain(&[ProviderName::Xai, ProviderName::Anthropic]);

    let errors = failed(chain.start(&client(), asked("unauthorised")).await);

    assert_eq!(errors, [LlmError::KeyRefused { status: 401 }, LlmError::KeyRefused { status: 401 }]);
    let paths: Vec<Value> = judge.journal().await.iter().map(|call| call["path"].clone()).collect();
    assert_eq!(paths, ["/v1/chat/completions", "/v1/messages"]);
}
