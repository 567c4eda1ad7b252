//! What an entry of the index is made from, as the tables hold it now.

use super::super::indexing::SubjectKind;
use super::super::store;
use super::WORK;
use crate::ground::ids::ClientId;
use crate::ground::limits::INDEX_BATCH_CHANGES_MAX;
use crate::ground::scope::{AgencyScope, ClientScope};
use crate::ground::text::{Language, tokens};
use crate::index::{EntryKind, TextChange};
use crate::store::{DbError, ReadTx};

/// The next page of everything that must be in the index, and where it ends.
pub(super) fn rebuild_page(
    tx: &ReadTx<'_>,
    after: &str,
) -> Result<Option<(Vec<TextChange>, String)>, DbError> {
    let scope = AgencyScope::from_system(WORK);
    let subjects = store::list_live_subjects(tx, &scope, after, INDEX_BATCH_CHANGES_MAX)?;
    let Some(last) = subjects.last().map(|subject| subject.subject_id.clone()) else { return Ok(None) };
    let changes = subjects
        .into_iter()
        .map(|subject| to_change(tx, subject.client_id, subject.kind, subject.subject_id))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Some((changes, last)))
}

/// The entry as it stands now; a delete when it is gone, since a later row of the log says so anyway.
pub(super) fn to_change(
    tx: &ReadTx<'_>,
    client_id: ClientId,
    kind: SubjectKind,
    key: String,
) -> Result<TextChange, DbError> {
    let scope = ClientScope::from_row(client_id.clone(), WORK);
    let put = match kind {
        SubjectKind::Chunk => chunk_change(tx, &scope, &key)?,
        SubjectKind::Faq => faq_change(tx, &scope, &key)?,
    };
    Ok(put.unwrap_or(TextChange::Delete { client_id, key }))
}

fn chunk_change(tx: &ReadTx<'_>, scope: &ClientScope, key: &str) -> Result<Option<TextChange>, DbError> {
    let Some(entry) = store::find_chunk_entry(tx, scope, key)? else { return Ok(None) };
    let language = Language::from_tag(&entry.language);
    Ok(Some(TextChange::Put {
        client_id: scope.client_id().clone(),
        kind: EntryKind::Chunk,
        key: key.to_owned(),
        title_terms: terms(&entry.title, language),
        heading_terms: entry.headings.iter().flat_map(|heading| terms(heading, language)).collect(),
        body_terms: terms(&entry.body, language),
    }))
}

fn faq_change(tx: &ReadTx<'_>, scope: &ClientScope, key: &str) -> Result<Option<TextChange>, DbError> {
    let Some(entry) = store::find_faq_entry(tx, scope, key)? else { return Ok(None) };
    let language = Language::from_tag(&entry.language);
    Ok(Some(TextChange::Put {
        client_id: scope.client_id().clone(),
        kind: EntryKind::Faq,
        key: key.to_owned(),
        title_terms: question_terms(&entry.question, &entry.phrasings, language),
        heading_terms: Vec::new(),
        body_terms: terms(&entry.answer, language),
    }))
}

/// The terms of the question, and once each those that only its phrasings have: twenty ways to ask the same must
/// not make the entry look long, or a shared word look important.
fn question_terms(question: &str, phrasings: &[String], language: Language) -> Vec<String> {
    let mut found = terms(question, language);
    for term in phrasings.iter().flat_map(|phrasing| terms(phrasing, language)) {
        if !found.contains(&term) {
            found.push(term);
        }
    }
    found
}

fn terms(text: &str, language: Language) -> Vec<String> {
    tokens(text, language).into_iter().map(|token| token.term).collect()
}
