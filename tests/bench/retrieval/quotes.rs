//! Answers without a language model: how often a question is answered that the texts answer, how often the right
//! words are quoted, and how often a question is answered that they do not answer.
//!
//! Half of XQuAD's paragraphs are a client's documents; it is asked the questions to them, and those to the others.

use super::node::Node;
use super::{rounded, xquad};
use serde_json::{Value, json};
use snip::domain::chat::AnsweredBy;
use std::path::Path;

pub async fn measure(node: &Node, data: &Path, language: &str) -> Value {
    let paragraphs = xquad::paragraphs(data, language);
    let scope = node.client(language).await;
    let (own, foreign) = paragraphs.split_at(paragraphs.len() / 2);
    for (at, paragraph) in own.iter().enumerate() {
        node.upload(&scope, &format!("{at}.txt"), &paragraph.context).await;
    }
    node.settle(&scope).await;
    let (mut answered, mut right, mut invented) = (0, 0, 0);
    let asked: Vec<_> = own.iter().flat_map(|paragraph| &paragraph.qas).collect();
    for qa in &asked {
        let answer = node.ask(&scope, &qa.question).await;
        if answer.answered_by != AnsweredBy::None {
            answered += 1;
            right += usize::from(qa.answers.iter().any(|it| answer.response.contains(&it.text)));
        }
    }
    let others: Vec<_> = foreign.iter().flat_map(|paragraph| &paragraph.qas).collect();
    for qa in &others {
        let answer = node.ask(&scope, &qa.question).await;
        invented += usize::from(answer.answered_by != AnsweredBy::None);
    }
    let share = |part: usize, of: usize| rounded(part as f64 / of.max(1) as f64);
    json!({
        "questions": asked.len(),
        "answered": share(answered, asked.len()),
        "answered_rightly": share(right, asked.len()),
        "questions_to_other_texts": others.len(),
        "answered_though_not_there": share(invented, others.len()),
    })
}
