//! The injected sources of time and of ids. Rows take both from their transaction, never from the system.

use crate::ground::ids::Id;
use crate::ground::time::Timestamp;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use ulid::Ulid;

/// Where `now` comes from.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the machine's clock is read")]
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(jiff::Timestamp::now().as_millisecond())
    }
}

/// A clock that moves only when told to: the clock of tests.
pub struct ManualClock(AtomicI64);

impl ManualClock {
    pub const fn at(start: Timestamp) -> Self {
        Self(AtomicI64::new(start.as_ms()))
    }

    pub fn advance_ms(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(self.0.load(Ordering::SeqCst))
    }
}

/// Where ids and keys come from: the system's randomness, or a seed in tests.
pub struct IdSource(Mutex<IdState>);

struct IdState {
    random: StdRng,
    last: Ulid,
}

impl IdSource {
    /// Seeded by the operating system.
    pub fn random() -> Self {
        Self::from_rng(rand::make_rng())
    }

    /// The same ids in the same order, for tests.
    pub fn seeded(seed: u64) -> Self {
        Self::from_rng(StdRng::seed_from_u64(seed))
    }

    fn from_rng(random: StdRng) -> Self {
        Self(Mutex::new(IdState { random, last: Ulid::from_parts(0, 0) }))
    }

    /// A new id of this kind. Ids of one process sort in the order in which they were made, also within a
    /// millisecond and when the clock steps back: then the former time is kept and the number counts on.
    pub fn new_id<T: Id>(&self, now: Timestamp) -> T {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now_ms = u64::try_from(now.as_ms()).unwrap_or(0);
        let ulid = if now_ms > state.last.timestamp_ms() {
            // The top bit stays clear, so that there is room to count on within a millisecond.
            let mut bytes = [0_u8; 16];
            state.random.fill_bytes(&mut bytes);
            Ulid::from_parts(now_ms, (u128::from_be_bytes(bytes) >> 49) & ((1 << 79) - 1))
        } else {
            Self::next_within(&mut state)
        };
        state.last = ulid;
        T::from_ulid(ulid)
    }

    /// The next id in the same millisecond: a random step upward, so that a neighbour's id cannot be guessed.
    fn next_within(state: &mut IdState) -> Ulid {
        let mut step = [0_u8; 8];
        state.random.fill_bytes(&mut step);
        let step = u128::from(u64::from_be_bytes(step)) + 1;
        let random = state.last.random() + step;
        if random >> 80 == 0 {
            Ulid::from_parts(state.last.timestamp_ms(), random)
        } else {
            // Tens of thousands of ids in one millisecond, or a clock that was set back for long.
            Ulid::from_parts(state.last.timestamp_ms() + 1, step)
        }
    }

    /// 256 random bits.
    pub fn new_key(&self) -> [u8; 32] {
        let mut bytes = [0_u8; 32];
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.random.fill_bytes(&mut bytes);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::ids::JobId;

    #[test]
    fn ids_sort_in_the_order_made_even_when_the_clock_steps_back() {
        let ids = IdSource::seeded(1);
        let times = [5_000, 5_000, 5_000, 4_000, 5_001, 5_001, 1];

        let made: Vec<JobId> = times.iter().map(|ms| ids.new_id(Timestamp::from_ms(*ms))).collect();

        assert!(made.windows(2).all(|pair| pair[0] < pair[1]), "{made:?}");
    }

    #[test]
    fn ids_still_sort_when_a_clock_stands_still_for_very_many() {
        let ids = IdSource::seeded(1);
        let mut last: JobId = ids.new_id(Timestamp::from_ms(5));

        for _ in 0..200_000 {
            let next: JobId = ids.new_id(Timestamp::from_ms(5));
            assert!(last < next, "{last} {next}");
            last = next;
        }
    }

    #[test]
    fn a_seed_gives_the_same_ids_again() {
        let make = |seed| -> JobId { IdSource::seeded(seed).new_id(Timestamp::from_ms(5)) };
        assert_eq!(make(7), make(7));
        assert_ne!(make(7), make(8));
    }
}
