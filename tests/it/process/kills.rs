//! The process dies at any moment, under a small load.

use super::acknowledged::Customer;
use crate::support::process::{Home, NO_LIMITS, Node};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use std::time::Duration;

const KILLS: u64 = 20;
const LONGEST_MS: u64 = 300;

async fn work(customer: &mut Customer, node: &Node) {
    while customer.upload(node).await && customer.ask(node).await {}
}

// APP-12
#[tokio::test]
async fn twenty_kills_at_random_moments_lose_and_double_nothing() {
    let home = Home::new();
    let mut customer = Customer::new(home.create_client("Bakery"));
    let mut moments = StdRng::seed_from_u64(12);

    for _ in 0..KILLS {
        let node = home.serve_with(&[], &NO_LIMITS).await;
        // What the last death interrupted is finished first, so that no document is interrupted five times: after
        // that its job would be given up, as one that kills the server.
        customer.all_are_read(&node).await;
        customer.make_client(&home);
        let moment = Duration::from_millis(moments.next_u64() % LONGEST_MS);
        let _ = tokio::time::timeout(moment, work(&mut customer, &node)).await;
        node.kill_9();
    }

    let node = home.serve_with(&[], &NO_LIMITS).await;
    customer.check(&home, &node).await;
    assert!(customer.upload(&node).await && customer.newest_is_read(&node).await, "life goes on");
    node.stop();
    customer.check_at_rest(&home).await;
}
