//! The last beat: the answer is stored, with its citations, its explanation and what follows from it.

use super::explanation::Explanation;
use super::store::{self, Settlement, TurnRow, TurnState};
use super::{AnsweredBy, ChatError, Ending, Settled, Usage, gaps};
use crate::domain::Environment;
use crate::domain::conversations::citations::{self, NewQuote, QuoteSource, WhenChanged};
use crate::domain::conversations::{self, ConversationError, Role};
use crate::domain::knowledge::faqs::uses::count_use;
use crate::ground::ids::{FaqId, MessageId};
use crate::ground::scope::ClientScope;
use crate::store::error::Bug;
use crate::store::events::{self, Event};
use crate::store::{DbError, ReadTx, WriteTx};
use std::collections::BTreeSet;
use tracing::info;

/// What an answer consists of before it is stored.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub response: String,
    pub answered_by: AnsweredBy,
    pub ending: Ending,
    pub usage: Option<Usage>,
    pub quotes: Vec<NewQuote>,
    /// What becomes of citations whose source was changed meanwhile.
    pub when_changed: WhenChanged,
    /// Whether the question is to be kept as one that the knowledge does not answer. A member's trial never is.
    pub is_gap: bool,
}

/// Stores the answer, unless the turn has one already: then that one counts.
pub(super) async fn settle(
    env: &Environment,
    scope: &ClientScope,
    row: &TurnRow,
    draft: Draft,
    mut explanation: Explanation,
) -> Result<Settled, ChatError> {
    explanation.mark_cited(&draft.quotes);
    explanation.charge(draft.usage, &env.prices);
    let (scope, row, key) = (scope.clone(), row.clone(), env.signing_key.clone());
    env.db
        .write(scope.actor().clone(), move |tx| -> Result<_, ChatError> {
            let now = store::find(tx, &scope, &row.visitor_message_id)?.ok_or(ConversationError::NotFound)?;
            if let Some(settled) = find(tx, &scope, &now)? {
                return Ok(settled);
            }
            let answer_id = now.answer_id.clone().ok_or_else(|| missing(&now))?;
            store_answer(tx, &scope, &now, &answer_id, &draft)?;
            store::explanations::insert(tx, &scope, &answer_id, &explanation)?;
            let is_test = conversations::find_test_session(tx, &scope, &row.conversation_id)?.is_some();
            if draft.is_gap && !is_test {
                let question = conversations::find_message(tx, &scope, &row.visitor_message_id)?;
                let question = question.map(|message| message.text).unwrap_or_default();
                if let Some(gap) = gaps::record(tx, &scope, &key, &question)? {
                    gaps::note_asker(tx, &scope, &gap, &row.conversation_id)?;
                }
            }
            let settled =
                store::find(tx, &scope, &row.visitor_message_id)?.ok_or(ConversationError::NotFound)?;
            find(tx, &scope, &settled)?.ok_or_else(|| missing(&settled).into())
        })
        .await
}

fn store_answer(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    row: &TurnRow,
    answer_id: &MessageId,
    draft: &Draft,
) -> Result<(), ChatError> {
    let conversation = &row.conversation_id;
    conversations::append_as(tx, scope, conversation, answer_id.clone(), Role::Assistant, &draft.response)?;
    citations::attach(tx, scope, answer_id, &draft.quotes, draft.when_changed)?;
    for faq_id in used_faqs(&draft.quotes) {
        count_use(tx, scope, faq_id)?;
    }
    let how = Settlement { answered_by: draft.answered_by, ending: draft.ending, usage: draft.usage };
    store::settle(tx, scope, &row.visitor_message_id, how)?;
    events::emit(
        tx,
        &Event {
            kind: "turn.settled",
            client_id: Some(scope.client_id().clone()),
            subject_id: Some(answer_id.to_string()),
        },
    )?;
    info!(
        client.id = %scope.client_id(), message.id = %answer_id, answered_by = %draft.answered_by,
        ending = %draft.ending, "Answered a message"
    );
    Ok(())
}

/// Each FAQ that the answer rests on, once.
fn used_faqs(quotes: &[NewQuote]) -> BTreeSet<&FaqId> {
    quotes
        .iter()
        .filter_map(|quote| match &quote.source {
            QuoteSource::Faq { faq_id, .. } => Some(faq_id),
            QuoteSource::Chunk { .. } => None,
        })
        .collect()
}

/// The answer as it is stored: what a repeated request gets too. None when the turn has none.
pub(super) fn find(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    row: &TurnRow,
) -> Result<Option<Settled>, ChatError> {
    if row.state != TurnState::Settled {
        return Ok(None);
    }
    let (Some(message_id), Some(answered_by), Some(ending)) =
        (row.answer_id.clone(), row.answered_by, row.ending)
    else {
        return Err(missing(row).into());
    };
    let message = conversations::find_message(tx, scope, &message_id)?.ok_or(ConversationError::NotFound)?;
    Ok(Some(Settled {
        conversation_id: row.conversation_id.clone(),
        citations: citations::list_of_message(tx, scope, &message_id)?,
        message_id,
        response: message.text,
        answered_by,
        ending,
        usage: row.usage,
    }))
}

fn missing(row: &TurnRow) -> DbError {
    Bug::invariant(format!("turn `{}` was settled without an answer", row.visitor_message_id)).into()
}

impl Explanation {
    /// Marks what the answer cites.
    fn mark_cited(&mut self, quotes: &[NewQuote]) {
        for quote in quotes {
            match &quote.source {
                QuoteSource::Chunk { chunk_id, .. } => {
                    self.passages
                        .iter_mut()
                        .filter(|found| found.chunk_id == *chunk_id)
                        .for_each(|it| it.is_cited = true);
                }
                QuoteSource::Faq { faq_id, .. } => {
                    self.faqs
                        .iter_mut()
                        .filter(|found| found.faq_id == *faq_id)
                        .for_each(|it| it.is_cited = true);
                }
            }
        }
    }
}
