//! How often a caller may call: the limit classes of the route table, counted in this process.
//!
//! Each class allows a number of calls a minute per address, key or client, by the generic cell rate algorithm
//! (ITU-T I.371): one number per caller, the moment at which its bucket is empty again. A quiet caller may use
//! the whole minute's number at once; after that calls trickle in at the even rate.
//!
//! Money caps never live here: this map is lost at a restart. It holds at most [`RATE_LIMIT_KEYS_MAX`] callers;
//! callers that have recovered are dropped. While it is full all callers it does not know share one bucket per
//! class, so that many addresses can use up neither memory nor the service of those already known.

use super::address::network_of;
use super::problem::Problem;
use crate::ground::ids::{ClientId, Id as _, ShareId};
use crate::ground::limits::{RATE_LIMIT_KEYS_MAX, SHARE_PASSWORDS_PER_MINUTE};
use crate::ground::time::Timestamp;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

const WINDOW_US: i64 = 60_000_000;
const SECOND_US: i64 = 1_000_000;
/// A full map is swept at most this often: a sweep visits every caller.
const SWEEP_EVERY_US: i64 = SECOND_US;

/// The limit class of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Limit {
    /// A visitor's message: per address here, per client by [`Limiter::take_for_client`] in the handler.
    Chat,
    /// Pages, files and settings that anyone may read: per address.
    PublicRead,
    /// Reads with a key: per key.
    Key,
    /// Writes with a key: per key.
    KeyWrite,
    /// Reads of somebody who is signed in: per session.
    Session,
    /// Writes of somebody who is signed in: per session.
    SessionWrite,
    /// Signing in: per address.
    SignIn,
    /// The setup link: per address.
    Setup,
    /// Probes must always be answered: no limit.
    Health,
    /// What vendors deliver: no limit, for what is turned away comes back, and what is not signed costs little.
    Webhook,
}

/// Calls a minute, by class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitSettings {
    pub chat_per_address_per_minute: u32,
    pub chat_per_client_per_minute: u32,
    pub public_read_per_address_per_minute: u32,
    pub key_reads_per_minute: u32,
    pub key_writes_per_minute: u32,
    pub setup_per_address_per_minute: u32,
    pub sign_in_per_address_per_minute: u32,
    /// Wrong credentials from one address. Once used up, further credentials from there are not looked at.
    pub failures_per_address_per_minute: u32,
}

/// For tests of the frame; a node's figures come from its configuration.
#[cfg(test)]
impl Default for LimitSettings {
    fn default() -> Self {
        Self {
            chat_per_address_per_minute: 30,
            chat_per_client_per_minute: 600,
            public_read_per_address_per_minute: 600,
            key_reads_per_minute: 600,
            key_writes_per_minute: 120,
            setup_per_address_per_minute: 20,
            sign_in_per_address_per_minute: 20,
            failures_per_address_per_minute: 20,
        }
    }
}

/// What is counted apart from what: a class per kind of caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Counter {
    Class(Limit),
    ChatOfClient,
    PasswordsOfShare,
    Failures,
}

/// Who is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Subject {
    Address(IpAddr),
    Id(String),
    /// Everybody who came while the map was full.
    Overflow,
}

impl Subject {
    pub(super) fn address(address: IpAddr) -> Self {
        Subject::Address(network_of(address))
    }
}

/// What a caller has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    pub limit: u32,
    pub remaining: u32,
    /// Seconds until the whole number is there again.
    pub reset_s: u64,
}

/// A call too many: when to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    pub limit: u32,
    pub retry_after_s: u64,
    pub reset_s: u64,
}

/// The counters of this process.
#[derive(Debug)]
pub struct Limiter {
    settings: LimitSettings,
    callers_max: usize,
    cells: Mutex<Cells>,
}

#[derive(Debug, Default)]
struct Cells {
    /// When each caller's bucket is empty again, in microseconds.
    empty_at_us: HashMap<(Counter, Subject), i64>,
    swept_at_us: i64,
}

impl Limiter {
    pub fn new(settings: LimitSettings) -> Self {
        Self { settings, callers_max: RATE_LIMIT_KEYS_MAX, cells: Mutex::default() }
    }

    /// Counts one message to this client, whoever sends it. Called by the chat handler, which is the first to
    /// know the client.
    pub fn take_for_client(&self, client_id: &ClientId, now: Timestamp) -> Result<Allowance, Problem> {
        let subject = Subject::Id(client_id.as_str().to_owned());
        self.take_from(Counter::ChatOfClient, subject, now).map_err(Refusal::into_problem)
    }

    /// Counts one password that is tried on this link, from wherever.
    pub fn take_for_share(&self, share: &ShareId, now: Timestamp) -> Result<(), Problem> {
        let subject = Subject::Id(share.as_str().to_owned());
        self.take_from(Counter::PasswordsOfShare, subject, now).map(drop).map_err(Refusal::into_problem)
    }

    /// Counts one call of this class; None when the class has no limit.
    pub(super) fn take(
        &self,
        limit: Limit,
        subject: Subject,
        now: Timestamp,
    ) -> Result<Option<Allowance>, Refusal> {
        match limit {
            Limit::Health | Limit::Webhook => Ok(None),
            _ => self.take_from(Counter::Class(limit), subject, now).map(Some),
        }
    }

    /// Counts one wrong credential.
    pub(super) fn count_failure(&self, address: IpAddr, now: Timestamp) {
        // Whether it was the last one matters to the next credential, not to this one.
        let _ = self.take_from(Counter::Failures, Subject::address(address), now);
    }

