//! Conversations with visitors.

use super::views::{ListView, PageQuery};
use crate::domain::conversations::{self, Channel, Conversation, Message, Role};
use crate::ground::ids::{ConversationId, MessageId};
use crate::ground::scope::ClientScope;
use crate::ground::time::Timestamp;
use crate::http::public::citation_view::CitationView;
use crate::http::{Call, Code, Json, Key, KeyScope, Limit, NoPath, Problem, Route, get, operation};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const TAG: &str = "Conversations";

pub(super) fn routes() -> Vec<Route> {
    let read = Key(KeyScope::ConversationsRead);
    vec![
        get(
            "/api/conversations",
            operation("listConversations", TAG, "List the conversations, newest first."),
            read,
            Limit::Key,
            list,
        ),
        get(
            "/api/conversations/{id}/messages",
            operation("listMessages", TAG, "List a conversation's messages, newest first."),
            read,
            Limit::Key,
            list_messages,
        )
        .may_answer(&[Code::NotFound]),
    ]
}

/// A thread.
#[derive(Debug, Serialize, JsonSchema)]
struct ConversationView {
    id: ConversationId,
    channel: Channel,
    message_count: u32,
    created_at: Timestamp,
    last_message_at: Timestamp,
}

impl From<Conversation> for ConversationView {
    fn from(conversation: Conversation) -> Self {
        Self {
            id: conversation.id,
            channel: conversation.channel,
            message_count: conversation.message_count,
            created_at: conversation.created_at,
            last_message_at: conversation.last_message_at,
        }
    }
}

/// One utterance.
#[derive(Debug, Serialize, JsonSchema)]
struct MessageView {
    id: MessageId,
    role: Role,
    text: String,
    citations: Vec<CitationView>,
    created_at: Timestamp,
}

async fn list(
    call: Call<ClientScope, NoPath, PageQuery>,
) -> Result<Json<ListView<ConversationView>>, Problem> {
    let (scope, page) = (call.caller, call.query.request()?);
    let found = call.state.env.db.read(move |tx| conversations::list(tx, &scope, &page)).await?;
    Ok(Json(ListView::of(found, ConversationView::from)))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct ConversationPath {
    id: ConversationId,
}

async fn list_messages(
    call: Call<ClientScope, ConversationPath, PageQuery>,
) -> Result<Json<ListView<MessageView>>, Problem> {
    let (scope, id, page) = (call.caller, call.path.id, call.query.request()?);
    let site = call.meta.site;
    let found =
        call.state.env.db.read(move |tx| conversations::list_messages(tx, &scope, &id, &page)).await?;
    Ok(Json(ListView::of(found, |(message, citations): (Message, Vec<_>)| MessageView {
        id: message.id,
        role: message.role,
        text: message.text,
        citations: citations.into_iter().map(|citation| CitationView::new(citation, &site)).collect(),
        created_at: message.created_at,
    })))
}
