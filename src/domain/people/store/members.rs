//! Members of an organisation, as its list shows them.

use super::places::{insert_assignments, list_assignments};
use crate::domain::people::members::{Member, Reach};
use crate::domain::people::{MemberState, MembershipKind, Organisation, Role};
use crate::ground::ids::{ClientId, MembershipId, PersonId};
use crate::params;
use crate::store::error::Bug;
use crate::store::value::{Row, to_json};
use crate::store::{DbError, PageRequest, ReadTx, WriteTx};

const MEMBER_SELECT: &str = "
    select memberships.id, memberships.person_id, memberships.role, memberships.state, memberships.is_limited,
           memberships.expires_at, memberships.created_at, people.name, people.last_seen_at,
           coalesce(people.email, membership_invitations.email) as email, membership_invitations.client_ids
    from memberships
    left join people on people.id = memberships.person_id
    left join membership_invitations on membership_invitations.membership_id = memberships.id
    where memberships.kind = :kind and memberships.client_id is not distinct from :client_id";

pub(in crate::domain::people) fn list_members(
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

pub(in crate::domain::people) fn find_member(
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

pub(in crate::domain::people) fn count_members(
    tx: &ReadTx<'_>,
    organisation: &Organisation,
) -> Result<u32, DbError> {
    tx.get(
        "select count(*) as n from memberships
         where kind = :kind and client_id is not distinct from :client_id",
        params! { ":kind" => organisation.kind(), ":client_id" => organisation.client_id },
        |row| row.get("n"),
    )
}

/// Whether somebody is a member or invited who is not this person.
pub(in crate::domain::people) fn has_member_beside(
    tx: &ReadTx<'_>,
    organisation: &Organisation,
    person: Option<&PersonId>,
) -> Result<bool, DbError> {
    tx.get(
        "select exists (
             select 1 from memberships
             where kind = :kind and client_id is not distinct from :client_id
               and person_id is distinct from :person_id) as found",
        params! {
            ":kind" => organisation.kind(), ":client_id" => organisation.client_id, ":person_id" => person.cloned(),
        },
        |row| row.get("found"),
    )
}

pub(in crate::domain::people) fn count_active_owners(
    tx: &ReadTx<'_>,
    organisation: &Organisation,
) -> Result<u32, DbError> {
    tx.get(
        "select count(*) as n from memberships
         where kind = :kind and client_id is not distinct from :client_id
           and role = 'owner' and state = 'active'",
        params! { ":kind" => organisation.kind(), ":client_id" => organisation.client_id },
        |row| row.get("n"),
    )
}

/// Whether the address belongs to a member or an invitation here.
pub(in crate::domain::people) fn has_member_with_key(
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
pub(in crate::domain::people) fn find_membership_of(
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

pub(in crate::domain::people) fn insert_owner(
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

pub(in crate::domain::people) fn update_member(
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

pub(in crate::domain::people) fn delete_member(
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
