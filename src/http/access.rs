//! Who may call a route.
//!
//! The second half of a row is its access rule: one of [`Public`], [`Key`], [`SignedIn`], [`Agency`], [`Member`],
//! [`Setup`] and [`Metrics`]. The rule decides, at compile time, what a handler may ask for as its caller:
//! `Call<ClientScope>` fits behind [`Key`] and [`Member`], `Call<Anyone>` behind [`Public`] and [`Metrics`],
//! `Call<AgencyScope>` behind [`Setup`], `Call<AgencyStaff>` behind [`Agency`].
//!
//! The frame finds the credential, asks the [`Gatekeeper`] what it is worth, and compares the key's scopes or the
//! person's permissions with the row itself, so that a gatekeeper cannot forget to. A public row asks nobody.
//!
//! Every row behind a key has a twin behind a session, at `/api/clients/{client}/…` with [`Access::Member`]: see
//! `route.rs`.

use super::problem::Problem;
use super::problem_codes::Code;
use crate::domain::access::agency_keys::AGENCY_KEY_PREFIX;
use crate::domain::access::sessions::{AgencyRight, ClientRight, SessionGrant};
use crate::domain::people::permissions::Permission;
use crate::ground::scope::{Actor, AgencyScope, ClientScope};
use crate::ground::secret::Secret;
use crate::ground::time::Timestamp;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use futures_util::future::BoxFuture;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

pub use crate::domain::access::keys::KeyScope;

/// A row's access rule as data: for the gatekeeper, the OpenAPI document and the access sweep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anyone. `why` stands in the list of deliberately public routes.
    Public { why: &'static str },
    /// A client's API key that holds this scope.
    Key(KeyScope),
    /// Whoever is signed in.
    Session,
    /// Staff of the agency that holds this.
    Agency(Permission),
    /// Whoever is signed in and holds this in the client that the path names.
    Member {
        permission: Permission,
        /// What a session that was made from a key needs instead; None: no key opens the row.
        key_scope: Option<KeyScope>,
    },
    /// Whoever holds the one-time setup link.
    Setup,
    /// Whoever may read the metrics.
    Metrics,
}

impl Access {
    /// Whether a cookie opens the row.
    pub const fn is_by_session(self) -> bool {
        matches!(self, Access::Session | Access::Agency(_) | Access::Member { .. })
    }
}

/// Anyone may call; the text says why that is right.
#[derive(Debug, Clone, Copy)]
pub struct Public(pub &'static str);

/// A client's API key with this scope.
#[derive(Debug, Clone, Copy)]
pub struct Key(pub KeyScope);

/// Whoever is signed in.
#[derive(Debug, Clone, Copy)]
pub struct SignedIn;

/// Staff of the agency that holds this permission.
#[derive(Debug, Clone, Copy)]
pub struct Agency(pub Permission);

/// Whoever is signed in and holds this permission in the client of the path parameter `{client}`.
#[derive(Debug, Clone, Copy)]
pub struct Member(pub Permission);

/// The one-time setup link: its token as `Authorization: Bearer`, or as the path parameter `{token}`.
#[derive(Debug, Clone, Copy)]
pub struct Setup;

/// The metrics token as `Authorization: Bearer`, or whatever else the gatekeeper accepts.
#[derive(Debug, Clone, Copy)]
pub struct Metrics;

/// An access rule as a row is written with.
pub trait Rule: Copy {
    fn access(self) -> Access;
}

impl Rule for Public {
    fn access(self) -> Access {
        Access::Public { why: self.0 }
    }
}

impl Rule for Key {
    fn access(self) -> Access {
        Access::Key(self.0)
    }
}

impl Rule for SignedIn {
    fn access(self) -> Access {
        Access::Session
    }
}

impl Rule for Agency {
    fn access(self) -> Access {
        Access::Agency(self.0)
    }
}

impl Rule for Member {
    fn access(self) -> Access {
        Access::Member { permission: self.0, key_scope: None }
    }
}

impl Rule for Setup {
    fn access(self) -> Access {
        Access::Setup
    }
}

impl Rule for Metrics {
    fn access(self) -> Access {
        Access::Metrics
    }
}

/// What a gatekeeper found a credential to be worth.
#[derive(Debug, Clone)]
pub enum Admission {
    Anyone,
    /// A valid key of an active client, with the scopes that the key holds there.
    Key {
        scope: ClientScope,
        scopes: BTreeSet<KeyScope>,
        /// What it holds besides, and what opens nothing while the agency looks after the client.
        withheld: Vec<KeyScope>,
    },
    Session(Arc<SessionGrant>),
    /// Staff of the agency, with what they hold there; without a session it is a key of the agency.
    Agency {
        grant: Option<Arc<SessionGrant>>,
        right: AgencyRight,
    },
    /// Somebody who reaches this client, with what they hold there; without a session it is a key of the agency.
    Member {
        grant: Option<Arc<SessionGrant>>,
        right: ClientRight,
    },
    Setup(AgencyScope),
    Metrics,
}

impl Admission {
    /// Who acts, where that is known.
    pub fn client_scope(&self) -> Option<&ClientScope> {
        match self {
            Admission::Key { scope, .. } => Some(scope),
            Admission::Member { right, .. } => Some(&right.scope),
            Admission::Anyone
            | Admission::Session(_)
            | Admission::Agency { .. }
            | Admission::Setup(_)
            | Admission::Metrics => None,
        }
    }

    /// The session that was presented.
    pub fn session(&self) -> Option<&Arc<SessionGrant>> {
        match self {
            Admission::Session(grant) => Some(grant),
            Admission::Agency { grant, .. } | Admission::Member { grant, .. } => grant.as_ref(),
            Admission::Anyone | Admission::Key { .. } | Admission::Setup(_) | Admission::Metrics => None,
        }
    }

    /// The id of the key that was presented.
    pub fn key_id(&self) -> Option<&str> {
        let actor = match self {
            Admission::Agency { right, .. } => right.scope.actor(),
            other => other.client_scope()?.actor(),
        };
        match actor {
            Actor::Key(id) => Some(crate::ground::ids::Id::as_str(id)),
            _ => None,
        }
    }
}

/// What came with the request.
#[derive(Debug, Clone, Copy)]
pub struct Presented<'a> {
    /// The text of the credential: of a header, or of the cookie where a session opens the row. Behind [`Key`] and
    /// sessions there always is one: without it the frame answers 401.
    pub credential: Option<&'a Secret<String>>,
    /// The path parameter `{client}`.
    pub client: Option<&'a str>,
    /// The client's address behind trusted proxies.
    pub address: IpAddr,
    pub now: Timestamp,
}

