//! What happens between a matched row and its handler: limit, credential, scope, typed parts, handler, answer.
//!
//! A handler is a plain async function over [`Call`]. Each part is read before it runs, and each failure is a
//! [`Problem`]; the handler sees checked values only.

use super::HttpState;
use super::access::{self, Access, Admission, Caller, Presented, Rule};
use super::body::{NoBody, RequestBody};
use super::cookies;
use super::limits::{Allowance, Limit, Subject};
use super::meta::{Arrival, RequestMeta};
use super::parameters::{read_path, read_query};
use super::problem::Problem;
use super::problem_codes::Code;
use super::reply::Reply;
use super::route::Route;
use crate::domain::access::sessions;
use crate::ground::ids::{ClientId, Id as _};
use crate::ground::secret::Secret;
use axum::body::Body;
use axum::extract::{FromRequestParts as _, RawPathParams, Request};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LOCATION};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::Response;
use futures_util::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::Duration;

/// One request as its handler sees it: who calls (`C`), path and query parameters (`P`, `Q`), body (`B`).
pub struct Call<C, P = NoPath, Q = NoQuery, B = NoBody> {
    pub state: HttpState,
    pub caller: C,
    pub path: P,
    pub query: Q,
    pub body: B,
    pub meta: RequestMeta,
}

impl<C, P, Q, B> Call<C, P, Q, B> {
    /// Names the client in the request's log line. For public routes, where only the handler can tell whose
    /// they are; behind a key the frame does it.
    pub fn name_client(&self, client_id: &ClientId) {
        name_client(client_id);
    }

    /// Counts a message to this client against the client's own limit, and names it in the log line.
    pub fn take_for_client(&self, client_id: &ClientId) -> Result<(), Problem> {
        name_client(client_id);
        self.state.frame.limiter.take_for_client(client_id, self.meta.now).map(drop)
    }
}

/// No path parameters.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
pub struct NoPath {}

/// No query parameters.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
pub struct NoQuery {}

/// An admitted request on its way to the handler.
pub(super) struct Intake {
    state: HttpState,
    admission: Admission,
    meta: RequestMeta,
    path: Vec<(String, String)>,
    request: Request,
    row: Arc<Route>,
}

/// A handler without its types.
pub(super) type Handler = Arc<dyn Fn(Intake) -> BoxFuture<'static, Result<Response, Problem>> + Send + Sync>;

/// Hides the types of a handler; the rule `A` says which caller it may ask for.
pub(super) fn erase<A, C, P, Q, B, R, F, Fut>(handler: F) -> Handler
where
    A: Rule,
    C: Caller<A>,
    P: DeserializeOwned + Send + 'static,
    Q: DeserializeOwned + Send + 'static,
    B: RequestBody,
    R: Reply,
    F: Fn(Call<C, P, Q, B>) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<R, Problem>> + Send + 'static,
{
    Arc::new(move |intake: Intake| {
        let handler = handler.clone();
        Box::pin(async move {
            let time_limit = intake.time_limit();
            let call = intake.into_call::<A, C, P, Q, B>().await?;
            match tokio::time::timeout(time_limit, handler(call)).await {
                Ok(outcome) => outcome?.into_response(),
                Err(_) => Err(Problem::with_detail(Code::Timeout, "The answer took too long. Try again.")),
            }
        })
    })
}

impl Intake {
    /// How long the handler may take until its answer begins.
    fn time_limit(&self) -> Duration {
        let default_ms = self.state.frame.settings.request_timeout_ms;
        Duration::from_millis(self.row.timeout_ms.unwrap_or(default_ms))
    }

    async fn into_call<A, C, P, Q, B>(self) -> Result<Call<C, P, Q, B>, Problem>
    where
        A: Rule,
        C: Caller<A>,
        P: DeserializeOwned,
        Q: DeserializeOwned,
        B: RequestBody,
    {
        let Some(caller) = C::from_admission(&self.admission) else {
            return Err(Problem::internal(
                "the gatekeeper admitted another kind of caller than the row asks for",
            ));
        };
        // Older widgets stay cached, so public routes take parameters that they no longer know.
        let is_public = matches!(self.row.access, Access::Public { .. });
        let known = (!is_public).then_some(self.row.query_names.as_slice());
        let path = read_path(&self.path)?;
        let query = read_query(self.request.uri(), known)?;
        let patience = Duration::from_millis(self.state.frame.settings.request_timeout_ms);
        let body = B::read(self.request, patience).await?;
        Ok(Call { state: self.state, caller, path, query, body, meta: self.meta })
    }
}

