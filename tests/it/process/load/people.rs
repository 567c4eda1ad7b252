//! People who come in: invited by the operator, they accept, ask for a code and sign in with it. What was acknowledged
//! (a session, a mail with a code) holds after a restart, and nobody is there twice.

use super::tally::Tally;
use crate::support::process::{Home, Node};
use crate::support::vendors::smtp::FakeSmtp;
use crate::support::{Browser, Reply, mailbox};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use snip::app::{OpenStore, Sources};
use snip::store::DbError;
use snip::store::directory::Layout;
use std::time::Duration;

const POLLS_MAX: usize = 3_000;
const POLL: Duration = Duration::from_millis(10);

/// One person's way in.
#[derive(Default)]
struct Way {
    email: String,
    token: String,
    has_tried: bool,
    /// The sessions that were acknowledged: by accepting, by the code.
    sessions: Vec<Browser>,
    has_accepted: bool,
    has_asked: bool,
    is_mail_promised: bool,
    has_entered: bool,
}

#[derive(Default)]
pub struct People {
    ways: Vec<Way>,
    /// The one that went on last, to be checked after the death.
    latest: Option<usize>,
    tally: Tally,
}

/// An owner of the agency, signed in.
pub async fn owner(home: &Home, node: &Node) -> Browser {
    let token = invite(home, &["ada@north.test", "--role", "owner"]);
    Browser::of(&node.site, &Reply::of(accept(node, &token)).await)
}

/// Invites by the command line; the token of the link.
fn invite(home: &Home, who: &[&str]) -> String {
    let ended = home.run(&[&["person", "invite"], who, &["--json"]].concat());
    assert!(ended.status.success(), "{ended:?}");
    let printed: Value = serde_json::from_str(&ended.stdout).expect("the command prints JSON");
    let url = printed["url"].as_str().expect("an invitation has a link");
    url.rsplit('/').next().unwrap_or_default().to_owned()
}

fn post(node: &Node, path: &str, body: &Value) -> RequestBuilder {
    node.site.request(Method::POST, path).header("origin", &node.site.base).json(body)
}

fn accept(node: &Node, token: &str) -> RequestBuilder {
    post(node, &format!("/api/invitations/{token}"), &json!({ "name": "Ada" }))
}

impl People {
    /// Invites another person into the client.
    pub fn invite(&mut self, home: &Home, client_id: &str) {
        let email = format!("person{}@load.test", self.ways.len());
        let token = invite(home, &[&email, "--role", "member", "--client", client_id]);
        self.ways.push(Way { email, token, ..Way::default() });
    }

    /// The newest person goes their way, as far as the server lives; or one goes on whom a death has stopped between
    /// the mail with the code and the code.
    pub async fn work(&mut self, node: &Node, server: &FakeSmtp) {
        let number = self.ways.len();
        let newest = self.ways.last().filter(|way| !way.has_tried).map(|_| number - 1);
        self.latest = newest.or_else(|| self.ways.iter().rposition(Way::may_enter));
        match self.latest {
            Some(at) if newest.is_some() => self.ways[at].go(node, server, number).await,
            Some(at) => self.ways[at].enter(node, server).await,
            None => {}
        }
    }

    pub async fn check_latest(&mut self, node: &Node, server: &FakeSmtp) {
        if let Some(at) = self.latest.take() {
            self.ways[at].check(node, server, &mut self.tally).await;
        }
    }

    /// Nobody is there twice, and nobody has two places in one client.
    pub async fn check_at_rest(&self, home: &Home) {
        let store =
            OpenStore::open(Layout::new(home.data()), Sources::of_this_machine()).expect("nobody holds it");
        let counted = store.db.read(|tx| -> Result<_, DbError> {
            let of = |sql: &str| tx.get(sql, &[], |row| row.get::<i64>("n"));
            Ok((
                of("select count(*) as n from people where email like 'person%@load.test'")?,
                of("select count(distinct email_key) as n from people where email like 'person%@load.test'")?,
                of("select count(*) as n from (
                        select 1 from memberships where person_id is not null
                        group by person_id, client_id having count(*) > 1)")?,
            ))
        });
        let (people, addresses, doubled) = counted.await.expect("people can be counted");
        let tried = self.ways.iter().filter(|way| way.has_tried).count();
        assert_eq!((people, doubled), (addresses, 0));
        assert_eq!(people, i64::try_from(tried).unwrap(), "whoever tried is in, by the repeat at the latest");
    }

