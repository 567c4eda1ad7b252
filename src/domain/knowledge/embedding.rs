//! Vectors for what has none: texts are embedded in small batches, and each batch is committed before the next.
//!
//! An entry lacks vectors of a generation until all of them are written, in one transaction with a row of the
//! change log; so whatever is interrupted goes on where it stopped, and nothing is embedded twice. A chunk has
//! a vector for its passage (with title and heading path) and one for each of its windows; an FAQ one for its
//! question and each of its other phrasings. Documents are embedded on their way ([`super::jobs`]), everything else by the job of its client.

use super::generations::{self, Generation, GenerationState};
use super::passage_text::passage_text;
use super::store::{self, ChunkToEmbed, FaqToEmbed};
use super::windows::windows;
use super::{KnowledgeError, indexing};
use crate::domain::Environment;
use crate::ground::ids::{ChunkId, ClientId, DocumentId, FaqId};
use crate::ground::limits::EMBEDDER_PAUSE_MS;
use crate::ground::scope::ClientScope;
use crate::ground::time::Timestamp;
use crate::index::embed::{EmbedError, Embedder};
use crate::index::halves::to_halves;
use crate::store::error::Chain;
use crate::store::jobs::{Job, JobError, Lane, NewJob};
use crate::store::{DbError, WriteTx, fault, jobs};
use std::sync::Arc;

pub const EMBED_CLIENT: &str = "knowledge.embed_client";

/// Enqueues the job that gives the client's entries the vectors that they lack. `occasion` keeps its key apart.
pub(super) fn enqueue(
    tx: &WriteTx<'_>,
    client_id: &ClientId,
    occasion: &str,
    run_at: Option<Timestamp>,
) -> Result<(), DbError> {
    let job = NewJob {
        kind: EMBED_CLIENT,
        lane: Lane::Upkeep,
        client_id: Some(client_id.clone()),
        subject_id: Some(client_id.to_string()),
        dedupe_key: format!("{client_id}:{occasion}"),
        run_at,
    };
    jobs::enqueue(tx, &job).map(|_| ())
}

/// Gives all entries of the client the vectors that they lack, of every generation in use.
pub async fn embed_client(env: Environment, job: Job) -> Result<(), JobError> {
    let client_id = job.client_id.clone().ok_or_else(|| JobError::Permanent("no client named".to_owned()))?;
    let scope = ClientScope::from_row(client_id, EMBED_CLIENT);
    let current = env.db.read(generations::current).await?;
    for generation in current.all() {
        embed_client_for(&env, &scope, &generation).await?;
    }
    Ok(())
}

/// As [`embed_client`], for one generation; false when its embedder is not there.
pub(super) async fn embed_client_for(
    env: &Environment,
    scope: &ClientScope,
    generation: &Generation,
) -> Result<bool, JobError> {
    let Some(step) = Step::begin(env, scope, generation) else { return Ok(false) };
    loop {
        let faqs = step.next_faqs().await.map_err(later)?;
        let written = step.write(faqs, write_faqs).await?;
        if written == 0 {
            break;
        }
    }
    loop {
        // Uploads that are under way go first.
        env.vectors.ingesting().idle().await;
        let chunks = step.next_chunks(None).await.map_err(later)?;
        // None were left, or none is wanted any more.
        if step.write(chunks, write_chunks).await? == 0 {
            return Ok(true);
        }
        if generation.state == GenerationState::Building {
            fault::point("generations.while_filling");
        }
    }
}

/// Why a batch was not embedded.
#[derive(Debug, thiserror::Error)]
pub(super) enum StepError {
    #[error(transparent)]
    Embed(#[from] EmbedError),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// A model that is busy or away is nobody's failed attempt.
pub(super) fn later(error: StepError) -> JobError {
    match error {
        StepError::Embed(error) if error.is_temporary() => {
            JobError::NotYet { why: error.to_string(), pause_ms: EMBEDDER_PAUSE_MS }
        }
        StepError::Embed(error) => JobError::Retry(error.to_string()),
        StepError::Db(error) => error.into(),
    }
}

/// The work on one generation of one client.
pub(super) struct Step<'a> {
    env: &'a Environment,
    scope: &'a ClientScope,
    generation: &'a Generation,
    embedder: Arc<dyn Embedder>,
}

/// An entry with its vectors, by part.
#[derive(Clone)]
pub(super) struct Embedded<T> {
    entry: T,
    parts: Vec<Vec<u16>>,
}

impl<'a> Step<'a> {
    /// None when the embedder of this generation is not there.
    pub(super) fn begin(
        env: &'a Environment,
        scope: &'a ClientScope,
        generation: &'a Generation,
    ) -> Option<Self> {
        let embedder = env.vectors.embedders().of(&env.embedder, generation)?;
        Some(Self { env, scope, generation, embedder })
    }

