//! The SQL of what owners say about their documents.

use crate::domain::knowledge::document_settings::{DocumentSettings, Weight};
use crate::ground::ids::DocumentId;
use crate::ground::scope::ClientScope;
use crate::params;
use crate::store::value::Row;
use crate::store::{Bug, DbError, ReadTx, WriteTx};

pub(in super::super) fn find_document_settings(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    id: &DocumentId,
) -> Result<Option<DocumentSettings>, DbError> {
    tx.find(
        "select id, category, weight_percent, version
         from documents
         where client_id = :client_id and id = :id",
        params! { ":client_id" => scope.client_id(), ":id" => id },
        |row| {
            Ok(DocumentSettings {
                id: row.get("id")?,
                category: row.get("category")?,
                weight: weight_from_row(row)?,
                version: row.get("version")?,
            })
        },
    )
}

pub(in super::super) fn update_document_settings(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    settings: &DocumentSettings,
) -> Result<(), DbError> {
    tx.execute(
        "update documents
         set category = :category, weight_percent = :weight_percent, updated_at = :now, version = version + 1
         where client_id = :client_id and id = :id",
        params! {
            ":client_id" => scope.client_id(),
            ":id" => settings.id,
            ":category" => settings.category,
            ":weight_percent" => settings.weight.percent(),
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

pub(super) fn weight_from_row(row: &Row<'_>) -> Result<Weight, DbError> {
    let percent: u32 = row.get("weight_percent")?;
    let outside = || Bug::invariant(format!("a document weighs {percent} percent"));
    Ok(Weight::from_percent(percent).ok_or_else(outside)?)
}
