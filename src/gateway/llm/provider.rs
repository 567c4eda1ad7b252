//! One provider: its queue, its breaker, its second try.

use super::answer::Answer;
use super::breaker::{Breaker, FailureKind};
use super::connection::{self, ConnectionError};
use super::figures::Figures;
use super::options::{Patience, ProviderName, ProviderOptions};
use super::queue::{FairQueue, Place, QueueFull};
use super::wire::{Dialect, Wire};
use super::{Generation, LlmError, Piece, ProviderFailure, Started};
use crate::gateway::client::HttpClient;
use crate::ground::ids::ClientId;
use crate::ground::limits::LLM_TRIES_MAX;
use futures_util::StreamExt as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::time::{Instant, sleep, timeout_at};
use tracing::{error, warn};

/// Requests that are put otherwise after a refusal, for one answer.
const REPHRASINGS_MAX: u32 = 3;

pub(super) struct Provider {
    pub(super) options: ProviderOptions,
    pub(super) figures: Figures,
    pub(super) queue: Arc<FairQueue>,
    breaker: Mutex<Breaker>,
    http: HttpClient,
    dialect: Dialect,
    patience: Patience,
}

impl Provider {
    pub(super) fn new(
        options: ProviderOptions,
        concurrency: usize,
        patience: Patience,
    ) -> Result<Self, ConnectionError> {
        Ok(Self {
            http: connection::client(&patience)?,
            options,
            figures: Figures::default(),
            queue: FairQueue::new(concurrency),
            breaker: Mutex::default(),
            dialect: Dialect::default(),
            patience,
        })
    }

    pub(super) const fn name(&self) -> ProviderName {
        self.options.provider
    }

    /// Whether calls are held back after failures.
    pub(super) fn is_open(&self) -> bool {
        self.breaker().is_open(Instant::now().into_std())
    }

    /// Begins an answer, waiting for a place, with a second try where it may help.
    pub(super) async fn begin(
        self: &Arc<Self>,
        client_id: &ClientId,
        generation: &Generation,
        ends_at: Instant,
    ) -> Result<Started, ProviderFailure> {
        let model = self.choose_model(generation);
        let mut tries = 0;
        let began = self.begin_within(client_id, (&model, generation), ends_at, &mut tries).await;
        began.map_err(|error| {
            if tries > 0 {
                warn!(provider = %self.name(), model, tries, "The language model {error}");
            }
            self.figures.count_failure();
            ProviderFailure { provider: self.name(), model, tries, error }
        })
    }

    /// The wished model where this provider offers it.
    fn choose_model(&self, generation: &Generation) -> String {
        let wished = generation.model.as_ref().filter(|model| self.options.models_allowed.contains(model));
        wished.unwrap_or(&self.options.model).clone()
    }

    async fn begin_within(
        self: &Arc<Self>,
        client_id: &ClientId,
        (model, generation): (&str, &Generation),
        ends_at: Instant,
        tries: &mut u32,
    ) -> Result<Started, LlmError> {
        if self.is_open() {
            return Err(LlmError::CircuitOpen);
        }
        let place = match timeout_at(ends_at, self.queue.enter(client_id)).await {
            Ok(Ok(place)) => place,
            Ok(Err(QueueFull)) => return Err(LlmError::QueueFull),
            Err(_) => return Err(LlmError::TurnTimeout),
        };
        let mut former = LlmError::CircuitOpen;
        loop {
            let Some(call) = Call::admitted(self) else { return Err(former) };
            *tries += 1;
            let failure = match self.first_piece((model, generation), ends_at).await {
                Ok((first, answer)) => return Ok(self.started(model, (first, answer), (place, call))),
                Err(failure) => failure,
            };
            call.fail(&failure);
            let pause = match failure.retry_after_ms() {
                Some(ms) => std::time::Duration::from_millis(ms),
                None => self.patience.retry_pause,
            };
            let is_in_time = Instant::now().checked_add(pause).is_some_and(|then| then < ends_at);
            if !failure.is_retryable() || *tries >= LLM_TRIES_MAX || !is_in_time {
                return Err(failure);
            }
            former = failure;
            self.figures.count_retry();
            sleep(pause).await;
        }
    }

