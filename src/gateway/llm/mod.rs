//! Answers from language models: a chain of providers, tried in order.
//!
//! [`LlmChain::start`] returns when the first text is there. Until then a provider that fails is tried a second
//! time where that may help, and then the next one of the chain; after it the answer either ends or is
//! [`LlmError::Interrupted`]. Dropping the stream of pieces closes the connection to the provider.
//!
//! Promises: a key goes to its own provider's address and nowhere else (nothing is redirected, no proxy of the
//! environment is asked); no error and no log line holds a key or a text; one turn never takes longer than its
//! time, whatever the servers do; one client never keeps the others waiting.
//!
//! It does not assemble prompts, judge answers or keep anything: the room `chat` does. Start reading at
//! [`LlmChain`].

mod answer;
mod breaker;
mod connection;
mod error;
mod figures;
mod options;
mod provider;
mod queue;
mod sse;
mod thoughts;
mod wire;

pub use connection::ConnectionError;
pub use error::{LlmError, LlmFailure, ProviderFailure};
pub use figures::ProviderFigures;
pub use options::{ChainOptions, Patience, ProviderName, ProviderOptions};

use crate::ground::ids::ClientId;
use crate::ground::limits::LLM_OUTPUT_TOKENS_DEFAULT;
use futures_util::stream::BoxStream;
use provider::Provider;
use std::sync::Arc;
use tokio::time::Instant;

/// What a model is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    pub system: String,
    /// Begins and ends with the user; roles alternate.
    pub messages: Vec<PromptMessage>,
}

/// One message of a prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptMessage {
    pub role: PromptRole,
    pub text: String,
}

/// Who speaks in a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptRole {
    User,
    Assistant,
}

impl PromptRole {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// One answer to be made.
#[derive(Debug, Clone)]
pub struct Generation {
    pub prompt: Prompt,
    /// Asked of a provider that offers it; every other one answers with its own model.
    pub model: Option<String>,
    /// 0 to 2; None leaves it to the provider.
    pub temperature: Option<f32>,
    pub output_tokens_max: u32,
}

/// What comes while an answer is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// The next words.
    Text(String),
    /// What the provider counted; at most once, at the end.
    Usage(TokenUsage),
}

/// Tokens of one answer, as the provider counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenUsage {
    pub input_tokens: u64,
    pub output_tokens: u64,
}

/// An answer that has begun: the stream's first piece is there already.
pub struct Started {
    pub provider: ProviderName,
    pub model: String,
    /// Ends after the last piece; an error is the last item.
    pub pieces: BoxStream<'static, Result<Piece, LlmError>>,
}

/// The providers of this node. Cheap to clone; clones share queues and breakers.
#[derive(Clone)]
pub struct LlmChain(Arc<Chain>);

struct Chain {
    providers: Vec<Arc<Provider>>,
    patience: Patience,
    temperature: Option<f32>,
    output_tokens_max: u32,
}

impl LlmChain {
    /// Makes the HTTP clients; connects to nobody.
    pub fn new(options: ChainOptions) -> Result<Self, ConnectionError> {
        let ChainOptions { providers, concurrency, temperature, output_tokens_max, patience } = options;
        let providers = providers
            .into_iter()
            .map(|provider| Ok(Arc::new(Provider::new(provider, concurrency, patience)?)))
            .collect::<Result<_, ConnectionError>>()?;
        Ok(Self(Arc::new(Chain { providers, patience, temperature, output_tokens_max })))
    }

    /// A node without a language model.
    pub fn none() -> Self {
        Self(Arc::new(Chain {
            providers: Vec::new(),
            patience: Patience::default(),
            temperature: None,
            output_tokens_max: LLM_OUTPUT_TOKENS_DEFAULT,
        }))
    }

    pub fn is_configured(&self) -> bool {
        !self.0.providers.is_empty()
    }

    /// What the settings say for clients that choose nothing.
    pub fn default_temperature(&self) -> Option<f32> {
        self.0.temperature
    }

    /// As [`LlmChain::default_temperature`], for the answer's length.
    pub fn default_output_tokens_max(&self) -> u32 {
        self.0.output_tokens_max
    }

    /// The models that a client may choose from; the first is used when it chooses none.
    pub fn models(&self) -> Vec<String> {
        let Some(first) = self.0.providers.first() else { return Vec::new() };
        let further = first.options.models_allowed.iter().filter(|model| **model != first.options.model);
        [&first.options.model].into_iter().chain(further).cloned().collect()
    }

    /// Begins an answer for this client: providers in order, each with its queue, breaker and second try. Returns
    /// with the first text, or with what each provider did. Dropping the call or the stream ends the provider's
    /// call at once.
    pub async fn start(&self, client_id: &ClientId, generation: Generation) -> Result<Started, LlmFailure> {
        let ends_at = Instant::now() + self.0.patience.turn;
        let mut failures = Vec::new();
        for provider in &self.0.providers {
            match provider.begin(client_id, &generation, ends_at).await {
                Ok(started) => return Ok(started),
                Err(failure) => failures.push(failure),
            }
            if Instant::now() >= ends_at {
                break;
            }
        }
        Err(LlmFailure { providers: failures })
    }

    /// What each provider did so far, in the order of the chain.
    pub fn figures(&self) -> Vec<ProviderFigures> {
        let providers = self.0.providers.iter().enumerate();
        let read = |(at, provider): (usize, &Arc<Provider>)| {
            provider.figures.read((provider.name(), at + 1), provider.queue.counts(), provider.is_open())
        };
        providers.map(read).collect()
    }
}
