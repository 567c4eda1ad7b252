//! People: who has a login, their places in the agency and in clients, and what each place lets them do.
//!
//! A person may have many memberships, each with a role; [`permissions::MATRIX`] says what a role may do. Nobody
//! grants, changes or takes away a role that holds more than they do, and the last owner stays. A change of
//! somebody's rights counts their `access_version`, which ends every session that began before. Start at
//! [`members`]. How people prove who they are is the business of `access`.

pub mod members;
pub mod permissions;
mod store;

use crate::domain::clients::serving::Service;
use crate::ground::bounded_text::BoundedText;
use crate::ground::email_address::EmailAddress;
use crate::ground::ids::{ClientId, Id as _, MembershipId, PersonId};
use crate::ground::limits::{INVITATION_MESSAGE_CHARS_MAX, PERSON_NAME_CHARS_MAX};
use crate::ground::scope::{AgencyScope, ClientScope};
use crate::ground::time::Timestamp;
use crate::store::audit::{self, Deed};
use crate::store::{DbError, ReadTx, WriteTx};
use crate::text_enum;
use permissions::Held;

pub type PersonName = BoundedText<1, PERSON_NAME_CHARS_MAX>;
pub type InvitationMessage = BoundedText<0, INVITATION_MESSAGE_CHARS_MAX>;

text_enum! {
    /// Where a membership is.
    pub enum MembershipKind {
        Agency = "agency",
        Client = "client",
    }
}

text_enum! {
    /// What a person is there. Which roles a place has stands in the matrix.
    pub enum Role {
        Owner = "owner",
        Admin = "admin",
        AccountManager = "account_manager",
        ContentSpecialist = "content_specialist",
        Manager = "manager",
        Member = "member",
    }
}

text_enum! {
    /// How a membership stands.
    pub enum MemberState {
        Invited = "invited",
        Active = "active",
        /// Kept, and opens nothing.
        Off = "off",
    }
}

/// A human with a login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub id: PersonId,
    pub name: PersonName,
    pub email: EmailAddress,
    pub access_version: u32,
    pub created_at: Timestamp,
}

/// A place that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    pub id: MembershipId,
    pub kind: MembershipKind,
    /// None in the agency.
    pub client_id: Option<ClientId>,
    pub client_name: Option<String>,
    /// Who looks after the client; None in the agency.
    pub service: Option<Service>,
    pub role: Role,
    /// Whether it reaches assigned clients only.
    pub is_limited: bool,
}

impl Membership {
    /// What this place lets its person do.
    pub fn held(&self) -> Held {
        let held = self.held_by_role();
        if self.service == Some(Service::Managed) { held.of_managed() } else { held }
    }

    /// What its role holds, whoever looks after the client: roles up to this one are its to give.
    pub fn held_by_role(&self) -> Held {
        let held = Held::of_role(self.kind, self.role).unwrap_or_default();
        if self.is_limited { held.limited() } else { held }
    }
}

/// The agency or one client, with the right to touch its people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    client_id: Option<ClientId>,
}

impl Organisation {
    pub fn agency(_scope: &AgencyScope) -> Self {
        Self { client_id: None }
    }

    pub fn client(scope: &ClientScope) -> Self {
        Self { client_id: Some(scope.client_id().clone()) }
    }

    pub const fn kind(&self) -> MembershipKind {
        if self.client_id.is_some() { MembershipKind::Client } else { MembershipKind::Agency }
    }

    pub const fn client_id(&self) -> Option<&ClientId> {
        self.client_id.as_ref()
    }
}

#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    #[error("There is no member with this id. They may have been removed.")]
    MemberNotFound,
    #[error("There is no person with this address.")]
    PersonNotFound,
    #[error("The role `{role}` does not exist here.")]
    UnknownRole { role: Role },
    #[error("You cannot give or change a role that may do more than your own.")]
    NotHeld,
    #[error("This address belongs to a member or an invitation here already.")]
    AlreadyMember,
    #[error("The last owner stays. Make somebody else an owner first.")]
    LastOwner,
    #[error("This can be done with an invitation that was not accepted yet.")]
    NotInvited,
    #[error("This can be done with a member who has accepted the invitation.")]
    StillInvited,
    #[error("An owner sees every client; choose another role to limit them.")]
    OwnerUnlimited,
    #[error("This address has a login already. Sign in with it, then open this link again.")]
    SignInFirst,
    #[error("This address belongs to another login. Sign in with that one, or choose another address.")]
    AddressTaken,
    #[error("The place already has {limit} members, which is as many as it can have.")]
    TooMany { limit: u32 },
    #[error("One of these clients does not exist.")]
    UnknownClient,
    #[error(transparent)]
    Db(#[from] DbError),
}

