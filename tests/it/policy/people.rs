//! The access sweep over people: every row that a session opens, with every role, from every side (ACC-1, ACC-2).

use super::assert_none;
use super::node::{Node, Tenant};
use axum::http::Method;
use snip::domain::access::keys::KeyScope;
use snip::domain::access::sessions::permission_of;
use snip::domain::people::permissions::{Held, MATRIX, Permission};
use snip::domain::people::{MembershipKind, Role};
use snip::http::Route;
use snip::http::access::Access;

/// What takes from the caller or from the others what the next rows need.
const CUTTING_OFF: &[&str] = &["suspendClient", "deactivateClient", "handAgencyOver", "handClientOver"];

/// What a client's people and keys keep where the agency looks after the assistant, word for word: a new permission
/// or scope is withheld until somebody writes it here.
const KEPT_WHERE_MANAGED: &[Permission] = &[
    Permission::ResultsRead,
    Permission::MembersRead,
    Permission::MembersWrite,
    Permission::ConversationsRead,
    Permission::ConversationsWrite,
    Permission::ClientOwn,
];
const SCOPES_KEPT_WHERE_MANAGED: &[KeyScope] =
    &[KeyScope::ConversationsRead, KeyScope::ConversationsWrite, KeyScope::UsageRead];
const MANAGED: &str = "The agency manages this account";

fn rows_behind_a_session(node: &Node) -> Vec<Route> {
    node.rows.iter().filter(|row| row.access.is_by_session()).cloned().collect()
}

fn name(row: &Route) -> String {
    format!("{} {}", row.method, row.path)
}

#[tokio::test]
async fn a_row_behind_a_session_refuses_nobody_made_up_sessions_and_keys() {
    let node = Node::start().await;
    let tenant = node.tenant("alder").await;
    let origin = ("origin", "http://node.example".to_owned());
    let mut broken = Vec::new();

    for row in rows_behind_a_session(&node) {
        for cookie in ["", "session=", "session=x", "session=../..", "__Host-session=x", "other=x"] {
            let headers = [origin.clone(), ("cookie", cookie.to_owned())];
            let answer = node.ask_row_with(&row, &tenant, &headers).await;
            if (answer.status, answer.code().as_str()) != (401, "session_missing") {
                broken.push(format!("{}: `{cookie}` got {}", name(&row), answer.status));
            }
        }
        let key = [origin.clone(), ("x-api-key", tenant.key.clone())];
        let status = node.ask_row_with(&row, &tenant, &key).await.status;
        if status != 401 {
            broken.push(format!("{}: a key got {status}", name(&row)));
        }
    }

    assert_none(&broken, "ACC-2");
    node.stop().await;
}

/// What the row asks for, where it asks for a permission.
fn needed(row: &Route) -> Option<Permission> {
    match row.access {
        Access::Agency(permission) | Access::Member { permission, .. } => Some(permission),
        _ => None,
    }
}

#[tokio::test]
async fn every_role_opens_the_rows_whose_permission_it_holds_and_no_others() {
    let node = Node::start().await;
    let tenant = node.tenant("alder").await;
    let mut broken = Vec::new();

    // What suspends, ends or deletes comes last; the rest needs what is there.
    let (last, first): (Vec<Route>, Vec<Route>) = rows_behind_a_session(&node)
        .into_iter()
        .partition(|row| row.method == Method::DELETE || CUTTING_OFF.contains(&row.operation.id));
    for (kind, role, _) in MATRIX {
        let client = (*kind == MembershipKind::Client).then_some(&tenant);
        let (person, _) = node.person(*role, client).await;
        let held = Held::of_role(*kind, *role).unwrap();
        for row in first.iter().chain(&last) {
            let Some(permission) = needed(row) else { continue };
            // A client's people have no place in the agency, whatever they hold in theirs.
            let is_in_reach = *kind == MembershipKind::Agency || matches!(row.access, Access::Member { .. });
            let may = is_in_reach && held.contains(permission);
            if may && CUTTING_OFF.contains(&row.operation.id) {
                continue;
            }
            let headers = node.sign_in(&person).await.headers();
            let answer = node.ask_row_with(row, &tenant, &headers).await;
            let is_refused = answer.status == 403 && answer.code() == "forbidden";
            if may == is_refused || matches!(answer.status, 401 | 429) || answer.status >= 500 {
                broken.push(format!("{kind} {role}: {} got {} {}", name(row), answer.status, answer.code()));
            }
        }
    }

    assert_none(&broken, "ACC-1");
    node.stop().await;
}

