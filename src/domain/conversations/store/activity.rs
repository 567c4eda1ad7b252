//! The SQL of what is done with conversations as a whole: tests apart from visitors, and what is new.

use crate::domain::conversations::Activity;
use crate::ground::ids::{ConversationId, SessionId};
use crate::ground::limits::EVENTS_PER_POLL_MAX;
use crate::ground::scope::ClientScope;
use crate::ground::time::Timestamp;
use crate::params;
use crate::store::{DbError, ReadTx, WriteTx};

pub(in crate::domain::conversations) fn insert(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    id: &ConversationId,
) -> Result<(), DbError> {
    tx.execute(
        "insert into test_conversations (client_id, conversation_id, created_at)
         values (:client_id, :conversation_id, :now)",
        params! { ":client_id" => scope.client_id(), ":conversation_id" => id, ":now" => tx.now() },
    )?;
    Ok(())
}

pub(in crate::domain::conversations) fn find_session(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    id: &ConversationId,
) -> Result<Option<SessionId>, DbError> {
    tx.find(
        "select conversations.session_id
         from test_conversations
         join conversations on conversations.client_id = test_conversations.client_id
                           and conversations.id = test_conversations.conversation_id
         where test_conversations.client_id = :client_id and test_conversations.conversation_id = :id",
        params! { ":client_id" => scope.client_id(), ":id" => id },
        |row| row.get("session_id"),
    )
}

pub(in crate::domain::conversations) fn activity_since(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    since: Timestamp,
) -> Result<Activity, DbError> {
    tx.get(
        "select count(*) filter (where last_message_at >= :since) as conversations,
                max(last_message_at) as last_message_at
         from conversations
         where client_id = :client_id and message_count > 0
           and not exists (
               select 1 from test_conversations
               where test_conversations.client_id = conversations.client_id
                 and test_conversations.conversation_id = conversations.id)",
        params! { ":client_id" => scope.client_id(), ":since" => since },
        |row| {
            Ok(Activity {
                conversations: row.get("conversations")?,
                last_message_at: row.get("last_message_at")?,
            })
        },
    )
}

pub(in crate::domain::conversations) fn list_changed(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    after: Timestamp,
) -> Result<Vec<(ConversationId, Timestamp)>, DbError> {
    tx.list(
        "select id, last_message_at from conversations
         where client_id = :client_id and last_message_at > :after
         order by last_message_at, id
         limit :limit",
        params! { ":client_id" => scope.client_id(), ":after" => after, ":limit" => EVENTS_PER_POLL_MAX },
        |row| Ok((row.get("id")?, row.get("last_message_at")?)),
    )
}
