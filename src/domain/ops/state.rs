//! How the backups of a node went that are made by themselves: beside its database, so that it can be read without it.

use super::backups::Plan;
use crate::ground::time::{HOUR_MS, Timestamp};
use crate::store::directory::Layout;
use crate::text_enum;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::PathBuf;

/// What is known of the last backups and drills in one folder. Nothing is on a new node, after a restore, and when the
/// settings name another folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BackupState {
    /// The folder of which all this is true.
    to: PathBuf,
    pub made_at_ms: Option<i64>,
    /// The last failure, and why. None once a backup was made again.
    pub failed: Option<Failure>,
    /// When a backup last came back whole.
    pub drilled_at_ms: Option<i64>,
    /// None once a drill went well again.
    pub drill_failed: Option<Failure>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub at_ms: i64,
    pub why: String,
}

text_enum! {
    /// Whether the node could be made anew from its backups, as far as it knows.
    pub enum BackupHealth {
        /// None is made by itself.
        Off = "off",
        /// The first is to come within the hour.
        Waiting = "waiting",
        /// The last one was made in time.
        Good = "good",
        /// The last try failed.
        Failing = "failing",
        /// None was made for twice the time between two.
        Late = "late",
        /// They are made, but the newest did not come back whole from a trial.
        Unrestorable = "unrestorable",
    }
}

/// How the backups stand at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub health: BackupHealth,
    /// Empty where none is made by itself.
    pub state: BackupState,
}

impl Standing {
    pub fn of(layout: &Layout, plan: Option<&Plan>, now: Timestamp) -> Self {
        let Some(plan) = plan else {
            return Self { health: BackupHealth::Off, state: BackupState::default() };
        };
        let state = BackupState::read(layout, plan);
        Self { health: state.health(plan, now), state }
    }

    /// What an operator needs to know and to do.
    pub fn sentence(&self) -> String {
        self.state.sentence(self.health)
    }
}

impl BackupState {
    /// What cannot be read is taken for unknown: then a backup is due.
    pub fn read(layout: &Layout, plan: &Plan) -> Self {
        let text = fs::read(path_of(layout)).unwrap_or_default();
        let known: Self = serde_json::from_slice(&text).unwrap_or_default();
        if known.to == plan.to { known } else { Self { to: plan.to.clone(), ..Self::default() } }
    }

    /// Changes what is written there; a death leaves the former or the new.
    pub(super) fn change(
        layout: &Layout,
        plan: &Plan,
        change: impl FnOnce(&mut Self),
    ) -> std::io::Result<()> {
        let mut state = Self::read(layout, plan);
        change(&mut state);
        let path = path_of(layout);
        let partial = path.with_extension("part");
        fs::write(&partial, serde_json::to_vec(&state)?)?;
        fs::rename(partial, path)
    }

    fn health(&self, plan: &Plan, now: Timestamp) -> BackupHealth {
        let late_ms = 2 * i64::from(plan.every_hours) * HOUR_MS;
        match (self.made_at_ms, &self.failed, &self.drill_failed) {
            (_, Some(_), _) => BackupHealth::Failing,
            (None, ..) => BackupHealth::Waiting,
            (Some(made), ..) if now.as_ms() - made > late_ms => BackupHealth::Late,
            (_, _, Some(_)) => BackupHealth::Unrestorable,
            _ => BackupHealth::Good,
        }
    }

    fn sentence(&self, health: BackupHealth) -> String {
        let made = match self.made_at_ms {
            Some(ms) => format!("the last one is of {}", Timestamp::from_ms(ms).to_rfc3339()),
            None => "none was made yet".to_owned(),
        };
        let why = |failure: &Option<Failure>| failure.as_ref().map_or_else(String::new, |it| it.why.clone());
        match health {
            BackupHealth::Off => {
                "None is made by itself; name a folder in `backup.to`, or run `snip backup` by a timer."
                    .to_owned()
            }
            BackupHealth::Good => capitalized(&made) + ".",
            BackupHealth::Waiting => "The first backup is made within the hour.".to_owned(),
            BackupHealth::Failing => {
                format!("The backup failed: {}. It is tried again each hour; {made}.", why(&self.failed))
            }
            BackupHealth::Late => format!("No backup was made in time; {made}."),
            BackupHealth::Unrestorable => format!(
                "The newest backup could not be restored for a trial: {}. `snip backup verify` tells what is damaged.",
                why(&self.drill_failed)
            ),
        }
    }
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn path_of(layout: &Layout) -> PathBuf {
    layout.backups().join("state.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        Plan { to: "/backups".into(), every_hours: 24, keep: 3 }
    }

    fn failure() -> Option<Failure> {
        Some(Failure { at_ms: 1, why: "the disk is full".to_owned() })
    }

    // OPS-5, OPS-10
    #[test]
    fn a_state_is_good_only_while_backups_are_made_in_time_and_come_back_whole() {
        let made = BackupState { made_at_ms: Some(0), ..BackupState::default() };
        let failing = BackupState { failed: failure(), ..made.clone() };
        let never = BackupState { failed: failure(), ..BackupState::default() };
        let broken = BackupState { drill_failed: failure(), ..made.clone() };
        for (state, now, expected) in [
            (&BackupState::default(), 0, BackupHealth::Waiting),
            (&made, 48 * HOUR_MS, BackupHealth::Good),
            (&made, 48 * HOUR_MS + 1, BackupHealth::Late),
            (&failing, 1, BackupHealth::Failing),
            (&never, 1, BackupHealth::Failing),
            (&broken, 1, BackupHealth::Unrestorable),
        ] {
            assert_eq!(state.health(&plan(), Timestamp::from_ms(now)), expected, "{state:?} {now}");
        }
        assert!(failing.sentence(BackupHealth::Failing).contains("the disk is full"));
        assert!(broken.sentence(BackupHealth::Unrestorable).contains("the disk is full"));
    }

    // OPS-5
    #[test]
    fn another_folder_begins_with_nothing_known() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::new(folder.path());
        fs::create_dir_all(layout.backups()).unwrap();
        let other = Plan { to: "/other".into(), ..plan() };

        BackupState::change(&layout, &plan(), |state| state.made_at_ms = Some(7)).unwrap();

        assert_eq!(BackupState::read(&layout, &plan()).made_at_ms, Some(7));
        assert_eq!(BackupState::read(&layout, &other).made_at_ms, None);
        fs::write(path_of(&layout), "no JSON").unwrap();
        assert_eq!(BackupState::read(&layout, &plan()).made_at_ms, None);
    }
}
