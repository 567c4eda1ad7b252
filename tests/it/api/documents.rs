//! Documents: upload, state, removal.

use crate::support::texts::BAKERY;
use crate::support::{Reply, TestApp};
use reqwest::Method;
use serde_json::json;
use snip::ground::limits::TEXT_BYTES_MAX;

// KNO-3
#[tokio::test]
async fn an_upload_is_accepted_first_and_ready_once_it_has_been_read() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);

    let accepted = api.upload("hours.md", BAKERY).await.expect(202).json();

    let path = format!("/api/documents/{}", accepted["id"].as_str().unwrap());
    assert_eq!(accepted["status"], "queued");
    assert_eq!(accepted["title"], "hours.md");
    assert_eq!(accepted["size_bytes"], BAKERY.len());
    assert_eq!(api.get(&path).await.expect(200).json()["status"], "queued");

    app.settle().await;

    let ready = api.get(&path).await.expect(200).json();
    assert_eq!(ready["status"], "ready", "{ready}");
    assert_eq!(ready["title"], "Larkspur Bakery");
    assert_eq!((&ready["progress_percent"], &ready["error"]), (&json!(100), &json!(null)));
    app.finish().await;
}

// KNO-1
#[tokio::test]
async fn files_that_cannot_be_read_are_refused_at_once_with_a_sentence() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);

    for (name, bytes, wanted) in [
        ("empty.md", &b""[..], "This file is empty. "),
        ("menu.pdf", b"\x89PNG\r\n\x1A\n\0", "This file seems to be an image. "),
        ("menu.md", b"\x1F\x8B\x08\0", "This file seems to be a compressed archive. "),
        ("menu.md", b"\x7FELF\x02\x01\0\0", "This file seems to be a program. "),
    ] {
        let sentence = api.upload(name, bytes).await.expect_problem(422, "unsupported_file");
        assert!(sentence.contains(wanted), "{name}: {sentence}");
    }

    assert!(api.list_all("/api/documents").await.is_empty());
    assert_eq!(files_under(&app.data.path().join("blobs")), 0, "nothing of a refused file stays");
    app.finish().await;
}

// ACC-12
#[tokio::test]
async fn a_form_that_is_not_one_file_is_refused_with_a_pointer() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    let form = |name: &'static str| reqwest::multipart::Form::new().text(name, "text");

    let unnamed = Reply::of(api.request(Method::POST, "/api/documents").multipart(form("file"))).await;
    let other = Reply::of(api.request(Method::POST, "/api/documents").multipart(form("document"))).await;
    let plain = api.post("/api/documents", json!({ "file": "text" })).await;
    let large = "name".repeat(100) + ".md";

    assert_eq!(unnamed.pointers(), ["/file"]);
    assert_eq!(other.pointers(), ["/document"]);
    assert_eq!(api.upload(&large, "text").await.pointers(), ["/file"]);
    plain.expect_problem(415, "unsupported_media_type");
    app.finish().await;
}

#[tokio::test]
async fn a_file_beyond_the_limit_of_this_node_is_refused_and_leaves_nothing() {
    let app = TestApp::start_with(|settings| settings.limits.upload_mb_max = 1).await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);

    let whole = api.upload("fits.txt", "tea ".repeat(262_144)).await;
    let sentence =
        api.upload("large.txt", "tea ".repeat(262_145)).await.expect_problem(413, "payload_too_large");

    whole.expect(202);
    assert!(sentence.contains("1 MB"), "{sentence}");
    assert_eq!(files_under(&app.data.path().join("blobs")), 1);
    app.finish().await;
}

