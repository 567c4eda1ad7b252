//! What a handler may know about the request beside its typed parts.

use super::address::Site;
use super::assets::Encodings;
use super::cookies;
use super::problem::Problem;
use super::problem_codes::Code;
use crate::domain::conversations::visits::Device;
use crate::ground::ids::RequestId;
use crate::ground::limits::{IDEMPOTENCY_KEY_CHARS_MAX, SESSION_TOKEN_CHARS_MAX};
use crate::ground::secret::Secret;
use crate::ground::time::Timestamp;
use axum::http::header::{ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, IF_MATCH, ORIGIN, USER_AGENT};
use axum::http::{HeaderMap, HeaderName};
use std::net::IpAddr;

/// The longest id of an event that a client can resume from.
const LAST_EVENT_ID_CHARS_MAX: usize = 200;

/// The facts of one request.
#[derive(Debug, Clone)]
pub struct RequestMeta {
    /// Stands in the answer, in the log line and in every problem.
    pub request_id: RequestId,
    /// When the request came in.
    pub now: Timestamp,
    /// The client's address behind trusted proxies. Personal data: not for logs.
    pub address: IpAddr,
    /// The host that was asked, behind trusted proxies.
    pub site: Site,
    /// The `Origin` header as it came; `null` stays `null`, what is not text becomes `null` too.
    pub origin: Option<String>,
    /// What the browser says about where the request comes from; no program is bound to tell the truth.
    pub fetch_site: Option<FetchSite>,
    /// Filled on rows with `.takes_if_match()` only.
    pub if_match: Option<IfMatch>,
    /// Filled on rows with `.takes_idempotency_key()` only: 1 to 255 visible ASCII characters.
    pub idempotency_key: Option<String>,
    /// Whether the caller asks for `text/event-stream`.
    pub accepts_events: bool,
    /// Compressions that the caller takes.
    pub encodings: Encodings,
    /// Where a cut event stream is to go on.
    pub last_event_id: Option<String>,
    /// The visitor's session, as `X-Session`.
    pub session: Option<String>,
    /// The language that the browser prefers.
    pub language: Option<String>,
    /// The kind of device that the browser says it runs on. What it says beyond that is not looked at.
    pub device: Option<Device>,
    /// Browser and system, as `Firefox on Linux`: for a person's list of their sessions.
    pub browser: String,
    /// The token in the cookie of a session, whether or not it is in force.
    pub session_cookie: Option<Secret<String>>,
}

/// `Sec-Fetch-Site` (W3C Fetch Metadata).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FetchSite {
    SameOrigin,
    SameSite,
    CrossSite,
    /// The person typed the address or opened a bookmark.
    None,
}

/// The `If-Match` header of an edit. Our entity tags are versions: `"7"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    Any,
    Versions(Vec<i64>),
}

impl IfMatch {
    /// The version that an edit must meet: the present one if the caller saw it, otherwise one that no row has.
    /// None when any will do.
    pub fn expected(&self, present: u32) -> Option<u32> {
        match self {
            IfMatch::Any => None,
            IfMatch::Versions(seen) if seen.contains(&i64::from(present)) => Some(present),
            IfMatch::Versions(_) => Some(0),
        }
    }
}

/// Which of the optional headers a row takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TakenHeaders {
    pub if_match: bool,
    pub idempotency_key: bool,
}

/// What the middleware knows of every request, whatever its row.
#[derive(Debug, Clone)]
pub(super) struct Arrival {
    pub request_id: RequestId,
    pub now: Timestamp,
    pub address: IpAddr,
    pub site: Site,
}

