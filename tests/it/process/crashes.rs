//! The process dies at each of its fault points, once and at later passes; what it acknowledged is there.

use super::acknowledged::Customer;
use super::load::Load;
use crate::support::process::{Ended, Home, NO_LIMITS, Node};
use crate::support::vendors::llm::{FakeLlm, Scripted};
use snip::store::fault;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::time::Duration;

const SIGKILL: i32 = 9;
const ROUNDS_MAX: usize = 10;

/// Which passes of the points that begin so are visited.
const VISITED: &[(&str, &[u32])] = &[
    ("migrate.", &[1]),
    ("store.before_commit", &[1, 4, 8, 11, 14, 17, 21]),
    ("store.after_commit", &[1, 4, 8, 11, 14, 17, 21]),
    ("blob.", &[1, 2]),
    ("ingest.", &[1, 2]),
    // By `recutting.rs`.
    ("recut.", &[1]),
    // By `generations.rs`.
    ("generations.", &[1]),
    ("index.", &[1, 2]),
    ("vectors.", &[1, 2]),
    ("chat.", &[1, 2]),
    ("webhook.", &[1, 2, 5]),
    ("outbox.", &[1, 2, 3]),
    ("sign_in.", &[1]),
    ("invitation.", &[1]),
    // By `backups.rs`.
    ("backup.", &[1]),
    ("restore.", &[1]),
];

/// Groups that are reached by mails, people and deliveries only.
const UNDER_LOAD: &[&str] = &["webhook.", "outbox.", "sign_in.", "invitation."];
const LONGEST: Duration = Duration::from_secs(60);

#[test]
fn every_fault_point_is_visited() {
    for point in fault::POINTS {
        let groups = VISITED.iter().filter(|(prefix, _)| point.starts_with(prefix));
        assert_eq!(groups.count(), 1, "`{point}` belongs to no group of passes");
    }
}

/// Visits the points that begin so.
async fn visit(prefix: &str) {
    let (_, passes) = VISITED.iter().find(|(known, _)| *known == prefix).expect("a known group");
    for point in fault::POINTS.iter().filter(|point| point.starts_with(prefix)) {
        for pass in *passes {
            println!("{point}:{pass}");
            let fault = format!("{point}:{pass}");
            match UNDER_LOAD.contains(&prefix) {
                true => survive_under_load(&fault).await,
                false => survive(&fault).await,
            }
        }
    }
}

/// Works until the process dies at the fault; starts again and checks. A turn is asked of a model, so that it passes
/// through every beat.
async fn survive(fault: &str) {
    let home = Home::new();
    let model = FakeLlm::start().await;
    model.usually(Scripted::answer(&["On Sundays ", "from 8:30 to 13:00 [1]."]));
    let mut environment = NO_LIMITS.to_vec();
    if fault.starts_with("chat.") {
        environment.extend(model_at(&model));
    }
    let mut customer = None;
    if !fault.starts_with("migrate.") {
        customer = Some(Customer::new(home.create_client("Bakery")));
    }

    match home.try_serve(&[], &[&environment[..], &[("SNIP_FAULT", fault)]].concat()).await {
        Err(Ended { status, stderr, .. }) => assert_killed(status, fault, &stderr),
        Ok(node) => {
            let customer = customer.as_mut().expect("a migration is not passed over");
            work_until_dead(&home, node, customer, fault).await;
        }
    }

    let node = home.serve_with(&[], &environment).await;
    let mut customer = customer.unwrap_or_else(|| Customer::new(home.create_client("Bakery")));
    customer.check(&home, &node).await;
    assert!(customer.upload(&node).await && customer.ask(&node).await, "life goes on");
    assert!(customer.newest_is_read(&node).await);
    node.stop();
    customer.check_at_rest(&home).await;
}

/// As [`survive`], with everything at once: the fault may be met while the server starts, for a mail waits already.
async fn survive_under_load(fault: &str) {
    let home = Home::new();
    let mut load = Load::prepare(&home).await;
    load.invite(&home);

    let started = home.try_serve(&[], &[&load.environment()[..], &[("SNIP_FAULT", fault)]].concat()).await;
    match started {
        Err(Ended { status, stderr, .. }) => assert_killed(status, fault, &stderr),
        Ok(mut node) => {
            load.work(&node, LONGEST).await;
            let log = node.log();
            assert_killed(node.wait_for_end(), fault, &log);
        }
    }

    let node = home.serve_with(&[], &load.environment()).await;
    load.check(&home, &node).await;
    node.stop();
    load.check_at_rest(&home).await;
    load.tally().assert_sound();
}

/// The environment of a node that asks this model.
fn model_at(model: &FakeLlm) -> [(&str, &str); 3] {
    [
        ("SNIP__LLM__PROVIDER", "openai_compatible"),
        ("SNIP__LLM__BASE_URL", &model.base_url),
        ("SNIP__LLM__MODEL", "test-model"),
    ]
}

async fn work_until_dead(home: &Home, mut node: Node, customer: &mut Customer, fault: &str) {
    for _ in 0..ROUNDS_MAX {
        customer.make_client(home);
        let is_alive =
            customer.upload(&node).await && customer.ask(&node).await && customer.newest_is_read(&node).await;
        if !is_alive {
            let log = node.log();
            return assert_killed(node.wait_for_end(), fault, &log);
        }
    }
    panic!("`{fault}` was never reached: {}", node.log());
}

#[track_caller]
fn assert_killed(status: ExitStatus, fault: &str, log: &str) {
    assert_eq!(status.signal(), Some(SIGKILL), "{fault}: {log}");
}

// APP-12, APP-11
#[tokio::test]
async fn a_death_within_the_first_migration_leaves_a_directory_that_starts() {
    visit("migrate.").await;
}

// APP-12
#[tokio::test]
async fn a_death_before_a_commit_loses_nothing_that_was_acknowledged() {
    visit("store.before_commit").await;
}

// APP-12
#[tokio::test]
async fn a_death_after_a_commit_makes_nothing_twice() {
    visit("store.after_commit").await;
}

// APP-12
#[tokio::test]
async fn a_death_while_a_file_is_stored_leaves_no_half_document() {
    visit("blob.").await;
}

// APP-12, KNO-3
#[tokio::test]
async fn a_death_while_a_document_is_read_only_delays_it() {
    visit("ingest.").await;
}

// APP-12, KNO-6
#[tokio::test]
async fn a_death_while_the_index_is_written_only_delays_it() {
    visit("index.").await;
}

// APP-12, KNO-6
#[tokio::test]
async fn a_death_while_vectors_follow_only_delays_them() {
    visit("vectors.").await;
}

// APP-12, CHT-1
#[tokio::test]
async fn a_death_within_a_turn_is_answered_once_when_the_widget_asks_again() {
    visit("chat.").await;
}

// BIL-21, BIL-22
#[tokio::test]
async fn a_death_around_the_storing_of_a_delivery_loses_none_and_stores_none_twice() {
    visit("webhook.").await;
}

// ENG-10
#[tokio::test]
async fn a_death_around_the_sending_of_a_mail_sends_it_once_or_again_under_its_own_id() {
    visit("outbox.").await;
}

// ACC-3, APP-12
#[tokio::test]
async fn a_death_around_signing_in_leaves_a_session_or_a_code_that_still_works() {
    visit("sign_in.").await;
}

// ACC-1, APP-12
#[tokio::test]
async fn a_death_around_accepting_an_invitation_leaves_one_person_or_an_open_invitation() {
    visit("invitation.").await;
}
