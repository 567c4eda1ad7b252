//! How conversations are kept in order: bookmarks, the archive, tags.

use super::conversations::{ConversationPath, ConversationView, view};
use super::views::ListView;
use crate::domain::clients::settings::BoundedList;
use crate::domain::conversations::marks::{self, BulkAction, Marks, Tag, TagUse};
use crate::domain::conversations::{self, ConversationError};
use crate::ground::ids::ConversationId;
use crate::ground::limits::{CONVERSATIONS_PER_BULK_MAX, TAGS_PER_CONVERSATION_MAX};
use crate::ground::scope::ClientScope;
use crate::http::{
    Call, Code, Json, Key, KeyScope, Limit, NoPath, NoQuery, Problem, Reply as _, Route, Versioned, get,
    operation, patch, post,
};
use crate::store::WriteTx;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const TAG: &str = "Conversations";

pub(super) fn routes() -> Vec<Route> {
    let write = Key(KeyScope::ConversationsWrite);
    vec![
        patch(
            "/api/conversations/{id}",
            operation("changeConversation", TAG, "Bookmark, archive or tag a conversation."),
            write,
            Limit::KeyWrite,
            change,
        )
        .takes_if_match()
        .may_answer(&[Code::NotFound, Code::QuotaReached]),
        post(
            "/api/conversations/bulk",
            operation(
                "changeConversations",
                TAG,
                "Bookmark, archive, tag or delete many conversations at once.",
            ),
            write,
            Limit::KeyWrite,
            change_many,
        )
        .may_answer(&[Code::QuotaReached]),
        get(
            "/api/conversations/tags",
            operation("listConversationTags", TAG, "List the tags in use, sorted without regard to case."),
            Key(KeyScope::ConversationsRead),
            Limit::Key,
            list_tags,
        ),
    ]
}

/// A change of how a conversation is kept; what is left out stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ConversationPatch {
    bookmarked: Option<bool>,
    /// A visitor who writes again takes the conversation out of the archive.
    archived: Option<bool>,
    /// All tags that it has afterwards. A tag has 1 to 40 characters; two that differ in case only are one.
    tags: Option<BoundedList<Tag, TAGS_PER_CONVERSATION_MAX>>,
}

async fn change(
    call: Call<ClientScope, ConversationPath, NoQuery, Json<ConversationPatch>>,
) -> Result<Versioned<Json<ConversationView>>, Problem> {
    let Call { state, caller: scope, path, body: Json(patch), meta, .. } = call;
    let wanted = Marks {
        bookmarked: patch.bookmarked,
        archived: patch.archived,
        tags: patch.tags.map(|tags| tags.as_slice().to_vec()),
    };
    let actor = scope.actor().clone();
    let done = state.env.db.write(actor, move |tx| -> Result<_, ConversationError> {
        let expected = match &meta.if_match {
            Some(if_match) => if_match.expected(conversations::get(tx, &scope, &path.id)?.version),
            None => None,
        };
        let changed = marks::change(tx, &scope, &path.id, &wanted, expected)?;
        Ok((changed.version, view(tx, &scope, changed)?))
    });
    let (version, view) = done.await?;
    Ok(Json(view).versioned(version.into()))
}

/// What is done to many conversations at once.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct BulkConversationsRequest {
    /// 1 to 100 conversations.
    #[schemars(length(min = 1))]
    ids: BoundedList<ConversationId, CONVERSATIONS_PER_BULK_MAX>,
    action: BulkAction,
    /// With `add_tag` and `remove_tag`: which.
    #[serde(default)]
    tag: Option<Tag>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct BulkConversationsView {
    /// Those that are otherwise than before, or deleted. What was so already or is not there is left out, so that the
    /// opposite action on these undoes it.
    changed: Vec<ConversationId>,
}

async fn change_many(
    call: Call<ClientScope, NoPath, NoQuery, Json<BulkConversationsRequest>>,
) -> Result<Json<BulkConversationsView>, Problem> {
    let Call { state, caller: scope, body: Json(request), .. } = call;
    let BulkConversationsRequest { ids, action, tag } = request;
    if ids.as_slice().is_empty() {
        return Err(Problem::field("/ids", "Name at least one conversation."));
    }
    if action.takes_tag() && tag.is_none() {
        return Err(Problem::field("/tag", "Name the tag."));
    }
    if !action.takes_tag() && tag.is_some() {
        return Err(Problem::field("/tag", "Only `add_tag` and `remove_tag` take a tag."));
    }
    let actor = scope.actor().clone();
    let work = move |tx: &WriteTx<'_>| marks::change_many(tx, &scope, ids.as_slice(), action, tag.as_ref());
    let changed = state.env.db.write(actor, work).await?;
    Ok(Json(BulkConversationsView { changed }))
}

/// A tag and how many conversations have it.
#[derive(Debug, Serialize, JsonSchema)]
struct TagUseView {
    tag: String,
    conversations: u32,
}

impl From<TagUse> for TagUseView {
    fn from(it: TagUse) -> Self {
        Self { tag: it.tag, conversations: it.conversations }
    }
}

async fn list_tags(call: Call<ClientScope>) -> Result<Json<ListView<TagUseView>>, Problem> {
    let scope = call.caller;
    let found = call.state.env.db.read(move |tx| marks::list_tags(tx, &scope)).await?;
    Ok(Json(ListView { items: found.into_iter().map(TagUseView::from).collect(), next_cursor: None }))
}
