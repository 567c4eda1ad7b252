//! Backups that are made by themselves, and trials to restore them.

use crate::support::texts::BAKERY;
use crate::support::{Reply, TestApp};
use reqwest::Method;
use serde_json::{Value, json};
use snip::domain::people::Role;
use snip::engine::schedules::{SCHEDULES, tick};
use snip::ground::scope::Actor;
use snip::ground::time::{DAY_MS, HOUR_MS};
use snip::store::Clock as _;
use std::fs;
use std::path::{Path, PathBuf};

const MADE: &str = "select count(*) as n from audit_log where action = 'backup.made'";
const DRILLED: &str = "select count(*) as n from audit_log where action = 'backup.drilled'";
const KEPT: u32 = 2;

/// A node whose settings ask for a backup each day.
async fn app_with_plan(folder: &Path) -> TestApp {
    let to = folder.to_owned();
    TestApp::start_with(move |settings| {
        settings.backup.to = to;
        settings.backup.every_hours = 24;
        settings.backup.keep = KEPT;
    })
    .await
}

/// Lets time pass, and does what is due then.
async fn after(app: &TestApp, ms: i64) {
    app.clock.advance_ms(ms);
    app.env.db.write(Actor::System("test"), |tx| tick(tx, SCHEDULES)).await.unwrap();
    app.settle().await;
}

async fn backups_health(app: &TestApp) -> Value {
    app.site.get("/healthz/ready").await.json()["backups"].clone()
}

async fn metrics(app: &TestApp) -> String {
    let token = fs::read_to_string(app.data.path().join("keys/metrics_token")).unwrap();
    Reply::of(app.site.request(Method::GET, "/metrics").bearer_auth(token.trim())).await.expect(200).text()
}

fn snapshots(folder: &Path) -> usize {
    fs::read_dir(folder.join("snapshots")).map_or(0, Iterator::count)
}

/// Every chunk with what it holds: which of them a later backup uses again is its own business.
fn chunks(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let folders = fs::read_dir(folder.join("chunks")).unwrap().map(|it| it.unwrap().path());
    let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap()).map(|it| it.unwrap().path());
    files.map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

// OPS-5, OPS-10
#[tokio::test]
async fn each_day_a_backup_is_made_the_oldest_goes_and_once_a_week_one_is_restored_for_a_trial() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("backups");
    let app = app_with_plan(&to).await;
    let client = app.client("Bakery").await;
    app.ready_document(&client, "bakery.md", BAKERY).await;

    after(&app, 0).await;
    assert_eq!((app.count(MADE).await, app.count(DRILLED).await, snapshots(&to)), (1, 1, 1), "at the start");
    after(&app, HOUR_MS).await;
    assert_eq!(app.count(MADE).await, 1, "not before its time");
    for day in 1..=7 {
        after(&app, DAY_MS).await;
        assert_eq!(app.count(MADE).await, 1 + day);
    }

    assert_eq!(app.count(DRILLED).await, 2, "the eighth day's is restored for a trial");
    assert_eq!(snapshots(&to), KEPT as usize);
    let figures = metrics(&app).await;
    assert!(figures.contains("snip_backup_good 1\n"), "{figures}");
    let now_s = app.clock.now().as_ms() / 1_000;
    assert!(figures.contains(&format!("snip_backup_last_made_seconds {now_s}\n")), "{figures}");
    assert!(figures.contains(&format!("snip_backup_last_drill_seconds {now_s}\n")), "{figures}");
    assert_eq!(backups_health(&app).await, json!({ "status": "ok", "detail": null }));
    assert!(!app.data.path().join("backups/drill").exists(), "nothing is left of the trial");
    app.finish().await;
}

