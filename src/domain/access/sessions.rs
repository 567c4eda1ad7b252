//! Sessions of people, and of whoever holds a client's key: an opaque token in a cookie, its hash in a row.
//!
//! A session ends when it is signed out or revoked, after 30 days, after seven without a request, and at once when
//! the rights of its person change or its key ends. Each request reads rights anew: [`SessionGrant::on_client`] and
//! [`SessionGrant::in_agency`] say what a session may do where.

use super::keys::{KeyGrant, KeyScope};
use super::store::{self, sessions};
use crate::domain::clients::{self, ClientStatus};
use crate::domain::people::members::Granter;
use crate::domain::people::permissions::{Held, Permission};
use crate::domain::people::{self, Membership, MembershipKind, Person};
use crate::ground::crypto::{MacKey, base64url, constant_time_eq, sha256};
use crate::ground::ids::{ApiKeyId, ClientId, Id as _, PersonId, PersonSessionId};
use crate::ground::limits::{
    PERSON_SESSION_IDLE_MS, PERSON_SESSION_MS, PERSON_SESSION_TOKEN_CHARS_MAX, SESSIONS_PER_PERSON_MAX,
};
use crate::ground::scope::{Actor, AgencyScope, ClientScope};
use crate::ground::secret::Secret;
use crate::ground::time::{MINUTE_MS, Timestamp};
use crate::store::audit::{self, Deed};
use crate::store::{DbError, Page, PageRequest, ReadTx, WriteTx};

const CSRF_PURPOSE: &str = "csrf_token";

/// Where a session runs, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// `Firefox on Linux`
    pub device: String,
    /// Of the network.
    pub address: String,
}

/// A session that has just begun: the only moment at which its token is known.
#[derive(Debug, Clone)]
pub struct IssuedSession {
    pub id: PersonSessionId,
    pub token: Secret<String>,
    pub expires_at: Timestamp,
}

/// Whose session it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    Person { person: Person, memberships: Vec<Membership> },
    Key { grant: KeyGrant, client_name: String },
}

/// What a presented token opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionGrant {
    pub session_id: PersonSessionId,
    pub expires_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub principal: Principal,
}

/// What a session may do in one client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientRight {
    pub scope: ClientScope,
    pub held: Held,
    /// Roles up to this are theirs to give: more than `held` where the agency looks after the client.
    pub gives: Held,
    /// Of a session that was made from a key: what the key may do.
    pub key_scopes: Option<Vec<KeyScope>>,
    /// What the key could do if the agency did not look after the client.
    pub withheld_scopes: Vec<KeyScope>,
    pub client_status: ClientStatus,
    /// Whether it is the agency's: its people also reach clients that are suspended.
    pub is_of_agency: bool,
}

/// What a session may do in the agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgencyRight {
    pub scope: AgencyScope,
    pub held: Held,
    /// Whoever sees assigned clients only.
    pub limited_to: Option<PersonId>,
}

/// A session in its owner's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionLine {
    pub id: PersonSessionId,
    pub place: Option<Place>,
    pub created_at: Timestamp,
    pub last_seen_at: Timestamp,
}

/// Begins a session of this person.
pub fn open(tx: &WriteTx<'_>, person: &Person, place: &Place) -> Result<IssuedSession, DbError> {
    // One who signs in over and over loses the oldest.
    sessions::delete_oldest(tx, &person.id, SESSIONS_PER_PERSON_MAX - 1)?;
    let issued = issue(tx, Owner::Person(person), place)?;
    people::set_last_seen(tx, &person.id)?;
    record(tx, "session.opened", &issued.id, None)?;
    Ok(issued)
}

/// Begins a session with what this key may do.
pub fn open_for_key(tx: &WriteTx<'_>, grant: &KeyGrant, place: &Place) -> Result<IssuedSession, DbError> {
    sessions::delete_oldest_of_key(tx, &grant.key_id, SESSIONS_PER_PERSON_MAX - 1)?;
    let issued = issue(tx, Owner::Key(&grant.key_id), place)?;
    record(tx, "session.opened", &issued.id, Some(grant.scope.client_id()))?;
    Ok(issued)
}

