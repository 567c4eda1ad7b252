//! Tables of vectors in LanceDB: the only place that names it.
//!
//! Each space has a table per kind, so that no search needs a filter; those with enough rows have an IVF index
//! with whole vectors, which is searched for a share of its clusters. Rows that came since the index was made are
//! scanned beside it, so they are found at once. Caches are bounded.

use super::IndexError;
use super::halves::from_halves;
use super::large::VectorTables;
use super::vector::{StoredVector, VectorHit, VectorKind};
use crate::ground::limits::{TABLE_VERSIONS_KEPT_MS, VECTOR_INDEX_CACHE_BYTES, VECTOR_METADATA_CACHE_BYTES};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, TryStreamExt as _};
use lancedb::arrow::arrow_array::types::Float32Type;
use lancedb::arrow::arrow_array::{
    Array, ArrayRef, FixedSizeListArray, Float32Array, RecordBatch, StringArray, UInt32Array,
};
use lancedb::arrow::arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use lancedb::index::Index;
use lancedb::index::vector::IvfFlatIndexBuilder;
use lancedb::query::{ExecutableQuery as _, QueryBase as _, Select};
use lancedb::table::{CompactionOptions, Duration, OptimizeAction, OptimizeOptions};
use lancedb::{Connection, DistanceType, Session, Table};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;

const KEY: &str = "key";
const PART: &str = "part";
const VECTOR: &str = "vector";
const DISTANCE: &str = "_distance";

/// Below this, a scan of the table is as fast as an index, and there is too little to make clusters of.
const INDEXED_ROWS_MIN: usize = 5_000;
/// Clusters that a search looks into, of about as many as the root of the number of rows (decision 0010).
const PROBES: usize = 40;
/// Windows of one entry lie close together: so many are asked for that enough entries are among them.
const PARTS_PER_HIT: usize = 4;

/// Tables in one folder, opened when they are asked for.
pub struct LanceTables {
    dir: PathBuf,
    connection: OnceCell<Connection>,
    open: Mutex<HashMap<String, Table>>,
}

