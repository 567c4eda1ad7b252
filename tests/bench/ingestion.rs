//! Taking in a document, from the upload to the last vector, beside the embedder alone with the very same texts.
//!
//! `bench ingestion MODELS`: `MODELS` is the folder `models` of a data directory that holds a model. What is lost
//! between the two is reading, cutting, writing and indexing.

use crate::embedder::passages;
use crate::retrieval::node::Node;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use snip::index::embed::{EmbedError, Embedder};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

const SECTIONS: usize = 300;

/// The embedder of the node, which notes what it is given.
struct Noting {
    model: Arc<dyn Embedder>,
    given: Arc<Mutex<Vec<Vec<String>>>>,
}

impl Embedder for Noting {
    fn id(&self) -> &str {
        self.model.id()
    }

    fn dimensions(&self) -> usize {
        self.model.dimensions()
    }

    fn tokens_max(&self) -> usize {
        self.model.tokens_max()
    }

    fn count_tokens(&self, text: &str) -> usize {
        self.model.count_tokens(text)
    }

    fn embed_query<'a>(&'a self, text: &'a str) -> BoxFuture<'a, Result<Vec<f32>, EmbedError>> {
        self.model.embed_query(text)
    }

    fn embed_passages<'a>(&'a self, texts: &'a [String]) -> BoxFuture<'a, Result<Vec<Vec<f32>>, EmbedError>> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner).push(texts.to_vec());
        self.model.embed_passages(texts)
    }
}

pub fn run(arguments: &[String]) {
    let [models] = arguments else { panic!("usage: bench ingestion MODELS") };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let figures = runtime.block_on(measure(Path::new(models)));
    println!("{figures:#}");
}

async fn measure(models: &Path) -> Value {
    let given = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&given);
    let mut model = None;
    let node = Node::start_with(models, |own| {
        model = Some(Arc::clone(&own));
        Arc::new(Noting { model: own, given: noted })
    })
    .await;
    let model = model.expect("the folder holds a model");
    let scope = node.client("en").await;
    let began = Instant::now();
    node.upload(&scope, "handbook.md", &handbook()).await;
    node.settle(&scope).await;
    let taken_in_s = began.elapsed().as_secs_f64();

    let batches = std::mem::take(&mut *given.lock().unwrap_or_else(PoisonError::into_inner));
    let texts: usize = batches.iter().map(Vec::len).sum();
    let tokens: usize = batches.iter().flatten().map(|text| model.count_tokens(text)).sum();
    let began = Instant::now();
    for batch in &batches {
        model.embed_passages(batch).await.expect("vectors");
    }
    let embedded_s = began.elapsed().as_secs_f64();
    node.stop().await;
    json!({
        "sections": SECTIONS,
        "texts": texts,
        "tokens": tokens,
        "sections_per_s": SECTIONS as f64 / taken_in_s,
        "tokens_per_s": tokens as f64 / taken_in_s,
        "tokens_per_s_of_the_embedder_alone": tokens as f64 / embedded_s,
        "of_the_embedder_alone_percent": 100.0 * embedded_s / taken_in_s,
    })
}

fn handbook() -> String {
    let sections =
        passages(SECTIONS).into_iter().enumerate().map(|(at, text)| format!("## Section {at}\n\n{text}\n"));
    std::iter::once("# Handbook\n".to_owned()).chain(sections).collect::<Vec<_>>().join("\n")
}
