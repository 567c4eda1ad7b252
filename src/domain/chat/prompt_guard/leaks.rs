//! Whether an answer repeats its prompt: a long run of the same words in the same order.

use super::GuardInputs;
use std::collections::HashSet;
use unicode_segmentation::UnicodeSegmentation as _;

/// Words of the house's own rules in a row.
pub(super) const HOUSE_RUN: usize = 10;
/// Words of a client's instructions in a row: more than a sentence of facts has.
pub(super) const INSTRUCTIONS_RUN: usize = 30;

/// The runs of words that must not come out.
#[derive(Debug, Clone, Default)]
pub(super) struct Prints {
    house: HashSet<Vec<String>>,
    instructions: HashSet<Vec<String>>,
}

impl Prints {
    pub(super) fn of(inputs: &GuardInputs) -> Self {
        let mut prints = Self::default();
        for text in &inputs.house_texts {
            prints.house.extend(runs(text, HOUSE_RUN));
        }
        prints.instructions.extend(runs(&inputs.instructions, INSTRUCTIONS_RUN));
        for open in &inputs.open_texts {
            for run in runs(open, HOUSE_RUN) {
                prints.house.remove(&run);
            }
            for run in runs(open, INSTRUCTIONS_RUN) {
                prints.instructions.remove(&run);
            }
        }
        prints
    }

    pub(super) fn is_leak(&self, answer: &str) -> bool {
        runs(answer, HOUSE_RUN).any(|run| self.house.contains(&run))
            || runs(answer, INSTRUCTIONS_RUN).any(|run| self.instructions.contains(&run))
    }
}

/// Every run of this many words, without case, marks and numbers of lists.
fn runs(text: &str, length: usize) -> impl Iterator<Item = Vec<String>> {
    let words: Vec<String> = words(text).collect();
    let last = words.len().checked_sub(length);
    let starts = last.map(|last| 0..=last).into_iter().flatten();
    starts.filter_map(move |at| words.get(at..at + length).map(<[String]>::to_vec))
}

pub(super) fn words(text: &str) -> impl Iterator<Item = String> {
    let has_letter = |word: &&str| word.chars().any(char::is_alphabetic);
    text.unicode_words().filter(has_letter).map(str::to_lowercase)
}
