//! The agency's clients.

use super::key_mail::mail_key;
use crate::domain::access::keys;
use crate::domain::chat::caps::count_today;
use crate::domain::clients::serving::{Caps, Plan, Purpose, Service};
use crate::domain::clients::{
    self, Client, ClientError, ClientFilter, ClientName, ClientPatch, ClientStatus, NewClient,
};
use crate::domain::conversations;
use crate::domain::knowledge;
use crate::domain::people::members::{self, Granter, NewMember, Reach};
use crate::domain::people::permissions::Permission;
use crate::domain::people::{InvitationMessage, Organisation, Role};
use crate::ground::bounded_text::BoundedText;
use crate::ground::crypto::MacKey;
use crate::ground::email_address::EmailAddress;
use crate::ground::ids::ClientId;
use crate::ground::limits::LIST_QUERY_CHARS_MAX;
use crate::ground::scope::ClientScope;
use crate::ground::time::{DAY_MS, Timestamp};
use crate::http::api::views::ListView;
use crate::http::room_problems::InvitationFailure;
use crate::http::{
    Agency, AgencyStaff, Call, Code, Created, Json, Limit, Member, NoPath, NoQuery, Problem, Reply as _,
    Route, Versioned, get, operation, patch, post,
};
use crate::store::{DbError, PageRequest, ReadTx, WriteTx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const TAG: &str = "Clients";

pub(super) fn routes() -> Vec<Route> {
    let write = Member(Permission::ClientsWrite);
    vec![
        get(
            "/api/clients",
            operation("listClients", TAG, "List the clients, newest first."),
            Agency(Permission::ClientsRead),
            Limit::Session,
            list,
        ),
        post(
            "/api/clients",
            operation("createClient", TAG, "Make a client with its first key, and invite its owner."),
            Agency(Permission::ClientsWrite),
            Limit::SessionWrite,
            create,
        )
        .may_answer(&[Code::Forbidden]),
        get(
            "/api/clients/{client}",
            operation("getClient", TAG, "Read a client."),
            Member(Permission::ResultsRead),
            Limit::Session,
            read,
        ),
        patch(
            "/api/clients/{client}",
            operation("changeClient", TAG, "Change a client's name or address, or how it is served."),
            write,
            Limit::SessionWrite,
            change,
        )
        .takes_if_match(),
    ]
}

/// The client that the path names.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct ClientPath {
    #[expect(dead_code, reason = "the frame has made the caller's scope of it")]
    pub(super) client: ClientId,
}

/// A client with its figures.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ClientView {
    id: ClientId,
    name: String,
    email: String,
    status: ClientStatus,
    /// Who looks after the assistant: of a managed client, its own people and keys see results and change nothing.
    service: Service,
    /// What it is there for: demos and tests are capped, send nothing, and are counted nowhere.
    purpose: Purpose,
    /// Of an account that began with a sign-up, until the agency has taken it on.
    plan: Option<Plan>,
    /// When the trial ends; the account is suspended then.
    trial_ends_at: Option<Timestamp>,
    /// Null for a client without caps.
    caps: Option<CapsView>,
    /// When it left; it is suspended too. Null while it is a client of the agency.
    deactivated_at: Option<Timestamp>,
    created_at: Timestamp,
    documents: u32,
    /// Conversations with a message in the last thirty days.
    conversations_30d: u32,
    last_message_at: Option<Timestamp>,
}

/// What a client has at most that nobody pays for, and how much of the day is used up.
#[derive(Debug, Serialize, JsonSchema)]
struct CapsView {
    answers_per_day: u32,
    answers_today: u32,
    documents: u32,
    /// People, with those who are invited.
    members: u32,
}

pub(super) fn view(tx: &ReadTx<'_>, caps: &Caps, client: Client) -> Result<ClientView, DbError> {
    let scope = ClientScope::from_row(client.id.clone(), "client_list");
    let since = tx.now().plus_ms(-30 * DAY_MS);
    let activity = conversations::activity_since(tx, &scope, since)?;
    let caps = if client.is_capped() {
        let answers_today = count_today(tx, &scope)?;
        Some(CapsView {
            answers_per_day: caps.answers_per_day,
            answers_today,
            documents: caps.documents,
            members: caps.members,
        })
    } else {
        None
    };
    Ok(ClientView {
        caps,
        documents: knowledge::count(tx, &scope)?.documents,
        conversations_30d: activity.conversations,
        last_message_at: activity.last_message_at,
        id: client.id,
        name: client.name.into_string(),
        email: client.email.as_str().to_owned(),
        status: client.status,
        service: client.service,
        purpose: client.purpose,
        plan: client.plan,
        trial_ends_at: client.trial_ends_at,
        deactivated_at: client.deactivated_at,
        created_at: client.created_at,
    })
}

/// Which clients to list.
#[derive(Debug, Deserialize, JsonSchema)]
struct ClientsQuery {
    /// Items on a page: 50 by default; more than 100 is taken as 100.
    limit: Option<u32>,
    /// `next_cursor` of the page before. Leave it away for the first page.
    cursor: Option<String>,
    /// Part of the name or of the address.
    q: Option<BoundedText<0, LIST_QUERY_CHARS_MAX>>,
}

