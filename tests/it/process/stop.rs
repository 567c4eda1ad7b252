//! Stopping, and what a stopped node leaves on disk.

use crate::support::events::text_of;
use crate::support::process::Home;
use crate::support::texts::{BAKERY, SUNDAY_ANSWER, SUNDAY_QUESTION};
use crate::support::vendors::llm::{FakeLlm, Scripted};
use crate::support::{Answer, Reply};
use serde_json::json;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

// APP-2
#[tokio::test]
async fn a_copy_of_the_directory_after_a_stop_gives_the_same_answers() {
    let home = Home::new();
    let bakery = home.create_client("Bakery");
    let node = home.serve().await;
    node.ready_document(&bakery, "hours.md", BAKERY).await;
    let former = Answer::of(&node.visitor(&bakery).send(SUNDAY_QUESTION).await);
    node.stop();

    assert!(
        !home.data().join("snip.db-wal").exists()
            || fs::metadata(home.data().join("snip.db-wal")).unwrap().len() == 0
    );
    let elsewhere = tempfile::tempdir().unwrap();
    let copy = elsewhere.path().join("copy");
    copy_folder(home.data(), &copy);
    let copied = Home::with_data(copy);
    let node = copied.serve().await;
    let answer = Answer::of(&node.visitor(&bakery).send(SUNDAY_QUESTION).await);

    assert!(answer.response.contains(SUNDAY_ANSWER));
    assert_eq!(answer.response, former.response);
    assert_eq!(answer.citations[0].quote, former.citations[0].quote);
    node.site.get(&former.citations[0].path()).await.expect(200);
    node.api_key(&bakery).get("/api/usage").await.expect(200);
    node.stop();
}

// APP-2: without its index, which is a cache, and without what only a running server needs
#[tokio::test]
async fn a_copy_without_the_index_is_a_whole_backup_too() {
    let home = Home::new();
    let bakery = home.create_client("Bakery");
    let node = home.serve().await;
    node.ready_document(&bakery, "hours.md", BAKERY).await;
    node.stop();

    let elsewhere = tempfile::tempdir().unwrap();
    for part in ["blobs", "keys"] {
        copy_folder(&home.data().join(part), &elsewhere.path().join("data").join(part));
    }
    fs::copy(home.database(), elsewhere.path().join("data/snip.db")).unwrap();
    let copied = Home::with_data(elsewhere.path().join("data"));
    let node = copied.serve().await;

    let answer = Answer::of(&node.visitor(&bakery).send(SUNDAY_QUESTION).await);
    assert!(answer.response.contains(SUNDAY_ANSWER), "{answer:?}");
    node.stop();
}

