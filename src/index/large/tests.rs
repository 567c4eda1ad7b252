//! The life of tables, over an engine and a source in memory.

use super::*;
use crate::ground::ids::{GenerationId, Id as _};
use crate::index::halves::{PreparedQuery, to_halves};
use std::sync::atomic::{AtomicBool, Ordering};
use ulid::Ulid;

const PAGE: usize = 100;

type Rows = Vec<StoredVector>;

/// Tables of the store, in pages.
#[derive(Default)]
struct Store(Mutex<BTreeMap<VectorSpace, Rows>>);

impl VectorSource for Store {
    fn page<'a>(
        &'a self,
        space: &'a VectorSpace,
        after: &'a VectorPlace,
    ) -> BoxFuture<'a, Result<Rows, IndexError>> {
        let rows = lock(&self.0).get(space).cloned().unwrap_or_default();
        let next = rows.into_iter().filter(|row| (&row.key, row.part) > (&after.key, after.part));
        let page: Rows = next.take(PAGE).collect();
        async move { Ok(page) }.boxed()
    }
}

/// An engine that keeps its rows in memory, with an empty file for each table.
struct Engine {
    dir: PathBuf,
    tables: Mutex<BTreeMap<String, Rows>>,
    is_broken: AtomicBool,
    /// The index is being made until somebody gives a permit.
    gate: Option<tokio::sync::Semaphore>,
}

impl Engine {
    fn act<T>(
        &self,
        work: impl FnOnce(&mut BTreeMap<String, Rows>) -> T,
    ) -> BoxFuture<'_, Result<T, IndexError>>
    where
        T: Send + 'static,
    {
        let done = match self.is_broken.load(Ordering::SeqCst) {
            true => Err(IndexError::Vectors { doing: "work", source: "it is broken".into() }),
            false => Ok(work(&mut lock(&self.tables))),
        };
        futures_util::future::ready(done).boxed()
    }
}

impl VectorTables for Engine {
    fn create<'a>(&'a self, name: &'a str, _: usize) -> BoxFuture<'a, Result<(), IndexError>> {
        std::fs::create_dir_all(&self.dir).unwrap();
        std::fs::write(self.dir.join(format!("{name}.table")), b"").unwrap();
        self.act(|tables| drop(tables.insert(name.to_owned(), Vec::new())))
    }
    fn add<'a>(&'a self, name: &'a str, rows: &'a [StoredVector]) -> BoxFuture<'a, Result<(), IndexError>> {
        self.act(|tables| tables.get_mut(name).unwrap().extend_from_slice(rows))
    }
    fn delete<'a>(&'a self, name: &'a str, keys: &'a [String]) -> BoxFuture<'a, Result<(), IndexError>> {
        self.act(|tables| tables.get_mut(name).unwrap().retain(|row| !keys.contains(&row.key)))
    }
    fn build_index<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<(), IndexError>> {
        async move {
            if let Some(gate) = &self.gate {
                gate.acquire().await.unwrap().forget();
            }
            Ok(())
        }
        .boxed()
    }
    fn forget_former<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<(), IndexError>> {
        self.act(|_| ())
    }
    fn search<'a>(
        &'a self,
        name: &'a str,
        query: &'a [f32],
        kind: VectorKind,
        _: usize,
    ) -> BoxFuture<'a, Result<Vec<VectorHit>, IndexError>> {
        let query = PreparedQuery::new(query);
        self.act(|tables| {
            let rows = tables.get(name).unwrap().iter().filter(|row| row.kind == kind);
            let hit = |row: &StoredVector| VectorHit {
                key: row.key.clone(),
                kind,
                part: row.part,
                similarity: query.similarity(&row.halves),
            };
            rows.map(hit).collect()
        })
    }
    fn drop_table<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), IndexError>> {
        let _ = std::fs::remove_file(self.dir.join(format!("{name}.table")));
        self.act(|tables| drop(tables.remove(name)))
    }
    fn close_all(&self) {
        lock(&self.tables).clear();
    }
}

