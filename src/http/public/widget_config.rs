//! How a client's widget looks.

use super::{origin, widget_logo};
use crate::domain::clients::looks::{Position, Theme};
use crate::domain::clients::settings::ClientSettings;
use crate::domain::clients::sightings;
use crate::ground::ids::ClientId;
use crate::ground::limits::MESSAGE_CHARS_MAX;
use crate::ground::scope::ClientScope;
use crate::ground::stored_text::StoredText as _;
use crate::ground::text::Language;
use crate::http::address::Site;
use crate::http::{Anyone, Call, Code, HttpState, Json, Limit, Problem, Public, Route, get, operation};
use crate::store::error::Chain;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tracing::warn;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/api/widget/config/{client_id}",
            operation("getWidgetConfig", "Widget", "Read how a client's widget looks."),
            Public("every visitor's browser reads it; it holds what visitors see"),
            Limit::PublicRead,
            read,
        )
        .cross_origin()
        .may_answer(&[Code::NotFound, Code::OriginRefused, Code::ClientInactive]),
    ]
}

#[derive(Debug, Deserialize, JsonSchema)]
struct ConfigPath {
    client_id: ClientId,
}

/// What a widget is made with. An empty text means the widget's own default.
#[derive(Debug, Serialize, JsonSchema)]
struct WidgetConfigView {
    client_id: ClientId,
    /// The assistant's name.
    name: String,
    welcome: String,
    placeholder: String,
    suggestions: Vec<String>,
    theme: Theme,
    /// `#rrggbb`
    accent_color: String,
    /// In the custom theme; the others have their own.
    background_color: String,
    text_color: String,
    bubble_color: String,
    position: Position,
    width_px: u32,
    height_px: u32,
    custom_css: String,
    /// Null where there is no logo.
    logo_url: Option<String>,
    language: Language,
    /// The longest message, in Unicode scalars.
    message_chars_max: usize,
}

async fn read(call: Call<Anyone, ConfigPath>) -> Result<Json<WidgetConfigView>, Problem> {
    let served = call.state.node.served_clients.get(&call.state.env, &call.path.client_id).await?;
    let judged = origin::judge(&served.settings, &call.meta)?;
    if judged.needs_session {
        return Err(origin::refused());
    }
    let is_elsewhere = !judged.origin.is_empty() && judged.origin != call.meta.site.to_string();
    if is_elsewhere && sightings::is_due(served.widget_seen_at, call.meta.now) {
        note_sighting(&call.state, served.scope).await;
    }
    let settings = ClientSettings::clone(&served.settings);
    Ok(Json(view(&call.state, &call.meta.site, call.path.client_id, settings)))
}

/// The widget is shown whether or not this succeeds: a full disk must not take it from the page.
async fn note_sighting(state: &HttpState, scope: ClientScope) {
    let actor = scope.actor().clone();
    if let Err(error) = state.env.db.write(actor, move |tx| sightings::note(tx, &scope)).await {
        warn!("A sighting of a widget could not be noted: {}", Chain(&error));
    }
}

fn view(state: &HttpState, site: &Site, client_id: ClientId, settings: ClientSettings) -> WidgetConfigView {
    let looks = settings.looks;
    let logo_address = Some(looks.logo_url.into_string()).filter(|url| !url.is_empty());
    WidgetConfigView {
        theme: looks.theme,
        accent_color: looks.accent_color.stored_text().to_owned(),
        background_color: looks.background_color.stored_text().to_owned(),
        text_color: looks.text_color.stored_text().to_owned(),
        bubble_color: looks.bubble_color.stored_text().to_owned(),
        position: looks.position,
        width_px: looks.width_px.get(),
        height_px: looks.height_px.get(),
        custom_css: looks.custom_css.into_string(),
        logo_url: widget_logo::url(site, &client_id, &looks.logo_hash).or(logo_address),
        client_id,
        name: settings.widget_name.or(&state.node.product_name).to_owned(),
        suggestions: settings.suggestions.as_slice().iter().map(ToString::to_string).collect(),
        language: settings.language,
        welcome: settings.welcome.into_string(),
        placeholder: settings.placeholder.into_string(),
        message_chars_max: MESSAGE_CHARS_MAX,
    }
}