// OPS-5, OPS-10
#[tokio::test]
async fn a_backup_that_fails_is_told_everywhere_and_made_within_the_hour_once_it_can_be() {
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("disk");
    let to = disk.join("backups");
    let mut app = app_with_plan(&to).await;
    let ada = app.person("ada@north.test", Role::Owner, None).await;

    after(&app, 0).await;
    let failed = ada.get("/api/jobs?state=failed").await.expect(200).json();
    let told = ada.get("/api/backups").await.expect(200).json();
    assert_eq!(failed["items"][0]["kind"], "backup.make");
    assert!(failed["items"][0]["last_error"].as_str().unwrap().contains("mount the disk"), "{failed}");
    assert_eq!((&told["health"], &told["made_at"]), (&json!("failing"), &Value::Null), "{told}");
    assert!(told["failure"].as_str().unwrap().contains("mount the disk"), "{told}");
    assert_eq!(backups_health(&app).await["status"], "degraded");
    assert!(metrics(&app).await.contains("snip_backup_good 0\n"));

    fs::create_dir(&disk).unwrap();
    after(&app, HOUR_MS).await;
    let told = ada.get("/api/backups").await.expect(200).json();
    assert_eq!((&told["health"], &told["failure"]), (&json!("good"), &Value::Null), "{told}");
    assert_eq!(backups_health(&app).await["status"], "ok");
    app.expect_failed_jobs(1);
    app.finish().await;
}

// OPS-5
#[tokio::test]
async fn a_backup_that_does_not_come_back_whole_is_told_until_one_does() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("backups");
    let mut app = app_with_plan(&to).await;
    after(&app, 0).await;
    let whole = chunks(&to);
    for (chunk, bytes) in &whole {
        fs::write(chunk, &bytes[1..]).unwrap();
    }

    after(&app, 7 * DAY_MS).await;
    let ada = app.person("ada@north.test", Role::Owner, None).await;
    let told = ada.get("/api/backups").await.expect(200).json();
    assert_eq!(told["health"], "unrestorable", "{told}");
    assert!(told["failure"].as_str().unwrap().contains("was changed"), "{told}");

    for (chunk, bytes) in whole {
        fs::write(chunk, bytes).unwrap();
    }
    after(&app, HOUR_MS).await;
    let told = ada.get("/api/backups").await.expect(200).json();
    assert_eq!((&told["health"], &told["failure"]), (&json!("good"), &Value::Null), "{told}");
    app.expect_failed_jobs(1);
    app.finish().await;
}

// OPS-5
#[tokio::test]
async fn one_that_is_asked_for_is_made_at_once_and_two_presses_are_one() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("backups");
    let app = app_with_plan(&to).await;
    let ada = app.person("ada@north.test", Role::Owner, None).await;
    after(&app, 0).await;
    app.clock.advance_ms(DAY_MS / 2);

    for _ in 0..2 {
        ada.post("/api/backups", json!({})).await.expect(202);
    }
    app.settle().await;

    assert_eq!(app.count(MADE).await, 2);
    let told = ada.get("/api/backups").await.expect(200).json();
    assert_eq!(told["plan"], json!({ "to": to, "every_hours": 24, "keep": KEPT }));
    app.finish().await;
}

// OPS-5
#[tokio::test]
async fn one_that_was_asked_for_and_failed_can_be_asked_for_again_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("disk");
    let mut app = app_with_plan(&disk.join("backups")).await;
    let ada = app.person("ada@north.test", Role::Owner, None).await;
    let ask = async || {
        ada.post("/api/backups", json!({})).await.expect(202);
        app.settle().await;
    };

    ask().await;
    assert_eq!(app.count(MADE).await, 0, "the disk is not there");
    fs::create_dir(&disk).unwrap();
    ask().await;

    assert_eq!(app.count(MADE).await, 1);
    app.expect_failed_jobs(1);
    app.finish().await;
}

// OPS-5, OPS-10
#[tokio::test]
async fn without_a_folder_none_is_made_and_asking_for_one_says_what_to_set() {
    let app = TestApp::start().await;
    let ada = app.person("ada@north.test", Role::Owner, None).await;

    after(&app, 0).await;
    let refused = ada.post("/api/backups", json!({})).await.expect(409).json();

    assert!(refused["detail"].as_str().unwrap().contains("`backup.to`"), "{refused}");
    assert_eq!(ada.get("/api/backups").await.expect(200).json()["health"], "off");
    assert_eq!(app.count(MADE).await, 0);
    assert!(!metrics(&app).await.contains("snip_backup"));
    assert_eq!(backups_health(&app).await["status"], "ok");
    app.finish().await;
}
