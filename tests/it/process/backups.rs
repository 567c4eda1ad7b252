//! Backups of a node that works, and nodes made anew from them.

use crate::support::process::{Ended, Home};
use crate::support::texts::{BAKERY, SUNDAY_ANSWER, SUNDAY_QUESTION};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A node with a repository beside it.
struct Kept {
    home: Home,
    repository: PathBuf,
}

impl Kept {
    fn new() -> Self {
        let home = Home::new();
        let repository = home.folder().join("repository");
        Self { home, repository }
    }

    fn to(&self) -> &str {
        self.repository.to_str().expect("temporary paths are text")
    }

    fn back_up(&self, more: &[&str]) -> Value {
        json(&self.home.run(&[&["backup", "--to", self.to(), "--json"], more].concat()))
    }

    /// The key, as the operator keeps it: in a file elsewhere.
    fn keep_key(&self, report: &Value) -> PathBuf {
        let path = self.home.folder().join("key.txt");
        fs::write(&path, report["recovery_key"].as_str().expect("the first backup shows the key")).unwrap();
        path
    }

    fn snapshots(&self) -> Vec<Value> {
        let listed = json(&self.home.run(&["backup", "list", "--to", self.to(), "--json"]));
        listed.as_array().expect("a list").clone()
    }

    fn verify(&self) -> Ended {
        self.home.run(&["backup", "verify", "--to", self.to(), "--json"])
    }

    /// Restores into another home with the key alone.
    fn restore(&self, key: &Path, more: &[&str]) -> (Home, Ended) {
        let other = Home::new();
        let key = key.to_str().expect("temporary paths are text");
        let ended =
            other.run(&[&["restore", "--from", self.to(), "--key-file", key, "--json"], more].concat());
        (other, ended)
    }

    fn chunks(&self) -> Vec<PathBuf> {
        let folders = fs::read_dir(self.repository.join("chunks")).expect("a folder of chunks");
        let mut chunks: Vec<PathBuf> = folders
            .flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap())
            .map(|chunk| chunk.unwrap().path())
            .collect();
        chunks.sort();
        chunks
    }
}

#[track_caller]
fn json(ended: &Ended) -> Value {
    assert!(ended.status.success(), "{ended:?}");
    serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("no JSON: {ended:?}"))
}

#[track_caller]
fn assert_refused(ended: &Ended, why: &str) {
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    assert!(ended.stderr.contains(why), "{ended:?}");
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).map_or(true, |mut listing| listing.next().is_none())
}

// OPS-5, APP-14
#[tokio::test]
async fn a_node_made_anew_from_its_backup_gives_the_same_cited_answer_without_an_upload() {
    let kept = Kept::new();
    let client = kept.home.create_client("Bakery");
    let node = kept.home.serve().await;
    let document = node.ready_document(&client, "bakery.md", BAKERY).await;
    let before = node.visitor(&client).say(SUNDAY_QUESTION).await;

    let report = kept.back_up(&["--verify"]);
    node.stop();
    let (other, restored) = kept.restore(&kept.keep_key(&report), &[]);
    json(&restored);
    let node = other.serve().await;
    let after = node.visitor(&client).say(SUNDAY_QUESTION).await;

    assert_eq!(report["missing"], Value::Array(Vec::new()));
    assert_eq!(report["verified"]["damage"], Value::Array(Vec::new()));
    assert!(
        before.response.contains(SUNDAY_ANSWER) && after.response == before.response,
        "{before:?} {after:?}"
    );
    assert_eq!(after.citations[0].document_id.as_deref(), Some(document.as_str()));
    node.api_key(&client).get(&format!("/api/documents/{document}/original")).await.expect(200);
    node.stop();
}

