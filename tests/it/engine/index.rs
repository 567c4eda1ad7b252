//! The index follows the tables, and can be made anew from them.

use crate::support::texts::{BAKERY, SUNDAY_QUESTION};
use crate::support::{Reply, Site, TestApp};
use serde_json::json;
use snip::cli::admin::AdminCommand;
use snip::domain::Environment;
use snip::domain::knowledge::follower::{IndexFollower, IndexState};
use snip::engine::index_lane;
use snip::ground::ids::ClientId;
use snip::ground::scope::Actor;
use snip::index::{ClientStatistics, EntryKind, IndexError, TextChange, TextHit, TextIndex, WeightedTerm};
use snip::store::DbError;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

// KNO-6
#[tokio::test]
async fn a_change_of_the_language_puts_every_text_into_the_index_again() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    api.patch("/api/config", json!({ "language": "de" })).await.expect(200);
    app.ready_document(&bakery, "shoes.txt", "We lend running shoes.").await;
    assert!(api.search("run").await.is_empty(), "German knows no such stem");

    api.patch("/api/config", json!({ "language": "en" })).await.expect(200);
    app.settle().await;

    assert_eq!(api.search("run").await.len(), 1);
    assert_eq!(api.search("running").await.len(), 1);
    app.finish().await;
}

/// The state of the index in the readiness answer, with the status of the answer.
async fn readiness(site: &Site) -> (u16, String) {
    let reply: Reply = site.get("/healthz/ready").await;
    (reply.status, reply.json()["index"]["status"].as_str().unwrap_or_default().to_owned())
}

// APP-2
#[tokio::test]
async fn an_index_that_was_deleted_is_made_again_from_the_tables() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    app.ready_document(&bakery, "hours.md", BAKERY).await;
    app.ready_faq(&bakery, "Do you sell gift cards?", "Yes, at the counter.").await;
    let former = app.ask(&bakery, SUNDAY_QUESTION).await;
    let stopped = app.stop().await;
    std::fs::remove_dir_all(stopped.layout().text_index()).unwrap();

    let app = TestApp::reopen(stopped).await;
    let before = readiness(&app.site).await;
    app.settle().await;
    let after = readiness(&app.site).await;

    assert_eq!(before, (503, "failed".to_owned()));
    assert_eq!(after, (200, "ok".to_owned()));
    let answer = app.ask(&bakery, SUNDAY_QUESTION).await;
    assert_eq!(answer.response, former.response);
    assert_eq!(answer.citations[0].document_id, former.citations[0].document_id);
    assert_eq!(app.ask(&bakery, "Do you sell gift cards?").await.answered_by, "faq");
    app.finish().await;
}

// APP-2
#[tokio::test]
async fn an_index_that_is_whole_is_not_made_again_at_start() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    app.ready_document(&bakery, "hours.md", BAKERY).await;
    app.env.index.prune_log().await.unwrap();
    let cursor = app.env.index.index().cursor();

    let app = TestApp::reopen(app.stop().await).await;

    assert_eq!(app.env.index.index().cursor(), cursor);
    app.settle().await;
    assert_eq!(readiness(&app.site).await.0, 200);
    assert_eq!(app.env.index.index().cursor(), cursor);
    assert_eq!(app.ask(&bakery, SUNDAY_QUESTION).await.answered_by, "extractive");
    app.finish().await;
}

// APP-2
#[tokio::test]
async fn an_index_whose_files_are_damaged_is_made_again() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    app.ready_document(&bakery, "hours.md", BAKERY).await;
    let stopped = app.stop().await;
    for file in std::fs::read_dir(stopped.layout().text_index()).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            std::fs::write(path, b"damaged").unwrap();
        }
    }

    let app = TestApp::reopen(stopped).await;
    app.settle().await;

    assert_eq!(app.ask(&bakery, SUNDAY_QUESTION).await.answered_by, "extractive");
    app.finish().await;
}

