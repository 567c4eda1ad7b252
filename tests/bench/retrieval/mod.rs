//! How well passages are found: the sets beside this project, through the code that serves visitors. Documents are
//! uploaded, read, cut, embedded and indexed as in production, each set for a client of its own.
//!
//! `bench retrieval MODELS DATA [SET…]`: `MODELS` is the folder `models` of a data directory that holds a model
//! (without one, vectors are missing and keywords answer alone), `DATA` the folder of the sets; sets are
//! `xquad:en` and `quotes:en` and the like, `chunking` and `lookups`, by default all.

mod chunking;
mod lookups;
pub mod node;
mod quotes;
mod xquad;

use serde_json::{Map, Value};
use std::path::Path;

const SETS: [&str; 9] = [
    "xquad:en",
    "xquad:es",
    "xquad:de",
    "xquad:ar",
    "xquad:zh",
    "chunking",
    "lookups",
    "quotes:en",
    "quotes:de",
];

pub fn run(arguments: &[String]) {
    let [models, data, sets @ ..] = arguments else {
        eprintln!("usage: bench retrieval MODELS DATA [SET…]; sets: {}", SETS.join(", "));
        std::process::exit(2);
    };
    let sets: Vec<&str> =
        if sets.is_empty() { SETS.to_vec() } else { sets.iter().map(String::as_str).collect() };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let figures = runtime.block_on(measure(Path::new(models), Path::new(data), &sets));
    println!("{}", serde_json::to_string_pretty(&figures).expect("figures are JSON"));
}

async fn measure(models: &Path, data: &Path, sets: &[&str]) -> Map<String, Value> {
    let mut figures = Map::new();
    for set in sets {
        let node = node::Node::start(models).await;
        let measured = match set.split_once(':') {
            Some(("xquad", language)) => xquad::measure(&node, data, language).await,
            Some(("quotes", language)) => quotes::measure(&node, data, language).await,
            None if *set == "chunking" => chunking::measure(&node, data).await,
            None if *set == "lookups" => lookups::measure(&node).await,
            _ => panic!("there is no set `{set}`"),
        };
        eprintln!("{set}: {measured}");
        figures.insert((*set).to_owned(), measured);
        node.stop().await;
    }
    figures
}

/// Figures over rankings, with the place of the right entry from 1; None where it was not found.
fn ranking_figures(places: &[Option<usize>]) -> Value {
    let mean = |value: &dyn Fn(usize) -> f64| {
        places.iter().flatten().map(|place| value(*place)).sum::<f64>() / places.len().max(1) as f64
    };
    let within = |depth: usize| mean(&|place| f64::from(u8::from(place <= depth)));
    let gain = |place: usize| if place <= 10 { 1.0 / (place as f64 + 1.0).log2() } else { 0.0 };
    serde_json::json!({
        "ndcg@10": rounded(mean(&gain)),
        "hit@1": rounded(within(1)),
        "hit@3": rounded(within(3)),
        // With one right entry for each question, this is the recall too.
        "hit@5": rounded(within(5)),
    })
}

fn rounded(figure: f64) -> f64 {
    (figure * 10_000.0).round() / 10_000.0
}
