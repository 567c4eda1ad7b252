//! The SQL of figures across clients.

use crate::ground::ids::PersonId;
use crate::ground::time::Timestamp;
use crate::params;
use crate::store::{DbError, ReadTx};

/// The clients that count: real ones, and with `:assigned_to` those of one person.
const COUNTED: &str = "
    select id from clients
    where purpose = 'live' and erasing_at is null
      and (:assigned_to is null or exists (
          select 1 from client_assignments
          where client_assignments.client_id = clients.id
            and client_assignments.person_id = :assigned_to))";

pub(in crate::domain::chat) fn count_conversations(
    tx: &ReadTx<'_>,
    since: Timestamp,
    assigned_to: Option<&PersonId>,
) -> Result<u32, DbError> {
    tx.get(
        &format!(
            "select count(*) as n from conversations
             where client_id in ({COUNTED}) and last_message_at >= :since and message_count > 0
               and not exists (
                   select 1 from test_conversations
                   where test_conversations.client_id = conversations.client_id
                     and test_conversations.conversation_id = conversations.id)"
        ),
        params! { ":since" => since, ":assigned_to" => assigned_to.cloned() },
        |row| row.get("n"),
    )
}

pub(in crate::domain::chat) fn count_questions(
    tx: &ReadTx<'_>,
    since: Timestamp,
    assigned_to: Option<&PersonId>,
) -> Result<u32, DbError> {
    tx.get(
        &format!(
            "select count(*) as n from turns
             where client_id in ({COUNTED}) and created_at >= :since
               and not exists (
                   select 1 from test_conversations
                   where test_conversations.client_id = turns.client_id
                     and test_conversations.conversation_id = turns.conversation_id)"
        ),
        params! { ":since" => since, ":assigned_to" => assigned_to.cloned() },
        |row| row.get("n"),
    )
}

pub(in crate::domain::chat) fn count_unanswered(
    tx: &ReadTx<'_>,
    assigned_to: Option<&PersonId>,
) -> Result<u32, DbError> {
    tx.get(
        &format!(
            "select count(*) as n from knowledge_gaps where client_id in ({COUNTED}) and status = 'open'"
        ),
        params! { ":assigned_to" => assigned_to.cloned() },
        |row| row.get("n"),
    )
}
