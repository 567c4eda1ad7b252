//! The SQL of evaluations: which documents a case means.

use crate::ground::ids::DocumentId;
use crate::ground::limits::DOCUMENTS_PER_NAME_MAX;
use crate::ground::scope::ClientScope;
use crate::params;
use crate::store::{DbError, ReadTx};

/// The client's documents with this id or this file name.
pub(super) fn list_documents_named(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    name: &str,
) -> Result<Vec<DocumentId>, DbError> {
    tx.list(
        "select id
         from documents
         where client_id = :client_id and (id = :name or file_name = :name)
         order by id
         limit :limit",
        params! { ":client_id" => scope.client_id(), ":name" => name, ":limit" => DOCUMENTS_PER_NAME_MAX },
        |row| row.get("id"),
    )
}