impl LanceTables {
    /// Nothing is opened yet.
    pub fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), connection: OnceCell::new(), open: Mutex::default() }
    }

    async fn connection(&self) -> Result<&Connection, IndexError> {
        let connect = || async {
            let session = Session::new(VECTOR_INDEX_CACHE_BYTES, VECTOR_METADATA_CACHE_BYTES, Arc::default());
            lancedb::connect(&self.dir.to_string_lossy()).session(Arc::new(session)).execute().await
        };
        self.connection.get_or_try_init(connect).await.map_err(failed("open its folder"))
    }

    fn opened(&self, name: &str) -> Option<Table> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    fn keep_open(&self, name: String, table: &Table) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).insert(name, table.clone());
    }

    async fn table(&self, space: &str, kind: VectorKind) -> Result<Table, IndexError> {
        let name = name_of(space, kind);
        if let Some(table) = self.opened(&name) {
            return Ok(table);
        }
        let table = self.connection().await?.open_table(&name).execute().await;
        let table = table.map_err(failed("open a table"))?;
        self.keep_open(name, &table);
        Ok(table)
    }

    async fn create_all(&self, space: &str, dimensions: usize) -> Result<(), IndexError> {
        for kind in VectorKind::ALL {
            let name = name_of(space, kind);
            let schema = schema(dimensions).map_err(failed("describe a table"))?;
            let connection = self.connection().await?;
            // What a former try has left.
            self.drop_one(&name).await?;
            let table = connection.create_empty_table(&name, schema).execute().await;
            self.keep_open(name, &table.map_err(failed("make a table"))?);
        }
        Ok(())
    }

    async fn drop_one(&self, name: &str) -> Result<(), IndexError> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        match self.connection().await?.drop_table(name, &[]).await {
            Ok(()) | Err(lancedb::Error::TableNotFound { .. }) => Ok(()),
            Err(error) => Err(failed("delete a table")(error)),
        }
    }

    async fn add_rows(&self, space: &str, rows: &[StoredVector]) -> Result<(), IndexError> {
        for kind in VectorKind::ALL {
            let own: Vec<&StoredVector> = rows.iter().filter(|row| row.kind == kind).collect();
            if own.is_empty() {
                continue;
            }
            let batch = batch_of(&own).map_err(failed("lay out vectors"))?;
            let added = self.table(space, kind).await?.add(batch).execute().await;
            added.map_err(failed("add vectors"))?;
        }
        Ok(())
    }

    async fn delete_keys(&self, space: &str, keys: &[String]) -> Result<(), IndexError> {
        let is_faq = |key: &&String| key.starts_with("faq_");
        let (faqs, chunks): (Vec<&String>, Vec<&String>) = keys.iter().partition(is_faq);
        for (kind, keys) in
            [(VectorKind::Passage, &chunks), (VectorKind::Window, &chunks), (VectorKind::Faq, &faqs)]
        {
            if !keys.is_empty() {
                let deleted = self.table(space, kind).await?.delete(is_one_of(keys).as_str()).await;
                deleted.map_err(failed("delete vectors"))?;
            }
        }
        Ok(())
    }

    /// Compacts, and makes the index or brings it up to date.
    async fn index(&self, space: &str, kind: VectorKind) -> Result<(), IndexError> {
        let table = self.table(space, kind).await?;
        let doing = "build its index";
        let rows = table.count_rows(None).await.map_err(failed(doing))?;
        let is_indexed = !table.list_indices().await.map_err(failed(doing))?.is_empty();
        // What was deleted goes from the files too, however little it is.
        let options = CompactionOptions { materialize_deletions_threshold: 0.0, ..Default::default() };
        let compact = OptimizeAction::Compact { options, remap_options: None };
        table.optimize(compact).await.map_err(failed("compact a table"))?;
        let refresh = OptimizeAction::Index(OptimizeOptions::default());
        table.optimize(refresh).await.map_err(failed("bring its index up to date"))?;
        if !is_indexed && rows >= INDEXED_ROWS_MIN {
            let index = IvfFlatIndexBuilder::default()
                .distance_type(DistanceType::Cosine)
                .num_partitions(clusters_of(rows));
            let built = table.create_index(&[VECTOR], Index::IvfFlat(index)).execute().await;
            built.map_err(failed(doing))?;
        }
        Ok(())
    }

    async fn prune_all(&self, space: &str) -> Result<(), IndexError> {
        for kind in VectorKind::ALL {
            let prune = OptimizeAction::Prune {
                older_than: Some(Duration::milliseconds(TABLE_VERSIONS_KEPT_MS)),
                // Safe, since nobody else writes: the caller has the turn.
                delete_unverified: Some(true),
                error_if_tagged_old_versions: None,
            };
            let pruned = self.table(space, kind).await?.optimize(prune).await;
            pruned.map_err(failed("forget former versions of a table"))?;
        }
        Ok(())
    }

    async fn search_one(
        &self,
        space: &str,
        query: &[f32],
        kind: VectorKind,
        limit: usize,
    ) -> Result<Vec<VectorHit>, IndexError> {
        let rows = if kind == VectorKind::Passage { limit } else { limit.saturating_mul(PARTS_PER_HIT) };
        let doing = "search";
        let found = self
            .table(space, kind)
            .await?
            .query()
            .nearest_to(query)
            .and_then(|query| query.distance_type(DistanceType::Cosine).nprobes(PROBES))
            .map_err(failed(doing))?
            .select(Select::columns(&[KEY, PART, DISTANCE]))
            .limit(rows)
            .execute()
            .await
            .map_err(failed(doing))?;
        let batches: Vec<RecordBatch> = found.try_collect().await.map_err(failed(doing))?;
        let mut hits = Vec::new();
        for batch in &batches {
            hits.extend(hits_of(batch, kind)?);
        }
        Ok(hits)
    }
}

impl VectorTables for LanceTables {
    fn create<'a>(&'a self, name: &'a str, dimensions: usize) -> BoxFuture<'a, Result<(), IndexError>> {
        self.create_all(name, dimensions).boxed()
    }

