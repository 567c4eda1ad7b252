//! The client's settings: the look of its widget, and where it may stand.

use crate::domain::clients::settings::{ClientSettings, SettingsPatch};
use crate::domain::clients::{self, ClientError};
use crate::ground::ids::ClientId;
use crate::ground::scope::ClientScope;
use crate::ground::text::Language;
use crate::http::{
    Call, Json, Key, KeyScope, Limit, NoPath, NoQuery, Problem, Reply as _, Route, Versioned, get, operation,
    patch,
};
use schemars::JsonSchema;
use serde::Serialize;

const TAG: &str = "Settings";

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/api/config",
            operation("getConfig", TAG, "Read the settings."),
            Key(KeyScope::SettingsRead),
            Limit::Key,
            read,
        ),
        patch(
            "/api/config",
            operation("changeConfig", TAG, "Change the given settings; the others stay."),
            Key(KeyScope::SettingsWrite),
            Limit::KeyWrite,
            change,
        )
        .takes_if_match(),
    ]
}

/// A client's settings. An empty text means the widget's own default.
#[derive(Debug, Serialize, JsonSchema)]
struct ConfigView {
    client_id: ClientId,
    widget_name: String,
    welcome: String,
    placeholder: String,
    suggestions: Vec<String>,
    /// `#rrggbb`
    accent_color: String,
    language: Language,
    /// Hosts on which the widget may stand; empty: any.
    allowed_domains: Vec<String>,
    /// Whether page, referrer, language and kind of device are kept with each conversation.
    keep_visit_details: bool,
    /// Counts the changes; the entity tag for `If-Match`.
    version: u32,
}

fn view(scope: &ClientScope, settings: ClientSettings, version: u32) -> Versioned<Json<ConfigView>> {
    use crate::ground::stored_text::StoredText as _;
    let domains = settings.allowed_domains.as_slice().iter().map(|entry| entry.stored_text().to_owned());
    Json(ConfigView {
        client_id: scope.client_id().clone(),
        suggestions: settings.suggestions.as_slice().iter().map(ToString::to_string).collect(),
        accent_color: settings.accent_color.stored_text().to_owned(),
        language: settings.language,
        allowed_domains: domains.collect(),
        keep_visit_details: settings.keep_visit_details,
        widget_name: settings.widget_name.into_string(),
        welcome: settings.welcome.into_string(),
        placeholder: settings.placeholder.into_string(),
        version,
    })
    .versioned(i64::from(version))
}

async fn read(call: Call<ClientScope>) -> Result<Versioned<Json<ConfigView>>, Problem> {
    let scope = call.caller.clone();
    let (settings, version) = call.state.env.db.read(move |tx| clients::get_settings(tx, &scope)).await?;
    Ok(view(&call.caller, settings, version))
}

async fn change(
    call: Call<ClientScope, NoPath, NoQuery, Json<SettingsPatch>>,
) -> Result<Versioned<Json<ConfigView>>, Problem> {
    let Call { state, caller, body: Json(patch), meta, .. } = call;
    let scope = caller.clone();
    let (settings, version) = state
        .env
        .db
        .write(caller.actor().clone(), move |tx| -> Result<_, ClientError> {
            let expected = match &meta.if_match {
                Some(if_match) => if_match.expected(clients::get_settings(tx, &scope)?.1),
                None => None,
            };
            clients::change_settings(tx, &scope, &patch, expected)
        })
        .await?;
    Ok(view(&caller, settings, version))
}
