//! Stripe's deliveries: each event until it hears 200, some of them once more.

use super::tally::Tally;
use crate::support::Reply;
use crate::support::process::{Home, Node};
use crate::support::vendors::stripe::{SECRET, delivery, event, signature};
use snip::app::{OpenStore, Sources};
use snip::ground::time::Timestamp;
use snip::params;
use snip::store::directory::Layout;
use snip::store::{Clock as _, DbError, SystemClock};
use std::collections::HashMap;
use std::time::Duration;

const KIND: &str = "webhook";
const PAUSE: Duration = Duration::from_millis(5);
/// Every so many events one comes twice at once, as Stripe's do.
const DOUBLE_EVERY: usize = 5;
const ROWS_PER_READ: i64 = 1_000;

#[derive(Default)]
pub struct Webhooks {
    /// For each event by its number, whether it was acknowledged.
    acknowledged: Vec<bool>,
    checked: usize,
    tally: Tally,
}

impl Webhooks {
    pub async fn work(&mut self, node: &Node) {
        loop {
            let number = self.acknowledged.len();
            self.acknowledged.push(false);
            let first = deliver(node, number);
            let reply = if number.is_multiple_of(DOUBLE_EVERY) {
                let (first, second) = tokio::join!(first, deliver(node, number));
                self.judge_pair(number, first.as_ref(), second.as_ref());
                first.or(second)
            } else {
                first.await
            };
            let Some(reply) = reply else { return };
            reply.expect(200);
            self.acknowledged[number] = true;
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn judge_pair(&mut self, number: usize, first: Option<&Reply>, second: Option<&Reply>) {
        let (Some(first), Some(second)) = (first, second) else { return };
        let news = [first, second].into_iter().filter(|reply| reply.json()["duplicate"] == false).count();
        if news > 1 {
            self.tally.doubled(KIND, name(number));
        }
    }

    /// Stripe delivers again what was not acknowledged, and may deliver again what was.
    pub async fn check_latest(&mut self, node: &Node) {
        for number in self.checked..self.acknowledged.len() {
            let reply = deliver(node, number).await.expect("the server answers").expect(200);
            let is_new = reply.json()["duplicate"] == false;
            if is_new && self.acknowledged[number] {
                self.tally.lost(KIND, name(number));
            }
            let again = deliver(node, number).await.expect("the server answers").expect(200);
            if again.json()["duplicate"] == false {
                self.tally.doubled(KIND, name(number));
            }
        }
        self.checked = self.acknowledged.len();
    }

    /// Every event stands in the table once.
    pub async fn check_at_rest(&self, home: &Home) {
        let mut rows: HashMap<String, usize> = HashMap::new();
        let store =
            OpenStore::open(Layout::new(home.data()), Sources::of_this_machine()).expect("nobody holds it");
        let mut after = 0_i64;
        loop {
            let page = store.db.read(move |tx| -> Result<_, DbError> {
                tx.list(
                    "select seq, event_id from inbox_events
                     where seq > :after and exists (
                         select 1 from inbox_payloads where inbox_payloads.seq = inbox_events.seq)
                     order by seq
                     limit :limit",
                    params! { ":after" => after, ":limit" => ROWS_PER_READ },
                    |row| Ok((row.get::<i64>("seq")?, row.get::<String>("event_id")?)),
                )
            });
            let page = page.await.expect("the inbox can be read");
            let Some((last, _)) = page.last() else { break };
            after = *last;
            for (_, event_id) in page {
                *rows.entry(event_id).or_default() += 1;
            }
        }
        assert_eq!(rows.len(), self.acknowledged.len(), "each event that was sent, and no other");
        let doubled: Vec<_> = rows.iter().filter(|(_, count)| **count != 1).collect();
        assert!(doubled.is_empty(), "{doubled:?}");
    }

    pub fn tally(&self) -> Tally {
        let mut tally = self.tally.clone();
        let acknowledged = self.acknowledged.iter().filter(|is_acknowledged| **is_acknowledged).count();
        tally.asked(KIND, self.acknowledged.len(), acknowledged);
        tally
    }
}

fn name(number: usize) -> String {
    format!("evt_{number}")
}

async fn deliver(node: &Node, number: usize) -> Option<Reply> {
    let now: Timestamp = SystemClock.now();
    let now_s = now.as_ms() / 1_000;
    let body = event(&name(number), "invoice.paid", now_s).to_string();
    let header = signature(SECRET, now_s, body.as_bytes());
    Reply::try_of(delivery(&node.site, &header, body)).await
}