// OPS-5
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_holds_everything_that_was_acknowledged_before_it_began() {
    let kept = Arc::new(Kept::new());
    let client = kept.home.create_client("Bakery");
    let node = kept.home.serve().await;
    let api = node.api_key(&client);
    let upload = async |number: usize| {
        let uploaded = api.upload(&format!("{number}.md"), format!("{BAKERY}\n{number}")).await.expect(202);
        uploaded.json()["id"].as_str().expect("an id").to_owned()
    };
    let mut before = Vec::new();
    for number in 0..10 {
        before.push(upload(number).await);
    }

    let working = Arc::clone(&kept);
    let backup = tokio::task::spawn_blocking(move || working.back_up(&[]));
    // Written and deleted while the backup is made.
    for number in 10..20 {
        upload(number).await;
    }
    for id in &before {
        api.delete(&format!("/api/documents/{id}")).await;
    }
    let report = backup.await.expect("the backup ends");

    let (other, restored) = kept.restore(&kept.keep_key(&report), &[]);
    json(&restored);
    let again = other.serve().await;
    let documents = again.api_key(&client).list_all("/api/documents").await;
    assert_eq!(report["missing"], Value::Array(Vec::new()));
    for document in &documents {
        let path = format!("/api/documents/{}/original", document["id"].as_str().expect("an id"));
        again.api_key(&client).get(&path).await.expect(200);
    }
    again.stop();
    node.stop();
}

// OPS-5
#[test]
fn a_second_backup_is_small_and_old_ones_go_with_all_that_only_they_needed() {
    let kept = Kept::new();
    kept.home.create_client("Bakery");

    let first = kept.back_up(&[]);
    let key = kept.keep_key(&first);
    kept.home.create_client("Garage");
    let second = kept.back_up(&[]);
    let third = kept.back_up(&["--keep", "2"]);

    let bytes = |report: &Value| report["bytes_new"].as_u64().expect("a number");
    assert!(bytes(&second) < bytes(&first), "{first} {second}");
    assert!(second["recovery_key"].is_null(), "the key is shown once");
    let ids: Vec<Value> = kept.snapshots().iter().map(|line| line["id"].clone()).collect();
    assert_eq!(ids, [second["snapshot_id"].clone(), third["snapshot_id"].clone()]);
    assert_eq!(third["forgotten"]["snapshots"], 1);
    json(&kept.verify());
    let (other, restored) = kept.restore(&key, &["--snapshot", second["snapshot_id"].as_str().unwrap()]);
    json(&restored);
    assert!(other.run(&["client", "list", "--json"]).stdout.contains("Garage"));
}

// OPS-5
#[test]
fn one_changed_byte_is_found_and_nothing_is_restored_from_it() {
    let kept = Kept::new();
    kept.home.create_client("Bakery");
    let key = kept.keep_key(&kept.back_up(&[]));
    let chunk = kept.chunks().swap_remove(0);
    let mut bytes = fs::read(&chunk).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&chunk, bytes).unwrap();

    let verified = kept.verify();
    let (other, restored) = kept.restore(&key, &[]);

    assert_eq!(verified.status.code(), Some(1), "{verified:?}");
    assert!(verified.stdout.contains("was changed"), "{verified:?}");
    assert_refused(&restored, "the backup is damaged");
    assert!(!other.data().exists());
    assert!(!other.folder().join(".data.restoring").exists());
}

// OPS-5
#[test]
fn another_key_no_key_and_a_directory_in_use_are_refused() {
    let kept = Kept::new();
    kept.home.create_client("Bakery");
    let key = kept.keep_key(&kept.back_up(&[]));
    let wrong = kept.home.folder().join("wrong.txt");
    fs::write(&wrong, format!("snip_rk_{}", "A".repeat(43))).unwrap();

    let (other, with_wrong) = kept.restore(&wrong, &[]);
    let without = other.run(&["restore", "--from", kept.to()]);
    let in_use = kept.home.run(&["restore", "--from", kept.to(), "--key-file", key.to_str().unwrap()]);
    let inside = kept.home.run(&["backup", "--to", kept.home.data().join("b").to_str().unwrap()]);
    let elsewhere = kept.home.run(&["backup", "--to", kept.home.folder().to_str().unwrap()]);

    assert_refused(&with_wrong, "another recovery key");
    assert_refused(&without, "SNIP_RECOVERY_KEY");
    assert_refused(&in_use, "is not empty");
    assert_refused(&inside, "lies in the data directory");
    assert_refused(&elsewhere, "holds other files");
    assert!(!other.data().exists());
}

