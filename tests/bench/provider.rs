//! A model server on loopback for measurements: OpenAI-compatible chat and embeddings that cost next to nothing,
//! so that what is measured is our own time.
//!
//! Each streamed answer begins with the moment at which its first piece left, in microseconds of Unix time: a
//! reader on the same machine sees how long the piece was under way. Vectors are made from the words of the text,
//! so that texts that share words are near each other.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use axum::routing::post;
use axum::{Json, Router};
use futures_util::stream;
use serde_json::{Value, json};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const DIMENSIONS: usize = 384;
const WORDS: &str =
    "This answer is made of plain words so that its pieces cost nothing to make and to read. ";

/// How an answer is dealt out.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    pub first_token_ms: u64,
    pub pieces: u64,
    pub piece_ms: u64,
}

pub fn routes(pace: Pace) -> Router {
    Router::new()
        .route("/v1/chat/completions", post(complete))
        .route("/v1/embeddings", post(embed))
        .with_state(pace)
}

async fn complete(State(pace): State<Pace>, Json(_request): Json<Value>) -> Response {
    let frames = stream::unfold(0, move |number| async move {
        if number > pace.pieces + 1 {
            return None;
        }
        let pause_ms = if number == 0 { pace.first_token_ms } else { pace.piece_ms };
        tokio::time::sleep(Duration::from_millis(pause_ms)).await;
        Some((Ok::<_, std::io::Error>(frame(number, pace)), number + 1))
    });
    let mut response = Response::new(Body::from_stream(frames));
    response.headers_mut().insert(CONTENT_TYPE, "text/event-stream".parse().expect("a constant"));
    response
}

fn frame(number: u64, pace: Pace) -> Bytes {
    if number > pace.pieces {
        return Bytes::from_static(b"data: [DONE]\n\n");
    }
    let is_last = number == pace.pieces;
    let text = match number {
        _ if is_last => String::new(),
        0 => format!("{} ", micros_now()),
        _ => WORDS.to_owned(),
    };
    let mut chunk = json!({
        "id": "chatcmpl-bench", "object": "chat.completion.chunk", "created": 0, "model": "bench",
        "choices": [{
            "index": 0, "delta": { "content": text }, "finish_reason": if is_last { json!("stop") } else { Value::Null },
        }],
    });
    if is_last {
        chunk["usage"] = json!({ "prompt_tokens": 1000, "completion_tokens": pace.pieces * 20, "total_tokens": 1000 + pace.pieces * 20 });
    }
    Bytes::from(format!("data: {chunk}\n\n"))
}

fn micros_now() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros())
}

async fn embed(Json(request): Json<Value>) -> Json<Value> {
    let texts: Vec<&str> = match &request["input"] {
        Value::Array(texts) => texts.iter().filter_map(Value::as_str).collect(),
        text => text.as_str().into_iter().collect(),
    };
    let data: Vec<Value> = texts
        .iter()
        .enumerate()
        .map(|(index, text)| json!({ "object": "embedding", "index": index, "embedding": vector(text) }))
        .collect();
    Json(
        json!({ "object": "list", "data": data, "model": "bench", "usage": { "prompt_tokens": 1, "total_tokens": 1 } }),
    )
}

/// The sum of one fixed direction per word, of length one.
fn vector(text: &str) -> Vec<f32> {
    let mut sum = vec![0.0_f32; DIMENSIONS];
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let mut hasher = DefaultHasher::new();
        word.to_lowercase().hash(&mut hasher);
        let mut state = hasher.finish() | 1;
        for value in &mut sum {
            // xorshift (Marsaglia, "Xorshift RNGs", 2003)
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            *value += (state >> 40) as f32 / (1_u32 << 23) as f32 - 1.0;
        }
    }
    let length = sum.iter().map(|value| value * value).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
    sum.iter().map(|value| value / length).collect()
}
