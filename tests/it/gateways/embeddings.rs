//! Embeddings from an endpoint: what is sent, what comes back, what is tried again (APP-6).

use crate::support::TestApp;
use crate::support::vendors::llm::{FakeLlm, Scripted};
use serde_json::{Value, json};
use snip::config::{EmbeddingProvider, Settings};
use snip::ground::secret::Secret;
use snip::index::embed::{EmbedError, EmbedderSlot};

fn vectors(vectors: &[[f32; 8]]) -> Scripted {
    let entries = vectors.iter().enumerate();
    let data: Vec<Value> =
        entries.map(|(index, vector)| json!({ "index": index, "embedding": vector })).collect();
    Scripted::body("application/json", &json!({ "object": "list", "data": data }).to_string())
}

const EAST: [f32; 8] = [2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
const NORTH: [f32; 8] = [0.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];

fn endpoint(fake: &FakeLlm) -> impl FnOnce(&mut Settings) {
    let base_url = fake.base_url.clone();
    move |settings| {
        settings.embeddings.provider = EmbeddingProvider::OpenaiCompatible;
        settings.embeddings.base_url = base_url;
        settings.embeddings.model = "their-model".to_owned();
        settings.embeddings.api_key = Secret::new("key-of-embeddings".to_owned());
        settings.embeddings.dimensions = 8;
        settings.embeddings.batch = 2;
    }
}

async fn with_endpoint(fake: &FakeLlm) -> (TestApp, EmbedderSlot) {
    let app = TestApp::start_with(endpoint(fake)).await;
    app.load_embedder().await;
    let slot = app.env.embedder.clone();
    (app, slot)
}

async fn embeddings_state(app: &TestApp) -> Value {
    app.settle().await;
    app.site.get("/healthz/ready").await.json()["embeddings"].clone()
}

// APP-6
#[tokio::test]
async fn passages_are_asked_for_in_batches_and_come_back_with_length_one_and_in_order() {
    let fake = FakeLlm::start().await;
    fake.script([vectors(&[EAST, NORTH]), vectors(&[EAST])]);
    let (app, slot) = with_endpoint(&fake).await;
    let embedder = slot.current().unwrap();

    let texts = ["one", "two", "three"].map(str::to_owned);
    let given = embedder.embed_passages(&texts).await.unwrap();

    let calls = fake.journal();
    assert_eq!(given[0][..2], [1.0, 0.0]);
    assert_eq!(given[1][..2], [0.0, 1.0]);
    assert_eq!(given[2][..2], [1.0, 0.0]);
    assert_eq!((embedder.dimensions(), calls.len()), (8, 2));
    assert!(calls[0].path.ends_with("/v1/embeddings"), "{}", calls[0].path);
    assert_eq!(calls[0].header("authorization"), "Bearer key-of-embeddings");
    assert_eq!(calls[0].body["model"], "their-model");
    assert_eq!(calls[0].body["input"], json!(["one", "two"]));
    assert_eq!(calls[1].body["input"], json!(["three"]));
    app.finish().await;
}

#[tokio::test]
async fn passages_wait_as_long_as_the_endpoint_asks_and_are_tried_again() {
    let fake = FakeLlm::start().await;
    let busy = Scripted::status(429, "too many").header("retry-after", "0");
    let down = Scripted::status(503, "down").header("retry-after", "0");
    fake.script([busy, down, vectors(&[EAST])]);
    let (app, slot) = with_endpoint(&fake).await;

    let given = slot.current().unwrap().embed_passages(&["one".to_owned()]).await;

    assert!(given.is_ok(), "{given:?}");
    assert_eq!(fake.journal().len(), 3);
    assert_eq!(embeddings_state(&app).await["state"], "ok");
    app.finish().await;
}

#[tokio::test]
async fn a_question_is_asked_once_and_readiness_says_that_the_endpoint_fails() {
    let fake = FakeLlm::start().await;
    fake.script([Scripted::status(500, "broken"), vectors(&[EAST])]);
    let (app, slot) = with_endpoint(&fake).await;
    let embedder = slot.current().unwrap();

    let failed = embedder.embed_query("when?").await.unwrap_err();
    let meanwhile = embeddings_state(&app).await;
    let mended = embedder.embed_query("when?").await;

    assert!(failed.is_temporary(), "{failed}");
    assert_eq!(meanwhile["state"], "failing");
    assert!(mended.is_ok());
    assert_eq!(embeddings_state(&app).await["state"], "ok");
    app.finish().await;
}

#[tokio::test]
async fn what_waiting_does_not_mend_is_said_at_once_and_without_the_key() {
    let fake = FakeLlm::start().await;
    fake.script([
        Scripted::status(401, "bad key key-of-embeddings"),
        Scripted::status(404, "no such model"),
        Scripted::body("text/html", "<html>"),
        Scripted::body("application/json", r#"{"data":[{"index":0,"embedding":[1,2,3]}]}"#),
        vectors(&[[0.0; 8]]),
    ]);
    let (app, slot) = with_endpoint(&fake).await;
    let embedder = slot.current().unwrap();

    let mut errors = Vec::new();
    for _ in 0..5 {
        errors.push(embedder.embed_passages(&["one".to_owned()]).await.unwrap_err());
    }

    let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert!(told[0].contains("embeddings.api_key") && !told[0].contains("key-of-embeddings"), "{told:#?}");
    assert!(told[1].contains("no such model"), "{told:#?}");
    assert!(told[2].contains("embeddings.base_url"), "{told:#?}");
    assert!(matches!(errors[3], EmbedError::Dimensions { expected: 8, given: 3 }), "{told:#?}");
    assert!(told[4].contains("without a direction"), "{told:#?}");
    assert!(errors.iter().all(|error| !error.is_temporary()));
    assert_eq!(fake.journal().len(), 5);
    app.finish().await;
}
