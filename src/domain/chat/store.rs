//! The SQL of turns; that of explanations, gaps and figures stands in files of its own.

pub(super) mod answer_days;
pub(super) mod explanations;
pub(super) mod figures;
pub(super) mod gaps;

use super::{AnsweredBy, Ending, Usage, UsageSource};
use crate::ground::ids::{ClientId, ConversationId, MessageId};
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
        /// A model is about to be asked: from here on it may cost something.
        Held = "held",
        /// The model has begun to answer.
        Generating = "generating",
        Settled = "settled",
        /// Making the answer went wrong. The same request takes the turn up again.
        Failed = "failed",
        /// No answer came, and nobody is making one. The same request takes the turn up again.
        Abandoned = "abandoned",
    }
}

impl TurnState {
    /// Whether somebody is, or was until a crash, making the answer.
    pub const fn is_open(self) -> bool {
        matches!(self, TurnState::Accepted | TurnState::Held | TurnState::Generating)
    }
}

/// One turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnRow {
    pub visitor_message_id: MessageId,
    pub conversation_id: ConversationId,
    pub state: TurnState,
    /// The id that the answer has or will have; None for an old turn that never got one.
    pub answer_id: Option<MessageId>,
    pub answered_by: Option<AnsweredBy>,
    pub ending: Option<Ending>,
    pub usage: Option<Usage>,
}

/// How a turn got its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settlement {
    pub answered_by: AnsweredBy,
    pub ending: Ending,
    pub usage: Option<Usage>,
}

const COLUMNS: &str =
    "visitor_message_id, conversation_id, state, answer_id, answered_by, ending, input_tokens,
    output_tokens, tokens_by";

