//! The way of a document into answers, and the upkeep of the index.
//!
//! Every step commits before the next begins and may be repeated: after a crash the job is leased again and
//! starts over from the blob, with nothing twice.

mod embed_step;

pub use super::embedding::{EMBED_CLIENT, embed_client};

use super::documents::{Document, DocumentEvent, DocumentStatus};
use super::parser::{Reached, Refusal};
use super::store::{self, NewVersion};
use super::{KnowledgeError, cutting, documents, extraction::Extraction, indexing, source};
use crate::domain::Environment;
use crate::ground::ids::{BlobId, ChunkId, DocumentId, Id as _, VersionId};
use crate::ground::limits::{INDEX_PAUSE_MS, PARSE_TICK_MS};
use crate::ground::scope::{AgencyScope, ClientScope};
use crate::index::large::Tending;
use crate::store::error::Chain;
use crate::store::events::Event;
use crate::store::jobs::{Job, JobError, Lane, NewJob};
use crate::store::{WriteTx, fault, jobs};
use std::collections::HashSet;
use std::time::Duration;
use tracing::info;

pub const INGEST_DOCUMENT: &str = "knowledge.ingest_document";
pub const REINDEX_CLIENT: &str = "knowledge.reindex_client";
pub const SWEEP: &str = "knowledge.sweep";

/// Reading fills the percent from the first to the second of these; what is put into the index, the rest.
const PERCENT_BEGUN: u32 = 1;
const PERCENT_CUT: u32 = 60;
const PERCENT_EMBEDDED: u32 = 95;
const BLOB_LEFTOVER_AGE: Duration = Duration::from_secs(24 * 3_600);

/// The job that reads an uploaded document.
pub fn ingest_on(event: &Event) -> Vec<NewJob> {
    let Some(document) = &event.subject_id else { return Vec::new() };
    vec![NewJob {
        kind: INGEST_DOCUMENT,
        lane: Lane::Ingest,
        client_id: event.client_id.clone(),
        subject_id: Some(document.clone()),
        dedupe_key: document.clone(),
        run_at: None,
    }]
}

/// The job that reads a failed document again: each retry is a job of its own, and the same retry never two.
pub(super) fn ingest_again(document: &Document) -> NewJob {
    NewJob {
        kind: INGEST_DOCUMENT,
        lane: Lane::Ingest,
        client_id: Some(document.client_id.clone()),
        subject_id: Some(document.id.to_string()),
        dedupe_key: format!("{}:{}", document.id, document.version),
        run_at: None,
    }
}

/// The job that puts a client's entries into the index again, because its language changed.
pub fn reindex_on(event: &Event) -> Vec<NewJob> {
    let (Some(client_id), Some(change)) = (&event.client_id, &event.subject_id) else { return Vec::new() };
    vec![NewJob {
        kind: REINDEX_CLIENT,
        lane: Lane::Default,
        client_id: Some(client_id.clone()),
        subject_id: None,
        // Each change is a job of its own, and the same change never two.
        dedupe_key: format!("{client_id}:{change}"),
        run_at: None,
    }]
}

/// Reads one document: blob → text → chunks → vectors → index → ready.
pub async fn ingest_document(env: Environment, job: Job) -> Result<(), JobError> {
    let (scope, id) = subject(&job)?;
    let work = Ingestion { env, job, scope, id };
    let version_id = match work.begin().await? {
        Begun::Gone => return Ok(()),
        Begun::Written(version_id) => version_id,
        Begun::ToRead(file) => {
            fault::point("ingest.after_extracting");
            match work.read(file).await? {
                Reading::Done(extraction) => match work.write_version(extraction).await? {
                    Some(version_id) => version_id,
                    None => return Ok(()),
                },
                Reading::Refused(reason) => return work.fail(reason.to_string()).await,
                Reading::Gone => return Ok(()),
            }
        }
    };
    fault::point("ingest.after_chunks");
    work.embed().await?;
    work.wait_for_index().await?;
    fault::point("ingest.before_ready");
    work.finish(version_id).await
}

/// Marks the document as failed when its job is given up, so that nobody waits for it.
pub fn ingest_given_up(tx: &WriteTx<'_>, job: &Job) -> Result<(), JobError> {
    let (scope, id) = subject(job)?;
    let reason = "This document could not be processed in several attempts. Delete it and upload it again; \
                  if that fails too, tell the operator of this server.";
    mark_failed(tx, &scope, &id, reason).map_err(retry)
}

