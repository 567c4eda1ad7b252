//! Every list: 50 items by default, 100 at most, by cursor, each item once (ACC-20).

use super::assert_none;
use super::node::{Answer, Node, Tenant};
use axum::http::Method;
use snip::domain::access::keys::{self, KeyScope};
use snip::domain::chat::gaps;
use snip::domain::chat::instructions::{self, InstructionsError};
use snip::domain::clients::contacts::{self, ContactName};
use snip::domain::clients::{self, ClientError, ClientName, NewClient};
use snip::domain::conversations::{self, ConversationError, Role};
use snip::domain::knowledge::KnowledgeError;
use snip::domain::knowledge::documents::{self, FileName, Upload};
use snip::domain::knowledge::faqs::{self, NewFaq};
use snip::domain::notify;
use snip::domain::people;
use snip::domain::people::permissions::Permission;
use snip::ground::email_address::EmailAddress;
use snip::ground::ids::{BlobId, ConversationId, Id as _, SessionId};
use snip::ground::scope::{Actor, AgencyScope};
use snip::ground::secret::Secret;
use snip::http::openapi;
use snip::store::DbError;
use snip::store::blob::WrittenBlob;
use snip::store::inbox::{self, InboxMode, NewInboxEvent};
use snip::store::jobs::{self, Lane, NewJob};
use std::collections::BTreeSet;

const ITEMS: u32 = 130;
const ANSWER_BYTES_MAX: usize = 200_000;

/// The rows that answer with a list, by the description: those that take a limit.
fn list_paths(node: &Node) -> Vec<&'static str> {
    let document = openapi::document(&node.rows);
    let is_list = |path: &str| {
        let parameters = document["paths"][path]["get"]["parameters"].as_array();
        parameters.is_some_and(|all| all.iter().any(|it| it["in"] == "query" && it["name"] == "limit"))
    };
    let gets = node.rows.iter().filter(|row| row.method == Method::GET && !row.hidden);
    gets.map(|row| row.path).filter(|path| is_list(path)).collect()
}

/// Puts more than a page of everything there is a list of.
async fn fill(node: &Node, tenant: &Tenant) {
    let (db, scope, caps) = (&node.app.env.db, tenant.scope.clone(), node.app.env.caps);
    db.write(Actor::Operator, move |tx| -> Result<_, KnowledgeError> {
        for number in 0..ITEMS {
            let question = format!("{{\"question\":\"Number {number}?\",\"answer\":\"It is {number}.\"}}");
            let new: NewFaq = serde_json::from_str(&question).unwrap();
            faqs::create(tx, &scope, &new)?;
            let id: BlobId = tx.new_id();
            let blob = WrittenBlob { id, size_bytes: 1, sha256_hex: format!("{number:064x}") };
            let file_name = FileName::parse(&format!("{number}.md")).unwrap();
            documents::create(
                tx,
                &scope,
                &caps,
                &Upload { file_name, media_type: "text/markdown".to_owned(), blob },
            )?;
        }
        Ok(())
    })
    .await
    .unwrap();
    let (scope, key) = (tenant.scope.clone(), node.app.env.signing_key.clone());
    db.write(Actor::Operator, move |tx| -> Result<_, DbError> {
        (0..ITEMS).try_for_each(|number| {
            gaps::record(tx, &scope, &key, &format!("What is {number}?")).map(|_counted| ())
        })
    })
    .await
    .unwrap();
    let (scope, long) = (tenant.scope.clone(), ConversationId::parse(&tenant.conversation).unwrap());
    db.write(Actor::Operator, move |tx| -> Result<_, ConversationError> {
        for number in 0..ITEMS {
            let session: SessionId = tx.new_id();
            conversations::open_for_session(tx, &scope, &session)?;
            conversations::append(tx, &scope, &long, Role::Visitor, &format!("Message {number}"))?;
        }
        Ok(())
    })
    .await
    .unwrap();
    let scope = tenant.scope.clone();
    db.write(Actor::Operator, move |tx| -> Result<_, InstructionsError> {
        for number in 0..ITEMS {
            let text = format!("{{\"instructions\":\"Text {number}\"}}");
            instructions::save(tx, &scope, &serde_json::from_str(&text).unwrap(), &[], None)?;
        }
        Ok(())
    })
    .await
    .unwrap();
}

