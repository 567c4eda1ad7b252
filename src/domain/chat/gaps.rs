//! Knowledge gaps: what visitors asked and nothing answered, counted by question.
//!
//! Questions are one when they differ in case, punctuation and spaces only. The row holds a keyed hash and counts;
//! the words stand beside it, where they can be erased. A question that was resolved and is asked in vain again is
//! open again; one that was dismissed stays so, and is counted.

use super::ChatError;
use super::store::gaps as store;
use crate::ground::crypto::{MacKey, hex};
use crate::ground::ids::{GapId, Id as _};
use crate::ground::limits::GAPS_PER_CLIENT_MAX;
use crate::ground::scope::ClientScope;
use crate::ground::time::Timestamp;
use crate::store::audit::{self, Deed};
use crate::store::{DbError, Page, PageRequest, ReadTx, WriteTx};
use crate::text_enum;
use tracing::debug;

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
    pub created_at: Timestamp,
    pub version: u32,
}

/// The question as it is compared: letters and digits in lower case, with single spaces.
fn normalised(question: &str) -> String {
    let plain: String = question
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .flat_map(char::to_lowercase)
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Counts a question that nothing answered. What holds no word is no question. A client with
/// [`GAPS_PER_CLIENT_MAX`] questions gets no further ones: the list is for reading.
pub fn record(tx: &WriteTx<'_>, scope: &ClientScope, key: &MacKey, question: &str) -> Result<(), DbError> {
    let words = normalised(question);
    if words.is_empty() {
        return Ok(());
    }
    let hash = hex(&key.sign("knowledge_gap", &[scope.client_id().as_str(), &words]));
    if store::count_again(tx, scope, &hash)?.is_some() {
        return Ok(());
    }
    if store::count(tx, scope)? >= GAPS_PER_CLIENT_MAX {
        debug!(client.id = %scope.client_id(), "A question was not kept: the list of gaps is full");
        return Ok(());
    }
    store::insert(tx, scope, &tx.new_id(), &hash, question)
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

#[cfg(test)]
mod tests {
    use super::*;

    // CHT-5
    #[test]
    fn questions_are_one_when_only_case_punctuation_and_spaces_differ() {
        let same = ["Do you repair clocks?", "do you  repair clocks", " Do you repair: CLOCKS?! "];
        for question in same {
            assert_eq!(normalised(question), "do you repair clocks");
        }
        assert_eq!(normalised("¿Abren el 1.º?"), "abren el 1 º");
        assert_eq!(normalised("?! \u{1F600}"), "");
    }
}
