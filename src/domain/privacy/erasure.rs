//! A client is erased: every row that is its own, its files, what the indexes hold of it, and people who had no other
//! place.
//!
//! [`begin`] counts the rows of each table, which the audit log keeps, and leaves the work to a job: it goes table by
//! table in bounded transactions and may be repeated at any point. The client's own row goes last, and the rest with
//! it. The audit log stays, without its values; it holds ids only.

use super::store;
use crate::domain::Environment;
use crate::domain::clients::{self, ClientError};
use crate::domain::knowledge::erasing;
use crate::ground::ids::{ClientId, Id as _};
use crate::ground::scope::ClientScope;
use crate::store::audit::{self, Deed};
use crate::store::error::Chain;
use crate::store::jobs::{self, Job, JobError, Lane, NewJob};
use crate::store::{DbError, WriteTx};
use tracing::info;

pub const ERASE_CLIENT: &str = "privacy.erase_client";

/// The deed that keeps the counts.
const BEGUN: &str = "client.erasure_begun";
const INDEX_PAUSE_MS: i64 = 2_000;

/// How many rows of a table are the client's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRows {
    pub table: &'static str,
    pub rows: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum ErasureError {
    #[error("This is not the client's name. Write it exactly as it stands there.")]
    OtherName,
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Begins to erase a client that was deactivated, for whoever writes its name; returns what is being removed.
pub fn begin(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    confirmed_name: &str,
) -> Result<Vec<TableRows>, ErasureError> {
    let client = clients::get(tx, scope)?;
    if client.name.as_str() != confirmed_name.trim() {
        return Err(ErasureError::OtherName);
    }
    clients::begin_erasure(tx, scope)?;
    let counted = store::count_rows(tx, scope)?;
    let id = scope.client_id().as_str();
    // Not a job of the client's: those go with it.
    let job = NewJob {
        kind: ERASE_CLIENT,
        lane: Lane::Default,
        client_id: None,
        dedupe_key: id.to_owned(),
        subject_id: Some(id.to_owned()),
        run_at: None,
    };
    if jobs::enqueue(tx, &job)?.is_some() {
        let counts: serde_json::Map<_, _> =
            counted.iter().map(|it| (it.table.to_owned(), it.rows.into())).collect();
        audit::record(
            tx,
            &Deed {
                action: BEGUN,
                client_id: Some(scope.client_id()),
                subject_id: id,
                fields: &[],
                values_after: Some(counts.into()),
            },
        )?;
    }
    Ok(counted)
}

/// Removes everything of the client that the job names. Whatever is gone already is not missed.
pub async fn erase_client(env: Environment, job: Job) -> Result<(), JobError> {
    let id = ClientId::parse(job.subject_id.as_deref().unwrap_or_default())
        .map_err(|error| JobError::Permanent(error.to_string()))?;
    let scope = ClientScope::from_row(id, ERASE_CLIENT);
    let of_client = scope.clone();
    let found = env.db.read(move |tx| clients::get(tx, &of_client)).await;
    match found {
        Ok(client) if client.is_erasing => {}
        Ok(_) => return Err(JobError::Permanent("nobody asked for this".to_owned())),
        Err(ClientError::NotFound) => return Ok(()),
        Err(error) => return Err(JobError::Retry(Chain(&error).to_string())),
    }
    let have_followed =
        erasing::erase_all(&env, &scope).await.map_err(|error| JobError::Retry(Chain(&error).to_string()))?;
    if !have_followed {
        let why = "the indexes still hold something of the client".to_owned();
        return Err(JobError::NotYet { why, pause_ms: INDEX_PAUSE_MS });
    }
    for table in store::IN_BATCHES {
        while erase_some(&env, &scope, move |tx, scope| store::delete_some(tx, scope, table)).await? {}
    }
    while erase_some(&env, &scope, |tx, scope| store::delete_some_details(tx, scope, BEGUN)).await? {}
    let of_client = scope.clone();
    let done = env.db.write(scope.actor().clone(), move |tx| finish(tx, &of_client));
    done.await?;
    info!(client.id = %scope.client_id(), "Erased a client");
    Ok(())
}

/// One bounded transaction; false when it found nothing.
async fn erase_some(
    env: &Environment,
    scope: &ClientScope,
    remove: impl Fn(&WriteTx<'_>, &ClientScope) -> Result<usize, DbError> + Send + 'static,
) -> Result<bool, JobError> {
    let of_client = scope.clone();
    let removed = env.db.write(scope.actor().clone(), move |tx| remove(tx, &of_client));
    Ok(removed.await? > 0)
}

fn finish(tx: &WriteTx<'_>, scope: &ClientScope) -> Result<(), DbError> {
    store::delete_people_of(tx, scope)?;
    store::delete_client(tx, scope)?;
    audit::record(
        tx,
        &Deed {
            action: "client.erased",
            client_id: Some(scope.client_id()),
            subject_id: scope.client_id().as_str(),
            fields: &[],
            values_after: None,
        },
    )
}
