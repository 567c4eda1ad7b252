//! Questions that nothing answered, and why an answer is as it is.

use crate::support::texts::{BAKERY, FOREIGN_QUESTION, SUNDAY_QUESTION};
use crate::support::{Client, TestApp};
use serde_json::{Value, json};

async fn gaps(app: &TestApp, client: &Client) -> Vec<Value> {
    app.api_key(client).list_all("/api/gaps").await
}

// CHT-5
#[tokio::test]
async fn a_question_that_nothing_answers_is_kept_once_and_counted() {
    let app = TestApp::start().await;
    let (bakery, garage) = (app.client("Bakery").await, app.client("Garage").await);
    app.ready_document(&bakery, "hours.md", BAKERY).await;

    app.ask(&bakery, SUNDAY_QUESTION).await;
    app.ask(&bakery, "?!").await;
    app.ask(&bakery, FOREIGN_QUESTION).await;
    app.ask(&bakery, &FOREIGN_QUESTION.to_uppercase()).await;
    let found = gaps(&app, &bakery).await;

    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["question"], FOREIGN_QUESTION);
    assert_eq!((&found[0]["times_asked"], &found[0]["status"]), (&json!(2), &json!("open")));
    assert!(gaps(&app, &garage).await.is_empty());
    app.finish().await;
}

// CHT-5
#[tokio::test]
async fn a_gap_that_was_resolved_opens_again_when_it_is_asked_in_vain_and_a_dismissed_one_does_not() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    app.ask(&bakery, FOREIGN_QUESTION).await;
    let path = format!("/api/gaps/{}", gaps(&app, &bakery).await[0]["id"].as_str().unwrap());

    let resolved = api.patch(&path, json!({ "status": "resolved" })).await.expect(200).json();
    app.ask(&bakery, FOREIGN_QUESTION).await;
    let opened = gaps(&app, &bakery).await;
    api.patch(&path, json!({ "status": "dismissed" })).await.expect(200);
    app.ask(&bakery, FOREIGN_QUESTION).await;
    let dismissed = gaps(&app, &bakery).await;

    assert_eq!(resolved["status"], "resolved");
    assert_eq!(opened[0]["status"], "open");
    assert_eq!((&dismissed[0]["status"], &dismissed[0]["times_asked"]), (&json!("dismissed"), &json!(3)));
    let of_status = api.get("/api/gaps?status=open").await.expect(200).json();
    assert_eq!(of_status["items"], json!([]));
    api.get("/api/gaps?status=x").await.expect(422);
    api.patch(&path, json!({ "status": "x" })).await.expect(422);
    app.finish().await;
}

// CHT-13
#[tokio::test]
async fn an_answer_can_be_explained_afterwards() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let document = app.ready_document(&bakery, "hours.md", BAKERY).await;
    let api = app.api_key(&bakery);

    let answer = app.ask(&bakery, SUNDAY_QUESTION).await;
    let path = format!("/api/conversations/{}/messages", answer.conversation_id);
    let explained = api.get(&format!("{path}/{}/explanation", answer.message_id)).await.expect(200).json();

    assert_eq!(explained["query"], SUNDAY_QUESTION);
    let cited: Vec<&Value> = explained["passages"]
        .as_array()
        .expect("passages")
        .iter()
        .filter(|passage| passage["is_cited"] == json!(true))
        .collect();
    assert!(!cited.is_empty(), "{explained}");
    assert!(cited.iter().all(|passage| passage["document_id"] == json!(document)));
    assert_eq!(explained["faqs"], json!([]));
    assert!(explained["passages"][0]["score"].as_f64().is_some_and(|score| score > 0.0));
    assert!(explained["timings"]["prepare_ms"].as_f64().is_some(), "{explained}");
    assert_eq!((&explained["prompt"], &explained["tries"]), (&Value::Null, &json!(1)));
    let visitors = api.list_all(&path).await;
    let question = visitors.iter().find(|message| message["role"] == "visitor").expect("the question");
    let of_question = format!("{path}/{}/explanation", question["id"].as_str().unwrap());
    api.get(&of_question).await.expect_problem(404, "not_found");
    app.finish().await;
}
