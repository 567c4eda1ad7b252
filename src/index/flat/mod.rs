//! The exact scan: every vector of the client is compared.
//!
//! It finds the nearest for certain, so it is the oracle for other indexes, and for most clients it is the fastest
//! too: a thousand passages are compared in less time than an index needs to plan (decision 0010). Vectors are
//! read from the tables when a client is asked for, and kept in a cache with a bound in bytes; a space that is
//! larger than the whole cache is read page by page for each search. Nothing is on disk.

mod cache;
mod space;
#[cfg(test)]
mod tests;

use self::cache::{Cache, Load};
pub(super) use self::space::rank;
use self::space::{SpaceVectors, sort};
use super::IndexError;
use super::halves::PreparedQuery;
use super::vector::{
    VectorChange, VectorHit, VectorIndex, VectorKind, VectorPlace, VectorSource, VectorSpace,
};
use crate::ground::ids::ClientId;
use crate::ground::limits::{INDEX_HITS_MAX, LARGE_SPACES_NOTED_MAX};
use futures_util::FutureExt as _;
use futures_util::future::{self, BoxFuture};
use std::collections::{BTreeSet, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What the exact scan is made with.
#[derive(Debug, Clone, Copy)]
pub struct FlatOptions {
    /// Of all clients in memory together.
    pub cache_bytes_max: usize,
    /// Spaces with more vectors are noted, see [`FlatIndex::take_large`].
    pub vectors_large: usize,
}

/// The exact scan over a source of vectors.
pub struct FlatIndex {
    source: Arc<dyn VectorSource>,
    options: FlatOptions,
    cache: Mutex<Cache>,
    /// None before the first [`VectorIndex::start_over`].
    cursor: Mutex<Option<u64>>,
    large: Mutex<BTreeSet<VectorSpace>>,
}

/// A space as it was read.
enum Read {
    Whole(Arc<SpaceVectors>),
    /// Larger than the cache; these are the hits of a scan page by page.
    Scanned(Vec<VectorHit>),
}

/// What is looked for.
struct Asked<'a> {
    query: PreparedQuery,
    kinds: &'a [VectorKind],
    limit: usize,
    /// Entries that are compared in any case.
    also: HashSet<String>,
}

/// What a scan has found.
#[derive(Debug, Clone, PartialEq)]
pub struct Scan {
    /// Best first, equal ones by key.
    pub hits: Vec<VectorHit>,
    /// Whether every entry with a hit of one kind has its hits of the other kinds too, and so has every entry
    /// that was to be compared in any case.
    pub is_complete: bool,
}

impl FlatIndex {
    pub fn new(source: Arc<dyn VectorSource>, options: FlatOptions) -> Self {
        Self {
            source,
            options,
            cache: Mutex::new(Cache::new(options.cache_bytes_max)),
            cursor: Mutex::default(),
            large: Mutex::default(),
        }
    }

    /// The best `limit` of each kind, and how near the entries `also` are. A space that is read page by page has
    /// only the former.
    pub async fn compare(
        &self,
        space: &VectorSpace,
        query: &[f32],
        limit: usize,
        also: HashSet<String>,
    ) -> Result<Scan, IndexError> {
        let (query, kinds) = (PreparedQuery::new(query), &VectorKind::ALL);
        self.scan(space, Asked { query, kinds, limit: limit.min(INDEX_HITS_MAX), also }).await
    }

    /// Bytes of vectors that are in memory now.
    pub fn cached_bytes(&self) -> usize {
        lock(&self.cache).bytes()
    }

    /// Spaces that were searched since the last call, and that an index would serve better.
    pub fn take_large(&self) -> BTreeSet<VectorSpace> {
        std::mem::take(&mut lock(&self.large))
    }

    /// Lets go of a space in memory that is served elsewhere.
    pub fn release(&self, space: &VectorSpace) {
        lock(&self.cache).remove(space);
    }

    fn note_size(&self, space: &VectorSpace, vectors: usize) {
        let mut large = lock(&self.large);
        // At the bound, the space is noted when it is searched again.
        if vectors > self.options.vectors_large && large.len() < LARGE_SPACES_NOTED_MAX {
            large.insert(space.clone());
        }
    }

