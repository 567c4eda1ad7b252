//! Search by meaning over a real data directory: `vectors 50x1000 1000x1000 1x40000 1x40000i`, each as
//! CLIENTS x VECTORS of a client, with `i` by an index instead of the scan. The vectors lie in clusters, as those of
//! texts do; recall is counted against a comparison of all whole vectors of the client.

use serde_json::{Map, Value, json};
use snip::app::{App, OpenStore, Sources};
use snip::config::Settings;
use snip::domain::knowledge::parser::Parser;
use snip::ground::ids::{ClientId, GenerationId, Id};
use snip::ground::scope::Actor;
use snip::index::halves;
use snip::index::large::Tending;
use snip::index::vector::VectorSpace;
use snip::params;
use snip::store::directory::Layout;
use snip::store::{DbError, IdSource, SystemClock, WriteTx};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

const DIMENSIONS: usize = 384;
const CLUSTERS: usize = 40;
/// Length of what sets a vector apart from the middle of its cluster, which has length one.
const SPREAD: f32 = 0.8;
const QUERIES: usize = 300;
const ROWS_PER_WRITE: usize = 5_000;
const LIMIT: usize = 10;

struct Case {
    clients: usize,
    vectors: usize,
    is_indexed: bool,
}

pub fn run(cases: &[String]) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let results: Map<String, Value> =
        cases.iter().map(|case| (case.clone(), runtime.block_on(measure(&parse(case))))).collect();
    println!("{}", serde_json::to_string_pretty(&results).expect("plain values"));
}

fn parse(text: &str) -> Case {
    let is_indexed = text.ends_with('i');
    let (clients, vectors) = text.trim_end_matches('i').split_once('x').expect("CLIENTSxVECTORS");
    let number = |text: &str| text.parse().expect("a whole number");
    Case { clients: number(clients), vectors: number(vectors), is_indexed }
}

async fn measure(case: &Case) -> Value {
    let dir = tempfile::tempdir().expect("a folder");
    let sources = Sources {
        clock: Arc::new(SystemClock),
        ids: Arc::new(IdSource::seeded(1)),
        parser: Parser::of_this_program(),
    };
    let store = OpenStore::open(Layout::new(dir.path()), sources).expect("a data directory");
    let mut settings = Settings::default();
    if case.is_indexed {
        settings.index.scanned_vectors_max = 1;
    }
    let app = App::assemble(store, &settings).expect("a node");
    let begun = Instant::now();
    let spaces = fill(&app, case).await;
    let filled_ms = begun.elapsed().as_millis();
    app.env.vectors.catch_up().await.expect("it follows");

    let mut indexed_ms = None;
    if case.is_indexed {
        for (number, space) in spaces.iter().enumerate() {
            let query = Client::new(number, case.vectors).query(0);
            app.env.vectors.search(space, &query, LIMIT, HashSet::new()).await.expect("a search");
        }
        let begun = Instant::now();
        app.env.vectors.tend_large(&app.env.db, Tending::MuchChanged).await.expect("indexes");
        indexed_ms = Some(begun.elapsed().as_millis());
        assert_eq!(app.env.vectors.large_spaces().len(), case.clients, "each has an index");
    }
    let before_mb = resident_mb();
    let (mut first_ms, mut again_ms) = (Vec::new(), Vec::new());
    let mut found = 0;
    for number in 0..QUERIES {
        // Each client in turn, so that one that is not in memory is asked for, then the same one again.
        let at = number * 7919 % case.clients;
        let client = Client::new(at, case.vectors);
        let query = client.query(number);
        let begun = Instant::now();
        let scan =
            app.env.vectors.search(&spaces[at], &query, LIMIT, HashSet::new()).await.expect("a search");
        first_ms.push(begun.elapsed().as_secs_f64() * 1_000.0);
        let begun = Instant::now();
        app.env
            .vectors
            .search(&spaces[at], &client.query(number + 1), LIMIT, HashSet::new())
            .await
            .expect("a search");
        again_ms.push(begun.elapsed().as_secs_f64() * 1_000.0);
        if number % 10 == 0 {
            let exact = client.nearest(&query);
            found += scan.hits.iter().take(LIMIT).filter(|hit| exact.contains(&hit.key)).count();
        }
    }
    json!({
        "clients": case.clients,
        "vectors_per_client": case.vectors,
        "by": if case.is_indexed { "index" } else { "scan" },
        "filled_ms": filled_ms,
        "indexed_ms": indexed_ms,
        "search_ms": { "p50": at_share(&mut first_ms, 0.5), "p95": at_share(&mut first_ms, 0.95) },
        "search_again_ms": { "p50": at_share(&mut again_ms, 0.5), "p95": at_share(&mut again_ms, 0.95) },
        "recall_at_10": found as f64 / (QUERIES.div_ceil(10) * LIMIT) as f64,
        "resident_mb": { "before": before_mb, "after": resident_mb() },
        "cached_mb": app.env.vectors.cached_bytes() / 1_000_000,
        "disk_mb": { "database": size_mb(&dir.path().join("snip.db")), "index": size_mb(&dir.path().join("index/lance")) },
    })
}

