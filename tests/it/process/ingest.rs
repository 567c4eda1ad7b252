//! `snip ingest`, with and without a running server.

use crate::support::process::Home;
use serde_json::Value;

// KNO-3, APP-1
#[tokio::test]
async fn files_and_folders_are_taken_in_whether_or_not_the_server_runs() {
    let home = Home::new();
    let client = home.create_client("Bakery");
    let folder = home.folder().join("documents");
    std::fs::create_dir_all(folder.join("more")).unwrap();
    std::fs::write(folder.join("hours.md"), "# Hours\n\nWe open at seven in Quillham.").unwrap();
    std::fs::write(folder.join("more/prices.csv"), "Drink,Price\nTea,3\n").unwrap();
    std::fs::write(folder.join(".hidden"), "not meant").unwrap();
    let path = folder.to_str().unwrap();
    let ingest = |path: &str| home.run(&["ingest", path, "--client", &client.id, "--json"]);

    let alone = ingest(path);
    let node = home.serve().await;
    std::fs::write(folder.join("broken.pdf"), b"%PDF-1.7 and no more").unwrap();
    let beside = ingest(path);
    let nowhere = ingest("/nowhere/at/all");

    assert_eq!(alone.status.code(), Some(0), "{alone:?}");
    let taken: Value = serde_json::from_str(&alone.stdout).unwrap();
    let states: Vec<(&str, &str)> = taken
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["file_name"].as_str().unwrap(), line["status"].as_str().unwrap()))
        .collect();
    assert_eq!(states, [("hours.md", "ready"), ("prices.csv", "ready")]);
    assert_eq!(beside.status.code(), Some(1), "{beside:?}");
    let taken: Value = serde_json::from_str(&beside.stdout).unwrap();
    let broken = &taken[0];
    assert_eq!(
        (&broken["file_name"], &broken["status"]),
        (&"broken.pdf".into(), &"failed".into()),
        "{taken}"
    );
    assert!(broken["error"].as_str().unwrap().contains("damaged"), "{broken}");
    assert_eq!(taken[1]["is_duplicate"], true, "{taken}");
    assert_eq!(nowhere.status.code(), Some(1));
    assert!(nowhere.stderr.contains("cannot be found"), "{nowhere:?}");
    let found = node.api_key(&client).search("Quillham").await;
    assert_eq!(found.len(), 1, "{found:?}");
    node.stop();
}