    async fn read(&self, space: &VectorSpace, asked: &Asked<'_>) -> Result<Read, IndexError> {
        let load = {
            let mut cache = lock(&self.cache);
            if let Some(vectors) = cache.get(space) {
                return Ok(Read::Whole(vectors));
            }
            cache.load_of(space)
        };
        let _turn = load.turn.lock().await;
        if let Some(vectors) = lock(&self.cache).get(space) {
            return Ok(Read::Whole(vectors));
        }
        self.read_in_turn(space, &load, asked).await
    }

    async fn read_in_turn(
        &self,
        space: &VectorSpace,
        load: &Arc<Load>,
        asked: &Asked<'_>,
    ) -> Result<Read, IndexError> {
        let bytes_max = {
            let mut cache = lock(&self.cache);
            cache.begin(space, load);
            cache.bytes_max()
        };
        let mut vectors = SpaceVectors::default();
        let mut scanned: Option<Vec<VectorHit>> = None;
        let mut total = 0;
        let mut after = VectorPlace::default();
        loop {
            let page = self.source.page(space, &after).await?;
            let Some(last) = page.last() else { break };
            after = VectorPlace { key: last.key.clone(), part: last.part };
            total += page.len();
            page.into_iter().for_each(|vector| vectors.push(vector));
            if scanned.is_some() || vectors.bytes() > bytes_max {
                let mut hits = scanned.take().unwrap_or_default();
                hits.extend(vectors.search(&asked.query, asked.kinds, asked.limit, &HashSet::new()));
                scanned = Some(rank(hits, asked.limit));
                vectors = SpaceVectors::default();
            }
        }
        self.note_size(space, total);
        if let Some(hits) = scanned {
            lock(&self.cache).finish(space, load, None);
            return Ok(Read::Scanned(hits));
        }
        let vectors = Arc::new(vectors);
        lock(&self.cache).finish(space, load, Some(&vectors));
        Ok(Read::Whole(vectors))
    }

    async fn scan(&self, space: &VectorSpace, asked: Asked<'_>) -> Result<Scan, IndexError> {
        let vectors = match self.read(space, &asked).await? {
            Read::Scanned(hits) => return Ok(Scan { hits, is_complete: false }),
            Read::Whole(vectors) => vectors,
        };
        self.note_size(space, vectors.len());
        let Asked { query, kinds, limit, also } = asked;
        let kinds = kinds.to_vec();
        let scanned = tokio::task::spawn_blocking(move || {
            let mut hits = vectors.search(&query, &kinds, limit, &also);
            sort(&mut hits);
            Scan { hits, is_complete: true }
        });
        let doing = "scan a client";
        scanned.await.map_err(|source| IndexError::Vectors { doing, source: Box::new(source) })
    }
}

impl VectorIndex for FlatIndex {
    fn cursor(&self) -> Option<u64> {
        *lock(&self.cursor)
    }

    fn apply(&self, changes: Vec<VectorChange>, cursor: u64) -> BoxFuture<'_, Result<(), IndexError>> {
        lock(&self.cache).apply(changes);
        *lock(&self.cursor) = Some(cursor);
        future::ready(Ok(())).boxed()
    }

    fn remove_client<'a>(&'a self, client_id: &'a ClientId) -> BoxFuture<'a, Result<(), IndexError>> {
        lock(&self.cache).remove_client(client_id);
        future::ready(Ok(())).boxed()
    }

    fn start_over(&self, cursor: u64) -> BoxFuture<'_, Result<(), IndexError>> {
        lock(&self.cache).clear();
        *lock(&self.cursor) = Some(cursor);
        future::ready(Ok(())).boxed()
    }

    fn search<'a>(
        &'a self,
        space: &'a VectorSpace,
        query: &'a [f32],
        kinds: &'a [VectorKind],
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<VectorHit>, IndexError>> {
        let (query, limit) = (PreparedQuery::new(query), limit.min(INDEX_HITS_MAX));
        let asked = Asked { query, kinds, limit, also: HashSet::new() };
        async move { Ok(rank(self.scan(space, asked).await?.hits, limit)) }.boxed()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
