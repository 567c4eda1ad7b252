//! Knowledge gaps: what visitors asked and nothing answered, counted by question.
//!
//! Questions are one when they differ in case, punctuation and spaces only. The row holds a keyed hash and counts;
//! the words stand beside it, where they can be erased. A question that was resolved and is asked in vain again is
//! open again; one that was dismissed stays so, and is counted.
//!
//! What [`GAP_ASKERS_FOR_DRAFT`] conversations asked is proposed to its owner as a draft of an FAQ, once: by a job that
//! follows from the event [`ASKED_OFTEN`]. A draft that the owner deletes does not come again.

use super::ChatError;
use super::store::gaps as store;
use crate::domain::knowledge::faqs::{FaqQuestion, Phrasings, drafts};
use crate::ground::crypto::{MacKey, hex};
use crate::ground::ids::{ConversationId, GapId, Id as _};
use crate::ground::limits::{GAP_ASKERS_FOR_DRAFT, GAPS_PER_CLIENT_MAX};
use crate::ground::scope::ClientScope;
use crate::ground::text::{collapse_whitespace, has_contact_details, plain_words};
use crate::ground::time::Timestamp;
use crate::store::audit::{self, Deed};
use crate::store::events::{self, Event};
use crate::store::{DbError, Page, PageRequest, ReadTx, WriteTx};
use crate::text_enum;
use tracing::{debug, info};

/// So many conversations asked the same in vain that a draft is to be proposed.
pub const ASKED_OFTEN: &str = "gap.asked_often";

text_enum! {
    /// What became of a question.
    pub enum GapStatus {
        Open = "open",
        /// The knowledge answers it now.
        Resolved = "resolved",
        /// It needs no answer.
        Dismissed = "dismissed",
    }
}

/// A question that nothing answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    pub id: GapId,
    /// As it was asked first; None once it was erased.
    pub question: Option<String>,
    pub status: GapStatus,
    pub times_asked: u32,
    pub last_asked_at: Timestamp,
    /// A draft of an FAQ was proposed for it then.
    pub draft_proposed_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub version: u32,
}

impl Gap {
    fn may_have_draft(&self) -> bool {
        self.status != GapStatus::Dismissed && self.draft_proposed_at.is_none()
    }
}

/// Counts a question that nothing answered. What holds no word is no question. A client with
/// [`GAPS_PER_CLIENT_MAX`] questions gets no further ones: the list is for reading. Returns what was counted.
pub fn record(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    key: &MacKey,
    question: &str,
) -> Result<Option<GapId>, DbError> {
    let words = plain_words(question);
    if words.is_empty() {
        return Ok(None);
    }
    let hash = hex(&key.sign("knowledge_gap", &[scope.client_id().as_str(), &words]));
    if let Some(known) = store::count_again(tx, scope, &hash)? {
        return Ok(Some(known));
    }
    if store::count(tx, scope)? >= GAPS_PER_CLIENT_MAX {
        debug!(client.id = %scope.client_id(), "A question was not kept: the list of gaps is full");
        return Ok(None);
    }
    let id: GapId = tx.new_id();
    store::insert(tx, scope, &id, &hash, question)?;
    Ok(Some(id))
}

/// Notes that this conversation asked it. Once [`GAP_ASKERS_FOR_DRAFT`] have, [`ASKED_OFTEN`] says so with each further
/// asking until a draft was proposed: a client that had no room for one may have it later.
pub fn note_asker(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    id: &GapId,
    conversation: &ConversationId,
) -> Result<(), DbError> {
    let Some(gap) = store::find(tx, scope, id)?.filter(Gap::may_have_draft) else { return Ok(()) };
    if store::count_askers(tx, scope, &gap.id)? < GAP_ASKERS_FOR_DRAFT {
        store::insert_asker(tx, scope, &gap.id, conversation)?;
    }
    if store::count_askers(tx, scope, &gap.id)? >= GAP_ASKERS_FOR_DRAFT {
        let client_id = Some(scope.client_id().clone());
        events::emit(tx, &Event { kind: ASKED_OFTEN, client_id, subject_id: Some(gap.id.to_string()) })?;
    }
    Ok(())
}

/// Proposes a draft for the question, unless there was one before, an FAQ asks the same already, the client has no room
/// for it, or the words may name a person. Doing it twice is doing it once.
pub fn propose_draft(tx: &WriteTx<'_>, scope: &ClientScope, id: &GapId) -> Result<(), ChatError> {
    let Some(gap) = store::find(tx, scope, id)?.filter(Gap::may_have_draft) else { return Ok(()) };
    let Some(question) = gap.question.as_deref().and_then(as_draft) else {
        debug!(gap.id = %id, "A question is not proposed as a draft: it is erased, too long, or names a person");
        return Ok(());
    };
    if let Some(faq) = drafts::propose(tx, scope, &question, &Phrasings::default())? {
        store::set_draft_proposed(tx, scope, id)?;
        info!(client.id = %scope.client_id(), gap.id = %id, faq.id = %faq.id, "Proposed a draft of an FAQ");
    }
    Ok(())
}

/// The question as it may stand in a draft, on one line.
fn as_draft(question: &str) -> Option<FaqQuestion> {
    let line = collapse_whitespace(question);
    if has_contact_details(&line) { None } else { FaqQuestion::parse(&line).ok() }
}

/// How many questions nothing answered and nobody has looked at.
pub fn count_open(tx: &ReadTx<'_>, scope: &ClientScope) -> Result<u32, DbError> {
    store::count_open(tx, scope)
}

/// The client's gaps, newest first; those of one status if one is named.
pub fn list(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    status: Option<GapStatus>,
    page: &PageRequest,
) -> Result<Page<Gap>, ChatError> {
    let gaps = store::list(tx, scope, status, page)?;
    let weight = |gap: &Gap| gap.question.as_ref().map_or(0, String::len);
    Ok(page.page_within(gaps, |gap| (gap.created_at, gap.id.to_string()), weight)?)
}

/// Says what became of a question. Saying it twice is saying it once.
pub fn set_status(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    id: &GapId,
    status: GapStatus,
) -> Result<Gap, ChatError> {
    let gap = store::find(tx, scope, id)?.ok_or(ChatError::GapNotFound)?;
    if gap.status == status {
        return Ok(gap);
    }
    store::set_status(tx, scope, id, status)?;
    audit::record(
        tx,
        &Deed {
            action: "gap.status_set",
            client_id: Some(scope.client_id()),
            subject_id: id.as_str(),
            fields: &["status"],
            values_after: Some(serde_json::json!({ "status": status })),
        },
    )?;
    Ok(Gap { status, version: gap.version + 1, ..gap })
}