#[tokio::test]
async fn a_client_out_of_reach_is_not_there_and_the_agency_is_closed_to_clients() {
    let node = Node::start().await;
    let (owner, stranger) = (node.tenant("alder").await, node.tenant("birch").await);
    let (person, _) = node.person(Role::Owner, Some(&stranger)).await;
    let mut broken = Vec::new();

    for row in rows_behind_a_session(&node) {
        let wanted = match row.access {
            Access::Member { .. } => 404,
            Access::Agency(_) => 403,
            _ => continue,
        };
        let headers = node.sign_in(&person).await.headers();
        let answer = node.ask_row_with(&row, &owner, &headers).await;
        if answer.status != wanted {
            broken.push(format!("{} got {} instead of {wanted}", name(&row), answer.status));
        }
        if answer.text().contains(owner.id.to_string().as_str()) {
            broken.push(format!("{}: the answer names the owner", name(&row)));
        }
    }

    assert_none(&broken, "ACC-2: a foreign client is a 404");
    node.stop().await;
}

#[tokio::test]
async fn an_object_of_another_client_is_not_there_below_ones_own() {
    let node = Node::start().await;
    let (owner, stranger) = (node.tenant("alder").await, node.tenant("birch").await);
    let (person, _) = node.person(Role::Owner, Some(&stranger)).await;
    let mut broken = Vec::new();

    let names_object = |row: &Route| row.path.matches('{').count() > 1;
    for row in rows_behind_a_session(&node).into_iter().filter(names_object) {
        let status = ask_below(&node, &row, &owner, &stranger, &node.sign_in(&person).await.headers()).await;
        if status != 404 {
            broken.push(format!("{} got {status}", name(&row)));
        }
    }

    assert_none(&broken, "ACC-2: a foreign object is a 404");
    node.stop().await;
}