/// A client's vectors, the same each time they are asked for.
struct Client {
    number: usize,
    vectors: usize,
    middles: Vec<Vec<f32>>,
}

impl Client {
    fn new(number: usize, vectors: usize) -> Self {
        let middles =
            (0..CLUSTERS).map(|at| unit(number as u64 * 1_000_003 + at as u64, DIMENSIONS)).collect();
        Self { number, vectors, middles }
    }

    fn vector(&self, at: usize) -> Vec<f32> {
        let own = unit(((self.number as u64) << 32) + at as u64 + 17, DIMENSIONS);
        added(&self.middles[at % CLUSTERS], &own, SPREAD)
    }

    /// Near to one of the client's vectors.
    fn query(&self, number: usize) -> Vec<f32> {
        added(&self.vector(number * 31 % self.vectors), &unit(number as u64 + 99, DIMENSIONS), 0.5)
    }

    fn nearest(&self, query: &[f32]) -> HashSet<String> {
        let score = |at: usize| -> f32 { self.vector(at).iter().zip(query).map(|(a, b)| a * b).sum() };
        let mut scored: Vec<(f32, usize)> = (0..self.vectors).map(|at| (score(at), at)).collect();
        scored.sort_by(|one, other| other.0.total_cmp(&one.0));
        scored.into_iter().take(LIMIT).map(|(_, at)| self.chunk(at)).collect()
    }

    fn id(&self) -> ClientId {
        id(self.number as u128 + 1)
    }

    fn chunk(&self, at: usize) -> String {
        let id: snip::ground::ids::ChunkId = id(((self.number as u128) << 32) + at as u128);
        id.to_string()
    }
}

fn id<T: Id>(number: u128) -> T {
    let digits: Vec<char> = "0123456789abcdefghjkmnpqrstvwxyz".chars().collect();
    let text: String = (0..26).rev().map(|place| digits[(number >> (place * 5)) as usize & 31]).collect();
    T::parse(&format!("{}_{text}", T::PREFIX)).expect("an id")
}

/// Numbers that look random and are the same for the same seed (splitmix64, Steele, Lea and Flood, 2014).
fn unit(seed: u64, dimensions: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d;
    let vector: Vec<f32> = (0..dimensions)
        .map(|_| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            (mixed >> 40) as f32 / (1_u64 << 23) as f32 - 1.0
        })
        .collect();
    normal(vector)
}

fn added(one: &[f32], other: &[f32], share: f32) -> Vec<f32> {
    normal(one.iter().zip(other).map(|(a, b)| a + share * b).collect())
}

fn normal(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|it| it * it).sum::<f32>().sqrt();
    vector.iter_mut().for_each(|it| *it /= length);
    vector
}

