//! The line that puts the widget on a website, in two forms: one that follows every upgrade, and one that pins
//! this build by its hash and keeps working for 400 days after it was replaced.

use crate::domain::conversations::visitors;
use crate::domain::widget_builds;
use crate::ground::crypto::integrity;
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
    /// Goes before `</body>` of each page. The widget is always the newest.
    html: String,
    pinned: PinnedView,
    /// For the website's server, which names its signed-in users with it: HMAC-SHA-256 of the user's id under this
    /// text, as hexadecimal. Keep it out of pages.
    identity_secret: String,
}

/// The same for pages that let nothing change without their doing. An upgrade does not reach them; renew the line
/// within 400 days of one.
#[derive(Debug, Serialize, JsonSchema)]
struct PinnedView {
    html: String,
    /// The script's address: its content never changes.
    url: String,
    /// Its hash, as the attribute `integrity` takes it.
    integrity: String,
}

/// The snippet, for the host under which it was asked for.
pub(in crate::http) fn snippet(scope: &ClientScope, site: &Site) -> String {
    format!(r#"<script src="{site}/widget.js" data-client-id="{}" async></script>"#, scope.client_id())
}

fn pinned(scope: &ClientScope, site: &Site) -> Result<PinnedView, Problem> {
    let (name, bytes) = widget_builds::current_loader()
        .ok_or_else(|| Problem::internal("the program was built without the widget's files"))?;
    let (url, integrity) = (format!("{site}/widget/{name}"), integrity(&bytes));
    let html = format!(
        r#"<script src="{url}" integrity="{integrity}" crossorigin="anonymous" data-client-id="{}" async></script>"#,
        scope.client_id()
    );
    Ok(PinnedView { html, url, integrity })
}

async fn read(call: Call<ClientScope>) -> Result<Json<SnippetView>, Problem> {
    let (scope, site) = (&call.caller, &call.meta.site);
    let secret = visitors::identity_secret(&call.state.env.signing_key, scope.client_id());
    Ok(Json(SnippetView {
        html: snippet(scope, site),
        pinned: pinned(scope, site)?,
        identity_secret: secret.reveal().clone(),
    }))
}
