//! A visitor's message and its answer.

use super::citation_view::CitationView;
use super::origin::{self, JudgedOrigin};
use crate::domain::access::visitor_session::{self, VisitorSession};
use crate::domain::chat::AnsweredBy;
use crate::domain::chat::turn::{self, ClientRequestId, Incoming, MessageText, Settled};
use crate::domain::clients::settings::ClientSettings;
use crate::domain::clients::{self, ClientError};
use crate::ground::bounded_text::BoundedText;
use crate::ground::ids::{ClientId, ConversationId, MessageId};
use crate::ground::limits::SESSION_TOKEN_CHARS_MAX;
use crate::http::address::network_of;
use crate::http::meta::RequestMeta;
use crate::http::{
    Anyone, Call, Code, HttpState, Json, Limit, NoPath, NoQuery, Problem, Public, Route, operation, post,
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
        .may_answer(&[
            Code::NotFound,
            Code::OriginRefused,
            Code::SessionInvalid,
            Code::ClientInactive,
            Code::IdempotencyKeyReused,
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
}

#[derive(Debug, Serialize, JsonSchema)]
struct ChatView {
    response: String,
    citations: Vec<CitationView>,
    conversation_id: ConversationId,
    message_id: MessageId,
    /// Send it with the next message, to go on in the same conversation.
    session: String,
    answered_by: AnsweredBy,
}

async fn chat(call: Call<Anyone, NoPath, NoQuery, Json<ChatRequest>>) -> Result<Json<ChatView>, Problem> {
    call.take_for_client(&call.body.0.client_id)?;
    let Call { state, body: Json(request), meta, .. } = call;
    let settings = settings_of(&state, &request.client_id).await?;
    let judged = origin::judge(&settings, &meta)?;
    let session = session_of(&state, &request, &judged, &meta)?;
    let client_id = request.client_id.clone();
    let session_id = session.as_ref().map(|session| session.id.clone());
    let scope = state.env.db.read(move |tx| clients::public_scope(tx, &client_id, session_id)).await?;
    let incoming = Incoming {
        message: request.message,
        request_id: request.request_id,
        session,
        origin: judged.origin,
        address: network_of(meta.address).to_string(),
    };
    // A visitor who leaves now finds the answer when they come back: what was accepted is settled.
    let env = state.env.clone();
    let work = async move { turn::take(&env, &scope, incoming).await };
    let settled = state.see_through("chat_turn", work).await??;
    Ok(Json(view(settled, &state, &request.client_id, &meta)))
}

async fn settings_of(state: &HttpState, client_id: &ClientId) -> Result<ClientSettings, Problem> {
    let client_id = client_id.clone();
    let found = state.env.db.read(move |tx| -> Result<_, ClientError> {
        let scope = clients::public_scope(tx, &client_id, None)?;
        clients::get_settings(tx, &scope)
    });
    Ok(found.await?.0)
}

/// The visitor's session, if a genuine one came along. One that was begun on another page of the client's is
/// left behind without an error: the answer carries a new one.
fn session_of(
    state: &HttpState,
    request: &ChatRequest,
    judged: &JudgedOrigin,
    meta: &RequestMeta,
) -> Result<Option<VisitorSession>, Problem> {
    let Some(token) = request.session.as_ref().filter(|token| !token.as_str().is_empty()) else {
        return if judged.needs_session { Err(origin::refused()) } else { Ok(None) };
    };
    let verified =
        visitor_session::verify(&state.env.signing_key, &request.client_id, token.as_str(), meta.now);
    let session = verified.map_err(|error| Problem::with_detail(Code::SessionInvalid, error.to_string()))?;
    let is_same_page = judged.needs_session || session.origin == judged.origin;
    Ok(is_same_page.then_some(session))
}

fn view(settled: Settled, state: &HttpState, client_id: &ClientId, meta: &RequestMeta) -> ChatView {
    let session = visitor_session::mint(&state.env.signing_key, client_id, &settled.session, meta.now);
    ChatView {
        response: settled.response,
        citations: settled.citations.into_iter().map(|it| CitationView::new(it, &meta.site)).collect(),
        conversation_id: settled.conversation_id,
        message_id: settled.message_id,
        session,
        answered_by: settled.answered_by,
    }
}
