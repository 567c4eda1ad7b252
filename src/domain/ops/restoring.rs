//! What a node must forget when it comes out of a backup (decision 0022).

use crate::domain::notify;
use crate::ground::ids::{Id as _, SnapshotId};
use crate::store::audit::{self, Deed};
use crate::store::{DbError, WriteTx, jobs, outbox};

/// What was put in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doubted {
    pub mails: usize,
    pub jobs: usize,
}

/// Nothing that had not gone out at the moment of the backup goes out by itself: it may have gone out since, from the
/// node that was lost. Jobs whose only work is to write a mail are cancelled for the same reason.
pub fn put_in_doubt(tx: &WriteTx<'_>, snapshot: &SnapshotId) -> Result<Doubted, DbError> {
    let mails = outbox::doubt_all_open(tx)?;
    let jobs = jobs::cancel_all_open(tx, notify::WRITE_SIGN_IN)?;
    audit::record(
        tx,
        &Deed {
            action: "backup.restored",
            client_id: None,
            subject_id: snapshot.as_str(),
            fields: &[],
            values_after: Some(serde_json::json!({ "mails_in_doubt": mails, "jobs_cancelled": jobs })),
        },
    )?;
    Ok(Doubted { mails, jobs })
}
