//! How the node's backups stand, and one more at once.

use crate::domain::ops::backups::{Backups, Plan};
use crate::domain::ops::scheduled;
use crate::domain::ops::state::{BackupHealth, Standing};
use crate::domain::people::permissions::Permission;
use crate::ground::time::Timestamp;
use crate::http::{
    Accepted, Agency, AgencyStaff, Call, Code, Json, Limit, Problem, Route, get, operation, post,
};
use schemars::JsonSchema;
use serde::Serialize;

const TAG: &str = "Operations";

pub(super) fn routes() -> Vec<Route> {
    let says = |id, text| operation(id, TAG, text);
    vec![
        get(
            "/api/backups",
            says("getBackups", "Read how the backups stand that are made by themselves."),
            Agency(Permission::JobsRead),
            Limit::Session,
            read,
        ),
        post(
            "/api/backups",
            says("makeBackup", "Make a backup now, into the folder that the settings name."),
            Agency(Permission::JobsWrite),
            Limit::SessionWrite,
            make,
        )
        .may_answer(&[Code::WrongState]),
    ]
}

/// `backup` of the settings.
#[derive(Debug, Serialize, JsonSchema)]
struct BackupPlanView {
    to: String,
    every_hours: u32,
    /// Snapshots that are kept.
    keep: u32,
}

#[derive(Debug, Serialize, JsonSchema)]
struct BackupsView {
    health: BackupHealth,
    /// Null when none is made by itself.
    plan: Option<BackupPlanView>,
    /// When the last one was made.
    made_at: Option<Timestamp>,
    /// When one last came back whole from a trial.
    drilled_at: Option<Timestamp>,
    /// Why the last backup or trial failed; null when it did not.
    failure: Option<String>,
}

fn view(backups: &Backups, now: Timestamp) -> BackupsView {
    let Standing { health, state } = backups.standing(now);
    let at = |ms: Option<i64>| ms.map(Timestamp::from_ms);
    BackupsView {
        health,
        plan: backups.plan.as_ref().map(plan_view),
        made_at: at(state.made_at_ms),
        drilled_at: at(state.drilled_at_ms),
        failure: state.failed.or(state.drill_failed).map(|failure| failure.why),
    }
}

fn plan_view(plan: &Plan) -> BackupPlanView {
    BackupPlanView { to: plan.to.display().to_string(), every_hours: plan.every_hours, keep: plan.keep }
}

async fn read(call: Call<AgencyStaff>) -> Result<Json<BackupsView>, Problem> {
    let env = &call.state.env;
    Ok(Json(view(&env.backups, env.clock.now())))
}

async fn make(call: Call<AgencyStaff>) -> Result<Accepted<BackupsView>, Problem> {
    let env = &call.state.env;
    if env.backups.plan.is_none() {
        let detail = "The settings name no folder for backups. Set `backup.to` and start the server again.";
        return Err(Problem::with_detail(Code::WrongState, detail));
    }
    let actor = call.caller.right.scope.actor().clone();
    env.db.write(actor, scheduled::request).await?;
    Ok(Accepted(view(&env.backups, env.clock.now())))
}