// KNO-1, KNO-2
#[tokio::test]
async fn a_file_beyond_what_can_be_read_of_its_kind_fails_with_a_sentence() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    let mut bytes = b"tea ".to_vec();
    bytes.resize(usize::try_from(TEXT_BYTES_MAX).unwrap() + 1, b'a');

    let uploaded = api.upload("large.txt", bytes).await.expect(202).json();
    app.settle().await;

    let path = format!("/api/documents/{}", uploaded["id"].as_str().unwrap());
    let document = api.get(&path).await.expect(200).json();
    assert_eq!(document["status"], "failed", "{document}");
    assert_eq!(
        document["error"],
        "This text is larger than 20 MB, which is more than can be read of its kind. Split it into smaller files."
    );
    app.finish().await;
}

// KNO-2
#[tokio::test]
async fn the_same_content_is_taken_once_for_each_client() {
    let app = TestApp::start().await;
    let (bakery, garage) = (app.client("Bakery").await, app.client("Garage").await);
    let api = app.api_key(&bakery);
    let id = app.ready_document(&bakery, "hours.md", BAKERY).await;

    let again = api.upload("copy.md", BAKERY).await.expect(200).json();
    let elsewhere = app.api_key(&garage).upload("hours.md", BAKERY).await.expect(202).json();

    assert_eq!((again["id"].as_str(), &again["is_duplicate"]), (Some(id.as_str()), &json!(true)));
    assert_eq!((&again["file_name"], &again["status"]), (&json!("hours.md"), &json!("ready")));
    assert_eq!(elsewhere["is_duplicate"], false);
    assert_eq!(api.list_all("/api/documents").await.len(), 1);
    assert_eq!(files_under(&app.data.path().join("blobs")), 2, "one file for each client");
    app.settle().await;
    app.finish().await;
}

// KNO-3
#[tokio::test]
async fn the_original_and_its_text_can_be_downloaded() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    let html = "<!doctype html><title>Hours</title><main><p>Open at <b>seven</b></main><script>x</script>";
    let id = app.upload(&bakery, "opening hours.html", html).await;
    let path = format!("/api/documents/{id}");

    api.get(&format!("{path}/text")).await.expect_problem(404, "not_found");
    app.settle().await;
    let original = api.get(&format!("{path}/original")).await.expect(200);
    let text = api.get(&format!("{path}/text")).await.expect(200);

    assert_eq!((original.text().as_str(), text.text().as_str()), (html, "Open at seven"));
    assert_eq!(original.header("content-type"), "application/octet-stream");
    assert_eq!(original.header("x-content-type-options"), "nosniff");
    assert_eq!(original.header("content-disposition"), "attachment; filename*=UTF-8''opening%20hours.html");
    assert_eq!(text.header("content-type"), "text/plain; charset=utf-8");
    let stranger = app.client("Garage").await;
    for part in ["text", "original"] {
        let refused = app.api_key(&stranger).get(&format!("{path}/{part}")).await;
        refused.expect_problem(404, "not_found");
    }
    app.finish().await;
}

// KNO-3
#[tokio::test]
async fn a_document_is_cancelled_before_it_was_read_and_read_after_a_retry() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    let id = app.upload(&bakery, "hours.md", BAKERY).await;
    let path = format!("/api/documents/{id}");
    let tell = async |what: &str| api.post(&format!("{path}/{what}"), json!({})).await;

    let cancelled = tell("cancel").await.expect(200).json();
    app.settle().await;
    let still = api.get(&path).await.expect(200).json();
    let retried = tell("retry").await.expect(202).json();
    app.settle().await;
    let ready = api.get(&path).await.expect(200).json();

    assert_eq!((&cancelled["status"], &still["status"]), (&json!("failed"), &json!("failed")));
    assert!(still["error"].as_str().unwrap().contains("cancelled"), "{still}");
    assert_eq!((&retried["status"], &retried["error"]), (&json!("queued"), &json!(null)));
    assert_eq!(ready["status"], "ready", "{ready}");
    for what in ["cancel", "retry"] {
        tell(what).await.expect_problem(409, "wrong_state");
    }
    app.finish().await;
}

