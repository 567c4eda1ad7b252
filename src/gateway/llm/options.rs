//! What a chain of language models is made from.

use crate::ground::limits;
use crate::ground::secret::Secret;
use std::fmt;
use std::time::Duration;

/// Whose interface is spoken. In records, logs and figures it stands as [`ProviderName::as_str`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProviderName {
    Xai,
    OpenAi,
    Anthropic,
    /// Any server with OpenAI's interface of chat completions.
    OpenAiCompatible,
}

impl ProviderName {
    pub const ALL: [Self; 4] = [Self::Xai, Self::OpenAi, Self::Anthropic, Self::OpenAiCompatible];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Xai => "xai",
            Self::OpenAi => "openai",
            Self::Anthropic => "anthropic",
            Self::OpenAiCompatible => "openai_compatible",
        }
    }

    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.as_str() == name)
    }

    /// Where the provider documents its interface to be; a compatible server has no address of its own.
    pub const fn default_base_url(self) -> Option<&'static str> {
        match self {
            Self::Xai => Some("https://api.x.ai/v1"),
            Self::OpenAi => Some("https://api.openai.com/v1"),
            Self::Anthropic => Some("https://api.anthropic.com/v1"),
            Self::OpenAiCompatible => None,
        }
    }

    /// A quick model for conversations, for whoever names none.
    pub const fn default_model(self) -> Option<&'static str> {
        match self {
            Self::Xai => Some("grok-4-1-fast-non-reasoning"),
            Self::OpenAi => Some("gpt-4.1-mini"),
            Self::Anthropic => Some("claude-haiku-4-5"),
            Self::OpenAiCompatible => None,
        }
    }
}

impl fmt::Display for ProviderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One provider of the chain.
#[derive(Debug, Clone)]
pub struct ProviderOptions {
    pub provider: ProviderName,
    /// Begins with `http` or `https` and goes on to where `/chat/completions` or `/messages` is added.
    pub base_url: String,
    pub model: String,
    /// Further models that a generation may ask this provider for.
    pub models_allowed: Vec<String>,
    pub api_key: Option<Secret<String>>,
}

/// How long is waited for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    pub connect: Duration,
    /// From a call's beginning to the first text of its answer.
    pub first_token: Duration,
    /// From [`super::LlmChain::start`] to the end of the answer, with all waiting, retries and providers.
    pub turn: Duration,
    /// Before the second try, where the provider does not say how long.
    pub retry_pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_millis(limits::LLM_CONNECT_TIMEOUT_MS),
            first_token: Duration::from_millis(limits::LLM_FIRST_TOKEN_TIMEOUT_MS),
            turn: Duration::from_millis(limits::LLM_TURN_TIMEOUT_MS),
            retry_pause: Duration::from_millis(limits::LLM_RETRY_PAUSE_MS),
        }
    }
}

/// The chain: the first provider is asked first.
#[derive(Debug, Clone)]
pub struct ChainOptions {
    pub providers: Vec<ProviderOptions>,
    /// Calls to one provider at the same time.
    pub concurrency: usize,
    /// For generations that name none of their own.
    pub temperature: Option<f32>,
    pub output_tokens_max: u32,
    pub patience: Patience,
}
