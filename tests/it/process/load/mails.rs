//! Mails that the agency sends again and again: each acknowledged one arrives; what comes more than once does so under
//! its own id (decision 0019).

use super::tally::Tally;
use crate::support::process::Node;
use crate::support::vendors::smtp::FakeSmtp;
use crate::support::{Browser, Client, Reply};
use reqwest::Method;
use serde_json::json;
use std::collections::HashMap;
use std::time::Duration;

const KIND: &str = "mail";
const PAUSE: Duration = Duration::from_millis(25);
const POLLS_MAX: usize = 3_000;
const POLL: Duration = Duration::from_millis(10);

pub struct Mails {
    owner: Browser,
    /// A mail that can always be sent again.
    first: String,
    asked: usize,
    acknowledged: Vec<String>,
    checked: usize,
    arrivals: HashMap<String, usize>,
    arrivals_read: usize,
    tally: Tally,
}

impl Mails {
    /// Has a mail written: that a client has a new key.
    pub async fn prepare(node: &Node, owner: Browser, client: &Client) -> Self {
        let path = format!("/api/clients/{}/keys", client.id);
        owner.post(&path, json!({ "name": "Shop", "scopes": ["search"] })).await.expect(201);
        for _ in 0..POLLS_MAX {
            let list = owner.get("/api/mails").await.expect(200).json();
            let sent = list["items"].as_array().into_iter().flatten();
            let sent =
                sent.into_iter().find(|mail| mail["purpose"] == "key_created" && mail["state"] == "sent");
            if let Some(id) = sent.and_then(|mail| mail["id"].as_str()) {
                return Self {
                    first: id.to_owned(),
                    owner,
                    asked: 0,
                    acknowledged: Vec::new(),
                    checked: 0,
                    arrivals: HashMap::new(),
                    arrivals_read: 0,
                    tally: Tally::default(),
                };
            }
            tokio::time::sleep(POLL).await;
        }
        panic!("the first mail does not leave: {}", node.log());
    }

    pub async fn work(&mut self, node: &Node) {
        // The session outlives the server, which has another port by now.
        self.owner.site = node.site.clone();
        loop {
            self.asked += 1;
            let path = format!("/api/mails/{}/resend", self.first);
            let request = self.owner.request(Method::POST, &path).json(&json!({}));
            let Some(reply) = Reply::try_of(request).await else { return };
            let id = reply.expect(202).json()["id"].as_str().expect("a mail has an id").to_owned();
            self.acknowledged.push(id);
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Waits for the mails that were acknowledged before the last death.
    pub async fn check_latest(&mut self, server: &FakeSmtp) {
        for _ in 0..POLLS_MAX {
            self.read_arrivals(server);
            let waiting = self.acknowledged[self.checked..].iter().any(|id| !self.arrivals.contains_key(id));
            if !waiting {
                self.checked = self.acknowledged.len();
                return;
            }
            tokio::time::sleep(POLL).await;
        }
        for id in &self.acknowledged[self.checked..] {
            if !self.arrivals.contains_key(id) {
                self.tally.lost(KIND, id);
            }
        }
        self.checked = self.acknowledged.len();
    }

    fn read_arrivals(&mut self, server: &FakeSmtp) {
        let new = server.taken_since(self.arrivals_read);
        self.arrivals_read += new.len();
        for mail in new {
            *self.arrivals.entry(mail.id()).or_default() += 1;
        }
    }

    pub fn tally(&self) -> Tally {
        let mut tally = self.tally.clone();
        tally.asked(KIND, self.asked, self.acknowledged.len());
        tally.repeated(KIND, self.arrivals.values().map(|count| count - 1).sum());
        tally
    }
}