/// Logs every entry of the client as changed, so that the index reads each again.
pub fn reindex_client(tx: &WriteTx<'_>, job: &Job) -> Result<(), JobError> {
    let client_id = job.client_id.clone().ok_or_else(|| JobError::Permanent("no client named".to_owned()))?;
    let scope = ClientScope::from_row(client_id, REINDEX_CLIENT);
    indexing::record_all_again(tx, &scope).map_err(retry)
}

/// Forgets the passed part of the change log, removes what was deleted from the files of the indexes, and files
/// that no row names.
pub async fn sweep(env: Environment, _job: Job) -> Result<(), JobError> {
    env.index.prune_log().await.map_err(retry)?;
    env.vectors.tend_large(&env.db, Tending::Changed).await.map_err(retry)?;
    let mut named = HashSet::new();
    let mut after = String::new();
    loop {
        let from = after.clone();
        let page = env
            .db
            .read(move |tx| store::list_blob_ids(tx, &AgencyScope::from_system(SWEEP), &from, 1_000))
            .await?;
        let Some(last) = page.last() else { break };
        after.clone_from(last);
        named.extend(page);
    }
    let blobs = env.blobs.clone();
    let removed = tokio::task::spawn_blocking(move || blobs.sweep(&named, BLOB_LEFTOVER_AGE)).await;
    let removed = removed.map_err(|error| JobError::Retry(error.to_string()))??;
    if removed > 0 {
        info!(removed, "Removed files that no document names");
    }
    Ok(())
}

fn subject(job: &Job) -> Result<(ClientScope, DocumentId), JobError> {
    let client_id = job.client_id.clone().ok_or_else(|| JobError::Permanent("no client named".to_owned()))?;
    let id = DocumentId::parse(job.subject_id.as_deref().unwrap_or_default())
        .map_err(|error| JobError::Permanent(error.to_string()))?;
    Ok((ClientScope::from_row(client_id, INGEST_DOCUMENT), id))
}

/// One attempt at one document.
struct Ingestion {
    env: Environment,
    job: Job,
    scope: ClientScope,
    id: DocumentId,
}

/// Where an attempt finds its document.
enum Begun {
    /// Deleted, or ended by another attempt.
    Gone,
    ToRead(SourceFile),
    /// A former attempt wrote this version; only the index is waited for.
    Written(VersionId),
}

/// What is to be read.
struct SourceFile {
    blob_id: BlobId,
    name: String,
}

/// How reading ended.
enum Reading {
    Done(Extraction),
    Refused(Refusal),
    /// The document was deleted or cancelled meanwhile.
    Gone,
}

