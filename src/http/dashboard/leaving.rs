//! A client stops being one: suspended for a while, deactivated when it leaves, erased for good.

use super::clients::{ClientPath, ClientView, view};
use crate::domain::access::deactivation;
use crate::domain::clients::{self, ClientError, ClientName, ClientStatus};
use crate::domain::people::permissions::Permission;
use crate::domain::privacy::erasure::{self, ErasureError, TableRows};
use crate::ground::scope::ClientScope;
use crate::http::{Accepted, Call, Code, Json, Limit, Member, NoQuery, Problem, Route, operation, post};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub(super) fn routes() -> Vec<Route> {
    let write = Member(Permission::ClientsWrite);
    let says = |id, text| operation(id, "Clients", text);
    let limit = Limit::SessionWrite;
    let states = [Code::WrongState];
    vec![
        post(
            "/api/clients/{client}/suspend",
            says("suspendClient", "Silence a client's widget, and refuse its keys and its people."),
            write,
            limit,
            suspend,
        )
        .may_answer(&states),
        post(
            "/api/clients/{client}/deactivate",
            says(
                "deactivateClient",
                "Let a client leave: as suspended, and its sessions end, and none of its mail is sent.",
            ),
            write,
            limit,
            deactivate,
        ),
        post(
            "/api/clients/{client}/resume",
            says("resumeClient", "Serve a client again that was suspended or deactivated."),
            write,
            limit,
            resume,
        )
        .may_answer(&states),
        post(
            "/api/clients/{client}/erase",
            says(
                "eraseClient",
                "Remove everything of a deactivated client for good; answers what is being removed.",
            ),
            Member(Permission::AgencyOwn),
            limit,
            erase,
        )
        .may_answer(&states),
    ]
}

async fn suspend(call: Call<ClientScope, ClientPath>) -> Result<Json<ClientView>, Problem> {
    set_status(call, ClientStatus::Suspended).await
}

async fn resume(call: Call<ClientScope, ClientPath>) -> Result<Json<ClientView>, Problem> {
    set_status(call, ClientStatus::Active).await
}

async fn set_status(
    call: Call<ClientScope, ClientPath>,
    status: ClientStatus,
) -> Result<Json<ClientView>, Problem> {
    let (scope, caps) = (call.caller, call.state.env.caps);
    let changed = call.state.env.db.write(scope.actor().clone(), move |tx| -> Result<_, ClientError> {
        let client = clients::set_status(tx, &scope, status)?;
        Ok(view(tx, &caps, client)?)
    });
    Ok(Json(changed.await?))
}

async fn deactivate(call: Call<ClientScope, ClientPath>) -> Result<Json<ClientView>, Problem> {
    let (scope, caps) = (call.caller, call.state.env.caps);
    let changed = call.state.env.db.write(scope.actor().clone(), move |tx| -> Result<_, ClientError> {
        let client = deactivation::deactivate(tx, &scope)?;
        Ok(view(tx, &caps, client)?)
    });
    Ok(Json(changed.await?))
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct EraseRequest {
    /// The client's name, as a proof that this very client is meant.
    name: ClientName,
}

/// What is being removed.
#[derive(Debug, Serialize, JsonSchema)]
struct ErasureView {
    /// The names of tables with the number of rows.
    rows: BTreeMap<&'static str, u64>,
}

async fn erase(
    call: Call<ClientScope, ClientPath, NoQuery, Json<EraseRequest>>,
) -> Result<Accepted<ErasureView>, Problem> {
    let Call { state, caller: scope, body: Json(request), .. } = call;
    let begun = state
        .env
        .db
        .write(scope.actor().clone(), move |tx| erasure::begin(tx, &scope, request.name.as_str()));
    let rows = begun.await?.into_iter().map(|TableRows { table, rows }| (table, rows)).collect();
    Ok(Accepted(ErasureView { rows }))
}

impl From<ErasureError> for Problem {
    fn from(error: ErasureError) -> Self {
        match error {
            ErasureError::OtherName => Problem::field("/name", error.to_string()),
            ErasureError::Client(error) => error.into(),
            ErasureError::Db(error) => error.into(),
        }
    }
}
