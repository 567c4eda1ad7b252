//! Vectors are made once, answer by meaning, and outlive every index over them.

use crate::support::{Client, Reply, TestApp};
use futures_util::FutureExt as _;
use futures_util::future::{self, BoxFuture};
use serde_json::json;
use snip::domain::knowledge::generations;
use snip::domain::knowledge::meaning::{self, MeaningScores, MeaningState, QueryVector};
use snip::ground::ids::{ChunkId, ClientId, FaqId, Id as _};
use snip::ground::scope::ClientScope;
use snip::index::embed::{EmbedError, Embedder, HashingEmbedder};
use snip::store::DbError;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Counts what it is asked, and fails while told to.
struct CountingEmbedder {
    inner: HashingEmbedder,
    passages: AtomicUsize,
    is_away: AtomicBool,
    /// Goes away after so many texts.
    texts_max: AtomicUsize,
}

impl CountingEmbedder {
    fn named(id: &str) -> Arc<Self> {
        let inner = HashingEmbedder::named(id);
        Arc::new(Self {
            inner,
            passages: AtomicUsize::new(0),
            is_away: AtomicBool::new(false),
            texts_max: AtomicUsize::new(usize::MAX),
        })
    }

    fn passages(&self) -> usize {
        self.passages.load(Ordering::SeqCst)
    }

    fn trouble(&self) -> Option<EmbedError> {
        self.is_away.load(Ordering::SeqCst).then(|| EmbedError::Unreachable { why: "it is away".to_owned() })
    }
}

impl Embedder for CountingEmbedder {
    fn id(&self) -> &str {
        self.inner.id()
    }
    fn dimensions(&self) -> usize {
        self.inner.dimensions()
    }
    fn tokens_max(&self) -> usize {
        self.inner.tokens_max()
    }
    fn count_tokens(&self, text: &str) -> usize {
        self.inner.count_tokens(text)
    }
    fn embed_query<'a>(&'a self, text: &'a str) -> BoxFuture<'a, Result<Vec<f32>, EmbedError>> {
        match self.trouble() {
            Some(error) => future::ready(Err(error)).boxed(),
            None => self.inner.embed_query(text),
        }
    }
    fn embed_passages<'a>(&'a self, texts: &'a [String]) -> BoxFuture<'a, Result<Vec<Vec<f32>>, EmbedError>> {
        match self.trouble() {
            Some(error) => future::ready(Err(error)).boxed(),
            None if self.passages() > self.texts_max.load(Ordering::SeqCst) => {
                self.is_away.store(true, Ordering::SeqCst);
                self.embed_passages(texts)
            }
            None => {
                self.passages.fetch_add(texts.len(), Ordering::SeqCst);
                self.inner.embed_passages(texts)
            }
        }
    }
}

fn scope(client: &Client) -> ClientScope {
    ClientScope::from_row(ClientId::parse(&client.id).unwrap(), "test")
}

#[derive(Debug, PartialEq)]
struct Found {
    query_vector: QueryVector,
    scores: MeaningScores,
}

async fn find(app: &TestApp, client: &Client, query: &str) -> Option<Found> {
    let query_vector = meaning::embed_query(&app.env, query).await.unwrap()?;
    let found = meaning::search_by_meaning(&app.env, &scope(client), &query_vector, 10, HashSet::new())
        .await
        .unwrap();
    Some(Found { query_vector, scores: found.scores })
}

/// The similarity of the nearest passage.
async fn nearest(app: &TestApp, client: &Client, query: &str) -> Option<f32> {
    find(app, client, query).await.and_then(|found| found.scores.passages.first().map(|(_, it)| *it))
}

async fn state(app: &TestApp) -> MeaningState {
    let env = app.env.clone();
    app.env.db.read(move |tx| -> Result<_, DbError> { meaning::state(tx, &env) }).await.unwrap()
}

async fn vectors(app: &TestApp) -> i64 {
    app.count("select (select count(*) from chunk_vectors) + (select count(*) from faq_vectors) as n").await
}

