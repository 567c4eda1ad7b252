//! What every request passes, whatever its row: [`envelope`].
//!
//! From the outside in: request id, client address and site, span, bounds of address and headers, panic catch,
//! then the row; on the way out: security headers, request id, metrics, one log line. Bodies, queries and
//! addresses are not logged.

mod bounds;
mod cors;
mod headers;

pub(super) use cors::{allow_cross_origin, preflight};

use super::HttpState;
use super::address;
use super::meta::Arrival;
use super::metrics::method_label;
use super::problem::{Failure, Problem};
use super::problem_codes::Code;
use crate::ground::ids::RequestId;
use axum::body::Body;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt as _;
use std::any::Any;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::time::Instant;
use tracing::Instrument as _;

/// The label of a request that no row matched.
const NO_ROUTE: &str = "(none)";

/// Wraps the router.
pub(super) async fn envelope(State(state): State<HttpState>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let route = request.extensions().get::<MatchedPath>().map_or(NO_ROUTE, MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    let arrival = arrival_of(&state, &request);
    let (request_id, is_https) = match &arrival {
        Ok(arrival) => (arrival.request_id.clone(), arrival.site.is_https()),
        Err((request_id, _)) => (request_id.clone(), false),
    };
    let method_name = method_label(&method);
    let span = tracing::info_span!(
        "request",
        request.id = %request_id,
        method = method_name,
        route = %route,
        client.id = tracing::field::Empty,
    );
    let wants_page = wants_page(&request);
    let mut response = admitted(arrival, request, next).instrument(span.clone()).await;
    if wants_page && let Some(failure) = response.extensions_mut().remove::<Failure>() {
        *response.body_mut() = Body::from(failure.page(&request_id));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    }
    headers::secure(response.headers_mut(), is_https);
    if let Ok(value) = HeaderValue::from_str(&request_id.to_string()) {
        response.headers_mut().insert("x-request-id", value);
    }
    let took = started.elapsed();
    state.frame.metrics.observe(&route, &method, response.status(), took);
    let status = response.status().as_u16();
    let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| tracing::info!(status, duration_ms, "Answered {method_name} `{route}` with {status}"));
    response
}

/// Whether a person's browser opens the address as a page: programs do not ask for HTML first.
fn wants_page(request: &Request) -> bool {
    request.headers().get(ACCEPT).is_some_and(|value| value.as_bytes().starts_with(b"text/html"))
}

/// Bounds and panic catch around the rest.
async fn admitted(
    arrival: Result<Arrival, (RequestId, Problem)>,
    mut request: Request,
    next: Next,
) -> Response {
    let arrival = match arrival {
        Ok(arrival) => arrival,
        Err((request_id, problem)) => return problem.into_response(&request_id),
    };
    let request_id = arrival.request_id.clone();
    if let Err(problem) = bounds::check(request.uri(), request.headers()) {
        return problem.into_response(&request_id);
    }
    request.extensions_mut().insert(arrival);
    // A handler's panic ends its request, not the process: rows live in transactions, and no lock of ours is
    // held across it.
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(panic) => {
            Problem::internal(format!("panic: {}", panic_text(panic.as_ref()))).into_response(&request_id)
        }
    }
}

fn arrival_of(state: &HttpState, request: &Request) -> Result<Arrival, (RequestId, Problem)> {
    let frame = &state.frame;
    let now = (frame.clock)();
    let request_id = (frame.request_ids)(now);
    // Only a test comes without a connection; such a peer is nobody's proxy.
    let nobody = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map_or(nobody, |info| info.0.ip());
    let settings = &frame.settings;
    let address = address::client_address(peer, request.headers(), &settings.trusted_proxies);
    let site = address::site(
        peer,
        request.headers(),
        request.uri(),
        &settings.trusted_proxies,
        &settings.public_site,
    );
    match site.map(|asked| settings.fixed_site.clone().unwrap_or(asked)) {
        Some(site) => Ok(Arrival { request_id, now, address, site }),
        None => {
            let detail = "The `Host` header is not a host name.";
            Err((request_id, Problem::with_detail(Code::InvalidRequest, detail)))
        }
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&'static str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("(no text)")
}

/// The 405 for a path that knows other methods, with `Allow` (RFC 9110 15.5.6).
pub(super) fn method_not_allowed(allowed: &[&Method]) -> Problem {
    let names: Vec<&str> = allowed.iter().map(|method| method.as_str()).collect();
    let names = names.join(", ");
    let problem = Problem::with_detail(Code::MethodNotAllowed, format!("This address knows {names}."));
    match HeaderValue::from_str(&names) {
        Ok(value) => problem.and_header(axum::http::header::ALLOW, value),
        Err(_) => problem,
    }
}
