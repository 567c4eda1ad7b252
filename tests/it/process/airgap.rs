//! `[network] airgap`, and the proof that the parts inside the program need no network (APP-13).

use crate::support::process::Home;
use serde_json::Value;

const CLOSED: (&str, &str) = ("SNIP__NETWORK__AIRGAP", "true");

// APP-13
#[tokio::test]
async fn a_closed_node_does_not_start_with_servers_that_it_may_not_speak_to() {
    let home = Home::new();
    let outside = [
        CLOSED,
        ("SNIP__LLM__PROVIDER", "openai"),
        ("SNIP__LLM__API_KEY", "sk-test-0123456789"),
        ("SNIP__MAIL__PROVIDER", "smtp"),
        ("SNIP__MAIL__SMTP_HOST", "smtp.example.com"),
        ("SNIP__MAIL__FROM", "hello@example.com"),
    ];
    let allow = ("SNIP__NETWORK__ALLOW", "api.openai.com:443,smtp.example.com:587");

    let refused = home.try_serve(&[], &outside).await.err().expect("it does not start");
    let allowed = home.serve_with(&[], &[&outside[..], &[allow]].concat()).await;
    allowed.stop();

    for part in ["`openai`", "`api.openai.com:443`", "`smtp.example.com:587`", "`network.allow`"] {
        assert!(refused.stderr.contains(part), "{part}: {}", refused.stderr);
    }
}

// APP-13
#[tokio::test]
async fn a_closed_node_serves_and_uses_what_runs_on_its_own_machine() {
    let home = Home::new();
    let own = [
        CLOSED,
        ("SNIP__LLM__PROVIDER", "openai_compatible"),
        ("SNIP__LLM__BASE_URL", "http://127.0.0.1:9/v1"),
        ("SNIP__LLM__MODEL", "any"),
    ];
    let client = home.create_client("Bakery");
    let node = home.serve_with(&[], &own).await;

    let answer = node.visitor(&client).send("Are you open?").await;
    node.stop();

    assert_eq!(answer.status, 200, "{}", answer.text());
}

// APP-13
#[test]
fn a_closed_command_fetches_nothing_from_elsewhere_and_names_the_setting() {
    let home = Home::new();
    home.create_client("Bakery");
    // An address for documentation (RFC 5737) leads nowhere: a try would wait, and fail with another sentence.
    let data = home.data().to_str().unwrap().to_owned();
    let mut add = home.command(&["model", "add", "http://192.0.2.1/model.whl", "--data-dir", &data]);
    add.env(CLOSED.0, CLOSED.1);

    let refused = home.run_command(add);

    assert!(!refused.status.success(), "{refused:?}");
    assert!(refused.stderr.contains("`network.airgap` is true, and `192.0.2.1:80`"), "{refused:?}");
}

// APP-13
#[test]
fn the_doctor_proves_each_part_without_a_network() {
    let home = Home::new();

    let doctor = home.run(&["doctor", "--offline", "--json"]);

    assert!(doctor.status.success(), "{doctor:?}");
    let findings: Vec<Value> = serde_json::from_str(&doctor.stdout).unwrap();
    let verdicts: Vec<(&str, &str)> = findings
        .iter()
        .map(|finding| (finding["check"].as_str().unwrap(), finding["verdict"].as_str().unwrap()))
        .collect();
    assert_eq!(
        verdicts,
        [
            ("network", "ok"),
            ("database", "ok"),
            ("parser", "ok"),
            ("keyword index", "ok"),
            // This home has no model, and the node would search by keywords alone.
            ("embeddings", "warning"),
            ("vector index", "ok"),
            ("files", "ok"),
        ]
    );
    assert!(!home.data().exists(), "no node's data is touched");
}

// APP-13
#[test]
fn the_doctor_fails_when_a_part_does_not_work() {
    let home = Home::new();
    let mut doctor = home.command(&["doctor", "--offline"]);
    doctor.env("TMPDIR", home.folder().join("not-there"));

    let failed = home.run_command(doctor);

    assert_eq!(failed.status.code(), Some(1), "{failed:?}");
    assert!(failed.stderr.contains("TMPDIR"), "{failed:?}");
}
