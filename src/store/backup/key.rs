//! The recovery key, and what is derived from it.
//!
//! One secret of 256 bits opens every backup of a node. From it come a key for the names of chunks and, for each
//! sealed file, a key of its own (HMAC-SHA-256 over the file's random salt), so that no nonce is ever used twice.
//! Sealing is ChaCha20-Poly1305 (RFC 8439); kind and name of a file are authenticated with it, so that one file
//! cannot stand in for another.

use super::BackupError;
use crate::ground::crypto::{base64url, base64url_decode, constant_time_eq, hex, hmac_sha256};
use crate::ground::secret::Secret;
use crate::store::error::Bug;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};

const PREFIX: &str = "snip_rk_";
const MAGIC: &[u8; 8] = b"snipbak1";
const SALT_BYTES: usize = 32;

/// What opens the backups of a node. Made at the first backup; kept in `keys/`, and by the operator.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryKey([u8; 32]);

/// What a sealed file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sealed {
    Chunk,
    Snapshot,
}

impl Sealed {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Chunk => "chunk",
            Self::Snapshot => "snapshot",
        }
    }
}

impl RecoveryKey {
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Spaces and line breaks, as they come with copying, are left out.
    pub fn parse(text: &str) -> Result<Self, BackupError> {
        let text: String = text.split_whitespace().collect();
        let bytes = text.strip_prefix(PREFIX).and_then(base64url_decode).ok_or(BackupError::NotAKey)?;
        <[u8; 32]>::try_from(bytes).map(Self).map_err(|_| BackupError::NotAKey)
    }

    /// As the operator keeps it.
    pub fn to_text(&self) -> Secret<String> {
        Secret::new(format!("{PREFIX}{}", base64url(&self.0)))
    }

    /// What a repository keeps to tell its key from others; it opens nothing.
    pub(super) fn check_of(&self, repository_id: &str) -> String {
        hex(&self.derive("check", repository_id.as_bytes()))
    }

    pub(super) fn is_of(&self, repository_id: &str, check: &str) -> bool {
        constant_time_eq(self.check_of(repository_id).as_bytes(), check.as_bytes())
    }

    /// The name of the chunk that holds these bytes: tells nobody without the key what they are.
    pub(super) fn chunk_name(&self, bytes: &[u8]) -> String {
        hex(&hmac_sha256(&self.derive("chunk names", b""), bytes))
    }

    pub(super) fn seal(
        &self,
        what: Sealed,
        name: &str,
        salt: [u8; SALT_BYTES],
        plain: &[u8],
    ) -> Result<Vec<u8>, BackupError> {
        let mut body = plain.to_vec();
        let key = self.file_key(what, name, &salt)?;
        let tag = key.seal_in_place_separate_tag(nonce(), Aad::from(context(what, name)), &mut body);
        let tag = tag.map_err(|_| bug("a file is too large to be sealed"))?;
        Ok([MAGIC.as_slice(), &salt, &body, tag.as_ref()].concat())
    }

    /// None when a single bit differs from what was sealed under this name.
    pub(super) fn open(&self, what: Sealed, name: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let rest = sealed.strip_prefix(MAGIC.as_slice())?;
        let (salt, body) = rest.split_first_chunk::<SALT_BYTES>()?;
        let key = self.file_key(what, name, salt).ok()?;
        let mut body = body.to_vec();
        let plain_len = key.open_in_place(nonce(), Aad::from(context(what, name)), &mut body).ok()?.len();
        body.truncate(plain_len);
        Some(body)
    }

    fn file_key(
        &self,
        what: Sealed,
        name: &str,
        salt: &[u8; SALT_BYTES],
    ) -> Result<LessSafeKey, BackupError> {
        let info = [context(what, name).as_slice(), salt].concat();
        let key = UnboundKey::new(&CHACHA20_POLY1305, &self.derive("files", &info));
        key.map(LessSafeKey::new).map_err(|_| bug("a key of 32 bytes was refused"))
    }

    fn derive(&self, purpose: &str, info: &[u8]) -> [u8; 32] {
        hmac_sha256(&self.0, &[purpose.as_bytes(), &[0], info].concat())
    }
}

/// Each key seals one file once, so its nonce need not differ.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}

fn context(what: Sealed, name: &str) -> Vec<u8> {
    [what.as_str().as_bytes(), &[0], name.as_bytes(), &[0]].concat()
}

fn bug(what: &str) -> BackupError {
    BackupError::Db(Bug::invariant(what).into())
}

impl std::fmt::Debug for RecoveryKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryKey(•••)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: RecoveryKey = RecoveryKey::new([7; 32]);

    #[test]
    fn a_key_is_read_back_from_its_text_also_with_line_breaks() {
        let text = KEY.to_text().reveal().clone();
        let (head, tail) = text.split_at(20);

        assert_eq!(text.len(), 51);
        assert_eq!(RecoveryKey::parse(&format!(" {head}\n{tail}\n")).unwrap(), KEY);
        for wrong in ["", "snip_rk_", &text[1..], &text[..50], &format!("{text}AAAA")] {
            assert!(matches!(RecoveryKey::parse(wrong), Err(BackupError::NotAKey)), "{wrong}");
        }
    }

    // OPS-5
    #[test]
    fn every_changed_bit_another_name_another_kind_and_another_key_are_found() {
        let sealed = KEY.seal(Sealed::Chunk, "a", [9; 32], b"bread").unwrap();

        assert_eq!(KEY.open(Sealed::Chunk, "a", &sealed).unwrap(), b"bread");
        assert_eq!(KEY.open(Sealed::Chunk, "b", &sealed), None);
        assert_eq!(KEY.open(Sealed::Snapshot, "a", &sealed), None);
        assert_eq!(RecoveryKey::new([8; 32]).open(Sealed::Chunk, "a", &sealed), None);
        assert_eq!(KEY.open(Sealed::Chunk, "a", &sealed[..sealed.len() - 1]), None);
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert_eq!(KEY.open(Sealed::Chunk, "a", &changed), None, "byte {place}");
        }
    }

    #[test]
    fn a_sealed_file_shows_nothing_of_what_it_holds() {
        let sealed = KEY.seal(Sealed::Chunk, "a", [9; 32], b"a long enough secret").unwrap();
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
        assert!(!format!("{KEY:?}").contains('7'));
    }
}