async fn list(call: Call<AgencyStaff, NoPath, ClientsQuery>) -> Result<Json<ListView<ClientView>>, Problem> {
    let Call { state, caller, query, .. } = call;
    let page = PageRequest::new(query.limit, query.cursor.as_deref())
        .map_err(|error| Problem::field("/cursor", error.to_string()))?;
    let filter = ClientFilter {
        query: query.q.map(BoundedText::into_string).unwrap_or_default(),
        assigned_to: caller.right.limited_to.clone(),
    };
    let caps = state.env.caps;
    let found = state.env.db.read(move |tx| -> Result<_, ClientError> {
        let page = clients::list(tx, &caller.right.scope, &filter, &page)?;
        let items =
            page.items.into_iter().map(|client| view(tx, &caps, client)).collect::<Result<Vec<_>, _>>()?;
        Ok(ListView { items, next_cursor: page.next_cursor })
    });
    Ok(Json(found.await?))
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ClientRequest {
    name: ClientName,
    #[schemars(with = "String")]
    email: EmailAddress,
    /// Who is invited as the client's owner, if anybody.
    #[schemars(with = "Option<String>")]
    owner_email: Option<EmailAddress>,
    /// Left out: it looks after itself.
    service: Option<Service>,
    /// Left out: it is a real one.
    purpose: Option<Purpose>,
    /// Whether the client's address gets a mail with a link from which it makes a key of its own.
    #[serde(default)]
    mail_key: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
struct CreatedClientView {
    client: ClientView,
    /// Shown this once.
    api_key: String,
}

/// The two ways in which making a client can fail.
#[derive(Debug, thiserror::Error)]
enum CreateError {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Invitation(#[from] InvitationFailure),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<CreateError> for Problem {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::Client(error) => error.into(),
            CreateError::Invitation(error) => error.into(),
            CreateError::Db(error) => error.into(),
        }
    }
}

async fn create(
    call: Call<AgencyStaff, NoPath, NoQuery, Json<ClientRequest>>,
) -> Result<Created<CreatedClientView>, Problem> {
    let Call { state, caller, body: Json(request), .. } = call;
    let actor = caller.right.scope.actor().clone();
    let (signing_key, caps) = (state.env.signing_key.clone(), state.env.caps);
    let made = state.env.db.write(actor, move |tx| -> Result<_, CreateError> {
        let new = NewClient {
            service: request.service.unwrap_or_default(),
            purpose: request.purpose.unwrap_or_default(),
            ..NewClient::new(request.name.clone(), request.email.clone())
        };
        let client = clients::create(tx, &caller.right.scope, &new)?;
        let scope = caller.right.scope.client(client.id.clone());
        let key = keys::issue(tx, &scope, "first")?;
        if let Some(email) = &request.owner_email {
            invite_owner(tx, &signing_key, &scope, (&caller.right.granter(), &caps), email)?;
        }
        if request.mail_key {
            mail_key(tx, &scope)?;
        }
        Ok(CreatedClientView { client: view(tx, &caps, client)?, api_key: key.key.reveal().clone() })
    });
    let body = made.await?;
    Ok(Created { location: format!("/api/clients/{}", body.client.id), body })
}

fn invite_owner(
    tx: &WriteTx<'_>,
    key: &MacKey,
    scope: &ClientScope,
    by: (&Granter, &Caps),
    email: &EmailAddress,
) -> Result<(), InvitationFailure> {
    let organisation = Organisation::client(scope);
    let new = NewMember {
        email: email.clone(),
        role: Role::Owner,
        message: InvitationMessage::empty(),
        reach: Reach::All,
    };
    let member = members::invite(tx, &organisation, by.0, by.1, &new)?;
    super::members::send(tx, key, &organisation, &member)
}

async fn read(call: Call<ClientScope, ClientPath>) -> Result<Versioned<Json<ClientView>>, Problem> {
    let (scope, caps) = (call.caller, call.state.env.caps);
    let found = call.state.env.db.read(move |tx| -> Result<_, ClientError> {
        let client = clients::get(tx, &scope)?;
        let version = client.version;
        Ok((view(tx, &caps, client)?, version))
    });
    let (view, version) = found.await?;
    Ok(Json(view).versioned(i64::from(version)))
}

/// A change of a client; what is left out stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ChangeRequest {
    name: Option<ClientName>,
    #[schemars(with = "Option<String>")]
    email: Option<EmailAddress>,
    service: Option<Service>,
    purpose: Option<Purpose>,
    /// Takes on an account that began with a sign-up: neither its caps nor the end of its trial hold any more.
    #[serde(default)]
    take_on: bool,
}

async fn change(
    call: Call<ClientScope, ClientPath, NoQuery, Json<ChangeRequest>>,
) -> Result<Versioned<Json<ClientView>>, Problem> {
    let Call { state, caller, body: Json(request), meta, .. } = call;
    let patch = ClientPatch {
        name: request.name,
        email: request.email,
        service: request.service,
        purpose: request.purpose,
        take_on: request.take_on,
    };
    let caps = state.env.caps;
    let changed = state.env.db.write(caller.actor().clone(), move |tx| -> Result<_, ClientError> {
        let expected = match &meta.if_match {
            Some(if_match) => if_match.expected(clients::get(tx, &caller)?.version),
            None => None,
        };
        let client = clients::change(tx, &caller, &patch, expected)?;
        let version = client.version;
        Ok((view(tx, &caps, client)?, version))
    });
    let (view, version) = changed.await?;
    Ok(Json(view).versioned(i64::from(version)))
}
