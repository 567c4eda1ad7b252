//! The SQL of the demo's websites.

use crate::ground::ids::ClientId;
use crate::ground::scope::ClientScope;
use crate::params;
use crate::store::{DbError, ReadTx, WriteTx};

pub(super) fn find_client(tx: &ReadTx<'_>, slug: &str) -> Result<Option<ClientId>, DbError> {
    tx.find("select client_id from demo_sites where slug = :slug", params! { ":slug" => slug }, |row| {
        row.get("client_id")
    })
}

pub(super) fn insert_site(tx: &WriteTx<'_>, scope: &ClientScope, slug: &str) -> Result<(), DbError> {
    tx.execute(
        "insert into demo_sites (slug, client_id, created_at) values (:slug, :client_id, :now)",
        params! { ":slug" => slug, ":client_id" => scope.client_id(), ":now" => tx.now() },
    )?;
    Ok(())
}
