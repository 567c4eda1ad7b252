//! FAQs: questions with the answers that the client wrote itself.

use super::store;
use super::{KnowledgeError, indexing};
use crate::ground::bounded_text::BoundedText;
use crate::ground::ids::{FaqId, Id as _};
use crate::ground::limits::{FAQ_ANSWER_CHARS_MAX, FAQ_QUESTION_CHARS_MAX, FAQS_PER_CLIENT_MAX};
use crate::ground::scope::ClientScope;
use crate::ground::time::Timestamp;
use crate::store::audit::{self, Deed};
use crate::store::{Page, PageRequest, ReadTx, WriteTx};
use schemars::JsonSchema;
use serde::Deserialize;

pub type FaqQuestion = BoundedText<1, FAQ_QUESTION_CHARS_MAX>;
pub type FaqAnswer = BoundedText<1, FAQ_ANSWER_CHARS_MAX>;

/// A question with its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faq {
    pub id: FaqId,
    pub question: FaqQuestion,
    pub answer: FaqAnswer,
    /// Whether it is used in answers.
    pub enabled: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: u32,
}

/// What an FAQ is made from.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFaq {
    /// As a visitor would ask it, 1 to 500 characters.
    pub question: FaqQuestion,
    /// Given to visitors word for word, 1 to 5,000 characters.
    pub answer: FaqAnswer,
    /// Whether it is used in answers. Default: true.
    #[serde(default = "enabled_by_default")]
    pub enabled: bool,
}

const fn enabled_by_default() -> bool {
    true
}

/// A change of some fields; what is left out stays as it is.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FaqPatch {
    pub question: Option<FaqQuestion>,
    pub answer: Option<FaqAnswer>,
    pub enabled: Option<bool>,
}

impl FaqPatch {
    fn field_names(&self) -> Vec<&'static str> {
        [
            (self.question.is_some(), "question"),
            (self.answer.is_some(), "answer"),
            (self.enabled.is_some(), "enabled"),
        ]
        .into_iter()
        .filter_map(|(is_set, name)| is_set.then_some(name))
        .collect()
    }
}

pub fn create(tx: &WriteTx<'_>, scope: &ClientScope, new: &NewFaq) -> Result<Faq, KnowledgeError> {
    if store::count_faqs(tx, scope)? >= FAQS_PER_CLIENT_MAX {
        return Err(KnowledgeError::TooManyFaqs { limit: FAQS_PER_CLIENT_MAX });
    }
    let faq = Faq {
        id: tx.new_id(),
        question: new.question.clone(),
        answer: new.answer.clone(),
        enabled: new.enabled,
        created_at: tx.now(),
        updated_at: tx.now(),
        version: 1,
    };
    store::insert_faq(tx, scope, &faq)?;
    indexing::record_faq_change(tx, scope, &faq.id, faq.enabled)?;
    audit_change(tx, scope, "faq.created", &faq, &["question", "answer", "enabled"])?;
    Ok(faq)
}

pub fn get(tx: &ReadTx<'_>, scope: &ClientScope, id: &FaqId) -> Result<Faq, KnowledgeError> {
    store::find_faq(tx, scope, id)?.ok_or(KnowledgeError::FaqNotFound)
}

/// The client's FAQs, newest first.
pub fn list(tx: &ReadTx<'_>, scope: &ClientScope, page: &PageRequest) -> Result<Page<Faq>, KnowledgeError> {
    let faqs = store::list_faqs(tx, scope, page)?;
    let weight = |faq: &Faq| faq.question.as_str().len() + faq.answer.as_str().len();
    Ok(page.page_within(faqs, |faq| (faq.created_at, faq.id.to_string()), weight)?)
}

/// Changes the given fields. With `expected`, only if nobody changed the FAQ since.
pub fn change(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    id: &FaqId,
    patch: &FaqPatch,
    expected: Option<u32>,
) -> Result<Faq, KnowledgeError> {
    let faq = get(tx, scope, id)?;
    if expected.is_some_and(|expected| expected != faq.version) {
        return Err(KnowledgeError::StaleVersion { current: faq.version });
    }
    let fields = patch.field_names();
    if fields.is_empty() {
        return Ok(faq);
    }
    let changed = Faq {
        question: patch.question.clone().unwrap_or(faq.question),
        answer: patch.answer.clone().unwrap_or(faq.answer),
        enabled: patch.enabled.unwrap_or(faq.enabled),
        updated_at: tx.now(),
        version: faq.version + 1,
        ..faq
    };
    store::update_faq(tx, scope, &changed)?;
    if patch.answer.is_some() {
        // A citation points into the former answer's text; the new one may not hold it.
        store::delete_faq_citations(tx, scope, id)?;
    }
    indexing::record_faq_change(tx, scope, id, changed.enabled)?;
    audit_change(tx, scope, "faq.changed", &changed, &fields)?;
    Ok(changed)
}

/// Removes the FAQ; it is not used in any answer after the commit.
pub fn delete(tx: &WriteTx<'_>, scope: &ClientScope, id: &FaqId) -> Result<(), KnowledgeError> {
    let faq = get(tx, scope, id)?;
    store::delete_faq(tx, scope, id)?;
    indexing::record_faq_change(tx, scope, id, false)?;
    audit_change(tx, scope, "faq.deleted", &faq, &[])
}

fn audit_change(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    action: &'static str,
    faq: &Faq,
    fields: &[&str],
) -> Result<(), KnowledgeError> {
    let values_after = (!fields.is_empty()).then(
        || serde_json::json!({ "question": faq.question, "answer": faq.answer, "enabled": faq.enabled }),
    );
    let deed = Deed {
        action,
        client_id: Some(scope.client_id()),
        subject_id: faq.id.as_str(),
        fields,
        values_after,
    };
    Ok(audit::record(tx, &deed)?)
}
