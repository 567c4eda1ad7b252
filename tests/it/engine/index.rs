//! The index follows the tables, and can be made anew from them.

use crate::support::texts::{BAKERY, SUNDAY_QUESTION};
use crate::support::{Reply, Site, TestApp};
use serde_json::json;
use snip::cli::admin::AdminCommand;

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
