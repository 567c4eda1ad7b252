//! Usage: what the client has, and what was said this month.

use crate::domain::conversations;
use crate::domain::knowledge;
use crate::ground::scope::ClientScope;
use crate::ground::time::Timestamp;
use crate::http::{Call, Json, Key, KeyScope, Limit, Problem, Route, get, operation};
use crate::store::DbError;
use schemars::JsonSchema;
use serde::Serialize;

pub(super) fn routes() -> Vec<Route> {
    vec![get(
        "/api/usage",
        operation("getUsage", "Usage", "Read what is stored and what was said since the month began (UTC)."),
        Key(KeyScope::UsageRead),
        Limit::Key,
        read,
    )]
}

/// Counted from the rows themselves, so nothing is ever reset.
#[derive(Debug, Serialize, JsonSchema)]
struct UsageView {
    /// The first instant of this month in UTC.
    period_started_at: Timestamp,
    /// Conversations with a message since then.
    conversations: u32,
    visitor_messages: u32,
    assistant_messages: u32,
    /// Documents in any state.
    documents: u32,
    /// Bytes of the uploaded files.
    document_bytes: u64,
    /// Pieces that can be cited.
    chunks: u32,
    faqs: u32,
}

async fn read(call: Call<ClientScope>) -> Result<Json<UsageView>, Problem> {
    let scope = call.caller;
    let view = call
        .state
        .env
        .db
        .read(move |tx| -> Result<_, DbError> {
            let period_started_at = tx.now().month_start_utc();
            let said = conversations::count_since(tx, &scope, period_started_at)?;
            let stored = knowledge::count(tx, &scope)?;
            Ok(UsageView {
                period_started_at,
                conversations: said.conversations,
                visitor_messages: said.visitor_messages,
                assistant_messages: said.assistant_messages,
                documents: stored.documents,
                document_bytes: stored.document_bytes,
                chunks: stored.chunks,
                faqs: stored.faqs,
            })
        })
        .await?;
    Ok(Json(view))
}
