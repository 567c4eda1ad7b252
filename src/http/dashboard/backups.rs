//! How the node's backups stand, and one more at once.

use crate::domain::ops::backups::{Backups, Plan};
use crate::domain::ops::scheduled;
use crate::domain::ops::state::{BackupHealth, BackupState};
use crate::domain::people::permissions::Permission;
use crate::ground::time::Timestamp;
use crate::http::{
    Accepted, Agency, AgencyStaff, Call, Code, Json, Limit, Problem, Route, get, operation, post,
};
use crate::text_enum;
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

text_enum! {
    /// Whether the node could be made anew from its backups, as far as it knows.
    pub enum BackupHealthView {
        /// None is made by itself.
        Off = "off",
        /// The first is to come within the hour.
        Waiting = "waiting",
        Good = "good",
        /// The last try failed.
        Failing = "failing",
        /// None was made for twice the time between two.
        Late = "late",
        /// The newest did not come back whole from a trial.
        Unrestorable = "unrestorable",
    }
}

impl From<BackupHealth> for BackupHealthView {
    fn from(health: BackupHealth) -> Self {
        match health {
            BackupHealth::Waiting => Self::Waiting,
            BackupHealth::Good => Self::Good,
            BackupHealth::Failing => Self::Failing,
            BackupHealth::Late => Self::Late,
            BackupHealth::Unrestorable => Self::Unrestorable,
        }
    }
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
    health: BackupHealthView,
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
    let Some(plan) = &backups.plan else {
        return BackupsView {
            health: BackupHealthView::Off,
            plan: None,
            made_at: None,
            drilled_at: None,
            failure: None,
        };
    };
    let state = BackupState::read(&backups.layout, plan);
    let at = |ms: Option<i64>| ms.map(Timestamp::from_ms);
    BackupsView {
        health: state.health(plan, now).into(),
        plan: Some(plan_view(plan)),
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
