//! Finding and deleting conversations.

use crate::support::TestApp;
use crate::support::events::EventStream;
use crate::support::texts::{BAKERY, SUNDAY_QUESTION};
use reqwest::Method;
use serde_json::{Value, json};
use snip::domain::people::Role;
use snip::ground::time::HOUR_MS;
use snip::store::Clock as _;

fn ids(list: &Value) -> Vec<&str> {
    list["items"].as_array().expect("items").iter().filter_map(|item| item["id"].as_str()).collect()
}

// DSH-2
#[tokio::test]
async fn conversations_are_found_by_words_in_any_case_and_by_when_they_began() {
    let app = TestApp::start().await;
    let (bakery, garage) = (app.client("Bakery").await, app.client("Garage").await);
    let early = app.ask(&bakery, "ΠΟΥ είναι το κατάστημα; 100% sure").await.conversation_id;
    app.clock.advance_ms(HOUR_MS);
    let noon = app.clock.now().to_rfc3339();
    let late = app.ask(&bakery, "Do you sell Käsekuchen?").await.conversation_id;
    app.ask(&garage, "Do you sell Käsekuchen?").await;
    let api = app.api_key(&bakery);
    let found = async |query: &str| {
        let list = api.get(&format!("/api/conversations?{query}")).await.expect(200).json();
        ids(&list).iter().map(|id| (*id).to_owned()).collect::<Vec<_>>()
    };

    assert_eq!(found("").await, [late.as_str(), early.as_str()]);
    assert_eq!(found("q=K%C3%84SEKUCHEN").await, [late.as_str()]);
    assert_eq!(found("q=%CF%80%CE%BF%CF%85").await, [early.as_str()], "Greek letters have cases too");
    assert_eq!(found("q=100%25").await, [early.as_str()]);
    assert_eq!(found("q=sell%25").await, Vec::<String>::new(), "a percent sign is a percent sign");
    assert_eq!(found(&format!("since={noon}")).await, [late.as_str()]);
    assert_eq!(found(&format!("until={noon}")).await, [early.as_str()]);
    assert_eq!(found(&format!("q=sell&until={noon}")).await, Vec::<String>::new());
    api.get("/api/conversations?since=yesterday").await.expect(422);
    app.finish().await;
}

// DSH-2
#[tokio::test]
async fn tests_of_the_assistant_are_no_conversations_with_visitors() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let eve = app.person("eve@bakery.test", Role::Member, Some(&bakery)).await;
    let path = format!("/api/clients/{}/test-chat", bakery.id);
    for message in ["Hello", "Do you sell gift cards?"] {
        let test = eve.request(Method::POST, &path).json(&json!({ "message": message }));
        EventStream::open(test).await.rest().await;
    }
    let real = app.ask(&bakery, "Hello").await.conversation_id;
    let read =
        async |what: &str| eve.get(&format!("/api/clients/{}/{what}", bakery.id)).await.expect(200).json();

    let (list, overview, usage) = (read("conversations").await, read("overview").await, read("usage").await);

    assert_eq!(ids(&list), [real.as_str()]);
    assert_eq!(list["items"][0]["opening"], "Hello");
    assert_eq!((&overview["conversations_7d"], &overview["messages_7d"]), (&json!(1), &json!(1)));
    assert_eq!(overview["unanswered_open"], 0, "what nothing answered in a trial is no visitor's question");
    assert_eq!((&usage["conversations"], &usage["visitor_messages"]), (&json!(1), &json!(1)));
    app.finish().await;
}

// DSH-2, DSH-6
#[tokio::test]
async fn a_deleted_conversation_is_gone_with_its_messages_and_its_visitor_begins_a_new_one() {
    let app = TestApp::start().await;
    let (bakery, garage) = (app.client("Bakery").await, app.client("Garage").await);
    app.ready_document(&bakery, "hours.md", BAKERY).await;
    let mut visitor = app.visitor(&bakery).on("https://bakery.test");
    let answer = visitor.say(SUNDAY_QUESTION).await;
    let path = format!("/api/conversations/{}", answer.conversation_id);
    let api = app.api_key(&bakery);
    assert_eq!(api.get(&path).await.expect(200).json()["message_count"], 2);
    app.api_key(&garage).delete(&path).await.expect_problem(404, "not_found");

    api.delete(&path).await.expect(204);

    for gone in [path.clone(), format!("{path}/messages")] {
        api.get(&gone).await.expect_problem(404, "not_found");
    }
    api.delete(&path).await.expect_problem(404, "not_found");
    for sql in [
        "select count(*) as n from messages",
        "select count(*) as n from turns",
        "select count(*) as n from citations",
        "select count(*) as n from turn_explanations",
    ] {
        assert_eq!(app.count(sql).await, 0, "{sql}");
    }
    assert_eq!(
        app.count("select count(*) as n from audit_log where action = 'conversation.deleted'").await,
        1
    );
    assert_eq!(visitor.history().await.expect(200).json()["items"], json!([]));
    let next = visitor.say(SUNDAY_QUESTION).await;
    assert_ne!(next.conversation_id, answer.conversation_id);
    app.finish().await;
}

// DSH-2
#[tokio::test]
async fn who_may_only_read_cannot_delete() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let answer = app.ask(&bakery, "Hello").await;
    let specialist = app.person("ada@north.test", Role::ContentSpecialist, None).await;
    let path = format!("/api/clients/{}/conversations/{}", bakery.id, answer.conversation_id);

    specialist.get(&path).await.expect(200);
    specialist.delete(&path).await.expect_problem(403, "forbidden");

    app.finish().await;
}
