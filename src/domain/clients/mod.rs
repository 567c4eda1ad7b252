//! Clients: the businesses that the agency serves. Each is a tenant with settings of its own.
//!
//! Creating one makes its settings too, so that its widget works at once. Start at [`create`]; the look of the
//! widget and the allowed domains are in [`settings`] and [`looks`], uploaded logos in [`logo`], the judgement of
//! origins in [`origins`]; who looks after a client, and whether it is a real one, in [`serving`].

pub mod contacts;
pub mod contrast;
pub mod css;
pub mod logo;
mod look_values;
pub mod looks;
pub mod origins;
pub mod serving;
pub mod settings;
pub mod sightings;
mod store;
mod svg;

use crate::ground::bounded_text::BoundedText;
use crate::ground::email_address::EmailAddress;
use crate::ground::ids::{ClientId, Id as _, PersonId, SessionId};
use crate::ground::limits::CLIENT_NAME_CHARS_MAX;
use crate::ground::scope::{AgencyScope, ClientScope};
use crate::ground::time::Timestamp;
use crate::store::audit::{self, Deed};
use crate::store::events::{self, Event};
use crate::store::{DbError, Page, PageRequest, ReadTx, WriteTx};
use crate::text_enum;
use serving::{Plan, PlanStart, Purpose, Service};
use settings::ClientSettings;

/// The words of the client's texts have other stems from now on.
pub const LANGUAGE_CHANGED: &str = "client.language_changed";

pub type ClientName = BoundedText<1, CLIENT_NAME_CHARS_MAX>;

text_enum! {
    /// Whether a client is served.
    pub enum ClientStatus {
        Active = "active",
        /// Its widget is silent and its keys are refused, until it is resumed. Nothing is deleted.
        Suspended = "suspended",
    }
}

/// A business that the agency serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    pub id: ClientId,
    pub name: ClientName,
    pub email: EmailAddress,
    /// Suspended too where it was deactivated.
    pub status: ClientStatus,
    pub service: Service,
    pub purpose: Purpose,
    /// Of an account that began with a sign-up; None once the agency has taken it on, and for every other.
    pub plan: Option<Plan>,
    /// When a trial ends.
    pub trial_ends_at: Option<Timestamp>,
    /// When it left; None while it is a client of the agency.
    pub deactivated_at: Option<Timestamp>,
    /// Whether everything of it is being removed, for good.
    pub is_erasing: bool,
    pub created_at: Timestamp,
    /// Counts the changes.
    pub version: u32,
}

/// A change of a client; what is None stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientPatch {
    pub name: Option<ClientName>,
    pub email: Option<EmailAddress>,
    pub service: Option<Service>,
    pub purpose: Option<Purpose>,
    /// Takes on an account that began with a sign-up: neither its caps nor the end of its trial hold any more.
    pub take_on: bool,
}

/// Which clients to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientFilter {
    /// Part of the name or of the address, in whichever case; empty for all.
    pub query: String,
    /// Only those that are assigned to this person.
    pub assigned_to: Option<PersonId>,
}

/// Clients that are served, by what they are there for, and the real ones that are not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ClientCounts {
    pub live: u32,
    pub demo: u32,
    pub test: u32,
    pub suspended: u32,
}