impl RequestMeta {
    pub(super) fn new(arrival: Arrival, headers: &HeaderMap, taken: TakenHeaders) -> Result<Self, Problem> {
        Ok(Self {
            session_cookie: cookies::session_in(headers, &arrival.site),
            browser: browser_of(text(headers, &USER_AGENT).unwrap_or_default()),
            request_id: arrival.request_id,
            now: arrival.now,
            address: arrival.address,
            site: arrival.site,
            origin: headers.get(ORIGIN).map(|value| value.to_str().unwrap_or("null").to_owned()),
            fetch_site: fetch_site(headers),
            if_match: if taken.if_match { if_match(headers)? } else { None },
            idempotency_key: if taken.idempotency_key { idempotency_key(headers)? } else { None },
            accepts_events: text(headers, &ACCEPT).is_some_and(|value| value.contains("text/event-stream")),
            encodings: text(headers, &ACCEPT_ENCODING).map(Encodings::parse).unwrap_or_default(),
            last_event_id: text(headers, &HeaderName::from_static("last-event-id"))
                .filter(|value| value.len() <= LAST_EVENT_ID_CHARS_MAX)
                .map(str::to_owned),
            session: text(headers, &HeaderName::from_static("x-session"))
                .filter(|value| value.len() <= SESSION_TOKEN_CHARS_MAX)
                .map(str::to_owned),
            language: text(headers, &ACCEPT_LANGUAGE)
                .and_then(|value| value.split([',', ';']).next())
                .map(str::to_owned),
            device: text(headers, &USER_AGENT).map(Device::of_user_agent),
        })
    }
}

/// Browser and system by the words that they agree on in `User-Agent` (MDN, "Browser detection using the user
/// agent"): the first that fits, since each names those before it.
fn browser_of(user_agent: &str) -> String {
    let first = |words: &[(&str, &'static str)]| {
        words.iter().find(|(word, _)| user_agent.contains(word)).map(|(_, name)| *name)
    };
    let browser = first(&[
        ("Firefox/", "Firefox"),
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => "Unknown device".to_owned(),
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn fetch_site(headers: &HeaderMap) -> Option<FetchSite> {
    match headers.get("sec-fetch-site")?.to_str().ok()? {
        "same-origin" => Some(FetchSite::SameOrigin),
        "same-site" => Some(FetchSite::SameSite),
        "cross-site" => Some(FetchSite::CrossSite),
        "none" => Some(FetchSite::None),
        _ => None,
    }
}

fn if_match(headers: &HeaderMap) -> Result<Option<IfMatch>, Problem> {
    let Some(value) = headers.get(IF_MATCH) else { return Ok(None) };
    let parsed = value.to_str().ok().and_then(parse_if_match);
    let refuse =
        || Problem::with_detail(Code::InvalidRequest, "Send `If-Match` as the `ETag` was: `\"7\"`, or `*`.");
    parsed.map(Some).ok_or_else(refuse)
}

fn parse_if_match(text: &str) -> Option<IfMatch> {
    if text.trim() == "*" {
        return Some(IfMatch::Any);
    }
    let version = |tag: &str| tag.trim().strip_prefix('"')?.strip_suffix('"')?.parse().ok();
    text.split(',').map(version).collect::<Option<Vec<i64>>>().map(IfMatch::Versions)
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let key = value.to_str().unwrap_or_default().trim();
    if key.is_empty() || key.len() > IDEMPOTENCY_KEY_CHARS_MAX {
        let detail =
            format!("`Idempotency-Key` takes 1 to {IDEMPOTENCY_KEY_CHARS_MAX} visible ASCII characters.");
        return Err(Problem::with_detail(Code::InvalidRequest, detail));
    }
    Ok(Some(key.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn if_match_takes_versions_in_quotes_or_a_star() {
        assert_eq!(parse_if_match("\"7\""), Some(IfMatch::Versions(vec![7])));
        assert_eq!(parse_if_match("\"7\", \"8\""), Some(IfMatch::Versions(vec![7, 8])));
        assert_eq!(parse_if_match(" * "), Some(IfMatch::Any));
        for wrong in ["7", "W/\"7\"", "\"a\"", ""] {
            assert_eq!(parse_if_match(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_edit_of_an_older_version_is_stale() {
        let seen = IfMatch::Versions(vec![7]);

        assert_eq!(seen.expected(7), Some(7));
        assert_eq!(seen.expected(8), Some(0), "a version that no row has");
        assert_eq!(IfMatch::Any.expected(8), None);
    }
}