struct Fixture {
    dir: tempfile::TempDir,
    store: Arc<Store>,
    engine: Arc<Engine>,
    index: LargeIndex,
}

impl Fixture {
    fn new(gate: Option<tokio::sync::Semaphore>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let engine = Engine {
            dir: dir.path().to_owned(),
            tables: Mutex::default(),
            is_broken: AtomicBool::new(false),
            gate,
        };
        let (store, engine) = (Arc::new(Store::default()), Arc::new(engine));
        let index = LargeIndex::open(dir.path(), Arc::clone(&engine) as _, Arc::clone(&store) as _);
        Self { dir, store, engine, index }
    }

    /// The index as a next start finds it.
    fn reopen(&mut self) {
        self.index =
            LargeIndex::open(self.dir.path(), Arc::clone(&self.engine) as _, Arc::clone(&self.store) as _);
    }

    fn files(&self) -> usize {
        let entries = std::fs::read_dir(self.dir.path()).unwrap().filter_map(Result::ok);
        entries.filter(|entry| entry.file_name().to_string_lossy().ends_with(".table")).count()
    }

    async fn keys(&self, space: &VectorSpace) -> Vec<String> {
        let hits = self.index.search(space, &[1.0, 0.0], &[VectorKind::Passage], 1_000).await.unwrap();
        let mut keys: Vec<String> = hits.into_iter().map(|hit| hit.key).collect();
        keys.sort();
        keys
    }
}

fn space(client: u128) -> VectorSpace {
    VectorSpace {
        client_id: ClientId::from_ulid(Ulid::from_parts(1, client)),
        generation_id: GenerationId::from_ulid(Ulid::from_parts(1, 1)),
    }
}

fn row(key: &str) -> StoredVector {
    let (key, halves) = (key.to_owned(), to_halves(&[1.0, 0.0]));
    StoredVector { key, kind: VectorKind::Passage, part: 0, halves }
}

fn rows(count: usize) -> Rows {
    (0..count).map(|number| row(&format!("chunk_{number:05}"))).collect()
}

fn put(space: &VectorSpace, key: &str) -> VectorChange {
    VectorChange::Put { space: space.clone(), key: key.to_owned(), vectors: vec![row(key)] }
}

fn delete(space: &VectorSpace, key: &str) -> VectorChange {
    VectorChange::Delete { client_id: space.client_id.clone(), key: key.to_owned() }
}

// KNO-6
#[tokio::test]
async fn a_space_is_served_once_its_table_is_complete_and_follows_from_then_on() {
    let mut it = Fixture::new(None);
    let (own, other) = (space(1), space(2));
    lock(&it.store.0).insert(own.clone(), rows(250));
    assert_eq!(it.index.cursor(), None, "there is nothing to go on from");
    it.index.start_over(5).await.unwrap();
    assert!(!it.index.serves(&own) && it.keys(&own).await.is_empty());

    assert!(it.index.adopt(&own).await.unwrap());
    it.index
        .apply(vec![put(&own, "chunk_x"), delete(&own, "chunk_00000"), put(&other, "chunk_x")], 6)
        .await
        .unwrap();
    it.index.apply(vec![put(&own, "chunk_x"), delete(&own, "chunk_00000")], 6).await.unwrap();

    let keys = it.keys(&own).await;
    assert_eq!((keys.len(), keys[0].as_str(), keys[249].as_str()), (250, "chunk_00001", "chunk_x"));
    assert!(!it.index.serves(&other));
    it.reopen();
    assert_eq!((it.index.cursor(), it.index.spaces()), (Some(6), vec![own.clone()]));
    assert_eq!(it.keys(&own).await, keys);
}

