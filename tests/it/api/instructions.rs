//! What a client tells its assistant: versions, going back, variables, templates (CHT-3).

use crate::support::TestApp;
use reqwest::Method;
use serde_json::json;

const PATH: &str = "/api/instructions";

#[tokio::test]
async fn each_saving_is_a_version_and_an_earlier_one_can_be_written_anew() {
    let app = TestApp::start().await;
    let client = app.client("Tallow Lamps").await;
    let api = app.api_key(&client);

    let before = api.get(PATH).await.expect(200).json();
    let first = json!({ "instructions": "Be kind.", "company_name": "Tallow", "time_zone": "Europe/Berlin" });
    let second = json!({ "instructions": "Be brief.", "temperature": 0.5, "output_tokens_max": 300 });
    api.put(PATH, first.clone()).await.expect(200);
    let saved = api.put(PATH, second).await.expect(200);
    let back = api.post("/api/instructions/rollback", json!({ "version": 1 })).await.expect(200).json();
    let versions = api.get("/api/instructions/versions").await.expect(200).json();

    assert_eq!((&before["version"], &before["instructions"]), (&json!(0), &json!("")));
    assert_eq!(saved.header("etag"), "\"2\"");
    assert_eq!(saved.json()["company_name"], "", "what is left out becomes empty");
    assert_eq!(saved.json()["temperature"], 0.5);
    assert_eq!((&back["version"], &back["instructions"]), (&json!(3), &json!("Be kind.")));
    assert_eq!(back["time_zone"], "Europe/Berlin");
    let told: Vec<_> = versions["items"].as_array().unwrap().iter().map(|it| it["version"].clone()).collect();
    assert_eq!(told, [json!(3), json!(2), json!(1)]);
    assert_eq!(versions["items"][0]["restored_version"], 1);
    app.finish().await;
}

#[tokio::test]
async fn saving_the_same_again_makes_no_version() {
    let app = TestApp::start().await;
    let client = app.client("Tallow Lamps").await;
    let api = app.api_key(&client);

    for _ in 0..2 {
        api.put(PATH, json!({ "instructions": "Be kind." })).await.expect(200);
    }

    assert_eq!(api.get(PATH).await.expect(200).json()["version"], 1);
    app.finish().await;
}

#[tokio::test]
async fn what_cannot_work_is_refused_at_its_field() {
    let app = TestApp::start().await;
    let client = app.client("Tallow Lamps").await;
    let api = app.api_key(&client);

    for (body, pointer, words) in [
        (json!({ "instructions": "For {{compny}}." }), "/instructions", "Did you mean {{company}}?"),
        (json!({ "instructions": "x".repeat(5_001) }), "/instructions", "5000"),
        (json!({ "temperature": 3 }), "/temperature", "from 0 to 2"),
        (json!({ "output_tokens_max": 9 }), "/output_tokens_max", "50 to 8000"),
        (json!({ "model": "gpt" }), "/model", "no language model here"),
        (json!({ "time_zone": "Mars/Olympus" }), "/time_zone", "IANA"),
        (json!({ "instruction": "x" }), "/instruction", "instruction"),
    ] {
        let refused = api.put(PATH, body.clone()).await.expect(422);
        assert_eq!(refused.pointers(), [pointer], "{body}");
        assert!(refused.text().contains(words), "{body}: {}", refused.text());
    }
    assert_eq!(api.get(PATH).await.expect(200).json()["version"], 0, "nothing was saved");
    app.finish().await;
}

#[tokio::test]
async fn two_people_do_not_overwrite_each_other() {
    let app = TestApp::start().await;
    let client = app.client("Tallow Lamps").await;
    let api = app.api_key(&client);
    let with_tag = |tag: &str, text: &str| {
        let request = api.request(Method::PUT, PATH).header("if-match", tag);
        crate::support::Reply::of(request.json(&json!({ "instructions": text })))
    };

    with_tag("\"0\"", "Be kind.").await.expect(200);
    let late = with_tag("\"0\"", "Be rude.").await;

    late.expect_problem(409, "stale_version");
    assert_eq!(api.get(PATH).await.expect(200).json()["instructions"], "Be kind.");
    app.finish().await;
}

#[tokio::test]
async fn another_client_and_an_unknown_version_are_not_found() {
    let app = TestApp::start().await;
    let (client, other) = (app.client("Tallow Lamps").await, app.client("Other").await);
    app.api_key(&client).put(PATH, json!({ "instructions": "Be kind." })).await.expect(200);

    let elsewhere = app.api_key(&other);
    let refused = elsewhere.post("/api/instructions/rollback", json!({ "version": 1 })).await;

    refused.expect_problem(404, "not_found");
    assert_eq!(elsewhere.get(PATH).await.expect(200).json()["version"], 0);
    app.finish().await;
}

#[tokio::test]
async fn every_template_can_be_saved_as_it_is() {
    let app = TestApp::start().await;
    let client = app.client("Tallow Lamps").await;
    let api = app.api_key(&client);

    let templates = api.get("/api/instructions/templates").await.expect(200).json();

    let items = templates["items"].as_array().unwrap();
    assert!(items.len() >= 6);
    for template in items {
        api.put(PATH, json!({ "instructions": template["instructions"] })).await.expect(200);
    }
    app.finish().await;
}
