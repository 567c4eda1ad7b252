//! Embeddings endpoints with OpenAI's interface ("Create embeddings" of its API reference), which many servers
//! speak.
//!
//! One call embeds a batch. A question is asked once, within a few seconds, since a visitor waits; passages are
//! tried again when the endpoint is busy or fails, after the pause that it asks for. Every answer is checked: as
//! many vectors as texts, each of the expected size, all of them numbers.

use super::client::{self, ClientError, HttpClient};
use super::network::Refused;
use crate::ground::limits::{
    EMBEDDINGS_ANSWER_BYTES_MAX, EMBEDDINGS_CONNECT_TIMEOUT_MS, EMBEDDINGS_PASSAGES_TIMEOUT_MS,
    EMBEDDINGS_QUERY_TIMEOUT_MS, EMBEDDINGS_REASON_CHARS_MAX, EMBEDDINGS_RETRY_PAUSE_MS,
    EMBEDDINGS_RETRY_PAUSE_MS_MAX, EMBEDDINGS_TRIES_MAX,
};
use crate::ground::secret::Secret;
use futures_util::StreamExt as _;
use reqwest::{Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;

/// Where the endpoint is and what it is asked for.
#[derive(Debug, Clone)]
pub struct EmbeddingsOptions {
    /// Without the `/embeddings` at its end.
    pub base_url: String,
    pub model: String,
    /// Empty: none is sent.
    pub api_key: Secret<String>,
    pub dimensions: usize,
}

/// Who waits for the vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// A visitor: one try.
    Query,
    /// A job: several tries.
    Passages,
}

/// Why there are no vectors.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EmbeddingsError {
    #[error("it does not answer; check `embeddings.base_url` and the network")]
    Unreachable,
    #[error("it is not spoken to: {0}")]
    NotAllowed(#[from] Refused),
    #[error("it took too long to answer")]
    TimedOut,
    #[error("it has too many requests (status 429)")]
    TooManyRequests { retry_after_ms: Option<u64> },
    #[error("it failed with status {status}")]
    ServerFailed { status: u16, retry_after_ms: Option<u64> },
    #[error("it does not take the key (status {status}); check `embeddings.api_key`")]
    KeyRefused { status: u16 },
    #[error(
        "it refuses the request with status {status}: {reason}; check `embeddings.model` and `embeddings.base_url`"
    )]
    RequestRefused { status: u16, reason: String },
    #[error("its answer is not one of an embeddings endpoint; check `embeddings.base_url`")]
    NotAnAnswer,
    #[error(
        "its vectors have {given} numbers where {expected} are expected; set `embeddings.dimensions` to {given}"
    )]
    Dimensions { expected: usize, given: usize },
}

impl EmbeddingsError {
    /// Whether the same request may succeed a little later.
    pub const fn is_temporary(&self) -> bool {
        matches!(
            self,
            Self::Unreachable | Self::TimedOut | Self::TooManyRequests { .. } | Self::ServerFailed { .. }
        )
    }

    /// How long to wait before the try after `tries`.
    fn pause(&self, tries: u32) -> Duration {
        let asked = match self {
            Self::TooManyRequests { retry_after_ms } | Self::ServerFailed { retry_after_ms, .. } => {
                *retry_after_ms
            }
            _ => None,
        };
        let pause_ms = asked.unwrap_or(EMBEDDINGS_RETRY_PAUSE_MS << tries.min(8));
        Duration::from_millis(pause_ms.min(EMBEDDINGS_RETRY_PAUSE_MS_MAX))
    }
}

/// One endpoint. Cheap to clone.
#[derive(Debug, Clone)]
pub struct EmbeddingsClient {
    http: HttpClient,
    address: String,
    options: EmbeddingsOptions,
}

impl EmbeddingsClient {
    pub fn new(options: EmbeddingsOptions) -> Result<Self, ClientError> {
        let http = client::to_one_address(Duration::from_millis(EMBEDDINGS_CONNECT_TIMEOUT_MS))?;
        let address = format!("{}/embeddings", options.base_url.trim_end_matches('/'));
        Ok(Self { http, address, options })
    }

    pub const fn options(&self) -> &EmbeddingsOptions {
        &self.options
    }

    /// One vector for each text, in their order, as the endpoint gives them.
    pub async fn embed(&self, texts: &[String], urgency: Urgency) -> Result<Vec<Vec<f32>>, EmbeddingsError> {
        let (tries_max, timeout_ms) = match urgency {
            Urgency::Query => (1, EMBEDDINGS_QUERY_TIMEOUT_MS),
            Urgency::Passages => (EMBEDDINGS_TRIES_MAX, EMBEDDINGS_PASSAGES_TIMEOUT_MS),
        };
        let mut tries = 0;
        loop {
            let timeout = Duration::from_millis(timeout_ms);
            let answer = tokio::time::timeout(timeout, self.call(texts)).await;
            let error = match answer.unwrap_or(Err(EmbeddingsError::TimedOut)) {
                Ok(vectors) => return Ok(vectors),
                Err(error) => error,
            };
            tries += 1;
            if tries >= tries_max || !error.is_temporary() {
                return Err(error);
            }
            tokio::time::sleep(error.pause(tries)).await;
        }
    }

