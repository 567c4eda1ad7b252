//! What was asked of a server that may die at any moment, what it acknowledged, and whether that is still there.

use super::load::Tally;
use crate::support::process::{Home, Node, client_of};
use crate::support::texts::{BAKERY, SUNDAY_QUESTION};
use crate::support::{Answer, Client, Reply};
use snip::app::{OpenStore, Sources};
use snip::store::DbError;
use snip::store::blob::Blobs;
use snip::store::directory::Layout;
use snip::store::inspect::inspect;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

/// Each document starts a child that reads it.
const BETWEEN_UPLOADS: Duration = Duration::from_millis(100);
const BETWEEN_FAQS: Duration = Duration::from_millis(30);

/// A client whose requests can be cut off, and who repeats them afterwards.
pub struct Customer {
    client: Client,
    uploads: Vec<Asked>,
    questions: Vec<Asked>,
    faqs: Vec<Asked>,
    clients_made: Vec<String>,
    /// Documents that were seen to be read: they stay so.
    read: RefCell<HashSet<String>>,
    questions_checked: usize,
}

/// A request under a key of its own; the id that it was answered with, if an answer came.
struct Asked {
    key: String,
    acknowledged: Option<String>,
}

impl Customer {
    pub fn new(client: Client) -> Self {
        Self {
            client,
            uploads: Vec::new(),
            questions: Vec::new(),
            faqs: Vec::new(),
            clients_made: Vec::new(),
            read: RefCell::default(),
            questions_checked: 0,
        }
    }

    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// Documents, questions and FAQs beside each other, until the server goes away.
    pub async fn work(&mut self, node: &Node) {
        let Self { client, uploads, questions, faqs, .. } = self;
        tokio::join!(
            async {
                while upload(client, node, uploads).await {
                    tokio::time::sleep(BETWEEN_UPLOADS).await;
                }
            },
            async { while ask(client, node, questions).await {} },
            async {
                while add_faq(client, node, faqs).await {
                    tokio::time::sleep(BETWEEN_FAQS).await;
                }
            },
        );
    }

    /// Repeats the questions since the last check: the same turn answers, once.
    pub async fn check_latest(&mut self, node: &Node) {
        for asked in &self.questions[self.questions_checked..] {
            check_question(&self.client, node, asked).await;
        }
        self.questions_checked = self.questions.len();
    }

