//! Keeps the index up to date: on every committed change, and on a timer in case a signal was missed.

use super::tasks::Tasks;
use crate::domain::Environment;
use crate::ground::limits::{INDEX_RETRY_MS, LANE_POLL_MS};
use crate::store::Signal;
use crate::store::error::Chain;
use std::time::Duration;
use tracing::error;

/// Follows the change log until the process stops.
pub fn start(tasks: &Tasks, env: &Environment) {
    let (env, tasks_of_lane) = (env.clone(), tasks.clone());
    tasks.spawn("index", async move {
        let mut signals = env.db.subscribe(Signal::Index);
        while !tasks_of_lane.is_stopping() {
            signals.mark_unchanged();
            let pause_ms = match env.index.catch_up().await {
                Ok(()) => LANE_POLL_MS,
                Err(error) => {
                    error!("The index could not follow: {}", Chain(&error));
                    INDEX_RETRY_MS
                }
            };
            tokio::select! {
                _ = signals.changed() => {}
                () = tokio::time::sleep(Duration::from_millis(pause_ms)) => {}
                () = tasks_of_lane.stopping() => return,
            }
        }
    });
}
