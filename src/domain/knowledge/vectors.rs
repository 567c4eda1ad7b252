//! The indexes over vectors, as the node holds them: each follows the change log, and each client is searched by
//! the one that serves it best.
//!
//! The exact scan serves every client; an index for large ones may stand beside it, and where that fails, the
//! scan answers. Neither computes a vector: both read what the tables hold.

use super::follower::{Follower, HasCursor, IndexState, VectorFollower};
use super::generations::{self, Generation};
use super::{KnowledgeError, store};
use crate::ground::scope::AgencyScope;
use crate::index::IndexError;
use crate::index::embed::{Embedder, EmbedderSlot};
use crate::index::flat::{FlatIndex, FlatOptions, Scan};
use crate::index::large::{LargeIndex, Tending, VectorTables};
use crate::index::vector::{StoredVector, VectorIndex, VectorKind, VectorPlace, VectorSource, VectorSpace};
use crate::store::error::Chain;
use crate::store::{Db, DbError};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use std::collections::HashSet;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;
use tracing::{info, warn};

const WORK: &str = "vectors";

/// Everything that searches vectors. Made once, in `app.rs`.
pub struct Vectors {
    flat: Arc<FlatIndex>,
    flat_follower: Arc<VectorFollower>,
    large: Option<Large>,
    embedders: Embedders,
    ingesting: Ingesting,
}

/// The index of large clients, where the program was built with one.
struct Large {
    index: Arc<LargeIndex>,
    follower: Arc<VectorFollower>,
}

impl Vectors {
    pub fn new(db: &Db, options: FlatOptions) -> Self {
        let source: Arc<dyn VectorSource> = Arc::new(StoredVectors(db.clone()));
        let flat = Arc::new(FlatIndex::new(source, options));
        let index = Arc::clone(&flat) as Arc<dyn VectorIndex>;
        Self {
            flat,
            flat_follower: Arc::new(Follower::of_vectors(db.clone(), "exact scan", index)),
            large: None,
            embedders: Embedders::default(),
            ingesting: Ingesting::default(),
        }
    }

    /// With tables in `dir` for large clients.
    pub fn with_tables(self, db: &Db, dir: &Path, tables: Arc<dyn VectorTables>) -> Self {
        let source: Arc<dyn VectorSource> = Arc::new(StoredVectors(db.clone()));
        let index = Arc::new(LargeIndex::open(dir, tables, source));
        let followed = Arc::clone(&index) as Arc<dyn VectorIndex>;
        let follower = Arc::new(Follower::of_vectors(db.clone(), "index of large clients", followed));
        Self { large: Some(Large { index, follower }), ..self }
    }

    /// The follower of each index.
    pub fn followers(&self) -> Vec<Arc<VectorFollower>> {
        let large = self.large.iter().map(|large| &large.follower);
        std::iter::once(&self.flat_follower).chain(large).map(Arc::clone).collect()
    }

    /// Whether there is an index for large clients, which [`Vectors::tend_large`] looks after.
    pub const fn has_large(&self) -> bool {
        self.large.is_some()
    }

    /// The spaces that have an index of their own.
    pub fn large_spaces(&self) -> Vec<VectorSpace> {
        self.large.iter().flat_map(|large| large.index.spaces()).collect()
    }

    /// Makes an index for clients that a search has found large, brings the others up to date, and takes away those
    /// of former generations. It takes long and is harmless to interrupt: what it was at starts over.
    pub async fn tend_large(&self, db: &Db, which: Tending) -> Result<(), KnowledgeError> {
        let Some(Large { index, .. }) = &self.large else { return Ok(()) };
        let generations: Vec<_> = db.read(generations::current).await?.all().map(|it| it.id).collect();
        let is_current = |space: &VectorSpace| generations.contains(&space.generation_id);
        for space in index.spaces().iter().filter(|space| !is_current(space)) {
            index.forget(space).await.map_err(KnowledgeError::Index)?;
        }
        index.tend(which).await.map_err(KnowledgeError::Index)?;
        for space in self.flat.take_large().into_iter().filter(is_current) {
            if index.adopt(&space).await.map_err(KnowledgeError::Index)? {
                info!(client.id = %space.client_id, "A large client has an index of its own now");
                self.flat.release(&space);
            }
        }
        Ok(())
    }

    /// Whose passing of the log it must wait for before it forgets anything.
    pub fn cursors(&self) -> Vec<Arc<dyn HasCursor>> {
        self.followers().into_iter().map(|follower| follower as Arc<dyn HasCursor>).collect()
    }

    /// Applies everything that was logged until now, to every index.
    pub async fn catch_up(&self) -> Result<(), KnowledgeError> {
        for follower in self.followers() {
            follower.catch_up().await?;
        }
        Ok(())
    }

