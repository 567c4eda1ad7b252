//! The two interfaces that providers speak: what is sent, and what their events mean. Pure.

mod anthropic;
mod openai;

use super::options::ProviderName;
use super::sse::SseEvent;
use super::{Generation, LlmError};
use crate::ground::limits::LLM_REASON_CHARS_MAX;
use serde_json::Value;
use std::sync::atomic::{AtomicBool, Ordering};

/// An interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wire {
    /// OpenAI, "Create chat completion", and whoever follows it.
    ChatCompletions,
    /// Anthropic, "Messages".
    Messages,
}

/// What an event says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sign {
    Text(String),
    /// Counts so far; a later one replaces an earlier one.
    InputTokens(u64),
    OutputTokens(u64),
    /// The answer is whole; counts may still follow.
    Finished,
    /// Nothing follows.
    End,
    Failed(LlmError),
}

/// What a server was found not to take. Found out once, by its refusal, and kept while the node runs.
#[derive(Debug, Default)]
pub(super) struct Dialect {
    refuses_stream_options: AtomicBool,
    refuses_temperature: AtomicBool,
    /// The other name of the two for the answer's length.
    uses_other_length: AtomicBool,
}

impl Wire {
    pub(super) const fn of(provider: ProviderName) -> Self {
        match provider {
            ProviderName::Anthropic => Self::Messages,
            ProviderName::Xai | ProviderName::OpenAi | ProviderName::OpenAiCompatible => {
                Self::ChatCompletions
            }
        }
    }

    /// The address of the call. Anthropic's own base address is often written without its version.
    pub(super) fn address(self, base_url: &str) -> String {
        let base = base_url.trim_end_matches('/');
        match self {
            Self::ChatCompletions => format!("{base}/chat/completions"),
            Self::Messages if has_path(base) => format!("{base}/messages"),
            Self::Messages => format!("{base}/v1/messages"),
        }
    }

    /// The headers that carry the key, and what else the interface asks for.
    pub(super) fn headers(self, key: Option<&str>) -> Vec<(&'static str, String)> {
        match (self, key) {
            (Self::ChatCompletions, Some(key)) => vec![("authorization", format!("Bearer {key}"))],
            (Self::ChatCompletions, None) => Vec::new(),
            (Self::Messages, key) => {
                let version = ("anthropic-version", anthropic::VERSION.to_owned());
                key.map(|key| ("x-api-key", key.to_owned())).into_iter().chain([version]).collect()
            }
        }
    }

    pub(super) fn body(
        self,
        provider: ProviderName,
        model: &str,
        generation: &Generation,
        dialect: &Dialect,
    ) -> Value {
        match self {
            Self::ChatCompletions => openai::body(provider, model, generation, dialect),
            Self::Messages => anthropic::body(model, generation, dialect),
        }
    }

    /// The signs of one event of a stream.
    pub(super) fn read_event(self, event: &SseEvent) -> Vec<Sign> {
        match self {
            Self::ChatCompletions => openai::read_event(event),
            Self::Messages => anthropic::read_event(event),
        }
    }

    /// The signs of an answer that came whole, from a server that does not stream.
    pub(super) fn read_whole(self, body: &[u8]) -> Vec<Sign> {
        let Ok(body) = serde_json::from_slice::<Value>(body) else {
            return vec![Sign::Failed(LlmError::NotAnAnswer)];
        };
        if let Some(error) = find_error(&body) {
            return vec![Sign::Failed(error)];
        }
        match self {
            Self::ChatCompletions => openai::read_whole(&body),
            Self::Messages => anthropic::read_whole(&body),
        }
    }
}

impl Dialect {
    /// Learns from a refusal; true when the same request may pass when it is put otherwise.
    pub(super) fn learn(&self, reason: &str) -> bool {
        let reason = reason.to_lowercase();
        let is_about =
            |word: &str, known: &AtomicBool| reason.contains(word) && !known.swap(true, Ordering::Relaxed);
        is_about("stream_options", &self.refuses_stream_options)
            || is_about("temperature", &self.refuses_temperature)
            || is_about("max_tokens", &self.uses_other_length)
            || is_about("max_completion_tokens", &self.uses_other_length)
    }