/// Whose a new session is.
pub(super) enum Owner<'a> {
    Person(&'a Person),
    Key(&'a ApiKeyId),
}

fn issue(tx: &WriteTx<'_>, owner: Owner<'_>, place: &Place) -> Result<IssuedSession, DbError> {
    let token = base64url(&tx.new_key());
    let issued = IssuedSession {
        id: tx.new_id(),
        expires_at: tx.now().plus_ms(PERSON_SESSION_MS),
        token: Secret::new(token),
    };
    let hash = sha256(issued.token.reveal().as_bytes());
    sessions::insert(tx, &issued, hash, &owner, place)?;
    Ok(issued)
}

/// What this token opens now; None when it is unknown, over, or nothing is left that it could open. The lookup is
/// by hash, so that its time says nothing about the token.
pub fn find_grant(tx: &ReadTx<'_>, token: &str) -> Result<Option<SessionGrant>, DbError> {
    if token.is_empty() || token.len() > PERSON_SESSION_TOKEN_CHARS_MAX {
        return Ok(None);
    }
    let idle_since = tx.now().plus_ms(-PERSON_SESSION_IDLE_MS);
    let Some(row) = sessions::find(tx, sha256(token.as_bytes()), idle_since)? else { return Ok(None) };
    let principal = match (&row.person_id, &row.api_key_id) {
        (Some(person), _) => find_person(tx, person, row.access_version)?,
        (None, Some(key)) => find_key(tx, key)?,
        (None, None) => None,
    };
    Ok(principal.map(|principal| SessionGrant {
        session_id: row.id,
        expires_at: row.expires_at,
        last_seen_at: row.last_seen_at,
        principal,
    }))
}

fn find_person(tx: &ReadTx<'_>, id: &PersonId, access_version: u32) -> Result<Option<Principal>, DbError> {
    let Some(person) = people::find(tx, id)? else { return Ok(None) };
    let memberships = people::list_memberships(tx, id)?;
    let is_over = person.access_version != access_version || memberships.is_empty();
    Ok((!is_over).then_some(Principal::Person { person, memberships }))
}

fn find_key(tx: &ReadTx<'_>, id: &ApiKeyId) -> Result<Option<Principal>, DbError> {
    let Some(grant) = store::find_grant_by_id(tx, id)? else { return Ok(None) };
    let client = clients::find(tx, &grant.scope)?;
    Ok(client.map(|client| Principal::Key { grant, client_name: client.name.into_string() }))
}

/// What the session may do in this client now, if it is in force and still reaches it: for what goes on after its
/// request.
pub fn present_right(
    tx: &ReadTx<'_>,
    grant: &SessionGrant,
    client: &ClientId,
) -> Result<Option<ClientRight>, DbError> {
    if !sessions::is_in_force(tx, &grant.session_id)? {
        return Ok(None);
    }
    let present = match &grant.principal {
        Principal::Person { person, .. } => find_person(tx, &person.id, person.access_version)?,
        Principal::Key { grant, .. } => find_key(tx, &grant.key_id)?,
    };
    let Some(principal) = present else { return Ok(None) };
    let right = SessionGrant { principal, ..grant.clone() }.on_client(tx, client)?;
    Ok(right.filter(|right| right.is_of_agency || right.client_status == ClientStatus::Active))
}

/// Whether the use of this session should be noted again.
pub fn is_touch_due(grant: &SessionGrant, now: Timestamp) -> bool {
    now.ms_since(grant.last_seen_at) >= MINUTE_MS
}

/// Notes that the session is used, at most once a minute.
pub fn touch(tx: &WriteTx<'_>, grant: &SessionGrant) -> Result<(), DbError> {
    sessions::set_last_seen(tx, &grant.session_id)?;
    match &grant.principal {
        Principal::Person { person, .. } => people::set_last_seen(tx, &person.id),
        Principal::Key { .. } => Ok(()),
    }
}

/// Signs out.
pub fn end(tx: &WriteTx<'_>, grant: &SessionGrant) -> Result<(), DbError> {
    sessions::delete(tx, &grant.session_id)?;
    record(tx, "session.ended", &grant.session_id, None)
}

/// Ends whatever this token opens, without a word: a browser that signs in anew leaves its former session.
pub fn end_by_token(tx: &WriteTx<'_>, token: &str) -> Result<(), DbError> {
    sessions::delete_by_hash(tx, sha256(token.as_bytes()))
}

/// Ends one of the sessions of the same owner; false when there is none with this id.
pub fn revoke(tx: &WriteTx<'_>, grant: &SessionGrant, id: &PersonSessionId) -> Result<bool, DbError> {
    let is_own = match &grant.principal {
        Principal::Person { person, .. } => sessions::delete_of(tx, &person.id, id)?,
        Principal::Key { .. } => *id == grant.session_id && sessions::delete(tx, id)?,
    };
    if is_own {
        record(tx, "session.revoked", id, None)?;
    }
    Ok(is_own)
}

/// The sessions of the same owner that are not over, newest first.
pub fn list(tx: &ReadTx<'_>, grant: &SessionGrant, page: &PageRequest) -> Result<Page<SessionLine>, DbError> {
    let idle_since = tx.now().plus_ms(-PERSON_SESSION_IDLE_MS);
    let lines = match &grant.principal {
        Principal::Person { person, .. } => {
            sessions::list_of(tx, &person.id, person.access_version, idle_since, page)?
        }
        Principal::Key { .. } => sessions::find_line(tx, &grant.session_id)?.into_iter().collect(),
    };
    page.page(lines, |line| (line.created_at, line.id.to_string()))
}

/// What the browser sends along with each write: proof that the page that sends it can read our answers.
pub fn csrf_token(key: &MacKey, session: &PersonSessionId) -> String {
    base64url(&key.sign(CSRF_PURPOSE, &[session.as_str()]))
}

/// Whether this is the session's own token.
pub fn is_csrf_token(key: &MacKey, session: &PersonSessionId, sent: &str) -> bool {
    constant_time_eq(csrf_token(key, session).as_bytes(), sent.as_bytes())
}

/// For housekeeping: removes sessions that were over before this moment, a bounded number at a time.
pub fn prune(tx: &WriteTx<'_>, over_before: Timestamp) -> Result<usize, DbError> {
    sessions::prune(tx, over_before)
}

impl SessionGrant {
    /// Who acts.
    pub fn actor(&self) -> Actor {
        match &self.principal {
            Principal::Person { person, .. } => Actor::Person(person.id.clone()),
            Principal::Key { grant, .. } => grant.scope.actor().clone(),
        }
    }

    pub const fn person(&self) -> Option<&Person> {
        match &self.principal {
            Principal::Person { person, .. } => Some(person),
            Principal::Key { .. } => None,
        }
    }

    /// What it may do in the agency; None for whoever has no place there.
    pub fn in_agency(&self) -> Option<AgencyRight> {
        let Principal::Person { person, memberships } = &self.principal else { return None };
        let own = memberships.iter().find(|it| it.kind == MembershipKind::Agency)?;
        Some(AgencyRight {
            scope: AgencyScope::from_membership(person.id.clone()),
            held: own.held(),
            limited_to: own.is_limited.then(|| person.id.clone()),
        })
    }

    /// What it may do in this client. None when the client is out of its reach or is not there: both look the same.
    pub fn on_client(&self, tx: &ReadTx<'_>, client_id: &ClientId) -> Result<Option<ClientRight>, DbError> {
        match &self.principal {
            Principal::Person { person, memberships } => on_client(tx, person, memberships, client_id),
            Principal::Key { grant, .. } if grant.scope.client_id() == client_id => Ok(Some(ClientRight {
                scope: grant.scope.clone(),
                held: permissions_of_key(&grant.key_scopes).into_iter().collect(),
                gives: Held::default(),
                key_scopes: Some(grant.key_scopes.clone()),
                withheld_scopes: grant.withheld.clone(),
                client_status: grant.client_status,
                is_of_agency: false,
            })),
            Principal::Key { .. } => Ok(None),
        }
    }
}

fn on_client(
    tx: &ReadTx<'_>,
    person: &Person,
    memberships: &[Membership],
    client_id: &ClientId,
) -> Result<Option<ClientRight>, DbError> {
    let scope = ClientScope::from_membership(client_id.clone(), person.id.clone());
    let in_agency = memberships.iter().find(|it| it.kind == MembershipKind::Agency);
    let in_agency = match in_agency {
        Some(own) if own.is_limited && !people::is_assigned(tx, &person.id, client_id)? => None,
        other => other,
    };
    let in_client = memberships.iter().find(|it| it.client_id.as_ref() == Some(client_id));
    if in_agency.is_none() && in_client.is_none() {
        return Ok(None);
    }
    // What is being erased takes nothing in any more.
    let Some(client) = clients::find(tx, &scope)?.filter(|client| !client.is_erasing) else {
        return Ok(None);
    };
    let places = || in_agency.into_iter().chain(in_client);
    Ok(Some(ClientRight {
        scope,
        held: places().flat_map(|it| it.held().list()).collect(),
        gives: places().flat_map(|it| it.held_by_role().list()).collect(),
        key_scopes: None,
        withheld_scopes: Vec::new(),
        client_status: client.status,
        is_of_agency: in_agency.is_some(),
    }))
}

impl ClientRight {
    /// Whether it opens a row that asks for this.
    pub fn opens(&self, permission: Permission, key_scope: Option<KeyScope>) -> bool {
        match &self.key_scopes {
            Some(scopes) => key_scope.is_some_and(|scope| scopes.contains(&scope)),
            None => self.held.contains(permission),
        }
    }

    /// Whether it would open such a row if the agency did not look after the client.
    pub fn is_withheld(&self, permission: Permission, key_scope: Option<KeyScope>) -> bool {
        match self.key_scopes {
            Some(_) => key_scope.is_some_and(|scope| self.withheld_scopes.contains(&scope)),
            None => self.gives.contains(permission),
        }
    }

    /// Whoever acts here, for giving and taking places.
    pub fn granter(&self) -> Granter {
        Granter { held: self.gives.clone(), person_id: person_of(self.scope.actor()) }
    }
}

impl AgencyRight {
    /// Whoever acts here, for giving and taking places.
    pub fn granter(&self) -> Granter {
        Granter { held: self.held.clone(), person_id: person_of(self.scope.actor()) }
    }
}

fn person_of(actor: &Actor) -> Option<PersonId> {
    match actor {
        Actor::Person(id) => Some(id.clone()),
        _ => None,
    }
}

/// What a row behind a key's scope asks of a person: one table for all rows.
pub const fn permission_of(scope: KeyScope) -> Permission {
    match scope {
        KeyScope::KnowledgeRead | KeyScope::Search => Permission::KnowledgeRead,
        KeyScope::KnowledgeWrite => Permission::KnowledgeWrite,
        KeyScope::SettingsRead => Permission::SettingsRead,
        KeyScope::SettingsWrite => Permission::SettingsWrite,
        KeyScope::ConversationsRead | KeyScope::UsageRead => Permission::ConversationsRead,
        KeyScope::ConversationsWrite => Permission::ConversationsWrite,
    }
}

/// What a session made from a key shows that it may do. Each row is judged by the key's own scopes: those are
/// finer.
pub fn permissions_of_key(scopes: &[KeyScope]) -> Vec<Permission> {
    let is_named_so = |scope: &&KeyScope| !matches!(scope, KeyScope::Search | KeyScope::UsageRead);
    scopes.iter().filter(is_named_so).map(|scope| permission_of(*scope)).collect()
}

fn record(
    tx: &WriteTx<'_>,
    action: &'static str,
    id: &PersonSessionId,
    client_id: Option<&ClientId>,
) -> Result<(), DbError> {
    audit::record(tx, &Deed { action, client_id, subject_id: id.as_str(), fields: &[], values_after: None })
}
