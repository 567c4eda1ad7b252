//! Texts with a meaning that a type and a length do not tell: addresses, ranges, filters, URLs.
//!
//! A setting names its format in the schema (`"format": "public-url"`), and the check of the merged
//! configuration asks this table. The parsers are the ones that the settings are read with, so that what
//! passes the check can be read.

use crate::ground::destination::{Destination, is_own_host};
use crate::ground::limits;
use crate::ground::model_prices::parse_entry;
use ipnet::IpNet;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// One format: its name in the schema, what a person should write, and whether a text has it.
pub(super) struct Format {
    pub(super) name: &'static str,
    pub(super) expected: &'static str,
    pub(super) fits: fn(&str) -> bool,
}

pub(super) const FORMATS: [Format; 11] = [
    Format {
        name: "listen-address",
        expected: "an IP address and a port, such as \"0.0.0.0:8080\" or \"[::]:8080\"",
        fits: |text| text.parse::<SocketAddr>().is_ok(),
    },
    Format {
        name: "address-range",
        expected: "address ranges or addresses, such as \"10.0.0.0/8\" or \"192.0.2.7\"",
        fits: |text| parse_address_range(text).is_some(),
    },
    Format {
        name: "public-url",
        expected: "http:// or https:// and a host without path, such as \"https://chat.example.com\", or nothing",
        fits: |text| text.is_empty() || PublicUrl::parse(text).is_some(),
    },
    Format {
        name: "log-filter",
        expected: "off, error, warn, info, debug or trace, and exceptions after commas without spaces, such as \
                   \"info,snip::store=debug\"",
        fits: is_log_filter,
    },
    Format {
        name: "one-line",
        expected: "on one line, without spaces at its ends",
        fits: |text| text.trim() == text && !text.chars().any(char::is_control),
    },
    Format {
        name: "model-price",
        expected: "a model's name and its two prices in US dollars per million tokens, such as \"gpt-4.1-mini 0.40 1.60\", \
                   with at most three digits behind the point",
        fits: |text| parse_entry(text).is_some(),
    },
    Format {
        name: "token",
        expected: "at least 16 of them, all visible ASCII, or nothing to have one generated",
        fits: is_token,
    },
    Format {
        name: "base-url",
        expected: "http:// or https://, a host and perhaps a path, such as \"http://127.0.0.1:11434/v1\", or nothing",
        fits: |text| text.is_empty() || is_base_url(text),
    },
    Format {
        name: "webhook-secrets",
        expected: "at most 5 secrets of at least 16 visible ASCII characters each, with commas between them, or nothing",
        fits: |text| text.is_empty() || is_secret_list(text),
    },
    Format {
        name: "api-key",
        expected: "of visible ASCII characters, without spaces, or nothing",
        fits: |text| text.bytes().all(|byte| byte.is_ascii_graphic()),
    },
    Format {
        name: "destination",
        expected: "hosts with their ports, such as \"smtp.example.com:587\" or \"192.0.2.7:443\"",
        fits: |text| Destination::parse(text).is_some(),
    },
];

/// The format of that name, if the table has one.
pub(super) fn find_format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

/// A range in CIDR notation with its host bits cleared, or a single address as the range of itself.
pub(super) fn parse_address_range(text: &str) -> Option<IpNet> {
    let range = text.parse::<IpNet>().map(|range| range.trunc());
    range.or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).ok()
}

fn is_secret_list(text: &str) -> bool {
    let secrets = split_secrets(text);
    let is_secret = |secret: &&str| {
        secret.len() >= limits::WEBHOOK_SECRET_CHARS_MIN && secret.bytes().all(|byte| byte.is_ascii_graphic())
    };
    secrets.len() <= limits::WEBHOOK_SECRETS_MAX && secrets.iter().all(is_secret)
}

/// The secrets of a list with commas.
pub(super) fn split_secrets(text: &str) -> Vec<&str> {
    text.split(',').map(str::trim).collect()
}

/// Scheme, host and port under which people reach the appliance; no path, no trailing slash, host in lower
/// case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    text: String,
    is_https: bool,
}

impl PublicUrl {
    /// None unless the text is `http` or `https`, a host, perhaps a port, and nothing more (one `/` at the end
    /// is dropped).
    pub fn parse(text: &str) -> Option<Self> {
        let uri: http::Uri = text.parse().ok()?;
        let scheme = uri.scheme_str()?.to_ascii_lowercase();
        let authority = uri.authority()?;
        let is_bare = matches!(uri.path(), "" | "/") && uri.query().is_none() && !text.contains('#');
        let has_host = !authority.host().is_empty() && !authority.as_str().contains('@');
        // `Uri` takes any digits for a port, and takes a colon with nothing behind it.
        let after_host = authority.as_str().strip_prefix(authority.host())?;
        let has_sound_port = after_host.is_empty() || authority.port_u16().is_some_and(|port| port > 0);
        if !is_bare || !has_host || !has_sound_port || !matches!(scheme.as_str(), "http" | "https") {
            return None;
        }
        let text = format!("{scheme}://{}", authority.as_str().to_ascii_lowercase());
        Some(Self { text, is_https: scheme == "https" })
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub const fn is_https(&self) -> bool {
        self.is_https
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Stricter than `EnvFilter`, which takes a bare unknown word for the name of a part ("verbose" would silence
/// everything else) and misreads a directive that begins with a space.
fn is_log_filter(text: &str) -> bool {
    let is_plain = text.chars().all(|char| char.is_ascii_graphic());
    let has_levels = text.split(',').all(|directive| {
        !directive.is_empty()
            && (directive.contains(['=', '[', ']', '{', '}']) || directive.parse::<LevelFilter>().is_ok())
    });
    is_plain && has_levels && EnvFilter::builder().parse(text).is_ok()
}

/// Where a vendor's interface stands. Nothing that would be sent along or lost when a path is added.
fn is_base_url(text: &str) -> bool {
    let Ok(uri) = text.parse::<http::Uri>() else { return false };
    let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
    let Some(authority) = uri.authority() else { return false };
    let origin = format!("http://{authority}");
    is_web && uri.query().is_none() && !text.contains('#') && PublicUrl::parse(&origin).is_some()
}

/// What can stand in an `Authorization: Bearer` header and is too long to be guessed.
fn is_token(text: &str) -> bool {
    text.is_empty()
        || (text.len() >= limits::METRICS_TOKEN_CHARS_MIN && text.bytes().all(|byte| byte.is_ascii_graphic()))
}

/// Whether an address leads to a program on this machine.
pub(super) fn is_this_machine(base_url: &str) -> bool {
    let Ok(uri) = base_url.parse::<http::Uri>() else { return false };
    is_own_host(uri.host().unwrap_or_default())
}
