//! The access sweep: every row, with every kind of wrong caller (ACC-2).

use super::assert_none;
use super::node::{Node, Tenant};
use axum::http::Method;
use snip::domain::access::keys::{KEY_PREFIX, KeyScope};
use snip::http::Route;
use snip::http::access::Access;

/// Keys that nobody has: no key at all, the right form, a wrong form.
fn garbage_keys() -> [String; 3] {
    [
        "garbage".to_owned(),
        format!("{KEY_PREFIX}{}", "A".repeat(43)),
        format!("{KEY_PREFIX}{}", "é".repeat(3)),
    ]
}

fn note(broken: &mut Vec<String>, row: &Route, who: &str, wanted: u16, status: u16) {
    if status != wanted {
        broken.push(format!("{} {}: {who} got {status} instead of {wanted}", row.method, row.path));
    }
}

/// The kind of caller that a row wants, so that no row can be left out of the sweep.
fn rows_behind_a_key(node: &Node) -> Vec<(Route, KeyScope)> {
    let scope_of = |row: &Route| match row.access {
        Access::Key(scope) => Some((row.clone(), scope)),
        Access::Public { .. }
        | Access::Session
        | Access::Agency(_)
        | Access::Member { .. }
        | Access::Setup
        | Access::Metrics => None,
    };
    node.rows.iter().filter_map(scope_of).collect()
}

#[tokio::test]
async fn a_row_behind_a_key_refuses_nobody_and_unknown_keys() {
    let node = Node::start().await;
    let tenant = node.tenant("alder").await;
    let mut broken = Vec::new();

    for (row, _) in rows_behind_a_key(&node) {
        note(&mut broken, &row, "nobody", 401, node.ask_row(&row, &tenant, None).await.status);
        for key in garbage_keys() {
            let uri = node.uri_of(&row, &tenant).await;
            let payload = node.payload_of(&row, &tenant);
            let bearer = format!("Bearer {key}");
            for header in [("x-api-key", key.as_str()), ("authorization", bearer.as_str())] {
                let answer = node.ask(&row.method, &uri, &[header], payload.as_ref()).await;
                note(&mut broken, &row, &format!("`{}: {}`", header.0, header.1), 401, answer.status);
            }
        }
        if row.method == Method::GET {
            let uri = node.uri_of(&row, &tenant).await;
            note(&mut broken, &row, "HEAD", 401, node.ask(&Method::HEAD, &uri, &[], None).await.status);
        }
    }

    assert_none(&broken, "ACC-2");
    node.stop().await;
}

#[tokio::test]
async fn a_row_behind_a_key_refuses_a_key_without_its_scope() {
    let node = Node::start().await;
    let tenant = node.tenant("alder").await;
    let mut broken = Vec::new();

    for (row, needed) in rows_behind_a_key(&node) {
        let others = KeyScope::ALL.iter().copied().filter(|scope| *scope != needed).collect();
        let key = node.narrow_key(&tenant, others).await;
        let answer = node.ask_row(&row, &tenant, Some(&key)).await;
        note(&mut broken, &row, "a key with every other scope", 403, answer.status);
        if answer.code() != "forbidden" {
            broken.push(format!("{} {}: the code is `{}`", row.method, row.path, answer.code()));
        }
    }

    assert_none(&broken, "ACC-2");
    node.stop().await;
}

#[tokio::test]
async fn a_row_behind_a_key_serves_a_key_with_its_scope_alone() {
    let node = Node::start().await;
    let tenant = node.tenant("alder").await;
    let mut broken = Vec::new();

    // Deletions last: the others need the objects.
    let (deletions, others): (Vec<_>, Vec<_>) =
        rows_behind_a_key(&node).into_iter().partition(|(row, _)| row.method == Method::DELETE);
    for (row, needed) in others.into_iter().chain(deletions) {
        let key =
            node.narrow_key(&tenant, [Some(needed), row.needs_too].into_iter().flatten().collect()).await;
        let status = node.ask_row(&row, &tenant, Some(&key)).await.status;
        // The sweep's document is ready: there is nothing to be read again, and nothing to be cancelled.
        let is_too_late = status == 409 && ["retryDocument", "cancelDocument"].contains(&row.operation.id);
        if !(200..300).contains(&status) && !is_too_late {
            broken.push(format!("{} {}: the right key got {status}", row.method, row.path));
        }
    }

    assert_none(&broken, "the sweep's own requests are good ones; only the caller is wrong");
    node.stop().await;
}

#[tokio::test]
async fn somebody_elses_object_is_not_there() {
    let node = Node::start().await;
    let (owner, stranger) = (node.tenant("alder").await, node.tenant("birch").await);
    let before = belongings(&node, &owner).await;
    let mut broken = Vec::new();

    for (row, _) in rows_behind_a_key(&node).into_iter().filter(|(row, _)| row.path.contains('{')) {
        let answer = node.ask_row(&row, &owner, Some(&stranger.key)).await;
        note(&mut broken, &row, "another client's key", 404, answer.status);
        if answer.text().contains(owner.id.to_string().as_str()) {
            broken.push(format!("{} {}: the answer names the owner", row.method, row.path));
        }
    }

    assert_none(&broken, "ACC-2: a foreign object is a 404");
    assert_eq!(belongings(&node, &owner).await, before, "nothing of the owner's has changed");
    node.stop().await;
}

