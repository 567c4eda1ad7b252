//! Probes: alive, database, ready.
//!
//! Anybody may ask at any rate, so what costs something is asked at most once a second ([`ReadyCache`]).

use crate::domain::knowledge::follower::IndexState;
use crate::domain::knowledge::meaning::{self, MeaningState};
use crate::domain::ops::state::BackupHealth;
use crate::ground::scope::Actor;
use crate::http::{
    Anyone, Call, HttpState, Json, JsonWithStatus, Limit, Problem, Public, Route, get, operation,
};
use crate::index::embed::EmbedderState;
use crate::store::error::Chain;
use crate::store::jobs::{self, JobCounts};
use crate::store::{DbError, ReadTx, directory};
use schemars::JsonSchema;
use serde::Serialize;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use tracing::warn;

const TAG: &str = "Health";
/// Within this time the database answers, or it is taken for failed.
const PATIENCE_MS: u64 = 2_000;
/// For so long an answer of the database stands.
const FRESH_MS: u64 = 1_000;
const WHY: Public = Public("probes carry no credential; the answer holds states only");

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/healthz",
            operation("isAlive", TAG, "Say that the process is alive."),
            WHY,
            Limit::Health,
            alive,
        ),
        get(
            "/healthz/db",
            operation("isDatabaseUp", TAG, "Say whether the database answers."),
            WHY,
            Limit::Health,
            database,
        ),
        get(
            "/healthz/ready",
            operation("isReady", TAG, "Say whether the node can serve, and what stands against it."),
            WHY,
            Limit::Health,
            ready,
        ),
    ]
}

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Health {
    Ok,
    /// Works, with something that the detail names.
    Degraded,
    Failed,
}