// KNO-6
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operators_rebuild_beside_uploads_loses_nothing() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    for number in 0..10 {
        app.upload(&bakery, "tea.txt", &format!("Tea of kind{number} costs 3 euros.")).await;
    }

    let (_, ()) = tokio::join!(app.operator(AdminCommand::Reindex), app.settle());
    app.operator(AdminCommand::Reindex).await;

    for number in 0..10 {
        assert!(!app.api_key(&bakery).search(&format!("kind{number}")).await.is_empty(), "{number}");
    }
    app.finish().await;
}

/// The rows of the change log that are left.
async fn logged(app: &TestApp) -> i64 {
    app.count("select count(*) as n from index_changes").await
}

/// An index without entries, which panics while told to and counts how often it was cleared.
#[derive(Default)]
struct StubIndex {
    is_panicking: AtomicBool,
    cursor: AtomicU64,
    clears: AtomicU32,
}

impl TextIndex for StubIndex {
    fn cursor(&self) -> u64 {
        assert!(!self.is_panicking.load(Ordering::SeqCst), "asked for its cursor");
        self.cursor.load(Ordering::SeqCst)
    }
    fn apply(&self, _: &[TextChange], cursor: u64) -> Result<(), IndexError> {
        self.cursor.store(cursor, Ordering::SeqCst);
        Ok(())
    }
    fn remove_client(&self, _: &ClientId, _: u64) -> Result<(), IndexError> {
        Ok(())
    }
    fn clear(&self) -> Result<(), IndexError> {
        self.clears.fetch_add(1, Ordering::SeqCst);
        self.cursor.store(0, Ordering::SeqCst);
        Ok(())
    }
    fn search(
        &self,
        _: &ClientId,
        _: &[WeightedTerm<'_>],
        _: Option<EntryKind>,
        _: usize,
    ) -> Result<Vec<TextHit>, IndexError> {
        Ok(Vec::new())
    }
    fn scores_of(&self, _: &ClientId, _: &[WeightedTerm<'_>], _: &[&str]) -> Result<Vec<f32>, IndexError> {
        Ok(Vec::new())
    }
    fn document_frequencies(&self, _: &ClientId, _: &[&str]) -> Result<Vec<u64>, IndexError> {
        Ok(Vec::new())
    }
    fn statistics(&self, _: &ClientId) -> Result<ClientStatistics, IndexError> {
        Ok(ClientStatistics::default())
    }
}

// APP-2
#[tokio::test]
async fn a_panic_does_not_end_the_lane() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    app.ready_faq(&bakery, "Do you sell gift cards?", "Yes, at the counter.").await;
    let stub = Arc::new(StubIndex { is_panicking: AtomicBool::new(true), ..StubIndex::default() });
    let index = Arc::new(IndexFollower::new(app.env.db.clone(), Arc::clone(&stub) as Arc<dyn TextIndex>));

    index_lane::start(app.tasks(), &Environment { index: Arc::clone(&index), ..app.env.clone() });
    while !matches!(index.state(), IndexState::Failing { .. }) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    stub.is_panicking.store(false, Ordering::SeqCst);

    assert!(index.wait_for(1).await, "the lane goes on: {:?}", index.state());
    app.finish().await;
}

// APP-2
#[tokio::test]
async fn an_index_that_cannot_be_written_is_not_ready_and_is_made_again_when_it_can() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    app.ready_document(&bakery, "hours.md", BAKERY).await;
    let folder = snip::store::directory::Layout::new(app.data.path()).text_index();
    std::fs::remove_dir_all(&folder).unwrap();
    std::fs::write(&folder, b"in the way").unwrap();
    let body = json!({ "question": "Do you sell gift cards?", "answer": "Yes, at the counter." });
    app.api_key(&bakery).post("/api/faqs", body).await.expect(201);

