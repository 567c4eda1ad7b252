//! Places that are in force: what a person may enter.

use crate::domain::people::Membership;
use crate::ground::ids::{ClientId, PersonId};
use crate::ground::limits::{ASSIGNED_CLIENTS_MAX, MEMBERSHIPS_PER_PERSON_MAX};
use crate::params;
use crate::store::{DbError, ReadTx, WriteTx};

pub(in crate::domain::people) fn list_memberships(
    tx: &ReadTx<'_>,
    person: &PersonId,
) -> Result<Vec<Membership>, DbError> {
    tx.list(
        "select memberships.id, memberships.kind, memberships.client_id, memberships.role,
                memberships.is_limited, clients.name as client_name, clients.service
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
                service: row.get("service")?,
                role: row.get("role")?,
                is_limited: row.get("is_limited")?,
            })
        },
    )
}

pub(in crate::domain::people) fn is_assigned(
    tx: &ReadTx<'_>,
    person: &PersonId,
    client: &ClientId,
) -> Result<bool, DbError> {
    tx.get(
        "select exists (
             select 1 from client_assignments
             where person_id = :person_id and client_id = :client_id) as is_assigned",
        params! { ":person_id" => person, ":client_id" => client },
        |row| row.get("is_assigned"),
    )
}

pub(in crate::domain::people) fn has_client(tx: &ReadTx<'_>, client: &ClientId) -> Result<bool, DbError> {
    tx.get(
        "select exists (select 1 from clients where id = :id) as has_client",
        params! { ":id" => client },
        |row| row.get("has_client"),
    )
}

pub(in crate::domain::people) fn insert_assignments(
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

pub(super) fn list_assignments(tx: &ReadTx<'_>, person: &PersonId) -> Result<Vec<ClientId>, DbError> {
    tx.list(
        "select client_id from client_assignments
         where person_id = :person_id
         order by client_id
         limit :limit",
        params! { ":person_id" => person, ":limit" => ASSIGNED_CLIENTS_MAX },
        |row| row.get("client_id"),
    )
}