pub(super) fn insert(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    conversation: &ConversationId,
    visitor_message: &MessageId,
    dedupe_key: &str,
) -> Result<TurnRow, DbError> {
    tx.get(
        &format!(
            "insert into turns (visitor_message_id, client_id, conversation_id, dedupe_key, state, answer_id,
                                created_at, updated_at, version)
             values (:visitor_message_id, :client_id, :conversation_id, :dedupe_key, 'accepted', :answer_id,
                     :now, :now, 1)
             returning {COLUMNS}"
        ),
        params! {
            ":visitor_message_id" => visitor_message,
            ":client_id" => scope.client_id(),
            ":conversation_id" => conversation,
            ":dedupe_key" => dedupe_key,
            ":answer_id" => tx.new_id::<MessageId>(),
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

pub(super) fn find_by_answer(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    answer: &MessageId,
) -> Result<Option<TurnRow>, DbError> {
    tx.find(
        &format!("select {COLUMNS} from turns where client_id = :client_id and answer_id = :answer_id"),
        params! { ":client_id" => scope.client_id(), ":answer_id" => answer },
        from_row,
    )
}

/// Whose turn this is, by the id of its answer alone: see [`super::turn::find_client_of`].
pub(super) fn find_client_of_answer(
    tx: &ReadTx<'_>,
    answer: &MessageId,
) -> Result<Option<ClientId>, DbError> {
    tx.find(
        "select client_id from turns where answer_id = :answer_id",
        params! { ":answer_id" => answer },
        |row| row.get("client_id"),
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

/// The newest turn of the thread that has no answer and may be getting one; its answer's id.
pub(super) fn find_open(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    conversation: &ConversationId,
) -> Result<Option<MessageId>, DbError> {
    tx.find(
        "select answer_id from turns
         where client_id = :client_id and conversation_id = :conversation_id and answer_id is not null
           and state in ('accepted', 'held', 'generating')
         order by created_at desc, visitor_message_id desc
         limit 1",
        params! { ":client_id" => scope.client_id(), ":conversation_id" => conversation },
        |row| row.get("answer_id"),
    )
}

/// How this answer ended; None for a message that is no answer of a turn.
pub(super) fn find_ending(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    answer: &MessageId,
) -> Result<Option<(AnsweredBy, Ending)>, DbError> {
    tx.find(
        "select answered_by, ending from turns
         where client_id = :client_id and assistant_message_id = :answer_id",
        params! { ":client_id" => scope.client_id(), ":answer_id" => answer },
        |row| Ok((row.get("answered_by")?, row.get("ending")?)),
    )
}

/// Gives the turn its answer; nothing happens when it has one.
pub(super) fn settle(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    visitor_message: &MessageId,
    how: Settlement,
) -> Result<(), DbError> {
    tx.execute(
        "update turns
         set state = 'settled', assistant_message_id = answer_id, answered_by = :answered_by, ending = :ending,
             input_tokens = :input_tokens, output_tokens = :output_tokens, tokens_by = :tokens_by,
             updated_at = :now, version = version + 1
         where client_id = :client_id and visitor_message_id = :id and state <> 'settled'",
        params! {
            ":client_id" => scope.client_id(),
            ":id" => visitor_message,
            ":answered_by" => how.answered_by,
            ":ending" => how.ending,
            ":input_tokens" => how.usage.map(|usage| usage.input_tokens),
            ":output_tokens" => how.usage.map(|usage| usage.output_tokens),
            ":tokens_by" => how.usage.map(|usage| usage.source),
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

/// Moves a turn on that has no answer yet; false when it has one.
pub(super) fn advance(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    visitor_message: &MessageId,
    to: TurnState,
) -> Result<bool, DbError> {
    let touched = tx.execute(
        "update turns
         set state = :state, updated_at = :now, version = version + 1
         where client_id = :client_id and visitor_message_id = :id
           and state <> 'settled'",
        params! {
            ":client_id" => scope.client_id(),
            ":id" => visitor_message,
            ":state" => to,
            ":now" => tx.now(),
        },
    )?;
    Ok(touched == 1)
}

/// Takes up a turn whose answer is missing.
pub(super) fn reopen(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    visitor_message: &MessageId,
) -> Result<TurnRow, DbError> {
    tx.get(
        &format!(
            "update turns
             set state = 'accepted', answer_id = coalesce(answer_id, :answer_id), updated_at = :now,
                 version = version + 1
             where client_id = :client_id and visitor_message_id = :id and state <> 'settled'
             returning {COLUMNS}"
        ),
        params! {
            ":client_id" => scope.client_id(),
            ":id" => visitor_message,
            ":answer_id" => tx.new_id::<MessageId>(),
            ":now" => tx.now(),
        },
        from_row,
    )
}

/// Gives up turns that were taken up before this moment and never settled; returns how many.
pub(super) fn abandon_before(
    tx: &WriteTx<'_>,
    _scope: &AgencyScope,
    taken_up_before: Timestamp,
) -> Result<usize, DbError> {
    tx.execute(
        "update turns
         set state = 'abandoned', updated_at = :now, version = version + 1
         where state in ('accepted', 'held', 'generating') and updated_at < :taken_up_before",
        params! { ":taken_up_before" => taken_up_before, ":now" => tx.now() },
    )
}

fn from_row(row: &Row<'_>) -> Result<TurnRow, DbError> {
    Ok(TurnRow {
        visitor_message_id: row.get("visitor_message_id")?,
        conversation_id: row.get("conversation_id")?,
        state: row.get("state")?,
        answer_id: row.get("answer_id")?,
        answered_by: row.get("answered_by")?,
        ending: row.get("ending")?,
        usage: usage_from_row(row)?,
    })
}

fn usage_from_row(row: &Row<'_>) -> Result<Option<Usage>, DbError> {
    let Some(source) = row.get::<Option<UsageSource>>("tokens_by")? else { return Ok(None) };
    Ok(Some(Usage {
        input_tokens: row.get("input_tokens")?,
        output_tokens: row.get("output_tokens")?,
        source,
    }))
}
