//! The SQL of bookmarks, the archive and tags.

use crate::domain::conversations::marks::TagUse;
use crate::ground::ids::ConversationId;
use crate::ground::limits::{TAGS_PER_CLIENT_MAX, TAGS_PER_CONVERSATION_MAX};
use crate::ground::scope::ClientScope;
use crate::ground::time::Timestamp;
use crate::params;
use crate::store::{DbError, ReadTx, WriteTx};

pub(in crate::domain::conversations) fn set(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    id: &ConversationId,
    bookmarked_at: Option<Timestamp>,
    archived_at: Option<Timestamp>,
) -> Result<(), DbError> {
    tx.execute(
        "update conversations
         set bookmarked_at = :bookmarked_at, archived_at = :archived_at, updated_at = :now, version = version + 1
         where client_id = :client_id and id = :id",
        params! {
            ":client_id" => scope.client_id(),
            ":id" => id,
            ":bookmarked_at" => bookmarked_at,
            ":archived_at" => archived_at,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

/// The conversation's tags, sorted without regard to case.
pub(in crate::domain::conversations) fn list_of(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    id: &ConversationId,
) -> Result<Vec<String>, DbError> {
    tx.list(
        "select tag from conversation_tags
         where client_id = :client_id and conversation_id = :id
         order by tag_key
         limit :limit",
        params! {
            ":client_id" => scope.client_id(),
            ":id" => id,
            // One more, so that whoever adds sees one too many.
            ":limit" => TAGS_PER_CONVERSATION_MAX + 1,
        },
        |row| row.get("tag"),
    )
}

/// How the client spells this tag.
pub(in crate::domain::conversations) fn find_spelling(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    tag_key: &str,
) -> Result<Option<String>, DbError> {
    tx.find(
        "select tag from conversation_tags
         where client_id = :client_id and tag_key = :tag_key
         order by conversation_id
         limit 1",
        params! { ":client_id" => scope.client_id(), ":tag_key" => tag_key },
        |row| row.get("tag"),
    )
}

/// How many different tags the client has.
pub(in crate::domain::conversations) fn count_tags(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
) -> Result<u32, DbError> {
    tx.get(
        "select count(distinct tag_key) as n from conversation_tags where client_id = :client_id",
        params! { ":client_id" => scope.client_id() },
        |row| row.get("n"),
    )
}

/// Nothing happens when the conversation has it already.
pub(in crate::domain::conversations) fn insert_tag(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    id: &ConversationId,
    tag_key: &str,
    tag: &str,
) -> Result<usize, DbError> {
    tx.execute(
        "insert into conversation_tags (client_id, conversation_id, tag_key, tag, created_at)
         values (:client_id, :id, :tag_key, :tag, :now)
         on conflict (client_id, conversation_id, tag_key) do nothing",
        params! {
            ":client_id" => scope.client_id(),
            ":id" => id,
            ":tag_key" => tag_key,
            ":tag" => tag,
            ":now" => tx.now(),
        },
    )
}

pub(in crate::domain::conversations) fn delete_tag(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    id: &ConversationId,
    tag_key: &str,
) -> Result<usize, DbError> {
    tx.execute(
        "delete from conversation_tags
         where client_id = :client_id and conversation_id = :id and tag_key = :tag_key",
        params! { ":client_id" => scope.client_id(), ":id" => id, ":tag_key" => tag_key },
    )
}

pub(in crate::domain::conversations) fn list_tags(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
) -> Result<Vec<TagUse>, DbError> {
    tx.list(
        "select min(tag) as tag, count(*) as conversations
         from conversation_tags
         where client_id = :client_id
         group by tag_key
         order by tag_key
         limit :limit",
        params! { ":client_id" => scope.client_id(), ":limit" => TAGS_PER_CLIENT_MAX },
        |row| Ok(TagUse { tag: row.get("tag")?, conversations: row.get("conversations")? }),
    )
}
