//! Knowledge gaps: what visitors asked in vain.

use super::views::{ListView, PageQuery};
use crate::domain::chat::gaps::{self, Gap, GapStatus};
use crate::ground::ids::GapId;
use crate::ground::scope::ClientScope;
use crate::ground::time::Timestamp;
use crate::http::{
    Call, Code, Json, Key, KeyScope, Limit, NoPath, NoQuery, Problem, Route, get, operation, patch,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const TAG: &str = "Knowledge";

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/api/gaps",
            operation("listGaps", TAG, "List the questions that nothing answered, newest first."),
            Key(KeyScope::KnowledgeRead),
            Limit::Key,
            list,
        ),
        patch(
            "/api/gaps/{id}",
            operation("changeGap", TAG, "Say what became of a question that nothing answered."),
            Key(KeyScope::KnowledgeWrite),
            Limit::KeyWrite,
            change,
        )
        .may_answer(&[Code::NotFound]),
    ]
}

/// A question that nothing answered. Questions that differ in case and punctuation only are one.
#[derive(Debug, Serialize, JsonSchema)]
struct GapView {
    id: GapId,
    /// As it was asked first; null once it was erased.
    question: Option<String>,
    status: GapStatus,
    times_asked: u32,
    last_asked_at: Timestamp,
    created_at: Timestamp,
    /// Counts the changes.
    version: u32,
}

impl From<Gap> for GapView {
    fn from(gap: Gap) -> Self {
        Self {
            id: gap.id,
            question: gap.question,
            status: gap.status,
            times_asked: gap.times_asked,
            last_asked_at: gap.last_asked_at,
            created_at: gap.created_at,
            version: gap.version,
        }
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
struct GapQuery {
    /// Only those of this status.
    status: Option<GapStatus>,
    /// Items on a page: 50 by default; more than 100 is taken as 100.
    limit: Option<u32>,
    /// `next_cursor` of the page before. Leave it away for the first page.
    cursor: Option<String>,
}

async fn list(call: Call<ClientScope, NoPath, GapQuery>) -> Result<Json<ListView<GapView>>, Problem> {
    let (scope, query) = (call.caller, call.query);
    let page = PageQuery { limit: query.limit, cursor: query.cursor }.request()?;
    let found = call.state.env.db.read(move |tx| gaps::list(tx, &scope, query.status, &page)).await?;
    Ok(Json(ListView::of(found, GapView::from)))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct GapPath {
    id: GapId,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct GapPatch {
    status: GapStatus,
}

async fn change(call: Call<ClientScope, GapPath, NoQuery, Json<GapPatch>>) -> Result<Json<GapView>, Problem> {
    let Call { state, caller: scope, path, body: Json(patch), .. } = call;
    let changed = state
        .env
        .db
        .write(scope.actor().clone(), move |tx| gaps::set_status(tx, &scope, &path.id, patch.status))
        .await?;
    Ok(Json(changed.into()))
}
