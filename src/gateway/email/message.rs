//! A mail as bytes (RFC 5322, RFC 2045 to 2047): plain text and HTML beside each other, both in base64. Pure.

use crate::ground::time::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const LINE_CHARS: usize = 76;
/// Bytes of one encoded word: with its marks it stays below the 75 characters of RFC 2047.
const WORD_BYTES: usize = 42;

/// One mail to one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    /// Unique for good: the id of the row that is sent.
    pub id: String,
    pub from_name: String,
    pub from: String,
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub at: Timestamp,
}

impl Email {
    /// The same bytes for the same mail.
    pub fn to_bytes(&self) -> Vec<u8> {
        let boundary = format!("part-{}", self.id);
        let host = self.from.rsplit('@').next().unwrap_or("localhost");
        let part = |kind: &str, body: &str| {
            format!(
                "--{boundary}\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
                base64_lines(body)
            )
        };
        let head = format!(
            "From: {} <{}>\r\nTo: <{}>\r\nSubject: {}\r\nDate: {}\r\nMessage-ID: <{}@{host}>\r\n\
             MIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\n\
             Content-Type: multipart/alternative; boundary=\"{boundary}\"\r\n\r\n",
            encoded_words(&self.from_name),
            one_line(&self.from),
            one_line(&self.to),
            encoded_words(&self.subject),
            self.at.to_rfc2822(),
            self.id,
        );
        let parts = [part("text/plain", &self.text), part("text/html", &self.html)].concat();
        format!("{head}{parts}--{boundary}--\r\n").into_bytes()
    }
}

fn base64_lines(text: &str) -> String {
    let encoded = STANDARD.encode(text.replace("\r\n", "\n").replace('\n', "\r\n"));
    let mut lines = String::with_capacity(encoded.len() + encoded.len() / LINE_CHARS * 2 + 2);
    for (at, c) in encoded.chars().enumerate() {
        if at > 0 && at % LINE_CHARS == 0 {
            lines.push_str("\r\n");
        }
        lines.push(c);
    }
    lines.push_str("\r\n");
    lines
}

/// A header's text: plain where it is, encoded words otherwise. No text ends the header.
fn encoded_words(text: &str) -> String {
    let text = one_line(text);
    let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" -_.!'/".contains(&byte));
    if is_plain && text.len() <= LINE_CHARS - 20 {
        return text;
    }
    let mut words = Vec::new();
    let mut word = String::new();
    for c in text.chars() {
        if word.len() + c.len_utf8() > WORD_BYTES {
            words.push(std::mem::take(&mut word));
        }
        word.push(c);
    }
    words.push(word);
    let encoded = words.iter().map(|word| format!("=?utf-8?B?{}?=", STANDARD.encode(word)));
    encoded.collect::<Vec<_>>().join("\r\n ")
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn email(subject: &str) -> Email {
        Email {
            id: "out_1".to_owned(),
            from_name: "North & Co".to_owned(),
            from: "no-reply@north.test".to_owned(),
            to: "anna@shop.test".to_owned(),
            subject: subject.to_owned(),
            text: "Good day,\nAnna.".to_owned(),
            html: "<p>Good day</p>".to_owned(),
            at: Timestamp::from_ms(1_795_000_000_000),
        }
    }

    #[test]
    fn no_value_ends_its_header() {
        let bytes = String::from_utf8(email("Hi\r\nBcc: eve@evil.test").to_bytes()).unwrap();

        assert!(!bytes.contains("\r\nBcc:"), "{bytes}");
        assert!(bytes.contains("Message-ID: <out_1@north.test>\r\n"), "{bytes}");
        assert!(bytes.contains("Date: Wed, 18 Nov 2026 11:06:40 +0000\r\n"), "{bytes}");
    }

    #[test]
    fn long_and_foreign_subjects_become_encoded_words_on_short_lines() {
        let bytes = String::from_utf8(email(&"Schöne Grüße ".repeat(20)).to_bytes()).unwrap();

        assert!(bytes.lines().all(|line| line.len() <= 78), "{bytes}");
        assert!(bytes.contains("Subject: =?utf-8?B?"), "{bytes}");
    }
}