#[derive(Debug, Serialize, JsonSchema)]
struct AliveView {
    status: Health,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ComponentView {
    status: Health,
    /// What is the matter and what to do; null when all is well.
    detail: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ReadyView {
    /// `failed` with status 503: not to be served from.
    status: Health,
    version: &'static str,
    database: ComponentView,
    index: ComponentView,
    /// `degraded` while vectors are made or their model is away: answers come from keywords meanwhile.
    vectors: ComponentView,
    disk: ComponentView,
    queues: ComponentView,
    /// `degraded` when those that are made by themselves fail, are late, or do not come back whole.
    backups: ComponentView,
    embeddings: EmbeddingsView,
}

/// Whether texts are found by their meaning, too.
#[derive(Debug, Serialize, JsonSchema)]
struct EmbeddingsView {
    status: Health,
    state: EmbeddingsState,
    /// The model in use; null without one.
    model: Option<String>,
    /// What is the matter and what to do; null when all is well.
    detail: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum EmbeddingsState {
    Ok,
    /// Ready in a moment.
    Loading,
    /// There is no model: search goes by keywords alone.
    Missing,
    /// The model or the endpoint cannot be used: search goes by keywords alone.
    Failing,
    /// Chosen in the settings: search goes by keywords alone.
    Off,
}

impl ComponentView {
    const fn ok() -> Self {
        Self { status: Health::Ok, detail: None }
    }
    fn degraded(detail: impl Into<String>) -> Self {
        Self { status: Health::Degraded, detail: Some(detail.into()) }
    }
    fn failed(detail: impl Into<String>) -> Self {
        Self { status: Health::Failed, detail: Some(detail.into()) }
    }
}

async fn alive(_: Call<Anyone>) -> Result<Json<AliveView>, Problem> {
    Ok(Json(AliveView { status: Health::Ok }))
}

async fn database(call: Call<Anyone>) -> Result<JsonWithStatus<AliveView>, Problem> {
    let probed = call.state.node.ready_cache.probed(&call.state).await;
    let status = database_health(&probed).status;
    Ok(JsonWithStatus::ready_if(status != Health::Failed, AliveView { status }))
}

async fn ready(call: Call<Anyone>) -> Result<JsonWithStatus<ReadyView>, Problem> {
    let state = call.state;
    let probed = state.node.ready_cache.probed(&state).await;
    let parts = [
        database_health(&probed),
        index_health(&state),
        vectors_health(&state, &probed),
        disk_health(&state),
        queue_health(&state, probed.counts),
        backups_health(&state),
    ];
    let embeddings = embeddings_health(&state);
    let statuses: Vec<Health> = parts.iter().map(|part| part.status).chain([embeddings.status]).collect();
    let worst = |wanted| statuses.contains(&wanted);
    let status = match (worst(Health::Failed), worst(Health::Degraded)) {
        (true, _) => Health::Failed,
        (_, true) => Health::Degraded,
        _ => Health::Ok,
    };
    let [database, index, vectors, disk, queues, backups] = parts;
    let version = env!("CARGO_PKG_VERSION");
    let view = ReadyView { status, version, database, index, vectors, disk, queues, backups, embeddings };
    Ok(JsonWithStatus::ready_if(status != Health::Failed, view))
}

/// What the database answered last. Whoever asks while it is being asked waits for the same answer.
#[derive(Debug, Clone, Default)]
pub struct ReadyCache(Arc<Mutex<Option<(Instant, Probed)>>>);

#[derive(Debug, Clone, Copy)]
struct Probed {
    /// None when it cannot be read.
    counts: Option<JobCounts>,
    meaning: Option<MeaningState>,
    is_writable: bool,
}

impl ReadyCache {
    async fn probed(&self, state: &HttpState) -> Probed {
        let mut last = self.0.lock().await;
        if let Some((at, probed)) = *last
            && at.elapsed() < Duration::from_millis(FRESH_MS)
        {
            return probed;
        }
        let (db, env) = (&state.env.db, state.env.clone());
        let (read, written) = tokio::join!(
            within_patience(
                "read",
                db.read(move |tx: &ReadTx<'_>| -> Result<_, DbError> {
                    Ok((jobs::counts(tx)?, meaning::state(tx, &env)?))
                })
            ),
            // Stands in the queue of the writer and takes the lock of the file; it changes nothing.
            within_patience(
                "write",
                db.write(Actor::System("health"), |_| -> Result<(), DbError> { Ok(()) })
            ),
        );
        let (counts, meaning) = read.unzip();
        let probed = Probed { counts, meaning, is_writable: written.is_some() };
        *last = Some((Instant::now(), probed));
        probed
    }
}

/// None when it failed or took too long, which the log then says.
async fn within_patience<T>(doing: &str, work: impl Future<Output = Result<T, DbError>>) -> Option<T> {
    match tokio::time::timeout(Duration::from_millis(PATIENCE_MS), work).await {
        Ok(Ok(value)) => Some(value),
        Ok(Err(error)) => {
            warn!("The database probe could not {doing}: {}", Chain(&error));
            None
        }
        Err(_) => {
            warn!("The database probe could not {doing} within {PATIENCE_MS} ms");
            None
        }
    }
}

fn database_health(probed: &Probed) -> ComponentView {
    match (probed.counts, probed.is_writable) {
        (None, _) => ComponentView::failed("The database does not answer. The log says why."),
        (_, false) => ComponentView::failed("The database takes no writes. The log says why."),
        _ => ComponentView::ok(),
    }
}

fn index_health(state: &HttpState) -> ComponentView {
    match state.env.index.state() {
        IndexState::Following { .. } => ComponentView::ok(),
        IndexState::Failing { since, why } => ComponentView::failed(format!(
            "The index cannot be written: {why}, since {}. The log says why.",
            since.to_rfc3339()
        )),
        IndexState::Opening => ComponentView::failed("The index is being opened. Try again in a moment."),
        IndexState::Rebuilding { done, total } => ComponentView::failed(format!(
            "The index is being rebuilt: {done} of {total} entries. Answers are complete when it is done."
        )),
    }
}

fn vectors_health(state: &HttpState, probed: &Probed) -> ComponentView {
    let failing = state.env.vectors.followers().into_iter().find_map(|follower| match follower.state() {
        IndexState::Failing { why, .. } => Some((follower.name(), why)),
        _ => None,
    });
    if let Some((name, why)) = failing {
        return ComponentView::degraded(format!(
            "The {name} cannot be brought up to date: {why}. Answers may lack what is new. The log says why."
        ));
    }
    match probed.meaning {
        Some(MeaningState::Building { done, total, is_answering }) => {
            let meanwhile = if is_answering { "the former vectors" } else { "keywords" };
            ComponentView::degraded(format!(
                "Vectors are being made: {done} of {total} entries. Until then {meanwhile} answer."
            ))
        }
        Some(MeaningState::WithoutModel) => ComponentView::degraded(
            "The model that has made the vectors is not there: keywords answer alone. \
             Import it again, or another one.",
        ),
        Some(MeaningState::Answering | MeaningState::Unused) | None => ComponentView::ok(),
    }
}

fn embeddings_health(state: &HttpState) -> EmbeddingsView {
    use EmbeddingsState as State;
    let view = |status, state, model, detail| EmbeddingsView { status, state, model, detail };
    match state.env.embedder.state() {
        EmbedderState::Off => view(Health::Ok, State::Off, None, None),
        EmbedderState::Loading => {
            let detail = "The embedding model is being loaded; until then, search goes by keywords alone.";
            view(Health::Degraded, State::Loading, None, Some(detail.to_owned()))
        }
        EmbedderState::Missing { .. } => {
            let detail = "There is no embedding model, so search goes by keywords alone. The doctor says how to \
                          bring one in.";
            view(Health::Degraded, State::Missing, None, Some(detail.to_owned()))
        }
        EmbedderState::Failed { .. } => {
            let detail =
                "The embedding model cannot be used, so search goes by keywords alone. The log says why.";
            view(Health::Degraded, State::Failing, None, Some(detail.to_owned()))
        }
        EmbedderState::Ready(embedder) => {
            let model = Some(embedder.id().to_owned());
            match embedder.trouble() {
                Some(_) => {
                    let detail = "The embeddings endpoint cannot be used at present, so search goes by keywords alone. \
                                  The log says why.";
                    view(Health::Degraded, State::Failing, model, Some(detail.to_owned()))
                }
                None => view(Health::Ok, State::Ok, model, None),
            }
        }
    }
}

/// Also where the data goes with the container: it works, until it is gone.
fn disk_health(state: &HttpState) -> ComponentView {
    match directory::free_bytes(&state.node.data_root) {
        None => ComponentView::degraded("The system does not say how much space is free."),
        Some(free) if free < state.node.free_disk_bytes_min => {
            ComponentView::degraded("The disk is nearly full: uploads are refused. Free some space.")
        }
        Some(_) => state
            .node
            .ephemeral_data
            .map_or_else(ComponentView::ok, |ephemeral| ComponentView::degraded(ephemeral.advice())),
    }
}

/// Says neither why nor where: the dashboard and the doctor do.
fn backups_health(state: &HttpState) -> ComponentView {
    match state.env.backups.standing(state.env.clock.now()).health {
        BackupHealth::Off | BackupHealth::Good | BackupHealth::Waiting => ComponentView::ok(),
        BackupHealth::Failing => ComponentView::degraded("The last backup failed. The doctor says why."),
        BackupHealth::Late => ComponentView::degraded("No backup was made in time. The doctor says more."),
        BackupHealth::Unrestorable => ComponentView::degraded(
            "The newest backup could not be restored for a trial. The doctor says why.",
        ),
    }
}

/// Jobs that have been due for five minutes mean that no worker takes them.
fn queue_health(state: &HttpState, counts: Option<JobCounts>) -> ComponentView {
    const STALLED_MS: i64 = 5 * 60_000;
    let Some(counts) = counts else { return ComponentView::failed("The queues cannot be read.") };
    let waited_ms = counts.oldest_due_at.map_or(0, |due| state.env.clock.now().ms_since(due));
    if waited_ms > STALLED_MS {
        return ComponentView::degraded(format!("The oldest job has waited for {} s.", waited_ms / 1_000));
    }
    if counts.failed > 0 {
        return ComponentView::degraded(format!(
            "{} jobs have failed in the last 24 hours. The log says why.",
            counts.failed
        ));
    }
    ComponentView::ok()
}