impl Ingestion {
    /// Runs a transaction of this attempt. One whose lease went to another worker does nothing: two attempts
    /// that each write a version would leave the document pointing at neither.
    async fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&WriteTx<'_>, &ClientScope, &DocumentId) -> Result<T, KnowledgeError> + Send + 'static,
    ) -> Result<T, JobError> {
        let (job, scope, id) = (self.job.clone(), self.scope.clone(), self.id.clone());
        self.env
            .db
            .write(scope.actor().clone(), move |tx| {
                if !jobs::is_held(tx, &job)? {
                    return Err(JobError::Retry("the lease was lost to another worker".to_owned()));
                }
                work(tx, &scope, &id).map_err(retry)
            })
            .await
    }

    async fn begin(&self) -> Result<Begun, JobError> {
        self.write(|tx, scope, id| {
            let document = match documents::get(tx, scope, id) {
                Ok(document) => document,
                Err(KnowledgeError::DocumentNotFound) => return Ok(Begun::Gone),
                Err(error) => return Err(error),
            };
            if document.status == DocumentStatus::Embedding
                && let Some(version_id) = store::find_written_version(tx, scope, id)?
            {
                return Ok(Begun::Written(version_id));
            }
            if !store::set_progress(tx, scope, id, DocumentStatus::Extracting, PERCENT_BEGUN)? {
                return Ok(Begun::Gone);
            }
            let name = document.file_name.into_string();
            Ok(Begun::ToRead(SourceFile { blob_id: document.blob_id, name }))
        })
        .await
    }

    /// Reads the file in a process of its own, and writes down how far that is.
    async fn read(&self, file: SourceFile) -> Result<Reading, JobError> {
        let document = self.env.blobs.open(self.scope.client_id(), &file.blob_id).await?;
        let extension = source::extension_of(&file.name);
        let reached = Reached::default();
        tokio::select! {
            read = self.env.parser.parse(document, &extension, &reached) => match read {
                Ok(Ok(extraction)) => Ok(Reading::Done(extraction)),
                Ok(Err(refusal)) => Ok(Reading::Refused(refusal)),
                Err(error) => Err(JobError::Retry(Chain(&error).to_string())),
            },
            // The process ends with the other branch.
            gone = self.watch(&reached) => gone.map(|()| Reading::Gone),
        }
    }

    /// Writes the percent that was reached, about once a second; returns when nobody wants the document any more.
    async fn watch(&self, reached: &Reached) -> Result<(), JobError> {
        let mut written = PERCENT_BEGUN;
        loop {
            tokio::time::sleep(Duration::from_millis(PARSE_TICK_MS)).await;
            let percent =
                PERCENT_BEGUN + reached.percent().min(100) * (PERCENT_CUT - PERCENT_BEGUN - 1) / 100;
            let is_wanted = if percent > written {
                written = percent;
                self.write(move |tx, scope, id| {
                    Ok(store::set_progress(tx, scope, id, DocumentStatus::Extracting, percent)?)
                })
                .await?
            } else {
                self.is_on_its_way().await?
            };
            if !is_wanted {
                return Ok(());
            }
        }
    }

    async fn is_on_its_way(&self) -> Result<bool, JobError> {
        let (scope, id) = (self.scope.clone(), self.id.clone());
        let found = self.env.db.read(move |tx| store::find_document(tx, &scope, &id)).await?;
        Ok(found.is_some_and(|document| document.is_on_its_way()))
    }

    /// Writes the version with its chunks and its change log in one transaction, in place of what a former
    /// attempt wrote. None when the document was deleted meanwhile.
    async fn write_version(&self, extraction: Extraction) -> Result<Option<VersionId>, JobError> {
        let chunks = cutting::cut(&self.env, &extraction)?;
        let chunk_ids: Vec<ChunkId> = chunks.iter().map(|chunk| chunk.id.clone()).collect();
        self.write(move |tx, scope, id| {
            if !store::set_progress(tx, scope, id, DocumentStatus::Embedding, PERCENT_CUT)? {
                return Ok(None);
            }
            indexing::record_document_removal(tx, scope, id)?;
            let version_id: VersionId = tx.new_id();
            let new = NewVersion {
                document_id: id,
                version_id: &version_id,
                extraction: &extraction,
                chunks: &chunks,
            };
            store::insert_version(tx, scope, &new)?;
            indexing::record_new_chunks(tx, scope, &chunk_ids)?;
            Ok(Some(version_id))
        })
        .await
    }

    /// Waits a little for the index to contain everything logged until now. An index that is being rebuilt may
    /// need longer: then the worker is given back, and no attempt is counted.
    async fn wait_for_index(&self) -> Result<(), JobError> {
        let newest = self.env.db.read(indexing::newest_change).await.map_err(retry)?;
        if self.env.index.wait_for(newest).await && self.env.vectors.wait_for(newest).await {
            return Ok(());
        }
        Err(JobError::NotYet { why: "the index has not caught up yet".to_owned(), pause_ms: INDEX_PAUSE_MS })
    }

    async fn finish(&self, version_id: VersionId) -> Result<(), JobError> {
        let is_ready = self
            .write(move |tx, scope, id| {
                let is_ready = store::set_ready(tx, scope, id, &version_id)?;
                if is_ready {
                    DocumentEvent::Ready.emit(tx, scope, id)?;
                }
                Ok(is_ready)
            })
            .await?;
        if is_ready {
            info!(document.id = %self.id, "Document is ready");
        }
        Ok(())
    }

    async fn fail(&self, reason: String) -> Result<(), JobError> {
        self.write(move |tx, scope, id| mark_failed(tx, scope, id, &reason)).await
    }
}

/// Ends a document that is on its way as failed, with what was written of it removed.
pub(super) fn mark_failed(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    id: &DocumentId,
    reason: &str,
) -> Result<(), KnowledgeError> {
    if store::mark_failed(tx, scope, id, reason)? {
        // What a former attempt wrote would weigh on the client's statistics and never be shown.
        indexing::record_document_removal(tx, scope, id)?;
        store::delete_versions(tx, scope, id)?;
        DocumentEvent::Failed.emit(tx, scope, id)?;
        info!(document.id = %id, reason, "Document could not be read");
    }
    Ok(())
}

fn retry(error: KnowledgeError) -> JobError {
    match error {
        KnowledgeError::Db(error) => error.into(),
        other => JobError::Retry(Chain(&other).to_string()),
    }
}
