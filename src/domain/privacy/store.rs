//! The SQL of erasure: the one place that names the tables of every room.

use super::erasure::TableRows;
use crate::ground::limits::ERASED_ROWS_PER_BATCH;
use crate::ground::scope::ClientScope;
use crate::params;
use crate::store::{DbError, ReadTx, WriteTx};

/// Every table whose rows name their client, but the audit log, which stays. A test compares it with the schema.
pub const TABLES_OF_A_CLIENT: &[&str] = &[
    "answer_days",
    "api_keys",
    "billing_contacts",
    "chunk_vectors",
    "chunks",
    "citations",
    "client_assignments",
    "client_logos",
    "client_settings",
    "conversation_shares",
    "conversation_tags",
    "conversation_visitors",
    "conversation_visits",
    "conversations",
    "demo_sites",
    "document_versions",
    "documents",
    "events",
    "faq_phrasings",
    "faq_uses",
    "faq_vectors",
    "faqs",
    "idempotency_keys",
    "identified_visitors",
    "index_changes",
    "instruction_versions",
    "jobs",
    "key_claims",
    "knowledge_gap_askers",
    "knowledge_gap_questions",
    "knowledge_gaps",
    "memberships",
    "messages",
    "outbox",
    "test_conversations",
    "turn_explanations",
    "turns",
    "visitor_sessions",
    "widget_sightings",
];

/// What may be long, parents first: their children go with them. The rest goes with the client's own row.
pub(super) const IN_BATCHES: &[&str] = &[
    "conversations",
    "knowledge_gaps",
    "identified_visitors",
    "outbox",
    "events",
    "jobs",
    "idempotency_keys",
    "index_changes",
];

/// How many rows are the client's, of every table that has some.
pub(super) fn count_rows(tx: &ReadTx<'_>, scope: &ClientScope) -> Result<Vec<TableRows>, DbError> {
    let mut counted = Vec::new();
    for table in TABLES_OF_A_CLIENT {
        let rows = tx.get(
            &format!("select count(*) as n from {table} where client_id = :client_id"),
            params! { ":client_id" => scope.client_id() },
            |row| row.get("n"),
        )?;
        counted.push(TableRows { table, rows });
    }
    let people = tx.get(
        &format!("select count(*) as n from people where {ONLY_OF_CLIENT}"),
        params! { ":client_id" => scope.client_id() },
        |row| row.get("n"),
    )?;
    counted.push(TableRows { table: "people", rows: people });
    counted.retain(|it| it.rows > 0);
    Ok(counted)
}

/// Removes some of the client's rows of this table; returns how many.
pub(super) fn delete_some(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    table: &'static str,
) -> Result<usize, DbError> {
    tx.execute(
        &format!(
            "delete from {table}
             where rowid in (
                 select rowid from {table} where client_id = :client_id order by rowid limit :rows)"
        ),
        params! { ":client_id" => scope.client_id(), ":rows" => ERASED_ROWS_PER_BATCH },
    )
}

/// Removes some of the values that stand beside the client's deeds, but not beside this action's; returns how many.
pub(super) fn delete_some_details(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    kept_action: &'static str,
) -> Result<usize, DbError> {
    tx.execute(
        "delete from audit_details
         where audit_id in (
             select audit_log.id from audit_log
             join audit_details on audit_details.audit_id = audit_log.id
             where audit_log.client_id = :client_id and audit_log.action <> :kept_action
             order by audit_log.id
             limit :rows)",
        params! {
            ":client_id" => scope.client_id(),
            ":kept_action" => kept_action,
            ":rows" => ERASED_ROWS_PER_BATCH,
        },
    )
}

/// Whoever has a place with this client and none elsewhere.
const ONLY_OF_CLIENT: &str = "
    id in (select person_id from memberships where client_id = :client_id)
    and not exists (
        select 1 from memberships as others
        where others.person_id = people.id and others.client_id is distinct from :client_id)";

/// Removes the people who have no place elsewhere, with their sessions.
pub(super) fn delete_people_of(tx: &WriteTx<'_>, scope: &ClientScope) -> Result<(), DbError> {
    tx.execute(
        &format!("delete from people where {ONLY_OF_CLIENT}"),
        params! { ":client_id" => scope.client_id() },
    )?;
    Ok(())
}

/// Removes the client's own row, and what still hangs on it.
pub(super) fn delete_client(tx: &WriteTx<'_>, scope: &ClientScope) -> Result<(), DbError> {
    tx.execute("delete from clients where id = :id", params! { ":id" => scope.client_id() })?;
    Ok(())
}
