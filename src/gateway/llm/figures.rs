//! What each provider did since the start, for a monitoring system.

use super::TokenUsage;
use super::options::ProviderName;
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Debug, Default)]
pub(super) struct Figures {
    answers: AtomicU64,
    failures: AtomicU64,
    retries: AtomicU64,
    interruptions: AtomicU64,
    input_tokens: AtomicU64,
    output_tokens: AtomicU64,
}

/// One provider's figures. Counts begin at the node's start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderFigures {
    pub provider: ProviderName,
    /// Its place in the chain, from 1.
    pub place: usize,
    /// Answers that began.
    pub answers: u64,
    /// Turns for which it gave no first word.
    pub failures: u64,
    /// Second tries.
    pub retries: u64,
    /// Answers that broke off.
    pub interruptions: u64,
    pub input_tokens: u64,
    pub output_tokens: u64,
    pub running: usize,
    pub waiting: usize,
    /// Held back after repeated failures.
    pub is_open: bool,
}

impl Figures {
    pub(super) fn count_answer(&self) {
        self.answers.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_failure(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_retry(&self) {
        self.retries.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_interruption(&self) {
        self.interruptions.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_usage(&self, usage: TokenUsage) {
        self.input_tokens.fetch_add(usage.input_tokens, Ordering::Relaxed);
        self.output_tokens.fetch_add(usage.output_tokens, Ordering::Relaxed);
    }

    pub(super) fn read(
        &self,
        (provider, place): (ProviderName, usize),
        (running, waiting): (usize, usize),
        is_open: bool,
    ) -> ProviderFigures {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        ProviderFigures {
            provider,
            place,
            answers: read(&self.answers),
            failures: read(&self.failures),
            retries: read(&self.retries),
            interruptions: read(&self.interruptions),
            input_tokens: read(&self.input_tokens),
            output_tokens: read(&self.output_tokens),
            running,
            waiting,
            is_open,
        }
    }
}
