//! Leaving a provider alone that keeps failing, so that turns do not wait for what will not come.
//!
//! Closed: calls pass, and failures of the last minute are counted. Open: none pass until a pause is over. Then one
//! call probes; its end closes or opens again. A refused key opens at once and for longer, since only a person can
//! mend it. Pure: time comes in as an argument.

use crate::ground::limits::{
    LLM_BREAKER_FAILURES, LLM_BREAKER_KEY_PAUSE_MS, LLM_BREAKER_PAUSE_MS, LLM_BREAKER_WINDOW_MS,
};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Calls whose ends are remembered; further ones push out the oldest.
const OUTCOMES_MAX: usize = 256;

#[derive(Debug, Default)]
pub(super) struct Breaker {
    state: State,
    outcomes: VecDeque<Outcome>,
}

#[derive(Debug, Clone, Copy)]
struct Outcome {
    at: Instant,
    is_failure: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Closed,
    Open {
        until: Instant,
    },
    Probing,
}

/// What a failure says about the next calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FailureKind {
    /// It may be over in a moment.
    Passing,
    /// It stays until a person changes something.
    Key,
}

impl Breaker {
    /// Whether a call may be made now. The one that probes must end in [`Breaker::succeed`], [`Breaker::fail`] or
    /// [`Breaker::abandon`].
    pub(super) fn admit(&mut self, now: Instant) -> bool {
        match self.state {
            State::Closed => true,
            State::Probing => false,
            State::Open { until } if now < until => false,
            State::Open { .. } => {
                self.state = State::Probing;
                true
            }
        }
    }

    pub(super) fn is_open(&self, now: Instant) -> bool {
        matches!(self.state, State::Open { until } if now < until)
    }

    pub(super) fn succeed(&mut self, now: Instant) {
        if self.state != State::Closed {
            self.outcomes.clear();
        }
        self.state = State::Closed;
        self.remember(Outcome { at: now, is_failure: false });
    }

    /// Counts a failure; true when it is the one that opened the breaker.
    pub(super) fn fail(&mut self, now: Instant, kind: FailureKind) -> bool {
        self.remember(Outcome { at: now, is_failure: true });
        let was_closed = self.state == State::Closed;
        let failures = self.outcomes.iter().filter(|outcome| outcome.is_failure).count();
        let are_many = failures >= LLM_BREAKER_FAILURES && failures * 2 >= self.outcomes.len();
        let pause_ms = match kind {
            FailureKind::Key => LLM_BREAKER_KEY_PAUSE_MS,
            FailureKind::Passing if are_many || self.state == State::Probing => LLM_BREAKER_PAUSE_MS,
            FailureKind::Passing => return false,
        };
        self.state = State::Open { until: now + Duration::from_millis(pause_ms) };
        was_closed
    }

    /// A call ended without saying anything about the provider. After a probe, the next call may probe.
    pub(super) fn abandon(&mut self, now: Instant) {
        if self.state == State::Probing {
            self.state = State::Open { until: now };
        }
    }

    fn remember(&mut self, outcome: Outcome) {
        let window = Duration::from_millis(LLM_BREAKER_WINDOW_MS);
        self.outcomes.push_back(outcome);
        let is_old = |oldest: &Outcome| outcome.at.saturating_duration_since(oldest.at) > window;
        while self.outcomes.len() > OUTCOMES_MAX || self.outcomes.front().is_some_and(is_old) {
            self.outcomes.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: Duration = Duration::from_millis(LLM_BREAKER_PAUSE_MS);

    fn opened(now: Instant) -> Breaker {
        let mut breaker = Breaker::default();
        let opened: Vec<bool> =
            (0..LLM_BREAKER_FAILURES).map(|_| breaker.fail(now, FailureKind::Passing)).collect();
        assert_eq!(opened.iter().filter(|opened| **opened).count(), 1, "it tells once that it opened");
        breaker
    }

    // CHT-8
    #[test]
    fn after_several_failures_no_call_passes_until_the_pause_is_over() {
        let now = Instant::now();
        let mut breaker = opened(now);

        assert!(!breaker.admit(now) && !breaker.admit(now + PAUSE - Duration::from_millis(1)));
        assert!(breaker.is_open(now) && !breaker.is_open(now + PAUSE));
    }

    #[test]
    fn one_call_probes_and_decides() {
        let now = Instant::now();
        let (mut recovers, mut stays_broken, mut left) = (opened(now), opened(now), opened(now));
        let later = now + PAUSE;

        assert!(recovers.admit(later) && !recovers.admit(later), "only one probes");
        recovers.succeed(later);
        assert!(recovers.admit(later) && recovers.admit(later));

        assert!(stays_broken.admit(later));
        stays_broken.fail(later, FailureKind::Passing);
        assert!(!stays_broken.admit(later) && stays_broken.admit(later + PAUSE));

        assert!(left.admit(later));
        left.abandon(later);
        assert!(left.admit(later), "the next one probes");
    }

    #[test]
    fn a_few_failures_among_many_answers_or_long_ago_do_not_open() {
        let now = Instant::now();
        let mut busy = Breaker::default();
        let mut slow = Breaker::default();

        for _ in 0..LLM_BREAKER_FAILURES * 2 {
            busy.succeed(now);
            busy.succeed(now);
            busy.fail(now, FailureKind::Passing);
        }
        for minute in 0..20 {
            let at = now + Duration::from_millis(minute * (LLM_BREAKER_WINDOW_MS + 1));
            assert!(!slow.fail(at, FailureKind::Passing));
        }

        assert!(busy.admit(now));
        assert!(slow.admit(now + Duration::from_secs(3_600)));
    }

    #[test]
    fn a_refused_key_opens_at_once_and_for_longer() {
        let now = Instant::now();
        let mut breaker = Breaker::default();

        assert!(breaker.fail(now, FailureKind::Key));

        assert!(!breaker.admit(now + PAUSE));
        assert!(breaker.admit(now + Duration::from_millis(LLM_BREAKER_KEY_PAUSE_MS)));
        assert!(!breaker.fail(now, FailureKind::Key), "it is told once");
    }
}
