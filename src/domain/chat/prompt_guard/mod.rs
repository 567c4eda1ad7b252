//! What a model's answer must not carry to a visitor: words of its own prompt, and links that nobody gave it. Pure.
//!
//! [`check_answer`] judges a whole answer. [`StreamGuard`] does the same while an answer comes: it holds back what may
//! still turn out to be such a thing, so that nothing has to be taken back from a visitor's screen.
//!
//! It does not judge whether an answer is true: citations are checked where they are made.

mod leaks;
mod links;
mod stream;

#[cfg(test)]
mod tests;

pub use links::hosts_in;
pub use stream::{Guarded, StreamGuard};

use super::prompt::{PromptInputs, rules};
use crate::domain::conversations::Role;
use std::collections::BTreeSet;

/// What an answer is held against. The texts are those that the prompt was made from.
#[derive(Debug, Clone, Default)]
pub struct GuardInputs {
    /// Identity and rules of the house: a short run of their words is a leak.
    pub house_texts: Vec<String>,
    /// The client's own instructions: facts stand in them too, so only a long run is a leak.
    pub instructions: String,
    /// Texts whose words may be repeated however long: sources, and what the visitor wrote.
    pub open_texts: Vec<String>,
    /// Hosts that a link may lead to, in lower case: those of the sources, the instructions and the client's own site.
    pub hosts_allowed: BTreeSet<String>,
}

impl GuardInputs {
    /// For answers to this prompt. `own_hosts` are those of the client's website and of this appliance, in lower case.
    pub fn of(inputs: &PromptInputs<'_>, own_hosts: impl IntoIterator<Item = String>) -> Self {
        let faqs = inputs.faqs.iter().flat_map(|hit| [hit.faq.question.as_str(), hit.faq.answer.as_str()]);
        let sources: Vec<&str> = faqs.chain(inputs.passages.iter().map(|it| it.text.as_str())).collect();
        let said =
            inputs.history.iter().filter(|line| line.role == Role::Visitor).map(|line| line.text.as_str());
        let open = sources.iter().copied().chain(said).chain([inputs.message]);
        let given = sources.iter().copied().chain([inputs.instructions]).flat_map(hosts_in);
        Self {
            house_texts: vec![rules(inputs.language)],
            instructions: inputs.instructions.to_owned(),
            open_texts: open.map(str::to_owned).collect(),
            hosts_allowed: own_hosts.into_iter().chain(given).collect(),
        }
    }
}

/// What is to be done with an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It may go out as it is.
    Clean,
    /// Links or images were taken out; this is what is left.
    Cleaned(String),
    /// It repeats its prompt: another answer must take its place.
    Leak,
}

/// Judges a whole answer.
pub fn check_answer(answer: &str, inputs: &GuardInputs) -> Verdict {
    if leaks::Prints::of(inputs).is_leak(answer) {
        return Verdict::Leak;
    }
    let cleaned = links::clean(answer, &inputs.hosts_allowed);
    if cleaned == answer { Verdict::Clean } else { Verdict::Cleaned(cleaned) }
}
