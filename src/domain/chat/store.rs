//! The SQL of turns.

use super::AnsweredBy;
use crate::ground::ids::{ConversationId, MessageId};
use crate::ground::scope::{AgencyScope, ClientScope};
use crate::ground::time::Timestamp;
use crate::store::value::Row;
use crate::store::{DbError, ReadTx, WriteTx};
use crate::{params, text_enum};

text_enum! {
    /// Where a turn stands.
    pub enum TurnState {
        /// The message is stored, the answer is being made.
        Accepted = "accepted",
        Settled = "settled",
        /// No answer came, and nobody is making one. The same request takes it up again.
        Abandoned = "abandoned",
    }
}

/// One turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnRow {
    pub visitor_message_id: MessageId,
    pub conversation_id: ConversationId,
    pub state: TurnState,
    pub assistant_message_id: Option<MessageId>,
    pub answered_by: Option<AnsweredBy>,
}

const COLUMNS: &str = "visitor_message_id, conversation_id, state, assistant_message_id, answered_by";

pub(super) fn insert(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    conversation: &ConversationId,
    visitor_message: &MessageId,
    dedupe_key: &str,
) -> Result<TurnRow, DbError> {
    tx.get(
        &format!(
            "insert into turns (visitor_message_id, client_id, conversation_id, dedupe_key, state,
                                created_at, updated_at, version)
             values (:visitor_message_id, :client_id, :conversation_id, :dedupe_key, 'accepted', :now, :now, 1)
             returning {COLUMNS}"
        ),
        params! {
            ":visitor_message_id" => visitor_message,
            ":client_id" => scope.client_id(),
            ":conversation_id" => conversation,
            ":dedupe_key" => dedupe_key,
            ":now" => tx.now(),
        },
        from_row,
    )
}

pub(super) fn find(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    visitor_message: &MessageId,
) -> Result<Option<TurnRow>, DbError> {
    tx.find(
        &format!("select {COLUMNS} from turns where client_id = :client_id and visitor_message_id = :id"),
        params! { ":client_id" => scope.client_id(), ":id" => visitor_message },
        from_row,
    )
}

pub(super) fn find_by_dedupe_key(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    dedupe_key: &str,
) -> Result<Option<TurnRow>, DbError> {
    tx.find(
        &format!("select {COLUMNS} from turns where client_id = :client_id and dedupe_key = :dedupe_key"),
        params! { ":client_id" => scope.client_id(), ":dedupe_key" => dedupe_key },
        from_row,
    )
}

/// Gives the turn its answer; nothing happens when it has one.
pub(super) fn settle(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    visitor_message: &MessageId,
    answer: &MessageId,
    answered_by: AnsweredBy,
) -> Result<(), DbError> {
    tx.execute(
        "update turns
         set state = 'settled', assistant_message_id = :answer, answered_by = :answered_by, updated_at = :now,
             version = version + 1
         where client_id = :client_id and visitor_message_id = :id and state <> 'settled'",
        params! {
            ":client_id" => scope.client_id(),
            ":id" => visitor_message,
            ":answer" => answer,
            ":answered_by" => answered_by,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

pub(super) fn reopen(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    visitor_message: &MessageId,
) -> Result<(), DbError> {
    tx.execute(
        "update turns
         set state = 'accepted', updated_at = :now, version = version + 1
         where client_id = :client_id and visitor_message_id = :id and state = 'abandoned'",
        params! { ":client_id" => scope.client_id(), ":id" => visitor_message, ":now" => tx.now() },
    )?;
    Ok(())
}

/// Gives up turns that were accepted before this moment and never settled; returns how many.
pub(super) fn abandon_before(
    tx: &WriteTx<'_>,
    _scope: &AgencyScope,
    accepted_before: Timestamp,
) -> Result<usize, DbError> {
    tx.execute(
        "update turns
         set state = 'abandoned', updated_at = :now, version = version + 1
         where state = 'accepted' and updated_at < :accepted_before",
        params! { ":accepted_before" => accepted_before, ":now" => tx.now() },
    )
}

fn from_row(row: &Row<'_>) -> Result<TurnRow, DbError> {
    Ok(TurnRow {
        visitor_message_id: row.get("visitor_message_id")?,
        conversation_id: row.get("conversation_id")?,
        state: row.get("state")?,
        assistant_message_id: row.get("assistant_message_id")?,
        answered_by: row.get("answered_by")?,
    })
}
