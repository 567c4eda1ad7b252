//! The session itself: who is signed in, where else, and out again.

use crate::domain::access::sessions::{
    self, IssuedSession, Place, Principal, SessionGrant, SessionLine, permissions_of_key,
};
use crate::domain::access::setup;
use crate::domain::clients::serving::Service;
use crate::domain::people::permissions::Permission;
use crate::domain::people::{Membership, MembershipKind, Person};
use crate::ground::ids::{ClientId, PersonId, PersonSessionId};
use crate::ground::scope::Actor;
use crate::ground::time::Timestamp;
use crate::http::address::network_of;
use crate::http::api::views::{ListView, PageQuery};
use crate::http::cookies;
use crate::http::meta::RequestMeta;
use crate::http::reply::WithHeader;
use crate::http::{
    Call, Code, HttpState, Json, Limit, NoContent, NoPath, Problem, Reply as _, Route, SignedIn, delete, get,
    operation,
};
use crate::store::{DbError, ReadTx, WriteTx};
use axum::http::header::SET_COOKIE;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

const TAG: &str = "Signing in";

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/api/session",
            operation(
                "getSession",
                TAG,
                "Read who is signed in, what they may do where, and the token for writes.",
            ),
            SignedIn,
            Limit::Session,
            read,
        ),
        delete(
            "/api/session",
            operation("signOut", TAG, "Sign out of this browser."),
            SignedIn,
            Limit::SessionWrite,
            sign_out,
        ),
        get(
            "/api/sessions",
            operation(
                "listSessions",
                TAG,
                "List the devices on which the person is signed in, newest first.",
            ),
            SignedIn,
            Limit::Session,
            list,
        ),
        delete(
            "/api/sessions/{id}",
            operation("endSession", TAG, "Sign out on another device."),
            SignedIn,
            Limit::SessionWrite,
            end,
        )
        .may_answer(&[Code::NotFound]),
    ]
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PersonView {
    id: PersonId,
    name: String,
    email: String,
}

impl From<&Person> for PersonView {
    fn from(person: &Person) -> Self {
        Self { id: person.id.clone(), name: person.name.to_string(), email: person.email.as_str().to_owned() }
    }
}

/// The names that the dashboard goes by.
#[derive(Debug, Serialize, JsonSchema)]
struct ProductView {
    name: String,
    /// Where people ask for help; may be empty.
    support_email: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct AgencyView {
    name: String,
}

/// A place in the agency or in a client.
#[derive(Debug, Serialize, JsonSchema)]
struct MembershipView {
    /// Null for a session that was made from a key.
    id: Option<String>,
    kind: MembershipKind,
    /// Null in the agency.
    client_id: Option<ClientId>,
    client_name: Option<String>,
    /// Who looks after the client; null in the agency. `permissions` hold what that leaves.
    service: Option<Service>,
    /// `key` for a session that was made from a key.
    role: String,
    permissions: Vec<Permission>,
    /// Whether it reaches assigned clients only.
    is_limited: bool,
}

impl From<&Membership> for MembershipView {
    fn from(membership: &Membership) -> Self {
        Self {
            id: Some(membership.id.to_string()),
            kind: membership.kind,
            client_id: membership.client_id.clone(),
            client_name: membership.client_name.clone(),
            service: membership.service,
            role: membership.role.to_string(),
            permissions: membership.held().list(),
            is_limited: membership.is_limited,
        }
    }
}

/// Who is signed in.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SessionView {
    /// Null for a session that was made from a key.
    person: Option<PersonView>,
    /// Goes along with each write, as `X-CSRF-Token`.
    csrf_token: String,
    expires_at: Timestamp,
    product: ProductView,
    agency: Option<AgencyView>,
    /// What the person may do where.
    memberships: Vec<MembershipView>,
    /// Whether whoever listens on the way can see all this: plain http, which the operator has allowed.
    is_insecure: bool,
}

fn view(
    tx: &ReadTx<'_>,
    state: &HttpState,
    meta: &RequestMeta,
    grant: &SessionGrant,
) -> Result<SessionView, DbError> {
    let named = setup::find_agency(tx)?.map(|agency| agency.name).filter(|name| !name.is_empty());
    let memberships = match &grant.principal {
        Principal::Person { memberships, .. } => memberships.iter().map(MembershipView::from).collect(),
        Principal::Key { grant, client_name } => vec![MembershipView {
            id: None,
            kind: MembershipKind::Client,
            client_id: Some(grant.scope.client_id().clone()),
            client_name: Some(client_name.clone()),
            service: Some(grant.service),
            role: "key".to_owned(),
            permissions: permissions_of_key(&grant.key_scopes),
            is_limited: false,
        }],
    };
    Ok(SessionView {
        person: grant.person().map(PersonView::from),
        csrf_token: sessions::csrf_token(&state.env.signing_key, &grant.session_id),
        expires_at: grant.expires_at,
        product: ProductView {
            name: state.node.product_name.clone(),
            support_email: state.node.support_email.clone(),
        },
        agency: named.map(|name| AgencyView { name }),
        memberships,
        is_insecure: cookies::is_insecure(&meta.site),
    })
}