/// A text of five sentences: a passage, and windows of three sentences.
const TEA: &str = "Green tea costs four euros. Black tea costs three euros. Milk is free. Sugar is brown. \
                   Cups are blue.";

// KNO-6
#[tokio::test]
async fn documents_and_faqs_are_found_by_meaning_at_both_granularities() {
    let app = TestApp::start().await;
    app.env.embedder.set(CountingEmbedder::named("one"));
    let bakery = app.client("Bakery").await;
    app.ready_document(&bakery, "tea.txt", TEA).await;
    let faq = app.ready_faq(&bakery, "Do you sell gift cards?", "Yes, at the counter.").await;

    let found = find(&app, &bakery, "Milk is free. Sugar is brown. Cups are blue.").await.unwrap();
    let asked = find(&app, &bakery, "sell gift cards").await.unwrap();

    let (passage, window) = (&found.scores.passages[0], &found.scores.windows[0]);
    assert_eq!(passage.0, window.0);
    assert!(window.1 > 0.99 && passage.1 < 0.95, "the window says exactly that: {found:?}");
    assert_eq!(asked.scores.faqs[0].0, FaqId::parse(&faq).unwrap());
    let chunks: Vec<ChunkId> = vec![passage.0.clone()];
    let again = meaning::similarities_of(&app.env, &scope(&bakery), &found.query_vector, &chunks, &[]).await;
    let again = again.unwrap();
    assert!((again.passages[0].1 - passage.1).abs() < 1e-5 && (again.windows[0].1 - window.1).abs() < 1e-5);
    app.finish().await;
}

// KNO-6
#[tokio::test]
async fn without_a_model_documents_are_ready_by_keywords_and_get_vectors_when_one_comes() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    app.ready_document(&bakery, "tea.txt", TEA).await;
    app.ready_faq(&bakery, "Do you sell gift cards?", "Yes, at the counter.").await;
    assert_eq!(find(&app, &bakery, "green tea").await, None);
    assert_eq!(state(&app).await, MeaningState::Unused);
    assert!(!app.api_key(&bakery).search("green tea").await.is_empty());

    let model = CountingEmbedder::named("one");
    app.env.embedder.set(model.clone());
    app.settle().await;

    assert_eq!(state(&app).await, MeaningState::Answering);
    assert!(nearest(&app, &bakery, "green tea").await.unwrap() > 0.2);
    assert_eq!(vectors(&app).await, model.passages() as i64);
    app.settle().await;
    assert_eq!(vectors(&app).await, model.passages() as i64, "nothing was embedded twice");
    app.finish().await;
}

// KNO-3, KNO-6
#[tokio::test]
async fn another_model_takes_over_without_a_gap_and_the_former_vectors_go() {
    let app = TestApp::start().await;
    app.env.embedder.set(CountingEmbedder::named("one"));
    let (bakery, garage) = (app.client("Bakery").await, app.client("Garage").await);
    for client in [&bakery, &garage] {
        app.ready_document(client, "tea.txt", TEA).await;
    }
    let former = find(&app, &bakery, "green tea").await.unwrap();
    let before = vectors(&app).await;

    app.env.embedder.set(CountingEmbedder::named("two"));
    generations::tend(&app.env).await.unwrap();
    let building = state(&app).await;
    let readiness: Reply = app.site.get("/healthz/ready").await;
    let meanwhile = find(&app, &bakery, "green tea").await.unwrap();
    app.settle().await;

    assert_eq!(building, MeaningState::Building { done: 0, total: 2, is_answering: true });
    assert_eq!((readiness.status, readiness.json()["vectors"]["status"].clone()), (200, json!("degraded")));
    assert_eq!(meanwhile, former, "the former generation answers");
    let after = find(&app, &bakery, "green tea").await.unwrap();
    assert!(after.query_vector != former.query_vector && !after.scores.passages.is_empty());
    assert_eq!(vectors(&app).await, before, "one generation is left");
    assert_eq!(app.count("select count(*) as n from index_generations").await, 1);
    assert!(nearest(&app, &garage, "green tea").await.is_some());
    app.finish().await;
}

