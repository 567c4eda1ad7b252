//! Turns that are being answered in this process, and those that ended a moment ago.
//!
//! A turn has one [`Lead`], the task that makes its answer, and any number of followers. What followers get is
//! read from the answer's own text, from wherever each of them stands: a slow one is never waited for and costs no
//! memory, and one that comes back goes on at the very character. Nothing here is the truth: the tables are. After
//! a crash this is empty, and a turn that is open in the tables and not here was interrupted.

use super::{Settled, TurnFailure};
use crate::domain::conversations::citations::Citation;
use crate::ground::ids::{ConversationId, MessageId};
use crate::ground::limits::{TURN_KEPT_MS, TURN_WAIT_MS, TURNS_AT_ONCE_MAX, TURNS_KEPT_MAX};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{Instrument as _, info_span};

/// All of them. Cheap to clone.
#[derive(Clone)]
pub struct LiveTurns(Arc<Inner>);

struct Inner {
    turns: Mutex<HashMap<MessageId, Arc<LiveTurn>>>,
    places: Arc<Semaphore>,
    tracker: TaskTracker,
    stop: CancellationToken,
}

/// One turn as its followers see it.
pub struct LiveTurn {
    pub answer_id: MessageId,
    pub conversation_id: ConversationId,
    progress: watch::Sender<Progress>,
    stop: CancellationToken,
    ended_at: OnceLock<Instant>,
}

#[derive(Default)]
struct Progress {
    text: String,
    chars: usize,
    end: Option<End>,
}

/// How a turn ended.
#[derive(Debug, Clone)]
pub enum End {
    Settled(Arc<Settled>),
    Failed(TurnFailure),
}

/// Whether a request makes the answer, or waits for the one that is being made.
pub(super) enum Seat {
    Lead(Lead),
    Follow(Arc<LiveTurn>),
}

/// The right to make the answer of a turn: there is one at a time. Dropped without an end, by a panic, it ends the
/// turn for its followers.
pub(super) struct Lead {
    live: Arc<LiveTurn>,
    _place: OwnedSemaphorePermit,
}

impl LiveTurns {
    /// Tasks are started on `tracker`, so that a stop waits for them; `stop` tells them to come to an end.
    pub fn new(tracker: TaskTracker, stop: CancellationToken) -> Self {
        let places = Arc::new(Semaphore::new(TURNS_AT_ONCE_MAX));
        Self(Arc::new(Inner { turns: Mutex::default(), places, tracker, stop }))
    }

    /// The turn with this answer, if it is being answered here or was a moment ago.
    pub fn find(&self, answer: &MessageId) -> Option<Arc<LiveTurn>> {
        self.0.turns.lock().unwrap_or_else(PoisonError::into_inner).get(answer).cloned()
    }

    /// A place for one more turn; None when none became free in time.
    pub(super) async fn place(&self) -> Option<OwnedSemaphorePermit> {
        let place = Arc::clone(&self.0.places).acquire_owned();
        tokio::time::timeout(Duration::from_millis(TURN_WAIT_MS), place).await.ok()?.ok()
    }

    /// Starts work that outlives whoever asked for it.
    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.0.tracker.spawn(work.instrument(info_span!("task", name = "chat_turn")));
    }

    /// Resolves when the server is to stop.
    pub(super) async fn stopping(&self) {
        self.0.stop.cancelled().await;
    }

    /// The lead of this turn, or its present one to follow. A turn that failed may be led anew.
    pub(super) fn join(
        &self,
        answer_id: &MessageId,
        conversation_id: &ConversationId,
        place: OwnedSemaphorePermit,
    ) -> Seat {
        let mut turns = self.0.turns.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(live) = turns.get(answer_id)
            && !live.has_failed()
        {
            return Seat::Follow(Arc::clone(live));
        }
        let kept = Duration::from_millis(TURN_KEPT_MS);
        let is_kept = |live: &LiveTurn| live.ended_at.get().is_none_or(|at| at.elapsed() < kept);
        turns.retain(|_, live| is_kept(live));
        if turns.len() >= TURNS_KEPT_MAX {
            // Their followers read the tables instead.
            turns.retain(|_, live| live.ended_at.get().is_none());
        }
        let live = Arc::new(LiveTurn::new(answer_id.clone(), conversation_id.clone()));
        turns.insert(answer_id.clone(), Arc::clone(&live));
        Seat::Lead(Lead { live, _place: place })
    }
}

impl LiveTurn {
    fn new(answer_id: MessageId, conversation_id: ConversationId) -> Self {
        Self {
            answer_id,
            conversation_id,
            progress: watch::Sender::new(Progress::default()),
            stop: CancellationToken::new(),
            ended_at: OnceLock::new(),
        }
    }

    /// A turn whose answer was read from the tables.
    pub(super) fn ended(settled: Settled) -> Arc<Self> {
        let live = Self::new(settled.message_id.clone(), settled.conversation_id.clone());
        live.end(End::Settled(Arc::new(settled)));
        Arc::new(live)
    }

    /// A turn that nobody is answering.
    pub(super) fn failed(
        answer_id: MessageId,
        conversation_id: ConversationId,
        failure: TurnFailure,
    ) -> Arc<Self> {
        let live = Self::new(answer_id, conversation_id);
        live.end(End::Failed(failure));
        Arc::new(live)
    }

