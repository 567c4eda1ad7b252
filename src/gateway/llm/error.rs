//! What can go wrong with a call to a language model, and what follows from it.

use super::options::ProviderName;
use crate::gateway::network::Refused;
use std::fmt;

/// Why a call did not give an answer. Holds no key and no text of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LlmError {
    #[error("refused the key (status {status}); correct the provider's `api_key`")]
    KeyRefused { status: u16 },
    #[error("refused the request (status {status}): {reason}")]
    RequestRefused { status: u16, reason: String },
    #[error("answered \"too many requests\" (status 429)")]
    TooManyRequests { retry_after_ms: Option<u64> },
    #[error("failed (status {status})")]
    ServerFailed { status: u16, retry_after_ms: Option<u64> },
    #[error("reported an error in its answer: {reason}")]
    ReportedError { reason: String },
    #[error("could not be reached; check the address and whether the server runs")]
    Unreachable,
    #[error("is not spoken to: {0}")]
    NotAllowed(#[from] Refused),
    #[error("gave no first word within {within_ms} ms")]
    FirstTokenTimeout { within_ms: u64 },
    #[error("did not finish within the time of a turn")]
    TurnTimeout,
    #[error("answered with something that is no answer of a language model; check `base_url`")]
    NotAnAnswer,
    #[error("gave an empty answer")]
    EmptyAnswer,
    #[error("stopped in the middle of its answer")]
    Interrupted,
    #[error("gave more text than an answer may have")]
    TooLong,
    #[error("is left alone for a while after repeated failures")]
    CircuitOpen,
    #[error("has too many calls waiting for it")]
    QueueFull,
}

impl LlmError {
    /// Whether the same provider may do better in a moment.
    pub(super) const fn is_retryable(&self) -> bool {
        matches!(
            self,
            Self::TooManyRequests { .. }
                | Self::ServerFailed { .. }
                | Self::Unreachable
                | Self::FirstTokenTimeout { .. }
        )
    }

    /// Whether it says something about the provider's health, and not about this request or our own queue.
    pub(super) const fn counts_against_provider(&self) -> bool {
        !matches!(
            self,
            Self::RequestRefused { .. }
                | Self::NotAllowed(_)
                | Self::TooLong
                | Self::TurnTimeout
                | Self::CircuitOpen
                | Self::QueueFull
        )
    }

    pub(super) const fn retry_after_ms(&self) -> Option<u64> {
        match self {
            Self::TooManyRequests { retry_after_ms } | Self::ServerFailed { retry_after_ms, .. } => {
                *retry_after_ms
            }
            _ => None,
        }
    }
}

/// What one provider of the chain did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderFailure {
    pub provider: ProviderName,
    pub model: String,
    /// Calls that were really made.
    pub tries: u32,
    pub error: LlmError,
}

/// No provider of the chain began an answer. Empty when none is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LlmFailure {
    pub providers: Vec<ProviderFailure>,
}

impl fmt::Display for LlmFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.providers.is_empty() {
            return f.write_str("no language model is configured");
        }
        f.write_str("no language model answered")?;
        for (number, failure) in self.providers.iter().enumerate() {
            let separator = if number == 0 { ": " } else { "; " };
            let ProviderFailure { provider, model, tries, error } = failure;
            write!(f, "{separator}{provider} ({model}, calls: {tries}) {error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for LlmFailure {}