// KNO-3
#[tokio::test]
async fn a_model_that_comes_back_before_its_successor_is_complete_goes_on() {
    let app = TestApp::start().await;
    let first = CountingEmbedder::named("one");
    app.env.embedder.set(first.clone());
    let bakery = app.client("Bakery").await;
    app.ready_document(&bakery, "tea.txt", TEA).await;
    let embedded = first.passages();

    app.env.embedder.set(CountingEmbedder::named("two"));
    generations::tend(&app.env).await.unwrap();
    app.env.embedder.set(first.clone());
    app.settle().await;

    assert_eq!(state(&app).await, MeaningState::Answering);
    assert_eq!(first.passages(), embedded);
    assert_eq!(app.count("select count(*) as n from index_generations").await, 1);
    app.finish().await;
}

// KNO-6
#[tokio::test]
async fn a_deleted_document_is_gone_at_once_and_from_every_store() {
    let app = TestApp::start().await;
    app.env.embedder.set(CountingEmbedder::named("one"));
    let bakery = app.client("Bakery").await;
    let tea = app.ready_document(&bakery, "tea.txt", TEA).await;
    let kept = app.ready_document(&bakery, "bread.txt", "Bread is baked at seven.").await;
    let of_tea = find(&app, &bakery, "green tea").await.unwrap().scores.passages[0].0.clone();

    app.api_key(&bakery).delete(&format!("/api/documents/{tea}")).await.expect(204);

    assert!(app.api_key(&bakery).search("green tea").await.is_empty(), "before any index has followed");
    assert_eq!(vectors(&app).await, 1, "with its rows");
    app.settle().await;
    let found = find(&app, &bakery, "green tea").await.unwrap();
    assert!(found.scores.passages.iter().all(|(id, _)| *id != of_tea), "{kept}: {found:?}");
    assert!(found.scores.windows.is_empty());
    app.finish().await;
}

// KNO-9
#[tokio::test]
async fn a_changed_faq_is_not_found_by_its_former_words_and_one_switched_off_not_at_all() {
    let app = TestApp::start().await;
    app.env.embedder.set(CountingEmbedder::named("one"));
    let bakery = app.client("Bakery").await;
    let faq = app.ready_faq(&bakery, "Do you sell gift cards?", "Yes, at the counter.").await;
    let best = async |query: &str| {
        let found = find(&app, &bakery, query).await.unwrap();
        found.scores.faqs.first().map_or(0.0, |(_, similarity)| *similarity)
    };
    assert!(best("gift cards").await > 0.5);

    let path = format!("/api/faqs/{faq}");
    app.api_key(&bakery).patch(&path, json!({ "question": "Where can I park?" })).await.expect(200);
    app.settle().await;
    assert!(best("gift cards").await < 0.3 && best("where park").await > 0.5);

    app.api_key(&bakery).patch(&path, json!({ "enabled": false })).await.expect(200);
    app.settle().await;
    assert!(best("where park").await == 0.0);
    app.finish().await;
}

// KNO-3
#[tokio::test]
async fn a_model_that_is_away_keeps_no_document_from_being_ready() {
    let app = TestApp::start().await;
    let model = CountingEmbedder::named("one");
    app.env.embedder.set(model.clone());
    let bakery = app.client("Bakery").await;
    app.settle().await;
    model.is_away.store(true, Ordering::SeqCst);

    app.ready_document(&bakery, "tea.txt", TEA).await;
    let meanwhile = find(&app, &bakery, "green tea").await;
    model.is_away.store(false, Ordering::SeqCst);
    app.clock.advance_ms(60_000);
    app.settle().await;

    assert_eq!(meanwhile, None, "keywords answer");
    assert!(nearest(&app, &bakery, "green tea").await.unwrap() > 0.2);
    app.finish().await;
}