    fn add<'a>(&'a self, name: &'a str, rows: &'a [StoredVector]) -> BoxFuture<'a, Result<(), IndexError>> {
        self.add_rows(name, rows).boxed()
    }

    fn delete<'a>(&'a self, name: &'a str, keys: &'a [String]) -> BoxFuture<'a, Result<(), IndexError>> {
        self.delete_keys(name, keys).boxed()
    }

    fn build_index<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), IndexError>> {
        async move {
            for kind in VectorKind::ALL {
                self.index(name, kind).await?;
            }
            Ok(())
        }
        .boxed()
    }

    fn forget_former<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), IndexError>> {
        self.prune_all(name).boxed()
    }

    fn search<'a>(
        &'a self,
        name: &'a str,
        query: &'a [f32],
        kind: VectorKind,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<VectorHit>, IndexError>> {
        self.search_one(name, query, kind, limit).boxed()
    }

    fn drop_table<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), IndexError>> {
        async move {
            for kind in VectorKind::ALL {
                self.drop_one(&name_of(name, kind)).await?;
            }
            Ok(())
        }
        .boxed()
    }

    fn close_all(&self) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn name_of(space: &str, kind: VectorKind) -> String {
    let kind = match kind {
        VectorKind::Passage => "passages",
        VectorKind::Window => "windows",
        VectorKind::Faq => "faqs",
    };
    format!("{space}-{kind}")
}

/// About the root of the number of rows.
fn clusters_of(rows: usize) -> u32 {
    u32::try_from(rows.isqrt()).unwrap_or(u32::MAX).max(1)
}

/// Keys are ids: letters, digits and an underscore. Any other is not in the table.
fn is_one_of(keys: &[&String]) -> String {
    let is_id = |key: &&&String| key.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    let quoted: Vec<String> = keys.iter().filter(is_id).map(|key| format!("'{key}'")).collect();
    if quoted.is_empty() { "false".to_owned() } else { format!("{KEY} in ({})", quoted.join(", ")) }
}

fn schema(dimensions: usize) -> Result<SchemaRef, ArrowError> {
    let length = i32::try_from(dimensions).map_err(|error| ArrowError::SchemaError(error.to_string()))?;
    let number = Arc::new(Field::new("item", DataType::Float32, true));
    Ok(Arc::new(Schema::new(vec![
        Field::new(KEY, DataType::Utf8, false),
        Field::new(PART, DataType::UInt32, false),
        Field::new(VECTOR, DataType::FixedSizeList(number, length), true),
    ])))
}

fn batch_of(rows: &[&StoredVector]) -> Result<RecordBatch, ArrowError> {
    let dimensions = rows.first().map_or(0, |row| row.halves.len());
    let schema = schema(dimensions)?;
    let length = i32::try_from(dimensions).map_err(|error| ArrowError::SchemaError(error.to_string()))?;
    let vectors = rows.iter().map(|row| Some(from_halves(&row.halves).into_iter().map(Some)));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.key.as_str()))),
        Arc::new(UInt32Array::from_iter_values(rows.iter().map(|row| row.part))),
        Arc::new(FixedSizeListArray::from_iter_primitive::<Float32Type, _, _>(vectors, length)),
    ];
    RecordBatch::try_new(schema, columns)
}

fn hits_of(batch: &RecordBatch, kind: VectorKind) -> Result<Vec<VectorHit>, IndexError> {
    let keys = column::<StringArray>(batch, KEY)?;
    let parts = column::<UInt32Array>(batch, PART)?;
    let distances = column::<Float32Array>(batch, DISTANCE)?;
    let rows = keys.iter().zip(parts).zip(distances);
    let hit = |((key, part), distance): ((Option<&str>, Option<u32>), Option<f32>)| {
        Some(VectorHit { key: key?.to_owned(), kind, part: part?, similarity: 1.0 - distance? })
    };
    Ok(rows.filter_map(hit).collect())
}

fn column<'a, T: Array + 'static>(batch: &'a RecordBatch, name: &str) -> Result<&'a T, IndexError> {
    let found = batch.column_by_name(name).and_then(|column| column.as_any().downcast_ref::<T>());
    found.ok_or_else(|| failed("read its answer")(ArrowError::SchemaError(format!("no column `{name}`"))))
}

fn failed<E: std::error::Error + Send + Sync + 'static>(doing: &'static str) -> impl Fn(E) -> IndexError {
    move |error| IndexError::Vectors { doing, source: Box::new(error) }
}
