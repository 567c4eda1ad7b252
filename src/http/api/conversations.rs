//! Conversations with visitors.

use super::views::{ListView, PageQuery};
use crate::domain::chat::explanation::{self, Explanation};
use crate::domain::chat::{AnsweredBy, Ending, turn};
use crate::domain::conversations::citations::Citation;
use crate::domain::conversations::marks::Tag;
use crate::domain::conversations::visits::Device;
use crate::domain::conversations::{
    self, Archived, Channel, Conversation, ConversationDetails, ConversationError, ConversationFilter,
    Message, Role,
};
use crate::ground::bounded_text::BoundedText;
use crate::ground::ids::{ConversationId, MessageId};
use crate::ground::limits::LIST_QUERY_CHARS_MAX;
use crate::ground::scope::ClientScope;
use crate::ground::time::Timestamp;
use crate::http::address::Site;
use crate::http::public::citation_view::CitationView;
use crate::http::{
    Call, Code, Json, Key, KeyScope, Limit, NoContent, NoPath, Problem, Reply as _, Route, Versioned, delete,
    get, operation,
};
use crate::store::{DbError, PageRequest, ReadTx, WriteTx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const TAG: &str = "Conversations";

pub(super) fn routes() -> Vec<Route> {
    let read = Key(KeyScope::ConversationsRead);
    vec![
        get(
            "/api/conversations",
            operation("listConversations", TAG, "List the conversations with visitors, newest first."),
            read,
            Limit::Key,
            list,
        ),
        get(
            "/api/conversations/{id}",
            operation("getConversation", TAG, "Read a conversation."),
            read,
            Limit::Key,
            read_one,
        )
        .may_answer(&[Code::NotFound]),
        delete(
            "/api/conversations/{id}",
            operation("deleteConversation", TAG, "Delete a conversation with all that was said in it."),
            Key(KeyScope::ConversationsWrite),
            Limit::KeyWrite,
            remove,
        )
        .may_answer(&[Code::NotFound]),
        get(
            "/api/conversations/{id}/messages",
            operation("listMessages", TAG, "List a conversation's messages, newest first."),
            read,
            Limit::Key,
            list_messages,
        )
        .may_answer(&[Code::NotFound]),
        get(
            "/api/conversations/{id}/messages/{message_id}/explanation",
            operation("explainAnswer", TAG, "Read why an answer is as it is."),
            read,
            Limit::Key,
            explain,
        )
        // It shows the prompt and what was found in the client's documents.
        .needs_too(KeyScope::KnowledgeRead)
        .may_answer(&[Code::NotFound]),
    ]
}

/// A thread.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ConversationView {
    pub id: ConversationId,
    pub channel: Channel,
    /// The beginning of what the visitor said first, at most 160 characters; null before anything was said.
    opening: Option<String>,
    message_count: u32,
    pub created_at: Timestamp,
    last_message_at: Timestamp,
    /// How it began; null where such details are not kept.
    pub visit: Option<VisitView>,
    /// Who the visitor is; null as long as the client's website has named nobody.
    pub visitor: Option<VisitorView>,
    /// When it was bookmarked, by whomever; null while it is not.
    pub bookmarked_at: Option<Timestamp>,
    /// When it was put into the archive; null while it is not there. A visitor who writes again takes it out.
    pub archived_at: Option<Timestamp>,
    /// Sorted without regard to case.
    pub tags: Vec<String>,
    /// Counts the changes, messages among them; the entity tag for `If-Match`.
    version: u32,
}

/// How a visitor came to the widget.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct VisitView {
    /// Without its query.
    pub page_url: Option<String>,
    /// Without its query.
    pub referrer: Option<String>,
    language: Option<String>,
    device: Option<Device>,
}

/// A visitor whom the client's website has named.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct VisitorView {
    pub user_id: String,
    pub name: Option<String>,
    pub email: Option<String>,
}

impl ConversationView {
    fn new(conversation: Conversation, details: ConversationDetails) -> Self {
        Self {
            id: conversation.id,
            channel: conversation.channel,
            opening: details.opening,
            message_count: conversation.message_count,
            created_at: conversation.created_at,
            last_message_at: conversation.last_message_at,
            visit: details.visit.map(|visit| VisitView {
                page_url: visit.page_url,
                referrer: visit.referrer,
                language: visit.language,
                device: visit.device,
            }),
            visitor: details.visitor.map(|visitor| VisitorView {
                user_id: visitor.user_id,
                name: visitor.name,
                email: visitor.email,
            }),
            bookmarked_at: conversation.bookmarked_at,
            archived_at: conversation.archived_at,
            tags: details.tags,
            version: conversation.version,
        }
    }
}

/// One utterance.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MessageView {
    pub id: MessageId,
    pub role: Role,
    pub text: String,
    pub citations: Vec<CitationView>,
    /// What an answer was made from; null for a visitor's message.
    pub answered_by: Option<AnsweredBy>,
    /// Whether an answer is all of it; null for a visitor's message.
    pub ending: Option<Ending>,
    pub created_at: Timestamp,
}

