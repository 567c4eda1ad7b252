//! The SQL of threads that are read from one end to the other.

use super::message_from_row;
use crate::domain::conversations::Message;
use crate::ground::ids::{ConversationId, Id as _, MessageId};
use crate::ground::scope::ClientScope;
use crate::ground::time::Timestamp;
use crate::params;
use crate::store::{DbError, ReadTx};

/// What was said until this moment, newest first.
pub(in crate::domain::conversations) fn list_until(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    conversation: &ConversationId,
    until: Timestamp,
    limit: usize,
) -> Result<Vec<Message>, DbError> {
    tx.list(
        "select id, conversation_id, role, text, created_at
         from messages
         where client_id = :client_id and conversation_id = :conversation_id and created_at <= :until
         order by created_at desc, id desc
         limit :limit",
        params! {
            ":client_id" => scope.client_id(),
            ":conversation_id" => conversation,
            ":until" => until,
            ":limit" => limit,
        },
        message_from_row,
    )
}

/// What was said after this message, oldest first; from the beginning without one.
pub(in crate::domain::conversations) fn list_after(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    conversation: &ConversationId,
    after: Option<&(Timestamp, MessageId)>,
    limit: usize,
) -> Result<Vec<Message>, DbError> {
    tx.list(
        "select id, conversation_id, role, text, created_at
         from messages
         where client_id = :client_id and conversation_id = :conversation_id
           and (created_at, id) > (:after_at, :after_id)
         order by created_at, id
         limit :limit",
        params! {
            ":client_id" => scope.client_id(),
            ":conversation_id" => conversation,
            ":after_at" => after.map_or(Timestamp::from_ms(i64::MIN), |(at, _)| *at),
            ":after_id" => after.map_or("", |(_, id)| id.as_str()),
            ":limit" => limit,
        },
        message_from_row,
    )
}
