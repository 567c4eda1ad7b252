//! Answers that a model writes: shown while they come, cited, stopped, cut, and made without it when it fails.

use crate::support::chunks::cut_otherwise;
use crate::support::events::{EventStream, names_of, text_of};
use crate::support::texts::{BAKERY, FOREIGN_QUESTION, SUNDAY_ANSWER, SUNDAY_QUESTION};
use crate::support::vendors::llm::{FakeLlm, Scripted};
use crate::support::{Answer, Client, TestApp, Visitor};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use snip::config::LlmProvider;
use snip::domain::knowledge::recutting;
use snip::domain::people::Role;
use snip::ground::scope::Actor;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(30);

/// A node that asks this model, with a client that knows the bakery's document.
async fn bakery_with(model: &FakeLlm) -> (TestApp, Client, String) {
    let base_url = model.base_url.clone();
    let app = TestApp::start_with(|settings| {
        settings.llm.provider = LlmProvider::OpenaiCompatible;
        settings.llm.base_url = base_url;
        settings.llm.model = "test-model".to_owned();
        settings.llm.concurrency = 512;
    })
    .await;
    let bakery = app.client("Bakery").await;
    let document = app.ready_document(&bakery, "hours.md", BAKERY).await;
    (app, bakery, document)
}

async fn ask(visitor: &Visitor, request_id: &str) -> EventStream {
    visitor.stream(json!({ "message": SUNDAY_QUESTION, "request_id": request_id })).await
}

async fn explanation(app: &TestApp, client: &Client, conversation_id: &Value, message_id: &Value) -> Value {
    let text = |value: &Value| value.as_str().expect("an id").to_owned();
    let path =
        format!("/api/conversations/{}/messages/{}/explanation", text(conversation_id), text(message_id));
    app.api_key(client).get(&path).await.expect(200).json()
}

/// Why the answer is as it is, as one text.
fn decisions(explanation: &Value) -> String {
    explanation["decisions"].to_string()
}

// CHT-1, CHT-4, CHT-9, CHT-13
#[tokio::test]
async fn a_model_writes_from_the_sources_and_its_markers_become_citations() {
    let model = FakeLlm::start().await;
    model.script([Scripted::answer(&[
        "On Sundays we are open ",
        "from 8:30 to 13:00 [",
        "1]. Nonsense [7",
        "].",
    ])]);
    let (app, bakery, document) = bakery_with(&model).await;
    let visitor = app.visitor(&bakery);

    let events = ask(&visitor, "r-1").await.rest().await;
    let stored = Answer::of(&visitor.send_as("r-1", SUNDAY_QUESTION).await);

    assert_eq!(text_of(&events), "On Sundays we are open from 8:30 to 13:00 [1]. Nonsense.");
    assert_eq!(stored.response, text_of(&events));
    assert_eq!(stored.answered_by, "model");
    let [citation] = stored.citations.as_slice() else { panic!("{stored:?}") };
    assert_eq!(citation.document_id.as_deref(), Some(document.as_str()));
    assert_eq!(citation.quote, "On Sundays we are open from 8:30 to 13:00.");
    assert!(BAKERY.contains(&citation.quote));
    let done = events.last().expect("an end");
    assert_eq!(done.data["usage"], json!({ "input_tokens": 21, "output_tokens": 4, "source": "provider" }));
    let meta = &events[0].data;
    let explained = explanation(&app, &bakery, &meta["conversation_id"], &meta["message_id"]).await;
    assert_eq!(
        (&explained["provider"], &explained["model"]),
        (&json!("openai_compatible"), &json!("test-model"))
    );
    assert!(explained["prompt"]["messages"].to_string().contains("from 8:30 to 13:00"), "{explained}");
    assert!(explained["passages"].as_array().expect("passages").iter().any(|it| it["is_cited"] == true));
    assert!(explained["timings"]["first_text_ms"].as_f64().is_some());
    assert_eq!(model.journal().len(), 1);
    app.finish().await;
}

