//! Members of the agency or of a client: invited, active or off.
//!
//! Whoever changes members brings a [`Granter`]: what they hold. Each change stands in the audit log in its own
//! transaction, and a change of somebody's rights ends their sessions with the same commit.

use super::permissions::Held;
use super::{
    InvitationMessage, MemberState, MembershipKind, Organisation, PeopleError, Person, PersonName, Role,
    store,
};
use crate::domain::clients::serving::Caps;
use crate::domain::clients::{self, ClientError};
use crate::ground::email_address::EmailAddress;
use crate::ground::ids::{ClientId, Id as _, MembershipId, PersonId};
use crate::ground::limits::{INVITATION_MS, MEMBERS_PER_ORGANISATION_MAX};
use crate::ground::scope::ClientScope;
use crate::ground::time::Timestamp;
use crate::store::audit::{self, Deed};
use crate::store::{DbError, Page, PageRequest, ReadTx, WriteTx};

/// Whoever gives, changes and takes places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granter {
    pub held: Held,
    /// None for an operator and for the first run.
    pub person_id: Option<PersonId>,
}

impl Granter {
    /// The operator at the command line may do everything.
    pub fn operator() -> Self {
        Self { held: Held::everything(), person_id: None }
    }

    fn check(&self, kind: MembershipKind, role: Role) -> Result<(), PeopleError> {
        let wanted = Held::of_role(kind, role).ok_or(PeopleError::UnknownRole { role })?;
        if self.held.covers(&wanted) { Ok(()) } else { Err(PeopleError::NotHeld) }
    }
}

/// Which clients a member of the agency sees. Members of a client see theirs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Reach {
    #[default]
    All,
    Only(Vec<ClientId>),
}

/// Somebody who is to be invited.
#[derive(Debug, Clone)]
pub struct NewMember {
    pub email: EmailAddress,
    pub role: Role,
    pub message: InvitationMessage,
    pub reach: Reach,
}

/// A member of the agency or of a client, as lists show them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub id: MembershipId,
    /// None while they are invited.
    pub person_id: Option<PersonId>,
    pub name: Option<PersonName>,
    pub email: EmailAddress,
    pub role: Role,
    pub state: MemberState,
    pub reach: Reach,
    pub invited_at: Timestamp,
    /// Of the invitation; None once it was accepted.
    pub expires_at: Option<Timestamp>,
    pub last_seen_at: Option<Timestamp>,
}

/// A change of a member; what is None stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemberPatch {
    pub role: Option<Role>,
    pub state: Option<MemberState>,
    pub reach: Option<Reach>,
}

/// What an invitation says to whom it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    pub id: MembershipId,
    pub kind: MembershipKind,
    pub client_id: Option<ClientId>,
    pub client_name: Option<String>,
    pub role: Role,
    pub email: EmailAddress,
    pub inviter: Option<PersonName>,
    pub message: InvitationMessage,
    pub client_ids: Vec<ClientId>,
    pub expires_at: Timestamp,
}

/// What is left to tell of an invitation that is not open any more: its message and address are gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastInvitation {
    pub client_name: Option<String>,
    pub role: Role,
    pub inviter: Option<PersonName>,
}

/// The members, newest first; those who are invited too.
pub fn list(
    tx: &ReadTx<'_>,
    organisation: &Organisation,
    page: &PageRequest,
) -> Result<Page<Member>, PeopleError> {
    let members = store::list_members(tx, organisation, page)?;
    Ok(page.page(members, |member| (member.invited_at, member.id.to_string()))?)
}

pub fn get(tx: &ReadTx<'_>, organisation: &Organisation, id: &MembershipId) -> Result<Member, PeopleError> {
    store::find_member(tx, organisation, id)?.ok_or(PeopleError::MemberNotFound)
}

/// Whether there is somebody else than this person, be it one who is only invited.
pub fn has_other(
    tx: &ReadTx<'_>,
    organisation: &Organisation,
    person: Option<&PersonId>,
) -> Result<bool, DbError> {
    store::has_member_beside(tx, organisation, person)
}

/// How many people this place has room for, with those who are invited.
fn seats(tx: &ReadTx<'_>, organisation: &Organisation, caps: &Caps) -> Result<u32, PeopleError> {
    let Some(client_id) = organisation.client_id() else { return Ok(MEMBERS_PER_ORGANISATION_MAX) };
    let scope = ClientScope::from_row(client_id.clone(), "seats");
    match clients::get(tx, &scope) {
        Ok(client) if client.is_capped() => Ok(caps.members.min(MEMBERS_PER_ORGANISATION_MAX)),
        Ok(_) => Ok(MEMBERS_PER_ORGANISATION_MAX),
        Err(ClientError::Db(error)) => Err(error.into()),
        Err(_) => Err(PeopleError::UnknownClient),
    }
}

