//! What is known of a visit: the page, where the visitor came from, language and kind of device.
//!
//! Kept with the conversation as it began, and only where the client keeps such details. Addresses lose their
//! query, fragment and credentials before anything else sees them: those may carry names, tokens and searches.
//! What cannot be read is left out; a visitor's message is never refused for it. Pure but for [`keep`].

use super::store::visits as store;
use crate::ground::ids::ConversationId;
use crate::ground::limits::{LANGUAGE_TAG_CHARS_MAX, PAGE_ADDRESS_CHARS_MAX};
use crate::ground::scope::ClientScope;
use crate::store::{DbError, WriteTx};
use crate::text_enum;

text_enum! {
    /// What kind of device a browser says that it runs on.
    pub enum Device {
        Phone = "phone",
        Tablet = "tablet",
        Desktop = "desktop",
        Other = "other",
    }
}

impl Device {
    /// By the words that browsers agree on in `User-Agent` (MDN, "Browser detection using the user agent").
    pub fn of_user_agent(user_agent: &str) -> Self {
        let text = user_agent.to_ascii_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
        if has(&["ipad", "tablet", "kindle", "silk/"]) || (has(&["android"]) && !has(&["mobile"])) {
            Device::Tablet
        } else if has(&["mobi", "iphone", "ipod", "android"]) {
            Device::Phone
        } else if has(&["windows nt", "macintosh", "x11", "cros"]) {
            Device::Desktop
        } else {
            Device::Other
        }
    }
}

/// How a visitor came to the widget.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Visit {
    pub page_url: Option<String>,
    pub referrer: Option<String>,
    /// A language tag, as the browser or the page says it.
    pub language: Option<String>,
    pub device: Option<Device>,
}

impl Visit {
    /// Takes what can be kept of what was sent.
    pub fn read(
        page_url: Option<&str>,
        referrer: Option<&str>,
        language: Option<&str>,
        device: Option<Device>,
    ) -> Self {
        Self {
            page_url: page_url.and_then(clean_address),
            referrer: referrer.and_then(clean_address),
            language: language.and_then(clean_language),
            device,
        }
    }
}

/// The address without query, fragment and credentials; None for what is no web address.
fn clean_address(text: &str) -> Option<String> {
    let text = text.trim();
    let (scheme, rest) = text.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    if !matches!(scheme.as_str(), "http" | "https") {
        return None;
    }
    let rest = rest.split(['?', '#']).next()?;
    let (authority, path) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let host = authority.rsplit('@').next().filter(|host| !host.is_empty())?;
    let address = format!("{scheme}://{}{path}", host.to_ascii_lowercase());
    let is_plain = !address.chars().any(|c| c.is_control() || c.is_whitespace());
    is_plain.then(|| address.chars().take(PAGE_ADDRESS_CHARS_MAX).collect())
}

/// A language tag (RFC 5646) by its alphabet; None for anything else.
fn clean_language(text: &str) -> Option<String> {
    let text = text.trim();
    let is_tag = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.len() <= LANGUAGE_TAG_CHARS_MAX;
    is_tag.then(|| text.to_owned())
}

/// Keeps how the conversation began; what was kept before stays.
pub fn keep(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    conversation: &ConversationId,
    visit: &Visit,
) -> Result<(), DbError> {
    if *visit == Visit::default() { Ok(()) } else { store::insert(tx, scope, conversation, visit) }
}

#[cfg(test)]
mod tests {
    use super::*;

    // CHT-2
    #[test]
    fn an_address_loses_query_fragment_and_credentials() {
        let cases = [
            ("https://shop.test/cakes?name=Ann&token=s3cret#top", Some("https://shop.test/cakes")),
            ("https://ann:pw@Shop.test:8443/a/b", Some("https://shop.test:8443/a/b")),
            ("HTTP://shop.test?x", Some("http://shop.test")),
            ("https://shop.test#a@b/c", Some("https://shop.test")),
            ("javascript:alert(1)", None),
            ("file:///etc/passwd", None),
            ("https://", None),
            ("https://shop.test/a b", None),
            ("", None),
        ];
        for (sent, kept) in cases {
            assert_eq!(clean_address(sent).as_deref(), kept, "{sent}");
        }
        let long = format!("https://shop.test/{}", "ü".repeat(900));
        assert_eq!(clean_address(&long).unwrap().chars().count(), PAGE_ADDRESS_CHARS_MAX);
    }

    // CHT-2
    #[test]
    fn a_language_is_a_tag_or_nothing() {
        for good in ["de", "pt-BR", "zh-Hans-CN"] {
            assert_eq!(clean_language(good).as_deref(), Some(good));
        }
        for bad in ["", "d e", "<b>", "-de", &"a".repeat(36)] {
            assert_eq!(clean_language(bad), None, "{bad}");
        }
    }

    // CHT-2
    #[test]
    fn the_kind_of_device_is_read_from_what_browsers_send() {
        let cases = [
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 Safari/604.1",
                Device::Phone,
            ),
            (
                "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
                Device::Phone,
            ),
            (
                "Mozilla/5.0 (Linux; Android 15; SM-X910) AppleWebKit/537.36 Chrome/140.0 Safari/537.36",
                Device::Tablet,
            ),
            ("Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) Mobile/15E148 Safari/604.1", Device::Tablet),
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Gecko/20100101 Firefox/145.0", Device::Desktop),
            ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 Safari/605.1.15", Device::Desktop),
            ("curl/8.14", Device::Other),
            ("", Device::Other),
        ];
        for (user_agent, device) in cases {
            assert_eq!(Device::of_user_agent(user_agent), device, "{user_agent}");
        }
    }
}
