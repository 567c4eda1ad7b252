//! The audit log: who did what, in the same transaction as the deed. Append-only, ids only.

use super::error::DbError;
use super::page::{Page, PageRequest};
use super::tx::{ReadTx, WriteTx};
use super::value::{ToValue, to_json};
use crate::ground::ids::{AuditId, ClientId, Id as _};
use crate::ground::time::Timestamp;
use crate::params;

/// One deed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed<'a> {
    /// `client.created`, `faq.deleted` …
    pub action: &'static str,
    pub client_id: Option<&'a ClientId>,
    pub subject_id: &'a str,
    /// The names of the fields that changed.
    pub fields: &'a [&'a str],
    /// What they became, kept beside the log where erasure can reach it. Never a secret.
    pub values_after: Option<serde_json::Value>,
}

/// Writes the deed down for the transaction's actor.
pub fn record(tx: &WriteTx<'_>, deed: &Deed<'_>) -> Result<(), DbError> {
    let id: AuditId = tx.new_id();
    tx.execute(
        "insert into audit_log (id, actor_kind, actor_id, client_id, action, subject_id, fields, created_at)
         values (:id, :actor_kind, :actor_id, :client_id, :action, :subject_id, :fields, :now)",
        params! {
            ":id" => id,
            ":actor_kind" => tx.actor().kind(),
            ":actor_id" => tx.actor().id(),
            ":client_id" => deed.client_id.map(ToValue::to_value),
            ":action" => deed.action,
            ":subject_id" => deed.subject_id,
            ":fields" => to_json(&deed.fields)?,
            ":now" => tx.now(),
        },
    )?;
    if let Some(values) = &deed.values_after {
        tx.execute(
            "insert into audit_details (audit_id, values_after, created_at) values (:audit_id, :values, :now)",
            params! { ":audit_id" => id, ":values" => values.to_string(), ":now" => tx.now() },
        )?;
    }
    Ok(())
}

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    pub id: AuditId,
    pub at: Timestamp,
    pub actor_kind: String,
    pub actor_id: Option<String>,
    pub action: String,
    pub subject_id: String,
    pub client_id: Option<ClientId>,
    pub fields: Vec<String>,
}

/// Which lines to list; what is None does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    pub client_id: Option<ClientId>,
    pub action: Option<String>,
}

/// The log, newest first.
pub fn list(tx: &ReadTx<'_>, filter: &AuditFilter, page: &PageRequest) -> Result<Page<AuditLine>, DbError> {
    let lines = tx.list_page(
        "select id, created_at, actor_kind, actor_id, action, subject_id, client_id, fields
         from audit_log
         where (:client_id is null or client_id = :client_id) and (:action is null or action = :action)
           and (created_at, id) < (:before_at, :before_id)
         order by created_at desc, id desc
         limit :limit",
        params! { ":client_id" => filter.client_id, ":action" => filter.action },
        page,
        |row| {
            Ok(AuditLine {
                id: row.get("id")?,
                at: row.get("created_at")?,
                actor_kind: row.get("actor_kind")?,
                actor_id: row.get("actor_id")?,
                action: row.get("action")?,
                subject_id: row.get("subject_id")?,
                client_id: row.get("client_id")?,
                fields: row.get_json("fields")?,
            })
        },
    )?;
    page.page(lines, |line| (line.at, line.id.as_str().to_owned()))
}