/// As [`fill`], of what the dashboard lists.
async fn fill_dashboard(node: &Node, tenant: &Tenant) {
    for _ in 0..ITEMS {
        node.agency_key(&[Permission::ClientsRead]).await;
        node.sign_in(&node.owner).await;
        node.invited(people::Role::Admin, None).await;
        node.invited(people::Role::Member, Some(tenant)).await;
    }
    let (scope, caps) = (tenant.scope.clone(), node.app.env.caps);
    let written = node.app.env.db.write(Actor::Operator, move |tx| -> Result<_, ClientError> {
        for number in 0..ITEMS {
            let new = NewClient::new(
                ClientName::parse(&format!("Client {number}")).unwrap(),
                EmailAddress::parse("info@client.example").unwrap(),
            );
            clients::create(tx, &AgencyScope::from_operator(), &new)?;
            let email = EmailAddress::parse(&format!("n{number}@client.example")).unwrap();
            contacts::add(tx, &scope, &caps, &ContactName::parse("Perry").unwrap(), &email).unwrap();
            let issued = keys::issue_with(tx, &scope, "many", &[KeyScope::Search])?;
            let key = keys::find(tx, &scope, &issued.id)?.unwrap();
            notify::write_key_created(tx, &scope, &key)?;
            let job = NewJob {
                kind: "test.listed",
                lane: Lane::Upkeep,
                client_id: None,
                subject_id: None,
                dedupe_key: number.to_string(),
                run_at: Some(tx.now().plus_ms(1_000_000)),
            };
            jobs::enqueue(tx, &job)?;
            let event = NewInboxEvent {
                provider: "stripe",
                account: String::new(),
                mode: InboxMode::Test,
                event_id: format!("evt_{number}"),
                kind: "invoice.paid".to_owned(),
                payload: Secret::new(b"{}".to_vec()),
                flag: None,
            };
            inbox::receive(tx, &event)?;
        }
        Ok(())
    });
    written.await.unwrap();
}

fn ids(answer: &Answer) -> Vec<String> {
    let json = answer.json();
    let items = json["items"].as_array().unwrap_or_else(|| panic!("no `items` in {json}"));
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn every_list_gives_50_by_default_100_at_most_and_each_item_once() {
    let node = Node::start().await;
    let tenant = node.tenant("alder").await;
    fill(&node, &tenant).await;
    fill_dashboard(&node, &tenant).await;
    let paths = list_paths(&node);
    let mut broken = Vec::new();

    for path in &paths {
        let row = node.rows.iter().find(|row| row.path == *path && row.method == Method::GET).unwrap();
        let uri = node.uri_of(row, &tenant).await;
        let headers = node.credentials(row, &tenant.key).await;
        let key: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        for (query, wanted) in
            [("", 50), ("?limit=1000", 100), ("?limit=4294967295", 100), ("?limit=0", 1), ("?limit=7", 7)]
        {
            let answer = node.get(&with_query(&uri, query), &key).await;
            let found = ids(&answer).len();
            if found != wanted {
                broken.push(format!("{path}{query}: {found} items instead of {wanted}"));
            }
            if answer.body.len() > ANSWER_BYTES_MAX {
                broken.push(format!("{path}{query}: {} bytes", answer.body.len()));
            }
        }
        broken.extend(faults_of_paging(&node, &uri, &key).await);
    }

    assert!(paths.len() >= 4, "the description names the lists: {paths:?}");
    assert_none(&broken, "ACC-20");
    node.stop().await;
}

/// The address with these further parameters, `?limit=7`.
fn with_query(uri: &str, query: &str) -> String {
    if uri.contains('?') { format!("{uri}{}", query.replacen('?', "&", 1)) } else { format!("{uri}{query}") }
}

/// Follows the cursors to the end.
async fn faults_of_paging(node: &Node, uri: &str, key: &[(&str, &str)]) -> Vec<String> {
    let mut seen = Vec::new();
    let mut cursor = String::new();
    for _ in 0..ITEMS {
        let answer = node.get(&with_query(uri, &format!("?limit=40{cursor}")), key).await;
        seen.extend(ids(&answer));
        match answer.json()["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let distinct: BTreeSet<&String> = seen.iter().collect();
    let mut faults = Vec::new();
    if distinct.len() != seen.len() {
        faults.push(format!("{uri}: some items came twice"));
    }
    if seen.len() < ITEMS as usize {
        faults.push(format!("{uri}: {} items in all instead of {ITEMS} or more", seen.len()));
    }
    // Ids of one process sort in the order in which they were made.
    if !seen.is_sorted_by(|one, next| one > next) {
        faults.push(format!("{uri}: not newest first"));
    }
    faults
}