impl MessageView {
    pub fn new(
        message: Message,
        citations: Vec<Citation>,
        answered: Option<(AnsweredBy, Ending)>,
        site: &Site,
    ) -> Self {
        Self {
            id: message.id,
            role: message.role,
            text: message.text,
            citations: citations.into_iter().map(|citation| CitationView::new(citation, site)).collect(),
            answered_by: answered.map(|(answered_by, _)| answered_by),
            ending: answered.map(|(_, ending)| ending),
            created_at: message.created_at,
        }
    }
}

/// Which conversations to list.
#[derive(Debug, Deserialize, JsonSchema)]
struct ConversationsQuery {
    /// Items on a page: 50 by default; more than 100 is taken as 100.
    limit: Option<u32>,
    /// `next_cursor` of the page before. Leave it away for the first page.
    cursor: Option<String>,
    /// Words that stand in a message, or in the visitor's name or address, in whichever case.
    q: Option<BoundedText<0, LIST_QUERY_CHARS_MAX>>,
    /// Begun at this moment or later.
    since: Option<Timestamp>,
    /// Begun before this moment.
    until: Option<Timestamp>,
    /// Whether those in the archive are among them: `exclude` by default.
    archived: Option<Archived>,
    /// Only those that are bookmarked, or only those that are not.
    bookmarked: Option<bool>,
    /// Only those with exactly this tag, in whichever case.
    tag: Option<Tag>,
    channel: Option<Channel>,
}

async fn list(
    call: Call<ClientScope, NoPath, ConversationsQuery>,
) -> Result<Json<ListView<ConversationView>>, Problem> {
    let Call { state, caller: scope, query, .. } = call;
    let page = PageRequest::new(query.limit, query.cursor.as_deref())
        .map_err(|error| Problem::field("/cursor", error.to_string()))?;
    let filter = ConversationFilter {
        words: query.q.map(BoundedText::into_string).unwrap_or_default(),
        since: query.since,
        until: query.until,
        archived: query.archived.unwrap_or_default(),
        bookmarked: query.bookmarked,
        tag: query.tag,
        channel: query.channel,
    };
    let found = state.env.db.read(move |tx| -> Result<_, ConversationError> {
        let page = conversations::list(tx, &scope, &filter, &page)?;
        let with_details = page.items.into_iter().map(|conversation| view(tx, &scope, conversation));
        let items = with_details.collect::<Result<Vec<_>, DbError>>()?;
        Ok(ListView { items, next_cursor: page.next_cursor })
    });
    Ok(Json(found.await?))
}

pub(super) fn view(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    conversation: Conversation,
) -> Result<ConversationView, DbError> {
    let details = conversations::details_of(tx, scope, &conversation.id)?;
    Ok(ConversationView::new(conversation, details))
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct ConversationPath {
    pub id: ConversationId,
}

async fn read_one(
    call: Call<ClientScope, ConversationPath>,
) -> Result<Versioned<Json<ConversationView>>, Problem> {
    let (scope, id) = (call.caller, call.path.id);
    let found = call.state.env.db.read(move |tx| -> Result<_, ConversationError> {
        let conversation = conversations::get(tx, &scope, &id)?;
        Ok((conversation.version, view(tx, &scope, conversation)?))
    });
    let (version, view) = found.await?;
    Ok(Json(view).versioned(version.into()))
}

async fn remove(call: Call<ClientScope, ConversationPath>) -> Result<NoContent, Problem> {
    let (scope, id) = (call.caller.clone(), call.path.id);
    let work = move |tx: &WriteTx<'_>| conversations::delete(tx, &scope, &id);
    call.state.env.db.write(call.caller.actor().clone(), work).await?;
    Ok(NoContent)
}

async fn list_messages(
    call: Call<ClientScope, ConversationPath, PageQuery>,
) -> Result<Json<ListView<MessageView>>, Problem> {
    let (scope, id, page) = (call.caller, call.path.id, call.query.request()?);
    let site = call.meta.site;
    let found = call.state.env.db.read(move |tx| -> Result<_, ConversationError> {
        let page = conversations::list_messages(tx, &scope, &id, &page)?;
        let items = message_views(tx, &scope, page.items, &site)?;
        Ok(ListView { items, next_cursor: page.next_cursor })
    });
    Ok(Json(found.await?))
}

pub(super) fn message_views(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    messages: Vec<(Message, Vec<Citation>)>,
    site: &Site,
) -> Result<Vec<MessageView>, DbError> {
    let views = messages.into_iter().map(|(message, citations)| {
        let answered = turn::find_ending(tx, scope, &message.id)?;
        Ok(MessageView::new(message, citations, answered, site))
    });
    views.collect()
}

#[derive(Debug, Deserialize, JsonSchema)]
struct AnswerPath {
    id: ConversationId,
    message_id: MessageId,
}

async fn explain(call: Call<ClientScope, AnswerPath>) -> Result<Json<Explanation>, Problem> {
    let (scope, path) = (call.caller, call.path);
    let found = call.state.env.db.read(move |tx| explanation::get(tx, &scope, &path.id, &path.message_id));
    Ok(Json(found.await?))
}
