//! Whose data a function may touch, and who acts.
//!
//! Every function that reads or writes a tenant's row takes a [`ClientScope`]; the few that look across
//! clients take an [`AgencyScope`]. The constructors are named after what proves the right, so that each place
//! where a scope is made can be found and judged.

use super::ids::{ApiKeyId, ClientId, Id as _, PersonId, SessionId};

/// Who acts: stands in the audit log, as ids only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A program or person holding this API key, of a client or of the agency.
    Key(ApiKeyId),
    /// A visitor in a client's widget.
    Visitor(Option<SessionId>),
    /// A person who is signed in.
    Person(PersonId),
    /// The operator at the command line of the machine.
    Operator,
    /// Whoever holds the one-time setup link.
    SetupLink,
    /// The appliance itself, in the named job or at start.
    System(&'static str),
}

impl Actor {
    /// The kind as it stands in the audit log.
    pub const fn kind(&self) -> &'static str {
        match self {
            Actor::Key(_) => "api_key",
            Actor::Visitor(_) => "visitor",
            Actor::Person(_) => "person",
            Actor::Operator => "operator",
            Actor::SetupLink => "setup_link",
            Actor::System(_) => "system",
        }
    }

    /// The person, where one acts.
    pub const fn person_id(&self) -> Option<&PersonId> {
        match self {
            Actor::Person(id) => Some(id),
            _ => None,
        }
    }

    /// The id within its kind, where there is one.
    pub fn id(&self) -> Option<&str> {
        match self {
            Actor::Key(id) => Some(id.as_str()),
            Actor::Visitor(Some(id)) => Some(id.as_str()),
            Actor::Person(id) => Some(id.as_str()),
            Actor::System(name) => Some(name),
            Actor::Visitor(None) | Actor::Operator | Actor::SetupLink => None,
        }
    }
}

/// The right to one client's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientScope {
    client_id: ClientId,
    actor: Actor,
}

impl ClientScope {
    /// A key of this client was presented and found valid.
    pub const fn from_key(client_id: ClientId, key_id: ApiKeyId) -> Self {
        Self { client_id, actor: Actor::Key(key_id) }
    }

    /// A person has a place in this client, or in the agency with this client in reach.
    pub const fn from_membership(client_id: ClientId, person_id: PersonId) -> Self {
        Self { client_id, actor: Actor::Person(person_id) }
    }

    /// A public route named this client, and the client exists and is active.
    pub const fn from_public_route(client_id: ClientId, session: Option<SessionId>) -> Self {
        Self { client_id, actor: Actor::Visitor(session) }
    }

    /// A durable row (a job, a change) carries this client's id.
    pub const fn from_row(client_id: ClientId, work: &'static str) -> Self {
        Self { client_id, actor: Actor::System(work) }
    }

    pub const fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    pub const fn actor(&self) -> &Actor {
        &self.actor
    }
}

/// The right to look across clients: an operator's, the setup link's, of the agency's staff and keys, or the
/// appliance's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgencyScope {
    actor: Actor,
}

impl AgencyScope {
    /// The command line of the machine, or its control socket.
    pub const fn from_operator() -> Self {
        Self { actor: Actor::Operator }
    }

    /// The one-time setup link was presented and found valid.
    pub const fn from_setup_link() -> Self {
        Self { actor: Actor::SetupLink }
    }

    /// A person has a place in the agency.
    pub const fn from_membership(person_id: PersonId) -> Self {
        Self { actor: Actor::Person(person_id) }
    }

    /// A key of the agency was presented and found valid.
    pub const fn from_key(key_id: ApiKeyId) -> Self {
        Self { actor: Actor::Key(key_id) }
    }

    /// Work of the appliance itself, named.
    pub const fn from_system(work: &'static str) -> Self {
        Self { actor: Actor::System(work) }
    }

    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The scope of one client, for the same actor.
    pub fn client(&self, client_id: ClientId) -> ClientScope {
        ClientScope { client_id, actor: self.actor.clone() }
    }
}
