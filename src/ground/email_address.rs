//! An e-mail address that could be delivered to.

use super::limits::EMAIL_CHARS_MAX;
use std::fmt;

/// One address, trimmed, its host lower-cased. `Debug` masks it: an address is personal data.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("That is not an e-mail address. Write it as name@example.com.")]
pub struct EmailAddressError;

impl EmailAddress {
    /// Accepts `local@host.tld` without spaces or control characters, at most 254 characters (RFC 5321).
    pub fn parse(text: &str) -> Result<Self, EmailAddressError> {
        let text = text.trim();
        let (local, host) = text.rsplit_once('@').ok_or(EmailAddressError)?;
        let is_plain = |part: &str| {
            !part.is_empty()
                && part
                    .chars()
                    .all(|c| !c.is_whitespace() && !c.is_control() && !"@<>(),;:\\\"[]".contains(c))
        };
        let is_dotted = host.split('.').count() >= 2
            && host
                .split('.')
                .all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
        if is_plain(local) && is_plain(host) && is_dotted && text.chars().count() <= EMAIL_CHARS_MAX {
            Ok(Self(format!("{local}@{}", host.to_lowercase())))
        } else {
            Err(EmailAddressError)
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is the same for every spelling of one mailbox: the whole address in lower case. By RFC 5321 the part
    /// before the sign may tell letters of two cases apart; no provider does, and people do not write it one way.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

impl super::stored_text::StoredText for EmailAddress {
    fn stored_text(&self) -> &str {
        &self.0
    }
    fn from_stored_text(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|error| error.to_string())
    }
}

impl serde::Serialize for EmailAddress {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for EmailAddress {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(•••)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_judged_at_their_edges() {
        for good in ["a@b.co", " anna.müller@Beispiel.DE ", "x+tag@mail.example.com"] {
            assert!(EmailAddress::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "a", "a@b", "@b.co", "a@.co", "a b@c.de", "a@b..de", "a@-b.de", "a@b.de, c@d.de"] {
            assert!(EmailAddress::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(EmailAddress::parse(" anna@Beispiel.DE ").unwrap().as_str(), "anna@beispiel.de");
    }
}
