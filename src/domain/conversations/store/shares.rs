//! The SQL of links to conversations.

use crate::domain::conversations::shares::Share;
use crate::ground::ids::{ConversationId, ShareId};
use crate::ground::limits::SHARES_PER_CONVERSATION_MAX;
use crate::ground::scope::ClientScope;
use crate::ground::secret::Secret;
use crate::ground::time::Timestamp;
use crate::params;
use crate::store::value::Row;
use crate::store::{DbError, ReadTx, WriteTx};

const COLUMNS: &str = "id, client_id, conversation_id, password_hash, expires_at, created_at";

pub(in crate::domain::conversations) fn insert(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    share: &Share,
) -> Result<(), DbError> {
    tx.execute(
        "insert into conversation_shares (id, client_id, conversation_id, password_hash, expires_at, created_at)
         values (:id, :client_id, :conversation_id, :password_hash, :expires_at, :created_at)",
        params! {
            ":id" => share.id,
            ":client_id" => scope.client_id(),
            ":conversation_id" => share.conversation_id,
            ":password_hash" => share.password_hash.as_ref().map(|hash| hash.reveal().clone()),
            ":expires_at" => share.expires_at,
            ":created_at" => share.created_at,
        },
    )?;
    Ok(())
}

pub(in crate::domain::conversations) fn list_open(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    conversation: &ConversationId,
    now: Timestamp,
) -> Result<Vec<Share>, DbError> {
    tx.list(
        &format!(
            "select {COLUMNS} from conversation_shares
             where client_id = :client_id and conversation_id = :conversation_id and expires_at > :now
             order by created_at desc, id desc
             limit :limit"
        ),
        params! {
            ":client_id" => scope.client_id(),
            ":conversation_id" => conversation,
            ":now" => now,
            ":limit" => SHARES_PER_CONVERSATION_MAX,
        },
        from_row,
    )
}

/// By the id alone, whose holder is judged by the token: see [`crate::domain::conversations::shares::find_open`].
pub(in crate::domain::conversations) fn find(
    tx: &ReadTx<'_>,
    id: &ShareId,
) -> Result<Option<Share>, DbError> {
    tx.find(
        &format!("select {COLUMNS} from conversation_shares where id = :id"),
        params! { ":id" => id },
        from_row,
    )
}

pub(in crate::domain::conversations) fn delete(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    conversation: &ConversationId,
    id: &ShareId,
) -> Result<usize, DbError> {
    tx.execute(
        "delete from conversation_shares
         where client_id = :client_id and conversation_id = :conversation_id and id = :id",
        params! { ":client_id" => scope.client_id(), ":conversation_id" => conversation, ":id" => id },
    )
}

pub(in crate::domain::conversations) fn prune(
    tx: &WriteTx<'_>,
    before: Timestamp,
    rows: u32,
) -> Result<usize, DbError> {
    tx.execute(
        "delete from conversation_shares
         where id in (
             select id from conversation_shares where expires_at <= :before order by expires_at, id limit :rows)",
        params! { ":before" => before, ":rows" => rows },
    )
}

fn from_row(row: &Row<'_>) -> Result<Share, DbError> {
    Ok(Share {
        id: row.get("id")?,
        client_id: row.get("client_id")?,
        conversation_id: row.get("conversation_id")?,
        password_hash: row.get::<Option<String>>("password_hash")?.map(Secret::new),
        expires_at: row.get("expires_at")?,
        created_at: row.get("created_at")?,
    })
}