    pub fn tally(&self) -> Tally {
        let mut tally = self.tally.clone();
        let count = |of: fn(&Way) -> bool| self.ways.iter().filter(|way| of(way)).count();
        tally.asked("acceptance", count(|way| way.has_tried), count(|way| way.has_accepted));
        tally.asked("code mail", count(|way| way.has_asked), count(|way| way.is_mail_promised));
        tally.asked("sign-in", count(|way| way.has_entered), count(|way| way.sessions.len() == 2));
        tally
    }
}

impl Way {
    async fn go(&mut self, node: &Node, server: &FakeSmtp, number: usize) {
        self.has_tried = true;
        let Some(reply) = Reply::try_of(accept(node, &self.token)).await else { return };
        self.has_accepted = true;
        self.sessions.push(Browser::of(&node.site, &reply));
        self.has_asked = true;
        let ask = post(node, "/api/sign-in", &json!({ "email": self.email }));
        // From a network of their own: a network is sent ten mails a minute.
        let address = format!("10.{}.{}.{}", number / 65_536, number / 256 % 256, number % 256);
        let Some(reply) = Reply::try_of(ask.header("x-forwarded-for", address)).await else { return };
        if reply.status == 429 {
            return;
        }
        reply.expect(202);
        self.is_mail_promised = true;
        self.enter(node, server).await;
    }

    const fn may_enter(&self) -> bool {
        self.is_mail_promised && !self.has_entered
    }

    async fn enter(&mut self, node: &Node, server: &FakeSmtp) {
        let Some(code) = self.code(server).await else { return };
        self.has_entered = true;
        let enter = post(node, "/api/sign-in/code", &json!({ "email": self.email, "code": code }));
        let Some(reply) = Reply::try_of(enter).await else { return };
        self.sessions.push(Browser::of(&node.site, &reply));
    }

    /// The code in the mail, once it has come.
    async fn code(&self, server: &FakeSmtp) -> Option<String> {
        for _ in 0..POLLS_MAX {
            if let Some(source) = self.code_mails(server).first() {
                return Some(mailbox::parse(source).code());
            }
            tokio::time::sleep(POLL).await;
        }
        None
    }

    /// The mails with a code to this person, one of each id.
    fn code_mails(&self, server: &FakeSmtp) -> Vec<String> {
        let mut ids = Vec::new();
        let mut sources = Vec::new();
        for mail in server.taken_by(&self.email) {
            if !ids.contains(&mail.id()) && mailbox::parse(&mail.source).text.contains("/app/#/sign-in/") {
                ids.push(mail.id());
                sources.push(mail.source);
            }
        }
        sources
    }

    async fn check(&self, node: &Node, server: &FakeSmtp, tally: &mut Tally) {
        if !self.has_tried {
            return;
        }
        let again = Reply::of(accept(node, &self.token)).await;
        if again.status == 200 && self.has_accepted {
            tally.doubled("acceptance", &self.email);
        }
        assert!(matches!(again.status, 200 | 401), "{}", again.text());
        for session in &self.sessions {
            let here = Browser { site: node.site.clone(), ..session.clone() };
            if here.get("/api/session").await.status != 200 {
                tally.lost("sign-in", &self.email);
            }
        }
        if self.is_mail_promised {
            if self.code(server).await.is_none() {
                tally.lost("code mail", &self.email);
            }
            if self.code_mails(server).len() > 1 {
                tally.doubled("code mail", &self.email);
            }
        }
    }
}