/// Judges credentials; implemented over the database.
pub trait Gatekeeper: Send + Sync + 'static {
    /// Says what the credential is worth for this rule; behind [`Agency`] and [`Member`] it is a session's token or a
    /// key of the agency. Answers [`Code::Unauthorized`] for an unknown, expired
    /// or revoked key, [`Code::ClientInactive`] for a suspended client, [`Code::SetupLinkInvalid`] for a spent
    /// link, [`Code::SessionMissing`] for a session that is over, [`Code::NotFound`] for a client out of reach. Answers
    /// with the kind of admission that the rule asks for (open metrics are
    /// [`Admission::Metrics`] too); another kind is an internal problem. Never called for a public row.
    fn admit<'a>(
        &'a self,
        access: Access,
        presented: Presented<'a>,
    ) -> BoxFuture<'a, Result<Admission, Problem>>;
}

/// A caller as a handler asks for it, behind the rule `R`.
pub trait Caller<R: Rule>: Sized + Send + 'static {
    /// The caller in this admission; None when a gatekeeper answered with another kind than it was asked for.
    fn from_admission(admission: &Admission) -> Option<Self>;
}

/// The caller of a public route: nobody in particular.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anyone;

impl Caller<Public> for Anyone {
    fn from_admission(_: &Admission) -> Option<Self> {
        Some(Anyone)
    }
}

impl Caller<Metrics> for Anyone {
    fn from_admission(admission: &Admission) -> Option<Self> {
        matches!(admission, Admission::Metrics).then_some(Anyone)
    }
}

impl Caller<Key> for ClientScope {
    fn from_admission(admission: &Admission) -> Option<Self> {
        admission.client_scope().cloned()
    }
}

impl Caller<Member> for ClientScope {
    fn from_admission(admission: &Admission) -> Option<Self> {
        ClientMember::from_admission(admission).map(|member| member.right.scope)
    }
}

/// Somebody who is signed in and reaches the client of the path.
#[derive(Debug, Clone)]
pub struct ClientMember {
    /// None for a key of the agency.
    pub grant: Option<Arc<SessionGrant>>,
    pub right: ClientRight,
}

impl Caller<Member> for ClientMember {
    fn from_admission(admission: &Admission) -> Option<Self> {
        match admission {
            Admission::Member { grant, right } => Some(Self { grant: grant.clone(), right: right.clone() }),
            _ => None,
        }
    }
}

/// Somebody of the agency who is signed in, or a key of the agency.
#[derive(Debug, Clone)]
pub struct AgencyStaff {
    pub right: AgencyRight,
}

impl Caller<Agency> for AgencyStaff {
    fn from_admission(admission: &Admission) -> Option<Self> {
        match admission {
            Admission::Agency { right, .. } => Some(Self { right: right.clone() }),
            _ => None,
        }
    }
}