/// Answers a request that a row matched. Never fails: a problem is an answer too.
pub(super) async fn run(state: HttpState, row: Arc<Route>, arrival: Arrival, request: Request) -> Response {
    let request_id = arrival.request_id.clone();
    let if_none_match = request.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let if_none_match = if_none_match.filter(|_| row.method == Method::GET).map(str::to_owned);
    let client_prefix = row.is_twin.then(|| client_prefix(request.uri().path()));
    let mut allowance = None;
    let outcome = answer(state, row, arrival, request, &mut allowance).await;
    let mut response = outcome.unwrap_or_else(|problem| problem.into_response(&request_id));
    if let Some(allowance) = allowance {
        allowance.write(response.headers_mut());
    }
    if let Some(prefix) = client_prefix {
        move_location(response.headers_mut(), &prefix);
    }
    match if_none_match {
        Some(tags) => not_modified(response, &tags),
        None => response,
    }
}

/// `/api/clients/client_01…` of a longer path.
fn client_prefix(path: &str) -> String {
    path.split('/').take(4).collect::<Vec<_>>().join("/")
}

/// A handler names new objects by the short path; behind a session they stand below their client.
fn move_location(headers: &mut HeaderMap, prefix: &str) {
    let Some(location) = headers.get(LOCATION).and_then(|value| value.to_str().ok()) else { return };
    let Some(rest) = location.strip_prefix("/api/") else { return };
    if let Ok(moved) = HeaderValue::from_str(&format!("{prefix}/{rest}")) {
        headers.insert(LOCATION, moved);
    }
}

async fn answer(
    state: HttpState,
    row: Arc<Route>,
    arrival: Arrival,
    request: Request,
    allowance: &mut Option<Allowance>,
) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let path = RawPathParams::from_request_parts(&mut parts, &()).await;
    let path: Vec<_> = match &path {
        Ok(path) => path.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        // Not text after decoding: no object of ours has such a name.
        Err(_) => return Err(Problem::not_found()),
    };
    let admission = admit(&state, &row, &arrival, &parts.headers, &path, allowance).await?;
    if let Some(scope) = admission.client_scope() {
        name_client(scope.client_id());
    }
    let meta = RequestMeta::new(arrival, &parts.headers, row.taken)?;
    let request = Request::from_parts(parts, body);
    let handler = Arc::clone(&row.handler);
    handler(Intake { state, admission, meta, path, request, row }).await
}

/// Judges limit and credential. Cheap refusals come first, so that a flood costs little.
async fn admit(
    state: &HttpState,
    row: &Route,
    arrival: &Arrival,
    headers: &HeaderMap,
    path: &[(String, String)],
    allowance: &mut Option<Allowance>,
) -> Result<Admission, Problem> {
    let (frame, now, address) = (&state.frame, arrival.now, arrival.address);
    let mut take = |subject| {
        *allowance = frame.limiter.take(row.limit, subject, now).map_err(|refusal| refusal.into_problem())?;
        Ok::<_, Problem>(())
    };
    let counts_keys = matches!(row.limit, Limit::Key | Limit::KeyWrite);
    let counts_sessions = matches!(row.limit, Limit::Session | Limit::SessionWrite);
    if !counts_keys && !counts_sessions {
        take(Subject::address(address))?;
    }
    if matches!(row.access, Access::Public { .. }) {
        return Ok(Admission::Anyone);
    }
    if row.access.is_by_session() {
        let admission = match access::agency_key_in(row.access, headers)? {
            Some(key) => admit_agency_key(state, row, arrival, path, &key).await?,
            None => admit_session(state, row, arrival, headers, path).await?,
        };
        let who = admission.session().map(|grant| grant.session_id.as_str()).or_else(|| admission.key_id());
        if counts_sessions && let Some(who) = who {
            take(Subject::Id(who.to_owned()))?;
        }
        row.refuse_unless_held(&admission)?;
        return Ok(admission);
    }
    let credential = access::credential_in(headers)?.or_else(|| link_token(row.access, path));
    if credential.is_some() {
        frame.limiter.check_failures(address, now).map_err(|refusal| refusal.into_problem())?;
    } else if matches!(row.access, Access::Key(_)) {
        return Err(access::credential_missing());
    }
    let presented = Presented { credential: credential.as_ref(), client: None, address, now };
    let admission = frame.gatekeeper.admit(row.access, presented).await.inspect_err(|problem| {
        let wrong = matches!(problem.code(), Code::Unauthorized | Code::SetupLinkInvalid);
        if wrong && credential.is_some() {
            frame.limiter.count_failure(address, now);
        }
    })?;
    if counts_keys && let Some(key_id) = admission.key_id() {
        take(Subject::Id(key_id.to_owned()))?;
    }
    row.refuse_unless_held(&admission)?;
    Ok(admission)
}