// OPS-5
#[test]
fn an_empty_directory_that_is_there_already_is_filled_in_place() {
    let kept = Kept::new();
    kept.home.create_client("Bakery");
    let key = kept.keep_key(&kept.back_up(&[]));
    let other = Home::new();
    fs::create_dir(other.data()).unwrap();

    let mut command =
        other.command(&["restore", "--from", kept.to(), "--data-dir", other.data().to_str().unwrap()]);
    command.env("SNIP_RECOVERY_KEY", fs::read_to_string(&key).unwrap());
    let restored = other.run_command(command);

    assert!(restored.status.success(), "{restored:?}");
    assert!(!other.data().join(".restoring").exists());
    assert!(other.run(&["client", "list", "--json"]).stdout.contains("Bakery"));
}

// OPS-5
#[tokio::test]
async fn a_restore_in_the_middle_of_a_full_outbox_sends_nothing_twice() {
    const MAILS: usize = 5;
    let kept = Kept::new();
    let client = kept.home.create_client("Bakery");
    for number in 0..MAILS {
        let email = format!("person{number}@example.test");
        let invited = kept.home.run(&["person", "invite", &email, "--role", "admin", "--json"]);
        assert!(invited.status.success(), "{invited:?}");
    }
    let key = kept.keep_key(&kept.back_up(&[]));
    let mails_of = |home: &Home| fs::read_dir(home.data().join("mail")).map_or(0, Iterator::count);

    // The first node goes on and sends them; then it is lost.
    let node = kept.home.serve().await;
    for _ in 0..1_000 {
        if mails_of(&kept.home) >= MAILS {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    node.kill_9();
    let (other, restored) = kept.restore(&key, &[]);
    let again = other.serve().await;
    again.ready_document(&client, "bakery.md", BAKERY).await;
    again.stop();

    assert_eq!(mails_of(&kept.home), MAILS);
    assert_eq!(json(&restored)["mails_in_doubt"], MAILS);
    assert_eq!(mails_of(&other), 0, "the second node cannot know, so it sends none");
    assert_eq!(outbox_states(&other).await, vec!["suppressed"; MAILS]);
}

/// Waits for a backup that came back whole from its trial.
async fn drilled(home: &Home) {
    let state = home.data().join("backups/state.json");
    for _ in 0..1_000 {
        let text = fs::read_to_string(&state).unwrap_or_default();
        let known: Value = serde_json::from_str(&text).unwrap_or_default();
        if known["drilled_at_ms"].is_i64() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("no backup was made and tried within 20 s: {:?}", fs::read_to_string(state));
}

// OPS-5, OPS-10
#[tokio::test]
async fn a_server_whose_settings_name_a_folder_makes_a_backup_by_itself_and_the_doctor_knows() {
    let kept = Kept::new();
    kept.home.create_client("Bakery");
    let doctor = |name: &str, value: &str| {
        let data = kept.home.data().to_str().unwrap();
        let mut command = kept.home.command(&["doctor", "--json", "--data-dir", data]);
        command.env(name, value);
        let findings: Value = serde_json::from_str(&kept.home.run_command(command).stdout).expect("JSON");
        let found = findings.as_array().unwrap().iter().find(|finding| finding["check"] == "backups");
        found.expect("it looks at the backups").clone()
    };
    let without = doctor("SNIP__BACKUP__KEEP", "3");
    let before = doctor("SNIP__BACKUP__TO", kept.to());

    let node = kept.home.serve_with(&[], &[("SNIP__BACKUP__TO", kept.to())]).await;
    drilled(&kept.home).await;
    node.stop();

    let after = doctor("SNIP__BACKUP__TO", kept.to());
    let data = kept.home.data().to_str().unwrap();
    let mut by_hand = kept.home.command(&["backup", "--json", "--data-dir", data]);
    by_hand.env("SNIP__BACKUP__TO", kept.to()).env("SNIP__BACKUP__KEEP", "1");
    let by_hand = json(&kept.home.run_command(by_hand));
    assert_eq!((&without["verdict"], &before["verdict"]), (&"warning".into(), &"warning".into()));
    assert_eq!(after["verdict"], "ok", "{after}");
    assert_eq!(by_hand["forgotten"]["snapshots"], 1, "the settings say where to, and how many stay");
    assert_eq!(kept.snapshots().len(), 1);
}

async fn outbox_states(home: &Home) -> Vec<String> {
    let layout = snip::store::directory::Layout::new(home.data());
    let store =
        snip::app::OpenStore::open(layout, snip::app::Sources::of_this_machine()).expect("nobody holds it");
    let read = store.db.read(|tx| -> Result<_, snip::store::DbError> {
        tx.list("select state from outbox order by id limit 100", &[], |row| row.get::<String>("state"))
    });
    read.await.expect("the outbox can be read")
}

/// Asked after a death.
#[cfg(feature = "faults")]
mod deaths {
    use super::*;
    use snip::store::fault;
    use std::os::unix::process::ExitStatusExt as _;

    fn run_to_death(home: &Home, args: &[&str], fault: &str) {
        let mut command = home.command(args);
        command.env("SNIP_FAULT", fault);
        let ended = home.run_command(command);
        assert_eq!(ended.status.signal(), Some(9), "{fault}: {ended:?}");
    }

    // OPS-5
    #[test]
    fn a_backup_that_is_killed_at_any_place_leaves_a_repository_that_is_whole() {
        for point in fault::POINTS.iter().filter(|point| point.starts_with("backup.")) {
            let kept = Kept::new();
            kept.home.create_client("Bakery");
            let key = kept.keep_key(&kept.back_up(&[]));
            kept.home.create_client("Garage");
            let data = kept.home.data().to_str().unwrap();

            run_to_death(
                &kept.home,
                &["backup", "--to", kept.to(), "--keep", "1", "--data-dir", data],
                point,
            );

            json(&kept.verify());
            let (other, restored) = kept.restore(&key, &[]);
            json(&restored);
            assert!(other.run(&["client", "list"]).stdout.contains("Bakery"), "{point}");
            kept.back_up(&["--keep", "1", "--verify"]);
            assert_eq!(kept.snapshots().len(), 1, "{point}");
            assert!(!kept.home.data().join("backups/staging").exists(), "{point}");
            assert!(is_empty(&kept.repository.join("incoming")), "{point}");
        }
    }

    // OPS-5
    #[tokio::test]
    async fn a_server_that_is_killed_in_a_trial_makes_it_anew_and_keeps_nothing_of_the_first() {
        let kept = Kept::new();
        kept.home.create_client("Bakery");
        let to = ("SNIP__BACKUP__TO", kept.to());

        // It may die before anybody sees that it serves.
        let died = match kept.home.try_serve(&[], &[to, ("SNIP_FAULT", "restore.while_writing")]).await {
            Ok(mut node) => node.wait_for_end(),
            Err(ended) => ended.status,
        };
        assert_eq!(died.signal(), Some(9));
        let scratch = kept.home.data().join("backups/drill");
        assert!(scratch.exists(), "it died in the middle");
        let node = kept.home.serve_with(&[], &[to]).await;
        drilled(&kept.home).await;
        node.stop();

        assert!(!scratch.exists());
        assert_eq!(kept.snapshots().len(), 1, "the backup itself was whole");
    }

    // OPS-5
    #[test]
    fn a_restore_that_is_killed_leaves_nothing_that_could_be_served() {
        for point in fault::POINTS.iter().filter(|point| point.starts_with("restore.")) {
            let kept = Kept::new();
            kept.home.create_client("Bakery");
            let key = kept.keep_key(&kept.back_up(&[]));
            let other = Home::new();
            let data = other.data().to_str().unwrap();
            let args =
                ["restore", "--from", kept.to(), "--key-file", key.to_str().unwrap(), "--data-dir", data];

            run_to_death(&other, &args, point);
            assert!(!other.data().exists(), "{point}");
            json(&other.run(&[&args[..5], &["--json"]].concat()));
            assert!(other.run(&["client", "list"]).stdout.contains("Bakery"), "{point}");

            let there = Home::new();
            fs::create_dir(there.data()).unwrap();
            let data = there.data().to_str().unwrap();
            run_to_death(&there, &[&args[..6], &[data]].concat(), point);
            assert!(there.refused_start(&[]).stderr.contains("was not finished"), "{point}");
        }
    }
}
