//! Places that are offered and not taken yet.

use crate::domain::people::Organisation;
use crate::domain::people::members::{Invitation, NewMember, PastInvitation, Reach};
use crate::ground::ids::{MembershipId, PersonId};
use crate::ground::time::Timestamp;
use crate::params;
use crate::store::value::to_json;
use crate::store::{DbError, ReadTx, WriteTx};

pub(in crate::domain::people) fn insert_invitation(
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

pub(in crate::domain::people) fn set_invitation_expiry(
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

pub(in crate::domain::people) fn find_invitation(
    tx: &ReadTx<'_>,
    id: &MembershipId,
) -> Result<Option<Invitation>, DbError> {
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

pub(in crate::domain::people) fn find_past_invitation(
    tx: &ReadTx<'_>,
    id: &MembershipId,
) -> Result<Option<PastInvitation>, DbError> {
    tx.find(
        "select memberships.role, clients.name as client_name, people.name as inviter
         from memberships
         left join clients on clients.id = memberships.client_id
         left join people on people.id = memberships.invited_by
         where memberships.id = :id",
        params! { ":id" => id },
        |row| {
            Ok(PastInvitation {
                role: row.get("role")?,
                client_name: row.get("client_name")?,
                inviter: row.get("inviter")?,
            })
        },
    )
}

/// Gives the place of an invitation to the person, once; false when it was taken or renewed meanwhile.
pub(in crate::domain::people) fn set_accepted(
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