// APP-12
#[tokio::test]
async fn sigterm_lets_a_request_in_progress_finish_and_ends_within_ten_seconds() {
    let home = Home::new();
    let bakery = home.create_client("Bakery");
    let node = home.serve().await;
    let body = format!("{{\"client_id\":\"{}\",\"message\":\"Hello\"}}", bakery.id);
    let mut slow = TcpStream::connect(node.address).unwrap();
    let head = format!(
        "POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    slow.write_all(head.as_bytes()).unwrap();
    slow.write_all(&body.as_bytes()[..10]).unwrap();
    // Once another request is answered, the server has the head of this one too.
    node.site.get("/healthz").await.expect(200);

    let started = Instant::now();
    node.send_sigterm();
    while TcpStream::connect(node.address).is_ok() {
        assert!(started.elapsed() < Duration::from_secs(5), "it still takes new connections");
        std::thread::sleep(Duration::from_millis(10));
    }
    slow.write_all(&body.as_bytes()[10..]).unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    node.stop();

    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(started.elapsed() < Duration::from_secs(10));
}

// APP-12, CHT-1
#[tokio::test]
async fn an_answer_that_is_being_written_when_the_server_stops_ends_and_is_kept() {
    let home = Home::new();
    let bakery = home.create_client("Bakery");
    let model = FakeLlm::start().await;
    model.usually(Scripted::begun(&["On Sundays from 8:30 [1]. "]).hang());
    let environment = [
        ("SNIP__LLM__PROVIDER", "openai_compatible"),
        ("SNIP__LLM__BASE_URL", model.base_url.as_str()),
        ("SNIP__LLM__MODEL", "test-model"),
    ];
    let node = home.serve_with(&[], &environment).await;
    node.ready_document(&bakery, "hours.md", BAKERY).await;
    let visitor = node.visitor(&bakery);
    let fields = json!({ "message": SUNDAY_QUESTION, "request_id": "r-1" });
    let mut stream = visitor.stream(fields).await;
    let meta = stream.until("meta").await.data;
    let first = stream.until("delta").await;

    node.send_sigterm();
    let rest = stream.rest().await;
    let took = node.stop();
    let node = home.serve_with(&[], &environment).await;
    let owner = node.visitor(&bakery).with_session(meta["session"].as_str().unwrap());
    let again = owner.follow(meta["message_id"].as_str().unwrap(), Some(&first.id)).await.rest().await;

    let done = &rest.last().expect("the stream ends by itself").data;
    assert_eq!(done["ending"], "cut", "{rest:?}");
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert_eq!(text_of(&again), text_of(&rest), "what was not seen yet is there after the start");
    assert_eq!(again.last().map(|event| event.data["response"].clone()), Some(done["response"].clone()));
    node.stop();
}

// APP-12
#[tokio::test]
async fn a_visitor_that_never_finishes_sending_does_not_keep_the_server_from_stopping() {
    let home = Home::new();
    let node = home.serve().await;
    let mut stuck = TcpStream::connect(node.address).unwrap();
    stuck.write_all(b"POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n").unwrap();
    node.site.get("/healthz").await.expect(200);

    let took = node.stop();

    assert!(took < Duration::from_secs(10), "{took:?}");
}

// APP-12
#[tokio::test]
async fn documents_that_wait_when_the_server_stops_are_read_after_the_next_start() {
    let home = Home::new();
    let bakery = home.create_client("Bakery");
    let node = home.serve().await;
    let mut ids = Vec::new();
    for number in 0..20 {
        let uploaded = node
            .api_key(&bakery)
            .upload(&format!("{number}.md"), format!("{BAKERY}\nNumber {number}.\n"))
            .await
            .expect(202)
            .json();
        ids.push(uploaded["id"].as_str().unwrap().to_owned());
    }

    let took = node.stop();
    let node = home.serve().await;

    assert!(took < Duration::from_secs(10), "{took:?}");
    for id in &ids {
        assert_eq!(node.read_document(&bakery, id).await["status"], "ready");
    }
    node.stop();
}

#[tokio::test]
async fn an_interrupted_upload_leaves_no_document_and_no_file() {
    let home = Home::new();
    let bakery = home.create_client("Bakery");
    let node = home.serve().await;
    let mut upload = TcpStream::connect(node.address).unwrap();
    let head = format!(
        "POST /api/documents HTTP/1.1\r\nHost: localhost\r\nX-API-Key: {}\r\nContent-Length: 100000\r\n\
         Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\nContent-Disposition: form-data; \
         name=\"file\"; filename=\"a.md\"\r\n\r\nThe beginning",
        bakery.key
    );
    upload.write_all(head.as_bytes()).unwrap();
    node.site.get("/healthz").await.expect(200);
    drop(upload);

    let folder = home.data().join("blobs").join(&bakery.id);
    let started = Instant::now();
    while fs::read_dir(&folder).is_ok_and(|mut files| files.next().is_some()) {
        assert!(started.elapsed() < Duration::from_secs(5), "the half of a file stays");
        std::thread::sleep(Duration::from_millis(10));
    }

    let listed: Reply = node.api_key(&bakery).get("/api/documents").await.expect(200);
    assert_eq!(listed.json()["items"].as_array().unwrap().len(), 0);
    node.stop();
}
