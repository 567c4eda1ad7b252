//! Where a connection leads: a host and a port, and which of them a closed network still allows.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// One server: `smtp.example.com:587`, `192.0.2.7:443`, `[2001:db8::1]:443`. Names are kept in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Destination {
    host: String,
    port: u16,
}

impl Destination {
    /// A host as addresses write it, with or without brackets.
    pub fn new(host: &str, port: u16) -> Self {
        let host = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.');
        Self { host: host.to_ascii_lowercase(), port }
    }

    /// None unless the text is a host, a colon and a port.
    pub fn parse(text: &str) -> Option<Self> {
        let (host, port) = text.rsplit_once(':')?;
        let port = port.parse::<u16>().ok().filter(|port| *port > 0)?;
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let is_sound = match bare {
            Some(address) => address.parse::<Ipv6Addr>().is_ok(),
            None => is_name(host) || host.parse::<IpAddr>().is_ok_and(|address| address.is_ipv4()),
        };
        is_sound.then(|| Self::new(host, port))
    }

    /// Whether it is a program on this machine.
    pub fn is_this_machine(&self) -> bool {
        is_own_host(&self.host)
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.contains(':') {
            true => write!(f, "[{}]:{}", self.host, self.port),
            false => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

/// Whether a host's name or address is this machine's own.
pub fn is_own_host(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

/// Letters, digits, hyphens and underscores between dots (RFC 1123 2.1; names of containers have underscores).
fn is_name(host: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    // Digits and dots alone are an address, or none.
    host.split('.').all(is_label) && !host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    // APP-13
    #[test]
    fn a_destination_is_a_host_and_a_port() {
        for (text, shown) in [
            ("smtp.Example.com:587", "smtp.example.com:587"),
            ("ollama:11434", "ollama:11434"),
            ("model_server:80", "model_server:80"),
            ("192.0.2.7:443", "192.0.2.7:443"),
            ("[2001:DB8::1]:443", "[2001:db8::1]:443"),
        ] {
            assert_eq!(Destination::parse(text).unwrap().to_string(), shown);
        }
        for text in [
            "",
            ":",
            "example.com",
            "example.com:",
            ":443",
            "example.com:0",
            "example.com:65536",
            "2001:db8::1:443",
            "[example.com]:443",
            "192.0.2:443",
            "a..b:1",
            "https://example.com:443",
            "a b:1",
            "user@example.com:443",
        ] {
            assert_eq!(Destination::parse(text), None, "{text}");
        }
    }

    // APP-13
    #[test]
    fn this_machine_is_known_by_its_names_and_addresses() {
        for host in ["localhost", "127.0.0.1", "127.8.9.1", "[::1]", "::ffff:127.0.0.1"] {
            assert!(Destination::new(host, 80).is_this_machine(), "{host}");
        }
        for host in ["localhost.example.com", "10.0.0.5", "0.0.0.0", "example.com", "[2001:db8::1]"] {
            assert!(!Destination::new(host, 80).is_this_machine(), "{host}");
        }
    }
}
