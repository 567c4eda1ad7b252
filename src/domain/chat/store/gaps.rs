//! The SQL of knowledge gaps.

use crate::domain::chat::gaps::{Gap, GapStatus};
use crate::ground::ids::{ConversationId, GapId};
use crate::ground::scope::ClientScope;
use crate::params;
use crate::store::value::Row;
use crate::store::{DbError, PageRequest, ReadTx, WriteTx};

const SELECT: &str = "
    select knowledge_gaps.id, knowledge_gaps.status, knowledge_gaps.times_asked, knowledge_gaps.last_asked_at,
           knowledge_gaps.draft_proposed_at, knowledge_gaps.created_at, knowledge_gaps.version,
           knowledge_gap_questions.question
    from knowledge_gaps
    left join knowledge_gap_questions on knowledge_gap_questions.client_id = knowledge_gaps.client_id
                                     and knowledge_gap_questions.gap_id = knowledge_gaps.id";

/// Counts one more asking of a known question, and opens it again when it was resolved; None when it is new.
pub(in crate::domain::chat) fn count_again(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    question_hash: &str,
) -> Result<Option<GapId>, DbError> {
    tx.find(
        "update knowledge_gaps
         set times_asked = times_asked + 1, last_asked_at = :now,
             status = case when status = 'resolved' then 'open' else status end, updated_at = :now,
             version = version + 1
         where client_id = :client_id and question_hash = :question_hash
         returning id",
        params! { ":client_id" => scope.client_id(), ":question_hash" => question_hash, ":now" => tx.now() },
        |row| row.get("id"),
    )
}

pub(in crate::domain::chat) fn insert(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    id: &GapId,
    question_hash: &str,
    question: &str,
) -> Result<(), DbError> {
    tx.execute(
        "insert into knowledge_gaps (id, client_id, question_hash, status, times_asked, last_asked_at,
                                     created_at, updated_at, version)
         values (:id, :client_id, :question_hash, 'open', 1, :now, :now, :now, 1)",
        params! {
            ":id" => id,
            ":client_id" => scope.client_id(),
            ":question_hash" => question_hash,
            ":now" => tx.now(),
        },
    )?;
    tx.execute(
        "insert into knowledge_gap_questions (gap_id, client_id, question, created_at)
         values (:gap_id, :client_id, :question, :now)",
        params! {
            ":gap_id" => id,
            ":client_id" => scope.client_id(),
            ":question" => question,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

pub(in crate::domain::chat) fn count(tx: &ReadTx<'_>, scope: &ClientScope) -> Result<u32, DbError> {
    tx.get(
        "select count(*) as n from knowledge_gaps where client_id = :client_id",
        params! { ":client_id" => scope.client_id() },
        |row| row.get("n"),
    )
}

pub(in crate::domain::chat) fn count_open(tx: &ReadTx<'_>, scope: &ClientScope) -> Result<u32, DbError> {
    tx.get(
        "select count(*) as n from knowledge_gaps where client_id = :client_id and status = 'open'",
        params! { ":client_id" => scope.client_id() },
        |row| row.get("n"),
    )
}

pub(in crate::domain::chat) fn find(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    id: &GapId,
) -> Result<Option<Gap>, DbError> {
    tx.find(
        &format!(
            "{SELECT}
             where knowledge_gaps.client_id = :client_id and knowledge_gaps.id = :id"
        ),
        params! { ":client_id" => scope.client_id(), ":id" => id },
        from_row,
    )
}

pub(in crate::domain::chat) fn list(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    status: Option<GapStatus>,
    page: &PageRequest,
) -> Result<Vec<Gap>, DbError> {
    tx.list_page(
        &format!(
            "{SELECT}
             where knowledge_gaps.client_id = :client_id
               and (:status is null or knowledge_gaps.status = :status)
               and (knowledge_gaps.created_at, knowledge_gaps.id) < (:before_at, :before_id)
             order by knowledge_gaps.created_at desc, knowledge_gaps.id desc
             limit :limit"
        ),
        params! { ":client_id" => scope.client_id(), ":status" => status },
        page,
        from_row,
    )
}

pub(in crate::domain::chat) fn set_status(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    id: &GapId,
    status: GapStatus,
) -> Result<(), DbError> {
    tx.execute(
        "update knowledge_gaps
         set status = :status, updated_at = :now, version = version + 1
         where client_id = :client_id and id = :id",
        params! { ":client_id" => scope.client_id(), ":id" => id, ":status" => status, ":now" => tx.now() },
    )?;
    Ok(())
}

pub(in crate::domain::chat) fn count_askers(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    id: &GapId,
) -> Result<u32, DbError> {
    tx.get(
        "select count(*) as n from knowledge_gap_askers where client_id = :client_id and gap_id = :id",
        params! { ":client_id" => scope.client_id(), ":id" => id },
        |row| row.get("n"),
    )
}

/// Notes the conversation, once.
pub(in crate::domain::chat) fn insert_asker(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    id: &GapId,
    conversation: &ConversationId,
) -> Result<(), DbError> {
    tx.execute(
        "insert into knowledge_gap_askers (client_id, gap_id, conversation_id, created_at)
         values (:client_id, :gap_id, :conversation_id, :now)
         on conflict (client_id, gap_id, conversation_id) do nothing",
        params! {
            ":client_id" => scope.client_id(),
            ":gap_id" => id,
            ":conversation_id" => conversation,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

/// Notes that a draft was proposed. Who asked is not needed any more.
pub(in crate::domain::chat) fn set_draft_proposed(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    id: &GapId,
) -> Result<(), DbError> {
    tx.execute(
        "update knowledge_gaps
         set draft_proposed_at = :now, updated_at = :now, version = version + 1
         where client_id = :client_id and id = :id",
        params! { ":client_id" => scope.client_id(), ":id" => id, ":now" => tx.now() },
    )?;
    tx.execute(
        "delete from knowledge_gap_askers where client_id = :client_id and gap_id = :id",
        params! { ":client_id" => scope.client_id(), ":id" => id },
    )?;
    Ok(())
}

fn from_row(row: &Row<'_>) -> Result<Gap, DbError> {
    Ok(Gap {
        id: row.get("id")?,
        question: row.get("question")?,
        status: row.get("status")?,
        times_asked: row.get("times_asked")?,
        last_asked_at: row.get("last_asked_at")?,
        draft_proposed_at: row.get("draft_proposed_at")?,
        created_at: row.get("created_at")?,
        version: row.get("version")?,
    })
}
