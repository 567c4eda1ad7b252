//! People themselves.

use crate::domain::people::{Organisation, Person, PersonName};
use crate::ground::email_address::EmailAddress;
use crate::ground::ids::PersonId;
use crate::ground::limits::PAGE_ITEMS_MAX;
use crate::params;
use crate::store::value::Row;
use crate::store::{DbError, ReadTx, WriteTx};

const PERSON_COLUMNS: &str = "id, name, email, access_version, created_at";

pub(in crate::domain::people) fn insert_person(tx: &WriteTx<'_>, person: &Person) -> Result<(), DbError> {
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

pub(in crate::domain::people) fn find_person(
    tx: &ReadTx<'_>,
    id: &PersonId,
) -> Result<Option<Person>, DbError> {
    tx.find(
        &format!("select {PERSON_COLUMNS} from people where id = :id"),
        params! { ":id" => id },
        person_from_row,
    )
}

pub(in crate::domain::people) fn find_person_by_key(
    tx: &ReadTx<'_>,
    email_key: &str,
) -> Result<Option<Person>, DbError> {
    tx.find(
        &format!("select {PERSON_COLUMNS} from people where email_key = :email_key"),
        params! { ":email_key" => email_key },
        person_from_row,
    )
}

pub(in crate::domain::people) fn find_active_by_key(
    tx: &ReadTx<'_>,
    email_key: &str,
) -> Result<Option<PersonId>, DbError> {
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

pub(in crate::domain::people) fn list_people(tx: &ReadTx<'_>) -> Result<Vec<Person>, DbError> {
    tx.list(
        &format!("select {PERSON_COLUMNS} from people order by created_at desc, id desc limit :limit"),
        params! { ":limit" => PAGE_ITEMS_MAX },
        person_from_row,
    )
}

pub(in crate::domain::people) fn list_owners(
    tx: &ReadTx<'_>,
    organisation: &Organisation,
) -> Result<Vec<Person>, DbError> {
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

pub(in crate::domain::people) fn set_name(
    tx: &WriteTx<'_>,
    id: &PersonId,
    name: &PersonName,
) -> Result<(), DbError> {
    tx.execute(
        "update people
         set name = :name, updated_at = :now, version = version + 1
         where id = :id",
        params! { ":id" => id, ":name" => name, ":now" => tx.now() },
    )?;
    Ok(())
}

pub(in crate::domain::people) fn set_email(
    tx: &WriteTx<'_>,
    id: &PersonId,
    email: &EmailAddress,
) -> Result<(), DbError> {
    tx.execute(
        "update people
         set email = :email, email_key = :email_key, updated_at = :now, version = version + 1
         where id = :id",
        params! { ":id" => id, ":email" => email, ":email_key" => email.key(), ":now" => tx.now() },
    )?;
    Ok(())
}

pub(in crate::domain::people) fn set_last_seen(tx: &WriteTx<'_>, id: &PersonId) -> Result<(), DbError> {
    tx.execute(
        "update people
         set last_seen_at = :now, updated_at = :now, version = version + 1
         where id = :id",
        params! { ":id" => id, ":now" => tx.now() },
    )?;
    Ok(())
}

/// Ends every session of the person that began before.
pub(in crate::domain::people) fn count_access_version(
    tx: &WriteTx<'_>,
    id: &PersonId,
) -> Result<(), DbError> {
    tx.execute(
        "update people
         set access_version = access_version + 1, updated_at = :now, version = version + 1
         where id = :id",
        params! { ":id" => id, ":now" => tx.now() },
    )?;
    Ok(())
}

pub(in crate::domain::people) fn count_access_versions(
    tx: &WriteTx<'_>,
    organisation: &Organisation,
) -> Result<(), DbError> {
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
