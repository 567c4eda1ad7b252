//! Backups of this node, made by the process that holds its directory.

use super::state::{BackupState, Failure, Standing};
use crate::domain::Environment;
use crate::domain::knowledge::documents;
use crate::ground::ids::Id as _;
use crate::ground::scope::{Actor, AgencyScope};
use crate::ground::time::Timestamp;
use crate::store::audit::{self, Deed};
use crate::store::backup::BackupError;
use crate::store::backup::key::RecoveryKey;
use crate::store::backup::progress::Progress;
use crate::store::backup::repository::Repository;
use crate::store::backup::retention::{Forgotten, Verified};
use crate::store::backup::take::{self, NamedBlob, Source, Taken};
use crate::store::clock::IdSource;
use crate::store::directory::{self, Layout};
use crate::store::error::{Bug, Chain};
use crate::store::{DbError, ReadTx};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use tracing::{error, info, warn};

/// The recovery key's name in `keys/`.
pub const KEY_FILE: &str = "recovery_key";

/// What a node's backups are made of. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Backups {
    pub layout: Layout,
    /// What the settings ask for; None: no backup is made by itself.
    pub plan: Option<Plan>,
    /// Of the backup that is being made.
    pub progress: Progress,
}

/// Backups that are made by themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub to: PathBuf,
    pub every_hours: u32,
    pub keep: u32,
}

impl Backups {
    pub fn new(layout: Layout, plan: Option<Plan>) -> Self {
        Self { layout, plan, progress: Progress::default() }
    }

    pub fn standing(&self, now: Timestamp) -> Standing {
        Standing::of(&self.layout, self.plan.as_ref(), now)
    }
}

/// A backup to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The repository.
    pub to: PathBuf,
    /// How many snapshots stay; None: all.
    pub keep: Option<u32>,
    /// Whether everything in the repository is read again afterwards.
    pub verify: bool,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    #[serde(flatten)]
    pub taken: Taken,
    pub duration_ms: u64,
    /// What retention removed.
    pub forgotten: Forgotten,
    pub verified: Option<Verified>,
    /// With the first snapshot of a repository: to be kept apart.
    pub recovery_key: Option<String>,
}

/// Makes a backup and forgets old ones. A key is made with the first.
pub async fn back_up(env: &Environment, order: Order) -> Result<Report, BackupError> {
    let (of_env, to, actor) = (env.clone(), order.to.clone(), Actor::System("backup"));
    let made = tokio::task::spawn_blocking(move || make(&of_env, &order)).await;
    let made = made.unwrap_or_else(|_| Err(DbError::from(Bug::invariant("a backup broke off")).into()));
    note(env, to, made.as_ref().err());
    match &made {
        Ok(report) => {
            let id = report.taken.snapshot_id.clone();
            let (bytes_new, bytes_total) = (report.taken.bytes_new, report.taken.bytes_total);
            info!(snapshot.id = %id, bytes_new, bytes_total, duration_ms = report.duration_ms, "Made a backup");
            if !report.taken.missing.is_empty() {
                error!(files = ?report.taken.missing, "Files that the database names are missing");
            }
            env.db.write(actor, move |tx| record_deed(tx, id.as_str())).await?;
        }
        Err(failure) => error!("A backup was not made: {}", Chain(failure)),
    }
    made
}

/// Writes down how it went, for who asks later. A backup into another folder than the settings name counts for nothing.
fn note(env: &Environment, to: PathBuf, failure: Option<&BackupError>) {
    let Some(plan) = env.backups.plan.as_ref().filter(|plan| plan.to == to) else { return };
    let at_ms = env.clock.now().as_ms();
    let noted = BackupState::change(&env.backups.layout, plan, |state| match failure {
        None => (state.made_at_ms, state.failed) = (Some(at_ms), None),
        // Another one is being made.
        Some(BackupError::Running | BackupError::Locked { .. }) => {}
        Some(failure) => state.failed = Some(Failure { at_ms, why: Chain(failure).to_string() }),
    });
    if let Err(error) = noted {
        error!("It could not be noted how a backup went: {}", Chain(&error));
    }
}

fn record_deed(tx: &crate::store::WriteTx<'_>, snapshot_id: &str) -> Result<(), DbError> {
    let action = "backup.made";
    audit::record(
        tx,
        &Deed { action, client_id: None, subject_id: snapshot_id, fields: &[], values_after: None },
    )
}

fn make(env: &Environment, order: &Order) -> Result<Report, BackupError> {
    let started = env.clock.now();
    let backups = &env.backups;
    take::check_target(&backups.layout, &order.to)?;
    let key = load_or_make_key(&backups.layout, &env.ids)?;
    let repository = Repository::open_or_make(&order.to, key.clone(), &env.ids)?;
    let is_first = repository.snapshot_ids()?.is_empty();
    let source = Source {
        layout: &backups.layout,
        blobs: &env.blobs,
        list_blobs: list_all,
        clock: env.clock.as_ref(),
        ids: &env.ids,
    };
    let taken = take::take(&repository, &source, &backups.progress)?;
    let forgotten = match order.keep {
        Some(keep) => repository.forget(keep as usize)?,
        None => Forgotten::default(),
    };
    let verified = if order.verify { Some(repository.verify(None, &backups.progress)?) } else { None };
    if is_first {
        warn!("The recovery key is in `keys/{KEY_FILE}`; keep a copy of it apart from this machine");
    }
    Ok(Report {
        taken,
        duration_ms: u64::try_from(env.clock.now().ms_since(started)).unwrap_or(0),
        forgotten,
        verified,
        recovery_key: is_first.then(|| key.to_text().reveal().clone()),
    })
}

fn list_all(tx: &ReadTx<'_>) -> Result<Vec<NamedBlob>, DbError> {
    documents::list_all_blobs(tx, &AgencyScope::from_system("backup"))
}

pub(super) fn load_or_make_key(layout: &Layout, ids: &IdSource) -> Result<RecoveryKey, BackupError> {
    if let Some(text) = directory::find_text(layout, KEY_FILE)? {
        return RecoveryKey::parse(text.reveal());
    }
    let key = RecoveryKey::new(ids.new_key());
    directory::load_or_make_text(layout, KEY_FILE, || key.to_text().reveal().clone())?;
    Ok(key)
}