    fn takes_stream_options(&self) -> bool {
        !self.refuses_stream_options.load(Ordering::Relaxed)
    }

    fn takes_temperature(&self) -> bool {
        !self.refuses_temperature.load(Ordering::Relaxed)
    }

    fn is_length_swapped(&self) -> bool {
        self.uses_other_length.load(Ordering::Relaxed)
    }
}

/// The error object of a body, in any of the shapes that servers use.
pub(super) fn find_error(body: &Value) -> Option<LlmError> {
    let error = body.get("error").filter(|error| !error.is_null())?;
    Some(LlmError::ReportedError { reason: reason_of(error) })
}

/// What a server says about its refusal, short and on one line.
pub(super) fn reason_in(body: &[u8]) -> String {
    match serde_json::from_slice::<Value>(body) {
        Ok(body) => reason_of(body.get("error").unwrap_or(&body)),
        Err(_) => "it gave no reason".to_owned(),
    }
}

fn reason_of(error: &Value) -> String {
    let candidates = [error.get("message"), error.get("detail"), error.get("error"), Some(error)];
    let text = candidates.into_iter().flatten().find_map(Value::as_str).unwrap_or("it gave no reason");
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().filter(|char| !char.is_control()).take(LLM_REASON_CHARS_MAX).collect()
}

fn has_path(base_url: &str) -> bool {
    base_url.split_once("://").is_some_and(|(_, rest)| rest.contains('/'))
}

/// A number from 0 to 2 without the digits that a 32-bit number adds.
fn rounded(temperature: f32) -> f64 {
    (f64::from(temperature) * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    // CHT-6
    #[test]
    fn a_base_address_is_taken_as_it_was_given() {
        let chat = |base| Wire::ChatCompletions.address(base);
        let messages = |base| Wire::Messages.address(base);

        assert_eq!(chat("http://127.0.0.1:11434/v1"), "http://127.0.0.1:11434/v1/chat/completions");
        assert_eq!(chat("http://127.0.0.1:8000/"), "http://127.0.0.1:8000/chat/completions");
        assert_eq!(messages("https://api.anthropic.com/v1"), "https://api.anthropic.com/v1/messages");
        assert_eq!(messages("https://api.anthropic.com"), "https://api.anthropic.com/v1/messages");
    }

    #[test]
    fn a_key_stands_in_the_header_of_its_interface_only() {
        assert_eq!(Wire::ChatCompletions.headers(Some("k")), [("authorization", "Bearer k".to_owned())]);
        assert_eq!(Wire::ChatCompletions.headers(None), []);
        assert_eq!(
            Wire::Messages.headers(Some("k")),
            [("x-api-key", "k".to_owned()), ("anthropic-version", "2023-06-01".to_owned())]
        );
    }

    #[test]
    fn a_dialect_is_learnt_once() {
        let dialect = Dialect::default();

        assert!(dialect.learn("Unknown field `stream_options`"));
        assert!(!dialect.learn("Unknown field `stream_options`"));
        assert!(dialect.learn("Use 'max_completion_tokens' instead of max_tokens"));
        assert!(!dialect.learn("Use 'max_completion_tokens' instead of max_tokens"));
        assert!(!dialect.learn("context length exceeded"));
    }

    #[test]
    fn a_reason_is_short_and_on_one_line_whatever_shape_it_comes_in() {
        assert_eq!(reason_in(br#"{"error":{"message":"no such\n model"}}"#), "no such model");
        assert_eq!(reason_in(br#"{"error":"no"}"#), "no");
        assert_eq!(reason_in(br#"{"detail":"not here"}"#), "not here");
        assert_eq!(reason_in(b"<html>"), "it gave no reason");
        assert_eq!(reason_in(format!("{{\"error\":\"{}\"}}", "x".repeat(5_000)).as_bytes()).len(), 200);
    }
}
