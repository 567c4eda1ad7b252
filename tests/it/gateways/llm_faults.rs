//! Language models that fail in every way they have: what is tried again, who is asked next, and what a turn is told
//! (CHT-8).

use super::llm::{chain, chain_with, client, failed, hello, patience, provider, read};
use crate::support::vendors::llm::{FakeLlm, Scripted};
use futures_util::StreamExt as _;
use snip::gateway::llm::{ChainOptions, LlmChain, LlmError, Patience, Piece, ProviderName, ProviderOptions};
use snip::ground::ids::{ClientId, Id as _};
use std::time::Duration;
use tokio::task::JoinSet;

const COMPATIBLE: ProviderName = ProviderName::OpenAiCompatible;
/// Long enough for loopback, short enough for a test that lets it pass.
const SHORT: Duration = Duration::from_millis(150);

async fn two_fakes() -> (FakeLlm, FakeLlm, LlmChain) {
    let (first, second) = (FakeLlm::start().await, FakeLlm::start().await);
    second.usually(Scripted::answer(&["From the second."]));
    let chain = chain(vec![provider(ProviderName::Xai, &first), provider(COMPATIBLE, &second)]);
    (first, second, chain)
}

fn status(code: u16) -> Scripted {
    Scripted::status(code, "no")
}

#[tokio::test]
async fn what_may_pass_is_tried_twice_and_then_the_next_provider_answers() {
    for code in [429, 500, 502, 503, 529, 408] {
        let (first, _second, chain) = two_fakes().await;
        first.usually(status(code));

        let started = chain.start(&client(), hello()).await.unwrap();

        assert_eq!(started.provider, COMPATIBLE, "{code}");
        assert_eq!(first.journal().len(), 2, "{code}");
        assert_eq!(read(started).await.text, "From the second.");
    }
}

#[tokio::test]
async fn what_will_not_pass_is_not_tried_again() {
    for code in [400, 401, 403, 404, 413, 422] {
        let (first, _second, chain) = two_fakes().await;
        first.usually(status(code));

        let started = chain.start(&client(), hello()).await.unwrap();

        assert_eq!(started.provider, COMPATIBLE, "{code}");
        assert_eq!(first.journal().len(), 1, "{code}");
    }
}

#[tokio::test]
async fn a_second_try_that_works_is_the_answer() {
    let (first, second, chain) = two_fakes().await;
    first.script([status(503), Scripted::answer(&["Better now."])]);

    let started = chain.start(&client(), hello()).await.unwrap();

    assert_eq!(started.provider, ProviderName::Xai);
    assert_eq!(read(started).await.text, "Better now.");
    assert!(second.journal().is_empty());
    let figures = &chain.figures()[0];
    assert_eq!((figures.answers, figures.retries, figures.failures), (1, 1, 0));
    assert_eq!((figures.input_tokens, figures.output_tokens), (21, 4));
}

#[tokio::test]
async fn a_wish_to_wait_is_granted_within_the_turn_and_not_beyond() {
    let fake = FakeLlm::start().await;
    let slow_to_retry = Patience { retry_pause: Duration::from_secs(3_600), ..patience() };
    let chain = chain_with(vec![provider(COMPATIBLE, &fake)], slow_to_retry);

    // Told to come back at once, it does, whatever its own pause is.
    fake.script([status(429).header("retry-after", "0")]);
    assert_eq!(read(chain.start(&client(), hello()).await.unwrap()).await.text, "Hello.");
    assert_eq!(fake.journal().len(), 2);

    // Told to come back after the turn, it does not wait at all.
    fake.script([status(429).header("retry-after", "120")]);
    let errors = failed(chain.start(&client(), hello()).await);
    assert_eq!(errors, [LlmError::TooManyRequests { retry_after_ms: Some(120_000) }]);
    assert_eq!(fake.journal().len(), 3);

    // Without a word, its own pause counts, which is longer than the turn.
    fake.script([status(429)]);
    assert_eq!(
        failed(chain.start(&client(), hello()).await),
        [LlmError::TooManyRequests { retry_after_ms: None }]
    );
    assert_eq!(fake.journal().len(), 4);
}