async fn fill(app: &App, case: &Case) -> Vec<VectorSpace> {
    let generation: GenerationId = id(1);
    let made = generation.clone();
    write(app, move |tx| {
        tx.execute(
            "insert into index_generations (id, embedder, chunker, dimensions, state, entries_done, entries_total,
                                            created_at, updated_at, version)
             values (:id, 'synthetic', 'synthetic', :dimensions, 'live', 0, 0, :now, :now, 1)",
            params! { ":id" => made, ":dimensions" => DIMENSIONS, ":now" => tx.now() },
        )
        .map(drop)
    })
    .await;
    let mut spaces = Vec::new();
    for number in 0..case.clients {
        let client = Arc::new(Client::new(number, case.vectors));
        spaces.push(VectorSpace { client_id: client.id(), generation_id: generation.clone() });
        let owner = Arc::clone(&client);
        write(app, move |tx| insert_owner(tx, &owner)).await;
        for from in (0..case.vectors).step_by(ROWS_PER_WRITE) {
            let (owner, generation) = (Arc::clone(&client), generation.clone());
            write(app, move |tx| {
                let rows = from..(from + ROWS_PER_WRITE).min(owner.vectors);
                rows.into_iter().try_for_each(|at| insert_chunk(tx, &owner, &generation, at))
            })
            .await;
        }
    }
    spaces
}

async fn write(app: &App, work: impl Fn(&WriteTx<'_>) -> Result<(), DbError> + Send + 'static) {
    app.env.db.write(Actor::System("bench"), work).await.expect("a write");
}

fn insert_owner(tx: &WriteTx<'_>, client: &Client) -> Result<(), DbError> {
    let number = client.number.to_string();
    tx.execute(
        "insert into clients (id, name, email, status, created_at, updated_at, version)
         values (:id, 'Client', 'owner@example.test', 'active', :now, :now, 1)",
        params! { ":id" => client.id(), ":now" => tx.now() },
    )?;
    tx.execute(
        "insert into documents (id, client_id, file_name, title, media_type, size_bytes, content_hash, blob_id,
                                status, progress_percent, created_at, updated_at, version)
         values (:id, :client_id, 'a.txt', 'A', 'text/plain', 1, '', '', 'ready', 100, :now, :now, 1)",
        params! { ":id" => number, ":client_id" => client.id(), ":now" => tx.now() },
    )?;
    tx.execute(
        "insert into document_versions (id, client_id, document_id, number, text, blocks, created_at)
         values (:id, :client_id, :id, 1, '', '[]', :now)",
        params! { ":id" => number, ":client_id" => client.id(), ":now" => tx.now() },
    )?;
    Ok(())
}

fn insert_chunk(
    tx: &WriteTx<'_>,
    client: &Client,
    generation: &GenerationId,
    at: usize,
) -> Result<(), DbError> {
    let chunk = client.chunk(at);
    tx.execute(
        "insert into chunks (id, client_id, document_id, version_id, ordinal, span_start, span_end, heading_path,
                             page, token_count, text, created_at)
         values (:id, :client_id, :document, :document, :at, 0, 1, '[]', null, 1, 'x', :now)",
        params! {
            ":id" => chunk,
            ":client_id" => client.id(),
            ":document" => client.number.to_string(),
            ":at" => at,
            ":now" => tx.now(),
        },
    )?;
    tx.execute(
        "insert into chunk_vectors (generation_id, client_id, chunk_id, part, vector, created_at)
         values (:generation_id, :client_id, :chunk_id, 0, :vector, :now)",
        params! {
            ":generation_id" => generation,
            ":client_id" => client.id(),
            ":chunk_id" => chunk,
            ":vector" => halves::to_bytes(&halves::to_halves(&client.vector(at))),
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

fn at_share(milliseconds: &mut [f64], share: f64) -> f64 {
    milliseconds.sort_by(f64::total_cmp);
    let at = ((milliseconds.len() - 1) as f64 * share).round();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in the list")]
    let value = milliseconds[at as usize];
    (value * 1_000.0).round() / 1_000.0
}

/// Memory of this process, by the system's own account.
fn resident_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("its memory");
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).expect("a number") / 1_024
}

fn size_mb(path: &std::path::Path) -> u64 {
    fn bytes(path: &std::path::Path) -> u64 {
        match std::fs::read_dir(path) {
            Ok(entries) => entries.filter_map(Result::ok).map(|entry| bytes(&entry.path())).sum(),
            Err(_) => std::fs::metadata(path).map_or(0, |meta| meta.len()),
        }
    }
    bytes(path) / 1_000_000
}
