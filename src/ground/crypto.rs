//! Hashes and keyed hashes, with the purposes they are made for. Keys and randomness come from outside.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256, Sha384};
use subtle::ConstantTimeEq;

/// SHA-256 of `bytes`.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The integrity of a script as pages write it: SHA-384 in base64 (W3C Subresource Integrity).
pub fn integrity(bytes: &[u8]) -> String {
    format!("sha384-{}", STANDARD.encode(Sha384::digest(bytes)))
}

/// SHA-256 over a stream of pieces.
#[derive(Default)]
pub struct Sha256Stream(Sha256);

impl Sha256Stream {
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub fn finish_hex(self) -> String {
        hex(&self.0.finalize())
    }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// URL-safe base64 without padding.
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes of URL-safe base64 without padding, or None when the text is not that.
pub fn base64url_decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// A 256-bit key kept in `keys/`. One key serves many purposes: each purpose is mixed into the hash, so that
/// a token made for one is worth nothing for another.
#[derive(Clone)]
pub struct MacKey([u8; 32]);

impl MacKey {
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// HMAC-SHA-256 (RFC 2104) over the purpose and the parts, each preceded by its length so that no two
    /// lists of parts run together.
    pub fn sign(&self, purpose: &str, parts: &[&str]) -> [u8; 32] {
        // HMAC takes a key of any length, so this cannot fail for 32 bytes.
        let mut mac = match Hmac::<Sha256>::new_from_slice(&self.0) {
            Ok(mac) => mac,
            Err(_) => return [0; 32],
        };
        for part in std::iter::once(&purpose).chain(parts) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }

    /// Whether `tag` is the hash of these parts; takes the same time whatever differs.
    pub fn verify(&self, purpose: &str, parts: &[&str], tag: &[u8]) -> bool {
        self.sign(purpose, parts).ct_eq(tag).into()
    }
}

/// HMAC-SHA-256 (RFC 2104) of one message, for hashes that other programs make too.
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    // HMAC takes a key of any length, so this cannot fail.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    mac.update(message);
    mac.finalize().into_bytes().into()
}

impl std::fmt::Debug for MacKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MacKey(•••)")
    }
}

/// Equality that takes the same time wherever the texts differ.
pub fn constant_time_eq(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sha256_answers_the_published_vector() {
        let hash = hex(&sha256(b"abc"));
        assert_eq!(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn hmac_answers_the_published_vector() {
        // RFC 4231, test case 2.
        let tag = hex(&hmac_sha256(b"Jefe", b"what do ya want for nothing?"));
        assert_eq!(tag, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn a_tag_is_bound_to_purpose_and_to_the_borders_between_parts() {
        let key = MacKey::new([7; 32]);
        let tag = key.sign("session", &["ab", "c"]);

        assert!(key.verify("session", &["ab", "c"], &tag));
        assert!(!key.verify("setup", &["ab", "c"], &tag));
        assert!(!key.verify("session", &["a", "bc"], &tag));
        assert!(!key.verify("session", &["ab", "c"], &tag[..31]));
        assert!(!MacKey::new([8; 32]).verify("session", &["ab", "c"], &tag));
    }
}
