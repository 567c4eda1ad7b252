//! The line that puts the widget on a website.

use crate::domain::conversations::visitors;
use crate::ground::scope::ClientScope;
use crate::http::address::Site;
use crate::http::{Call, Json, Key, KeyScope, Limit, Problem, Route, get, operation};
use schemars::JsonSchema;
use serde::Serialize;

pub(super) fn routes() -> Vec<Route> {
    vec![get(
        "/api/embed-snippet",
        operation(
            "getEmbedSnippet",
            "Settings",
            "Read what puts the widget on a website: its line of HTML, and the secret that names users.",
        ),
        Key(KeyScope::SettingsRead),
        Limit::Key,
        read,
    )]
}

#[derive(Debug, Serialize, JsonSchema)]
struct SnippetView {
    /// Goes before `</body>` of each page.
    html: String,
    /// For the website's server, which names its signed-in users with it: HMAC-SHA-256 of the user's id under this
    /// text, as hexadecimal. Keep it out of pages.
    identity_secret: String,
}

/// The snippet, for the host under which it was asked for.
pub(in crate::http) fn snippet(scope: &ClientScope, site: &Site) -> String {
    format!(r#"<script src="{site}/widget.js" data-client-id="{}" async></script>"#, scope.client_id())
}

async fn read(call: Call<ClientScope>) -> Result<Json<SnippetView>, Problem> {
    let secret = visitors::identity_secret(&call.state.env.signing_key, call.caller.client_id());
    let html = snippet(&call.caller, &call.meta.site);
    Ok(Json(SnippetView { html, identity_secret: secret.reveal().clone() }))
}
