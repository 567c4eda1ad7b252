//! The origin rule of the widget's routes, shared by all of them.

use crate::domain::clients::origins::{self, Origin, OriginVerdict};
use crate::domain::clients::settings::ClientSettings;
use crate::http::meta::{FetchSite, RequestMeta};
use crate::http::{Code, Problem};

/// The origin of the page that asks, and how it was judged.
pub struct JudgedOrigin {
    /// Normalised; empty when the browser sent none.
    pub origin: String,
    /// Whether only a valid session token opens the door.
    pub needs_session: bool,
}

/// Judges where the request comes from; an origin that is not on the client's list is refused.
pub fn judge(settings: &ClientSettings, meta: &RequestMeta) -> Result<JudgedOrigin, Problem> {
    let own = meta.site.to_string();
    // Browsers send no Origin with same-origin reads, but say that it is the same origin.
    let is_own_page = meta.origin.is_none() && meta.fetch_site == Some(FetchSite::SameOrigin);
    let sent = if is_own_page { Some(own.as_str()) } else { meta.origin.as_deref() };
    let normalised = sent.and_then(Origin::parse).map(|origin| origin.to_string()).unwrap_or_default();
    match origins::judge(settings.allowed_domains.as_slice(), sent, &own) {
        OriginVerdict::Admitted => Ok(JudgedOrigin { origin: normalised, needs_session: false }),
        OriginVerdict::NeedsSession => Ok(JudgedOrigin { origin: normalised, needs_session: true }),
        OriginVerdict::Refused => Err(refused()),
    }
}

/// 403: with the way out for whoever manages the website.
pub fn refused() -> Problem {
    Problem::with_detail(
        Code::OriginRefused,
        "The assistant may not be used on this website. Add the website's host to the allowed domains in the \
         settings; the browser must send an `Origin` header.",
    )
}