    /// Chunks without vectors, of this document or of all, with the vectors that they get.
    pub(super) async fn next_chunks(
        &self,
        document_id: Option<&DocumentId>,
    ) -> Result<Vec<Embedded<ChunkId>>, StepError> {
        let (scope, id, document) = (self.scope.clone(), self.generation.id.clone(), document_id.cloned());
        let found =
            self.env.db.read(move |tx| store::list_chunks_to_embed(tx, &scope, &id, document.as_ref()));
        let count_tokens = |text: &str| self.embedder.count_tokens(text);
        let chunks =
            found.await?.into_iter().map(|chunk| (texts_of(&chunk, &count_tokens), chunk.id)).collect();
        self.embed(chunks).await
    }

    async fn next_faqs(&self) -> Result<Vec<Embedded<FaqToEmbed>>, StepError> {
        let (scope, id) = (self.scope.clone(), self.generation.id.clone());
        let found = self.env.db.read(move |tx| store::list_faqs_to_embed(tx, &scope, &id)).await?;
        let texts_of =
            |faq: &FaqToEmbed| std::iter::once(&faq.question).chain(&faq.phrasings).cloned().collect();
        self.embed(found.into_iter().map(|faq| (texts_of(&faq), faq)).collect()).await
    }

    async fn embed<T>(&self, entries: Vec<(Vec<String>, T)>) -> Result<Vec<Embedded<T>>, StepError> {
        let texts: Vec<String> = entries.iter().flat_map(|(texts, _)| texts.clone()).collect();
        if texts.is_empty() {
            return Ok(Vec::new());
        }
        let expected = self.generation.dimensions as usize;
        let vectors = self.embedder.embed_passages(&texts).await?;
        if let Some(odd) = vectors.iter().find(|vector| vector.len() != expected) {
            return Err(EmbedError::Dimensions { expected, given: odd.len() }.into());
        }
        if vectors.len() != texts.len() {
            let why = format!("it gave {} vectors for {} texts", vectors.len(), texts.len());
            return Err(EmbedError::Model { why }.into());
        }
        let mut halves = vectors.iter().map(|vector| to_halves(vector));
        let embedded = entries
            .into_iter()
            .map(|(texts, entry)| Embedded { entry, parts: halves.by_ref().take(texts.len()).collect() });
        Ok(embedded.collect())
    }

    /// Writes a batch in a transaction of its own; how many entries it was.
    async fn write<T: Clone + Send + 'static>(
        &self,
        embedded: Vec<Embedded<T>>,
        write: WriteBatch<T>,
    ) -> Result<usize, JobError> {
        if embedded.is_empty() {
            return Ok(0);
        }
        let (scope, generation) = (self.scope.clone(), self.generation.clone());
        let written = self
            .env
            .db
            .write(scope.actor().clone(), move |tx| write(tx, &scope, &generation, &embedded))
            .await;
        written.map_err(|error| match error {
            KnowledgeError::Db(error) => error.into(),
            other => JobError::Retry(Chain(&other).to_string()),
        })
    }
}

type WriteBatch<T> =
    fn(&WriteTx<'_>, &ClientScope, &Generation, &[Embedded<T>]) -> Result<usize, KnowledgeError>;

/// What is embedded of a chunk: the passage in its place, then each window by itself.
fn texts_of(chunk: &ChunkToEmbed, count_tokens: &dyn Fn(&str) -> usize) -> Vec<String> {
    let passage = passage_text(&chunk.title, &chunk.heading_path, &chunk.text, count_tokens);
    let windows = windows(&chunk.text);
    let windows = windows.into_iter().filter_map(|span| chunk.text.get(span)).map(str::to_owned);
    std::iter::once(passage).chain(windows).collect()
}

/// Writes the vectors of chunks that are still there and lack them, and logs each; how many it were.
pub(super) fn write_chunks(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    generation: &Generation,
    embedded: &[Embedded<ChunkId>],
) -> Result<usize, KnowledgeError> {
    let mut written = Vec::new();
    for Embedded { entry: chunk_id, parts } in embedded {
        if store::is_chunk_to_embed(tx, scope, &generation.id, chunk_id)? {
            for (part, halves) in (0..).zip(parts) {
                store::insert_chunk_vector(tx, scope, &generation.id, chunk_id, (part, halves))?;
            }
            written.push(chunk_id.clone());
        }
    }
    indexing::record_new_chunks(tx, scope, &written)?;
    generations::count_filled(tx, generation, written.len())?;
    Ok(written.len())
}

/// As [`write_chunks`], for FAQs that nobody changed since they were read.
fn write_faqs(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    generation: &Generation,
    embedded: &[Embedded<FaqToEmbed>],
) -> Result<usize, KnowledgeError> {
    let mut written: Vec<FaqId> = Vec::new();
    for Embedded { entry: faq, parts } in embedded {
        if store::is_faq_to_embed(tx, scope, &generation.id, faq)? {
            for (part, halves) in (0..).zip(parts) {
                store::insert_faq_vector(tx, scope, &generation.id, &faq.id, (part, halves))?;
            }
            written.push(faq.id.clone());
        }
    }
    indexing::record_new_faq_vectors(tx, scope, &written)?;
    generations::count_filled(tx, generation, written.len())?;
    Ok(written.len())
}
