//! Administrative commands, with and without a running server.

use crate::support::process::{Home, client_of};
use serde_json::Value;

// APP-1
#[tokio::test]
async fn a_client_is_made_whether_or_not_the_server_runs() {
    let home = Home::new();

    let before = home.create_client("Bakery");
    let node = home.serve().await;
    let beside = home.create_client("Garage");

    for client in [&before, &beside] {
        assert!(client.key.starts_with("snip_"), "{client:?}");
        node.api_key(client).get("/api/usage").await.expect(200);
    }
    let printed = home.run(&["client", "list", "--json"]);
    let listed: Value = serde_json::from_str(&printed.stdout).unwrap();
    let names: Vec<_> =
        listed["items"].as_array().unwrap().iter().map(|client| client["name"].clone()).collect();
    assert_eq!(names, ["Garage", "Bakery"]);
    assert!(!printed.stdout.contains("snip_sk_"), "a key is shown only once");
    node.stop();
}

// APP-1
#[test]
fn json_is_alone_on_standard_output_and_has_the_promised_fields() {
    let home = Home::new();

    let made = home.run(&["client", "create", "--name", "Bakery", "--email", "a@example.test", "--json"]);

    let printed: Value = serde_json::from_str(&made.stdout).unwrap();
    let fields: Vec<&String> = printed.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["client_id", "api_key"]);
    assert!(client_of(&made.stdout).is_some());
}

#[tokio::test]
async fn wrong_arguments_are_refused_in_the_same_words_by_command_and_server() {
    let home = Home::new();
    let create = |name, email| home.run(&["client", "create", "--name", name, "--email", email, "--json"]);

    let alone = [create("", "a@example.test"), create("Bakery", "nobody")];
    let node = home.serve().await;
    let beside = [create("", "a@example.test"), create("Bakery", "nobody")];

    for (alone, beside) in alone.iter().zip(&beside) {
        assert_eq!(alone.status.code(), Some(1));
        assert_eq!(alone.stderr, beside.stderr);
        assert!(alone.stderr.starts_with("error: --"), "{alone:?}");
        assert!(alone.stdout.is_empty() && beside.stdout.is_empty());
    }
    node.stop();
}

// ACC-9
#[tokio::test]
async fn suspending_takes_effect_on_a_running_server_at_once() {
    let home = Home::new();
    let bakery = home.create_client("Bakery");
    let node = home.serve().await;

    let suspended = home.run(&["client", "suspend", &bakery.id]);
    let refused = node.api_key(&bakery).get("/api/usage").await;
    let resumed = home.run(&["client", "resume", &bakery.id]);
    let unknown = home.run(&["client", "suspend", "client_01jzzzzzzzzzzzzzzzzzzzzzzz"]);

    assert!(suspended.status.success() && resumed.status.success(), "{suspended:?} {resumed:?}");
    refused.expect_problem(403, "client_inactive");
    node.api_key(&bakery).get("/api/usage").await.expect(200);
    assert!(unknown.stderr.contains("There is no client with this id"), "{unknown:?}");
    node.stop();
}

// APP-3
#[tokio::test]
async fn the_first_start_prints_a_setup_link_that_works_and_a_client_made_by_hand_closes_it() {
    let home = Home::new();
    let node = home.serve().await;
    let log = node.log();
    let token = log.split("/setup/").nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap();

    let open = node.site.get(&format!("/setup/{token}")).await;
    home.create_client("Bakery");
    let closed = node.site.get(&format!("/setup/{token}")).await;
    node.stop();
    let next = home.serve().await;

    open.expect(200);
    closed.expect_problem(403, "setup_link_invalid");
    assert!(!next.log().contains("/setup/"), "{}", next.log());
    next.stop();
}

// APP-14
#[tokio::test]
async fn the_health_check_says_whether_a_server_is_ready() {
    let home = Home::new();
    let node = home.serve().await;
    let address = node.address.to_string();

    let ready = home.run(&["healthcheck", "--listen", &address]);
    node.stop();
    let gone = home.run(&["healthcheck", "--listen", &address]);

    assert!(ready.status.success(), "{ready:?}");
    assert!(!gone.status.success() && gone.stderr.contains(&address), "{gone:?}");
}

// OPS-10
#[tokio::test]
async fn the_doctor_finds_a_fresh_a_running_and_a_stopped_node_well() {
    let home = Home::new();
    let fresh = home.run(&["doctor"]);
    let node = home.serve().await;
    let running = home.run(&["doctor", "--json"]);
    node.stop();
    let stopped = home.run(&["doctor"]);

    assert!(fresh.status.success(), "{fresh:?}");
    assert!(running.status.success(), "{running:?}");
    assert!(stopped.status.success(), "{stopped:?}");
    serde_json::from_str::<Value>(&running.stdout).unwrap();
}

// APP-2
#[tokio::test]
async fn reindexing_beside_a_running_server_keeps_every_answer() {
    use crate::support::Answer;
    use crate::support::texts::{BAKERY, SUNDAY_ANSWER, SUNDAY_QUESTION};
    let home = Home::new();
    let bakery = home.create_client("Bakery");
    let node = home.serve().await;
    node.ready_document(&bakery, "hours.md", BAKERY).await;

    let done = home.run(&["reindex"]);

    assert!(done.status.success(), "{done:?}");
    let answer = Answer::of(&node.visitor(&bakery).send(SUNDAY_QUESTION).await);
    assert!(answer.response.contains(SUNDAY_ANSWER), "{answer:?}");
    node.stop();
}

// KNO-12
#[tokio::test]
async fn cases_are_evaluated_beside_a_running_server_and_a_missed_floor_fails() {
    let home = Home::new();
    let node = home.serve().await;
    let client = home.create_client("Bakery");
    let faq = serde_json::json!({ "question": "Do you sell tea?", "answer": "Yes, green tea." });
    node.api_key(&client).post("/api/faqs", faq).await.expect(201);
    let file = home.folder().join("cases.jsonl");
    std::fs::write(&file, "{\"question\": \"Do you sell tea?\", \"answer\": \"green tea\"}\n").unwrap();
    let cases = file.to_str().unwrap();
    let eval = |more: &[&str]| {
        let base = ["eval", cases, "--client", &client.id, "--json"];
        home.run(&base.iter().chain(more).copied().collect::<Vec<_>>())
    };

    let good = eval(&["--floor", "answered=0"]);
    let missed = eval(&["--floor", "recall@5=0.5"]);
    std::fs::write(&file, "nonsense\n").unwrap();
    let broken = eval(&[]);

    let printed: Value = serde_json::from_str(&good.stdout).unwrap();
    assert_eq!((good.status.code(), &printed["cases"]), (Some(0), &serde_json::json!(1)));
    assert_eq!(missed.status.code(), Some(1), "{missed:?}");
    assert!(missed.stderr.contains("recall@5 is nothing, and the floor is 0.5"), "{missed:?}");
    assert_eq!(broken.status.code(), Some(1));
    assert!(broken.stderr.contains("line 1: ") && broken.stdout.is_empty(), "{broken:?}");
    node.stop();
}
