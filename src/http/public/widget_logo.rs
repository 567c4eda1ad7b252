//! A client's uploaded logo, as visitors' browsers load it. Its address carries its hash, so it never changes.

use crate::domain::clients::{self, ClientError, logo};
use crate::ground::ids::ClientId;
use crate::http::address::Site;
use crate::http::reply::WithHeader;
use crate::http::{Anyone, Call, Code, File, Limit, Problem, Public, Reply as _, Route, get, operation};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_SECURITY_POLICY;
use bytes::Bytes;
use schemars::JsonSchema;
use serde::Deserialize;

/// Opened as a page of its own, a drawing may load and run nothing.
const NOTHING: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/api/widget/logo/{client_id}/{hash}",
            operation("getWidgetLogo", "Widget", "Load a client's uploaded logo."),
            Public("every visitor's browser loads it"),
            Limit::PublicRead,
            read,
        )
        .cross_origin()
        .may_answer(&[Code::NotFound, Code::ClientInactive]),
    ]
}

/// The address of the logo with this hash; None where there is none.
pub fn url(site: &Site, client_id: &ClientId, content_hash: &str) -> Option<String> {
    (!content_hash.is_empty()).then(|| format!("{site}/api/widget/logo/{client_id}/{content_hash}"))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct LogoPath {
    client_id: ClientId,
    hash: String,
}

async fn read(call: Call<Anyone, LogoPath>) -> Result<WithHeader<File>, Problem> {
    let LogoPath { client_id, hash } = call.path;
    let found = call.state.env.db.read(move |tx| -> Result<_, ClientError> {
        let scope = clients::public_scope(tx, &client_id, None)?;
        logo::find(tx, &scope, &hash)
    });
    let logo = found.await?.ok_or_else(Problem::not_found)?;
    let file = File {
        content_type: logo.media_type.as_str(),
        bytes: Bytes::from(logo.bytes),
        cache_control: Some("public, max-age=31536000, immutable"),
    };
    Ok(file.with_header(CONTENT_SECURITY_POLICY, HeaderValue::from_static(NOTHING)))
}
