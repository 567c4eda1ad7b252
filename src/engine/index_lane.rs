//! Keeps the index up to date: on every committed change, and on a timer in case a signal was missed.
//!
//! Nothing but the stop ends the lane: neither an error nor a panic, after which it pauses and goes on.

use super::tasks::Tasks;
use crate::domain::Environment;
use crate::domain::knowledge::KnowledgeError;
use crate::ground::limits::{INDEX_RETRY_MS, LANE_POLL_MS};
use crate::store::Signal;
use crate::store::error::Chain;
use futures_util::FutureExt as _;
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use tracing::{error, warn};

/// Follows the change log until the process stops.
pub fn start(tasks: &Tasks, env: &Environment) {
    let (env, tasks_of_lane) = (env.clone(), tasks.clone());
    tasks.spawn("index", async move {
        let mut signals = env.db.subscribe(Signal::Index);
        while !tasks_of_lane.is_stopping() {
            signals.mark_unchanged();
            // A rebuild that the stop cuts short starts over, a batch is repeated: both are harmless.
            let has_followed = tokio::select! {
                has_followed = follow_once(&env) => has_followed,
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

/// False when it failed; the log and the state of the index then say why.
async fn follow_once(env: &Environment) -> bool {
    match AssertUnwindSafe(follow_and_prune(env)).catch_unwind().await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            error!("The index could not follow: {}", Chain(&error));
            false
        }
        Err(_) => {
            error!("The index could not follow: the work panicked; the log says where");
            env.index.note_panic().await;
            false
        }
    }
}

async fn follow_and_prune(env: &Environment) -> Result<(), KnowledgeError> {
    env.index.catch_up().await?;
    if let Err(error) = env.index.prune_log_when_due().await {
        warn!("The passed part of the change log could not be forgotten: {}", Chain(&error));
    }
    Ok(())
}
