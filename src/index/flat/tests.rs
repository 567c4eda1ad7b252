//! The exact scan on a source in memory.

use super::*;
use crate::ground::ids::{GenerationId, Id as _};
use crate::index::halves::to_halves;
use crate::index::vector::StoredVector;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use ulid::Ulid;

const PAGE: usize = 3;

/// Tables of a test: vectors by space, in pages of three.
#[derive(Default)]
struct Tables {
    rows: Mutex<BTreeMap<VectorSpace, Vec<StoredVector>>>,
    pages_read: AtomicUsize,
    /// A page waits for a permit, where a test wants to act in between.
    gate: Option<tokio::sync::Semaphore>,
}

impl VectorSource for Tables {
    fn page<'a>(
        &'a self,
        space: &'a VectorSpace,
        after: &'a VectorPlace,
    ) -> BoxFuture<'a, Result<Vec<StoredVector>, IndexError>> {
        async move {
            self.pages_read.fetch_add(1, Ordering::SeqCst);
            let rows = lock(&self.rows).get(space).cloned().unwrap_or_default();
            if let Some(gate) = &self.gate {
                gate.acquire().await.unwrap().forget();
            }
            let next = rows.into_iter().filter(|row| (&row.key, row.part) > (&after.key, after.part));
            Ok(next.take(PAGE).collect())
        }
        .boxed()
    }
}

fn space(client: u128, generation: u128) -> VectorSpace {
    VectorSpace {
        client_id: ClientId::from_ulid(Ulid::from_parts(1, client)),
        generation_id: GenerationId::from_ulid(Ulid::from_parts(1, generation)),
    }
}

fn vector(key: &str, kind: VectorKind, part: u32, numbers: &[f32]) -> StoredVector {
    StoredVector { key: key.to_owned(), kind, part, halves: to_halves(numbers) }
}

/// A chunk whose passage points east, with two windows: north-east and north.
fn chunk(key: &str) -> Vec<StoredVector> {
    vec![
        vector(key, VectorKind::Passage, 0, &[1.0, 0.0]),
        vector(key, VectorKind::Window, 1, &[0.6, 0.8]),
        vector(key, VectorKind::Window, 2, &[0.0, 1.0]),
    ]
}

fn index_over(tables: Tables, cache_bytes_max: usize) -> (Arc<Tables>, FlatIndex) {
    let tables = Arc::new(tables);
    let options = FlatOptions { cache_bytes_max, vectors_large: 4 };
    (Arc::clone(&tables), FlatIndex::new(tables, options))
}

async fn found(index: &FlatIndex, space: &VectorSpace, query: [f32; 2]) -> Vec<(String, VectorKind, u32)> {
    let hits = index.search(space, &query, &VectorKind::ALL, 10).await.unwrap();
    hits.into_iter().map(|hit| (hit.key, hit.kind, hit.part)).collect()
}

#[tokio::test]
async fn each_entry_is_found_once_per_kind_with_its_best_part_and_equal_ones_by_key() {
    let (tables, index) = index_over(Tables::default(), 1 << 20);
    let own = space(1, 1);
    let faq = vector("faq_a", VectorKind::Faq, 0, &[0.0, 1.0]);
    let rows = [chunk("chunk_a"), chunk("chunk_b"), vec![faq]].concat();
    lock(&tables.rows).insert(own.clone(), rows);

    let hits = index.search(&own, &[0.0, 1.0], &VectorKind::ALL, 1).await.unwrap();
    let windows = index.search(&own, &[0.0, 1.0], &[VectorKind::Window], 10).await.unwrap();

    assert_eq!(hits.len(), 3, "one of each kind: {hits:?}");
    let keys: Vec<_> = windows.iter().map(|hit| (hit.key.as_str(), hit.part)).collect();
    assert_eq!(keys, [("chunk_a", 2), ("chunk_b", 2)]);
    assert!((windows[0].similarity - 1.0).abs() < 1e-3);
    assert!(index.search(&own, &[1.0], &VectorKind::ALL, 10).await.unwrap().is_empty(), "another length");
}

// KNO-7
#[tokio::test]
async fn what_is_found_by_one_kind_and_what_is_asked_for_is_compared_by_all_its_kinds() {
    let (tables, index) = index_over(Tables::default(), 1 << 20);
    let own = space(1, 1);
    let far = vector("chunk_far", VectorKind::Passage, 0, &[-1.0, 0.0]);
    let near =
        [chunk("chunk_near"), vec![vector("chunk_next", VectorKind::Passage, 0, &[0.8, 0.6])]].concat();
    lock(&tables.rows).insert(own.clone(), [vec![far], near].concat());
    let places = |scan: Scan| -> Vec<(String, VectorKind, u32)> {
        scan.hits.into_iter().map(|hit| (hit.key, hit.kind, hit.part)).collect()
    };

    let alone = index.compare(&own, &[1.0, 0.0], 1, HashSet::new()).await.unwrap();
    let also = HashSet::from(["chunk_far".to_owned(), "chunk_unknown".to_owned()]);
    let with_far = index.compare(&own, &[1.0, 0.0], 1, also).await.unwrap();

    assert!(alone.is_complete && with_far.is_complete);
    let of_near =
        [("chunk_near".to_owned(), VectorKind::Passage, 0), ("chunk_near".to_owned(), VectorKind::Window, 1)];
    assert_eq!(places(alone), of_near);
    let of_far = [("chunk_far".to_owned(), VectorKind::Passage, 0)];
    assert_eq!(places(with_far), [of_near.as_slice(), &of_far].concat());
}