/// Invites an address. The mail with the link is written by the caller, in the same transaction.
pub fn invite(
    tx: &WriteTx<'_>,
    organisation: &Organisation,
    by: &Granter,
    caps: &Caps,
    new: &NewMember,
) -> Result<Member, PeopleError> {
    by.check(organisation.kind(), new.role)?;
    check_reach(tx, new.role, &new.reach)?;
    if store::has_member_with_key(tx, organisation, &new.email.key())? {
        return Err(PeopleError::AlreadyMember);
    }
    let limit = seats(tx, organisation, caps)?;
    if store::count_members(tx, organisation)? >= limit {
        return Err(PeopleError::TooMany { limit });
    }
    let id: MembershipId = tx.new_id();
    let expires_at = tx.now().plus_ms(INVITATION_MS);
    store::insert_invitation(tx, organisation, &id, by.person_id.as_ref(), new, expires_at)?;
    record(tx, organisation, "member.invited", &id, &["role", "state"], Some(new.role))?;
    get(tx, organisation, &id)
}

/// Lets the invitation begin anew: the former link is void. The caller writes the mail.
pub fn renew_invitation(
    tx: &WriteTx<'_>,
    organisation: &Organisation,
    by: &Granter,
    id: &MembershipId,
) -> Result<Member, PeopleError> {
    let member = get(tx, organisation, id)?;
    by.check(organisation.kind(), member.role)?;
    // Later than the former time by all means: the link is made from it.
    let former = member.expires_at.ok_or(PeopleError::NotInvited)?;
    let expires_at = tx.now().plus_ms(INVITATION_MS).max(former.plus_ms(1));
    store::set_invitation_expiry(tx, organisation, id, expires_at)?;
    record(tx, organisation, "member.invited_again", id, &["expires_at"], None)?;
    get(tx, organisation, id)
}

/// An invitation that is open now; None when there is none, or it was accepted or has expired.
pub fn find_open_invitation(tx: &ReadTx<'_>, id: &MembershipId) -> Result<Option<Invitation>, DbError> {
    let found = store::find_invitation(tx, id)?;
    Ok(found.filter(|invitation| invitation.expires_at > tx.now()))
}

/// What is left of an invitation after it was accepted or has expired; None once its place is gone.
pub fn find_past_invitation(tx: &ReadTx<'_>, id: &MembershipId) -> Result<Option<PastInvitation>, DbError> {
    store::find_past_invitation(tx, id)
}

/// Accepts an invitation for whoever proved to have its link. A person who has a login already keeps their name.
pub fn accept(tx: &WriteTx<'_>, invitation: &Invitation, name: &PersonName) -> Result<Person, PeopleError> {
    let person = match super::find_by_email(tx, &invitation.email)? {
        Some(person) => person,
        None => super::make(tx, name, &invitation.email)?,
    };
    let organisation = Organisation { client_id: invitation.client_id.clone() };
    if store::find_membership_of(tx, &organisation, &person.id)?.is_some() {
        return Err(PeopleError::AlreadyMember);
    }
    if !store::set_accepted(tx, invitation, &person.id)? {
        return Err(PeopleError::MemberNotFound);
    }
    store::insert_assignments(tx, &person.id, &invitation.client_ids)?;
    record(tx, &organisation, "member.accepted", &invitation.id, &["person_id", "state"], None)?;
    Ok(person)
}

/// Changes role, state or reach. Sessions of the member end with it.
pub fn change(
    tx: &WriteTx<'_>,
    organisation: &Organisation,
    by: &Granter,
    id: &MembershipId,
    patch: &MemberPatch,
) -> Result<Member, PeopleError> {
    let member = get(tx, organisation, id)?;
    by.check(organisation.kind(), member.role)?;
    let role = patch.role.unwrap_or(member.role);
    by.check(organisation.kind(), role)?;
    let state = patch.state.unwrap_or(member.state);
    if state != member.state && (member.state == MemberState::Invited || state == MemberState::Invited) {
        return Err(PeopleError::StillInvited);
    }
    let reach = patch.reach.clone().unwrap_or_else(|| member.reach.clone());
    check_reach(tx, role, &reach)?;
    if role != Role::Owner || state != MemberState::Active {
        require_other_owner(tx, organisation, &member)?;
    }
    let fields: Vec<&str> = [
        (role != member.role, "role"),
        (state != member.state, "state"),
        (reach != member.reach, "client_ids"),
    ]
    .into_iter()
    .filter_map(|(is_changed, name)| is_changed.then_some(name))
    .collect();
    if fields.is_empty() {
        return Ok(member);
    }
    store::update_member(tx, organisation, &member, role, state, &reach)?;
    end_sessions(tx, &member)?;
    record(tx, organisation, "member.changed", id, &fields, Some(role))?;
    get(tx, organisation, id)
}

