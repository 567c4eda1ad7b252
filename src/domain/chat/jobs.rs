//! Turns that a crash left without an answer are given up, so that the same request can take them up again.

use super::store;
use crate::ground::limits::STALE_TURN_MS;
use crate::ground::scope::AgencyScope;
use crate::store::WriteTx;
use crate::store::jobs::{Job, JobError};
use tracing::warn;

pub const ABANDON_STALE_TURNS: &str = "chat.abandon_stale_turns";

pub fn abandon_stale_turns(tx: &WriteTx<'_>, _job: &Job) -> Result<(), JobError> {
    let scope = AgencyScope::from_system(ABANDON_STALE_TURNS);
    let abandoned = store::abandon_before(tx, &scope, tx.now().plus_ms(-STALE_TURN_MS))?;
    if abandoned > 0 {
        warn!(abandoned, "Gave up turns that were left without an answer");
    }
    Ok(())
}
