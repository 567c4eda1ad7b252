//! The agency's figures: clients of each kind, and what goes on at the live ones.

use crate::domain::chat::figures;
use crate::domain::clients;
use crate::domain::people::permissions::Permission;
use crate::ground::time::DAY_MS;
use crate::http::{Agency, AgencyStaff, Call, Json, Limit, Problem, Route, get, operation};
use crate::store::DbError;
use schemars::JsonSchema;
use serde::Serialize;

pub(super) fn routes() -> Vec<Route> {
    vec![get(
        "/api/agency/figures",
        operation(
            "getFigures",
            "Clients",
            "Read how many clients there are, and what went on at the live ones in thirty days.",
        ),
        Agency(Permission::ClientsRead),
        Limit::Session,
        read,
    )]
}

/// Clients that are served, by what they are there for, and the real ones that are not.
#[derive(Debug, Serialize, JsonSchema)]
struct ClientCountsView {
    live: u32,
    demo: u32,
    test: u32,
    suspended: u32,
}

/// Whoever sees assigned clients only gets the figures of those.
#[derive(Debug, Serialize, JsonSchema)]
struct FiguresView {
    clients: ClientCountsView,
    /// Conversations of live clients with a message in the last thirty days.
    conversations_30d: u32,
    /// What visitors of live clients asked in the last thirty days.
    messages_30d: u32,
    /// Questions to live clients that nothing answered, and that nobody has looked at.
    unanswered_open: u32,
}

async fn read(call: Call<AgencyStaff>) -> Result<Json<FiguresView>, Problem> {
    let right = call.caller.right;
    let found = call.state.env.db.read(move |tx| -> Result<_, DbError> {
        let only = right.limited_to.as_ref();
        let clients = clients::count(tx, &right.scope, only)?;
        let month = figures::read(tx, &right.scope, tx.now().plus_ms(-30 * DAY_MS), only)?;
        Ok(FiguresView {
            clients: ClientCountsView {
                live: clients.live,
                demo: clients.demo,
                test: clients.test,
                suspended: clients.suspended,
            },
            conversations_30d: month.conversations,
            messages_30d: month.questions,
            unanswered_open: month.unanswered_open,
        })
    });
    Ok(Json(found.await?))
}
