//! What is wrong with a configuration: every problem, each as one sentence.

use serde::Serialize;
use std::fmt;

/// One thing to mend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The setting, section or variable that is wrong.
    pub subject: String,
    /// What is wrong, where, and what would be right. Never holds a secret.
    pub sentence: String,
}

impl Problem {
    /// Names come from outside and may hold anything: what would move a terminal's cursor is escaped.
    pub(super) fn new(subject: impl AsRef<str>, sentence: impl AsRef<str>) -> Self {
        Self { subject: printable(subject.as_ref()), sentence: printable(sentence.as_ref()) }
    }
}

/// The text with its control characters written out, so that it stays on its line.
pub(super) fn printable(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut line, char| {
        if char.is_control() {
            line.extend(char.escape_default())
        } else {
            line.push(char)
        }
        line
    })
}

/// Why the appliance does not start: all problems of the configuration at once, those of the
/// sources before those of the values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(transparent)]
pub struct ConfigProblems(Vec<Problem>);

impl ConfigProblems {
    pub(super) fn all(problems: Vec<Problem>) -> Self {
        Self(problems)
    }

    pub(super) fn none_or(problems: Vec<Problem>) -> Result<(), Self> {
        if problems.is_empty() { Ok(()) } else { Err(Self(problems)) }
    }

    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.0.iter()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for ConfigProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.len() {
            1 => write!(f, "The configuration has a problem, so nothing was started:")?,
            count => write!(f, "The configuration has {count} problems, so nothing was started:")?,
        }
        self.iter().try_for_each(|problem| write!(f, "\n  - {}", problem.sentence))
    }
}
