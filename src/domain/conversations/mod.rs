//! Conversations: threads of messages between visitors and the assistant, with the citations under answers.
//!
//! One browser session has one conversation; reloads and further tabs go on in it. A visitor whom the client's
//! website has named goes on in the newest of their threads, in whichever browser ([`visitors`]). Citations point
//! into the immutable version they were taken from, so that what is shown is what was said. The client's people keep
//! them in order ([`marks`]) and show one to others ([`shares`]).

pub mod citations;
pub mod marks;
pub mod shares;
mod store;
pub mod visitors;
pub mod visits;

use crate::ground::ids::{ConversationId, Id as _, MessageId, SessionId};
use crate::ground::limits::{SHARES_PER_CONVERSATION_MAX, TAGS_PER_CLIENT_MAX, TAGS_PER_CONVERSATION_MAX};
use crate::ground::scope::ClientScope;
use crate::ground::time::Timestamp;
use crate::store::audit::{self, Deed};
use crate::store::{DbError, Page, PageRequest, ReadTx, WriteTx};
use crate::text_enum;
use citations::Citation;

text_enum! {
    /// Who spoke.
    pub enum Role {
        Visitor = "visitor",
        Assistant = "assistant",
    }
}

text_enum! {
    /// Where a conversation takes place.
    pub enum Channel {
        Widget = "widget",
    }
}

/// A thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    pub id: ConversationId,
    pub session_id: SessionId,
    pub channel: Channel,
    pub message_count: u32,
    pub created_at: Timestamp,
    pub last_message_at: Timestamp,
    pub bookmarked_at: Option<Timestamp>,
    pub archived_at: Option<Timestamp>,
    /// Counts the changes, messages among them.
    pub version: u32,
}

/// One utterance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub id: MessageId,
    pub conversation_id: ConversationId,
    pub role: Role,
    pub text: String,
    pub created_at: Timestamp,
}

/// What is known of a thread beside what was said in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConversationDetails {
    /// The beginning of what the visitor said first; None before anything was said.
    pub opening: Option<String>,
    pub visit: Option<visits::Visit>,
    pub visitor: Option<visitors::Visitor>,
    /// Sorted without regard to case.
    pub tags: Vec<String>,
}

/// How much was said in a span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MessageCounts {
    pub conversations: u32,
    pub visitor_messages: u32,
    pub assistant_messages: u32,
}

/// How alive a client's conversations with visitors are. Tests are not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Activity {
    /// With a message since the moment asked for.
    pub conversations: u32,
    pub last_message_at: Option<Timestamp>,
}

/// How many conversations had a message since then, and when the last one came.
pub fn activity_since(tx: &ReadTx<'_>, scope: &ClientScope, since: Timestamp) -> Result<Activity, DbError> {
    store::activity::activity_since(tx, scope, since)
}

/// Begins a conversation in which the assistant is tried out.
pub fn open_test(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    session: &SessionId,
) -> Result<Conversation, ConversationError> {
    let conversation = open_for_session(tx, scope, session)?;
    store::activity::insert(tx, scope, &conversation.id)?;
    Ok(conversation)
}

/// The session of a test; None for a visitor's conversation.
pub fn find_test_session(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    id: &ConversationId,
) -> Result<Option<SessionId>, DbError> {
    store::activity::find_session(tx, scope, id)
}

/// Conversations with a message after this moment, oldest message first, a bounded number.
pub fn list_changed(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    after: Timestamp,
) -> Result<Vec<(ConversationId, Timestamp)>, DbError> {
    store::activity::list_changed(tx, scope, after)
}

text_enum! {
    /// Which conversations to list, by whether they are in the archive.
    #[derive(Default)]
    pub enum Archived {
        /// Only those that are not.
        #[default]
        Exclude = "exclude",
        /// Only those that are.
        Only = "only",
        Include = "include",
    }
}

/// Which conversations to list. The default is all that are not in the archive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConversationFilter {
    /// Words that stand in a message, or in the visitor's name or address, in whichever case.
    pub words: String,
    /// Begun at this moment or later.
    pub since: Option<Timestamp>,
    /// Begun before this moment.
    pub until: Option<Timestamp>,
    pub archived: Archived,
    /// Only those that are bookmarked, or only those that are not.
    pub bookmarked: Option<bool>,
    /// Only those with exactly this tag, in whichever case.
    pub tag: Option<marks::Tag>,
    pub channel: Option<Channel>,
}