/// Where the request comes from, for the list of sessions.
pub(in crate::http) fn place(meta: &RequestMeta) -> Place {
    Place { device: meta.browser.clone(), address: network_of(meta.address).to_string() }
}

/// Begins a session by `work`, ends the one that the browser had, and answers with both the session and its cookie.
/// A fresh token is made each time, so that nobody can plant one.
pub(super) async fn begin<E>(
    state: &HttpState,
    meta: &RequestMeta,
    actor: Actor,
    work: impl Fn(&WriteTx<'_>) -> Result<Result<IssuedSession, Code>, E> + Send + 'static,
) -> Result<WithHeader<Json<SessionView>>, Problem>
where
    E: From<DbError> + Into<Problem> + Send + 'static,
{
    cookies::refuse_foreign_origin(meta.origin.as_deref(), &meta.site)?;
    cookies::require_secure(&meta.site, state.node.is_insecure_allowed)?;
    let former = meta.session_cookie.clone();
    let issued = state.env.db.write(actor, move |tx| -> Result<_, E> {
        let issued = work(tx)?;
        if let (Ok(_), Some(former)) = (&issued, &former) {
            sessions::end_by_token(tx, former.reveal())?;
        }
        Ok(issued)
    });
    let issued = issued.await.map_err(Into::<Problem>::into)?.map_err(refused)?;
    let (of_state, of_meta, token) = (state.clone(), meta.clone(), issued.token.clone());
    let found = state.env.db.read(move |tx| -> Result<_, DbError> {
        match sessions::find_grant(tx, token.reveal())? {
            Some(grant) => view(tx, &of_state, &of_meta, &grant).map(Some),
            None => Ok(None),
        }
    });
    let view = found.await?.ok_or_else(|| refused(Code::SessionMissing))?;
    Ok(Json(view).with_header(SET_COOKIE, cookies::set(&meta.site, &issued)?))
}

fn refused(code: Code) -> Problem {
    let detail = match code {
        Code::CodeInvalid => "That code is wrong, has expired or was used. Ask for a new one.",
        Code::LinkInvalid => {
            "That link has expired, was used or was replaced by a newer one. Ask for a new one."
        }
        Code::KeyInvalid => "This API key is not valid. Check it, or ask for a new one.",
        Code::ClientInactive => "This account is suspended. Ask the agency to resume it.",
        _ => "The session is over. Sign in again.",
    };
    Problem::with_detail(code, detail)
}

async fn read(call: Call<Arc<SessionGrant>>) -> Result<Json<SessionView>, Problem> {
    let Call { state, caller, meta, .. } = call;
    let of_state = state.clone();
    let found = state.env.db.read(move |tx| view(tx, &of_state, &meta, &caller));
    Ok(Json(found.await?))
}

async fn sign_out(call: Call<Arc<SessionGrant>>) -> Result<WithHeader<NoContent>, Problem> {
    let Call { state, caller, meta, .. } = call;
    state.env.db.write(caller.actor(), move |tx| sessions::end(tx, &caller)).await?;
    Ok(NoContent.with_header(SET_COOKIE, cookies::clear(&meta.site)?))
}

/// A device on which the person is signed in.
#[derive(Debug, Serialize, JsonSchema)]
struct SessionLineView {
    id: PersonSessionId,
    device: String,
    /// Of the network.
    address: String,
    created_at: Timestamp,
    last_seen_at: Timestamp,
    is_current: bool,
}

impl SessionLineView {
    fn new(line: SessionLine, current: &PersonSessionId) -> Self {
        let place = line.place.unwrap_or(Place { device: String::new(), address: String::new() });
        Self {
            is_current: line.id == *current,
            id: line.id,
            device: place.device,
            address: place.address,
            created_at: line.created_at,
            last_seen_at: line.last_seen_at,
        }
    }
}

async fn list(
    call: Call<Arc<SessionGrant>, NoPath, PageQuery>,
) -> Result<Json<ListView<SessionLineView>>, Problem> {
    let (grant, page) = (call.caller, call.query.request()?);
    let current = grant.session_id.clone();
    let found = call.state.env.db.read(move |tx| sessions::list(tx, &grant, &page)).await?;
    Ok(Json(ListView::of(found, |line| SessionLineView::new(line, &current))))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct SessionPath {
    id: PersonSessionId,
}

async fn end(call: Call<Arc<SessionGrant>, SessionPath>) -> Result<NoContent, Problem> {
    let (grant, id) = (call.caller, call.path.id);
    let ended = call.state.env.db.write(grant.actor(), move |tx| sessions::revoke(tx, &grant, &id));
    if ended.await? { Ok(NoContent) } else { Err(Problem::not_found()) }
}