// KNO-2, KNO-3
#[tokio::test]
async fn a_file_that_failed_is_read_again_when_it_is_uploaded_again() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    let id = app.upload(&bakery, "hours.txt", "tea\u{1}\u{2}\u{3}").await;
    app.settle().await;

    let again = api.upload("hours.txt", "tea\u{1}\u{2}\u{3}").await.expect(202).json();

    assert_eq!((again["id"].as_str(), &again["is_duplicate"]), (Some(id.as_str()), &json!(true)));
    assert_eq!(again["status"], "queued");
    app.settle().await;
    assert_eq!(api.get(&format!("/api/documents/{id}")).await.expect(200).json()["status"], "failed");
    app.finish().await;
}

#[tokio::test]
async fn the_same_idempotency_key_uploads_once_and_keeps_one_file() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    let upload = |text: &'static str| api.upload_request("hours.md", text).header("idempotency-key", "k-1");

    let first = Reply::of(upload(BAKERY)).await.expect(202).json();
    let second = Reply::of(upload(BAKERY)).await.expect(202).json();
    let other = Reply::of(upload("Another text")).await;

    assert_eq!(first["id"], second["id"]);
    other.expect_problem(422, "idempotency_key_reused");
    assert_eq!(api.list_all("/api/documents").await.len(), 1);
    assert_eq!(files_under(&app.data.path().join("blobs")), 1);
    app.finish().await;
}

// KNO-6
#[tokio::test]
async fn a_deleted_document_is_gone_with_its_file() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    let id = app.ready_document(&bakery, "hours.md", BAKERY).await;

    api.delete(&format!("/api/documents/{id}")).await.expect(204);

    api.get(&format!("/api/documents/{id}")).await.expect_problem(404, "not_found");
    api.delete(&format!("/api/documents/{id}")).await.expect_problem(404, "not_found");
    assert_eq!(files_under(&app.data.path().join("blobs")), 0);
    for table in ["documents", "document_versions", "chunks"] {
        let sql = format!("select count(*) as n from {table}");
        assert_eq!(app.count(Box::leak(sql.into_boxed_str())).await, 0, "{table}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_document_deleted_before_it_was_read_is_not_read_any_more() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let id = app.upload(&bakery, "hours.md", BAKERY).await;

    app.api_key(&bakery).delete(&format!("/api/documents/{id}")).await.expect(204);
    app.settle().await;

    assert_eq!(app.count("select count(*) as n from jobs where state = 'cancelled'").await, 1);
    assert_eq!(app.count("select count(*) as n from chunks").await, 0);
    app.finish().await;
}

// ACC-2
#[tokio::test]
async fn another_clients_document_is_not_found_and_stays() {
    let app = TestApp::start().await;
    let (bakery, garage) = (app.client("Bakery").await, app.client("Garage").await);
    let id = app.ready_document(&bakery, "hours.md", BAKERY).await;
    let path = format!("/api/documents/{id}");

    let stranger = app.api_key(&garage);

    stranger.get(&path).await.expect_problem(404, "not_found");
    stranger.delete(&path).await.expect_problem(404, "not_found");
    assert!(stranger.list_all("/api/documents").await.is_empty());
    app.api_key(&bakery).get(&path).await.expect(200);
    app.finish().await;
}

// ACC-14
#[tokio::test]
async fn uploads_and_deletions_stand_in_the_audit_log_with_who_did_them() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let id = app.ready_document(&bakery, "hours.md", BAKERY).await;

    app.api_key(&bakery).delete(&format!("/api/documents/{id}")).await.expect(204);

    let deeds = "select count(*) as n from audit_log
                 where actor_kind = 'api_key' and action in ('document.uploaded', 'document.deleted')";
    assert_eq!(app.count(deeds).await, 2);
    app.finish().await;
}

/// How many files lie in the folder and below it.
fn files_under(folder: &std::path::Path) -> usize {
    let listing = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    listing.map(|path| if path.is_dir() { files_under(&path) } else { 1 }).sum()
}