// KNO-3
#[tokio::test]
async fn what_was_embedded_before_an_interruption_is_not_embedded_again() {
    let app = TestApp::start().await;
    let model = CountingEmbedder::named("one");
    app.env.embedder.set(model.clone());
    let bakery = app.client("Bakery").await;
    app.settle().await;
    model.texts_max.store(20, Ordering::SeqCst);
    let chapter = |number: usize| format!("# Chapter {number}\n\n{TEA} The number is {number}.\n\n");
    let book: String = (0..40).map(chapter).collect();

    app.ready_document(&bakery, "book.md", &book).await;
    let (before, embedded) = (vectors(&app).await, model.passages() as i64);
    model.texts_max.store(usize::MAX, Ordering::SeqCst);
    model.is_away.store(false, Ordering::SeqCst);
    app.clock.advance_ms(60_000);
    app.settle().await;

    let chunks = app.count("select count(*) as n from chunks").await;
    let with_vectors = app.count("select count(*) as n from chunk_vectors where part = 0").await;
    assert!(before > 0 && before == embedded, "{before} {embedded}");
    assert!(with_vectors == chunks && chunks >= 40, "{with_vectors} of {chunks}");
    assert_eq!(model.passages() as i64, vectors(&app).await, "each text was embedded once");
    app.finish().await;
}

// KNO-6
#[tokio::test]
async fn a_start_after_a_deleted_index_folder_makes_no_vector_again() {
    let app = TestApp::start().await;
    app.env.embedder.set(CountingEmbedder::named("one"));
    let bakery = app.client("Bakery").await;
    app.ready_document(&bakery, "tea.txt", TEA).await;
    let former = find(&app, &bakery, "green tea").await.unwrap();
    let stopped = app.stop().await;
    std::fs::remove_dir_all(stopped.layout().index()).unwrap();

    let app = TestApp::reopen(stopped).await;
    let model = CountingEmbedder::named("one");
    assert_eq!(state(&app).await, MeaningState::WithoutModel);
    app.env.embedder.set(model.clone());
    app.settle().await;

    assert_eq!(find(&app, &bakery, "green tea").await.unwrap(), former);
    assert_eq!(model.passages(), 0);
    app.finish().await;
}

// KNO-8
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_clients_with_colliding_texts_find_their_own_vectors_only() {
    let app = TestApp::start().await;
    app.env.embedder.set(CountingEmbedder::named("one"));
    let mut clients = Vec::new();
    for number in 0..50 {
        let client = app.client(&format!("Client {number}")).await;
        app.upload(&client, "hours.txt", "On Sundays we are open. The door code is the same.").await;
        let body = json!({ "question": "Are you open on Sundays?", "answer": "Yes." });
        let faq = app.api_key(&client).post("/api/faqs", body).await.expect(201).json();
        clients.push((client, faq["id"].as_str().unwrap().to_owned()));
    }
    app.settle().await;

    for (client, faq) in &clients {
        let found = find(&app, client, "Are you open on Sundays? The door code").await.unwrap();
        let own = scope(client);
        let (id, faqs) = (found.scores.passages[0].0.clone(), &found.scores.faqs);

        assert_eq!((found.scores.passages.len(), faqs.len()), (1, 1));
        assert_eq!(faqs[0].0.as_str(), faq);
        let of_own =
            meaning::similarities_of(&app.env, &own, &found.query_vector, std::slice::from_ref(&id), &[])
                .await;
        assert_eq!(of_own.unwrap().passages.len(), 1);
        let other = scope(&clients[usize::from(client.id == clients[0].0.id)].0);
        let foreign = meaning::similarities_of(&app.env, &other, &found.query_vector, &[id], &[]).await;
        assert!(foreign.unwrap().passages.is_empty(), "a foreign chunk has no similarity");
    }
    app.finish().await;
}
