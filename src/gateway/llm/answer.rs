//! An answer while it comes: bytes become pieces, and everything that is not an answer becomes an error.

use super::sse::{SseEvent, SseParser, TooLong};
use super::thoughts::Thoughts;
use super::wire::{Sign, Wire};
use super::{LlmError, Piece, TokenUsage};
use crate::ground::limits::{LLM_ANSWER_BYTES_MAX, LLM_EVENT_BYTES_MAX, LLM_FINISH_GRACE_MS};
use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// How the server sends its answer, by its content type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Events,
    /// One JSON object: the server does not stream.
    Whole,
    /// A page for people.
    Page,
}

/// Reads one answer. Dropping it closes the connection.
pub(super) struct Answer {
    wire: Wire,
    form: Form,
    body: BoxStream<'static, Result<Bytes, ()>>,
    parser: SseParser,
    thoughts: Thoughts,
    whole: Vec<u8>,
    ready: VecDeque<Result<Piece, LlmError>>,
    input_tokens: Option<u64>,
    output_tokens: Option<u64>,
    text_bytes: usize,
    saw_bytes: bool,
    /// The provider said that the answer is whole; only counts may follow.
    is_finished: bool,
    /// Nothing is read any more.
    is_over: bool,
    ends_at: Instant,
}

impl Answer {
    pub(super) fn new(wire: Wire, response: reqwest::Response, ends_at: Instant) -> Self {
        let content_type = response.headers().get(reqwest::header::CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
        let form = match content_type.split(';').next().unwrap_or_default().trim() {
            "application/json" => Form::Whole,
            "text/html" => Form::Page,
            _ => Form::Events,
        };
        let body = response.bytes_stream().map(|piece| piece.map_err(|_| ())).boxed();
        Self {
            wire,
            form,
            body,
            parser: SseParser::default(),
            thoughts: Thoughts::default(),
            whole: Vec::new(),
            ready: VecDeque::new(),
            input_tokens: None,
            output_tokens: None,
            text_bytes: 0,
            saw_bytes: false,
            is_finished: false,
            is_over: false,
            ends_at,
        }
    }

    /// The next piece. After an error, or after the counts, there is none.
    pub(super) async fn next(&mut self) -> Option<Result<Piece, LlmError>> {
        loop {
            if let Some(piece) = self.ready.pop_front() {
                if piece.is_err() {
                    self.ready.clear();
                }
                return Some(piece);
            }
            if self.is_over {
                return None;
            }
            self.read_on().await;
        }
    }

    /// Reads the next bytes and makes ready what they complete.
    async fn read_on(&mut self) {
        match timeout_at(self.ends_at, self.body.next()).await {
            Ok(Some(Ok(bytes))) => {
                self.saw_bytes |= bytes.iter().any(|byte| !byte.is_ascii_whitespace());
                self.take_bytes(&bytes);
            }
            Ok(Some(Err(()))) | Ok(None) if self.is_finished => self.end(),
            // Nothing was said yet, so the call may be made anew.
            Ok(Some(Err(()))) if self.text_bytes == 0 => self.fail(LlmError::Unreachable),
            Ok(Some(Err(()))) => self.fail(LlmError::Interrupted),
            Ok(None) => self.close(),
            // Only the counts are missing, and some servers never send them.
            Err(_) if self.is_finished => self.end(),
            Err(_) => self.fail(LlmError::TurnTimeout),
        }
    }

    fn take_bytes(&mut self, bytes: &[u8]) {
        match self.form {
            Form::Page => self.fail(LlmError::NotAnAnswer),
            Form::Whole => {
                self.whole.extend_from_slice(bytes);
                if self.whole.len() > LLM_EVENT_BYTES_MAX {
                    self.fail(LlmError::TooLong);
                }
            }
            Form::Events => match self.parser.push(bytes) {
                Ok(events) => events.iter().for_each(|event| self.take_event(event)),
                Err(TooLong) => self.fail(LlmError::NotAnAnswer),
            },
        }
    }

    /// The server closed the connection.
    fn close(&mut self) {
        match self.form {
            Form::Page => return self.fail(LlmError::NotAnAnswer),
            Form::Whole => {
                let whole = std::mem::take(&mut self.whole);
                self.wire.read_whole(&whole).into_iter().for_each(|sign| self.take(sign));
            }
            Form::Events => {
                if let Some(event) = self.parser.finish() {
                    self.take_event(&event);
                }
            }
        }
        if self.is_over {
            return;
        }
        if self.is_finished {
            self.end();
        } else if self.text_bytes > 0 {
            self.fail(LlmError::Interrupted);
        } else if self.saw_bytes {
            self.fail(LlmError::NotAnAnswer);
        } else {
            self.fail(LlmError::EmptyAnswer);
        }
    }

    fn take_event(&mut self, event: &SseEvent) {
        self.wire.read_event(event).into_iter().for_each(|sign| self.take(sign));
    }

    fn take(&mut self, sign: Sign) {
        if self.is_over {
            return;
        }
        match sign {
            Sign::Text(text) => {
                let text = self.thoughts.pass(&text);
                self.push_text(text);
            }
            Sign::InputTokens(tokens) => self.input_tokens = Some(tokens),
            Sign::OutputTokens(tokens) => self.output_tokens = Some(tokens),
            Sign::Finished if !self.is_finished => {
                self.is_finished = true;
                self.ends_at = self.ends_at.min(Instant::now() + Duration::from_millis(LLM_FINISH_GRACE_MS));
            }
            Sign::Finished => {}
            Sign::End => self.end(),
            // Garbage in the middle is a broken stream; at the beginning it is the wrong server.
            Sign::Failed(LlmError::NotAnAnswer) if self.text_bytes > 0 => self.fail(LlmError::Interrupted),
            Sign::Failed(error) => self.fail(error),
        }
    }

    fn push_text(&mut self, text: String) {
        self.text_bytes += text.len();
        if self.text_bytes > LLM_ANSWER_BYTES_MAX {
            self.fail(LlmError::TooLong);
        } else if !text.is_empty() {
            self.ready.push_back(Ok(Piece::Text(text)));
        }
    }

    /// The answer is whole.
    fn end(&mut self) {
        let held = self.thoughts.finish();
        self.push_text(held);
        if self.text_bytes == 0 {
            return self.fail(LlmError::EmptyAnswer);
        }
        if let (Some(input_tokens), Some(output_tokens)) = (self.input_tokens, self.output_tokens) {
            self.ready.push_back(Ok(Piece::Usage(TokenUsage { input_tokens, output_tokens })));
        }
        self.stop_reading();
    }

    fn fail(&mut self, error: LlmError) {
        self.ready.push_back(Err(error));
        self.stop_reading();
    }

    /// Lets the connection go at once, also while pieces are still ready.
    fn stop_reading(&mut self) {
        self.is_over = true;
        self.body = futures_util::stream::empty().boxed();
    }
}
