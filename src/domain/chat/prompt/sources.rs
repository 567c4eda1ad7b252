//! Which sources go into a prompt, and under which numbers.

use super::data::{self, SOURCES};
use super::{MarkedSource, PromptInputs, SourceMarker};
use crate::domain::knowledge::retrieval::{FaqHit, Passage};

/// A source of fewer characters than this says too little to be worth its place.
const CUT_CHARS_MIN: usize = 200;

/// The sources of one prompt.
pub(super) struct Chosen {
    pub(super) text: String,
    pub(super) markers: Vec<SourceMarker>,
    pub(super) tokens: usize,
}

/// FAQs first, then passages, each as long as it fits. Only the very first source is cut rather than left out.
pub(super) fn choose(inputs: &PromptInputs<'_>, tokens_max: usize) -> Chosen {
    let faqs = inputs.faqs.iter().enumerate().map(|(at, hit)| (MarkedSource::Faq(at), of_faq(hit)));
    let passages = inputs
        .passages
        .iter()
        .enumerate()
        .map(|(at, passage)| (MarkedSource::Passage(at), of_passage(passage)));
    let mut markers = Vec::new();
    let mut blocks = Vec::new();
    let mut tokens = (inputs.count_tokens)(&wrapped(&[]));
    let mut number = 1;
    for (source, (title, text)) in faqs.chain(passages) {
        let left = tokens_max.saturating_sub(tokens);
        let whole = data::source(number, &title, &text);
        let cost = (inputs.count_tokens)(&whole);
        let block = match cost <= left {
            true => Some((whole, cost)),
            false if blocks.is_empty() => cut(inputs, number, (&title, &text), left),
            false => None,
        };
        // A shorter one further down may still fit.
        let Some((block, cost)) = block else { continue };
        tokens += cost;
        blocks.push(block);
        markers.push(SourceMarker { number, source });
        number += 1;
    }
    Chosen { text: wrapped(&blocks), markers, tokens }
}

fn wrapped(blocks: &[String]) -> String {
    let inner = if blocks.is_empty() { "(nothing was found)".to_owned() } else { blocks.join("\n") };
    format!("<{SOURCES}>\n{inner}\n</{SOURCES}>")
}

/// The beginning of the source that fits, by halving what does not.
fn cut(
    inputs: &PromptInputs<'_>,
    number: u32,
    (title, text): (&str, &str),
    tokens_max: usize,
) -> Option<(String, usize)> {
    let mut chars = text.chars().count() / 2;
    while chars >= CUT_CHARS_MIN {
        let beginning: String = text.chars().take(chars).collect();
        let block = data::source(number, title, &format!("{beginning}…"));
        let cost = (inputs.count_tokens)(&block);
        if cost <= tokens_max {
            return Some((block, cost));
        }
        chars /= 2;
    }
    None
}

fn of_faq(hit: &FaqHit) -> (String, String) {
    (hit.faq.question.as_str().to_owned(), hit.faq.answer.as_str().to_owned())
}

fn of_passage(passage: &Passage) -> (String, String) {
    let mut title = passage.title.clone();
    for heading in &passage.heading_path {
        title.push_str(" › ");
        title.push_str(heading);
    }
    if let Some(page) = passage.page {
        title.push_str(&format!(", page {page}"));
    }
    (title, passage.text.clone())
}
