//! How a client is served: by itself or by the agency, for real or as a demo or a test, and within which caps. Pure.

use super::Client;
use crate::ground::time::Timestamp;
use crate::text_enum;

text_enum! {
    /// Who looks after the assistant.
    #[derive(Default)]
    pub enum Service {
        /// The client's own people, beside the agency's.
        #[default]
        SelfServe = "self_serve",
        /// The agency. The client's people and keys see results, and change nothing.
        Managed = "managed",
    }
}

text_enum! {
    /// What a client is there for.
    #[derive(Default)]
    pub enum Purpose {
        #[default]
        Live = "live",
        /// Shown to those who may become clients. Capped, sends nothing, and is counted nowhere.
        Demo = "demo",
        /// Tried out by the agency. As a demo.
        Test = "test",
    }
}

text_enum! {
    /// How an account began that somebody opened with a verified address.
    pub enum Plan {
        /// Until a time.
        Trial = "trial",
        /// For as long as they like.
        Free = "free",
    }
}

/// What clients have at most that nobody pays for: demos, tests, and those on a trial or a free plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// Of a day in UTC.
    pub answers_per_day: u32,
    pub documents: u32,
    /// People, with those who are invited.
    pub members: u32,
}

/// The plan of an account that begins now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanStart {
    pub plan: Plan,
    /// None without an end.
    pub trial_ends_at: Option<Timestamp>,
}

impl Client {
    /// Whether [`Caps`] hold for it.
    pub const fn is_capped(&self) -> bool {
        !matches!(self.purpose, Purpose::Live) || self.plan.is_some()
    }

    /// Whether what it sends is written and not sent.
    pub const fn is_simulated(&self) -> bool {
        !matches!(self.purpose, Purpose::Live)
    }
}
