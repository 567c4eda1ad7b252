//! Who is on the other end, and which site was asked for, behind proxies.
//!
//! `X-Forwarded-For`, `-Proto` and `-Host` count only when the connection comes from a trusted proxy; everybody
//! else may write into them what they like. `X-Forwarded-For` is walked from right to left, through trusted
//! addresses only: the first that is not trusted is the client. Of `-Proto` and `-Host` the last value counts,
//! the one that the nearest proxy wrote. `Forwarded` (RFC 7239) is not read: a proxy that does not know it
//! passes a spoofed one through.

use axum::http::header::HOST;
use axum::http::{HeaderMap, Uri};
use ipnet::IpNet;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// Entries of `X-Forwarded-For` that are looked at, from the right; what lies beyond no honest chain reaches.
const HOPS_MAX: usize = 16;

/// The longest host name of RFC 1035 with a port.
const HOST_CHARS_MAX: usize = 253 + 6;

/// The addresses whose forwarded headers are believed.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    pub const fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// How a site is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    Http,
    Https,
}

/// The host under which a request came in: `https://chat.example.com`, always in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    pub scheme: Scheme,
    /// Host, with its port where it is not the scheme's own.
    pub host: String,
}

impl Site {
    /// Parses `https://chat.example.com` (a path, if any, is dropped). None when it is no http address.
    pub fn parse(text: &str) -> Option<Site> {
        let (scheme, rest) = text.split_once("://")?;
        let scheme = parse_scheme(scheme)?;
        Some(Site { scheme, host: checked_host(rest.split('/').next()?, scheme)? })
    }

    pub fn is_https(&self) -> bool {
        self.scheme == Scheme::Https
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_https() { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.host)
    }
}

/// The client's address: the connection's own, or the one that trusted proxies vouch for.
pub fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &TrustedProxies) -> IpAddr {
    let mut address = plain(peer);
    for entry in values(headers, "x-forwarded-for").into_iter().rev().take(HOPS_MAX) {
        if !trusted.contains(address) {
            break;
        }
        // A broken entry ends the chain at the last address that we know.
        let Some(next) = parse_address(entry) else { break };
        address = next;
    }
    address
}

/// The site of a request: None when the host that it names is no host name.
///
/// `public` answers for a request that names none, which HTTP/1.0 allows.
pub fn site(
    peer: IpAddr,
    headers: &HeaderMap,
    uri: &Uri,
    trusted: &TrustedProxies,
    public: &Site,
) -> Option<Site> {
    let believed = trusted.contains(plain(peer));
    let forwarded = |name| believed.then(|| values(headers, name).into_iter().next_back()).flatten();
    let scheme = forwarded("x-forwarded-proto").and_then(parse_scheme).unwrap_or(Scheme::Http);
    let own = || headers.get(HOST).map(|value| value.to_str().unwrap_or("?"));
    // RFC 9112 3.2.2: a request line with a whole address overrides the Host header.
    let Some(host) =
        forwarded("x-forwarded-host").or_else(|| uri.authority().map(|it| it.as_str())).or_else(own)
    else {
        return Some(public.clone());
    };
    Some(Site { scheme, host: checked_host(host, scheme)? })
}

/// The part of an address that one household or server shares: IPv4 whole, IPv6 its first 64 bits.
pub fn network_of(address: IpAddr) -> IpAddr {
    match plain(address) {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
        address @ IpAddr::V4(_) => address,
    }
}

/// `::ffff:192.0.2.1` is 192.0.2.1.
fn plain(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// All values of a header that may be repeated or joined by commas, in order.
fn values<'a>(headers: &'a HeaderMap, name: &str) -> Vec<&'a str> {
    let lines = headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("?"));
    lines.flat_map(|line| line.split(',')).map(str::trim).collect()
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711`.
fn parse_address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    bare.parse::<IpAddr>().ok().or_else(with_port).map(plain)
}

fn parse_scheme(text: &str) -> Option<Scheme> {
    match text.to_ascii_lowercase().as_str() {
        "http" => Some(Scheme::Http),
        "https" => Some(Scheme::Https),
        _ => None,
    }
}

/// A host name or address with an optional port, in lower case and without the scheme's own port.
fn checked_host(text: &str, scheme: Scheme) -> Option<String> {
    let text = text.to_ascii_lowercase();
    let (name, port) = split_port(&text)?;
    let port = match port {
        Some(port) => Some(port.parse::<u16>().ok()?),
        None => None,
    };
    let name_fits = match name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(inner) => inner.parse::<Ipv6Addr>().is_ok(),
        None => !name.is_empty() && !name.starts_with('.') && name.bytes().all(is_host_byte),
    };
    if !name_fits || text.len() > HOST_CHARS_MAX {
        return None;
    }
    match (port, scheme) {
        (None, _) | (Some(80), Scheme::Http) | (Some(443), Scheme::Https) => Some(name.to_owned()),
        (Some(port), _) => Some(format!("{name}:{port}")),
    }
}

fn split_port(text: &str) -> Option<(&str, Option<&str>)> {
    if let Some(end) = text.find(']') {
        let (name, rest) = text.split_at_checked(end + 1)?;
        return if rest.is_empty() {
            Some((name, None))
        } else {
            Some((name, Some(rest.strip_prefix(':')?)))
        };
    }
    Some(text.split_once(':').map_or((text, None), |(name, port)| (name, Some(port))))
}

const fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_')
}

#[cfg(test)]
#[path = "tests/address.rs"]
mod tests;