impl Caller<SignedIn> for Arc<SessionGrant> {
    fn from_admission(admission: &Admission) -> Option<Self> {
        match admission {
            Admission::Session(grant) => Some(Arc::clone(grant)),
            _ => None,
        }
    }
}

impl Caller<Setup> for AgencyScope {
    fn from_admission(admission: &Admission) -> Option<Self> {
        match admission {
            Admission::Setup(scope) => Some(scope.clone()),
            _ => None,
        }
    }
}

/// Finds the key in `X-API-Key` or `Authorization: Bearer …`.
///
/// Both with the same text are one credential; two different ones are a 400, because whichever we took would
/// surprise somebody. A header of another scheme, or that is not text, is no credential.
pub(super) fn credential_in(headers: &HeaderMap) -> Result<Option<Secret<String>>, Problem> {
    let mut found: Option<&str> = None;
    let keys = headers.get_all("x-api-key").iter().filter_map(|value| value.to_str().ok()).map(str::trim);
    let bearers = headers.get_all(AUTHORIZATION).iter().filter_map(|value| bearer(value.to_str().ok()?));
    for text in keys.chain(bearers).filter(|text| !text.is_empty()) {
        if found.is_some_and(|other| other != text) {
            let detail =
                "The request carries two different API keys. Send one, as `X-API-Key` or as a bearer token.";
            return Err(Problem::with_detail(Code::InvalidRequest, detail));
        }
        found = Some(text);
    }
    Ok(found.map(|text| Secret::new(text.to_owned())))
}

/// The key of the agency that came with the request, where one opens the row.
pub(super) fn agency_key_in(access: Access, headers: &HeaderMap) -> Result<Option<Secret<String>>, Problem> {
    if !matches!(access, Access::Agency(_) | Access::Member { .. }) {
        return Ok(None);
    }
    let is_agency_key = |text: &Secret<String>| text.reveal().starts_with(AGENCY_KEY_PREFIX);
    Ok(credential_in(headers)?.filter(is_agency_key))
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The 401 for a request without a credential.
pub(super) fn credential_missing() -> Problem {
    let detail = "Send an API key as `X-API-Key: …` or `Authorization: Bearer …`.";
    Problem::with_detail(Code::Unauthorized, detail)
}

/// The 401 for a request without a session that is in force.
pub(super) fn session_missing() -> Problem {
    Problem::with_detail(Code::SessionMissing, "Nobody is signed in here, or the session is over. Sign in.")
}

/// The 403 for a key that lacks the row's scope, or a person who lacks its permission; None when they hold it, or
/// when the rule needs none.
pub(super) fn missing_scope(access: Access, admission: &Admission) -> Option<Problem> {
    let detail = match (access, admission) {
        (Access::Key(needed), Admission::Key { scopes, withheld, .. }) if !scopes.contains(&needed) => {
            if withheld.contains(&needed) {
                MANAGED.to_owned()
            } else {
                format!("This key lacks the scope `{}`. Use a key that holds it.", needed.as_str())
            }
        }
        (Access::Agency(needed), Admission::Agency { right, .. }) if !right.held.contains(needed) => {
            return Some(lacking(needed));
        }
        (Access::Member { permission, key_scope }, Admission::Member { right, .. })
            if !right.opens(permission, key_scope) =>
        {
            if !right.is_withheld(permission, key_scope) {
                return Some(lacking(permission));
            }
            MANAGED.to_owned()
        }
        _ => return None,
    };
    Some(Problem::with_detail(Code::Forbidden, detail))
}

/// Why a client's people and keys cannot do what others can.
const MANAGED: &str = "The agency manages this account, so only its people can see or change that.";

/// The 403 for whoever lacks a permission.
pub(super) fn lacking(needed: Permission) -> Problem {
    let detail = format!("This needs the permission `{needed}`, which your role does not hold.");
    Problem::with_detail(Code::Forbidden, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_key_is_found_in_either_header_and_two_different_keys_are_refused() {
        let found = |pairs: &[(&'static str, &str)]| {
            credential_in(&headers(pairs)).map(|secret| secret.map(|text| text.reveal().clone()))
        };

        assert_eq!(found(&[("x-api-key", "k1")]).unwrap().as_deref(), Some("k1"));
        assert_eq!(found(&[("authorization", "bearer  k1 ")]).unwrap().as_deref(), Some("k1"));
        assert_eq!(
            found(&[("x-api-key", "k1"), ("authorization", "Bearer k1")]).unwrap().as_deref(),
            Some("k1")
        );
        assert_eq!(found(&[("authorization", "Basic dTpw")]).unwrap(), None);
        assert_eq!(found(&[("x-api-key", " ")]).unwrap(), None);
        let both = found(&[("x-api-key", "k1"), ("authorization", "Bearer k2")]);
        assert_eq!(both.unwrap_err().code(), Code::InvalidRequest);
    }
}