// DSH-2, CHT-13, BIL-52
#[tokio::test]
async fn a_test_chat_says_what_the_answer_would_have_cost() {
    let model = FakeLlm::start().await;
    let base_url = model.base_url.clone();
    let app = TestApp::start_with(|settings| {
        settings.llm.provider = LlmProvider::OpenaiCompatible;
        settings.llm.base_url = base_url;
        settings.llm.model = "test-model".to_owned();
        settings.llm.models_allowed = vec!["other-model".to_owned()];
        settings.llm.prices = vec!["test-model 0.40 1.60".to_owned()];
    })
    .await;
    let bakery = app.client("Bakery").await;
    app.ready_document(&bakery, "hours.md", BAKERY).await;
    app.ready_faq(&bakery, "Do you sell gift cards?", "Yes, at the counter.").await;
    let ada = app.person("ada@north.test", Role::Admin, None).await;
    let base = format!("/api/clients/{}", bakery.id);
    let cost = async |message: &str| {
        let asked =
            ada.request(Method::POST, &format!("{base}/test-chat")).json(&json!({ "message": message }));
        let events = EventStream::open(asked).await.rest().await;
        let last = events.last().expect("an explanation");
        assert_eq!(last.name, "explanation");
        last.data["cost_nano_usd"].clone()
    };

    model.script([Scripted::answer(&["On Sundays we are open ", "from 8:30 to 13:00 [", "1", "]."])]);
    let written = cost(SUNDAY_QUESTION).await;
    let quoted = cost("Do you sell gift cards?").await;
    model.script([Scripted::status(401, "Incorrect API key provided.")]);
    let failed = cost(SUNDAY_QUESTION).await;
    let wishes = json!({ "instructions": "", "model": "other-model" });
    app.api_key(&bakery).put("/api/instructions", wishes).await.expect(200);
    model.script([Scripted::answer(&["On Sundays we are open."])]);
    let unpriced = cost(SUNDAY_QUESTION).await;

    assert_eq!(written, 21 * 400 + 4 * 1_600, "billionths of a dollar, to the digit");
    assert_eq!(quoted, 0, "no model was asked");
    assert_eq!((failed, unpriced), (Value::Null, Value::Null), "what is not known is not shown as nothing");
    app.finish().await;
}

// CHT-4
#[tokio::test]
async fn a_question_that_is_an_faq_never_reaches_the_model() {
    let model = FakeLlm::start().await;
    let (app, bakery, _) = bakery_with(&model).await;
    app.ready_faq(&bakery, "Do you sell gift cards?", "Yes, at the counter.").await;

    let answer = app.ask(&bakery, "do you sell gift cards").await;

    assert_eq!((answer.response.as_str(), answer.answered_by.as_str()), ("Yes, at the counter.", "faq"));
    assert!(model.journal().is_empty());
    app.finish().await;
}

// CHT-5
#[tokio::test]
async fn where_nothing_is_found_no_model_is_asked_and_the_question_is_kept() {
    let model = FakeLlm::start().await;
    let (app, bakery, _) = bakery_with(&model).await;

    let answer = app.ask(&bakery, FOREIGN_QUESTION).await;

    assert_eq!(answer.answered_by, "none");
    assert!(model.journal().is_empty());
    assert_eq!(app.api_key(&bakery).list_all("/api/gaps").await.len(), 1);
    app.finish().await;
}

// CHT-8, CHT-13
#[tokio::test]
async fn a_model_that_fails_leaves_the_answer_that_needs_none() {
    let model = FakeLlm::start().await;
    model.usually(Scripted::status(401, "Incorrect API key provided."));
    let (app, bakery, _) = bakery_with(&model).await;

    for refusal in [
        Scripted::status(401, "Incorrect API key provided."),
        Scripted::body("text/html", "<p>Welcome"),
        Scripted::answer(&[]),
    ] {
        model.script([refusal]);
        let answer = app.ask(&bakery, SUNDAY_QUESTION).await;

        assert_eq!(answer.answered_by, "extractive");
        assert!(answer.response.contains(SUNDAY_ANSWER), "{answer:?}");
        let explained =
            explanation(&app, &bakery, &json!(answer.conversation_id), &json!(answer.message_id)).await;
        assert!(decisions(&explained).contains("no model answered"), "{explained}");
    }
    app.finish().await;
}