#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("There is no client with this id. Copy the id again from the list of clients.")]
    NotFound,
    #[error("This client is suspended. Ask the agency to resume it.")]
    Suspended,
    #[error("Deactivate the client first; whatever was a mistake can be undone until then.")]
    StillActive,
    #[error("Everything of this client is being removed. Make a new one instead.")]
    BeingErased,
    #[error("This was changed by somebody else in the meantime. Load it again and repeat the change.")]
    StaleVersion { current: u32 },
    #[error(transparent)]
    Contrast(#[from] looks::ContrastError),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// What a client is made from.
#[derive(Debug, Clone)]
pub struct NewClient {
    pub name: ClientName,
    pub email: EmailAddress,
    pub service: Service,
    pub purpose: Purpose,
    pub plan: Option<PlanStart>,
}

impl NewClient {
    /// A real client that looks after itself.
    pub const fn new(name: ClientName, email: EmailAddress) -> Self {
        Self { name, email, service: Service::SelfServe, purpose: Purpose::Live, plan: None }
    }
}

/// Makes a client with settings that work as they are.
pub fn create(tx: &WriteTx<'_>, _scope: &AgencyScope, new: &NewClient) -> Result<Client, ClientError> {
    let client = Client {
        id: tx.new_id(),
        name: new.name.clone(),
        email: new.email.clone(),
        status: ClientStatus::Active,
        service: new.service,
        purpose: new.purpose,
        plan: new.plan.map(|start| start.plan),
        trial_ends_at: new.plan.and_then(|start| start.trial_ends_at),
        deactivated_at: None,
        is_erasing: false,
        created_at: tx.now(),
        version: 1,
    };
    store::insert(tx, &client)?;
    store::insert_settings(tx, &client.id, &ClientSettings::default())?;
    audit::record(
        tx,
        &Deed {
            action: "client.created",
            client_id: Some(&client.id),
            subject_id: client.id.as_str(),
            fields: &["name", "email", "status", "service", "purpose", "plan"],
            values_after: Some(values(&client)),
        },
    )?;
    Ok(client)
}

/// The clients of the agency that are not being erased, newest first.
pub fn list(
    tx: &ReadTx<'_>,
    _scope: &AgencyScope,
    filter: &ClientFilter,
    page: &PageRequest,
) -> Result<Page<Client>, ClientError> {
    let clients = store::list(tx, filter, page)?;
    Ok(page.page(clients, |client| (client.created_at, client.id.to_string()))?)
}

/// The client itself.
pub fn get(tx: &ReadTx<'_>, scope: &ClientScope) -> Result<Client, ClientError> {
    find(tx, scope)?.ok_or(ClientError::NotFound)
}

/// The client itself, if it is there.
pub fn find(tx: &ReadTx<'_>, scope: &ClientScope) -> Result<Option<Client>, DbError> {
    store::find(tx, scope.client_id())
}

/// Changes name, address, or how it is served. With `expected`, only if nobody changed the client since.
pub fn change(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    patch: &ClientPatch,
    expected: Option<u32>,
) -> Result<Client, ClientError> {
    let client = get(tx, scope)?;
    if expected.is_some_and(|expected| expected != client.version) {
        return Err(ClientError::StaleVersion { current: client.version });
    }
    let changed = patched(&client, patch);
    let fields: Vec<&str> = [
        (changed.name != client.name, "name"),
        (changed.email != client.email, "email"),
        (changed.service != client.service, "service"),
        (changed.purpose != client.purpose, "purpose"),
        (changed.plan != client.plan, "plan"),
    ]
    .into_iter()
    .filter_map(|(is_changed, name)| is_changed.then_some(name))
    .collect();
    if fields.is_empty() {
        return Ok(client);
    }
    store::update(tx, scope, &changed)?;
    audit::record(
        tx,
        &Deed {
            action: "client.changed",
            client_id: Some(scope.client_id()),
            subject_id: scope.client_id().as_str(),
            fields: &fields,
            values_after: Some(values(&changed)),
        },
    )?;
    Ok(Client { version: client.version + 1, ..changed })
}

fn patched(client: &Client, patch: &ClientPatch) -> Client {
    Client {
        name: patch.name.clone().unwrap_or_else(|| client.name.clone()),
        email: patch.email.clone().unwrap_or_else(|| client.email.clone()),
        service: patch.service.unwrap_or(client.service),
        purpose: patch.purpose.unwrap_or(client.purpose),
        plan: client.plan.filter(|_| !patch.take_on),
        trial_ends_at: client.trial_ends_at.filter(|_| !patch.take_on),
        ..client.clone()
    }
}

/// What the log keeps of a client, beside its ids.
fn values(client: &Client) -> serde_json::Value {
    serde_json::json!({
        "name": client.name,
        "email": client.email,
        "service": client.service,
        "purpose": client.purpose,
        "plan": client.plan,
    })
}

/// Suspends or resumes a client; a deactivated one is taken back. Doing it twice is doing it once.
pub fn set_status(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    status: ClientStatus,
) -> Result<Client, ClientError> {
    let client = get(tx, scope)?;
    if client.is_erasing {
        return Err(ClientError::BeingErased);
    }
    if client.status == status {
        return Ok(client);
    }
    let action = match (status, client.deactivated_at) {
        (ClientStatus::Suspended, _) => "client.suspended",
        (ClientStatus::Active, None) => "client.resumed",
        (ClientStatus::Active, Some(_)) => "client.reactivated",
    };
    // Whoever is resumed after their trial is not suspended again by its end.
    let is_trial_over = client.trial_ends_at.is_some_and(|ends_at| ends_at <= tx.now());
    let trial_ends_at = client.trial_ends_at.filter(|_| !(is_trial_over && status == ClientStatus::Active));
    set_stand(tx, scope, Client { status, trial_ends_at, deactivated_at: None, ..client }, action)
}

/// Notes that the client has left: it is suspended, and [`begin_erasure`] may follow. What ends with it is ended by
/// `access::deactivation`, in the same transaction. Doing it twice is doing it once.
pub fn deactivate(tx: &WriteTx<'_>, scope: &ClientScope) -> Result<Client, ClientError> {
    let client = get(tx, scope)?;
    if client.deactivated_at.is_some() {
        return Ok(client);
    }
    let left = Client { status: ClientStatus::Suspended, deactivated_at: Some(tx.now()), ..client };
    set_stand(tx, scope, left, "client.deactivated")
}

/// Closes the way back of a client that was deactivated: its rows are about to be removed.
pub fn begin_erasure(tx: &WriteTx<'_>, scope: &ClientScope) -> Result<(), ClientError> {
    let client = get(tx, scope)?;
    if client.deactivated_at.is_none() {
        return Err(ClientError::StillActive);
    }
    if !client.is_erasing {
        store::set_erasing(tx, scope)?;
    }
    Ok(())
}

fn set_stand(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    client: Client,
    action: &'static str,
) -> Result<Client, ClientError> {
    store::set_stand(tx, scope, &client)?;
    audit::record(
        tx,
        &Deed {
            action,
            client_id: Some(scope.client_id()),
            subject_id: scope.client_id().as_str(),
            fields: &["status"],
            values_after: Some(serde_json::json!({ "status": client.status })),
        },
    )?;
    Ok(Client { version: client.version + 1, ..client })
}

/// Whether an account began with a sign-up of this address, be it over.
pub fn has_signed_up(tx: &ReadTx<'_>, email: &EmailAddress) -> Result<bool, DbError> {
    store::has_signed_up(tx, email)
}

/// The clients whose trial is over and who are served still, at most so many.
pub fn list_ended_trials(tx: &ReadTx<'_>, limit: u32) -> Result<Vec<ClientId>, DbError> {
    store::list_ended_trials(tx, tx.now(), limit)
}

/// The clients that are served on a trial that ends before this moment and who have not been told, soonest first, at
/// most so many.
pub fn list_untold_trials(tx: &ReadTx<'_>, before: Timestamp, limit: u32) -> Result<Vec<ClientId>, DbError> {
    store::list_untold_trials(tx, before, limit)
}

/// Notes that the client was told when its trial ends.
pub fn set_trial_told(tx: &WriteTx<'_>, scope: &ClientScope) -> Result<(), DbError> {
    store::set_trial_told(tx, scope)
}

/// How many clients there are of each kind.
pub fn count(
    tx: &ReadTx<'_>,
    _scope: &AgencyScope,
    assigned_to: Option<&PersonId>,
) -> Result<ClientCounts, DbError> {
    store::count(tx, assigned_to)
}

/// The scope of a public route: the client that the request named, if it exists and is served.
pub fn public_scope(
    tx: &ReadTx<'_>,
    client_id: &ClientId,
    session: Option<SessionId>,
) -> Result<ClientScope, ClientError> {
    match store::find(tx, client_id)? {
        Some(client) if client.status == ClientStatus::Active => {
            Ok(ClientScope::from_public_route(client.id, session))
        }
        Some(_) => Err(ClientError::Suspended),
        None => Err(ClientError::NotFound),
    }
}

/// The client's settings and their version.
pub fn get_settings(tx: &ReadTx<'_>, scope: &ClientScope) -> Result<(ClientSettings, u32), ClientError> {
    store::find_settings(tx, scope)?.ok_or(ClientError::NotFound)
}

/// Changes the given fields and leaves the others. With `expected`, only if nobody changed them since.
pub fn change_settings(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    patch: &settings::SettingsPatch,
    expected: Option<u32>,
) -> Result<(ClientSettings, u32), ClientError> {
    let (current, version) = get_settings(tx, scope)?;
    if expected.is_some_and(|expected| expected != version) {
        return Err(ClientError::StaleVersion { current: version });
    }
    let fields = patch.field_names();
    if fields.is_empty() {
        return Ok((current, version));
    }
    let former_language = current.language;
    let former_logo = current.looks.logo_hash.clone();
    let changed = patch.apply_to(current);
    if patch.changes_colors() {
        looks::check_contrast(&changed.looks, |field| fields.contains(&field))?;
    }
    if changed.looks.logo_hash != former_logo {
        store::delete_logo(tx, scope)?;
    }
    store::update_settings(tx, scope, &changed)?;
    if changed.language != former_language {
        events::emit(
            tx,
            &Event {
                kind: LANGUAGE_CHANGED,
                client_id: Some(scope.client_id().clone()),
                subject_id: Some(format!("settings:{}", version + 1)),
            },
        )?;
    }
    audit::record(
        tx,
        &Deed {
            action: "client.settings_changed",
            client_id: Some(scope.client_id()),
            subject_id: scope.client_id().as_str(),
            fields: &fields,
            values_after: serde_json::to_value(&changed).ok(),
        },
    )?;
    Ok((changed, version + 1))
}
