//! The SQL of billing contacts.

use crate::domain::clients::contacts::BillingContact;
use crate::ground::ids::BillingContactId;
use crate::ground::limits::BILLING_CONTACTS_PER_CLIENT_MAX;
use crate::ground::scope::ClientScope;
use crate::params;
use crate::store::value::Row;
use crate::store::{DbError, PageRequest, ReadTx, WriteTx};

/// False when the address is there already.
pub(in crate::domain::clients) fn insert(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    contact: &BillingContact,
) -> Result<bool, DbError> {
    let inserted = tx.execute(
        "insert into billing_contacts (id, client_id, name, email, email_key, created_at)
         values (:id, :client_id, :name, :email, :email_key, :now)
         on conflict (client_id, email_key) do nothing",
        params! {
            ":id" => contact.id,
            ":client_id" => scope.client_id(),
            ":name" => contact.name,
            ":email" => contact.email,
            ":email_key" => contact.email.key(),
            ":now" => tx.now(),
        },
    )?;
    Ok(inserted == 1)
}

pub(in crate::domain::clients) fn count(tx: &ReadTx<'_>, scope: &ClientScope) -> Result<u32, DbError> {
    tx.get(
        "select count(*) as n from billing_contacts where client_id = :client_id",
        params! { ":client_id" => scope.client_id() },
        |row| row.get("n"),
    )
}

pub(in crate::domain::clients) fn list(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    page: &PageRequest,
) -> Result<Vec<BillingContact>, DbError> {
    tx.list_page(
        "select id, name, email, created_at
         from billing_contacts
         where client_id = :client_id and (created_at, id) < (:before_at, :before_id)
         order by created_at desc, id desc
         limit :limit",
        params! { ":client_id" => scope.client_id() },
        page,
        from_row,
    )
}

/// All of them: there are few.
pub(in crate::domain::clients) fn list_all(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
) -> Result<Vec<BillingContact>, DbError> {
    tx.list(
        "select id, name, email, created_at
         from billing_contacts
         where client_id = :client_id
         order by created_at, id
         limit :limit",
        params! { ":client_id" => scope.client_id(), ":limit" => BILLING_CONTACTS_PER_CLIENT_MAX },
        from_row,
    )
}

pub(in crate::domain::clients) fn delete(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    id: &BillingContactId,
) -> Result<bool, DbError> {
    let removed = tx.execute(
        "delete from billing_contacts where client_id = :client_id and id = :id",
        params! { ":client_id" => scope.client_id(), ":id" => id },
    )?;
    Ok(removed == 1)
}

fn from_row(row: &Row<'_>) -> Result<BillingContact, DbError> {
    Ok(BillingContact {
        id: row.get("id")?,
        name: row.get("name")?,
        email: row.get("email")?,
        created_at: row.get("created_at")?,
    })
}
