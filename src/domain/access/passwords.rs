//! Passwords that people choose: only a hash is stored, Argon2id (RFC 9106) with 19 MiB and two passes, as the OWASP
//! Password Storage Cheat Sheet asks for. A hash costs tens of milliseconds and its memory, so few are made at once.

use crate::ground::secret::Secret;
use crate::store::error::Bug;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error, PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

const AT_ONCE_MAX: usize = 2;
static TURNSTILE: Semaphore = Semaphore::const_new(AT_ONCE_MAX);

/// The hash of a password in the PHC string format. `salt`: 8 to 48 bytes that no other password has; they need not be
/// secret.
pub async fn hash(password: Secret<String>, salt: Vec<u8>) -> Result<String, Bug> {
    in_turn(move || {
        let hashed: Result<PasswordHash, Error> =
            hasher().hash_password_with_salt(password.reveal().as_bytes(), &salt);
        hashed.map(|hash| hash.to_string()).map_err(|error| Bug::invariant(format!("no hash: {error}")))
    })
    .await?
}

/// Whether this is the password of the hash.
pub async fn verify(password: Secret<String>, hash: String) -> Result<bool, Bug> {
    in_turn(move || {
        let unread = |error: Error| Bug::invariant(format!("a stored password hash cannot be read: {error}"));
        let hash = PasswordHash::new(&hash).map_err(|error| unread(error.into()))?;
        match hasher().verify_password(password.reveal().as_bytes(), &hash) {
            Ok(()) => Ok(true),
            Err(Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(unread(error)),
        }
    })
    .await?
}

fn hasher() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default())
}

/// Waits for a turn for as long as the request may take.
async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Bug> {
    let permit = TURNSTILE.acquire().await.map_err(|_| Bug::invariant("the turnstile is closed"))?;
    let done = tokio::task::spawn_blocking(move || {
        let done = work();
        // Given back here, not by the caller, who may have gone while the hash is still made.
        drop(permit);
        done
    });
    done.await.map_err(|_| Bug::invariant("a password was not hashed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret<String> {
        Secret::new(text.to_owned())
    }

    // DSH-2
    #[tokio::test]
    async fn a_password_is_known_again_and_another_is_not() {
        let hash = hash(secret("quince and ember"), b"share_01jd3v5s8e4w6x7y".to_vec()).await.unwrap();

        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify(secret("quince and ember"), hash.clone()).await.unwrap());
        assert!(!verify(secret("quince and Ember"), hash.clone()).await.unwrap());
        assert!(!verify(secret(""), hash).await.unwrap());
    }

    #[tokio::test]
    async fn a_hash_that_is_none_is_a_fault_and_no_refusal() {
        assert!(verify(secret("anything"), "plain text".to_owned()).await.is_err());
    }
}