#[tokio::test]
async fn no_list_and_no_search_shows_what_belongs_to_somebody_else() {
    let node = Node::start().await;
    let (owner, stranger) = (node.tenant("alder").await, node.tenant("birch").await);
    let own = [&owner.document, &owner.faq, &owner.conversation, &owner.citation];
    let mut broken = Vec::new();

    for (row, _) in rows_behind_a_key(&node).into_iter().filter(|(row, _)| !row.path.contains('{')) {
        let answer = node.ask_row(&row, &stranger, Some(&stranger.key)).await.text();
        let names_owner = answer.contains(owner.id.to_string().as_str());
        if names_owner || own.iter().any(|id| answer.contains(id.as_str())) {
            broken.push(format!("{} {}: {answer}", row.method, row.path));
        }
    }

    assert_none(&broken, "ACC-2: a client sees its own");
    node.stop().await;
}

#[tokio::test]
async fn a_suspended_clients_key_opens_nothing() {
    let node = Node::start().await;
    let tenant = node.tenant("alder").await;
    node.suspend(&tenant).await;
    let mut broken = Vec::new();

    for (row, _) in rows_behind_a_key(&node) {
        let status = node.ask_row(&row, &tenant, Some(&tenant.key)).await.status;
        note(&mut broken, &row, "a suspended client", 403, status);
    }

    assert_none(&broken, "a suspended client's keys are refused");
    node.stop().await;
}

#[tokio::test]
async fn setup_and_metrics_want_their_own_credential() {
    let node = Node::start().await;
    let tenant = node.tenant("alder").await;
    let mut broken = Vec::new();

    for row in node.rows.clone() {
        let payload = node.payload_of(&row, &tenant);
        match row.access {
            Access::Setup => {
                for token in ["x", "setup_01jd3v5s8e4w6x7y9zabcdefgh.AAAA", tenant.key.as_str()] {
                    let uri = row.path.replace("{token}", token);
                    let status = node.ask(&row.method, &uri, &[], payload.as_ref()).await.status;
                    note(&mut broken, &row, "a wrong link", 403, status);
                }
            }
            Access::Metrics => {
                let key = format!("Bearer {}", tenant.key);
                for header in
                    [vec![], vec![("authorization", "Bearer x")], vec![("authorization", key.as_str())]]
                {
                    let status = node.ask(&row.method, row.path, &header, None).await.status;
                    note(&mut broken, &row, "a wrong token", 401, status);
                }
            }
            Access::Public { .. }
            | Access::Key(_)
            | Access::Session
            | Access::Agency(_)
            | Access::Member { .. } => {}
        }
    }

    assert_none(&broken, "ACC-2");
    node.stop().await;
}

#[tokio::test]
async fn a_setup_link_is_good_once() {
    let node = Node::start().await;
    let tenant = node.tenant("alder").await;
    let finish = node.rows.iter().find(|row| row.operation.id == "finishSetup").unwrap().clone();
    let uri = node.uri_of(&finish, &tenant).await;
    let payload = node.payload_of(&finish, &tenant);

    let first = node.ask(&finish.method, &uri, &[], payload.as_ref()).await;
    let second = node.ask(&finish.method, &uri, &[], payload.as_ref()).await;

    assert_eq!((first.status, second.status), (200, 403), "{}", first.text());
    node.stop().await;
}

#[tokio::test]
async fn a_public_row_asks_nobody_who_they_are() {
    let node = Node::start().await;
    let tenant = node.tenant("alder").await;
    let mut broken = Vec::new();

    for row in node.rows.clone().into_iter().filter(|row| matches!(row.access, Access::Public { .. })) {
        let plain = node.ask_row(&row, &tenant, None).await.status;
        let with_garbage = node.ask_row(&row, &tenant, Some("garbage")).await.status;
        note(&mut broken, &row, "a garbage key", plain, with_garbage);
        // A good code and a good link are made by a mail only; the tests of signing in use those.
        let is_made_up = ["signInWithCode", "signInWithLink"].contains(&row.operation.id) && plain == 401;
        // So is a signature.
        let is_unsigned = row.operation.id == "receiveStripeEvent" && plain == 400;
        if !(200..300).contains(&plain) && !is_made_up && !is_unsigned {
            broken.push(format!("{} {}: anyone got {plain}", row.method, row.path));
        }
    }

    assert_none(&broken, "a public row looks at no credential");
    node.stop().await;
}

/// What the client has, as its own key shows it.
async fn belongings(node: &Node, tenant: &Tenant) -> Vec<String> {
    let key = [("x-api-key", tenant.key.as_str())];
    let mut shown = Vec::new();
    for path in [
        format!("/api/documents/{}", tenant.document),
        format!("/api/faqs/{}", tenant.faq),
        format!("/api/conversations/{}/messages", tenant.conversation),
        "/api/config".to_owned(),
    ] {
        let answer = node.get(&path, &key).await;
        assert_eq!(answer.status, 200, "{path}");
        shown.push(answer.text());
    }
    shown
}