/// The person of this id.
pub fn find(tx: &ReadTx<'_>, id: &PersonId) -> Result<Option<Person>, DbError> {
    store::find_person(tx, id)
}

/// The person whose address this is, in whichever spelling.
pub fn find_by_email(tx: &ReadTx<'_>, email: &EmailAddress) -> Result<Option<Person>, DbError> {
    store::find_person_by_key(tx, &email.key())
}

/// The person whose address this is, if any place of theirs is in force: who may sign in.
pub fn find_active_by_email(tx: &ReadTx<'_>, email: &EmailAddress) -> Result<Option<PersonId>, DbError> {
    store::find_active_by_key(tx, &email.key())
}

/// The places of a person that are in force: the agency's first, then clients by name.
pub fn list_memberships(tx: &ReadTx<'_>, person: &PersonId) -> Result<Vec<Membership>, DbError> {
    store::list_memberships(tx, person)
}

/// Whether this client was assigned to the person.
pub fn is_assigned(tx: &ReadTx<'_>, person: &PersonId, client: &ClientId) -> Result<bool, DbError> {
    store::is_assigned(tx, person, client)
}

/// The owners whose place here is in force.
pub fn list_owners(tx: &ReadTx<'_>, organisation: &Organisation) -> Result<Vec<Person>, DbError> {
    store::list_owners(tx, organisation)
}

/// Everybody with a login, newest first, at most a hundred: for the operator.
pub fn list(tx: &ReadTx<'_>, _scope: &AgencyScope) -> Result<Vec<Person>, DbError> {
    store::list_people(tx)
}

/// Changes the person's own name.
pub fn set_name(tx: &WriteTx<'_>, person: &PersonId, name: &PersonName) -> Result<Person, PeopleError> {
    store::set_name(tx, person, name)?;
    audit::record(
        tx,
        &Deed {
            action: "person.renamed",
            client_id: None,
            subject_id: person.as_str(),
            fields: &["name"],
            values_after: Some(serde_json::json!({ "name": name })),
        },
    )?;
    find(tx, person)?.ok_or(PeopleError::PersonNotFound)
}

/// Gives the person another address; what was sent to the former one opens nothing any more.
pub fn set_email(tx: &WriteTx<'_>, person: &PersonId, email: &EmailAddress) -> Result<Person, PeopleError> {
    if find_by_email(tx, email)?.is_some_and(|other| other.id != *person) {
        return Err(PeopleError::AddressTaken);
    }
    store::set_email(tx, person, email)?;
    audit::record(
        tx,
        &Deed {
            action: "person.email_changed",
            client_id: None,
            subject_id: person.as_str(),
            fields: &["email"],
            values_after: None,
        },
    )?;
    find(tx, person)?.ok_or(PeopleError::PersonNotFound)
}

/// Notes that the person was here now.
pub fn set_last_seen(tx: &WriteTx<'_>, person: &PersonId) -> Result<(), DbError> {
    store::set_last_seen(tx, person)
}

/// Makes this address an owner of the agency, whatever it was before: the first run's, by its one-time link.
pub fn put_owner(
    tx: &WriteTx<'_>,
    scope: &AgencyScope,
    name: &PersonName,
    email: &EmailAddress,
) -> Result<Person, PeopleError> {
    let person = match find_by_email(tx, email)? {
        Some(person) => person,
        None => make(tx, name, email)?,
    };
    let membership = members::put_owner(tx, &Organisation::agency(scope), &person.id)?;
    audit::record(
        tx,
        &Deed {
            action: "member.made_owner",
            client_id: None,
            subject_id: membership.as_str(),
            fields: &["role"],
            values_after: None,
        },
    )?;
    find(tx, &person.id)?.ok_or(PeopleError::PersonNotFound)
}

fn make(tx: &WriteTx<'_>, name: &PersonName, email: &EmailAddress) -> Result<Person, DbError> {
    let person = Person {
        id: tx.new_id(),
        name: name.clone(),
        email: email.clone(),
        access_version: 1,
        created_at: tx.now(),
    };
    store::insert_person(tx, &person)?;
    Ok(person)
}
