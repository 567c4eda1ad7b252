//! What was asked of a server that may die at any moment, what it acknowledged, and whether that is still there.

use crate::support::process::{Home, Node, client_of};
use crate::support::texts::{BAKERY, SUNDAY_QUESTION};
use crate::support::{Answer, Client, Reply};
use snip::app::{OpenStore, Sources};
use snip::store::DbError;
use snip::store::blob::Blobs;
use snip::store::directory::Layout;
use snip::store::inspect::inspect;
use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

/// A client whose requests can be cut off, and who repeats them afterwards.
pub struct Customer {
    client: Client,
    uploads: Vec<Asked>,
    questions: Vec<Asked>,
    clients_made: Vec<String>,
}

/// A request under a key of its own; the id that it was answered with, if an answer came.
struct Asked {
    key: String,
    acknowledged: Option<String>,
}

impl Customer {
    pub fn new(client: Client) -> Self {
        Self { client, uploads: Vec::new(), questions: Vec::new(), clients_made: Vec::new() }
    }

    /// Uploads a document; false when the server went away.
    pub async fn upload(&mut self, node: &Node) -> bool {
        self.uploads.push(Asked { key: format!("upload-{}", self.uploads.len()), acknowledged: None });
        let Some(asked) = self.uploads.last_mut() else { return false };
        let Some(reply) = send_upload(&self.client, node, &asked.key).await else { return false };
        asked.acknowledged = reply.expect(202).json()["id"].as_str().map(str::to_owned);
        true
    }

    /// Asks as a new visitor; false when the server went away.
    pub async fn ask(&mut self, node: &Node) -> bool {
        self.questions.push(Asked { key: format!("question-{}", self.questions.len()), acknowledged: None });
        let Some(asked) = self.questions.last_mut() else { return false };
        let Some(reply) = send_question(&self.client, node, &asked.key).await else { return false };
        asked.acknowledged = Some(Answer::of(&reply).message_id);
        true
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
            node.read_document(&self.client, document["id"].as_str().expect("an id")).await;
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
    }

    async fn check_questions(&self, node: &Node) {
        let api = node.api_key(&self.client);
        for asked in &self.questions {
            let reply = send_question(&self.client, node, &asked.key).await.expect("the server answers");
            let answer = Answer::of(&reply);
            let is_same = asked.acknowledged.as_ref().is_none_or(|known| *known == answer.message_id);
            assert!(is_same, "{} was answered twice", asked.key);
            let path = format!("/api/conversations/{}/messages", answer.conversation_id);
            let roles: Vec<_> =
                api.list_all(&path).await.iter().map(|message| message["role"].clone()).collect();
            assert_eq!(roles, ["assistant", "visitor"], "{}", asked.key);
        }
        assert_eq!(api.list_all("/api/conversations").await.len(), self.questions.len());
    }

    fn check_clients(&self, home: &Home) {
        let listed = home.run(&["client", "list", "--limit", "100", "--json"]);
        for id in &self.clients_made {
            assert!(listed.stdout.contains(id), "the client `{id}` is lost: {listed:?}");
        }
    }

    /// Checks the directory of the stopped server: the database is whole, no job has failed, and once what a
    /// crash may leave behind is swept there is one file for each document.
    pub async fn check_at_rest(&self, home: &Home) {
        let layout = Layout::new(home.data());
        let found = inspect(&layout.database()).expect("the database can be read");
        assert_eq!((found.damage, found.dangling_rows), (Vec::new(), 0));
        let store =
            OpenStore::open(layout.clone(), Sources::of_this_machine()).expect("nobody holds the directory");
        let read = store.db.read(|tx| -> Result<_, DbError> {
            let failed: i64 =
                tx.get("select count(*) as n from jobs where state = 'failed'", &[], |row| row.get("n"))?;
            let named = tx.list("select blob_id from documents order by id limit 1000", &[], |row| {
                row.get::<String>("blob_id")
            })?;
            Ok((failed, named))
        });
        let (failed, named) = read.await.expect("the tables can be read");
        let named: HashSet<String> = named.into_iter().collect();
        Blobs::new(layout.blobs()).sweep(&named, Duration::ZERO).expect("leftovers can be removed");
        let folder = std::fs::read_dir(layout.blobs().join(&self.client.id));
        let files: HashSet<String> = folder
            .into_iter()
            .flatten()
            .map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned())
            .collect();
        assert_eq!((failed, files), (0, named));
    }
}

async fn send_upload(client: &Client, node: &Node, key: &str) -> Option<Reply> {
    let request = node.api_key(client).upload_request(&format!("{key}.md"), format!("{BAKERY}\n{key}"));
    Reply::try_of(request.header("idempotency-key", key)).await
}

async fn send_question(client: &Client, node: &Node, key: &str) -> Option<Reply> {
    let fields = serde_json::json!({ "message": SUNDAY_QUESTION, "request_id": key });
    Reply::try_of(node.visitor(client).chat_request(fields)).await
}