#[tokio::test]
async fn what_is_no_answer_is_told_from_one() {
    let cases = [
        (Scripted::body("text/html", "<!doctype html><h1>Welcome</h1>"), LlmError::NotAnAnswer),
        (Scripted::body("text/plain", "It works!"), LlmError::NotAnAnswer),
        (Scripted::body("application/json", "{\"ok\":true}"), LlmError::NotAnAnswer),
        (Scripted::body("application/json", "{"), LlmError::NotAnAnswer),
        (Scripted::body("text/event-stream", "data: {\"choices\": [\n\n"), LlmError::NotAnAnswer),
        (Scripted::body("text/event-stream", ""), LlmError::EmptyAnswer),
        (Scripted::body("text/event-stream", "data: [DONE]\n\n"), LlmError::EmptyAnswer),
        (Scripted::answer(&[]), LlmError::EmptyAnswer),
        (Scripted::answer(&["<think>Hm.</think>\n"]), LlmError::EmptyAnswer),
        (
            Scripted::body("text/event-stream", "data: {\"error\":{\"message\":\"overloaded\"}}\n\n"),
            LlmError::ReportedError { reason: "overloaded".to_owned() },
        ),
        (
            Scripted::body("application/json", "{\"error\":\"model not loaded\"}"),
            LlmError::ReportedError { reason: "model not loaded".to_owned() },
        ),
    ];
    for (answer, expected) in cases {
        let fake = FakeLlm::start().await;
        fake.usually(answer.clone());
        let chain = chain(vec![provider(COMPATIBLE, &fake)]);

        assert_eq!(failed(chain.start(&client(), hello()).await), [expected], "{answer:?}");
        assert_eq!(fake.journal().len(), 1, "{answer:?}");
    }
}

