//! Documents are cut anew when the chunker has changed, out of the text that was read once, without a gap in service.
//!
//! A chunker changes with the program, so each start looks ([`begin`]) and enqueues one job, which walks over the
//! documents. The new chunks of a document are written beside the former ones, get their vectors, and are waited for
//! in the indexes; until then they are found and passed over, since a document says which chunker's chunks answer. Then
//! they take their place in one transaction. A search that began before it has found both, and reads those that answer
//! when it comes to the tables. Earlier answers keep what they quoted: their citations move to the chunk that holds the
//! quote, and show its words alone where no single one does.
//!
//! Every step may be repeated: a crash costs at most the embedding of one batch.

use super::chunking::CHUNKER_VERSION;
use super::embedding::{self, Step};
use super::generations;
use super::store::{self, DocumentToRecut, NewVersion};
use super::{KnowledgeError, cutting, indexing};
use crate::domain::Environment;
use crate::ground::ids::{ChunkId, Id as _};
use crate::ground::limits::{EMBEDDER_PAUSE_MS, INDEX_PAUSE_MS};
use crate::ground::scope::{AgencyScope, ClientScope};
use crate::index::embed::EmbedderState;
use crate::store::error::Chain;
use crate::store::jobs::{self, Job, JobError, Lane, NewJob};
use crate::store::{DbError, WriteTx, fault};
use tracing::{info, warn};

pub const RECUT_DOCUMENTS: &str = "knowledge.recut_documents";

fn agency() -> AgencyScope {
    AgencyScope::from_system(RECUT_DOCUMENTS)
}

/// Enqueues the job where a document has chunks of another chunker, unless one is on its way.
pub fn begin(tx: &WriteTx<'_>) -> Result<(), DbError> {
    let subject = CHUNKER_VERSION.to_string();
    let is_needed = store::find_document_to_recut(tx, &agency(), "")?.is_some();
    if !is_needed || jobs::is_pending(tx, RECUT_DOCUMENTS, &subject)? {
        return Ok(());
    }
    let job = NewJob {
        kind: RECUT_DOCUMENTS,
        lane: Lane::Upkeep,
        client_id: None,
        dedupe_key: format!("{subject}:{}", tx.now().as_ms()),
        subject_id: Some(subject),
        run_at: None,
    };
    jobs::enqueue(tx, &job).map(|_| ())
}

/// Cuts every document anew that another chunker has cut. One that fails keeps its former chunks, and the others go on.
pub async fn recut_documents(env: Environment, job: Job) -> Result<(), JobError> {
    let (mut after, mut failed) = (String::new(), 0_u32);
    loop {
        let from = after.clone();
        let next = env.db.read(move |tx| store::find_document_to_recut(tx, &agency(), &from)).await?;
        let Some(document) = next else { break };
        document.id.as_str().clone_into(&mut after);
        let scope = ClientScope::from_row(document.client_id.clone(), RECUT_DOCUMENTS);
        let id = document.id.clone();
        match (Recutting { env: &env, job: &job, scope, document }).run().await {
            Ok(()) => info!(document.id = %id, "Cut a document anew"),
            Err(waiting @ JobError::NotYet { .. }) => return Err(waiting),
            Err(error) => {
                warn!(document.id = %id, "A document keeps its former chunks: {}", Chain(&error));
                failed += 1;
            }
        }
    }
    match failed {
        0 => Ok(()),
        _ => Err(JobError::Retry(format!("{failed} documents could not be cut anew"))),
    }
}

/// The work on one document.
struct Recutting<'a> {
    env: &'a Environment,
    job: &'a Job,
    scope: ClientScope,
    document: DocumentToRecut,
}