    /// How much was asked and acknowledged. What is lost or doubled fails the check.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for (kind, all) in [("upload", &self.uploads), ("chat turn", &self.questions), ("FAQ", &self.faqs)] {
            let acknowledged = all.iter().filter(|asked| asked.acknowledged.is_some()).count();
            tally.asked(kind, all.len(), acknowledged);
        }
        tally.asked("client", self.clients_made.len(), self.clients_made.len());
        tally
    }

    /// One of each, one after the other.
    pub async fn round(&mut self, node: &Node) {
        let Self { client, uploads, questions, faqs, .. } = self;
        let is_done = upload(client, node, uploads).await
            && ask(client, node, questions).await
            && add_faq(client, node, faqs).await;
        assert!(is_done, "the server answers: {}", node.log());
    }

    /// Uploads a document; false when the server went away.
    pub async fn upload(&mut self, node: &Node) -> bool {
        upload(&self.client, node, &mut self.uploads).await
    }

    /// Asks as a new visitor; false when the server went away.
    pub async fn ask(&mut self, node: &Node) -> bool {
        ask(&self.client, node, &mut self.questions).await
    }

    /// Makes another client by the command line, through the server if it still runs.
    pub fn make_client(&mut self, home: &Home) {
        let name = format!("Client {}", self.clients_made.len());
        let made = home.run(&["client", "create", "--name", &name, "--email", "a@example.test", "--json"]);
        if made.status.success() {
            let client = client_of(&made.stdout).expect("a client that was made is printed");
            self.clients_made.push(client.id);
        }
    }

    /// Waits until the newest document has been read; false when the server went away.
    pub async fn newest_is_read(&self, node: &Node) -> bool {
        let Some(id) = self.uploads.last().and_then(|asked| asked.acknowledged.as_ref()) else {
            return false;
        };
        for _ in 0..2_000 {
            let request =
                node.api_key(&self.client).request(reqwest::Method::GET, &format!("/api/documents/{id}"));
            let Some(reply) = Reply::try_of(request).await else { return false };
            if reply.json()["status"] == "ready" {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the document `{id}` is not read: {}", node.log());
    }

    /// Waits until every document that the server knows has been read, also those that it did not acknowledge.
    pub async fn all_are_read(&self, node: &Node) {
        for document in node.api_key(&self.client).list_all("/api/documents").await {
            let id = document["id"].as_str().expect("an id");
            if !self.read.borrow().contains(id) {
                node.read_document(&self.client, id).await;
                self.read.borrow_mut().insert(id.to_owned());
            }
        }
    }

    /// Checks that everything acknowledged is there, repeats everything, and checks that nothing is there twice.
    pub async fn check(&self, home: &Home, node: &Node) {
        self.check_clients(home);
        for id in self.uploads.iter().filter_map(|asked| asked.acknowledged.as_ref()) {
            let document = node.read_document(&self.client, id).await;
            assert_eq!(document["status"], "ready", "{document}");
        }
        let mut documents = BTreeSet::new();
        for asked in &self.uploads {
            let reply =
                send_upload(&self.client, node, &asked.key).await.expect("the server answers").expect(202);
            let id = reply.json()["id"].as_str().expect("an id").to_owned();
            assert!(
                asked.acknowledged.as_ref().is_none_or(|known| *known == id),
                "{} was made twice",
                asked.key
            );
            assert_eq!(node.read_document(&self.client, &id).await["status"], "ready");
            documents.insert(id);
        }
        let listed = node.api_key(&self.client).list_all("/api/documents").await;
        assert_eq!((documents.len(), listed.len()), (self.uploads.len(), self.uploads.len()));
        self.check_questions(node).await;
        self.check_faqs(node).await;
    }

    async fn check_faqs(&self, node: &Node) {
        let mut faqs = BTreeSet::new();
        for asked in &self.faqs {
            let reply =
                send_faq(&self.client, node, &asked.key).await.expect("the server answers").expect(201);
            let id = reply.json()["id"].as_str().expect("an id").to_owned();
            assert!(
                asked.acknowledged.as_ref().is_none_or(|known| *known == id),
                "{} was made twice",
                asked.key
            );
            faqs.insert(id);
        }
        let mut listed = node.api_key(&self.client).list_all("/api/faqs").await;
        // The server proposes drafts of its own from questions that were asked in vain.
        listed.retain(|faq| faq["status"] != "draft");
        assert_eq!((faqs.len(), listed.len()), (self.faqs.len(), self.faqs.len()));
    }

    async fn check_questions(&self, node: &Node) {
        for asked in &self.questions {
            check_question(&self.client, node, asked).await;
        }
        let listed = node.api_key(&self.client).list_all("/api/conversations").await;
        assert_eq!(listed.len(), self.questions.len());
    }

    fn check_clients(&self, home: &Home) {
        let listed = home.run(&["client", "list", "--limit", "100", "--json"]);
        for id in &self.clients_made {
            assert!(listed.stdout.contains(id), "the client `{id}` is lost: {listed:?}");
        }
    }

    /// Checks the directory of the stopped server: the database is whole and no job has failed.
    pub async fn check_database(&self, home: &Home) {
        let layout = Layout::new(home.data());
        let found = inspect(&layout.database()).expect("the database can be read");
        assert_eq!((found.damage, found.dangling_rows), (Vec::new(), 0));
        let store = OpenStore::open(layout, Sources::of_this_machine()).expect("nobody holds the directory");
        let failed = store.db.read(|tx| -> Result<i64, DbError> {
            tx.get("select count(*) as n from jobs where state = 'failed'", &[], |row| row.get("n"))
        });
        assert_eq!(failed.await.expect("jobs can be counted"), 0);
    }

    /// As [`Customer::check_database`], and once what a crash may leave behind is swept there is one file for each
    /// document. For a directory with one client that has documents.
    pub async fn check_at_rest(&self, home: &Home) {
        self.check_database(home).await;
        let layout = Layout::new(home.data());
        let store =
            OpenStore::open(layout.clone(), Sources::of_this_machine()).expect("nobody holds the directory");
        let named = store.db.read(|tx| -> Result<_, DbError> {
            tx.list("select blob_id from documents order by id limit 1000", &[], |row| {
                row.get::<String>("blob_id")
            })
        });
        let named = named.await.expect("the tables can be read");
        let named: HashSet<String> = named.into_iter().collect();
        Blobs::new(layout.blobs()).sweep(&named, Duration::ZERO).expect("leftovers can be removed");
        let folder = std::fs::read_dir(layout.blobs().join(&self.client.id));
        let files: HashSet<String> = folder
            .into_iter()
            .flatten()
            .map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned())
            .collect();
        assert_eq!(files, named);
    }
}