    /// Throws every index over vectors away; they are made again out of the tables, without a vector being
    /// computed.
    pub async fn rebuild_from_scratch(&self) -> Result<(), KnowledgeError> {
        for follower in self.followers() {
            follower.rebuild_from_scratch().await?;
        }
        Ok(())
    }

    /// Waits a little until every index that can has the change `seq`; false when one has not by then.
    pub async fn wait_for(&self, seq: u64) -> bool {
        for follower in self.followers() {
            let is_failing = matches!(follower.state(), IndexState::Failing { .. });
            if !is_failing && !follower.wait_for(seq).await {
                return false;
            }
        }
        true
    }

    pub const fn embedders(&self) -> &Embedders {
        &self.embedders
    }

    pub const fn ingesting(&self) -> &Ingesting {
        &self.ingesting
    }

    /// The nearest entries in the client's space, at most `limit` of each kind, and where it costs nothing more,
    /// how near the entries `also` are.
    pub async fn search(
        &self,
        space: &VectorSpace,
        query: &[f32],
        limit: usize,
        also: HashSet<String>,
    ) -> Result<Scan, IndexError> {
        if let Some(Large { index, .. }) = self.large.as_ref().filter(|large| large.index.serves(space)) {
            match index.search(space, query, &VectorKind::ALL, limit).await {
                Ok(hits) => return Ok(Scan { hits, is_complete: false }),
                Err(error) => {
                    warn!(client.id = %space.client_id, "An index failed, a scan answers: {}", Chain(&error));
                    index.distrust(space);
                }
            }
        }
        self.flat.compare(space, query, limit, also).await
    }

    /// Bytes of vectors that are in memory now.
    pub fn cached_bytes(&self) -> usize {
        self.flat.cached_bytes()
    }
}

/// The embedders that can be asked: the one of the moment, and the one that has made the live generation, which is
/// needed for questions until its successor's vectors are complete.
#[derive(Default)]
pub struct Embedders(Mutex<Vec<Arc<dyn Embedder>>>);

impl Embedders {
    /// Remembers the embedder of the moment, and forgets all but the one before.
    pub(super) fn note(&self, embedder: &Arc<dyn Embedder>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|it| it.id() != embedder.id());
        known.push(Arc::clone(embedder));
        let superfluous = known.len().saturating_sub(2);
        known.drain(..superfluous);
    }

    /// Forgets all but this one: the generations of the others are gone.
    pub(super) fn keep_only(&self, generation: &Generation) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|it| it.id() == generation.embedder);
    }

    /// The embedder whose vectors can be compared with those of the generation.
    pub(super) fn of(&self, slot: &EmbedderSlot, generation: &Generation) -> Option<Arc<dyn Embedder>> {
        let fits = |it: &Arc<dyn Embedder>| {
            it.id() == generation.embedder && generation.chunker == generations::CHUNKER
        };
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        slot.current().into_iter().chain(known).find(fits)
    }
}

/// How many documents are being embedded, so that work that nobody waits for can wait.
pub struct Ingesting(watch::Sender<usize>);

impl Default for Ingesting {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

/// Counts as a document that is being embedded while it lives.
pub(super) struct IngestingGuard<'a>(&'a Ingesting);

impl Ingesting {
    pub(super) fn begin(&self) -> IngestingGuard<'_> {
        self.0.send_modify(|count| *count += 1);
        IngestingGuard(self)
    }

    /// Resolves when no document is being embedded.
    pub(super) async fn idle(&self) {
        // It cannot fail: the sender lives as long as this.
        let _ = self.0.subscribe().wait_for(|count| *count == 0).await;
    }
}

impl Drop for IngestingGuard<'_> {
    fn drop(&mut self) {
        self.0.0.send_modify(|count| *count = count.saturating_sub(1));
    }
}

/// The tables, as the indexes read them.
struct StoredVectors(Db);

impl VectorSource for StoredVectors {
    fn page<'a>(
        &'a self,
        space: &'a VectorSpace,
        after: &'a VectorPlace,
    ) -> BoxFuture<'a, Result<Vec<StoredVector>, IndexError>> {
        let (space, after) = (space.clone(), after.clone());
        async move {
            let page = self.0.read(move |tx| {
                let agency = AgencyScope::from_system(WORK);
                match store::find_generation(tx, &agency, &space.generation_id)? {
                    Some(generation) => {
                        store::list_vectors(tx, &agency.client(space.client_id.clone()), &generation, &after)
                    }
                    None => Ok(Vec::new()),
                }
            });
            page.await.map_err(|error: DbError| IndexError::Vectors {
                doing: "read the tables",
                source: Box::new(error),
            })
        }
        .boxed()
    }
}
