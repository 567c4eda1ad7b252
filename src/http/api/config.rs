//! The client's settings: the look of its widget, and where it may stand.

use crate::domain::clients::looks::{Position, Theme};
use crate::domain::clients::settings::{ClientSettings, SettingsPatch};
use crate::domain::clients::{self, ClientError};
use crate::ground::ids::ClientId;
use crate::ground::scope::ClientScope;
use crate::ground::stored_text::StoredText as _;
use crate::ground::text::Language;
use crate::http::address::Site;
use crate::http::public::widget_logo;
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
pub(super) struct ConfigView {
    client_id: ClientId,
    widget_name: String,
    welcome: String,
    placeholder: String,
    suggestions: Vec<String>,
    theme: Theme,
    /// `#rrggbb`
    accent_color: String,
    background_color: String,
    text_color: String,
    bubble_color: String,
    position: Position,
    width_px: u32,
    height_px: u32,
    custom_css: String,
    /// The https address of a logo; empty where there is none.
    logo_url: String,
    /// The address of the uploaded logo; null where there is none.
    logo_file_url: Option<String>,
    language: Language,
    /// Hosts on which the widget may stand; empty: any.
    allowed_domains: Vec<String>,
    /// Whether page, referrer, language and kind of device are kept with each conversation.
    keep_visit_details: bool,
    /// Counts the changes; the entity tag for `If-Match`.
    version: u32,
}

pub(super) fn view(
    scope: &ClientScope,
    site: &Site,
    settings: ClientSettings,
    version: u32,
) -> Versioned<Json<ConfigView>> {
    let looks = settings.looks;
    let domains = settings.allowed_domains.as_slice().iter().map(|entry| entry.stored_text().to_owned());
    Json(ConfigView {
        client_id: scope.client_id().clone(),
        suggestions: settings.suggestions.as_slice().iter().map(ToString::to_string).collect(),
        theme: looks.theme,
        accent_color: looks.accent_color.stored_text().to_owned(),
        background_color: looks.background_color.stored_text().to_owned(),
        text_color: looks.text_color.stored_text().to_owned(),
        bubble_color: looks.bubble_color.stored_text().to_owned(),
        position: looks.position,
        width_px: looks.width_px.get(),
        height_px: looks.height_px.get(),
        custom_css: looks.custom_css.into_string(),
        logo_url: looks.logo_url.into_string(),
        logo_file_url: widget_logo::url(site, scope.client_id(), &looks.logo_hash),
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
    Ok(view(&call.caller, &call.meta.site, settings, version))
}

async fn change(
    call: Call<ClientScope, NoPath, NoQuery, Json<SettingsPatch>>,
) -> Result<Versioned<Json<ConfigView>>, Problem> {
    let Call { state, caller, body: Json(patch), meta, .. } = call;
    let (scope, site) = (caller.clone(), meta.site.clone());
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
    Ok(view(&caller, &site, settings, version))
}