#[tokio::test]
async fn an_answer_that_stops_in_the_middle_keeps_what_was_said_and_says_so() {
    for (rest, name) in
        [("", "closed"), ("data: {\"choi\n\n", "garbage"), ("data: {\"error\":\"gone\"}\n\n", "error")]
    {
        let fake = FakeLlm::start().await;
        fake.usually(Scripted::begun(&["We open", " at"]).raw(rest));
        let chain = chain(vec![provider(COMPATIBLE, &fake)]);

        let whole = read(chain.start(&client(), hello()).await.unwrap()).await;

        assert_eq!(whole.text, "We open at", "{name}");
        let expected = match name {
            "error" => LlmError::ReportedError { reason: "gone".to_owned() },
            _ => LlmError::Interrupted,
        };
        assert_eq!(whole.error, Some(expected), "{name}");
        assert_eq!(fake.journal().len(), 1, "what was begun is not begun anew");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unreachable() {
    let fake = FakeLlm::start().await;
    let gone = provider(COMPATIBLE, &fake);
    drop(fake);

    assert_eq!(failed(chain(vec![gone]).start(&client(), hello()).await), [LlmError::Unreachable]);
}

#[tokio::test]
async fn a_first_word_that_does_not_come_in_time_is_not_waited_for() {
    for silent in [Scripted::begun(&[]).hang(), Scripted::begun(&[]).raw(": ping\n\n").hang()] {
        let fake = FakeLlm::start().await;
        fake.usually(silent);
        let hurried = Patience { first_token: SHORT, ..patience() };
        let chain = chain_with(vec![provider(COMPATIBLE, &fake)], hurried);

        let errors = failed(chain.start(&client(), hello()).await);

        assert_eq!(errors, [LlmError::FirstTokenTimeout { within_ms: 150 }]);
        assert_eq!(fake.journal().len(), 2);
        fake.until_idle().await;
    }
}

#[tokio::test]
async fn an_answer_that_never_ends_ends_with_the_turn() {
    let fake = FakeLlm::start().await;
    fake.usually(Scripted::begun(&["We open"]).hang());
    let chain = chain_with(vec![provider(COMPATIBLE, &fake)], Patience { turn: SHORT * 4, ..patience() });

    let whole = read(chain.start(&client(), hello()).await.unwrap()).await;

    assert_eq!((whole.text.as_str(), whole.error), ("We open", Some(LlmError::TurnTimeout)));
    fake.until_idle().await;
}

#[tokio::test]
async fn counts_that_never_come_do_not_hold_a_finished_answer_up() {
    let fake = FakeLlm::start().await;
    let finished = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    fake.usually(Scripted::begun(&["At nine."]).raw(finished).hang());
    let chain = chain(vec![provider(COMPATIBLE, &fake)]);

    let whole = read(chain.start(&client(), hello()).await.unwrap()).await;

    assert_eq!((whole.text.as_str(), whole.usage, whole.error), ("At nine.", None, None));
}

#[tokio::test]
async fn an_answer_without_end_is_cut_at_its_bound() {
    let fake = FakeLlm::start().await;
    let long = "word ".repeat(20_000);
    fake.usually(Scripted::answer(&[&long, &long, &long]));
    let chain = chain(vec![provider(COMPATIBLE, &fake)]);

    let whole = read(chain.start(&client(), hello()).await.unwrap()).await;

    assert_eq!(whole.text.len(), 2 * long.len());
    assert_eq!(whole.error, Some(LlmError::TooLong));
}

#[tokio::test]
async fn dropping_an_answer_ends_the_call_at_once() {
    let fake = FakeLlm::start().await;
    fake.usually(Scripted::begun(&["We open"]).hang());
    let chain = chain(vec![provider(COMPATIBLE, &fake)]);
    let mut started = chain.start(&client(), hello()).await.unwrap();
    assert_eq!(started.pieces.next().await, Some(Ok(Piece::Text("We open".to_owned()))));

    drop(started);

    fake.until_idle().await;
    assert_eq!(chain.figures()[0].running, 0, "its place is free again");
}

#[tokio::test]
async fn giving_up_before_the_first_word_ends_the_call_too() {
    let fake = FakeLlm::start().await;
    fake.usually(Scripted::begun(&[]).hang());
    let chain = chain(vec![provider(COMPATIBLE, &fake)]);

    let client = client();
    tokio::select! {
        _ = chain.start(&client, hello()) => panic!("nothing was said"),
        () = fake.until_calls(1) => {}
    }

    fake.until_idle().await;
    assert_eq!(chain.figures()[0].running, 0);
}

#[tokio::test]
async fn a_refused_key_is_not_tried_by_every_turn() {
    let (first, second, chain) = two_fakes().await;
    first.usually(status(401));

    for _ in 0..3 {
        let started = chain.start(&client(), hello()).await.unwrap();
        assert_eq!(started.provider, COMPATIBLE);
    }

    assert_eq!((first.journal().len(), second.journal().len()), (1, 3));
    assert!(chain.figures()[0].is_open);
}

#[tokio::test]
async fn a_provider_that_keeps_failing_is_left_alone() {
    let (first, second, chain) = two_fakes().await;
    first.usually(status(500));

    for _ in 0..10 {
        chain.start(&client(), hello()).await.unwrap();
    }

    assert!(first.journal().len() <= 6, "{} calls", first.journal().len());
    assert_eq!(second.journal().len(), 10);
}

#[tokio::test]
async fn a_failure_names_every_provider_and_holds_no_secret() {
    let (first, second, chain) = two_fakes().await;
    first.usually(Scripted::status(400, "You sent key-of-xai and that is wrong"));
    second.usually(status(404));

    let failure = chain.start(&client(), hello()).await.err().unwrap();

    let sentence = failure.to_string();
    assert!(sentence.contains("xai (xai-model, calls: 1) refused the request (status 400)"), "{sentence}");
    assert!(sentence.contains("openai_compatible (openai_compatible-model, calls: 1)"), "{sentence}");
    assert!(!format!("{failure:?} {sentence}").contains("key-of"), "{sentence}");
}

#[tokio::test]
async fn a_hundred_calls_of_one_client_do_not_keep_another_waiting() {
    let fake = FakeLlm::start().await;
    fake.usually(Scripted::begun(&[]).hold().words("Done.").end());
    let options = ChainOptions {
        providers: vec![provider(COMPATIBLE, &fake)],
        concurrency: 8,
        temperature: None,
        output_tokens_max: 100,
        patience: patience(),
    };
    let chain = LlmChain::new(options).unwrap();
    let mut burst = JoinSet::new();
    for _ in 0..100 {
        let chain = chain.clone();
        burst.spawn(async move { read(chain.start(&client(), hello()).await.unwrap()).await.text });
    }
    // The burst has all the places that one client may have.
    fake.until_calls(6).await;
    let other_chain = chain.clone();
    let other = ClientId::parse(&super::llm::CLIENT.replace("01jd", "01je")).unwrap();
    let mut others = JoinSet::new();
    others.spawn(async move { read(other_chain.start(&other, hello()).await.unwrap()).await.text });

    // The other one's call is made without any of the burst having ended.
    fake.until_calls(7).await;

    for _ in 0..101 {
        fake.release();
    }
    assert_eq!(others.join_all().await, ["Done."]);
    assert_eq!(burst.join_all().await.len(), 100);
}

#[tokio::test]
async fn a_slow_provider_of_one_turn_does_not_slow_another_turn() {
    let fake = FakeLlm::start().await;
    fake.script([Scripted::begun(&["Well"]).hang()]);
    let chain = chain(vec![provider(COMPATIBLE, &fake)]);
    let slow = chain.start(&client(), hello()).await.unwrap();

    let quick = read(chain.start(&client(), hello()).await.unwrap()).await;

    assert_eq!(quick.text, "Hello.");
    drop(slow);
}

#[tokio::test]
async fn waiting_for_a_place_counts_as_time_of_the_turn() {
    let fake = FakeLlm::start().await;
    fake.usually(Scripted::begun(&["Well"]).hang());
    let options = ChainOptions {
        providers: vec![ProviderOptions { ..provider(COMPATIBLE, &fake) }],
        concurrency: 1,
        temperature: None,
        output_tokens_max: 100,
        patience: Patience { turn: SHORT * 2, ..patience() },
    };
    let chain = LlmChain::new(options).unwrap();
    let _holds_the_place = chain.start(&client(), hello()).await.unwrap();

    let errors = failed(chain.start(&client(), hello()).await);

    assert_eq!(errors, [LlmError::TurnTimeout]);
    assert_eq!(fake.journal().len(), 1);
}
