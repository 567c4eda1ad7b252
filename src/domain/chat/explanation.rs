//! Why an answer is as it is: kept with each answer for as long as [`EXPLANATIONS_KEPT_MS`] says.
//!
//! It holds what was found with its scores, what was decided and on which grounds, the prompt where a model was
//! asked, who answered, what it used up and how long each beat took. Long texts are bounded. It holds nothing that
//! an answer depends on: an explanation may be deleted at any time.

use super::store::explanations as store;
use super::{ChatError, Usage};
use crate::ground::ids::{ChunkId, ConversationId, DocumentId, FaqId, MessageId};
use crate::ground::limits::{EXPLAINED_TEXT_CHARS_MAX, EXPLANATIONS_KEPT_MS};
use crate::ground::model_prices::ModelPrices;
use crate::ground::scope::ClientScope;
use crate::ground::time::Timestamp;
use crate::store::{DbError, ReadTx, WriteTx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The record of one turn.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Explanation {
    /// What was looked for: the message, or the message with what it goes on from.
    pub query: String,
    /// What was found, best first.
    pub passages: Vec<FoundPassage>,
    pub faqs: Vec<FoundFaq>,
    /// In the order in which they were made.
    pub decisions: Vec<Decision>,
    /// What the model was sent; null where none was asked.
    pub prompt: Option<ExplainedPrompt>,
    pub provider: Option<String>,
    pub model: Option<String>,
    pub usage: Option<Usage>,
    /// What the model's tokens cost by the settings' prices, in billionths of a US dollar: 0 where no model was asked,
    /// null where the model has no price, or nobody knows what it used up.
    #[serde(default)]
    pub cost_nano_usd: Option<u64>,
    pub timings: Timings,
    /// How often the answer was made: more than once when a source changed in between.
    pub tries: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FoundPassage {
    pub chunk_id: ChunkId,
    pub document_id: DocumentId,
    pub title: String,
    pub headings: Vec<String>,
    /// Counted from 1; null where its document has no pages.
    #[serde(default)]
    pub page: Option<u32>,
    /// Of the keywords: BM25.
    pub score: f32,
    /// Of the meaning: the cosine; null without a model.
    pub similarity: Option<f32>,
    /// How likely it holds the answer, 0 to 1.
    pub confidence: f32,
    /// Whether the answer cites it.
    pub is_cited: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FoundFaq {
    pub faq_id: FaqId,
    pub question: String,
    /// Of the keywords: BM25.
    pub score: f32,
    /// Of the meaning: the cosine; null without a model.
    pub similarity: Option<f32>,
    /// How likely it holds the answer, 0 to 1.
    pub confidence: f32,
    /// Whether the answer cites it.
    pub is_cited: bool,
}

/// One decision: what about, what was decided, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Decision {
    /// `faq_match`, `threshold`, `model`, `fallback`, `guard`, `citations`, `ending`.
    pub about: String,
    pub decided: String,
    pub why: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExplainedPrompt {
    pub system: String,
    pub messages: Vec<ExplainedMessage>,
    /// Whether the texts were too long to be kept whole.
    pub is_cut: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExplainedMessage {
    pub role: String,
    pub text: String,
}

/// Milliseconds of each beat; null where there was none.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Timings {
    /// Context and retrieval.
    pub prepare_ms: Option<f64>,
    /// From the call to the first text.
    pub first_text_ms: Option<f64>,
    /// From the call to the last text.
    pub generate_ms: Option<f64>,
    /// From the stored message until the answer was ready to be stored.
    pub answer_ms: Option<f64>,
}

/// A span of time as it stands in an explanation: milliseconds with two digits behind the point.
pub(super) fn ms(took: Duration) -> Option<f64> {
    Some((took.as_secs_f64() * 100_000.0).round() / 100.0)
}

impl Explanation {
    /// Notes what was used up, and what that costs.
    pub(super) fn charge(&mut self, usage: Option<Usage>, prices: &ModelPrices) {
        // What a model wrote and was not shown was used up all the same.
        self.usage = usage.or(self.usage);
        self.cost_nano_usd = match (&self.prompt, self.usage, &self.model) {
            (None, ..) => Some(0),
            (Some(_), Some(used), Some(model)) => {
                prices.cost_nano_usd(model, used.input_tokens, used.output_tokens)
            }
            _ => None,
        };
    }

    /// Writes down a decision.
    pub(super) fn decide(&mut self, about: &str, decided: impl Into<String>, why: Option<String>) {
        self.decisions.push(Decision { about: about.to_owned(), decided: decided.into(), why });
    }
}

impl ExplainedPrompt {
    /// The prompt with its texts cut to [`EXPLAINED_TEXT_CHARS_MAX`] together: the beginning of the system text
    /// and the newest messages stay.
    pub(super) fn new<'a>(
        system: &str,
        messages: impl DoubleEndedIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let mut left = EXPLAINED_TEXT_CHARS_MAX;
        let mut is_cut = false;
        let mut take = |text: &str| {
            let kept: String = text.chars().take(left).collect();
            is_cut |= kept.len() < text.len();
            left -= kept.chars().count();
            kept
        };
        let system = take(system);
        let mut kept: Vec<ExplainedMessage> = messages
            .rev()
            .map(|(role, text)| ExplainedMessage { role: role.to_owned(), text: take(text) })
            .collect();
        kept.reverse();
        Self { system, messages: kept, is_cut }
    }
}

/// The explanation of this answer.
pub fn get(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    conversation: &ConversationId,
    message: &MessageId,
) -> Result<Explanation, ChatError> {
    store::find(tx, scope, conversation, message)?.ok_or(ChatError::NotExplained)
}

/// The explanation of this answer, if there is one, whatever its conversation.
pub fn find_of_answer(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    message: &MessageId,
) -> Result<Option<Explanation>, DbError> {
    store::find_of_answer(tx, scope, message)
}

/// For housekeeping: forgets explanations from before this moment.
pub fn prune(tx: &WriteTx<'_>, before: Timestamp) -> Result<usize, DbError> {
    store::prune(tx, before)
}

/// How long explanations are kept, for housekeeping.
pub const KEPT_MS: i64 = EXPLANATIONS_KEPT_MS;

#[cfg(test)]
mod tests {
    use super::*;

    // CHT-13
    #[test]
    fn a_long_prompt_keeps_its_beginning_and_its_newest_messages() {
        let long = "x".repeat(EXPLAINED_TEXT_CHARS_MAX - 10);
        let prompt =
            ExplainedPrompt::new(&long, [("user", "the oldest"), ("user", "the newest")].into_iter());

        assert!(prompt.is_cut);
        assert_eq!(prompt.messages[1].text, "the newest");
        assert_eq!(prompt.messages[0].text, "");
        assert!(!ExplainedPrompt::new("short", [("user", "hi")].into_iter()).is_cut);
    }
}
