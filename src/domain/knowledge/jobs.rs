//! The way of a document into answers, and the upkeep of the index.
//!
//! Every step commits before the next begins and may be repeated: after a crash the job is leased again and
//! starts over from the blob, with nothing twice.

use super::documents::{DocumentEvent, DocumentStatus};
use super::store::{self, ChunkRow, NewVersion};
use super::{KnowledgeError, chunking, documents, extraction::Extraction, indexing, source};
use crate::domain::Environment;
use crate::ground::ids::{BlobId, ChunkId, DocumentId, Id as _, VersionId};
use crate::ground::limits::MARKDOWN_BYTES_MAX;
use crate::ground::scope::{AgencyScope, ClientScope};
use crate::store::error::Chain;
use crate::store::events::Event;
use crate::store::jobs::{Job, JobError, Lane, NewJob};
use crate::store::{WriteTx, fault};
use std::collections::HashSet;
use std::time::Duration;
use tracing::info;

pub const INGEST_DOCUMENT: &str = "knowledge.ingest_document";
pub const REINDEX_CLIENT: &str = "knowledge.reindex_client";
pub const SWEEP: &str = "knowledge.sweep";

const PERCENT_READ: u32 = 10;
const PERCENT_CUT: u32 = 60;
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

/// Reads one document: blob → text → chunks → index → ready.
pub async fn ingest_document(env: Environment, job: Job) -> Result<(), JobError> {
    let (scope, id) = subject(&job)?;
    let Some(file) = begin(&env, &scope, &id).await? else { return Ok(()) };
    fault::point("ingest.after_extracting");

    if file.size_bytes > MARKDOWN_BYTES_MAX {
        let reason = source::SourceError::TooLarge { bytes_max: MARKDOWN_BYTES_MAX }.to_string();
        return fail(&env, scope, id, reason).await;
    }
    let bytes = env.blobs.read(scope.client_id(), &file.blob_id).await?;
    let extraction = match read(file.name, bytes).await {
        Ok(extraction) => extraction,
        Err(reason) => return fail(&env, scope, id, reason).await,
    };
    let chunks = cut(&env, &extraction);
    let count = chunks.len();
    let Some((version_id, seq)) = write_version(&env, &scope, &id, extraction, chunks).await? else {
        return Ok(());
    };
    fault::point("ingest.after_chunks");

    if !env.index.wait_for(seq).await {
        return Err(JobError::Retry("the index has not caught up yet".to_owned()));
    }
    fault::point("ingest.before_ready");
    let done = env
        .db
        .write(scope.actor().clone(), move |tx| -> Result<bool, KnowledgeError> {
            let is_ready = store::set_ready(tx, &scope, &id, &version_id)?;
            if is_ready {
                DocumentEvent::Ready.emit(tx, &scope, &id)?;
            }
            Ok(is_ready)
        })
        .await
        .map_err(retry)?;
    if done {
        info!(document.id = job.subject_id, chunks = count, "Document is ready");
    }
    Ok(())
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

/// Forgets the passed part of the change log and removes files that no row names.
pub async fn sweep(env: Environment, _job: Job) -> Result<(), JobError> {
    env.index.prune_log().await.map_err(retry)?;
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

/// What is to be read.
struct SourceFile {
    blob_id: BlobId,
    name: String,
    size_bytes: u64,
}

/// Marks the document as being read; None when it is gone or has ended.
async fn begin(env: &Environment, scope: &ClientScope, id: &DocumentId) -> Result<Option<SourceFile>, JobError> {
    let (scope, id) = (scope.clone(), id.clone());
    env.db
        .write(scope.actor().clone(), move |tx| -> Result<_, KnowledgeError> {
            if !store::set_progress(tx, &scope, &id, DocumentStatus::Extracting, PERCENT_READ)? {
                return Ok(None);
            }
            let document = documents::get(tx, &scope, &id)?;
            let name = document.file_name.into_string();
            Ok(Some(SourceFile { blob_id: document.blob_id, name, size_bytes: document.size_bytes }))
        })
        .await
        .map_err(retry)
}

/// The text and structure of the file, or a sentence for the person who uploaded it.
async fn read(file_name: String, bytes: Vec<u8>) -> Result<Extraction, String> {
    // A panic of the parser is this document's failure, not the server's.
    let read = tokio::task::spawn_blocking(move || source::read_source(&file_name, &bytes).map(|text| text.extract())).await;
    match read {
        Ok(Ok(extraction)) => Ok(extraction),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("This file could not be read. Save it again as plain Markdown and upload it anew.".to_owned()),
    }
}

fn cut(env: &Environment, extraction: &Extraction) -> Vec<ChunkRow> {
    let now = env.clock.now();
    chunking::chunk(extraction)
        .into_iter()
        .map(|draft| ChunkRow {
            id: env.ids.new_id::<ChunkId>(now),
            span: draft.span,
            heading_path: draft.heading_path,
            page: draft.page,
            token_count: draft.token_count,
        })
        .collect()
}

/// Writes the version with its chunks and its change log in one transaction; None when the document is gone.
async fn write_version(
    env: &Environment,
    scope: &ClientScope,
    id: &DocumentId,
    extraction: Extraction,
    chunks: Vec<ChunkRow>,
) -> Result<Option<(VersionId, u64)>, JobError> {
    let (scope, id) = (scope.clone(), id.clone());
    let ids: Vec<ChunkId> = chunks.iter().map(|chunk| chunk.id.clone()).collect();
    env.db
        .write(scope.actor().clone(), move |tx| -> Result<_, KnowledgeError> {
            if !store::set_progress(tx, &scope, &id, DocumentStatus::Embedding, PERCENT_CUT)? {
                return Ok(None);
            }
            indexing::record_document_removal(tx, &scope, &id)?;
            let version_id: VersionId = tx.new_id();
            let new = NewVersion {
                document_id: &id,
                version_id: &version_id,
                extraction: &extraction,
                chunks: &chunks,
            };
            store::insert_version(tx, &scope, &new)?;
            let seq = indexing::record_new_chunks(tx, &scope, &ids)?;
            Ok(Some((version_id, seq)))
        })
        .await
        .map_err(retry)
}

async fn fail(env: &Environment, scope: ClientScope, id: DocumentId, reason: String) -> Result<(), JobError> {
    env.db
        .write(scope.actor().clone(), move |tx| mark_failed(tx, &scope, &id, &reason))
        .await
        .map_err(retry)
}

fn mark_failed(tx: &WriteTx<'_>, scope: &ClientScope, id: &DocumentId, reason: &str) -> Result<(), KnowledgeError> {
    if store::mark_failed(tx, scope, id, reason)? {
        DocumentEvent::Failed.emit(tx, scope, id)?;
        info!(document.id = %id, reason, "Document could not be read");
    }
    Ok(())
}

fn retry(error: KnowledgeError) -> JobError {
    JobError::Retry(Chain(&error).to_string())
}