#[derive(Debug, thiserror::Error)]
pub enum ConversationError {
    #[error("There is no conversation with this id. It may have been deleted.")]
    NotFound,
    #[error(
        "This passage is not there any more. Its source was changed or deleted; ask again for the present text."
    )]
    CitationNotFound,
    #[error("This was changed by somebody else in the meantime. Load it again and repeat the change.")]
    StaleVersion { current: u32 },
    #[error("A conversation has at most {TAGS_PER_CONVERSATION_MAX} tags. Remove one first.")]
    TooManyTags,
    #[error(
        "There are {TAGS_PER_CLIENT_MAX} different tags already. Use one of them, or remove one everywhere."
    )]
    TooManyTagsOfClient,
    #[error("This conversation has {SHARES_PER_CONVERSATION_MAX} open links already. Revoke one first.")]
    TooManyShares,
    #[error("There is no open link with this id. It may have expired or been revoked.")]
    ShareNotFound,
    #[error("a source was changed while it was being quoted")]
    SourceChanged,
    #[error(transparent)]
    Db(#[from] DbError),
}

/// The conversation in which this session goes on: the newest of its visitor's, or the one it began.
pub fn find_for_session(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    session: &SessionId,
) -> Result<Option<Conversation>, DbError> {
    match store::visitors::find_of_session(tx, scope, session)? {
        Some(visitor) => store::visitors::find_newest(tx, scope, &visitor),
        None => {
            let Some(own) = store::find_by_session(tx, scope, session)? else { return Ok(None) };
            Ok(visitors::may_see(tx, scope, session, &own)?.then_some(own))
        }
    }
}

/// The conversation of this session, begun now if it is the first message.
pub fn open_for_session(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    session: &SessionId,
) -> Result<Conversation, ConversationError> {
    if let Some(conversation) = find_for_session(tx, scope, session)? {
        return Ok(conversation);
    }
    let conversation = Conversation {
        id: tx.new_id(),
        session_id: session.clone(),
        channel: Channel::Widget,
        message_count: 0,
        created_at: tx.now(),
        last_message_at: tx.now(),
        bookmarked_at: None,
        archived_at: None,
        version: 1,
    };
    store::insert(tx, scope, &conversation)?;
    if let Some(visitor) = store::visitors::find_of_session(tx, scope, session)? {
        store::visitors::join_conversation(tx, scope, &conversation.id, &visitor)?;
    }
    Ok(conversation)
}

/// Adds an utterance at the end.
pub fn append(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    conversation: &ConversationId,
    role: Role,
    text: &str,
) -> Result<Message, ConversationError> {
    append_as(tx, scope, conversation, tx.new_id(), role, text)
}

/// As [`append`], under an id that was minted before.
pub fn append_as(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    conversation: &ConversationId,
    id: MessageId,
    role: Role,
    text: &str,
) -> Result<Message, ConversationError> {
    let message = Message {
        id,
        conversation_id: conversation.clone(),
        role,
        text: text.to_owned(),
        created_at: tx.now(),
    };
    store::insert_message(tx, scope, &message)?;
    Ok(message)
}

pub fn get(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    id: &ConversationId,
) -> Result<Conversation, ConversationError> {
    store::find(tx, scope, id)?.ok_or(ConversationError::NotFound)
}

pub fn find_message(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    id: &MessageId,
) -> Result<Option<Message>, DbError> {
    store::find_message(tx, scope, id)
}

/// The client's conversations with visitors, newest first. Tests of the assistant are not among them.
pub fn list(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    filter: &ConversationFilter,
    page: &PageRequest,
) -> Result<Page<Conversation>, ConversationError> {
    let conversations = store::list(tx, scope, filter, page)?;
    Ok(page.page(conversations, |conversation| (conversation.created_at, conversation.id.to_string()))?)
}

