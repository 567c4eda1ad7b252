//! Reading documents.

use crate::support::TestApp;
use crate::support::texts::BAKERY;
use serde_json::Value;
use snip::ground::limits::JOB_ATTEMPTS_MAX;
use snip::ground::time::HOUR_MS;
use snip::store::jobs::{self, Lane};

async fn state(app: &TestApp, client: &crate::support::Client, id: &str) -> Value {
    app.api_key(client).get(&format!("/api/documents/{id}")).await.expect(200).json()
}

// KNO-1, KNO-4
#[tokio::test]
async fn a_document_that_cannot_be_read_fails_with_a_sentence_and_hurts_nothing_else() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    let mut failing = Vec::new();
    for (bytes, wanted) in [
        (&b" \n\t \n"[..], "This file is empty"),
        (b"%PDF-1.7 and no more", "This PDF document is damaged"),
        (b"tea\x01\x02\x03\x04\x05", "seems to be a program"),
    ] {
        let uploaded = api.upload("tea.txt", bytes).await.expect(202).json();
        failing.push((uploaded["id"].as_str().unwrap().to_owned(), wanted));
    }
    let good = app.upload(&bakery, "hours.md", BAKERY).await;

    app.settle().await;

    for (id, wanted) in failing {
        let document = state(&app, &bakery, &id).await;
        assert_eq!(document["status"], "failed", "{document}");
        assert!(document["error"].as_str().unwrap().contains(wanted), "{document}");
        api.delete(&format!("/api/documents/{id}")).await.expect(204);
    }
    assert_eq!(state(&app, &bakery, &good).await["status"], "ready");
    app.finish().await;
}

// KNO-3
#[tokio::test]
async fn a_document_whose_file_is_gone_is_given_up_after_its_last_attempt() {
    let mut app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let id = app.upload(&bakery, "hours.md", BAKERY).await;
    std::fs::remove_dir_all(app.data.path().join("blobs").join(&bakery.id)).unwrap();

    for attempt in 1..JOB_ATTEMPTS_MAX {
        app.settle().await;
        assert_eq!(state(&app, &bakery, &id).await["status"], "extracting", "attempt {attempt}");
        app.clock.advance_ms(HOUR_MS);
    }
    app.settle().await;

    let document = state(&app, &bakery, &id).await;
    assert_eq!(document["status"], "failed", "{document}");
    assert!(document["error"].as_str().unwrap().contains("upload it again"), "{document}");
    app.expect_failed_jobs(1);
    app.finish().await;
}

// KNO-3, APP-12
#[tokio::test]
async fn a_document_that_was_being_read_when_the_process_died_is_read_at_the_next_start() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let id = app.upload(&bakery, "hours.md", BAKERY).await;
    let leased =
        app.env.db.write(snip::ground::scope::Actor::System("test"), |tx| jobs::lease_due(tx, Lane::Ingest));
    assert!(leased.await.unwrap().is_some(), "a worker has it, and will never say how it ended");
    app.settle().await;
    assert_eq!(state(&app, &bakery, &id).await["status"], "queued", "the lease holds");

    let stopped = app.stop().await;
    stopped.clock.advance_ms(1);
    let app = TestApp::reopen(stopped).await;
    app.start_engine();

    for _ in 0..500 {
        if state(&app, &bakery, &id).await["status"] == "ready" {
            return app.finish().await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("still {}", state(&app, &bakery, &id).await);
}

// KNO-3
#[tokio::test]
async fn the_sweep_removes_files_that_no_document_names_and_leaves_the_others() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    app.ready_document(&bakery, "hours.md", BAKERY).await;
    let folder = app.data.path().join("blobs").join(&bakery.id);
    let long_ago = std::time::UNIX_EPOCH;
    for name in ["blob_01jzzzzzzzzzzzzzzzzzzzzzzz", "blob_01jzzzzzzzzzzzzzzzzzzzzzzy.part", "fresh.part"] {
        let file = std::fs::File::create(folder.join(name)).unwrap();
        if name != "fresh.part" {
            file.set_modified(long_ago).unwrap();
        }
    }

    app.start_engine();
    app.clock.advance_ms(HOUR_MS);
    let done = "select count(*) as n from jobs where kind = 'knowledge.sweep' and state = 'done'";
    for _ in 0..500 {
        if app.count(done).await == 1 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }

    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names.len(), 2, "{names:?}");
    assert_eq!(names[1], "fresh.part", "an upload may still be running");
    app.finish().await;
}
