//! The session token of a visitor's browser: signed, bound to one client and to the origin it was minted for.
//!
//! It carries no personal data and opens nothing but the visitor's own conversation. Pure: the key, the time
//! and the ids are arguments.

use crate::ground::crypto::{MacKey, base64url, base64url_decode};
use crate::ground::ids::{ClientId, Id as _, SessionId};
use crate::ground::limits::VISITOR_SESSION_MS;
use crate::ground::time::Timestamp;

const PURPOSE: &str = "visitor_session";

/// A session whose token was found genuine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitorSession {
    pub id: SessionId,
    /// The page's origin, or empty where the browser sent none.
    pub origin: String,
}

/// Why a token opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This session has ended. Send the message again without `session` to begin a new one.")]
pub struct SessionInvalid;

/// A token for this session, good for 30 days from `now`.
pub fn mint(key: &MacKey, client_id: &ClientId, session: &VisitorSession, now: Timestamp) -> String {
    let expires_ms = now.plus_ms(VISITOR_SESSION_MS).as_ms().to_string();
    let tag = key.sign(PURPOSE, &[client_id.as_str(), session.id.as_str(), &session.origin, &expires_ms]);
    format!("{}.{expires_ms}.{}.{}", session.id, base64url(session.origin.as_bytes()), base64url(&tag))
}

/// The session of a token that was minted by us for this client and has not expired.
pub fn verify(
    key: &MacKey,
    client_id: &ClientId,
    token: &str,
    now: Timestamp,
) -> Result<VisitorSession, SessionInvalid> {
    let parts: Vec<&str> = token.split('.').collect();
    let [id, expires_ms, origin, tag] = parts.as_slice() else { return Err(SessionInvalid) };
    let id = SessionId::parse(id).map_err(|_| SessionInvalid)?;
    let expires_at = Timestamp::from_ms(expires_ms.parse().map_err(|_| SessionInvalid)?);
    let origin =
        base64url_decode(origin).and_then(|bytes| String::from_utf8(bytes).ok()).ok_or(SessionInvalid)?;
    let tag = base64url_decode(tag).ok_or(SessionInvalid)?;
    let is_genuine = key.verify(PURPOSE, &[client_id.as_str(), id.as_str(), &origin, expires_ms], &tag);
    if is_genuine && expires_at > now { Ok(VisitorSession { id, origin }) } else { Err(SessionInvalid) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ulid::Ulid;

    #[test]
    fn a_token_opens_only_its_own_client_until_it_expires_and_survives_no_change() {
        let key = MacKey::new([1; 32]);
        let now = Timestamp::from_ms(1_795_000_000_000);
        let client = ClientId::from_ulid(Ulid::from_parts(1, 1));
        let other = ClientId::from_ulid(Ulid::from_parts(1, 2));
        let session = VisitorSession {
            id: SessionId::from_ulid(Ulid::from_parts(2, 3)),
            origin: "https://shop.test".to_owned(),
        };

        let token = mint(&key, &client, &session, now);

        assert_eq!(verify(&key, &client, &token, now), Ok(session));
        assert_eq!(verify(&key, &other, &token, now), Err(SessionInvalid));
        assert_eq!(verify(&MacKey::new([2; 32]), &client, &token, now), Err(SessionInvalid));
        assert_eq!(verify(&key, &client, &token, now.plus_ms(VISITOR_SESSION_MS)), Err(SessionInvalid));
        for (at, _) in token.char_indices() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'2' { b'3' } else { b'2' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(verify(&key, &client, &changed, now), Err(SessionInvalid), "{changed}");
        }
        for garbage in ["", ".", "...", "a.b.c.d", &"x".repeat(5_000)] {
            assert_eq!(verify(&key, &client, garbage, now), Err(SessionInvalid));
        }
    }
}