    let failed = app.env.index.catch_up().await;
    let meanwhile: Reply = app.site.get("/healthz/ready").await;
    for _ in 0..5 {
        let _ = app.env.index.catch_up().await;
    }

    assert!(failed.is_err());
    assert_eq!(meanwhile.status, 503);
    let detail = meanwhile.json()["index"]["detail"].to_string();
    assert!(detail.contains("The index cannot be written"), "{detail}");
    assert_eq!(readiness(&app.site).await, (200, "ok".to_owned()));
    assert_eq!(app.ask(&bakery, SUNDAY_QUESTION).await.answered_by, "extractive");
    assert_eq!(app.ask(&bakery, "Do you sell gift cards?").await.answered_by, "faq");
    app.finish().await;
}

// APP-2
#[tokio::test]
async fn the_first_faq_of_a_fresh_node_is_no_rebuild() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let index = Arc::new(StubIndex::default());
    let follower = IndexFollower::new(app.env.db.clone(), Arc::clone(&index) as Arc<dyn TextIndex>);
    follower.catch_up().await.unwrap();

    app.ready_faq(&bakery, "Do you sell gift cards?", "Yes, at the counter.").await;
    follower.catch_up().await.unwrap();

    assert_eq!(follower.state(), IndexState::Following { cursor: 1 });
    assert_eq!(index.clears.load(Ordering::SeqCst), 0);
    app.finish().await;
}

// APP-2
#[tokio::test]
async fn an_older_index_beside_a_newer_pruned_log_is_made_again() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    for number in 0..3 {
        app.ready_faq(&bakery, &format!("Is kind{number} of tea sold?"), "Yes, at the counter.").await;
    }
    app.env.index.prune_log().await.unwrap();
    let older = StubIndex { cursor: AtomicU64::new(1), ..StubIndex::default() };
    let index = Arc::new(older);
    let follower = IndexFollower::new(app.env.db.clone(), Arc::clone(&index) as Arc<dyn TextIndex>);

    follower.catch_up().await.unwrap();

    assert_eq!(index.clears.load(Ordering::SeqCst), 1);
    assert_eq!(follower.state(), IndexState::Following { cursor: 3 });
    follower.catch_up().await.unwrap();
    assert_eq!(index.clears.load(Ordering::SeqCst), 1, "once is enough");
    app.finish().await;
}

// APP-2
#[tokio::test]
async fn what_the_index_has_passed_is_forgotten_after_some_minutes() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    app.ready_faq(&bakery, "Do you sell gift cards?", "Yes, at the counter.").await;

    app.env.index.prune_log_when_due().await.unwrap();
    let at_once = logged(&app).await;
    app.clock.advance_ms(5 * 60_000);
    app.env.index.prune_log_when_due().await.unwrap();

    assert_eq!((at_once, logged(&app).await), (1, 0));
    app.finish().await;
}

// APP-10
#[tokio::test]
async fn a_database_that_takes_no_writes_is_not_ready() {
    let app = TestApp::start().await;
    app.settle().await;
    let db = app.env.db.clone();
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let begun = std::sync::Mutex::new(Some(begun));
    #[expect(clippy::disallowed_methods, reason = "the test itself waits for it")]
    let stuck = tokio::spawn(async move {
        db.write(Actor::System("test"), move |_| -> Result<(), DbError> {
            let _ = begun.lock().unwrap().take().map(|begun| begun.send(()));
            std::thread::sleep(Duration::from_millis(2_500));
            Ok(())
        })
        .await
    });
    has_begun.await.unwrap();

    let meanwhile: Reply = app.site.get("/healthz/ready").await;
    stuck.await.unwrap().unwrap();
    tokio::time::sleep(Duration::from_millis(1_050)).await;

    assert_eq!(meanwhile.status, 503);
    assert_eq!(meanwhile.json()["database"]["status"], "failed");
    app.site.get("/healthz/db").await.expect(200);
    assert_eq!(readiness(&app.site).await.0, 200);
    app.finish().await;
}