impl Recutting<'_> {
    async fn run(&self) -> Result<(), JobError> {
        // Without the model that makes the vectors of the moment, the new chunks would be found by their words alone.
        if matches!(self.env.embedder.state(), EmbedderState::Loading) {
            let why = "the embedding model is being loaded".to_owned();
            return Err(JobError::NotYet { why, pause_ms: EMBEDDER_PAUSE_MS });
        }
        self.write_chunks().await?;
        fault::point("recut.after_chunks");
        self.embed().await?;
        self.wait_for_index().await?;
        fault::point("recut.before_swap");
        self.write(swap).await?;
        fault::point("recut.after_swap");
        Ok(())
    }

    /// Runs a transaction, unless the lease went to another worker or the document to somebody else.
    async fn write<T: Default + Send + 'static>(
        &self,
        work: impl Fn(&WriteTx<'_>, &ClientScope, &DocumentToRecut) -> Result<T, KnowledgeError> + Send + 'static,
    ) -> Result<T, JobError> {
        let (job, scope, document) = (self.job.clone(), self.scope.clone(), self.document.clone());
        self.env
            .db
            .write(scope.actor().clone(), move |tx| {
                if !jobs::is_held(tx, &job)? {
                    return Err(JobError::Retry("the lease was lost to another worker".to_owned()));
                }
                if !store::is_to_recut(tx, &scope, &document)? {
                    return Ok(T::default());
                }
                work(tx, &scope, &document).map_err(retry)
            })
            .await
    }

    /// Writes the new chunks beside those that answer, unless a former attempt has.
    async fn write_chunks(&self) -> Result<(), JobError> {
        let (scope, document) = (self.scope.clone(), self.document.clone());
        let text = self.env.db.read(move |tx| -> Result<_, DbError> {
            let is_written = store::has_new_chunks(tx, &scope, &document.version_id)?;
            if is_written { Ok(None) } else { store::find_extraction(tx, &scope, &document.version_id) }
        });
        let Some(extraction) = text.await? else { return Ok(()) };
        let chunks = cutting::cut(self.env, &extraction)?;
        let chunk_ids: Vec<ChunkId> = chunks.iter().map(|chunk| chunk.id.clone()).collect();
        self.write(move |tx, scope, document| {
            if store::has_new_chunks(tx, scope, &document.version_id)? {
                return Ok(());
            }
            // Those that a third chunker has left on their way in.
            remove_chunks_beside(tx, scope, document, document.chunker)?;
            let new = NewVersion {
                document_id: &document.id,
                version_id: &document.version_id,
                extraction: &extraction,
                chunks: &chunks,
            };
            store::insert_chunks(tx, scope, &new)?;
            indexing::record_new_chunks(tx, scope, &chunk_ids)
        })
        .await
    }

    /// Gives the new chunks their vectors, of every generation whose embedder is there. An embedder that fails keeps
    /// the former chunks in their place.
    async fn embed(&self) -> Result<(), JobError> {
        let current = self.env.db.read(generations::current).await?;
        for generation in current.all() {
            let Some(step) = Step::begin(self.env, &self.scope, &generation) else { continue };
            loop {
                // Uploads that are under way go first.
                self.env.vectors.ingesting().idle().await;
                let batch = step.next_chunks(Some(&self.document.id)).await.map_err(embedding::later)?;
                let generation = generation.clone();
                let written = self
                    .write(move |tx, scope, _| embedding::write_chunks(tx, scope, &generation, &batch))
                    .await?;
                if written == 0 {
                    break;
                }
            }
        }
        Ok(())
    }

    async fn wait_for_index(&self) -> Result<(), JobError> {
        let newest = self.env.db.read(indexing::newest_change).await.map_err(retry)?;
        if self.env.index.wait_for(newest).await && self.env.vectors.wait_for(newest).await {
            return Ok(());
        }
        Err(JobError::NotYet { why: "the index has not caught up yet".to_owned(), pause_ms: INDEX_PAUSE_MS })
    }
}

/// Puts the new chunks in the place of the former ones.
fn swap(tx: &WriteTx<'_>, scope: &ClientScope, document: &DocumentToRecut) -> Result<(), KnowledgeError> {
    store::move_citations(tx, scope, &document.version_id)?;
    store::set_chunker(tx, scope, &document.id)?;
    remove_chunks_beside(tx, scope, document, CHUNKER_VERSION)
}

/// Removes the document's chunks but those of this chunker, and logs it.
fn remove_chunks_beside(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    document: &DocumentToRecut,
    chunker: u32,
) -> Result<(), KnowledgeError> {
    indexing::record_removal_beside(tx, scope, &document.version_id, chunker)?;
    Ok(store::delete_chunks_beside(tx, scope, &document.version_id, chunker)?)
}

fn retry(error: KnowledgeError) -> JobError {
    match error {
        KnowledgeError::Db(error) => error.into(),
        other => JobError::Retry(Chain(&other).to_string()),
    }
}
