//! Where a widget may stand: allowed domains and the origin of a request. Pure rules.
//!
//! Entries are parsed as hosts and compared as hosts, never as text: `example.com` admits neither
//! `example.com.evil.net` nor `evil-example.com`.

use crate::ground::limits::ALLOWED_DOMAIN_CHARS_MAX;
use crate::ground::stored_text::StoredText;
use std::fmt;

/// One entry of the list: a host, or `*.` and a host for all its subdomains, each with an optional port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedDomain {
    text: String,
    host: String,
    is_wildcard: bool,
    port: Option<u16>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "Write a host such as example.com, *.example.com or localhost:3000, without https:// and without a path."
)]
pub struct AllowedDomainError;

impl AllowedDomain {
    pub fn parse(text: &str) -> Result<Self, AllowedDomainError> {
        let text = text.trim().to_lowercase();
        if text.is_empty() || text.chars().count() > ALLOWED_DOMAIN_CHARS_MAX {
            return Err(AllowedDomainError);
        }
        let (is_wildcard, rest) = match text.strip_prefix("*.") {
            Some(rest) => (true, rest),
            None => (false, text.as_str()),
        };
        let (host, port) = split_port(rest).ok_or(AllowedDomainError)?;
        if !is_host(host) || (is_wildcard && !host.contains('.')) {
            return Err(AllowedDomainError);
        }
        Ok(Self { host: host.to_owned(), is_wildcard, port, text: text.clone() })
    }

    fn admits(&self, origin: &Origin) -> bool {
        let host_matches = if self.is_wildcard {
            origin.host.strip_suffix(&self.host).is_some_and(|front| front.ends_with('.') && front.len() > 1)
        } else {
            origin.host == self.host
        };
        // An entry without a port means the scheme's own port.
        let port_matches = match self.port {
            Some(port) => port == origin.port,
            None => origin.port == origin.default_port,
        };
        host_matches && port_matches
    }
}

impl StoredText for AllowedDomain {
    fn stored_text(&self) -> &str {
        &self.text
    }
    fn from_stored_text(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|error| error.to_string())
    }
}

impl serde::Serialize for AllowedDomain {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> serde::Deserialize<'de> for AllowedDomain {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for AllowedDomain {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "AllowedDomain".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string", "minLength": 1, "maxLength": ALLOWED_DOMAIN_CHARS_MAX,
            "examples": ["example.com", "*.example.com"],
        })
    }
}

/// The origin that a browser sent: scheme, host and port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    pub is_https: bool,
    host: String,
    port: u16,
    default_port: u16,
}

impl Origin {
    /// None for `null`, other schemes and whatever is not an origin.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        let (is_https, default_port, rest) =
            match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
                (Some(rest), _) => (true, 443, rest),
                (_, Some(rest)) => (false, 80, rest),
                _ => return None,
            };
        let (host, port) = split_port(rest)?;
        is_host(host).then(|| Self {
            is_https,
            host: host.to_owned(),
            port: port.unwrap_or(default_port),
            default_port,
        })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_https { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.host)?;
        if self.port == self.default_port { Ok(()) } else { write!(f, ":{}", self.port) }
    }
}

/// What a public request may do, judged by its origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OriginVerdict {
    /// The origin is on the list, the list is empty, or the page is our own.
    Admitted,
    /// No usable origin was sent: only a valid session token opens the door.
    NeedsSession,
    /// An origin was sent and it is not on the list.
    Refused,
}

/// Judges the `Origin` header against the client's list. `own` is the origin under which we are served:
/// pages of ours (the demo, the dashboard's test chat) are always admitted.
pub fn judge(allowed: &[AllowedDomain], origin: Option<&str>, own: &str) -> OriginVerdict {
    if allowed.is_empty() {
        return OriginVerdict::Admitted;
    }
    match origin {
        None | Some("null") => OriginVerdict::NeedsSession,
        Some(text) => match Origin::parse(text) {
            Some(origin) if Origin::parse(own).as_ref() == Some(&origin) => OriginVerdict::Admitted,
            Some(origin) if allowed.iter().any(|entry| entry.admits(&origin)) => OriginVerdict::Admitted,
            _ => OriginVerdict::Refused,
        },
    }
}

/// `host` or `host:port`; IPv6 in brackets. None when the port is no port.
fn split_port(text: &str) -> Option<(&str, Option<u16>)> {
    let after_bracket = text.rfind(']').map_or(0, |at| at + 1);
    match text.get(after_bracket..)?.rfind(':') {
        Some(colon) => {
            let colon = after_bracket + colon;
            let port = text.get(colon + 1..)?.parse().ok()?;
            Some((text.get(..colon)?, Some(port)))
        }
        None => Some((text, None)),
    }
}

fn is_host(host: &str) -> bool {
    if let Some(inner) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return inner.parse::<std::net::Ipv6Addr>().is_ok();
    }
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    !host.is_empty() && host.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(allowed: &[&str], origin: Option<&str>) -> OriginVerdict {
        let allowed: Vec<_> = allowed.iter().map(|entry| AllowedDomain::parse(entry).unwrap()).collect();
        judge(&allowed, origin, "https://assistant.agency.test")
    }

    // CHT-10
    #[test]
    fn hosts_are_compared_as_hosts_and_never_as_text() {
        use OriginVerdict::{Admitted, NeedsSession, Refused};
        let table = [
            (&["example.com"][..], Some("https://example.com"), Admitted),
            (&["example.com"], Some("http://EXAMPLE.com"), Admitted),
            (&["example.com"], Some("https://example.com.evil.net"), Refused),
            (&["example.com"], Some("https://evil-example.com"), Refused),
            (&["example.com"], Some("https://www.example.com"), Refused),
            (&["example.com"], Some("https://example.com:8443"), Refused),
            (&["example.com:8443"], Some("https://example.com:8443"), Admitted),
            (&["*.example.com"], Some("https://www.example.com"), Admitted),
            (&["*.example.com"], Some("https://a.b.example.com"), Admitted),
            (&["*.example.com"], Some("https://example.com"), Refused),
            (&["*.example.com"], Some("https://evilexample.com"), Refused),
            (&["example.com"], Some("https://example.com@evil.net"), Refused),
            (&["example.com"], Some("https://user:80@example.com"), Refused),
            (&["example.com"], Some("file://example.com"), Refused),
            (&["example.com"], Some("null"), NeedsSession),
            (&["example.com"], None, NeedsSession),
            (&["example.com"], Some("https://assistant.agency.test"), Admitted),
            (&["[::1]:3000"], Some("http://[::1]:3000"), Admitted),
            (&[], Some("https://anywhere.test"), Admitted),
            (&[], None, Admitted),
        ];
        for (allowed, origin, expected) in table {
            assert_eq!(verdict(allowed, origin), expected, "{allowed:?} {origin:?}");
        }
    }

    #[test]
    fn entries_that_are_not_hosts_are_refused() {
        for bad in [
            "",
            "https://example.com",
            "example.com/",
            "*",
            "*.com",
            "a b.com",
            "-a.com",
            "x:99999",
            "*.*.com",
        ] {
            assert!(AllowedDomain::parse(bad).is_err(), "{bad}");
        }
    }
}