    /// Refuses an address that has sent too many wrong credentials; counts nothing.
    pub(super) fn check_failures(&self, address: IpAddr, now: Timestamp) -> Result<(), Refusal> {
        let rate = self.per_minute(Counter::Failures);
        let cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
        let now_us = now.as_ms().saturating_mul(1_000);
        let of = |subject| cells.empty_at_us.get(&(Counter::Failures, subject));
        // Failures that came while the map was full stand in the shared bucket.
        let shared = || of(Subject::Overflow).filter(|_| cells.empty_at_us.len() >= self.callers_max);
        let empty_at_us = of(Subject::address(address)).or_else(shared);
        empty_at_us.map_or(Ok(()), |at| conform(rate, *at, now_us).map(drop))
    }

    fn take_from(&self, counter: Counter, subject: Subject, now: Timestamp) -> Result<Allowance, Refusal> {
        let rate = self.per_minute(counter);
        let now_us = now.as_ms().saturating_mul(1_000);
        let mut cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
        let key = cells.room_for((counter, subject), self.callers_max, now_us);
        let (empty_at_us, allowance) =
            conform(rate, cells.empty_at_us.get(&key).copied().unwrap_or(0), now_us)?;
        cells.empty_at_us.insert(key, empty_at_us);
        Ok(allowance)
    }

    const fn per_minute(&self, counter: Counter) -> u32 {
        let settings = &self.settings;
        match counter {
            Counter::Class(Limit::Chat) => settings.chat_per_address_per_minute,
            Counter::Class(Limit::PublicRead) => settings.public_read_per_address_per_minute,
            Counter::Class(Limit::Key | Limit::Session) => settings.key_reads_per_minute,
            Counter::Class(Limit::KeyWrite | Limit::SessionWrite) => settings.key_writes_per_minute,
            Counter::Class(Limit::SignIn) => settings.sign_in_per_address_per_minute,
            Counter::Class(Limit::Setup) => settings.setup_per_address_per_minute,
            Counter::Class(Limit::Health | Limit::Webhook) => u32::MAX,
            Counter::ChatOfClient => settings.chat_per_client_per_minute,
            Counter::PasswordsOfShare => SHARE_PASSWORDS_PER_MINUTE,
            Counter::Failures => settings.failures_per_address_per_minute,
        }
    }
}

impl Cells {
    /// The key under which this caller is counted: its own, or the shared one while the map is full.
    fn room_for(&mut self, key: (Counter, Subject), callers_max: usize, now_us: i64) -> (Counter, Subject) {
        if self.empty_at_us.len() < callers_max || self.empty_at_us.contains_key(&key) {
            return key;
        }
        if now_us.saturating_sub(self.swept_at_us).abs() >= SWEEP_EVERY_US {
            self.swept_at_us = now_us;
            // A caller whose bucket is empty is counted like one that never came.
            self.empty_at_us.retain(|_, empty_at_us| *empty_at_us > now_us);
        }
        if self.empty_at_us.len() < callers_max { key } else { (key.0, Subject::Overflow) }
    }
}

/// One step of the algorithm: the new moment of emptiness and what is left, or when to come back.
fn conform(per_minute: u32, empty_at_us: i64, now_us: i64) -> Result<(i64, Allowance), Refusal> {
    let step_us = (WINDOW_US / i64::from(per_minute.max(1))).max(1);
    // Further ahead than a whole window only after the clock was set back: wait one window at most.
    let full_from = empty_at_us.clamp(now_us, now_us.saturating_add(WINDOW_US));
    let next_us = full_from.saturating_add(step_us);
    let excess_us = next_us.saturating_sub(now_us.saturating_add(WINDOW_US));
    if excess_us > 0 {
        let reset_s = seconds(full_from.saturating_sub(now_us));
        return Err(Refusal { limit: per_minute, retry_after_s: seconds(excess_us), reset_s });
    }
    let remaining = u32::try_from(excess_us.saturating_neg() / step_us).unwrap_or(u32::MAX);
    let reset_s = seconds(next_us.saturating_sub(now_us));
    Ok((next_us, Allowance { limit: per_minute, remaining: remaining.min(per_minute), reset_s }))
}

/// Whole seconds, rounded up and never negative.
fn seconds(us: i64) -> u64 {
    u64::try_from(us).unwrap_or(0).div_ceil(SECOND_US.unsigned_abs())
}

impl Allowance {
    /// Writes `RateLimit-Limit`, `-Remaining` and `-Reset`.
    pub(super) fn write(&self, headers: &mut HeaderMap) {
        for (name, value) in limit_headers(self.limit, self.remaining, self.reset_s) {
            headers.insert(name, value);
        }
    }
}

impl Refusal {
    pub(super) fn into_problem(self) -> Problem {
        let problem = Problem::rate_limited(self.retry_after_s);
        let headers = limit_headers(self.limit, 0, self.reset_s);
        headers.into_iter().fold(problem, |problem, (name, value)| problem.and_header(name, value))
    }
}

fn limit_headers(limit: u32, remaining: u32, reset_s: u64) -> [(HeaderName, HeaderValue); 3] {
    [
        (HeaderName::from_static("ratelimit-limit"), HeaderValue::from(limit)),
        (HeaderName::from_static("ratelimit-remaining"), HeaderValue::from(remaining)),
        (HeaderName::from_static("ratelimit-reset"), HeaderValue::from(reset_s)),
    ]
}

#[cfg(test)]
#[path = "tests/limits.rs"]
mod tests;
