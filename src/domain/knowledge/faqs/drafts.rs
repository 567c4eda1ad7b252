//! Drafts: questions that visitors asked without getting an answer, proposed to their owner as FAQs.

use super::super::{KnowledgeError, store};
use super::{Faq, FaqQuestion, FaqStatus, Phrasings, StoredAnswer, audit_change};
use crate::ground::limits::{FAQ_DRAFTS_PER_CLIENT_MAX, FAQS_PER_CLIENT_MAX};
use crate::ground::scope::ClientScope;
use crate::ground::text::plain_words;
use crate::store::{DbError, ReadTx, WriteTx};

/// Proposes an FAQ without an answer. None where the client has an FAQ or a draft that asks this (case, punctuation
/// and spaces aside), or has no room for more: proposals never fail the work that they follow from.
pub fn propose(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    question: &FaqQuestion,
    phrasings: &Phrasings,
) -> Result<Option<Faq>, KnowledgeError> {
    let is_full = store::count_faqs(tx, scope)? >= FAQS_PER_CLIENT_MAX
        || store::count_drafts(tx, scope)? >= FAQ_DRAFTS_PER_CLIENT_MAX;
    if is_full || is_asked(tx, scope, question)? {
        return Ok(None);
    }
    let faq = Faq {
        id: tx.new_id(),
        question: question.clone(),
        answer: StoredAnswer::empty(),
        phrasings: phrasings.as_slice().to_vec(),
        category: None,
        language: None,
        priority: 0,
        status: FaqStatus::Draft,
        enabled: false,
        uses: 0,
        last_used_at: None,
        created_at: tx.now(),
        updated_at: tx.now(),
        version: 1,
    };
    store::insert_faq(tx, scope, &faq)?;
    audit_change(tx, scope, "faq.proposed", &faq, &["question"])?;
    Ok(Some(faq))
}

/// Compared here, since what a letter's lower case is depends on the alphabet.
fn is_asked(tx: &ReadTx<'_>, scope: &ClientScope, question: &FaqQuestion) -> Result<bool, DbError> {
    let words = plain_words(question.as_str());
    Ok(store::list_faq_questions(tx, scope)?.iter().any(|asked| plain_words(asked) == words))
}
