//! The SQL of explanations.

use crate::domain::chat::explanation::Explanation;
use crate::ground::ids::{ConversationId, MessageId};
use crate::ground::limits::PRUNED_ROWS_MAX;
use crate::ground::scope::ClientScope;
use crate::ground::time::Timestamp;
use crate::params;
use crate::store::value::to_json;
use crate::store::{DbError, ReadTx, WriteTx};

pub(in crate::domain::chat) fn insert(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    message: &MessageId,
    explanation: &Explanation,
) -> Result<(), DbError> {
    tx.execute(
        "insert into turn_explanations (message_id, client_id, explanation, created_at)
         values (:message_id, :client_id, :explanation, :now)",
        params! {
            ":message_id" => message,
            ":client_id" => scope.client_id(),
            ":explanation" => to_json(explanation)?,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

pub(in crate::domain::chat) fn find(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    conversation: &ConversationId,
    message: &MessageId,
) -> Result<Option<Explanation>, DbError> {
    tx.find(
        "select turn_explanations.explanation
         from turn_explanations
         join messages on messages.client_id = turn_explanations.client_id
                      and messages.id = turn_explanations.message_id
         where turn_explanations.client_id = :client_id and turn_explanations.message_id = :message_id
           and messages.conversation_id = :conversation_id",
        params! {
            ":client_id" => scope.client_id(),
            ":message_id" => message,
            ":conversation_id" => conversation,
        },
        |row| row.get_json("explanation"),
    )
}

pub(in crate::domain::chat) fn find_of_answer(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    message: &MessageId,
) -> Result<Option<Explanation>, DbError> {
    tx.find(
        "select explanation from turn_explanations where client_id = :client_id and message_id = :message_id",
        params! { ":client_id" => scope.client_id(), ":message_id" => message },
        |row| row.get_json("explanation"),
    )
}

/// Removes a bounded number of explanations from before this moment; returns how many.
pub(in crate::domain::chat) fn prune(tx: &WriteTx<'_>, before: Timestamp) -> Result<usize, DbError> {
    tx.execute(
        "delete from turn_explanations
         where message_id in (select message_id from turn_explanations where created_at < :before
                              order by created_at, message_id limit :limit)",
        params! { ":before" => before, ":limit" => PRUNED_ROWS_MAX },
    )
}
