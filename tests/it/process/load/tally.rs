//! How often each kind of thing was asked and acknowledged, and what of it was lost or done twice.

use std::collections::BTreeMap;
use std::fmt;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Count {
    asked: usize,
    acknowledged: usize,
    lost: usize,
    doubled: usize,
    repeated: usize,
}

#[derive(Debug, Clone, Default)]
pub struct Tally {
    kinds: BTreeMap<&'static str, Count>,
    faults: Vec<String>,
}

impl Tally {
    pub fn asked(&mut self, kind: &'static str, asked: usize, acknowledged: usize) {
        let count = self.kinds.entry(kind).or_default();
        count.asked += asked;
        count.acknowledged += acknowledged;
    }

    /// What was acknowledged is not there.
    pub fn lost(&mut self, kind: &'static str, what: impl Into<String>) {
        self.kinds.entry(kind).or_default().lost += 1;
        self.faults.push(format!("{kind} lost: {}", what.into()));
    }

    /// What was asked once was done twice.
    pub fn doubled(&mut self, kind: &'static str, what: impl Into<String>) {
        self.kinds.entry(kind).or_default().doubled += 1;
        self.faults.push(format!("{kind} doubled: {}", what.into()));
    }

    /// Mails that came again under their own id, which decision 0019 allows.
    pub fn repeated(&mut self, kind: &'static str, times: usize) {
        self.kinds.entry(kind).or_default().repeated += times;
    }

    pub fn add(&mut self, other: &Tally) {
        for (kind, count) in &other.kinds {
            let sum = self.kinds.entry(kind).or_default();
            sum.asked += count.asked;
            sum.acknowledged += count.acknowledged;
            sum.lost += count.lost;
            sum.doubled += count.doubled;
            sum.repeated += count.repeated;
        }
        self.faults.extend(other.faults.iter().cloned());
    }

    pub fn acknowledged(&self, kind: &str) -> usize {
        self.kinds.get(kind).map_or(0, |count| count.acknowledged)
    }

    #[track_caller]
    pub fn assert_sound(&self) {
        let first: Vec<&String> = self.faults.iter().take(20).collect();
        assert!(first.is_empty(), "{} faults, first of all {first:#?}\n{self}", self.faults.len());
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (kind, count) in &self.kinds {
            let Count { asked, acknowledged, lost, doubled, repeated } = count;
            write!(
                f,
                "{kind:<12} asked {asked:>6}  acknowledged {acknowledged:>6}  lost {lost}  doubled {doubled}"
            )?;
            if *repeated > 0 {
                write!(f, "  came again under its own id {repeated}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
