//! The line that puts the widget on a website.

use crate::ground::scope::ClientScope;
use crate::http::address::Site;
use crate::http::{Call, Json, Key, KeyScope, Limit, Problem, Route, get, operation};
use schemars::JsonSchema;
use serde::Serialize;

pub(super) fn routes() -> Vec<Route> {
    vec![get(
        "/api/embed-snippet",
        operation("getEmbedSnippet", "Settings", "Read the line of HTML that puts the widget on a website."),
        Key(KeyScope::SettingsRead),
        Limit::Key,
        read,
    )]
}

#[derive(Debug, Serialize, JsonSchema)]
struct SnippetView {
    /// Goes before `</body>` of each page.
    html: String,
}

/// The snippet, for the host under which it was asked for.
pub(in crate::http) fn snippet(scope: &ClientScope, site: &Site) -> String {
    format!(r#"<script src="{site}/widget.js" data-client-id="{}" async></script>"#, scope.client_id())
}

async fn read(call: Call<ClientScope>) -> Result<Json<SnippetView>, Problem> {
    Ok(Json(SnippetView { html: snippet(&call.caller, &call.meta.site) }))
}