/// The next request of its kind, noted before it is sent.
fn next<'a>(all: &'a mut Vec<Asked>, kind: &str) -> Option<&'a mut Asked> {
    all.push(Asked { key: format!("{kind}-{}", all.len()), acknowledged: None });
    all.last_mut()
}

async fn upload(client: &Client, node: &Node, uploads: &mut Vec<Asked>) -> bool {
    let Some(asked) = next(uploads, "upload") else { return false };
    let Some(reply) = send_upload(client, node, &asked.key).await else { return false };
    asked.acknowledged = reply.expect(202).json()["id"].as_str().map(str::to_owned);
    true
}

async fn ask(client: &Client, node: &Node, questions: &mut Vec<Asked>) -> bool {
    let Some(asked) = next(questions, "question") else { return false };
    let Some(reply) = send_question(client, node, &asked.key).await else { return false };
    asked.acknowledged = Some(Answer::of(&reply).message_id);
    true
}

async fn add_faq(client: &Client, node: &Node, faqs: &mut Vec<Asked>) -> bool {
    let Some(asked) = next(faqs, "faq") else { return false };
    let Some(reply) = send_faq(client, node, &asked.key).await else { return false };
    asked.acknowledged = reply.expect(201).json()["id"].as_str().map(str::to_owned);
    true
}

async fn send_upload(client: &Client, node: &Node, key: &str) -> Option<Reply> {
    let request = node.api_key(client).upload_request(&format!("{key}.md"), format!("{BAKERY}\n{key}"));
    Reply::try_of(request.header("idempotency-key", key)).await
}

async fn send_question(client: &Client, node: &Node, key: &str) -> Option<Reply> {
    let fields = serde_json::json!({ "message": SUNDAY_QUESTION, "request_id": key });
    Reply::try_of(node.visitor(client).chat_request(fields)).await
}

async fn send_faq(client: &Client, node: &Node, key: &str) -> Option<Reply> {
    let body = serde_json::json!({ "question": format!("Who bakes {key}?"), "answer": "Our baker." });
    let request = node.api_key(client).request(reqwest::Method::POST, "/api/faqs").json(&body);
    Reply::try_of(request.header("idempotency-key", key)).await
}

/// Repeats a question: it has one answer, the one that was acknowledged, in a conversation of its own.
async fn check_question(client: &Client, node: &Node, asked: &Asked) {
    let reply = send_question(client, node, &asked.key).await.expect("the server answers");
    let answer = Answer::of(&reply);
    let is_same = asked.acknowledged.as_ref().is_none_or(|known| *known == answer.message_id);
    assert!(is_same, "{} was answered twice", asked.key);
    let path = format!("/api/conversations/{}/messages", answer.conversation_id);
    let messages = node.api_key(client).list_all(&path).await;
    let roles: Vec<_> = messages.iter().map(|message| message["role"].clone()).collect();
    assert_eq!(roles, ["assistant", "visitor"], "{}", asked.key);
}
