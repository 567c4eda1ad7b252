//! An embeddings endpoint as an embedder: batches, vectors of length one, and how its last call went.

use crate::gateway::embeddings::{EmbeddingsClient, EmbeddingsError, Urgency};
use crate::index::embed::{EmbedError, Embedder, estimated_tokens};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use std::sync::{Mutex, PoisonError};
use tracing::{info, warn};

/// What the smaller of the usual models take; a chunk is shorter.
const TOKENS_MAX: usize = 512;

pub(super) struct EndpointEmbedder {
    id: String,
    client: EmbeddingsClient,
    batch: usize,
    trouble: Mutex<Option<String>>,
}

impl EndpointEmbedder {
    pub(super) fn new(client: EmbeddingsClient, batch: usize) -> Self {
        // Two servers may know different models by one name.
        let id = format!("{} at {}", client.options().model, client.options().base_url);
        Self { id, client, batch: batch.max(1), trouble: Mutex::new(None) }
    }

    async fn embed(&self, texts: &[String], urgency: Urgency) -> Result<Vec<Vec<f32>>, EmbedError> {
        let given = self.client.embed(texts, urgency).await;
        self.note(given.as_ref().err().map(ToString::to_string));
        given.map_err(|error| told(&error))?.into_iter().map(directed).collect()
    }
}

impl EndpointEmbedder {
    /// Each new trouble is logged once, not at every call.
    fn note(&self, trouble: Option<String>) {
        let mut last = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        match &trouble {
            Some(trouble) if last.as_ref() != Some(trouble) => {
                warn!("The embeddings endpoint cannot be used: {trouble}");
            }
            None if last.is_some() => info!("The embeddings endpoint works again"),
            _ => {}
        }
        *last = trouble;
    }
}

fn told(error: &EmbeddingsError) -> EmbedError {
    match error {
        EmbeddingsError::Dimensions { expected, given } => {
            EmbedError::Dimensions { expected: *expected, given: *given }
        }
        error if error.is_temporary() => EmbedError::Unreachable { why: error.to_string() },
        error => EmbedError::Refused { why: error.to_string() },
    }
}

/// The vector brought to length one.
fn directed(mut vector: Vec<f32>) -> Result<Vec<f32>, EmbedError> {
    let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
    if !length.is_finite() || length <= 0.0 {
        return Err(EmbedError::Refused { why: "it gives a vector without a direction".to_owned() });
    }
    vector.iter_mut().for_each(|number| *number /= length);
    Ok(vector)
}

impl Embedder for EndpointEmbedder {
    fn id(&self) -> &str {
        &self.id
    }

    fn dimensions(&self) -> usize {
        self.client.options().dimensions
    }

    fn tokens_max(&self) -> usize {
        TOKENS_MAX
    }

    // LIMIT: an endpoint's tokenizer is not known, so tokens are estimated, on the high side.
    fn count_tokens(&self, text: &str) -> usize {
        estimated_tokens(text)
    }

    fn embed_query<'a>(&'a self, text: &'a str) -> BoxFuture<'a, Result<Vec<f32>, EmbedError>> {
        async move {
            let vectors = self.embed(&[text.to_owned()], Urgency::Query).await?;
            vectors
                .into_iter()
                .next()
                .ok_or_else(|| EmbedError::Refused { why: "it gives no vector".to_owned() })
        }
        .boxed()
    }

    fn embed_passages<'a>(&'a self, texts: &'a [String]) -> BoxFuture<'a, Result<Vec<Vec<f32>>, EmbedError>> {
        async move {
            let mut vectors = Vec::with_capacity(texts.len());
            for batch in texts.chunks(self.batch) {
                vectors.extend(self.embed(batch, Urgency::Passages).await?);
            }
            Ok(vectors)
        }
        .boxed()
    }

    fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