/// Removes a member or takes an invitation back. The person keeps their other places.
pub fn remove(
    tx: &WriteTx<'_>,
    organisation: &Organisation,
    by: &Granter,
    id: &MembershipId,
) -> Result<Member, PeopleError> {
    let member = get(tx, organisation, id)?;
    by.check(organisation.kind(), member.role)?;
    require_other_owner(tx, organisation, &member)?;
    store::delete_member(tx, organisation, &member)?;
    end_sessions(tx, &member)?;
    record(tx, organisation, "member.removed", id, &["state"], None)?;
    Ok(member)
}

/// Hands ownership over: the member becomes an owner, and whoever does it is none any more where they were one.
pub fn transfer_ownership(
    tx: &WriteTx<'_>,
    organisation: &Organisation,
    by: &Granter,
    id: &MembershipId,
) -> Result<Member, PeopleError> {
    by.check(organisation.kind(), Role::Owner)?;
    let member = get(tx, organisation, id)?;
    if member.state != MemberState::Active {
        return Err(PeopleError::StillInvited);
    }
    store::update_member(tx, organisation, &member, Role::Owner, MemberState::Active, &Reach::All)?;
    end_sessions(tx, &member)?;
    let own = match &by.person_id {
        Some(person) => store::find_membership_of(tx, organisation, person)?,
        None => None,
    };
    if let Some(own) = own.filter(|own| own != id) {
        let own = get(tx, organisation, &own)?;
        if own.role == Role::Owner {
            let role = match organisation.kind() {
                MembershipKind::Agency => Role::Admin,
                MembershipKind::Client => Role::Manager,
            };
            store::update_member(tx, organisation, &own, role, own.state, &own.reach)?;
            end_sessions(tx, &own)?;
        }
    }
    record(tx, organisation, "ownership.transferred", id, &["role"], Some(Role::Owner))?;
    get(tx, organisation, id)
}

/// Makes this address the owner of a place that has just been made.
pub fn make_first_owner(
    tx: &WriteTx<'_>,
    organisation: &Organisation,
    name: &PersonName,
    email: &EmailAddress,
) -> Result<Person, PeopleError> {
    let person = match super::find_by_email(tx, email)? {
        Some(person) => person,
        None => super::make(tx, name, email)?,
    };
    let id = put_owner(tx, organisation, &person.id)?;
    record(tx, organisation, "member.made_owner", &id, &["person_id", "role"], Some(Role::Owner))?;
    Ok(person)
}

/// Makes the person an owner here, whatever they were.
pub(super) fn put_owner(
    tx: &WriteTx<'_>,
    organisation: &Organisation,
    person: &PersonId,
) -> Result<MembershipId, PeopleError> {
    match store::find_membership_of(tx, organisation, person)? {
        Some(id) => {
            let member = get(tx, organisation, &id)?;
            store::update_member(tx, organisation, &member, Role::Owner, MemberState::Active, &Reach::All)?;
            end_sessions(tx, &member)?;
            Ok(id)
        }
        None => {
            let id: MembershipId = tx.new_id();
            store::insert_owner(tx, organisation, &id, person)?;
            Ok(id)
        }
    }
}

fn check_reach(tx: &ReadTx<'_>, role: Role, reach: &Reach) -> Result<(), PeopleError> {
    let Reach::Only(clients) = reach else { return Ok(()) };
    if role == Role::Owner {
        return Err(PeopleError::OwnerUnlimited);
    }
    for client in clients {
        if !store::has_client(tx, client)? {
            return Err(PeopleError::UnknownClient);
        }
    }
    Ok(())
}

/// Refuses to take an owner away who is the last one in force.
fn require_other_owner(
    tx: &ReadTx<'_>,
    organisation: &Organisation,
    member: &Member,
) -> Result<(), PeopleError> {
    let is_owner = member.role == Role::Owner && member.state == MemberState::Active;
    if is_owner && store::count_active_owners(tx, organisation)? <= 1 {
        return Err(PeopleError::LastOwner);
    }
    Ok(())
}

/// Ends the sessions of everybody who has a place here.
pub fn end_sessions_of_all(tx: &WriteTx<'_>, organisation: &Organisation) -> Result<(), DbError> {
    store::count_access_versions(tx, organisation)
}

fn end_sessions(tx: &WriteTx<'_>, member: &Member) -> Result<(), DbError> {
    match &member.person_id {
        Some(person) => store::count_access_version(tx, person),
        None => Ok(()),
    }
}

fn record(
    tx: &WriteTx<'_>,
    organisation: &Organisation,
    action: &'static str,
    id: &MembershipId,
    fields: &[&str],
    role: Option<Role>,
) -> Result<(), DbError> {
    audit::record(
        tx,
        &Deed {
            action,
            client_id: organisation.client_id(),
            subject_id: id.as_str(),
            fields,
            values_after: role.map(|role| serde_json::json!({ "role": role })),
        },
    )
}