// CHT-1, CHT-8
#[tokio::test]
async fn an_answer_that_breaks_off_keeps_what_came_and_says_so() {
    let model = FakeLlm::start().await;
    model.script([Scripted::begun(&["On Sundays from 8:30 to 13:00 [1]. ", "And"])]);
    let (app, bakery, _) = bakery_with(&model).await;
    let visitor = app.visitor(&bakery);

    let events = ask(&visitor, "r-1").await.rest().await;
    let stored = Answer::of(&visitor.send_as("r-1", SUNDAY_QUESTION).await);

    assert!(
        text_of(&events).starts_with("On Sundays from 8:30 to 13:00 [1]. And\n\n(My answer broke off here.")
    );
    assert_eq!(stored.response, text_of(&events));
    let done = &events.last().expect("an end").data;
    assert_eq!((&done["ending"], &done["stopped"]), (&json!("cut"), &json!(false)));
    assert_eq!(done["usage"]["source"], "estimate");
    assert_eq!(stored.citations.len(), 1);
    app.finish().await;
}

// CHT-1
#[tokio::test]
async fn a_stop_ends_the_providers_call_and_keeps_what_came() {
    let model = FakeLlm::start().await;
    model.script([Scripted::begun(&["On Sundays ", "from 8:30 "]).hang()]);
    let (app, bakery, _) = bakery_with(&model).await;
    let visitor = app.visitor(&bakery);
    let mut stream = ask(&visitor, "r-1").await;
    let meta = stream.until("meta").await.data;
    let first = stream.until("delta").await;
    let message_id = meta["message_id"].as_str().expect("an id");
    let owner = visitor.clone().with_session(meta["session"].as_str().expect("a session"));

    let stopped = owner.stop(message_id).await.expect(202).json();
    let left = tokio::time::timeout(PATIENCE, model.until_idle()).await;
    let rest = stream.rest().await;
    let stored = Answer::of(&visitor.send_as("r-1", SUNDAY_QUESTION).await);

    assert_eq!(stopped["was_running"], true);
    assert!(left.is_ok(), "the provider's call goes on");
    let done = &rest.last().expect("an end").data;
    assert_eq!((&done["stopped"], &done["ending"]), (&json!(true), &json!("stopped")));
    let text = format!("{}{}", first.text(), text_of(&rest));
    assert!(text.starts_with("On Sundays"), "{text}");
    assert_eq!((stored.response.as_str(), stored.message_id.as_str()), (text.as_str(), message_id));
    assert_eq!(model.journal().len(), 1, "a repeated request asks nobody");
    app.finish().await;
}

// CHT-1
#[tokio::test]
async fn a_stop_before_the_first_word_ends_the_call_too() {
    let model = FakeLlm::start().await;
    model.script([Scripted::begun(&[]).hang()]);
    let (app, bakery, _) = bakery_with(&model).await;
    let visitor = app.visitor(&bakery);
    let mut stream = ask(&visitor, "r-1").await;
    let meta = stream.until("meta").await.data;
    model.until_calls(1).await;

    let owner = visitor.with_session(meta["session"].as_str().expect("a session"));
    owner.stop(meta["message_id"].as_str().expect("an id")).await.expect(202);
    let left = tokio::time::timeout(PATIENCE, model.until_idle()).await;
    let rest = stream.rest().await;

    assert!(left.is_ok(), "the provider's call goes on");
    assert_eq!(names_of(&rest), ["citations", "done"]);
    assert_eq!((&rest[1].data["stopped"], &rest[1].data["response"]), (&json!(true), &json!("")));
    app.finish().await;
}

