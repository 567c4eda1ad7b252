//! The table of jobs: a new kind is a new line here.

use super::housekeeping;
use crate::domain::Environment;
use crate::domain::access::sign_up;
use crate::domain::ops::scheduled;
use crate::domain::privacy::erasure;
use crate::domain::{chat, knowledge, notify};
use crate::store::WriteTx;
use crate::store::jobs::{Job, JobError};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

/// Work that is one transaction: it commits together with the job's completion.
type TxWork = fn(&WriteTx<'_>, &Job) -> Result<(), JobError>;
/// Work between transactions, under a lease; idempotent by its keys.
type IoWork = fn(Environment, Job) -> BoxFuture<'static, Result<(), JobError>>;

pub enum Work {
    Tx(TxWork),
    Io(IoWork),
}

pub struct JobSpec {
    pub kind: &'static str,
    pub work: Work,
    /// What happens in the transaction that gives the job up.
    pub given_up: Option<TxWork>,
}

pub const JOBS: &[JobSpec] = &[
    JobSpec {
        kind: knowledge::jobs::INGEST_DOCUMENT,
        work: Work::Io(|env, job| knowledge::jobs::ingest_document(env, job).boxed()),
        given_up: Some(knowledge::jobs::ingest_given_up),
    },
    JobSpec {
        kind: knowledge::jobs::REINDEX_CLIENT,
        work: Work::Tx(knowledge::jobs::reindex_client),
        given_up: None,
    },
    JobSpec {
        kind: knowledge::jobs::EMBED_CLIENT,
        work: Work::Io(|env, job| knowledge::jobs::embed_client(env, job).boxed()),
        given_up: None,
    },
    JobSpec {
        kind: knowledge::generations::FILL_GENERATION,
        work: Work::Io(|env, job| knowledge::generations::fill(env, job).boxed()),
        given_up: None,
    },
    JobSpec {
        kind: knowledge::generations::DROP_GENERATION,
        work: Work::Io(|env, job| knowledge::generations::drop_retired(env, job).boxed()),
        given_up: None,
    },
    JobSpec {
        kind: knowledge::generations::TEND_GENERATIONS,
        work: Work::Io(|env, job| knowledge::generations::tend_on_schedule(env, job).boxed()),
        given_up: None,
    },
    JobSpec {
        kind: knowledge::recutting::RECUT_DOCUMENTS,
        work: Work::Io(|env, job| knowledge::recutting::recut_documents(env, job).boxed()),
        given_up: None,
    },
    JobSpec {
        kind: knowledge::jobs::SWEEP,
        work: Work::Io(|env, job| knowledge::jobs::sweep(env, job).boxed()),
        given_up: None,
    },
    JobSpec {
        kind: chat::jobs::ABANDON_STALE_TURNS,
        work: Work::Tx(chat::jobs::abandon_stale_turns),
        given_up: None,
    },
    JobSpec { kind: chat::jobs::PROPOSE_DRAFT, work: Work::Tx(chat::jobs::propose_draft), given_up: None },
    JobSpec {
        kind: notify::accounts::WRITE_TRIAL_ENDINGS,
        work: Work::Tx(notify::accounts::write_trial_endings),
        given_up: None,
    },
    JobSpec { kind: sign_up::END_TRIALS, work: Work::Tx(sign_up::end_trials), given_up: None },
    JobSpec {
        kind: notify::accounts::WRITE_SIGN_UP,
        work: Work::Tx(notify::accounts::write_sign_up),
        given_up: None,
    },
    JobSpec { kind: notify::WRITE_SIGN_IN, work: Work::Tx(notify::write_sign_in), given_up: None },
    JobSpec {
        kind: erasure::ERASE_CLIENT,
        work: Work::Io(|env, job| erasure::erase_client(env, job).boxed()),
        given_up: None,
    },
    JobSpec {
        kind: scheduled::BACK_UP,
        work: Work::Io(|env, job| scheduled::back_up(env, job).boxed()),
        given_up: None,
    },
    JobSpec {
        kind: housekeeping::HOUSEKEEPING,
        work: Work::Io(|env, job| housekeeping::run(env, job).boxed()),
        given_up: None,
    },
];

pub fn find(kind: &str) -> Option<&'static JobSpec> {
    JOBS.iter().find(|spec| spec.kind == kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_kind_stands_in_the_table_once() {
        let kinds: BTreeSet<_> = JOBS.iter().map(|spec| spec.kind).collect();
        assert_eq!(kinds.len(), JOBS.len());
    }
}