    /// Tells the task that makes the answer to end it with what there is.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Follows the answer from behind this many Unicode scalars on.
    pub fn follow(self: &Arc<Self>, from_chars: usize) -> Subscription {
        Subscription {
            progress: self.progress.subscribe(),
            live: Arc::clone(self),
            at_chars: from_chars,
            at_byte: 0,
            is_placed: false,
            stage: Stage::Beginning,
        }
    }

    /// Waits for the end.
    pub async fn wait(&self) -> End {
        let mut progress = self.progress.subscribe();
        loop {
            if let Some(end) = progress.borrow_and_update().end.clone() {
                return end;
            }
            if progress.changed().await.is_err() {
                return End::Failed(TurnFailure::INTERNAL);
            }
        }
    }

    fn has_failed(&self) -> bool {
        matches!(self.progress.borrow().end, Some(End::Failed(_)))
    }

    fn end(&self, end: End) {
        self.progress.send_modify(|progress| {
            if progress.end.is_some() {
                return;
            }
            if let End::Settled(settled) = &end {
                // What was streamed is the beginning of what was stored; an answer that was not streamed is
                // shown at once.
                progress.text.clone_from(&settled.response);
                progress.chars = progress.text.chars().count();
            }
            progress.end = Some(end);
        });
        // The first end counts.
        let _ = self.ended_at.set(Instant::now());
    }
}

impl Lead {
    pub(super) fn live(&self) -> &Arc<LiveTurn> {
        &self.live
    }

    /// Shows more of the answer.
    pub(super) fn push(&self, text: &str) {
        if !text.is_empty() {
            self.live.progress.send_modify(|progress| {
                progress.text.push_str(text);
                progress.chars += text.chars().count();
            });
        }
    }

    /// Resolves when somebody told the turn to end.
    pub(super) async fn stopped(&self) {
        self.live.stop.cancelled().await;
    }

    pub(super) fn end(self, end: End) {
        self.live.end(end);
    }
}

impl Drop for Lead {
    fn drop(&mut self) {
        self.live.end(End::Failed(TurnFailure::INTERNAL));
    }
}

/// One follower.
pub struct Subscription {
    live: Arc<LiveTurn>,
    progress: watch::Receiver<Progress>,
    at_chars: usize,
    at_byte: usize,
    /// Whether `at_byte` was found for `at_chars`.
    is_placed: bool,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Beginning,
    Text,
    /// The text and the citations were seen.
    Cited,
    Over,
}

/// What a follower sees, with the number of Unicode scalars of the answer that it has seen then.
pub struct Moment {
    pub chars: usize,
    pub event: TurnEvent,
}

pub enum TurnEvent {
    /// First, also when a follower comes back.
    Meta {
        answer_id: MessageId,
        conversation_id: ConversationId,
    },
    Delta {
        text: String,
    },
    Citations {
        citations: Vec<Citation>,
    },
    Done {
        settled: Arc<Settled>,
    },
    Failed {
        failure: TurnFailure,
    },
}

impl Subscription {
    pub fn answer_id(&self) -> &MessageId {
        &self.live.answer_id
    }

    /// The next event; None after the last. May be dropped and called again.
    pub async fn next(&mut self) -> Option<Moment> {
        loop {
            let event = match self.stage {
                Stage::Beginning => {
                    self.stage = Stage::Text;
                    let (answer_id, conversation_id) =
                        (self.live.answer_id.clone(), self.live.conversation_id.clone());
                    Some(TurnEvent::Meta { answer_id, conversation_id })
                }
                Stage::Text | Stage::Cited => self.step(),
                Stage::Over => return None,
            };
            if let Some(event) = event {
                return Some(Moment { chars: self.at_chars, event });
            }
            if self.progress.changed().await.is_err() {
                self.stage = Stage::Over;
            }
        }
    }

    /// What there is now; None when that was seen.
    fn step(&mut self) -> Option<TurnEvent> {
        let progress = self.progress.borrow_and_update();
        if progress.chars > self.at_chars {
            if !self.is_placed {
                let place = progress.text.char_indices().nth(self.at_chars);
                self.at_byte = place.map_or(progress.text.len(), |(byte, _)| byte);
                self.is_placed = true;
            }
            let text = progress.text.get(self.at_byte..).unwrap_or_default().to_owned();
            self.at_byte = progress.text.len();
            self.at_chars = progress.chars;
            return Some(TurnEvent::Delta { text });
        }
        match progress.end.as_ref()? {
            End::Failed(failure) => {
                self.stage = Stage::Over;
                Some(TurnEvent::Failed { failure: *failure })
            }
            End::Settled(settled) if self.stage == Stage::Text => {
                self.stage = Stage::Cited;
                Some(TurnEvent::Citations { citations: settled.citations.clone() })
            }
            End::Settled(settled) => {
                self.stage = Stage::Over;
                Some(TurnEvent::Done { settled: Arc::clone(settled) })
            }
        }
    }
}

#[cfg(test)]
#[path = "live_tests.rs"]
mod tests;
