//! The audit log: who did what, in the same transaction as the deed. Append-only, ids only.

use super::error::DbError;
use super::tx::WriteTx;
use super::value::{ToValue, to_json};
use crate::ground::ids::{AuditId, ClientId};
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
