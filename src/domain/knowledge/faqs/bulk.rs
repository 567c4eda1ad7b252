//! One change of many FAQs, whole or not at all.

use super::super::KnowledgeError;
use super::{Category, Faq, FaqPatch, FaqStatus, change, delete, get};
use crate::ground::ids::FaqId;
use crate::ground::scope::ClientScope;
use crate::store::WriteTx;
use std::collections::HashSet;

/// What is done to each FAQ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BulkAction {
    Enable,
    Disable,
    Delete,
    /// None takes the category away.
    SetCategory(Option<Category>),
}

/// Why a row of a bulk change cannot be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// The place in the list, from 0.
    pub row: usize,
    pub problem: String,
}

/// Does the action to every FAQ of the list and returns how many; if one row cannot be done, nothing is, and
/// every such row is told. An id may stand there once.
pub fn apply(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    ids: &[FaqId],
    action: &BulkAction,
) -> Result<usize, KnowledgeError> {
    let mut seen = HashSet::new();
    let mut problems = Vec::new();
    for (row, id) in ids.iter().enumerate() {
        let problem = if seen.insert(id) {
            match get(tx, scope, id) {
                Ok(faq) => problem_of(&faq, action),
                Err(error @ KnowledgeError::FaqNotFound) => Some(error.to_string()),
                Err(error) => return Err(error),
            }
        } else {
            Some("This FAQ stands in the list twice. Leave one out.".to_owned())
        };
        problems.extend(problem.map(|problem| RowProblem { row, problem }));
    }
    if !problems.is_empty() {
        return Err(KnowledgeError::Rows(problems));
    }
    for id in ids {
        match action {
            BulkAction::Delete => delete(tx, scope, id)?,
            BulkAction::Enable => drop(change(tx, scope, id, &enabling(true), None)?),
            BulkAction::Disable => drop(change(tx, scope, id, &enabling(false), None)?),
            BulkAction::SetCategory(category) => {
                let patch = FaqPatch { category: Some(category.clone()), ..FaqPatch::default() };
                drop(change(tx, scope, id, &patch, None)?);
            }
        }
    }
    Ok(ids.len())
}

fn enabling(enabled: bool) -> FaqPatch {
    FaqPatch { enabled: Some(enabled), ..FaqPatch::default() }
}

fn problem_of(faq: &Faq, action: &BulkAction) -> Option<String> {
    let is_refused = *action == BulkAction::Enable && faq.status == FaqStatus::Draft;
    is_refused.then(|| KnowledgeError::DraftEnabled.to_string())
}
