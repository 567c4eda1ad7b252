//! Keeps the indexes up to date: on every committed change, and on a timer in case a signal was missed. Each index
//! has a task of its own, so that a slow one holds up no other.
//!
//! Nothing but the stop ends a lane: neither an error nor a panic, after which it pauses and goes on.

use super::tasks::Tasks;
use crate::domain::Environment;
use crate::domain::knowledge::follower::{Followed, Follower};
use crate::domain::knowledge::{KnowledgeError, generations};
use crate::ground::limits::{INDEX_RETRY_MS, LANE_POLL_MS};
use crate::store::error::Chain;
use crate::store::{Db, Signal};
use futures_util::FutureExt as _;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tracing::{error, warn};

/// Whether a lane forgets what all indexes have passed. One does it for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pruning {
    Here,
    Elsewhere,
}

/// Follows the change log until the process stops.
pub fn start(tasks: &Tasks, env: &Environment) {
    start_one(tasks, &env.db, Arc::clone(&env.index), Pruning::Here);
    for follower in env.vectors.followers() {
        start_one(tasks, &env.db, follower, Pruning::Elsewhere);
    }
    start_tending(tasks, env);
}

fn start_one<E: Followed>(tasks: &Tasks, db: &Db, index: Arc<Follower<E>>, pruning: Pruning) {
    let (db, tasks_of_lane) = (db.clone(), tasks.clone());
    tasks.spawn("index", async move {
        let mut signals = db.subscribe(Signal::Index);
        while !tasks_of_lane.is_stopping() {
            signals.mark_unchanged();
            // A rebuild that the stop cuts short starts over, a batch is repeated: both are harmless.
            let has_followed = tokio::select! {
                has_followed = follow_once(&index, pruning) => has_followed,
                () = tasks_of_lane.stopping() => return,
            };
            let pause_ms = if has_followed { LANE_POLL_MS } else { INDEX_RETRY_MS };
            tokio::select! {
                // What has failed is not tried faster because more comes in.
                _ = signals.changed(), if has_followed => {}
                () = tokio::time::sleep(Duration::from_millis(pause_ms)) => {}
                () = tasks_of_lane.stopping() => return,
            }
        }
    });
}

/// Gives out the making of vectors at the start, and whenever there is another embedder.
fn start_tending(tasks: &Tasks, env: &Environment) {
    let (env, tasks_of_lane) = (env.clone(), tasks.clone());
    tasks.spawn("generations", async move {
        let mut changes = env.embedder.changed();
        loop {
            changes.mark_unchanged();
            tokio::select! {
                () = tend_once(&env) => {}
                () = tasks_of_lane.stopping() => return,
            }
            tokio::select! {
                changed = changes.changed() => if changed.is_err() { return },
                () = tasks_of_lane.stopping() => return,
            }
        }
    });
}

/// What fails here is tried again by the schedule.
async fn tend_once(env: &Environment) {
    match AssertUnwindSafe(generations::tend(env)).catch_unwind().await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => error!("The making of vectors could not be given out: {}", Chain(&error)),
        Err(_) => error!("The making of vectors panicked; the log says where"),
    }
}

/// False when it failed; the log and the state of the index then say why.
async fn follow_once<E: Followed>(index: &Follower<E>, pruning: Pruning) -> bool {
    match AssertUnwindSafe(follow_and_prune(index, pruning)).catch_unwind().await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            error!("The {} could not follow: {}", index.name(), Chain(&error));
            false
        }
        Err(_) => {
            error!("The {} could not follow: the work panicked; the log says where", index.name());
            index.note_panic().await;
            false
        }
    }
}

async fn follow_and_prune<E: Followed>(index: &Follower<E>, pruning: Pruning) -> Result<(), KnowledgeError> {
    index.catch_up().await?;
    if pruning == Pruning::Elsewhere {
        return Ok(());
    }
    if let Err(error) = index.prune_log_when_due().await {
        warn!("The passed part of the change log could not be forgotten: {}", Chain(&error));
    }
    Ok(())
}
