//! The table of what happens by the clock.
//!
//! The ticker makes a job row with the key `name@slot` for each slot that has passed, so restarts and double
//! ticks are harmless; downtime is caught up from the stored cursor.

use super::housekeeping;
use super::tasks::Tasks;
use crate::domain::access::sign_up;
use crate::domain::ops::scheduled;
use crate::domain::{chat, knowledge, notify};
use crate::ground::limits::{CATCH_UP_SLOTS_MAX, SCHEDULE_TICK_MS};
use crate::ground::scope::Actor;
use crate::ground::time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp};
use crate::store::error::Chain;
use crate::store::jobs::{self, Lane, NewJob};
use crate::store::{Db, DbError, WriteTx, schedules};
use std::time::Duration;
use tracing::{error, warn};

/// What becomes of slots that passed while the server was down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CatchUp {
    /// They are lost.
    Skip,
    /// One run stands for all of them.
    Once,
    /// Each is run, oldest first, at most a hundred.
    Each,
}

pub struct Schedule {
    /// The job's kind, and the schedule's name.
    pub kind: &'static str,
    pub every_ms: i64,
    pub catch_up: CatchUp,
    pub lane: Lane,
}

pub const SCHEDULES: &[Schedule] = &[
    Schedule {
        kind: chat::jobs::ABANDON_STALE_TURNS,
        every_ms: 5 * MINUTE_MS,
        catch_up: CatchUp::Once,
        lane: Lane::Default,
    },
    Schedule {
        kind: housekeeping::HOUSEKEEPING,
        every_ms: HOUR_MS,
        catch_up: CatchUp::Once,
        lane: Lane::Default,
    },
    Schedule {
        kind: knowledge::generations::TEND_GENERATIONS,
        every_ms: 10 * MINUTE_MS,
        catch_up: CatchUp::Once,
        lane: Lane::Default,
    },
    Schedule { kind: knowledge::jobs::SWEEP, every_ms: DAY_MS, catch_up: CatchUp::Once, lane: Lane::Default },
    Schedule {
        kind: notify::accounts::WRITE_TRIAL_ENDINGS,
        every_ms: HOUR_MS,
        catch_up: CatchUp::Once,
        lane: Lane::Default,
    },
    Schedule { kind: sign_up::END_TRIALS, every_ms: HOUR_MS, catch_up: CatchUp::Once, lane: Lane::Default },
    // May take hours: nobody waits for it.
    Schedule { kind: scheduled::BACK_UP, every_ms: HOUR_MS, catch_up: CatchUp::Once, lane: Lane::Upkeep },
];

/// The slots to be run now, oldest first. Slots stand at multiples of `every_ms` since 1970 in UTC. A schedule
/// that is new begins with the slot of now, and so does one whose last slot lies more than a period ahead of now.
/// A clock that went back less far gives none.
pub fn due_slots(schedule: &Schedule, last_slot: Option<Timestamp>, now: Timestamp) -> Vec<Timestamp> {
    let current = now.as_ms().div_euclid(schedule.every_ms);
    let last_slot = last_slot.filter(|slot| !is_ahead(schedule, *slot, now));
    let Some(last) = last_slot.map(|slot| slot.as_ms().div_euclid(schedule.every_ms)) else {
        return vec![Timestamp::from_ms(current * schedule.every_ms)];
    };
    let missed = current.saturating_sub(last);
    let first = match schedule.catch_up {
        _ if missed <= 0 => return Vec::new(),
        CatchUp::Skip | CatchUp::Once => current,
        CatchUp::Each => current - missed.min(CATCH_UP_SLOTS_MAX) + 1,
    };
    let is_lost = schedule.catch_up == CatchUp::Skip && missed > 1;
    if is_lost {
        return Vec::new();
    }
    (first..=current).map(|slot| Timestamp::from_ms(slot * schedule.every_ms)).collect()
}

/// Whether this slot was served by a clock that was ahead: more than a period lies between now and it.
fn is_ahead(schedule: &Schedule, slot: Timestamp, now: Timestamp) -> bool {
    slot > now.plus_ms(schedule.every_ms)
}

/// Makes the job rows of every slot that has passed, and lets go on what a clock that was ahead has stopped.
pub fn tick(tx: &WriteTx<'_>, table: &[Schedule]) -> Result<(), DbError> {
    let hurried = jobs::take_back_from_the_future(tx)?;
    if hurried > 0 {
        warn!(hurried, "The clock went back; jobs that it had put off are due by the time of now");
    }
    for schedule in table {
        let last_slot = schedules::find_cursor(tx, schedule.kind)?;
        if let Some(slot) = last_slot.filter(|slot| is_ahead(schedule, *slot, tx.now())) {
            warn!("The clock went back; the schedule `{}` stood at {slot} and begins anew", schedule.kind);
            schedules::forget_cursor(tx, schedule.kind)?;
        }
        for slot in due_slots(schedule, last_slot, tx.now()) {
            jobs::enqueue(
                tx,
                &NewJob {
                    kind: schedule.kind,
                    lane: schedule.lane,
                    client_id: None,
                    subject_id: None,
                    dedupe_key: format!("{}@{}", schedule.kind, slot.as_ms()),
                    run_at: None,
                },
            )?;
        }
        let current = tx.now().as_ms().div_euclid(schedule.every_ms) * schedule.every_ms;
        schedules::set_cursor(tx, schedule.kind, Timestamp::from_ms(current))?;
    }
    Ok(())
}

/// Ticks until the process stops.
pub fn start(tasks: &Tasks, db: Db) {
    let stop = tasks.clone();
    tasks.spawn("schedules", async move {
        loop {
            let ticked = db.write(Actor::System("schedules"), |tx| tick(tx, SCHEDULES)).await;
            if let Err(error) = ticked {
                error!("The schedules could not be advanced: {}", Chain(&error));
            }
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(SCHEDULE_TICK_MS)) => {}
                () = stop.stopping() => return,
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots(catch_up: CatchUp, last: Option<i64>, now: i64) -> Vec<i64> {
        let schedule = Schedule { kind: "test", every_ms: 10, catch_up, lane: Lane::Default };
        let slots = due_slots(&schedule, last.map(Timestamp::from_ms), Timestamp::from_ms(now));
        slots.into_iter().map(Timestamp::as_ms).collect()
    }

    #[test]
    fn downtime_is_caught_up_as_the_policy_says() {
        for policy in [CatchUp::Skip, CatchUp::Once, CatchUp::Each] {
            assert_eq!(slots(policy, None, 25), [20], "a new schedule begins now");
            assert_eq!(slots(policy, Some(20), 29), [0; 0], "the slot was served");
            assert_eq!(slots(policy, Some(20), 30), [30], "the next slot");
            assert_eq!(slots(policy, Some(40), 30), [0; 0], "the clock went back");
            assert_eq!(slots(policy, Some(50), 35), [30], "the clock had been ahead");
        }
        assert_eq!(slots(CatchUp::Skip, Some(20), 55), [0; 0]);
        assert_eq!(slots(CatchUp::Once, Some(20), 55), [50]);
        assert_eq!(slots(CatchUp::Each, Some(20), 55), [30, 40, 50]);
        assert_eq!(slots(CatchUp::Each, Some(0), 1_000_000).len(), 100);
    }
}
