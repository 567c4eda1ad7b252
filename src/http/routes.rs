//! The route table: one row per endpoint. Read `http/mod.rs` for what a row says.

use super::HttpState;
use super::endpoint;
use super::meta::Arrival;
use super::middleware::{allow_cross_origin, envelope, method_not_allowed, preflight};
use super::problem::Problem;
use super::route::{Route, by_path};
use axum::extract::Request;
use axum::http::Method;
use axum::response::Response;
use axum::{Extension, Router, middleware, routing};
use std::sync::Arc;

/// Every row, and for each that a key opens the one that a session opens.
pub fn routes() -> Vec<Route> {
    let mut rows = Vec::new();
    rows.extend(super::ops::routes());
    rows.extend(super::assets::routes());
    rows.extend(super::public::routes());
    rows.extend(super::api::routes());
    rows.extend(super::hooks::routes());
    rows.extend(super::dashboard::routes());
    let twins: Vec<Route> = rows.iter().filter_map(Route::twin).collect();
    rows.extend(twins);
    rows
}

/// The application, ready to be served.
pub fn router(state: HttpState) -> Router {
    router_of(routes(), state)
}

/// A router of these rows. Panics when two rows' paths conflict, which the policy test meets first.
pub fn router_of(rows: Vec<Route>, state: HttpState) -> Router {
    let mut router = Router::new();
    for (path, rows) in by_path(rows) {
        let state = state.clone();
        let rows: Arc<[Arc<Route>]> = rows.into();
        let dispatch = move |Extension(arrival): Extension<Arrival>, request: Request| {
            dispatch(state.clone(), Arc::clone(&rows), arrival, request)
        };
        router = router.route(path, routing::any(dispatch));
    }
    let nothing_here = |Extension(arrival): Extension<Arrival>| async move {
        Problem::not_found().into_response(&arrival.request_id)
    };
    router.fallback(nothing_here).layer(middleware::from_fn_with_state(state, envelope))
}

/// Picks the row of a path by method; HEAD is a GET whose body is dropped by the router.
async fn dispatch(state: HttpState, rows: Arc<[Arc<Route>]>, arrival: Arrival, request: Request) -> Response {
    let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
    let row = rows.iter().find(|row| row.method == *method);
    let cross_origin = row.map_or_else(|| rows.iter().any(|row| row.cross_origin), |row| row.cross_origin);
    let mut response = match row {
        Some(row) => endpoint::run(state, Arc::clone(row), arrival, request).await,
        None => {
            if cross_origin && request.method() == Method::OPTIONS {
                preflight(&allowed_methods(rows.iter().filter(|row| row.cross_origin)))
            } else {
                method_not_allowed(&allowed_methods(rows.iter())).into_response(&arrival.request_id)
            }
        }
    };
    if cross_origin {
        allow_cross_origin(response.headers_mut());
    }
    response
}

fn allowed_methods<'a>(rows: impl Iterator<Item = &'a Arc<Route>>) -> Vec<&'a Method> {
    let mut allowed: Vec<&Method> = rows.map(|row| &row.method).collect();
    if allowed.contains(&&Method::GET) {
        allowed.push(&Method::HEAD);
    }
    allowed
}