/// Asks for an object of `owner` below the client `other`.
async fn ask_below(
    node: &Node,
    row: &Route,
    owner: &Tenant,
    other: &Tenant,
    headers: &[(&'static str, String)],
) -> u16 {
    let uri = node.uri_of(row, owner).await.replace(&owner.id.to_string(), &other.id.to_string());
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    node.ask(&row.method, &uri, &headers, node.payload_of(row, owner).as_ref()).await.status
}

#[tokio::test]
async fn a_row_that_asks_for_two_scopes_or_permissions_refuses_whoever_holds_one() {
    let node = Node::start().await;
    let tenant = node.tenant("alder").await;
    let mut broken = Vec::new();

    for row in node.rows.iter().filter(|row| row.needs_too.is_some()) {
        let second = row.needs_too.unwrap();
        let headers = match row.access {
            Access::Key(first) => {
                let keys = [
                    node.narrow_key(&tenant, vec![first]).await,
                    node.narrow_key(&tenant, vec![second]).await,
                ];
                keys.map(|key| vec![("x-api-key", key)])
            }
            Access::Member { permission, .. } => {
                let one = node.agency_key(&[permission]).await.1;
                let other = node.agency_key(&[permission_of(second)]).await.1;
                [one, other].map(|key| vec![("x-api-key", key)])
            }
            _ => panic!("{}: nobody holds a scope there", name(row)),
        };
        for headers in headers {
            let status = node.ask_row_with(row, &tenant, &headers).await.status;
            if status != 403 {
                broken.push(format!("{} got {status}", name(row)));
            }
        }
    }

    assert_none(&broken, "ACC-2");
    node.stop().await;
}

#[tokio::test]
async fn a_session_of_a_key_opens_what_the_key_opens() {
    let node = Node::start().await;
    let tenant = node.tenant("alder").await;
    let mut broken = Vec::new();

    for row in rows_behind_a_session(&node) {
        let (scope, others) = match row.access {
            Access::Member { key_scope: Some(scope), .. } => {
                let all = snip::domain::access::keys::KeyScope::ALL.iter().copied();
                (scope, all.filter(|other| *other != scope).collect::<Vec<_>>())
            }
            _ => continue,
        };
        let enough = [Some(scope), row.needs_too].into_iter().flatten().collect();
        for (scopes, may) in [(enough, true), (others, false)] {
            let key = node.narrow_key(&tenant, scopes).await;
            let status = node.ask_row_with(&row, &tenant, &node.sign_in_with_key(&key).await).await.status;
            if (status == 403) == may {
                broken.push(format!("{}: with the scope: {may}, got {status}", name(&row)));
            }
        }
    }

    assert_none(&broken, "nobody gets more from a session than the key gives");
    node.stop().await;
}

// ACC-8
#[tokio::test]
async fn where_the_agency_manages_people_and_keys_of_the_client_open_what_is_left_and_no_other_row() {
    let node = Node::start().await;
    let tenant = node.tenant("alder").await;
    let (owner, _) = node.person(Role::Owner, Some(&tenant)).await;
    node.manage(&tenant).await;
    let mut broken = Vec::new();

    for row in &node.rows {
        let (headers, may) = match row.access {
            Access::Member { permission, .. } => {
                let second = row.needs_too.map(permission_of);
                let may = [Some(permission), second]
                    .into_iter()
                    .flatten()
                    .all(|it| KEPT_WHERE_MANAGED.contains(&it));
                (node.sign_in(&owner).await.headers(), may)
            }
            Access::Key(scope) => {
                let may = [Some(scope), row.needs_too]
                    .into_iter()
                    .flatten()
                    .all(|it| SCOPES_KEPT_WHERE_MANAGED.contains(&it));
                (vec![("x-api-key", tenant.key.clone())], may)
            }
            _ => continue,
        };
        if may && (row.method == Method::DELETE || CUTTING_OFF.contains(&row.operation.id)) {
            continue;
        }
        let answer = node.ask_row_with(row, &tenant, &headers).await;
        let is_refused = answer.status == 403 && answer.code() == "forbidden";
        if may == is_refused || matches!(answer.status, 401 | 429) || answer.status >= 500 {
            broken.push(format!("{} got {} {}", name(row), answer.status, answer.text()));
        }
        // Whoever manages is named where the place or the key held it otherwise, and only there.
        let held = needed(row)
            .is_none_or(|it| Held::of_role(MembershipKind::Client, Role::Owner).unwrap().contains(it));
        if is_refused && answer.text().contains(MANAGED) != held {
            broken.push(format!("{}: {}", name(row), answer.text()));
        }
    }

    assert_none(&broken, "ACC-8");
    node.stop().await;
}

/// What a key of the agency cannot do whatever it names: rows for somebody who is signed in.
const FOR_SESSIONS: &[&str] = &["followClient"];
/// What asks for more than its row's permission: nobody gives a role, a scope or a key that they could not have.
const GIVING: &[&str] =
    &["createClient", "inviteMember", "changeMember", "inviteMemberAgain", "createKey", "sendKeyMail"];

// ACC-8, ACC-1
#[tokio::test]
async fn a_key_of_the_agency_opens_the_rows_whose_permission_it_names_and_no_others() {
    let node = Node::start().await;
    let tenant = node.tenant("alder").await;
    let for_people = [Permission::AgencyOwn, Permission::AgencyKeysWrite, Permission::StaffWrite];
    let names: Vec<Permission> =
        Permission::ALL.iter().copied().filter(|it| !for_people.contains(it)).collect();
    let mut broken = Vec::new();

    for row in rows_behind_a_session(&node) {
        let Some(permission) = needed(&row) else { continue };
        let gives = GIVING.contains(&row.operation.id) || row.needs_too.is_some();
        let enough: Vec<Permission> = names.iter().copied().filter(|it| *it == permission || gives).collect();
        let others: Vec<Permission> = names.iter().copied().filter(|it| *it != permission).collect();
        let cuts_off = row.method == Method::DELETE || CUTTING_OFF.contains(&row.operation.id);
        for (named, may) in [(enough, true), (others, false)] {
            let may = may && !for_people.contains(&permission) && !FOR_SESSIONS.contains(&row.operation.id);
            if named.is_empty() || (may && cuts_off) {
                continue;
            }
            let (_, key) = node.agency_key(&named).await;
            let headers = [("x-api-key", key), ("origin", "http://node.example".to_owned())];
            let answer = node.ask_row_with(&row, &tenant, &headers).await;
            let is_refused = answer.status == 403 && answer.code() == "forbidden";
            if may == is_refused || matches!(answer.status, 401 | 429) || answer.status >= 500 {
                broken.push(format!("{} {may}: {} {}", name(&row), answer.status, answer.text()));
            }
            node.revoke_agency_keys().await;
        }
    }

    assert_none(&broken, "ACC-8: a key opens what it names");
    node.stop().await;
}
