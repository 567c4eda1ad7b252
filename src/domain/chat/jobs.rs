//! The jobs of this room: turns that a crash left without an answer are given up, so that the same request can take
//! them up again; and questions that many asked in vain become drafts of FAQs.

use super::{ChatError, gaps, store};
use crate::domain::knowledge::KnowledgeError;
use crate::ground::ids::{GapId, Id as _};
use crate::ground::limits::STALE_TURN_MS;
use crate::ground::scope::{AgencyScope, ClientScope};
use crate::store::WriteTx;
use crate::store::error::Chain;
use crate::store::events::Event;
use crate::store::jobs::{Job, JobError, Lane, NewJob};
use tracing::warn;

pub const ABANDON_STALE_TURNS: &str = "chat.abandon_stale_turns";
pub const PROPOSE_DRAFT: &str = "chat.propose_draft";

pub fn abandon_stale_turns(tx: &WriteTx<'_>, _job: &Job) -> Result<(), JobError> {
    let scope = AgencyScope::from_system(ABANDON_STALE_TURNS);
    let abandoned = store::abandon_before(tx, &scope, tx.now().plus_ms(-STALE_TURN_MS))?;
    if abandoned > 0 {
        warn!(abandoned, "Gave up turns that were left without an answer");
    }
    Ok(())
}

/// The job that proposes a draft for a question. One for each question for as long as its row is kept, so that one
/// whose draft found no room is looked at again at the earliest when jobs of that age are forgotten.
pub fn propose_draft_on(event: &Event) -> Vec<NewJob> {
    let Some(gap) = &event.subject_id else { return Vec::new() };
    vec![NewJob {
        kind: PROPOSE_DRAFT,
        lane: Lane::Default,
        client_id: event.client_id.clone(),
        subject_id: Some(gap.clone()),
        dedupe_key: gap.clone(),
        run_at: None,
    }]
}

pub fn propose_draft(tx: &WriteTx<'_>, job: &Job) -> Result<(), JobError> {
    let client_id = job.client_id.clone().ok_or_else(|| JobError::Permanent("no client named".to_owned()))?;
    let id = GapId::parse(job.subject_id.as_deref().unwrap_or_default())
        .map_err(|error| JobError::Permanent(error.to_string()))?;
    gaps::propose_draft(tx, &ClientScope::from_row(client_id, PROPOSE_DRAFT), &id).map_err(
        |error| match error {
            ChatError::Db(error) | ChatError::Knowledge(KnowledgeError::Db(error)) => error.into(),
            other => JobError::Retry(Chain(&other).to_string()),
        },
    )
}
