//! A visitor's own thread: what was said, and who the visitor is.

use super::guard;
use crate::domain::access::visitor_session::{self, VisitorSession};
use crate::domain::chat::turn;
use crate::domain::conversations::visitors::{self, Identity, UserId, VisitorName};
use crate::domain::conversations::{self, ConversationError};
use crate::ground::bounded_text::BoundedText;
use crate::ground::email_address::EmailAddress;
use crate::ground::ids::{ClientId, ConversationId, MessageId};
use crate::ground::limits::{EMAIL_CHARS_MAX, IDENTITY_PROOF_CHARS_MAX, SESSION_TOKEN_CHARS_MAX};
use crate::http::api::conversations::MessageView;
use crate::http::api::views::PageQuery;
use crate::http::{
    Anyone, Call, Code, Json, Limit, NoPath, NoQuery, Problem, Public, Route, get, operation, post,
};
use crate::store::DbError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(super) fn routes() -> Vec<Route> {
    let problems = [Code::NotFound, Code::OriginRefused, Code::SessionInvalid, Code::ClientInactive];
    vec![
        get(
            "/api/chat/history",
            operation("getHistory", "Widget", "Read the visitor's own conversation, newest message first."),
            Public("the session opens the visitor's own conversation only; origin and limits guard it"),
            Limit::PublicRead,
            history,
        )
        .cross_origin()
        .may_answer(&problems),
        post(
            "/api/chat/identify",
            operation("identify", "Widget", "Say who the visitor is, as the client's website proves."),
            Public("a hash under the client's secret proves the name; origin and limits guard it"),
            Limit::PublicRead,
            identify,
        )
        .cross_origin()
        .may_answer(&problems)
        .may_answer(&[Code::IdentityRefused]),
    ]
}

#[derive(Debug, Deserialize, JsonSchema)]
struct HistoryQuery {
    client_id: ClientId,
    /// The visitor's session, where the header `X-Session` cannot be sent.
    session: Option<String>,
    /// Messages on a page: 50 by default; more than 100 is taken as 100.
    limit: Option<u32>,
    /// `next_cursor` of the page before. Leave it away for the newest messages.
    cursor: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct HistoryView {
    /// Null when nothing was said yet.
    conversation_id: Option<ConversationId>,
    items: Vec<MessageView>,
    /// Asks for older messages; null on the last page.
    next_cursor: Option<String>,
    /// The answer that is being made now; follow its events.
    open_message_id: Option<MessageId>,
}

async fn history(call: Call<Anyone, NoPath, HistoryQuery>) -> Result<Json<HistoryView>, Problem> {
    let Call { state, query, meta, .. } = call;
    let token = meta.session.as_deref().or(query.session.as_deref());
    let visitor = guard::admit_returning(&state, &query.client_id, token, &meta).await?;
    let page = PageQuery { limit: query.limit, cursor: query.cursor }.request()?;
    let (scope, session) = (visitor.scope, visitor.session.id);
    let found = state.env.db.read(move |tx| -> Result<_, ConversationError> {
        let Some(conversation) = conversations::find_for_session(tx, &scope, &session)? else {
            return Ok(None);
        };
        let messages = conversations::list_messages(tx, &scope, &conversation.id, &page)?;
        let views = messages.items.into_iter().map(|(message, citations)| {
            let answered = turn::find_ending(tx, &scope, &message.id)?;
            Ok(MessageView::new(message, citations, answered, &meta.site))
        });
        let items = views.collect::<Result<Vec<_>, DbError>>()?;
        let open_message_id = turn::find_open(tx, &scope, &conversation.id)?;
        let (conversation_id, next_cursor) = (Some(conversation.id), messages.next_cursor);
        Ok(Some(HistoryView { conversation_id, items, next_cursor, open_message_id }))
    });
    let empty =
        HistoryView { conversation_id: None, items: Vec::new(), next_cursor: None, open_message_id: None };
    Ok(Json(found.await?.unwrap_or(empty)))
}

/// Fields that are not known are ignored: older widgets stay cached.
#[derive(Debug, Deserialize, JsonSchema)]
struct IdentifyRequest {
    client_id: ClientId,
    /// The visitor's session, if there is one: its conversation becomes the named visitor's.
    session: Option<BoundedText<0, SESSION_TOKEN_CHARS_MAX>>,
    /// The user's id on the client's website, up to 255 characters.
    user_id: UserId,
    /// HMAC-SHA-256 of the user's id under the client's identity secret, as hexadecimal. Made by the website's
    /// server, never in a page.
    hmac: BoundedText<1, IDENTITY_PROOF_CHARS_MAX>,
    name: Option<VisitorName>,
    email: Option<BoundedText<0, EMAIL_CHARS_MAX>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct IdentifiedView {
    /// Send this one from now on.
    session: String,
    /// The conversation that goes on: the newest of this visitor's; null when there is none yet.
    conversation_id: Option<ConversationId>,
}

async fn identify(
    call: Call<Anyone, NoPath, NoQuery, Json<IdentifyRequest>>,
) -> Result<Json<IdentifiedView>, Problem> {
    let Call { state, body: Json(request), meta, .. } = call;
    let token = request.session.as_ref().map(BoundedText::as_str).or(meta.session.as_deref());
    let admitted = guard::admit(&state, &request.client_id, token, &meta).await?;
    let key = &state.env.signing_key;
    if !visitors::is_proven(key, &request.client_id, &request.user_id, request.hmac.as_str()) {
        return Err(Problem::with_detail(
            Code::IdentityRefused,
            "The hash does not fit this user id. Make it on the website's server with the client's identity secret.",
        ));
    }
    let (session, origin) = match admitted.session {
        Some(session) => (Some(session.id), session.origin),
        None => (None, admitted.origin),
    };
    let email = request.email.as_ref().map(BoundedText::as_str).filter(|text| !text.is_empty());
    let email = email.map(EmailAddress::parse).transpose();
    let email = email.map_err(|error| Problem::field("/email", error.to_string()))?;
    let identity = Identity { user_id: request.user_id, name: request.name, email };
    let scope = admitted.scope;
    let identified = state
        .env
        .db
        .write(scope.actor().clone(), move |tx| visitors::identify(tx, &scope, session.clone(), &identity))
        .await?;
    let session = VisitorSession { id: identified.session, origin };
    Ok(Json(IdentifiedView {
        session: visitor_session::mint(key, &request.client_id, &session, meta.now),
        conversation_id: identified.conversation.map(|conversation| conversation.id),
    }))
}