// CHT-1
#[tokio::test]
async fn a_connection_that_is_cut_while_the_model_writes_costs_nothing() {
    let pieces = ["Sonntags ", "ab 8:30 ", "– Grüße \u{1F956}", " [1]", ". Ende."];
    let whole = "Sonntags ab 8:30 – Grüße \u{1F956} [1]. Ende.";
    for cut_after in 0..pieces.len() {
        let model = FakeLlm::start().await;
        let (before, after) = pieces.split_at(cut_after);
        let scripted = after.iter().fold(Scripted::begun(before).hold(), |it, words| it.words(words));
        model.script([scripted.end()]);
        let (app, bakery, _) = bakery_with(&model).await;
        let visitor = app.visitor(&bakery);
        let mut stream = ask(&visitor, "r-1").await;
        let meta = stream.until("meta").await;
        let mut seen = (String::new(), meta.id.clone());
        if cut_after > 0 {
            let delta = stream.until("delta").await;
            seen = (delta.text().to_owned(), delta.id);
        }

        drop(stream);
        model.release();
        let message_id = meta.data["message_id"].as_str().expect("an id");
        let owner = visitor.with_session(meta.data["session"].as_str().expect("a session"));
        let events = owner.follow(message_id, Some(&seen.1)).await.rest().await;

        assert_eq!(format!("{}{}", seen.0, text_of(&events)), whole, "cut after {cut_after}");
        assert_eq!(events.last().map(|event| event.name.as_str()), Some("done"));
        assert_eq!(model.journal().len(), 1);
        app.finish().await;
    }
}

// CHT-1, CHT-2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_tabs_with_one_request_follow_one_answer_of_one_call() {
    let model = FakeLlm::start().await;
    model.script([Scripted::begun(&["On Sundays "]).hold().words("from 8:30 [1].").end()]);
    let (app, bakery, _) = bakery_with(&model).await;
    let visitor = app.visitor(&bakery);

    let mut streams = join_all((0..8).map(|_| ask(&visitor, "r-1"))).await;
    join_all(streams.iter_mut().map(|stream| stream.until("meta"))).await;
    model.release();
    let seen = join_all(streams.into_iter().map(EventStream::rest)).await;

    for events in &seen {
        assert_eq!(text_of(events), "On Sundays from 8:30 [1].");
    }
    assert_eq!(model.journal().len(), 1);
    assert_eq!(app.count("select count(*) as n from turns").await, 1);
    assert_eq!(app.count("select count(*) as n from messages").await, 2);
    app.finish().await;
}

// CHT-1: many streams at once, none dropped
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_streams_are_open_at_once_and_each_gets_its_answer() {
    const STREAMS: usize = 200;
    let model = FakeLlm::start().await;
    model.usually(Scripted::begun(&["On Sundays "]).hold().words("from 8:30 [1].").end());
    let (app, bakery, _) = bakery_with(&model).await;

    let mut streams = Vec::new();
    for number in 0..STREAMS {
        streams.push(ask(&app.visitor(&bakery), &format!("r-{number}")).await);
    }
    tokio::time::timeout(PATIENCE, model.until_calls(STREAMS)).await.expect("every turn asks its model");
    (0..STREAMS).for_each(|_| model.release());
    let seen = join_all(streams.into_iter().map(EventStream::rest)).await;

    for events in &seen {
        assert_eq!(text_of(events), "On Sundays from 8:30 [1].");
        assert_eq!(events.last().map(|event| event.name.as_str()), Some("done"));
    }
    app.finish().await;
}

// CHT-4, KNO-3
#[tokio::test]
async fn a_source_that_is_cut_anew_while_the_model_writes_is_cited_all_the_same() {
    let model = FakeLlm::start().await;
    let words = ["On Sundays we are open from 8:30 ", "to 13:00 [1]."];
    model.script([Scripted::begun(&words[..1]).hold().words(words[1]).end()]);
    let (app, bakery, document) = bakery_with(&model).await;
    app.env.db.write(Actor::System("test"), cut_otherwise).await.unwrap();
    app.settle().await;
    let visitor = app.visitor(&bakery);
    let mut stream = ask(&visitor, "r-1").await;
    stream.until("delta").await;

    app.env.db.write(Actor::System("test"), recutting::begin).await.unwrap();
    app.settle().await;
    model.release();
    stream.rest().await;

    assert_eq!(app.count("select count(*) as n from chunks where chunker = 0").await, 0);
    let stored = Answer::of(&visitor.send_as("r-1", SUNDAY_QUESTION).await);
    let [citation] = stored.citations.as_slice() else { panic!("{stored:?}") };
    assert_eq!(citation.document_id.as_deref(), Some(document.as_str()));
    assert!(BAKERY.contains(&citation.quote), "{citation:?}");
    app.finish().await;
}

