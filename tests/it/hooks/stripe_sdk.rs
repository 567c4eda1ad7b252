//! Deliveries that Stripe's own library has signed: a judge that we did not write (BIL-20).

use super::stripe::{now_s, with_secret};
use crate::support::vendors::stripe::{SECRET, delivery, event, signature};
use crate::support::{Reply, TestApp};
use serde_json::json;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A payload, and the second at which it is signed.
struct Job {
    payload: String,
    at_s: i64,
    secret: &'static str,
}

fn python() -> PathBuf {
    let home = || PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cache/snip-python");
    let environment = std::env::var_os("SNIP_PYTHON_ENV").map_or_else(home, PathBuf::from);
    environment.join("bin/python")
}

/// The headers that Stripe's library makes; it has also judged ours.
fn sign(jobs: &[Job]) -> Vec<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/hooks/stripe_sdk.py");
    let mut child = Command::new(python())
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the judges are not installed: run `packaging/set-up.sh`");
    let mut input = child.stdin.take().unwrap();
    for job in jobs {
        let ours = signature(job.secret, job.at_s, job.payload.as_bytes());
        let line =
            json!({ "payload": job.payload, "timestamp": job.at_s, "secret": job.secret, "ours": ours });
        writeln!(input, "{line}").unwrap();
    }
    drop(input);
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    let headers: Vec<String> = String::from_utf8(ended.stdout).unwrap().lines().map(str::to_owned).collect();
    assert_eq!(headers.len(), jobs.len());
    headers
}

// BIL-20
#[tokio::test]
async fn what_stripes_own_library_has_signed_is_taken_and_its_old_and_foreign_signatures_are_not() {
    let app = TestApp::start_with(with_secret).await;
    let now = now_s(&app);
    let payload = |number: usize| {
        let event = event(&format!("evt_{number}"), "invoice.paid", now);
        // Stripe writes its events with indents.
        serde_json::to_string_pretty(&event).unwrap()
    };
    let cases = [
        (now, SECRET, 200),
        (now - 299, SECRET, 200),
        (now - 301, SECRET, 400),
        (now, "whsec_another_secret_of_somebody", 400),
    ];
    let jobs: Vec<Job> = cases
        .iter()
        .enumerate()
        .map(|(number, (at_s, secret, _))| Job { payload: payload(number), at_s: *at_s, secret })
        .collect();

    let headers = sign(&jobs);

    for ((job, header), (at_s, _, wanted)) in jobs.iter().zip(&headers).zip(cases) {
        let reply = Reply::of(delivery(&app.site, header, job.payload.clone())).await;
        assert_eq!(reply.status, wanted, "signed at {at_s}: {}", reply.text());
    }
    assert_eq!(app.count("select count(*) as n from inbox_events").await, 2);
    app.finish().await;
}
