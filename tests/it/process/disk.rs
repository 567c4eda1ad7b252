//! A disk that is full or cannot be written, as a small disk of its own. Mounting needs root; otherwise the tests
//! say that they were skipped.

use crate::support::process::Home;
use crate::support::texts::{BAKERY, SUNDAY_ANSWER, SUNDAY_QUESTION};
use crate::support::{Answer, Client};
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A disk in memory of a few megabytes; gone when dropped.
struct SmallDisk(TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let options = ["-t", "tmpfs", "-o", "size=24m,mode=0700", "tmpfs"];
        let mounted = Command::new("mount").args(options).arg(folder.path()).output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self(folder));
        }
        println!("skipped: a small disk cannot be mounted here");
        None
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn remount(&self, mode: &str) {
        let done = Command::new("mount").args(["-o", &format!("remount,{mode}")]).arg(self.path()).output();
        assert!(done.is_ok_and(|output| output.status.success()), "the disk can be mounted again");
    }

    /// Writes until nothing fits any more.
    fn fill(&self) -> PathBuf {
        let path = self.path().join("ballast");
        let mut file = File::create(&path).unwrap();
        let mut size = 1024 * 1024;
        while size > 0 {
            if file.write_all(&vec![1_u8; size]).is_err() {
                size /= 2;
            }
        }
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.path()).output();
    }
}

/// A directory on that disk with a client, set to take uploads until the last megabyte.
fn home_on(disk: &SmallDisk) -> (Home, Client, Vec<String>) {
    let home = Home::with_data(disk.path().join("data"));
    let file = home.folder().join("small.toml");
    fs::write(&file, "[data]\nfree_disk_min_mb = 1\n").unwrap();
    let bakery = home.create_client("Bakery");
    (home, bakery, vec!["--config".to_owned(), file.to_string_lossy().into_owned()])
}

// OPS-9
#[tokio::test]
async fn a_full_disk_refuses_uploads_and_chat_loses_nothing_and_recovers_by_itself() {
    let Some(disk) = SmallDisk::mount() else { return };
    let (home, bakery, args) = home_on(&disk);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let node = home.serve_with(&args, &[]).await;
    let api = node.api_key(&bakery);
    let document = node.ready_document(&bakery, "hours.md", BAKERY).await;
    let first = Answer::of(&node.visitor(&bakery).send_as("r-1", SUNDAY_QUESTION).await);

    let ballast = disk.fill();

    let upload = api.upload("more.md", BAKERY).await.expect_problem(507, "disk_full");
    assert!(upload.contains("space"), "{upload}");
    // What is still free in the log's pages may take a message or two; then the disk is full for chat too.
    let mut refused = None;
    for number in 0..200 {
        let reply =
            node.visitor(&bakery).send(&format!("{SUNDAY_QUESTION} {number} {}", "x ".repeat(1_900))).await;
        if reply.status != 200 {
            refused = Some(reply.expect_problem(507, "disk_full"));
            break;
        }
    }
    let refused = refused.expect("the log of the database cannot grow");
    assert!(refused.contains("Nothing was changed"), "{refused}");
    api.get(&format!("/api/documents/{document}")).await.expect(200);
    assert!(!api.search("Sundays").await.is_empty(), "reading goes on");
    node.site.get("/healthz").await.expect(200);

    fs::remove_file(ballast).unwrap();

    node.ready_document(&bakery, "more.md", &format!("{BAKERY}\nWelcome back.\n")).await;
    let again = Answer::of(&node.visitor(&bakery).send_as("r-1", SUNDAY_QUESTION).await);
    assert_eq!(again.message_id, first.message_id, "what was answered is still there");
    assert!(again.response.contains(SUNDAY_ANSWER));
    assert_eq!(api.list_all("/api/documents").await.len(), 2);
    node.stop();
    assert!(home.run(&["doctor", args[0], args[1]]).stdout.contains("It is whole"));
}

// OPS-9
#[tokio::test]
async fn below_the_reserve_uploads_are_refused_while_chat_goes_on() {
    let Some(disk) = SmallDisk::mount() else { return };
    let home = Home::with_data(disk.path().join("data"));
    let bakery = home.create_client("Bakery");
    let node = home.serve().await;

    let upload = node.api_key(&bakery).upload("hours.md", BAKERY).await.expect_problem(507, "disk_full");
    let ready = node.site.get("/healthz/ready").await.expect(200).json();

    assert!(upload.contains("operator"), "{upload}");
    Answer::of(&node.visitor(&bakery).send("Hello").await);
    assert_eq!(ready["disk"]["status"], "degraded");
    node.stop();
}

#[tokio::test]
async fn a_disk_that_is_mounted_read_only_is_refused_with_what_to_check() {
    let Some(disk) = SmallDisk::mount() else { return };
    let (home, ..) = home_on(&disk);
    disk.remount("ro");

    let refused = home.refused_start(&["--listen", "127.0.0.1:0"]);

    assert!(refused.stderr.contains("cannot be written"), "{refused:?}");
    assert!(refused.stderr.contains("read-only"), "{refused:?}");
    disk.remount("rw");
    home.serve().await.stop();
}
