//! The process dies at any moment, under everything that it does at once.

use super::load::Load;
use crate::support::process::Home;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use std::time::Duration;

/// Kills in the usual suite; `SNIP_KILLS` names another number.
const KILLS: u64 = 30;
/// Every so many kills the server dies while it starts.
const WHILE_STARTING_EVERY: u64 = 10;
const TOLD_EVERY: u64 = 50;

fn kills() -> u64 {
    match std::env::var("SNIP_KILLS") {
        Ok(text) => text.parse().expect("SNIP_KILLS is a number"),
        Err(_) => KILLS,
    }
}

// APP-12, BIL-21, ENG-10
#[tokio::test]
async fn kills_at_random_moments_under_load_lose_and_double_nothing() {
    let home = Home::new();
    let mut load = Load::prepare(&home).await;
    let mut moments = StdRng::seed_from_u64(12);
    let longest_us = u64::try_from(load.longest().as_micros()).expect("a few seconds");
    let mut moment = || Duration::from_micros(moments.next_u64() % longest_us);

    for kill in 0..kills() {
        if kill % WHILE_STARTING_EVERY == WHILE_STARTING_EVERY - 1 {
            home.kill_while_starting(&load.environment(), moment());
        }
        let node = home.serve_with(&[], &load.environment()).await;
        load.check_latest(&node).await;
        load.change_client(&home, &node).await;
        load.begin(&home, &node).await;
        load.work(&node, moment()).await;
        node.kill_9();
        if kill % TOLD_EVERY == TOLD_EVERY - 1 {
            println!("{} kills\n{}", kill + 1, load.tally());
        }
    }

    let node = home.serve_with(&[], &load.environment()).await;
    load.check(&home, &node).await;
    node.stop();
    load.check_at_rest(&home).await;
    let tally = load.tally();
    println!("{} kills, and as many restarts\n{tally}", kills());
    tally.assert_sound();
    for kind in ["upload", "chat turn", "FAQ", "webhook", "mail", "acceptance", "sign-in"] {
        assert!(tally.acknowledged(kind) > 0, "no {kind} was acknowledged\n{tally}");
    }
}
