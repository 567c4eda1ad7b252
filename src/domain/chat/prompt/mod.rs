//! What a language model is told for one answer. Pure.
//!
//! The order is fixed:
//!
//! | # | part | where |
//! |---|---|---|
//! | 1 | who the assistant is, for which company, on which day | system |
//! | 2 | the client's own instructions | system |
//! | 3 | the rules of the house | system |
//! | 4 | FAQs that fit, under markers `[1]`, `[2]`, … | first message of the user |
//! | 5 | passages that were found, under the next markers | first message of the user |
//! | 6 | the conversation so far: a summary of what is old, then what is new | messages |
//! | 7 | the visitor's message | last message of the user |
//!
//! Parts 4 to 7 hold text of documents and visitors. It stands between tags that such text cannot contain (see
//! [`data`]), and never with the system's role. What does not fit into the budget is left out from the end of each
//! part: the best sources and the newest messages stay.
//!
//! It does not judge what the model answers; `prompt_guard` does. Start reading at [`assemble`].

pub mod data;
mod history;
mod rules;
mod sources;

#[cfg(test)]
mod red_team_tests;
#[cfg(test)]
pub(super) mod tests;

pub use rules::{identity, rules};

use crate::domain::conversations::Role;
use crate::domain::knowledge::retrieval::{FaqHit, Passage};
use crate::gateway::llm::{Prompt, PromptMessage, PromptRole};
use crate::ground::text::Language;
use data::{EARLIER, VISITOR_MESSAGE};

/// What a message costs beside its text, in the templates that models are trained with.
const MESSAGE_TOKENS: usize = 8;
/// The share of the free budget, in percent, that sources may take from a long conversation.
const SOURCES_PERCENT: usize = 70;

/// Everything that a prompt is made from.
pub struct PromptInputs<'a> {
    /// Empty: a plain description takes its place.
    pub assistant_name: &'a str,
    pub company: &'a str,
    /// The client's own, with their variables filled in.
    pub instructions: &'a str,
    /// For visitors whose language cannot be told.
    pub language: Language,
    /// The civil date and time, with its zone.
    pub now: &'a str,
    /// Best first.
    pub faqs: &'a [FaqHit],
    /// Best first.
    pub passages: &'a [Passage],
    /// Oldest first, without the present message.
    pub history: &'a [HistoryLine],
    /// What is known of messages that `history` does not hold any more.
    pub summary: Option<&'a str>,
    pub message: &'a str,
    /// For the whole prompt. Identity, instructions, rules and the message are never cut, so they may exceed it.
    pub tokens_max: usize,
    pub count_tokens: &'a dyn Fn(&str) -> usize,
}

/// One message of the conversation so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryLine {
    pub role: Role,
    pub text: String,
}

/// A prompt, and what its markers stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assembled {
    pub prompt: Prompt,
    pub sources: Vec<SourceMarker>,
    /// By the given counter.
    pub tokens: usize,
}

/// Which source stands under `[number]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceMarker {
    pub number: u32,
    pub source: MarkedSource,
}

/// A place in the lists of [`PromptInputs`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkedSource {
    Faq(usize),
    Passage(usize),
}

/// Assembles the prompt in its fixed order and within its budget.
pub fn assemble(inputs: &PromptInputs<'_>) -> Assembled {
    let system = system(inputs);
    let message = data::tagged(VISITOR_MESSAGE, inputs.message);
    let count = |text: &str| (inputs.count_tokens)(text) + MESSAGE_TOKENS;
    let free = inputs.tokens_max.saturating_sub(count(&system) + count(&message));

    let wanted_by_history: usize = inputs.history.iter().map(|line| count(&line.text)).sum();
    let for_sources = free - wanted_by_history.min(free * (100 - SOURCES_PERCENT) / 100);
    let chosen = sources::choose(inputs, for_sources);
    let for_history = free.saturating_sub(chosen.tokens);
    let (newer, summary) = remembered(inputs, for_history);

    let mut messages = Messages(Vec::new());
    messages.push(PromptRole::User, chosen.text);
    if let Some(summary) = summary {
        messages.push(PromptRole::User, summary);
    }
    for line in newer {
        match line.role {
            Role::Visitor => messages.push(PromptRole::User, data::tagged(VISITOR_MESSAGE, &line.text)),
            Role::Assistant => {
                messages.push(PromptRole::Assistant, data::harmless(&data::without_markers(&line.text)));
            }
        }
    }
    messages.push(PromptRole::User, message);
    let prompt = Prompt { system, messages: messages.0 };
    let tokens = count(&prompt.system) + prompt.messages.iter().map(|it| count(&it.text)).sum::<usize>();
    Assembled { prompt, sources: chosen.markers, tokens }
}

/// The newest messages whole, and the older ones in a few words, as far as both fit.
fn remembered<'a>(inputs: &PromptInputs<'a>, tokens_max: usize) -> (&'a [HistoryLine], Option<String>) {
    let summary_of = |older: &[HistoryLine]| {
        let summary = inputs.summary.map(str::to_owned).or_else(|| history::summarise(older));
        summary.map(|summary| data::tagged(EARLIER, &summary))
    };
    let (older, newer) = history::split(inputs.history, tokens_max, inputs.count_tokens);
    let Some(summary) = summary_of(older) else { return (newer, None) };
    let cost = (inputs.count_tokens)(&summary);
    if cost > tokens_max {
        return (newer, None);
    }
    let (older, newer) = history::split(inputs.history, tokens_max - cost, inputs.count_tokens);
    (newer, summary_of(older))
}

fn system(inputs: &PromptInputs<'_>) -> String {
    let mut parts = vec![rules::identity(inputs.assistant_name, inputs.company, inputs.now)];
    if !inputs.instructions.trim().is_empty() {
        parts.push(format!("Instructions of the company:\n{}", inputs.instructions.trim()));
    }
    parts.push(rules::rules(inputs.language));
    parts.join("\n\n")
}

/// Messages whose roles alternate: many templates refuse others.
struct Messages(Vec<PromptMessage>);

impl Messages {
    fn push(&mut self, role: PromptRole, text: String) {
        match self.0.last_mut() {
            Some(last) if last.role == role => {
                last.text.push_str("\n\n");
                last.text.push_str(&text);
            }
            _ => self.0.push(PromptMessage { role, text }),
        }
    }
}
