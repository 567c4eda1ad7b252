//! A load on a server that may die at any moment: what a client's programs and visitors do ([`Customer`]), what Stripe
//! delivers ([`Webhooks`]), what is mailed ([`Mails`]), and people who come in ([`People`]). Each knows what it asked
//! and what was acknowledged, and checks after a restart that nothing of it is lost and nothing was done twice.

mod mails;
mod people;
mod tally;
mod webhooks;

use super::acknowledged::Customer;
use crate::support::process::{Home, Node};
use crate::support::vendors::smtp::FakeSmtp;
use crate::support::vendors::stripe::SECRET;
use mails::Mails;
use people::People;
use std::time::{Duration, Instant};
pub use tally::Tally;
use webhooks::Webhooks;

/// How often what one client asks could go through one after the other before the latest kill.
const ROUNDS: u32 = 3;
const LONGEST_MIN: Duration = Duration::from_millis(300);
const LONGEST_MAX: Duration = Duration::from_secs(4);
/// Kills after which another client takes over: no list grows without bound, and each is checked whole at its end.
const KILLS_PER_CLIENT: u64 = 25;
/// Kills after which the operator invites the next person.
const KILLS_PER_INVITATION: u64 = 2;
/// Kills after which the operator makes a client beside.
const KILLS_PER_COMMAND: u64 = 10;

pub struct Load {
    server: FakeSmtp,
    environment: Vec<(&'static str, String)>,
    customer: Customer,
    webhooks: Webhooks,
    mails: Mails,
    people: People,
    customers_done: Tally,
    kills: u64,
    longest: Duration,
}

impl Load {
    /// Prepares a directory: a client, an owner of the agency who is signed in, a first mail that can be sent again.
    pub async fn prepare(home: &Home) -> Self {
        let server = FakeSmtp::start(None);
        let environment = environment(&server);
        let mut customer = Customer::new(home.create_client("Bakery"));
        let node = home.serve_with(&[], &borrowed(&environment)).await;
        let started = Instant::now();
        customer.round(&node).await;
        let longest = (started.elapsed() * ROUNDS).clamp(LONGEST_MIN, LONGEST_MAX);
        let owner = people::owner(home, &node).await;
        let mails = Mails::prepare(&node, owner, customer.client()).await;
        node.stop();
        Self {
            server,
            environment,
            customer,
            webhooks: Webhooks::default(),
            mails,
            people: People::default(),
            customers_done: Tally::default(),
            kills: 0,
            longest,
        }
    }

    /// Up to when the server is killed: it depends on the machine how long it takes until something is acknowledged.
    pub const fn longest(&self) -> Duration {
        self.longest
    }

    pub fn environment(&self) -> Vec<(&str, &str)> {
        borrowed(&self.environment)
    }

    /// What the operator does before the load begins: now and then invites somebody, or makes a client.
    pub async fn begin(&mut self, home: &Home, node: &Node) {
        // What the last death interrupted is finished first, so that no document is interrupted five times: after
        // that its job would be given up, as one that kills the server.
        self.customer.all_are_read(node).await;
        if self.kills.is_multiple_of(KILLS_PER_INVITATION) {
            self.invite(home);
        }
        if self.kills.is_multiple_of(KILLS_PER_COMMAND) {
            self.customer.make_client(home);
        }
    }

    /// Invites the next person, by the command line.
    pub fn invite(&mut self, home: &Home) {
        self.people.invite(home, &self.customer.client().id);
    }

    /// Everything at once, until the server is gone or `moment` has come.
    pub async fn work(&mut self, node: &Node, moment: Duration) {
        let others = async {
            tokio::join!(
                self.customer.work(node),
                self.webhooks.work(node),
                self.people.work(node, &self.server),
            )
        };
        // Mails are sent until the server is gone; somebody may still wait for one that will not come.
        let all = async {
            tokio::select! {
                () = self.mails.work(node) => {}
                _ = async { others.await; std::future::pending::<()>().await } => {}
            }
        };
        let _ = tokio::time::timeout(moment, all).await;
        self.kills += 1;
    }

    /// Checks what was asked before the last death: whether what was acknowledged is there, once.
    pub async fn check_latest(&mut self, node: &Node) {
        self.webhooks.check_latest(node).await;
        self.mails.check_latest(&self.server).await;
        self.people.check_latest(node, &self.server).await;
        self.customer.check_latest(node).await;
    }

    /// After some kills, checks everything of the client and goes on with another.
    pub async fn change_client(&mut self, home: &Home, node: &Node) {
        if self.kills == 0 || !self.kills.is_multiple_of(KILLS_PER_CLIENT) {
            return;
        }
        self.customer.check(home, node).await;
        let next = Customer::new(home.create_client("Bakery"));
        let done = std::mem::replace(&mut self.customer, next);
        self.customers_done.add(&done.tally());
    }

    /// Checks everything, with the server running; a last of each goes through.
    pub async fn check(&mut self, home: &Home, node: &Node) {
        self.check_latest(node).await;
        self.customer.check(home, node).await;
        let goes_on = self.customer.upload(node).await
            && self.customer.ask(node).await
            && self.customer.newest_is_read(node).await;
        assert!(goes_on, "life goes on");
    }

    /// Checks the directory of the stopped server.
    pub async fn check_at_rest(&self, home: &Home) {
        self.customer.check_database(home).await;
        self.webhooks.check_at_rest(home).await;
        self.people.check_at_rest(home).await;
    }

    /// What was asked, acknowledged, lost and doubled, by kind.
    pub fn tally(&self) -> Tally {
        let mut tally = self.customers_done.clone();
        tally.add(&self.customer.tally());
        tally.add(&self.webhooks.tally());
        tally.add(&self.mails.tally());
        tally.add(&self.people.tally());
        tally
    }
}

fn borrowed<'a>(environment: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    environment.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

/// No limits but those of sending, mail by the fake server, Stripe's secret.
fn environment(server: &FakeSmtp) -> Vec<(&'static str, String)> {
    let plenty = || "1000000".to_owned();
    vec![
        ("SNIP__LIMITS__CHAT_PER_ADDRESS_PER_MINUTE", plenty()),
        ("SNIP__LIMITS__CHAT_PER_CLIENT_PER_MINUTE", plenty()),
        ("SNIP__LIMITS__API_PER_KEY_PER_MINUTE", plenty()),
        ("SNIP__LIMITS__SIGN_IN_PER_ADDRESS_PER_MINUTE", plenty()),
        // So that people ask from addresses of their own.
        ("SNIP__HTTP__TRUSTED_PROXIES", "127.0.0.1".to_owned()),
        ("SNIP__MAIL__PROVIDER", "smtp".to_owned()),
        ("SNIP__MAIL__FROM", "hello@north.test".to_owned()),
        ("SNIP__MAIL__SMTP_HOST", server.address.ip().to_string()),
        ("SNIP__MAIL__SMTP_PORT", server.address.port().to_string()),
        ("SNIP__MAIL__SMTP_ENCRYPTION", "none".to_owned()),
        ("SNIP__BILLING__WEBHOOK_SECRET", SECRET.to_owned()),
    ]
}
