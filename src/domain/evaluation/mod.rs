//! Evaluation: how well a client's questions are answered, by cases that its owner wrote.
//!
//! A case is a question with the documents that hold its answer, or one that nothing answers. Every case goes the
//! way of a visitor's question, but nothing is stored. [`cases`] reads them, [`metrics`] sums them up; both are
//! pure. It judges, and changes nothing.

pub mod cases;
pub mod metrics;
mod store;

use self::cases::Case;
use crate::domain::Environment;
use crate::domain::chat::{AnsweredBy, ChatError, preview};
use crate::domain::clients::{self, ClientError};
use crate::ground::ids::DocumentId;
use crate::ground::scope::ClientScope;
use crate::ground::text::collapse_whitespace;
use crate::store::{DbError, ReadTx};
use serde::{Deserialize, Serialize};
use std::time::Instant;

/// What became of one case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    pub question: String,
    /// How many documents were expected; 0 where the case names none.
    pub expected: usize,
    /// The places of the expected documents among those that were found, from 1, ascending.
    pub found_at: Vec<usize>,
    pub is_unanswerable: bool,
    pub is_answered: bool,
    pub answered_by: AnsweredBy,
    /// Whether the answer holds the expected text; None where the case names none.
    pub is_right: Option<bool>,
    pub confidence: f32,
    /// From the question to the answer.
    pub took_us: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum EvaluationError {
    /// Nothing was evaluated: a name that is wrong would count as a miss and hide as bad quality.
    #[error("{}", sentence(.unknown))]
    UnknownSources { unknown: Vec<(usize, String)> },
    #[error(transparent)]
    Chat(#[from] ChatError),
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Db(#[from] DbError),
}

const UNKNOWN_SHOWN_MAX: usize = 10;

fn sentence(unknown: &[(usize, String)]) -> String {
    let lines: Vec<String> = unknown
        .iter()
        .take(UNKNOWN_SHOWN_MAX)
        .map(|(line, name)| format!("line {line}: the client has no document `{name}`"))
        .collect();
    let more = unknown.len().saturating_sub(UNKNOWN_SHOWN_MAX);
    let rest = if more > 0 { format!("; and {more} more") } else { String::new() };
    format!("{}{rest}. Nothing was evaluated.", lines.join("; "))
}

/// Takes every case through retrieval and the answer without a model.
pub async fn evaluate(
    env: &Environment,
    scope: &ClientScope,
    cases: &[Case],
) -> Result<Vec<Outcome>, EvaluationError> {
    let (of_client, asked) = (scope.clone(), cases.to_vec());
    let expected = env.db.read(move |tx| expected_documents(tx, &of_client, &asked)).await?;
    let mut outcomes = Vec::with_capacity(cases.len());
    for (case, expected) in cases.iter().zip(expected) {
        outcomes.push(evaluate_one(env, scope, case, &expected).await?);
    }
    Ok(outcomes)
}

/// The ids that stand for each case's names. A name that several documents carry stands for any of them.
fn expected_documents(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    cases: &[Case],
) -> Result<Vec<Vec<Vec<DocumentId>>>, EvaluationError> {
    clients::get(tx, scope)?;
    let mut unknown = Vec::new();
    let mut expected = Vec::with_capacity(cases.len());
    for case in cases {
        let mut of_case = Vec::with_capacity(case.expected.len());
        for name in &case.expected {
            let ids = store::list_documents_named(tx, scope, name)?;
            if ids.is_empty() {
                unknown.push((case.line, name.clone()));
            }
            of_case.push(ids);
        }
        expected.push(of_case);
    }
    if unknown.is_empty() { Ok(expected) } else { Err(EvaluationError::UnknownSources { unknown }) }
}

async fn evaluate_one(
    env: &Environment,
    scope: &ClientScope,
    case: &Case,
    expected: &[Vec<DocumentId>],
) -> Result<Outcome, EvaluationError> {
    let began = Instant::now();
    let previewed = preview::preview(env, scope, &case.question).await?;
    let took_us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
    let mut documents: Vec<&DocumentId> = Vec::new();
    for passage in &previewed.candidates.passages {
        if !documents.contains(&&passage.document_id) {
            documents.push(&passage.document_id);
        }
    }
    let place_of = |names: &Vec<DocumentId>| {
        documents.iter().position(|document| names.contains(document)).map(|at| at + 1)
    };
    let mut found_at: Vec<usize> = expected.iter().filter_map(place_of).collect();
    found_at.sort_unstable();
    let answer = previewed.answer;
    let is_answered = answer.answered_by != AnsweredBy::None;
    Ok(Outcome {
        question: case.question.clone(),
        expected: expected.len(),
        found_at,
        is_unanswerable: case.unanswerable,
        is_answered,
        answered_by: answer.answered_by,
        is_right: case.answer.as_deref().map(|wanted| is_answered && holds(&answer.response, wanted)),
        confidence: answer.confidence,
        took_us,
    })
}

/// Whether the text holds the words, letter case and line breaks aside.
fn holds(text: &str, words: &str) -> bool {
    collapse_whitespace(text).to_lowercase().contains(&collapse_whitespace(words).to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    // KNO-12
    #[test]
    fn an_answer_holds_what_was_expected_whatever_the_letter_case_and_line_breaks() {
        assert!(holds("We close at\n16:00 on SATURDAY.", "16:00 on saturday"));
        assert!(!holds("We close at 16:00.", "17:00"));
    }

    #[test]
    fn unknown_names_are_listed_with_their_lines_up_to_a_bound() {
        let unknown = |count: usize| EvaluationError::UnknownSources {
            unknown: (1..=count).map(|line| (line, format!("{line}.md"))).collect(),
        };

        assert_eq!(
            unknown(1).to_string(),
            "line 1: the client has no document `1.md`. Nothing was evaluated."
        );
        assert!(unknown(12).to_string().ends_with("`10.md`; and 2 more. Nothing was evaluated."));
    }
}
