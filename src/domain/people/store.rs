//! The SQL of people and their places.

use super::members::{Invitation, Member, NewMember, Reach};
use super::{MemberState, Membership, MembershipKind, Organisation, Person, PersonName, Role};
use crate::ground::email_address::EmailAddress;
use crate::ground::ids::{ClientId, MembershipId, PersonId};
use crate::ground::limits::{ASSIGNED_CLIENTS_MAX, MEMBERSHIPS_PER_PERSON_MAX, PAGE_ITEMS_MAX};
use crate::ground::time::Timestamp;
use crate::params;
use crate::store::error::Bug;
use crate::store::value::{Row, to_json};
use crate::store::{DbError, PageRequest, ReadTx, WriteTx};

// ── people ──────────────────────────────────────────────────────────────────────────────────────────────────

const PERSON_COLUMNS: &str = "id, name, email, access_version, created_at";

pub(super) fn insert_person(tx: &WriteTx<'_>, person: &Person) -> Result<(), DbError> {
    tx.execute(
        "insert into people (id, name, email, email_key, access_version, created_at, updated_at, version)
         values (:id, :name, :email, :email_key, :access_version, :now, :now, 1)",
        params! {
            ":id" => person.id,
            ":name" => person.name,
            ":email" => person.email,
            ":email_key" => person.email.key(),
            ":access_version" => person.access_version,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

pub(super) fn find_person(tx: &ReadTx<'_>, id: &PersonId) -> Result<Option<Person>, DbError> {
    tx.find(
        &format!("select {PERSON_COLUMNS} from people where id = :id"),
        params! { ":id" => id },
        person_from_row,
    )
}

pub(super) fn find_person_by_key(tx: &ReadTx<'_>, email_key: &str) -> Result<Option<Person>, DbError> {
    tx.find(
        &format!("select {PERSON_COLUMNS} from people where email_key = :email_key"),
        params! { ":email_key" => email_key },
        person_from_row,
    )
}

pub(super) fn find_active_by_key(tx: &ReadTx<'_>, email_key: &str) -> Result<Option<PersonId>, DbError> {
    tx.find(
        "select people.id
         from people
         where people.email_key = :email_key
           and exists (
               select 1 from memberships
               where memberships.person_id = people.id and memberships.state = 'active')",
        params! { ":email_key" => email_key },
        |row| row.get("id"),
    )
}

pub(super) fn list_people(tx: &ReadTx<'_>) -> Result<Vec<Person>, DbError> {
    tx.list(
        &format!("select {PERSON_COLUMNS} from people order by created_at desc, id desc limit :limit"),
        params! { ":limit" => PAGE_ITEMS_MAX },
        person_from_row,
    )
}

pub(super) fn list_owners(tx: &ReadTx<'_>, organisation: &Organisation) -> Result<Vec<Person>, DbError> {
    tx.list(
        &format!(
            "select {PERSON_COLUMNS} from people
             where id in (
                 select person_id from memberships
                 where kind = :kind and client_id is not distinct from :client_id
                   and role = 'owner' and state = 'active')
             order by created_at, id
             limit :limit"
        ),
        params! {
            ":kind" => organisation.kind(),
            ":client_id" => organisation.client_id,
            ":limit" => PAGE_ITEMS_MAX,
        },
        person_from_row,
    )
}

fn person_from_row(row: &Row<'_>) -> Result<Person, DbError> {
    Ok(Person {
        id: row.get("id")?,
        name: row.get("name")?,
        email: row.get("email")?,
        access_version: row.get("access_version")?,
        created_at: row.get("created_at")?,
    })
}

pub(super) fn set_name(tx: &WriteTx<'_>, id: &PersonId, name: &PersonName) -> Result<(), DbError> {
    tx.execute(
        "update people
         set name = :name, updated_at = :now, version = version + 1
         where id = :id",
        params! { ":id" => id, ":name" => name, ":now" => tx.now() },
    )?;
    Ok(())
}

pub(super) fn set_email(tx: &WriteTx<'_>, id: &PersonId, email: &EmailAddress) -> Result<(), DbError> {
    tx.execute(
        "update people
         set email = :email, email_key = :email_key, updated_at = :now, version = version + 1
         where id = :id",
        params! { ":id" => id, ":email" => email, ":email_key" => email.key(), ":now" => tx.now() },
    )?;
    Ok(())
}

pub(super) fn set_last_seen(tx: &WriteTx<'_>, id: &PersonId) -> Result<(), DbError> {
    tx.execute(
        "update people
         set last_seen_at = :now, updated_at = :now, version = version + 1
         where id = :id",
        params! { ":id" => id, ":now" => tx.now() },
    )?;
    Ok(())
}

/// Ends every session of the person that began before.
pub(super) fn count_access_version(tx: &WriteTx<'_>, id: &PersonId) -> Result<(), DbError> {
    tx.execute(
        "update people
         set access_version = access_version + 1, updated_at = :now, version = version + 1
         where id = :id",
        params! { ":id" => id, ":now" => tx.now() },
    )?;
    Ok(())
}

pub(super) fn count_access_versions(tx: &WriteTx<'_>, organisation: &Organisation) -> Result<(), DbError> {
    tx.execute(
        "update people
         set access_version = access_version + 1, updated_at = :now, version = version + 1
         where id in (
             select person_id from memberships
             where kind = :kind and client_id is not distinct from :client_id)",
        params! { ":kind" => organisation.kind(), ":client_id" => organisation.client_id, ":now" => tx.now() },
    )?;
    Ok(())
}

// ── places that are in force ────────────────────────────────────────────────────────────────────────────────

pub(super) fn list_memberships(tx: &ReadTx<'_>, person: &PersonId) -> Result<Vec<Membership>, DbError> {
    tx.list(
        "select memberships.id, memberships.kind, memberships.client_id, memberships.role,
                memberships.is_limited, clients.name as client_name
         from memberships
         left join clients on clients.id = memberships.client_id
         where memberships.person_id = :person_id and memberships.state = 'active'
         order by memberships.kind, clients.name, memberships.id
         limit :limit",
        params! { ":person_id" => person, ":limit" => MEMBERSHIPS_PER_PERSON_MAX },
        |row| {
            Ok(Membership {
                id: row.get("id")?,
                kind: row.get("kind")?,
                client_id: row.get("client_id")?,
                client_name: row.get("client_name")?,
                role: row.get("role")?,
                is_limited: row.get("is_limited")?,
            })
        },
    )
}

pub(super) fn is_assigned(tx: &ReadTx<'_>, person: &PersonId, client: &ClientId) -> Result<bool, DbError> {
    tx.get(
        "select exists (
             select 1 from client_assignments
             where person_id = :person_id and client_id = :client_id) as is_assigned",
        params! { ":person_id" => person, ":client_id" => client },
        |row| row.get("is_assigned"),
    )
}

pub(super) fn has_client(tx: &ReadTx<'_>, client: &ClientId) -> Result<bool, DbError> {
    tx.get(
        "select exists (select 1 from clients where id = :id) as has_client",
        params! { ":id" => client },
        |row| row.get("has_client"),
    )
}

pub(super) fn insert_assignments(
    tx: &WriteTx<'_>,
    person: &PersonId,
    clients: &[ClientId],
) -> Result<(), DbError> {
    for client in clients {
        // A client may have gone since the invitation was written.
        tx.execute(
            "insert into client_assignments (person_id, client_id, created_at)
             select :person_id, clients.id, :now
             from clients
             where clients.id = :client_id
             on conflict (person_id, client_id) do nothing",
            params! { ":person_id" => person, ":client_id" => client, ":now" => tx.now() },
        )?;
    }
    Ok(())
}

fn list_assignments(tx: &ReadTx<'_>, person: &PersonId) -> Result<Vec<ClientId>, DbError> {
    tx.list(
        "select client_id from client_assignments
         where person_id = :person_id
         order by client_id
         limit :limit",
        params! { ":person_id" => person, ":limit" => ASSIGNED_CLIENTS_MAX },
        |row| row.get("client_id"),
    )
}

// ── members ─────────────────────────────────────────────────────────────────────────────────────────────────

const MEMBER_SELECT: &str = "
    select memberships.id, memberships.person_id, memberships.role, memberships.state, memberships.is_limited,
           memberships.expires_at, memberships.created_at, people.name, people.last_seen_at,
           coalesce(people.email, membership_invitations.email) as email, membership_invitations.client_ids
    from memberships
    left join people on people.id = memberships.person_id
    left join membership_invitations on membership_invitations.membership_id = memberships.id
    where memberships.kind = :kind and memberships.client_id is not distinct from :client_id";

pub(super) fn list_members(
    tx: &ReadTx<'_>,
    organisation: &Organisation,
    page: &PageRequest,
) -> Result<Vec<Member>, DbError> {
    tx.list_page(
        &format!(
            "{MEMBER_SELECT}
               and (memberships.created_at, memberships.id) < (:before_at, :before_id)
             order by memberships.created_at desc, memberships.id desc
             limit :limit"
        ),
        params! { ":kind" => organisation.kind(), ":client_id" => organisation.client_id },
        page,
        |row| member_from_row(tx, row),
    )
}

pub(super) fn find_member(
    tx: &ReadTx<'_>,
    organisation: &Organisation,
    id: &MembershipId,
) -> Result<Option<Member>, DbError> {
    tx.find(
        &format!("{MEMBER_SELECT} and memberships.id = :id"),
        params! { ":kind" => organisation.kind(), ":client_id" => organisation.client_id, ":id" => id },
        |row| member_from_row(tx, row),
    )
}

fn member_from_row(tx: &ReadTx<'_>, row: &Row<'_>) -> Result<Member, DbError> {
    let person_id: Option<PersonId> = row.get("person_id")?;
    let reach = match (row.get::<bool>("is_limited")?, &person_id) {
        (false, _) => Reach::All,
        (true, Some(person)) => Reach::Only(list_assignments(tx, person)?),
        (true, None) => Reach::Only(row.get_json("client_ids")?),
    };
    Ok(Member {
        id: row.get("id")?,
        person_id,
        name: row.get("name")?,
        email: row.get("email")?,
        role: row.get("role")?,
        state: row.get("state")?,
        reach,
        invited_at: row.get("created_at")?,
        expires_at: row.get("expires_at")?,
        last_seen_at: row.get("last_seen_at")?,
    })
}

pub(super) fn count_members(tx: &ReadTx<'_>, organisation: &Organisation) -> Result<u32, DbError> {
    tx.get(
        "select count(*) as n from memberships
         where kind = :kind and client_id is not distinct from :client_id",
        params! { ":kind" => organisation.kind(), ":client_id" => organisation.client_id },
        |row| row.get("n"),
    )
}

pub(super) fn count_active_owners(tx: &ReadTx<'_>, organisation: &Organisation) -> Result<u32, DbError> {
    tx.get(
        "select count(*) as n from memberships
         where kind = :kind and client_id is not distinct from :client_id
           and role = 'owner' and state = 'active'",
        params! { ":kind" => organisation.kind(), ":client_id" => organisation.client_id },
        |row| row.get("n"),
    )
}

/// Whether the address belongs to a member or an invitation here.
pub(super) fn has_member_with_key(
    tx: &ReadTx<'_>,
    organisation: &Organisation,
    email_key: &str,
) -> Result<bool, DbError> {
    tx.get(
        "select exists (
                    select 1 from memberships
                    join people on people.id = memberships.person_id
                    where people.email_key = :email_key and memberships.kind = :kind
                      and memberships.client_id is not distinct from :client_id)
             or exists (
                    select 1 from membership_invitations
                    join memberships on memberships.id = membership_invitations.membership_id
                    where membership_invitations.email_key = :email_key and memberships.kind = :kind
                      and memberships.client_id is not distinct from :client_id) as has_member",
        params! {
            ":email_key" => email_key,
            ":kind" => organisation.kind(),
            ":client_id" => organisation.client_id,
        },
        |row| row.get("has_member"),
    )
}

/// The place of this person here, in force or not.
pub(super) fn find_membership_of(
    tx: &ReadTx<'_>,
    organisation: &Organisation,
    person: &PersonId,
) -> Result<Option<MembershipId>, DbError> {
    tx.find(
        "select id from memberships
         where person_id = :person_id and kind = :kind and client_id is not distinct from :client_id",
        params! {
            ":person_id" => person,
            ":kind" => organisation.kind(),
            ":client_id" => organisation.client_id,
        },
        |row| row.get("id"),
    )
}

pub(super) fn insert_invitation(
    tx: &WriteTx<'_>,
    organisation: &Organisation,
    id: &MembershipId,
    invited_by: Option<&PersonId>,
    new: &NewMember,
    expires_at: Timestamp,
) -> Result<(), DbError> {
    let client_ids = match &new.reach {
        Reach::All => [].as_slice(),
        Reach::Only(clients) => clients.as_slice(),
    };
    tx.execute(
        "insert into memberships (id, kind, client_id, person_id, role, is_limited, state, invited_by, expires_at,
                                  created_at, updated_at, version)
         values (:id, :kind, :client_id, null, :role, :is_limited, 'invited', :invited_by, :expires_at,
                 :now, :now, 1)",
        params! {
            ":id" => id,
            ":kind" => organisation.kind(),
            ":client_id" => organisation.client_id,
            ":role" => new.role,
            ":is_limited" => new.reach != Reach::All,
            ":invited_by" => invited_by.cloned(),
            ":expires_at" => expires_at,
            ":now" => tx.now(),
        },
    )?;
    tx.execute(
        "insert into membership_invitations (membership_id, email, email_key, message, client_ids, created_at)
         values (:membership_id, :email, :email_key, :message, :client_ids, :now)",
        params! {
            ":membership_id" => id,
            ":email" => new.email,
            ":email_key" => new.email.key(),
            ":message" => new.message,
            ":client_ids" => to_json(&client_ids)?,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

pub(super) fn insert_owner(
    tx: &WriteTx<'_>,
    organisation: &Organisation,
    id: &MembershipId,
    person: &PersonId,
) -> Result<(), DbError> {
    tx.execute(
        "insert into memberships (id, kind, client_id, person_id, role, is_limited, state, invited_by, expires_at,
                                  created_at, updated_at, version)
         values (:id, :kind, :client_id, :person_id, 'owner', 0, 'active', null, null, :now, :now, 1)",
        params! {
            ":id" => id,
            ":kind" => organisation.kind(),
            ":client_id" => organisation.client_id,
            ":person_id" => person,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

pub(super) fn set_invitation_expiry(
    tx: &WriteTx<'_>,
    organisation: &Organisation,
    id: &MembershipId,
    expires_at: Timestamp,
) -> Result<(), DbError> {
    tx.execute(
        "update memberships
         set expires_at = :expires_at, updated_at = :now, version = version + 1
         where id = :id and state = 'invited' and kind = :kind
           and client_id is not distinct from :client_id",
        params! {
            ":id" => id,
            ":kind" => organisation.kind(),
            ":client_id" => organisation.client_id,
            ":expires_at" => expires_at,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

pub(super) fn find_invitation(tx: &ReadTx<'_>, id: &MembershipId) -> Result<Option<Invitation>, DbError> {
    tx.find(
        "select memberships.id, memberships.kind, memberships.client_id, memberships.role, memberships.expires_at,
                membership_invitations.email, membership_invitations.message, membership_invitations.client_ids,
                clients.name as client_name, people.name as inviter
         from memberships
         join membership_invitations on membership_invitations.membership_id = memberships.id
         left join clients on clients.id = memberships.client_id
         left join people on people.id = memberships.invited_by
         where memberships.id = :id and memberships.state = 'invited'",
        params! { ":id" => id },
        |row| {
            Ok(Invitation {
                id: row.get("id")?,
                kind: row.get("kind")?,
                client_id: row.get("client_id")?,
                client_name: row.get("client_name")?,
                role: row.get("role")?,
                email: row.get("email")?,
                inviter: row.get("inviter")?,
                message: row.get("message")?,
                client_ids: row.get_json("client_ids")?,
                expires_at: row.get("expires_at")?,
            })
        },
    )
}

/// Gives the place of an invitation to the person, once; false when it was taken or renewed meanwhile.
pub(super) fn set_accepted(
    tx: &WriteTx<'_>,
    invitation: &Invitation,
    person: &PersonId,
) -> Result<bool, DbError> {
    let touched = tx.execute(
        "update memberships
         set person_id = :person_id, state = 'active', expires_at = null, updated_at = :now,
             version = version + 1
         where id = :id and state = 'invited' and expires_at = :expires_at",
        params! {
            ":id" => invitation.id,
            ":person_id" => person,
            ":expires_at" => invitation.expires_at,
            ":now" => tx.now(),
        },
    )?;
    tx.execute(
        "delete from membership_invitations where membership_id = :id",
        params! { ":id" => invitation.id },
    )?;
    Ok(touched == 1)
}

pub(super) fn update_member(
    tx: &WriteTx<'_>,
    organisation: &Organisation,
    member: &Member,
    role: Role,
    state: MemberState,
    reach: &Reach,
) -> Result<(), DbError> {
    let is_limited = *reach != Reach::All;
    if is_limited && organisation.kind() == MembershipKind::Client {
        return Err(Bug::invariant("a client's member has no reach").into());
    }
    tx.execute(
        "update memberships
         set role = :role, state = :state, is_limited = :is_limited, updated_at = :now, version = version + 1
         where id = :id and kind = :kind and client_id is not distinct from :client_id",
        params! {
            ":id" => member.id,
            ":kind" => organisation.kind(),
            ":client_id" => organisation.client_id,
            ":role" => role,
            ":state" => state,
            ":is_limited" => is_limited,
            ":now" => tx.now(),
        },
    )?;
    if *reach != member.reach {
        set_reach(tx, member, reach)?;
    }
    Ok(())
}

fn set_reach(tx: &WriteTx<'_>, member: &Member, reach: &Reach) -> Result<(), DbError> {
    let clients = match reach {
        Reach::All => [].as_slice(),
        Reach::Only(clients) => clients.as_slice(),
    };
    let Some(person) = &member.person_id else { return replace_invited_reach(tx, member, clients) };
    tx.execute(
        "delete from client_assignments where person_id = :person_id",
        params! { ":person_id" => person },
    )?;
    insert_assignments(tx, person, clients)
}

/// An invitation's words never change, so the row is written anew.
fn replace_invited_reach(tx: &WriteTx<'_>, member: &Member, clients: &[ClientId]) -> Result<(), DbError> {
    let message: String = tx.get(
        "delete from membership_invitations where membership_id = :id returning message",
        params! { ":id" => member.id },
        |row| row.get("message"),
    )?;
    tx.execute(
        "insert into membership_invitations (membership_id, email, email_key, message, client_ids, created_at)
         values (:membership_id, :email, :email_key, :message, :client_ids, :now)",
        params! {
            ":membership_id" => member.id,
            ":email" => member.email,
            ":email_key" => member.email.key(),
            ":message" => message,
            ":client_ids" => to_json(&clients)?,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

pub(super) fn delete_member(
    tx: &WriteTx<'_>,
    organisation: &Organisation,
    member: &Member,
) -> Result<(), DbError> {
    tx.execute(
        "delete from memberships
         where id = :id and kind = :kind and client_id is not distinct from :client_id",
        params! {
            ":id" => member.id,
            ":kind" => organisation.kind(),
            ":client_id" => organisation.client_id,
        },
    )?;
    if let (MembershipKind::Agency, Some(person)) = (organisation.kind(), &member.person_id) {
        tx.execute(
            "delete from client_assignments where person_id = :person_id",
            params! { ":person_id" => person },
        )?;
    }
    Ok(())
}