/// Judges the cookie, and for a write that it comes from our own page. Tokens are too long to be guessed, so wrong
/// ones are not counted: a browser with an old cookie is nobody's attack.
async fn admit_session(
    state: &HttpState,
    row: &Route,
    arrival: &Arrival,
    headers: &HeaderMap,
    path: &[(String, String)],
) -> Result<Admission, Problem> {
    let is_write = row.method != Method::GET;
    if is_write {
        cookies::require_own_origin(headers, &arrival.site)?;
    }
    let token = cookies::session_in(headers, &arrival.site).ok_or_else(access::session_missing)?;
    let (client, address) = (client_in(path), arrival.address);
    let presented = Presented { credential: Some(&token), client, address, now: arrival.now };
    let admission = state.frame.gatekeeper.admit(row.access, presented).await?;
    let Some(grant) = admission.session().filter(|_| is_write) else { return Ok(admission) };
    let sent = headers.get(cookies::CSRF_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !sessions::is_csrf_token(&state.env.signing_key, &grant.session_id, sent) {
        return Err(cookies::csrf_refused());
    }
    Ok(admission)
}

/// Judges a key of the agency. A program sends it, and no browser by itself, so where it comes from does not matter.
async fn admit_agency_key(
    state: &HttpState,
    row: &Route,
    arrival: &Arrival,
    path: &[(String, String)],
    key: &Secret<String>,
) -> Result<Admission, Problem> {
    let (frame, now, address) = (&state.frame, arrival.now, arrival.address);
    frame.limiter.check_failures(address, now).map_err(|refusal| refusal.into_problem())?;
    let presented = Presented { credential: Some(key), client: client_in(path), address, now };
    frame.gatekeeper.admit(row.access, presented).await.inspect_err(|problem| {
        if problem.code() == Code::Unauthorized {
            frame.limiter.count_failure(address, now);
        }
    })
}

/// The client that the path names.
fn client_in(path: &[(String, String)]) -> Option<&str> {
    path.iter().find(|(name, _)| name == "client").map(|(_, value)| value.as_str())
}

/// The setup link carries its token in the path.
fn link_token(access: Access, path: &[(String, String)]) -> Option<Secret<String>> {
    if access != Access::Setup {
        return None;
    }
    path.iter().find(|(name, _)| name == "token").map(|(_, value)| Secret::new(value.clone()))
}

fn name_client(client_id: &ClientId) {
    tracing::Span::current().record("client.id", tracing::field::display(client_id));
}

/// RFC 9110 13.1.2: a GET whose tag still fits needs no body. Compared weakly, as proxies may weaken tags.
fn not_modified(mut response: Response, tags: &str) -> Response {
    let strong = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let Some(own) = response.headers().get(ETAG).and_then(|value| value.to_str().ok()).map(strong) else {
        return response;
    };
    let fits = tags.trim() == "*" || tags.split(',').any(|tag| strong(tag) == own);
    if response.status() == StatusCode::OK && fits {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(CONTENT_TYPE);
        response.headers_mut().remove(CONTENT_LENGTH);
    }
    response
}