#[tokio::test]
async fn a_change_is_seen_at_once_by_what_is_in_memory() {
    let (tables, index) = index_over(Tables::default(), 1 << 20);
    let (own, other) = (space(1, 1), space(2, 1));
    for space in [&own, &other] {
        lock(&tables.rows).insert(space.clone(), chunk("chunk_a"));
        assert_eq!(found(&index, space, [1.0, 0.0]).await.len(), 2);
    }
    let read = tables.pages_read.load(Ordering::SeqCst);

    let put = VectorChange::Put { space: own.clone(), key: "chunk_b".to_owned(), vectors: chunk("chunk_b") };
    let delete = VectorChange::Delete { client_id: own.client_id.clone(), key: "chunk_a".to_owned() };
    index.apply(vec![put.clone(), delete.clone()], 7).await.unwrap();
    index.apply(vec![put, delete], 7).await.unwrap();

    let keys = |found: Vec<(String, VectorKind, u32)>| found.into_iter().map(|hit| hit.0).collect::<Vec<_>>();
    assert_eq!(keys(found(&index, &own, [1.0, 0.0]).await), ["chunk_b"; 2]);
    assert_eq!(keys(found(&index, &other, [1.0, 0.0]).await), ["chunk_a"; 2]);
    assert_eq!(tables.pages_read.load(Ordering::SeqCst), read, "nothing was read again");
    assert_eq!(index.cursor(), Some(7));
    index.remove_client(&own.client_id).await.unwrap();
    assert_eq!(keys(found(&index, &own, [1.0, 0.0]).await), ["chunk_a"; 2], "the tables decide");
}

#[tokio::test]
async fn what_was_read_while_a_change_came_is_not_kept() {
    let gate = Some(tokio::sync::Semaphore::new(0));
    let (tables, index) = index_over(Tables { gate, ..Tables::default() }, 1 << 20);
    let own = space(1, 1);
    lock(&tables.rows).insert(own.clone(), chunk("chunk_a"));
    let gate = tables.gate.as_ref().unwrap();

    let change = async {
        while tables.pages_read.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        lock(&tables.rows).insert(own.clone(), Vec::new());
        let delete = VectorChange::Delete { client_id: own.client_id.clone(), key: "chunk_a".to_owned() };
        index.apply(vec![delete], 1).await.unwrap();
        gate.add_permits(100);
    };
    let (before, ()) = tokio::join!(found(&index, &own, [1.0, 0.0]), change);

    assert_eq!(before.len(), 2, "it was asked before the change");
    assert!(found(&index, &own, [1.0, 0.0]).await.is_empty());
}

#[tokio::test]
async fn the_cache_keeps_to_its_bytes_and_a_space_beyond_them_is_scanned_in_pages() {
    let (tables, index) = index_over(Tables::default(), 300);
    let (small, other, large) = (space(1, 1), space(2, 1), space(3, 1));
    lock(&tables.rows).insert(small.clone(), chunk("chunk_a"));
    lock(&tables.rows).insert(other.clone(), chunk("chunk_b"));
    let many = ["chunk_c", "chunk_d", "chunk_e"].map(chunk).concat();
    lock(&tables.rows).insert(large.clone(), many);

    for space in [&small, &other, &small] {
        assert_eq!(found(&index, space, [1.0, 0.0]).await.len(), 2);
        assert!(index.cached_bytes() <= 300, "{}", index.cached_bytes());
    }
    assert!(index.take_large().is_empty());
    let hits = found(&index, &large, [0.0, 1.0]).await;

    let kinds = |kind| hits.iter().filter(|hit| hit.1 == kind).map(|hit| hit.0.clone()).collect::<Vec<_>>();
    assert_eq!(kinds(VectorKind::Window), ["chunk_c", "chunk_d", "chunk_e"]);
    assert_eq!(kinds(VectorKind::Passage), ["chunk_c", "chunk_d", "chunk_e"]);
    assert!(index.cached_bytes() <= 300);
    assert_eq!(index.take_large(), BTreeSet::from([large]), "an index would serve it better");
}

#[tokio::test]
async fn two_generations_of_a_client_do_not_meet() {
    let (tables, index) = index_over(Tables::default(), 1 << 20);
    let (former, next) = (space(1, 1), space(1, 2));
    lock(&tables.rows).insert(former.clone(), vec![vector("chunk_a", VectorKind::Passage, 0, &[1.0, 0.0])]);
    lock(&tables.rows).insert(next.clone(), vec![vector("chunk_a", VectorKind::Passage, 0, &[0.0, 1.0])]);

    let one = index.search(&former, &[1.0, 0.0], &VectorKind::ALL, 1).await.unwrap();
    let two = index.search(&next, &[1.0, 0.0], &VectorKind::ALL, 1).await.unwrap();

    assert!(one[0].similarity > 0.99 && two[0].similarity.abs() < 0.01, "{one:?} {two:?}");
}