    async fn call(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, EmbeddingsError> {
        let body = json!({ "model": self.options.model, "input": texts, "encoding_format": "float" });
        let mut request = self.http.post(&self.address)?.json(&body);
        if !self.options.api_key.reveal().is_empty() {
            request = request.bearer_auth(self.options.api_key.reveal());
        }
        let response = request.send().await.map_err(|_| EmbeddingsError::Unreachable)?;
        if response.status() != StatusCode::OK {
            return Err(refusal(response).await);
        }
        let body = body_of(response, EMBEDDINGS_ANSWER_BYTES_MAX).await?;
        read_answer(&body, texts.len(), self.options.dimensions)
    }
}

async fn refusal(response: Response) -> EmbeddingsError {
    let (status, code) = (response.status(), response.status().as_u16());
    let retry_after_ms = client::retry_after_ms(response.headers());
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => EmbeddingsError::KeyRefused { status: code },
        StatusCode::TOO_MANY_REQUESTS => EmbeddingsError::TooManyRequests { retry_after_ms },
        StatusCode::REQUEST_TIMEOUT | StatusCode::CONFLICT | StatusCode::TOO_EARLY => {
            EmbeddingsError::ServerFailed { status: code, retry_after_ms }
        }
        _ if status.is_server_error() => EmbeddingsError::ServerFailed { status: code, retry_after_ms },
        _ if status.is_client_error() => {
            let body = body_of(response, EMBEDDINGS_ANSWER_BYTES_MAX).await.unwrap_or_default();
            EmbeddingsError::RequestRefused { status: code, reason: reason_in(&body) }
        }
        _ => EmbeddingsError::NotAnAnswer,
    }
}

/// What the endpoint says in words: `{"error": {"message": …}}`, or `{"error": …}`.
fn reason_in(body: &[u8]) -> String {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let message = body.pointer("/error/message").or_else(|| body.get("error")).and_then(Value::as_str);
    let line = message.unwrap_or("it gives no reason").replace(char::is_control, " ");
    line.chars().take(EMBEDDINGS_REASON_CHARS_MAX).collect()
}

async fn body_of(response: Response, bytes_max: usize) -> Result<Vec<u8>, EmbeddingsError> {
    let (mut body, mut pieces) = (Vec::new(), response.bytes_stream());
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| EmbeddingsError::Unreachable)?;
        if body.len().saturating_add(piece.len()) > bytes_max {
            return Err(EmbeddingsError::NotAnAnswer);
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

#[derive(Deserialize)]
struct Answer {
    data: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    /// The number of the text; servers that leave it out answer in order.
    index: Option<usize>,
    embedding: Vec<f32>,
}

fn read_answer(body: &[u8], texts: usize, dimensions: usize) -> Result<Vec<Vec<f32>>, EmbeddingsError> {
    let answer: Answer = serde_json::from_slice(body).map_err(|_| EmbeddingsError::NotAnAnswer)?;
    let mut vectors = vec![None; texts];
    for (order, entry) in answer.data.into_iter().enumerate() {
        if entry.embedding.len() != dimensions {
            return Err(EmbeddingsError::Dimensions { expected: dimensions, given: entry.embedding.len() });
        }
        let place = vectors.get_mut(entry.index.unwrap_or(order)).ok_or(EmbeddingsError::NotAnAnswer)?;
        *place = Some(entry.embedding).filter(|vector| vector.iter().all(|number| number.is_finite()));
    }
    vectors.into_iter().collect::<Option<_>>().ok_or(EmbeddingsError::NotAnAnswer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_come_in_the_order_of_their_texts() {
        let body = br#"{"data":[{"index":1,"embedding":[0,1]},{"index":0,"embedding":[1,0]}]}"#;

        assert_eq!(read_answer(body, 2, 2).unwrap(), [[1.0, 0.0], [0.0, 1.0]]);
    }

    #[test]
    fn an_answer_that_is_none_is_refused() {
        for body in [
            "",
            "{}",
            r#"{"data":[]}"#,
            r#"{"data":[{"index":7,"embedding":[1,0]}]}"#,
            r#"{"data":[{"index":0,"embedding":["x"]}]}"#,
            r#"{"data":[{"index":0,"embedding":[1e39,0]}]}"#,
        ] {
            assert_eq!(read_answer(body.as_bytes(), 1, 2), Err(EmbeddingsError::NotAnAnswer), "{body}");
        }
        let other_model = br#"{"data":[{"index":0,"embedding":[1,0,0]}]}"#;
        let error = read_answer(other_model, 1, 2).unwrap_err();
        assert_eq!(error, EmbeddingsError::Dimensions { expected: 2, given: 3 });
    }

    #[test]
    fn the_endpoint_says_how_long_to_wait_within_reason() {
        let asked = |ms| EmbeddingsError::TooManyRequests { retry_after_ms: Some(ms) }.pause(1).as_millis();

        assert_eq!(asked(1_500), 1_500);
        assert_eq!(asked(3_600_000), u128::from(EMBEDDINGS_RETRY_PAUSE_MS_MAX));
        assert!(EmbeddingsError::Unreachable.pause(2) > EmbeddingsError::Unreachable.pause(1));
    }

    #[test]
    fn the_reason_of_a_refusal_is_one_short_line() {
        let body = format!(r#"{{"error":{{"message":"no such\nmodel {}"}}}}"#, "x".repeat(2_000));

        let reason = reason_in(body.as_bytes());

        assert!(reason.starts_with("no such model x"), "{reason}");
        assert_eq!(reason.chars().count(), EMBEDDINGS_REASON_CHARS_MAX);
        assert_eq!(reason_in(b"<html>"), "it gives no reason");
    }
}
