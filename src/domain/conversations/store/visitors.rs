//! The SQL of identified visitors.

use super::{CONVERSATION_COLUMNS, conversation_from_row};
use crate::domain::conversations::Conversation;
use crate::domain::conversations::visitors::{Identity, UserId, Visitor};
use crate::ground::ids::{ConversationId, SessionId, VisitorId};
use crate::ground::scope::ClientScope;
use crate::params;
use crate::store::{DbError, ReadTx, WriteTx};

/// The visitor with this user id, made or brought up to date. Name and address stay when none is given.
pub(in crate::domain::conversations) fn upsert(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    id: &VisitorId,
    identity: &Identity,
) -> Result<VisitorId, DbError> {
    tx.get(
        "insert into identified_visitors (id, client_id, user_id, name, email, created_at, updated_at, version)
         values (:id, :client_id, :user_id, :name, :email, :now, :now, 1)
         on conflict (client_id, user_id) do update set name = coalesce(excluded.name, identified_visitors.name),
             email = coalesce(excluded.email, identified_visitors.email), updated_at = excluded.updated_at,
             version = identified_visitors.version + 1
         returning id",
        params! {
            ":id" => id,
            ":client_id" => scope.client_id(),
            ":user_id" => identity.user_id,
            ":name" => identity.name,
            ":email" => identity.email,
            ":now" => tx.now(),
        },
        |row| row.get("id"),
    )
}

/// What the client's website said of this user last.
pub(in crate::domain::conversations) fn find_by_user(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    user_id: &UserId,
) -> Result<Option<Visitor>, DbError> {
    tx.find(
        "select user_id, name, email from identified_visitors
         where client_id = :client_id and user_id = :user_id",
        params! { ":client_id" => scope.client_id(), ":user_id" => user_id },
        |row| Ok(Visitor { user_id: row.get("user_id")?, name: row.get("name")?, email: row.get("email")? }),
    )
}

/// The visitor's threads are otherwise than before: they show who it is.
pub(in crate::domain::conversations) fn touch_conversations(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    visitor: &VisitorId,
) -> Result<(), DbError> {
    tx.execute(
        "update conversations
         set updated_at = :now, version = version + 1
         where client_id = :client_id
           and id in (select conversation_id from conversation_visitors
                      where client_id = :client_id and visitor_id = :visitor_id)",
        params! { ":client_id" => scope.client_id(), ":visitor_id" => visitor, ":now" => tx.now() },
    )?;
    Ok(())
}

pub(in crate::domain::conversations) fn find_of_session(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    session: &SessionId,
) -> Result<Option<VisitorId>, DbError> {
    tx.find(
        "select visitor_id from visitor_sessions where client_id = :client_id and session_id = :session_id",
        params! { ":client_id" => scope.client_id(), ":session_id" => session },
        |row| row.get("visitor_id"),
    )
}

pub(in crate::domain::conversations) fn find_of_conversation(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    conversation: &ConversationId,
) -> Result<Option<VisitorId>, DbError> {
    tx.find(
        "select visitor_id from conversation_visitors
         where client_id = :client_id and conversation_id = :conversation_id",
        params! { ":client_id" => scope.client_id(), ":conversation_id" => conversation },
        |row| row.get("visitor_id"),
    )
}

/// Whose thread this is, as the client's people see them.
pub(in crate::domain::conversations) fn find_named(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    conversation: &ConversationId,
) -> Result<Option<Visitor>, DbError> {
    tx.find(
        "select identified_visitors.user_id, identified_visitors.name, identified_visitors.email
         from conversation_visitors
         join identified_visitors on identified_visitors.client_id = conversation_visitors.client_id
                                 and identified_visitors.id = conversation_visitors.visitor_id
         where conversation_visitors.client_id = :client_id
           and conversation_visitors.conversation_id = :conversation_id",
        params! { ":client_id" => scope.client_id(), ":conversation_id" => conversation },
        |row| Ok(Visitor { user_id: row.get("user_id")?, name: row.get("name")?, email: row.get("email")? }),
    )
}

pub(in crate::domain::conversations) fn bind_session(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    session: &SessionId,
    visitor: &VisitorId,
) -> Result<(), DbError> {
    tx.execute(
        "insert into visitor_sessions (session_id, client_id, visitor_id, created_at)
         values (:session_id, :client_id, :visitor_id, :now)",
        params! {
            ":session_id" => session,
            ":client_id" => scope.client_id(),
            ":visitor_id" => visitor,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

pub(in crate::domain::conversations) fn join_conversation(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    conversation: &ConversationId,
    visitor: &VisitorId,
) -> Result<(), DbError> {
    tx.execute(
        "insert into conversation_visitors (conversation_id, client_id, visitor_id, created_at)
         values (:conversation_id, :client_id, :visitor_id, :now)
         on conflict (conversation_id) do nothing",
        params! {
            ":conversation_id" => conversation,
            ":client_id" => scope.client_id(),
            ":visitor_id" => visitor,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

/// The visitor's thread in which something was said last.
pub(in crate::domain::conversations) fn find_newest(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    visitor: &VisitorId,
) -> Result<Option<Conversation>, DbError> {
    tx.find(
        &format!(
            "select {CONVERSATION_COLUMNS}
             from conversations
             where client_id = :client_id
               and id in (select conversation_id from conversation_visitors
                          where client_id = :client_id and visitor_id = :visitor_id)
             order by last_message_at desc, id desc
             limit 1"
        ),
        params! { ":client_id" => scope.client_id(), ":visitor_id" => visitor },
        conversation_from_row,
    )
}