/// A conversation with a visitor; None for a test of the assistant.
pub fn find_with_visitor(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    id: &ConversationId,
) -> Result<Option<Conversation>, DbError> {
    if find_test_session(tx, scope, id)?.is_some() {
        return Ok(None);
    }
    store::find(tx, scope, id)
}

/// As [`find_with_visitor`], of a conversation that the caller named.
pub fn get_with_visitor(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    id: &ConversationId,
) -> Result<Conversation, ConversationError> {
    find_with_visitor(tx, scope, id)?.ok_or(ConversationError::NotFound)
}

/// Notes that conversations leave as a file: of the named ones there must be one at least.
pub fn note_export(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    named: Option<&[ConversationId]>,
) -> Result<(), ConversationError> {
    if let Some(named) = named {
        let mut found = named.iter().map(|id| find_with_visitor(tx, scope, id));
        if !found.try_fold(false, |any, it| Ok::<_, DbError>(any || it?.is_some()))? {
            return Err(ConversationError::NotFound);
        }
    }
    let deed = Deed {
        action: "conversations.exported",
        client_id: Some(scope.client_id()),
        // One that is named alone is told; of many, that there were many.
        subject_id: match named {
            Some([id]) => id.as_str(),
            _ => scope.client_id().as_str(),
        },
        fields: &[],
        values_after: None,
    };
    Ok(audit::record(tx, &deed)?)
}

/// Deletes the thread with its messages, their citations and explanations. A visitor who goes on begins a new one.
pub fn delete(tx: &WriteTx<'_>, scope: &ClientScope, id: &ConversationId) -> Result<(), ConversationError> {
    get(tx, scope, id)?;
    store::delete(tx, scope, id)?;
    let deed = Deed {
        action: "conversation.deleted",
        client_id: Some(scope.client_id()),
        subject_id: id.as_str(),
        fields: &[],
        values_after: None,
    };
    Ok(audit::record(tx, &deed)?)
}

/// How the thread began, and whose it is.
pub fn details_of(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    id: &ConversationId,
) -> Result<ConversationDetails, DbError> {
    Ok(ConversationDetails {
        opening: store::find_opening(tx, scope, id)?,
        visit: store::visits::find(tx, scope, id)?,
        visitor: store::visitors::find_named(tx, scope, id)?,
        tags: store::marks::list_of(tx, scope, id)?,
    })
}

/// The thread's messages, newest first, each with its citations.
pub fn list_messages(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    id: &ConversationId,
    page: &PageRequest,
) -> Result<Page<(Message, Vec<Citation>)>, ConversationError> {
    get(tx, scope, id)?;
    let messages = store::list_messages(tx, scope, id, page)?
        .into_iter()
        .map(|message| {
            let citations = citations::list_of_message(tx, scope, &message.id)?;
            Ok((message, citations))
        })
        .collect::<Result<Vec<_>, DbError>>()?;
    let weight = |(message, citations): &(Message, Vec<Citation>)| {
        let quotes: usize =
            citations.iter().map(|citation| citation.quote.len() + citation.title.len()).sum();
        message.text.len() + quotes
    };
    Ok(page.page_within(messages, |(message, _)| (message.created_at, message.id.to_string()), weight)?)
}

/// What was said after this message, oldest first and at most `limit`, each with its citations; from the beginning
/// without one.
pub fn list_after(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    id: &ConversationId,
    after: Option<&(Timestamp, MessageId)>,
    limit: usize,
) -> Result<Vec<(Message, Vec<Citation>)>, DbError> {
    let messages = store::transcript::list_after(tx, scope, id, after, limit)?;
    let cited = |message: Message| {
        let citations = citations::list_of_message(tx, scope, &message.id)?;
        Ok((message, citations))
    };
    messages.into_iter().map(cited).collect()
}

/// The last messages of the thread, newest first, at most `limit`.
pub fn list_last(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    id: &ConversationId,
    limit: u32,
) -> Result<Vec<Message>, DbError> {
    store::list_last(tx, scope, id, limit)
}

/// How much was said with visitors since this moment. Tests are not counted.
pub fn count_since(tx: &ReadTx<'_>, scope: &ClientScope, since: Timestamp) -> Result<MessageCounts, DbError> {
    store::count_since(tx, scope, since)
}
