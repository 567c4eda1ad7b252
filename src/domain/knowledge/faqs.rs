//! FAQs: questions with the answers that the client wrote itself.
//!
//! An FAQ is in use when it is enabled and no draft. [`drafts`] are proposed by the program and wait for their
//! owner; [`bulk`] changes many at once; [`uses`] counts the answers that an FAQ gave.

pub mod bulk;
pub mod drafts;
pub mod uses;

use super::store;
use super::{KnowledgeError, indexing};
use crate::domain::clients::settings::BoundedList;
use crate::ground::bounded_text::BoundedText;
use crate::ground::ids::{FaqId, Id as _};
use crate::ground::limits::{
    CATEGORY_CHARS_MAX, FAQ_ANSWER_CHARS_MAX, FAQ_PHRASINGS_MAX, FAQ_PRIORITY_MAX, FAQ_QUESTION_CHARS_MAX,
    FAQS_PER_CLIENT_MAX,
};
use crate::ground::scope::ClientScope;
use crate::ground::text::Language;
use crate::ground::time::Timestamp;
use crate::store::audit::{self, Deed};
use crate::store::{Page, PageRequest, ReadTx, WriteTx};
use crate::text_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

pub type FaqQuestion = BoundedText<1, FAQ_QUESTION_CHARS_MAX>;
pub type FaqAnswer = BoundedText<1, FAQ_ANSWER_CHARS_MAX>;
/// The answer as it is stored: empty in a draft that nobody has answered yet.
pub type StoredAnswer = BoundedText<0, FAQ_ANSWER_CHARS_MAX>;
pub type Phrasings = BoundedList<FaqQuestion, FAQ_PHRASINGS_MAX>;
/// What an FAQ or a document is about, in the client's own words.
pub type Category = BoundedText<1, CATEGORY_CHARS_MAX>;

text_enum! {
    /// Whether an FAQ is finished.
    pub enum FaqStatus {
        /// Proposed, and never used before its owner makes it ready.
        Draft = "draft",
        Ready = "ready",
    }
}

/// A question with its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faq {
    pub id: FaqId,
    pub question: FaqQuestion,
    pub answer: StoredAnswer,
    /// Other ways to ask the same.
    pub phrasings: Vec<FaqQuestion>,
    pub category: Option<Category>,
    /// Questions in another language are not answered by it.
    pub language: Option<Language>,
    /// Decides between FAQs that fit equally well, 0 to 100; the higher wins.
    pub priority: u32,
    pub status: FaqStatus,
    /// Whether it is used in answers; never of a draft.
    pub enabled: bool,
    /// Answers that it gave.
    pub uses: u64,
    pub last_used_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: u32,
}

impl Faq {
    /// The question and its other phrasings.
    pub fn questions(&self) -> impl Iterator<Item = &FaqQuestion> {
        std::iter::once(&self.question).chain(&self.phrasings)
    }
}

/// What an FAQ is made from.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFaq {
    /// As a visitor would ask it, 1 to 500 characters.
    pub question: FaqQuestion,
    /// Given to visitors word for word, 1 to 5,000 characters.
    pub answer: FaqAnswer,
    /// Other ways to ask the same, up to 20.
    #[serde(default)]
    pub phrasings: Phrasings,
    /// What it is about, 1 to 100 characters.
    #[serde(default)]
    pub category: Option<Category>,
    /// Questions in another language are not answered by it. Default: any language.
    #[serde(default)]
    pub language: Option<Language>,
    /// Decides between FAQs that fit equally well, 0 to 100; the higher wins. Default: 0.
    #[serde(default)]
    #[schemars(range(min = 0, max = 100))]
    pub priority: Priority,
    /// Whether it is used in answers. Default: true.
    #[serde(default = "enabled_by_default")]
    pub enabled: bool,
}

const fn enabled_by_default() -> bool {
    true
}

/// 0 to 100.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, JsonSchema)]
#[schemars(inline, transparent)]
pub struct Priority(u32);

impl Priority {
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl<'de> Deserialize<'de> for Priority {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = i64::deserialize(deserializer)?;
        match u32::try_from(number) {
            Ok(priority) if priority <= FAQ_PRIORITY_MAX => Ok(Self(priority)),
            _ => {
                Err(serde::de::Error::custom(format!("A priority is a number from 0 to {FAQ_PRIORITY_MAX}.")))
            }
        }
    }
}

/// A change of some fields; what is left out stays as it is.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FaqPatch {
    pub question: Option<FaqQuestion>,
    pub answer: Option<FaqAnswer>,
    /// Takes the place of all phrasings.
    pub phrasings: Option<Phrasings>,
    /// `null` takes it away.
    #[serde(default, deserialize_with = "present")]
    pub category: Option<Option<Category>>,
    /// `null` makes it answer in any language.
    #[serde(default, deserialize_with = "present")]
    pub language: Option<Option<Language>>,
    #[schemars(range(min = 0, max = 100))]
    pub priority: Option<Priority>,
    /// `ready` takes a draft into use; it needs an answer.
    pub status: Option<FaqStatus>,
    pub enabled: Option<bool>,
}

/// A field that is there, also when it is `null`; one that is left out takes the default.
pub fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

