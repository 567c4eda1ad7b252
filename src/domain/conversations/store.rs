//! The SQL of conversations, messages and citations.

pub(super) mod activity;
pub(super) mod marks;
pub(super) mod shares;
pub(super) mod transcript;
pub(super) mod visitors;
pub(super) mod visits;

use super::citations::{CitationRow, QuoteSource};
use super::marks::Tag;
use super::{Archived, Conversation, ConversationFilter, Message, MessageCounts};
use crate::ground::ids::{ChunkId, CitationId, ConversationId, FaqId, MessageId, SessionId, VersionId};
use crate::ground::limits::{CITATIONS_PER_MESSAGE_MAX, OPENING_CHARS_MAX};
use crate::ground::scope::ClientScope;
use crate::ground::time::Timestamp;
use crate::params;
use crate::store::value::Row;
use crate::store::{DbError, PageRequest, ReadTx, WriteTx};
use std::ops::Range;

const CONVERSATION_COLUMNS: &str = "id, session_id, channel, message_count, created_at, last_message_at, bookmarked_at, archived_at, version";

pub(super) fn insert(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    conversation: &Conversation,
) -> Result<(), DbError> {
    tx.execute(
        "insert into conversations (id, client_id, session_id, channel, message_count, last_message_at,
                                    created_at, updated_at, version)
         values (:id, :client_id, :session_id, :channel, 0, :now, :now, :now, 1)",
        params! {
            ":id" => conversation.id,
            ":client_id" => scope.client_id(),
            ":session_id" => conversation.session_id,
            ":channel" => conversation.channel,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

pub(super) fn find_by_session(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    session: &SessionId,
) -> Result<Option<Conversation>, DbError> {
    tx.find(
        &format!(
            "select {CONVERSATION_COLUMNS} from conversations
             where client_id = :client_id and session_id = :session_id"
        ),
        params! { ":client_id" => scope.client_id(), ":session_id" => session },
        conversation_from_row,
    )
}

pub(super) fn find(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    id: &ConversationId,
) -> Result<Option<Conversation>, DbError> {
    tx.find(
        &format!(
            "select {CONVERSATION_COLUMNS} from conversations where client_id = :client_id and id = :id"
        ),
        params! { ":client_id" => scope.client_id(), ":id" => id },
        conversation_from_row,
    )
}

// LIMIT: a search reads the client's messages, newest thread first, until a page is full; a hundred thousand take
// a tenth of a second. The other filters read the client's conversations in the same way
pub(super) fn list(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    filter: &ConversationFilter,
    page: &PageRequest,
) -> Result<Vec<Conversation>, DbError> {
    tx.list_page(
        &format!(
            "select {CONVERSATION_COLUMNS}
             from conversations
             where client_id = :client_id and (created_at, id) < (:before_at, :before_id)
               and (:since is null or created_at >= :since)
               and (:until is null or created_at < :until)
               and (:archived is null or (archived_at is not null) = :archived)
               and (:bookmarked is null or (bookmarked_at is not null) = :bookmarked)
               and (:channel is null or channel = :channel)
               and (:tag_key is null
                    or exists (
                        select 1 from conversation_tags
                        where conversation_tags.client_id = :client_id
                          and conversation_tags.conversation_id = conversations.id
                          and conversation_tags.tag_key = :tag_key))
               and not exists (
                   select 1 from test_conversations
                   where test_conversations.client_id = :client_id
                     and test_conversations.conversation_id = conversations.id)
               and (:words = ''
                    or exists (
                        select 1 from messages
                        where messages.client_id = :client_id
                          and messages.conversation_id = conversations.id
                          and contains_words(messages.text, :words))
                    or exists (
                        select 1 from conversation_visitors
                        join identified_visitors
                          on identified_visitors.client_id = conversation_visitors.client_id
                         and identified_visitors.id = conversation_visitors.visitor_id
                        where conversation_visitors.client_id = :client_id
                          and conversation_visitors.conversation_id = conversations.id
                          and (contains_words(identified_visitors.name, :words)
                               or contains_words(identified_visitors.email, :words))))
             order by created_at desc, id desc
             limit :limit"
        ),
        params! {
            ":client_id" => scope.client_id(),
            ":since" => filter.since,
            ":until" => filter.until,
            ":words" => filter.words.trim().to_lowercase(),
            ":archived" => match filter.archived {
                Archived::Exclude => Some(false),
                Archived::Only => Some(true),
                Archived::Include => None,
            },
            ":bookmarked" => filter.bookmarked,
            ":channel" => filter.channel,
            ":tag_key" => filter.tag.as_ref().map(Tag::key),
        },
        page,
        conversation_from_row,
    )
}

pub(super) fn delete(tx: &WriteTx<'_>, scope: &ClientScope, id: &ConversationId) -> Result<usize, DbError> {
    tx.execute(
        "delete from conversations where client_id = :client_id and id = :id",
        params! { ":client_id" => scope.client_id(), ":id" => id },
    )
}

fn conversation_from_row(row: &Row<'_>) -> Result<Conversation, DbError> {
    Ok(Conversation {
        id: row.get("id")?,
        session_id: row.get("session_id")?,
        channel: row.get("channel")?,
        message_count: row.get("message_count")?,
        created_at: row.get("created_at")?,
        last_message_at: row.get("last_message_at")?,
        bookmarked_at: row.get("bookmarked_at")?,
        archived_at: row.get("archived_at")?,
        version: row.get("version")?,
    })
}

/// Writes the message and counts it on its conversation, which a visitor takes out of the archive.
pub(super) fn insert_message(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    message: &Message,
) -> Result<(), DbError> {
    tx.execute(
        "insert into messages (id, client_id, conversation_id, role, text, created_at)
         values (:id, :client_id, :conversation_id, :role, :text, :now)",
        params! {
            ":id" => message.id,
            ":client_id" => scope.client_id(),
            ":conversation_id" => message.conversation_id,
            ":role" => message.role,
            ":text" => message.text,
            ":now" => tx.now(),
        },
    )?;
    tx.execute(
        "update conversations
         set message_count = message_count + 1, last_message_at = :now,
             archived_at = case when :role = 'visitor' then null else archived_at end,
             updated_at = :now, version = version + 1
         where client_id = :client_id and id = :id",
        params! {
            ":client_id" => scope.client_id(),
            ":id" => message.conversation_id,
            ":role" => message.role,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

pub(super) fn find_message(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    id: &MessageId,
) -> Result<Option<Message>, DbError> {
    tx.find(
        "select id, conversation_id, role, text, created_at from messages
         where client_id = :client_id and id = :id",
        params! { ":client_id" => scope.client_id(), ":id" => id },
        message_from_row,
    )
}

/// The beginning of what the visitor said first.
pub(super) fn find_opening(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    conversation: &ConversationId,
) -> Result<Option<String>, DbError> {
    tx.find(
        "select substr(text, 1, :chars) as opening
         from messages
         where client_id = :client_id and conversation_id = :conversation_id and role = 'visitor'
         order by created_at, id
         limit 1",
        params! {
            ":client_id" => scope.client_id(),
            ":conversation_id" => conversation,
            ":chars" => OPENING_CHARS_MAX,
        },
        |row| row.get("opening"),
    )
}

pub(super) fn list_messages(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    conversation: &ConversationId,
    page: &PageRequest,
) -> Result<Vec<Message>, DbError> {
    tx.list_page(
        "select id, conversation_id, role, text, created_at
         from messages
         where client_id = :client_id and conversation_id = :conversation_id
           and (created_at, id) < (:before_at, :before_id)
         order by created_at desc, id desc
         limit :limit",
        params! {
            ":client_id" => scope.client_id(),
            ":conversation_id" => conversation,
        },
        page,
        message_from_row,
    )
}

fn message_from_row(row: &Row<'_>) -> Result<Message, DbError> {
    Ok(Message {
        id: row.get("id")?,
        conversation_id: row.get("conversation_id")?,
        role: row.get("role")?,
        text: row.get("text")?,
        created_at: row.get("created_at")?,
    })
}

pub(super) fn list_last(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    conversation: &ConversationId,
    limit: u32,
) -> Result<Vec<Message>, DbError> {
    tx.list(
        "select id, conversation_id, role, text, created_at
         from messages
         where client_id = :client_id and conversation_id = :conversation_id
         order by created_at desc, id desc
         limit :limit",
        params! { ":client_id" => scope.client_id(), ":conversation_id" => conversation, ":limit" => limit },
        message_from_row,
    )
}

pub(super) fn count_since(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    since: Timestamp,
) -> Result<MessageCounts, DbError> {
    tx.get(
        "select count(distinct conversation_id) as conversations,
                count(*) filter (where role = 'visitor') as visitor_messages,
                count(*) filter (where role = 'assistant') as assistant_messages
         from messages
         where client_id = :client_id and created_at >= :since
           and not exists (
               select 1 from test_conversations
               where test_conversations.client_id = :client_id
                 and test_conversations.conversation_id = messages.conversation_id)",
        params! { ":client_id" => scope.client_id(), ":since" => since },
        |row| {
            Ok(MessageCounts {
                conversations: row.get("conversations")?,
                visitor_messages: row.get("visitor_messages")?,
                assistant_messages: row.get("assistant_messages")?,
            })
        },
    )
}

/// The chunk, or when the version was cut anew the one that holds this span of it now: its text, and where that begins
/// in the version.
pub(super) fn find_chunk_text(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    version: &VersionId,
    chunk: &ChunkId,
    span: &Range<usize>,
) -> Result<Option<(ChunkId, String, usize)>, DbError> {
    let from_row = |row: &Row<'_>| Ok((row.get("id")?, row.get("text")?, row.get("span_start")?));
    let as_cited = tx.find(
        "select id, text, span_start from chunks
         where client_id = :client_id and id = :chunk_id and version_id = :version_id",
        params! { ":client_id" => scope.client_id(), ":chunk_id" => chunk, ":version_id" => version },
        from_row,
    )?;
    if as_cited.is_some() {
        return Ok(as_cited);
    }
    tx.find(
        "select id, text, span_start from chunks
         where client_id = :client_id and version_id = :version_id
           and span_start <= :start and :end <= span_end
         order by ordinal
         limit 1",
        params! {
            ":client_id" => scope.client_id(),
            ":version_id" => version,
            ":start" => span.start,
            ":end" => span.end,
        },
        from_row,
    )
}

/// The answer of an FAQ that is in use.
pub(super) fn find_faq_answer(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    faq: &FaqId,
) -> Result<Option<String>, DbError> {
    tx.find(
        "select answer from faqs where client_id = :client_id and id = :id and enabled = 1",
        params! { ":client_id" => scope.client_id(), ":id" => faq },
        |row| row.get("answer"),
    )
}

pub(super) fn insert_citation(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    id: &CitationId,
    message: &MessageId,
    ordinal: u32,
    source: &QuoteSource,
) -> Result<(), DbError> {
    let (version_id, chunk_id, faq_id, span): (_, _, _, &Range<usize>) = match source {
        QuoteSource::Chunk { version_id, chunk_id, span } => (Some(version_id), Some(chunk_id), None, span),
        QuoteSource::Faq { faq_id, span } => (None, None, Some(faq_id), span),
    };
    tx.execute(
        "insert into citations (id, client_id, message_id, ordinal, version_id, chunk_id, faq_id, quote_start,
                                quote_end, created_at, updated_at, version)
         values (:id, :client_id, :message_id, :ordinal, :version_id, :chunk_id, :faq_id, :quote_start,
                 :quote_end, :now, :now, 1)",
        params! {
            ":id" => id,
            ":client_id" => scope.client_id(),
            ":message_id" => message,
            ":ordinal" => ordinal,
            ":version_id" => version_id.cloned(),
            ":chunk_id" => chunk_id.cloned(),
            ":faq_id" => faq_id.cloned(),
            ":quote_start" => span.start,
            ":quote_end" => span.end,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

/// Documents' and FAQs' citations in one shape. `source_start` is where `source_text` begins in the text that
/// the quote's span counts in. A quote that no single chunk holds any more stands alone, as the version's text has it.
const CITATION_SELECT: &str = "
    select citations.id, citations.faq_id, citations.quote_start, citations.quote_end, citations.ordinal,
           documents.id as document_id, coalesce(documents.title, faqs.question) as title,
           coalesce(chunks.text, faqs.answer,
                    cast(substr(cast(document_versions.text as blob), citations.quote_start + 1,
                                citations.quote_end - citations.quote_start) as text)) as source_text,
           coalesce(chunks.span_start, case when citations.faq_id is null then citations.quote_start else 0 end)
               as source_start,
           coalesce(chunks.heading_path, '[]') as heading_path, chunks.page
    from citations
    left join chunks on chunks.client_id = citations.client_id and chunks.id = citations.chunk_id
    left join document_versions on document_versions.client_id = citations.client_id
                               and document_versions.id = citations.version_id
    left join documents on documents.client_id = citations.client_id and documents.id = document_versions.document_id
    left join faqs on faqs.client_id = citations.client_id and faqs.id = citations.faq_id";

pub(super) fn list_citations(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    message: &MessageId,
) -> Result<Vec<CitationRow>, DbError> {
    tx.list(
        &format!(
            "{CITATION_SELECT}
             where citations.client_id = :client_id and citations.message_id = :message_id
             order by citations.ordinal
             limit :limit"
        ),
        params! {
            ":client_id" => scope.client_id(),
            ":message_id" => message,
            ":limit" => CITATIONS_PER_MESSAGE_MAX,
        },
        citation_from_row,
    )
}

/// By the id alone, which is the capability: see [`super::citations::open`].
pub(super) fn find_citation(tx: &ReadTx<'_>, id: &CitationId) -> Result<Option<CitationRow>, DbError> {
    tx.find(
        &format!(
            "{CITATION_SELECT}
             join clients on clients.id = citations.client_id
             where citations.id = :id and clients.status = 'active'"
        ),
        params! { ":id" => id },
        citation_from_row,
    )
}

fn citation_from_row(row: &Row<'_>) -> Result<CitationRow, DbError> {
    Ok(CitationRow {
        id: row.get("id")?,
        document_id: row.get("document_id")?,
        faq_id: row.get("faq_id")?,
        title: row.get("title")?,
        heading_path: row.get_json("heading_path")?,
        page: row.get("page")?,
        source_text: row.get("source_text")?,
        quote: row.get("quote_start")?..row.get("quote_end")?,
        ordinal: row.get("ordinal")?,
        source_start: row.get("source_start")?,
    })
}
