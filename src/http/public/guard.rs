//! The rule of the widget's routes, shared by all of them: which website asks, for which client, in which session.

use super::origin::{self, JudgedOrigin};
use crate::domain::access::visitor_session::{self, VisitorSession};
use crate::domain::chat::turn;
use crate::domain::clients::settings::ClientSettings;
use crate::ground::ids::{ClientId, MessageId};
use crate::ground::scope::ClientScope;
use crate::http::meta::RequestMeta;
use crate::http::{Code, HttpState, Problem};
use crate::store::DbError;
use std::sync::Arc;

/// A visitor who may ask.
pub struct Admitted {
    pub scope: ClientScope,
    /// None for a visitor who has not been here, or comes from another page of the client's.
    pub session: Option<VisitorSession>,
    /// Of the page; empty when the browser did not say.
    pub origin: String,
}

/// A visitor who comes back with a session.
pub struct Returning {
    pub scope: ClientScope,
    pub session: VisitorSession,
}

/// Admits whoever asks from one of the client's websites, with or without a session.
pub async fn admit(
    state: &HttpState,
    client_id: &ClientId,
    token: Option<&str>,
    meta: &RequestMeta,
) -> Result<Admitted, Problem> {
    let (settings, scope) = settings_of(state, client_id).await?;
    let judged = origin::judge(&settings, meta)?;
    let session = session_of(state, client_id, token, &judged, meta)?;
    let scope = match &session {
        Some(session) => ClientScope::from_public_route(scope.client_id().clone(), Some(session.id.clone())),
        None => scope,
    };
    Ok(Admitted { scope, session, origin: judged.origin })
}

/// Admits whoever shows a session of this client, begun on the page that asks.
pub async fn admit_returning(
    state: &HttpState,
    client_id: &ClientId,
    token: Option<&str>,
    meta: &RequestMeta,
) -> Result<Returning, Problem> {
    let token = token.filter(|token| !token.is_empty());
    let admitted = admit(state, client_id, token, meta).await?;
    let Some(session) = admitted.session else { return Err(session_missing()) };
    Ok(Returning { scope: admitted.scope, session })
}

/// As [`admit_returning`], for a route that names an answer and no client.
pub async fn admit_to_answer(
    state: &HttpState,
    answer: &MessageId,
    token: Option<&str>,
    meta: &RequestMeta,
) -> Result<Returning, Problem> {
    let id = answer.clone();
    let client_id: Option<ClientId> =
        state.env.db.read(move |tx| -> Result<_, DbError> { turn::find_client_of(tx, &id) }).await?;
    let client_id = client_id.ok_or_else(Problem::not_found)?;
    admit_returning(state, &client_id, token, meta).await
}

async fn settings_of(
    state: &HttpState,
    client_id: &ClientId,
) -> Result<(Arc<ClientSettings>, ClientScope), Problem> {
    let served = state.node.served_clients.get(&state.env, client_id).await?;
    Ok((served.settings, served.scope))
}

/// The visitor's session, if a genuine one came along. One that was begun on another page of the client's is
/// left behind without an error: the answer carries a new one.
fn session_of(
    state: &HttpState,
    client_id: &ClientId,
    token: Option<&str>,
    judged: &JudgedOrigin,
    meta: &RequestMeta,
) -> Result<Option<VisitorSession>, Problem> {
    let Some(token) = token.filter(|token| !token.is_empty()) else {
        return if judged.needs_session { Err(origin::refused()) } else { Ok(None) };
    };
    let verified = visitor_session::verify(&state.env.signing_key, client_id, token, meta.now);
    let session = verified.map_err(|error| Problem::with_detail(Code::SessionInvalid, error.to_string()))?;
    let is_same_page = judged.needs_session || session.origin == judged.origin;
    Ok(is_same_page.then_some(session))
}

fn session_missing() -> Problem {
    let detail = "Send the `session` of this page's last answer, as `X-Session` or as `session`.";
    Problem::with_detail(Code::SessionInvalid, detail)
}