    /// Makes the call and waits for the first text.
    async fn first_piece(
        &self,
        (model, generation): (&str, &Generation),
        ends_at: Instant,
    ) -> Result<(Piece, Answer), LlmError> {
        let first_token_at = Instant::now() + self.patience.first_token;
        let waiting = async {
            let response = self.call(model, generation).await?;
            let mut answer = Answer::new(Wire::of(self.name()), response, ends_at);
            match answer.next().await {
                Some(Ok(first)) => Ok((first, answer)),
                Some(Err(error)) => Err(error),
                None => Err(LlmError::EmptyAnswer),
            }
        };
        match timeout_at(first_token_at.min(ends_at), waiting).await {
            Ok(began) => began,
            Err(_) if first_token_at <= ends_at => {
                let within_ms = u64::try_from(self.patience.first_token.as_millis()).unwrap_or(u64::MAX);
                Err(LlmError::FirstTokenTimeout { within_ms })
            }
            Err(_) => Err(LlmError::TurnTimeout),
        }
    }

    /// One request, put otherwise when the server says that it does not know a part of it.
    async fn call(&self, model: &str, generation: &Generation) -> Result<reqwest::Response, LlmError> {
        let wire = Wire::of(self.name());
        let address = wire.address(&self.options.base_url);
        let key = self.options.api_key.as_ref().map(|key| key.reveal().as_str());
        let headers = wire.headers(key);
        let mut rephrasings = 0;
        loop {
            let body = wire.body(self.name(), model, generation, &self.dialect);
            match connection::post(&self.http, &address, &headers, &body).await {
                Err(LlmError::RequestRefused { status: 400 | 422, reason })
                    if rephrasings < REPHRASINGS_MAX && self.dialect.learn(&reason) =>
                {
                    rephrasings += 1;
                }
                Err(LlmError::RequestRefused { status, reason }) => {
                    return Err(LlmError::RequestRefused { status, reason: without_key(reason, key) });
                }
                other => return other,
            }
        }
    }

    /// The stream of an answer that has begun. It holds the place until it ends or is dropped.
    fn started(
        self: &Arc<Self>,
        model: &str,
        (first, answer): (Piece, Answer),
        (place, call): (Place, Call),
    ) -> Started {
        call.succeed();
        let running = Running { answer, provider: Arc::clone(self), _place: place };
        let rest = futures_util::stream::unfold(running, |mut running| async move {
            let piece = running.answer.next().await?;
            running.observe(&piece);
            Some((piece, running))
        });
        self.figures.count_answer();
        Started {
            provider: self.name(),
            model: model.to_owned(),
            pieces: futures_util::stream::iter([Ok(first)]).chain(rest).boxed(),
        }
    }

    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a failure; tells once what an operator can mend.
    fn record(&self, failure: &LlmError) {
        let kind = match failure {
            LlmError::KeyRefused { .. } => FailureKind::Key,
            _ => FailureKind::Passing,
        };
        let has_opened = self.breaker().fail(Instant::now().into_std(), kind);
        let provider = self.name();
        match (has_opened, kind) {
            (false, _) => {}
            (true, FailureKind::Key) => error!(
                %provider, base_url = %self.options.base_url,
                "The language model's provider refuses the key; visitors get answers without it. Correct \
                 `api_key` in the configuration and start again"
            ),
            (true, FailureKind::Passing) => {
                warn!(%provider, "The language model keeps failing and is left alone for a while: it {failure}");
            }
        }
    }
}

/// A server may repeat in its reason what it was sent.
fn without_key(reason: String, key: Option<&str>) -> String {
    match key {
        Some(key) if !key.is_empty() => reason.replace(key, "•••"),
        _ => reason,
    }
}

/// A call that the breaker let pass. However it ends, the breaker hears of it: also when nobody waits any more.
struct Call {
    provider: Arc<Provider>,
    is_told: bool,
}

impl Call {
    fn admitted(provider: &Arc<Provider>) -> Option<Self> {
        let is_admitted = provider.breaker().admit(Instant::now().into_std());
        is_admitted.then(|| Self { provider: Arc::clone(provider), is_told: false })
    }

    fn succeed(mut self) {
        self.is_told = true;
        self.provider.breaker().succeed(Instant::now().into_std());
    }

    fn fail(mut self, failure: &LlmError) {
        if failure.counts_against_provider() {
            self.is_told = true;
            self.provider.record(failure);
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if !self.is_told {
            self.provider.breaker().abandon(Instant::now().into_std());
        }
    }
}

/// An answer with all that is given back at its end.
struct Running {
    answer: Answer,
    provider: Arc<Provider>,
    _place: Place,
}

impl Running {
    fn observe(&self, piece: &Result<Piece, LlmError>) {
        match piece {
            Ok(Piece::Text(_)) => {}
            Ok(Piece::Usage(usage)) => self.provider.figures.count_usage(*usage),
            Err(failure) => {
                self.provider.figures.count_interruption();
                if failure.counts_against_provider() {
                    self.provider.record(failure);
                }
            }
        }
    }
}