// CHT-4
#[tokio::test]
async fn a_source_that_is_deleted_while_the_model_writes_is_not_cited() {
    let model = FakeLlm::start().await;
    model.script([Scripted::begun(&["On Sundays from 8:30 [1] "]).hold().words("to 13:00.").end()]);
    let (app, bakery, document) = bakery_with(&model).await;
    let visitor = app.visitor(&bakery);
    let mut stream = ask(&visitor, "r-1").await;
    stream.until("delta").await;

    app.api_key(&bakery).delete(&format!("/api/documents/{document}")).await.expect(204);
    model.release();
    let rest = stream.rest().await;
    let stored = Answer::of(&visitor.send_as("r-1", SUNDAY_QUESTION).await);

    let done = &rest.last().expect("an end").data;
    assert_eq!(done["response"], json!("On Sundays from 8:30 [1] to 13:00."));
    assert_eq!(stored.citations, []);
    app.settle().await;
    app.finish().await;
}

// CHT-2
#[tokio::test]
async fn what_was_said_before_goes_into_the_next_prompt_and_into_the_search() {
    let model = FakeLlm::start().await;
    model.script([
        Scripted::answer(&["From 8:30 to 13:00 [1]."]),
        Scripted::answer(&["It costs 4.50 euros [1][2]."]),
    ]);
    let (app, bakery, _) = bakery_with(&model).await;
    let mut visitor = app.visitor(&bakery);

    visitor.say(SUNDAY_QUESTION).await;
    let second = visitor.say("And delivery?").await;

    let journal = model.journal();
    let sent = journal[1].body["messages"].to_string();
    for part in [SUNDAY_QUESTION, "From 8:30 to 13:00", "And delivery?", "costs 4.50 euros"] {
        assert!(sent.contains(part), "{part} is missing in {sent}");
    }
    let quotes: Vec<&str> = second.citations.iter().map(|citation| citation.quote.as_str()).collect();
    assert!(quotes.contains(&"Delivery within the city costs 4.50 euros and takes two hours."), "{quotes:?}");
    app.finish().await;
}

// CHT-2
#[tokio::test]
async fn a_page_that_is_loaded_anew_finds_the_answer_that_is_being_written() {
    let model = FakeLlm::start().await;
    model.script([Scripted::begun(&["On Sundays "]).hold().words("from 8:30 [1].").end()]);
    let (app, bakery, _) = bakery_with(&model).await;
    let visitor = app.visitor(&bakery);
    let mut stream = ask(&visitor, "r-1").await;
    let meta = stream.until("meta").await.data;
    stream.until("delta").await;
    drop(stream);

    let reloaded = visitor.with_session(meta["session"].as_str().expect("a session"));
    let history = reloaded.history().await.expect(200).json();
    let open = history["open_message_id"].as_str().expect("an answer is being written").to_owned();
    let mut followed = reloaded.follow(&open, None).await;
    let begun = followed.until("delta").await.text().to_owned();
    model.release();
    let rest = followed.rest().await;

    assert_eq!(json!(open), meta["message_id"]);
    assert_eq!(format!("{begun}{}", text_of(&rest)), "On Sundays from 8:30 [1].");
    assert_eq!(reloaded.history().await.expect(200).json()["open_message_id"], Value::Null);
    app.finish().await;
}

// CHT-3
#[tokio::test]
async fn a_link_that_no_source_holds_is_not_shown() {
    let model = FakeLlm::start().await;
    model.script([Scripted::answer(&["Open from 8:30 [1]. See [here](https://ev", "il.test/x) for more."])]);
    let (app, bakery, _) = bakery_with(&model).await;

    let events = ask(&app.visitor(&bakery), "r-1").await.rest().await;

    assert!(!text_of(&events).contains("evil.test"), "{}", text_of(&events));
    assert!(text_of(&events).starts_with("Open from 8:30 [1]."), "{}", text_of(&events));
    app.finish().await;
}