// KNO-6
#[tokio::test]
async fn what_changes_while_a_table_is_made_is_in_it() {
    let it = Fixture::new(Some(tokio::sync::Semaphore::new(0)));
    let own = space(1);
    lock(&it.store.0).insert(own.clone(), rows(20));
    it.index.start_over(1).await.unwrap();

    let change = async {
        while lock(&it.engine.tables).values().all(Vec::is_empty) {
            tokio::task::yield_now().await;
        }
        it.index.apply(vec![put(&own, "chunk_x"), delete(&own, "chunk_00003")], 2).await.unwrap();
        assert!(!it.index.serves(&own), "it is not complete");
        it.engine.gate.as_ref().unwrap().add_permits(1);
    };
    let (adopted, ()) = tokio::join!(it.index.adopt(&own), change);

    assert!(adopted.unwrap());
    let keys = it.keys(&own).await;
    assert!(keys.len() == 20 && keys.contains(&"chunk_x".to_owned()), "{keys:?}");
    assert!(!keys.contains(&"chunk_00003".to_owned()));
}

// KNO-8
#[tokio::test]
async fn a_client_goes_with_its_table_and_no_other() {
    let mut it = Fixture::new(None);
    it.index.start_over(1).await.unwrap();
    for own in [space(1), space(2)] {
        lock(&it.store.0).insert(own.clone(), rows(3));
        it.index.adopt(&own).await.unwrap();
    }

    it.index.remove_client(&space(1).client_id).await.unwrap();

    assert_eq!((it.index.spaces(), it.files()), (vec![space(2)], 1));
    it.reopen();
    assert_eq!(it.index.spaces(), [space(2)]);
}

// KNO-6
#[tokio::test]
async fn a_half_made_table_and_tables_without_a_manifest_are_thrown_away() {
    let mut it = Fixture::new(None);
    let own = space(1);
    lock(&it.store.0).insert(own.clone(), rows(3));
    it.index.start_over(1).await.unwrap();
    it.index.adopt(&own).await.unwrap();
    it.engine.create(&table_name(&space(2)), 2).await.unwrap();

    it.reopen();
    assert_eq!((it.index.spaces(), it.files()), (vec![own.clone()], 1), "the half-made one is gone");

    for damage in [Some("damaged"), Some("{\"layout\":0,\"cursor\":1,\"tables\":[]}"), None] {
        let manifest = it.dir.path().join("manifest.json");
        match damage {
            Some(bytes) => std::fs::write(&manifest, bytes).unwrap(),
            None => std::fs::remove_file(&manifest).unwrap(),
        }
        it.reopen();
        assert_eq!((it.index.cursor(), it.index.serves(&own)), (None, false), "{damage:?}");
        it.index.start_over(1).await.unwrap();
        assert_eq!(it.files(), 0);
        it.index.adopt(&own).await.unwrap();
    }
    std::fs::remove_file(it.dir.path().join(format!("{}.table", table_name(&own)))).unwrap();
    it.reopen();
    assert_eq!(it.index.cursor(), None, "a table that the manifest names is missing");
}

#[tokio::test]
async fn an_engine_that_fails_serves_nothing_and_loses_no_change() {
    let it = Fixture::new(None);
    let own = space(1);
    lock(&it.store.0).insert(own.clone(), rows(3));
    it.index.start_over(1).await.unwrap();
    it.engine.is_broken.store(true, Ordering::SeqCst);
    assert!(it.index.adopt(&own).await.is_err());
    it.engine.is_broken.store(false, Ordering::SeqCst);
    assert!(it.index.adopt(&own).await.unwrap());

    it.engine.is_broken.store(true, Ordering::SeqCst);
    assert!(it.index.apply(vec![put(&own, "chunk_x")], 2).await.is_err());
    assert_eq!(it.index.cursor(), Some(1), "the batch is repeated");
    it.engine.is_broken.store(false, Ordering::SeqCst);
    it.index.apply(vec![put(&own, "chunk_x")], 2).await.unwrap();
    assert_eq!(it.keys(&own).await.len(), 4);
}
