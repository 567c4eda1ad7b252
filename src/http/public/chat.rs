//! A visitor's message and its answer: as one JSON object, or as a stream.

use super::citation_view::CitationView;
use super::{chat_stream, guard};
use crate::domain::access::visitor_session;
use crate::domain::chat::live::End;
use crate::domain::chat::turn::{self, ClientRequestId, Incoming, MessageText};
use crate::domain::chat::{AnsweredBy, Ending, Joined, Settled, Usage};
use crate::domain::conversations::visits::Visit;
use crate::ground::bounded_text::BoundedText;
use crate::ground::ids::{ClientId, ConversationId, MessageId};
use crate::ground::limits::{SESSION_TOKEN_CHARS_MAX, TURN_ANSWER_MS};
use crate::http::address::network_of;
use crate::http::meta::RequestMeta;
use crate::http::{
    Anyone, Call, Code, Json, JsonOrEvents, Limit, NoPath, NoQuery, Problem, Public, Route, operation, post,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(super) fn routes() -> Vec<Route> {
    vec![
        post(
            "/api/chat",
            operation("chat", "Widget", "Send a visitor's message and get the answer with its citations."),
            Public("visitors have no account; origin, session and limits guard it"),
            Limit::Chat,
            chat,
        )
        .cross_origin()
        .within_ms(TURN_ANSWER_MS)
        .may_answer(&[
            Code::NotFound,
            Code::OriginRefused,
            Code::SessionInvalid,
            Code::ClientInactive,
            Code::IdempotencyKeyReused,
            Code::QuotaReached,
        ]),
    ]
}

/// Fields that are not known are ignored: older widgets stay cached.
#[derive(Debug, Deserialize, JsonSchema)]
struct ChatRequest {
    client_id: ClientId,
    /// 1 to 4,000 characters (Unicode scalars).
    message: MessageText,
    /// The `session` of the answer before; leave it away for the first message.
    session: Option<BoundedText<0, SESSION_TOKEN_CHARS_MAX>>,
    /// Minted by the sender: the same one never makes a second turn, it gets the first one's answer. It belongs
    /// to one message: with other words it is refused.
    request_id: Option<ClientRequestId>,
    /// The page that the visitor is on. Kept without its query, where the client keeps such details.
    page_url: Option<String>,
    /// Where the visitor came from. Kept without its query, where the client keeps such details.
    referrer: Option<String>,
    /// The visitor's language, as a tag such as `de` or `pt-BR`.
    language: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ChatView {
    response: String,
    citations: Vec<CitationView>,
    conversation_id: ConversationId,
    /// The answer's id.
    message_id: MessageId,
    /// Send it with the next message, to go on in the same conversation.
    session: String,
    answered_by: AnsweredBy,
    /// Whether the answer is all of it.
    ending: Ending,
    /// What the model used up; null where none was asked.
    usage: Option<Usage>,
}

async fn chat(
    call: Call<Anyone, NoPath, NoQuery, Json<ChatRequest>>,
) -> Result<JsonOrEvents<ChatView>, Problem> {
    call.take_for_client(&call.body.0.client_id)?;
    let Call { state, body: Json(request), meta, .. } = call;
    let token = request.session.as_ref().map(BoundedText::as_str);
    let admitted = guard::admit(&state, &request.client_id, token, &meta).await?;
    let incoming = Incoming {
        visit: visit_of(&request, &meta),
        message: request.message,
        request_id: request.request_id,
        session: admitted.session,
        origin: admitted.origin,
        address: network_of(meta.address).to_string(),
    };
    // A visitor who leaves now finds the answer when they come back: what was accepted is settled.
    let Joined { live, session } = turn::begin(&state.env, &admitted.scope, incoming).await?;
    let session = visitor_session::mint(&state.env.signing_key, &request.client_id, &session, meta.now);
    if meta.accepts_events {
        return Ok(JsonOrEvents::Events(chat_stream::events(live.follow(0), session, meta.site)));
    }
    match live.wait().await {
        End::Settled(settled) => Ok(JsonOrEvents::Json(view(&settled, session, &meta))),
        End::Failed(failure) => Err(failure.into()),
    }
}

fn visit_of(request: &ChatRequest, meta: &RequestMeta) -> Visit {
    let language = request.language.as_deref().or(meta.language.as_deref());
    Visit::read(request.page_url.as_deref(), request.referrer.as_deref(), language, meta.device)
}

fn view(settled: &Settled, session: String, meta: &RequestMeta) -> ChatView {
    ChatView {
        response: settled.response.clone(),
        citations: settled.citations.iter().map(|it| CitationView::new(it.clone(), &meta.site)).collect(),
        conversation_id: settled.conversation_id.clone(),
        message_id: settled.message_id.clone(),
        session,
        answered_by: settled.answered_by,
        ending: settled.ending,
        usage: settled.usage,
    }
}
