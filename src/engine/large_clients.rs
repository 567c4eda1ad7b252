//! Makes and tends the indexes of large clients, on a thread of low priority: a turn never waits for it.

use super::tasks::Tasks;
use crate::domain::Environment;
use crate::ground::limits::LARGE_CLIENTS_PAUSE_MS;
use crate::index::large::Tending;
use crate::store::error::Chain;
use std::time::Duration;
use tokio::sync::oneshot;
use tracing::{error, warn};

/// Added to the niceness of the thread: the processor is its only when nobody else wants it.
const NICENESS: i32 = 10;

/// Looks after the large clients until the process stops. Nothing is started where there is no index for them.
pub fn start(tasks: &Tasks, env: &Environment) {
    if !env.vectors.has_large() {
        return;
    }
    let (ended, has_ended) = oneshot::channel();
    let (tasks_of_thread, env) = (tasks.clone(), env.clone());
    let thread = std::thread::Builder::new().name("large-clients".to_owned()).spawn(move || {
        // A thread that may not be nicer is as right, only less polite.
        let _ = rustix::process::nice(NICENESS);
        match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => {
                runtime.block_on(tend_until_stopped(&tasks_of_thread, &env));
                // What it has handed to other threads may be left: the next start throws half-made tables away.
                runtime.shutdown_background();
            }
            Err(error) => error!("The indexes of large clients are not tended: {error}"),
        }
        let _ = ended.send(());
    });
    match thread {
        Ok(_) => tasks.spawn("large_clients", async move {
            // An error means that the thread has ended otherwise.
            let _ = has_ended.await;
        }),
        Err(error) => error!("The indexes of large clients are not tended: {error}"),
    }
}

async fn tend_until_stopped(tasks: &Tasks, env: &Environment) {
    loop {
        tokio::select! {
            tended = env.vectors.tend_large(&env.db, Tending::MuchChanged) => {
                if let Err(error) = tended {
                    warn!("The indexes of large clients could not be tended: {}", Chain(&error));
                }
            }
            () = tasks.stopping() => return,
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(LARGE_CLIENTS_PAUSE_MS)) => {}
            () = tasks.stopping() => return,
        }
    }
}