impl FaqPatch {
    fn field_names(&self) -> Vec<&'static str> {
        [
            (self.question.is_some(), "question"),
            (self.answer.is_some(), "answer"),
            (self.phrasings.is_some(), "phrasings"),
            (self.category.is_some(), "category"),
            (self.language.is_some(), "language"),
            (self.priority.is_some(), "priority"),
            (self.status.is_some(), "status"),
            (self.enabled.is_some(), "enabled"),
        ]
        .into_iter()
        .filter_map(|(is_set, name)| is_set.then_some(name))
        .collect()
    }

    fn apply_to(&self, faq: Faq) -> Faq {
        let patch = self.clone();
        let status = patch.status.unwrap_or(faq.status);
        // Making a draft ready takes it into use, unless the same request says otherwise.
        let enabled = if faq.status == FaqStatus::Draft && status == FaqStatus::Ready {
            patch.enabled.unwrap_or(true)
        } else {
            patch.enabled.unwrap_or(faq.enabled)
        };
        Faq {
            question: patch.question.unwrap_or(faq.question),
            answer: patch.answer.map_or(faq.answer, stored_answer),
            phrasings: patch.phrasings.map_or(faq.phrasings, |phrasings| phrasings.as_slice().to_vec()),
            category: patch.category.unwrap_or(faq.category),
            language: patch.language.unwrap_or(faq.language),
            priority: patch.priority.map_or(faq.priority, Priority::get),
            status,
            enabled: enabled && status == FaqStatus::Ready,
            ..faq
        }
    }
}

fn stored_answer(answer: FaqAnswer) -> StoredAnswer {
    // Every text of 1 to n characters is one of 0 to n.
    StoredAnswer::parse(answer.as_str()).unwrap_or(StoredAnswer::empty())
}

/// Which FAQs a list holds; what is None does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FaqFilter {
    pub category: Option<Category>,
    pub enabled: Option<bool>,
    pub language: Option<Language>,
    pub status: Option<FaqStatus>,
}

pub fn create(tx: &WriteTx<'_>, scope: &ClientScope, new: &NewFaq) -> Result<Faq, KnowledgeError> {
    refuse_too_many(tx, scope)?;
    let faq = Faq {
        id: tx.new_id(),
        question: new.question.clone(),
        answer: stored_answer(new.answer.clone()),
        phrasings: new.phrasings.as_slice().to_vec(),
        category: new.category.clone(),
        language: new.language,
        priority: new.priority.get(),
        status: FaqStatus::Ready,
        enabled: new.enabled,
        uses: 0,
        last_used_at: None,
        created_at: tx.now(),
        updated_at: tx.now(),
        version: 1,
    };
    store::insert_faq(tx, scope, &faq)?;
    indexing::record_faq_change(tx, scope, &faq.id, faq.enabled)?;
    audit_change(tx, scope, "faq.created", &faq, &["question", "answer", "enabled"])?;
    Ok(faq)
}

fn refuse_too_many(tx: &ReadTx<'_>, scope: &ClientScope) -> Result<(), KnowledgeError> {
    if store::count_faqs(tx, scope)? >= FAQS_PER_CLIENT_MAX {
        return Err(KnowledgeError::TooManyFaqs { limit: FAQS_PER_CLIENT_MAX });
    }
    Ok(())
}

pub fn get(tx: &ReadTx<'_>, scope: &ClientScope, id: &FaqId) -> Result<Faq, KnowledgeError> {
    store::find_faq(tx, scope, id)?.ok_or(KnowledgeError::FaqNotFound)
}

/// The client's FAQs that the filter lets through, newest first.
pub fn list(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    filter: &FaqFilter,
    page: &PageRequest,
) -> Result<Page<Faq>, KnowledgeError> {
    let faqs = store::list_faqs(tx, scope, filter, page)?;
    let weight = |faq: &Faq| {
        faq.questions().map(|question| question.as_str().len()).sum::<usize>() + faq.answer.as_str().len()
    };
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
    let changed = Faq { updated_at: tx.now(), version: faq.version + 1, ..patch.apply_to(faq.clone()) };
    if changed.status == FaqStatus::Ready && changed.answer.as_str().is_empty() {
        return Err(KnowledgeError::DraftWithoutAnswer);
    }
    if patch.enabled == Some(true) && changed.status == FaqStatus::Draft {
        return Err(KnowledgeError::DraftEnabled);
    }
    save(tx, scope, &faq, &changed)?;
    audit_change(tx, scope, "faq.changed", &changed, &fields)?;
    Ok(changed)
}

/// Writes a changed FAQ in place of `former`, and what follows from the change.
fn save(tx: &WriteTx<'_>, scope: &ClientScope, former: &Faq, changed: &Faq) -> Result<(), KnowledgeError> {
    store::update_faq(tx, scope, changed)?;
    if former.phrasings != changed.phrasings {
        store::replace_phrasings(tx, scope, &changed.id, &changed.phrasings)?;
    }
    if former.answer != changed.answer {
        // A citation points into the former answer's text; the new one may not hold it.
        store::delete_faq_citations(tx, scope, &changed.id)?;
    }
    indexing::record_faq_change(tx, scope, &changed.id, changed.enabled)
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
    let values_after = (!fields.is_empty()).then(|| {
        serde_json::json!({
            "question": faq.question, "answer": faq.answer, "phrasings": faq.phrasings,
            "category": faq.category, "language": faq.language, "priority": faq.priority,
            "status": faq.status, "enabled": faq.enabled,
        })
    });
    let deed = Deed {
        action,
        client_id: Some(scope.client_id()),
        subject_id: faq.id.as_str(),
        fields,
        values_after,
    };
    Ok(audit::record(tx, &deed)?)
}
