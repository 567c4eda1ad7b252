//! Visitors whom the client's own website has named.
//!
//! The website proves a name by a hash that only it and this server can make: HMAC-SHA-256 of the user's id under
//! the client's identity secret, as hexadecimal. The secret is derived, so that no row holds it.
//!
//! What follows from a name: the session belongs to that visitor from now on; the thread that it had before, if
//! it belongs to nobody, becomes the visitor's; and wherever the visitor writes, the newest of their threads goes
//! on. A session of one visitor never becomes another's: whoever signs in next in the same browser gets a session
//! of their own, and does not see the former one's thread.

use super::{Conversation, ConversationError, store, store::visitors};
use crate::ground::bounded_text::BoundedText;
use crate::ground::crypto::{MacKey, constant_time_eq, hex, hmac_sha256};
use crate::ground::email_address::EmailAddress;
use crate::ground::ids::{ClientId, Id as _, SessionId, VisitorId};
use crate::ground::limits::{USER_ID_CHARS_MAX, VISITOR_NAME_CHARS_MAX};
use crate::ground::scope::ClientScope;
use crate::ground::secret::Secret;
use crate::store::{DbError, ReadTx, WriteTx};

const PURPOSE: &str = "identity_secret";
/// What every identity secret begins with, so that scanners of leaked secrets can find it.
const SECRET_PREFIX: &str = "snip_id_";

pub type UserId = BoundedText<1, USER_ID_CHARS_MAX>;
pub type VisitorName = BoundedText<1, VISITOR_NAME_CHARS_MAX>;

/// Who a visitor is, by the client's own website.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub user_id: UserId,
    pub name: Option<VisitorName>,
    pub email: Option<EmailAddress>,
}

/// An identified visitor as the client's people see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    pub user_id: String,
    pub name: Option<String>,
    pub email: Option<String>,
}

/// What an identification led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identified {
    /// The session to go on with.
    pub session: SessionId,
    /// The thread that goes on, if there is one.
    pub conversation: Option<Conversation>,
}

/// The secret with which the client's website names its users.
pub fn identity_secret(key: &MacKey, client_id: &ClientId) -> Secret<String> {
    Secret::new(format!("{SECRET_PREFIX}{}", hex(&key.sign(PURPOSE, &[client_id.as_str()]))))
}

/// Whether the website that holds the client's secret has named this user. Takes the same time whatever differs.
pub fn is_proven(key: &MacKey, client_id: &ClientId, user_id: &UserId, proof: &str) -> bool {
    let secret = identity_secret(key, client_id);
    let wanted = hex(&hmac_sha256(secret.reveal().as_bytes(), user_id.as_str().as_bytes()));
    constant_time_eq(wanted.as_bytes(), proof.to_ascii_lowercase().as_bytes())
}

/// Binds the session to the visitor, and joins its thread to theirs. The name was proven before.
pub fn identify(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    session: Option<SessionId>,
    identity: &Identity,
) -> Result<Identified, ConversationError> {
    let known = visitors::find_by_user(tx, scope, &identity.user_id)?;
    let visitor = visitors::upsert(tx, scope, &tx.new_id(), identity)?;
    if known.is_some() && known != visitors::find_by_user(tx, scope, &identity.user_id)? {
        visitors::touch_conversations(tx, scope, &visitor)?;
    }
    let session = session.unwrap_or_else(|| tx.new_id());
    let session = match visitors::find_of_session(tx, scope, &session)? {
        Some(owner) if owner == visitor => session,
        Some(_) => bind_new(tx, scope, &visitor)?,
        None => {
            let thread = store::find_by_session(tx, scope, &session)?;
            match thread {
                // The thread was joined to somebody else from another browser.
                Some(thread)
                    if visitors::find_of_conversation(tx, scope, &thread.id)?
                        .is_some_and(|owner| owner != visitor) =>
                {
                    bind_new(tx, scope, &visitor)?
                }
                Some(thread) => {
                    visitors::join_conversation(tx, scope, &thread.id, &visitor)?;
                    visitors::touch_conversations(tx, scope, &visitor)?;
                    visitors::bind_session(tx, scope, &session, &visitor)?;
                    session
                }
                None => {
                    visitors::bind_session(tx, scope, &session, &visitor)?;
                    session
                }
            }
        }
    };
    Ok(Identified { session, conversation: visitors::find_newest(tx, scope, &visitor)? })
}

fn bind_new(tx: &WriteTx<'_>, scope: &ClientScope, visitor: &VisitorId) -> Result<SessionId, DbError> {
    let session: SessionId = tx.new_id();
    visitors::bind_session(tx, scope, &session, visitor)?;
    Ok(session)
}

/// Whether this session may see this conversation: it began it, or its visitor owns it.
pub fn may_see(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    session: &SessionId,
    conversation: &Conversation,
) -> Result<bool, DbError> {
    let owner = visitors::find_of_conversation(tx, scope, &conversation.id)?;
    match visitors::find_of_session(tx, scope, session)? {
        Some(visitor) => Ok(owner == Some(visitor)),
        None => Ok(conversation.session_id == *session && owner.is_none()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ulid::Ulid;

    // CHT-2
    #[test]
    fn a_proof_is_good_for_one_user_of_one_client() {
        let key = MacKey::new([3; 32]);
        let (client, other) =
            (ClientId::from_ulid(Ulid::from_parts(1, 1)), ClientId::from_ulid(Ulid::from_parts(1, 2)));
        let user = UserId::parse("user-1").unwrap();
        let secret = identity_secret(&key, &client);
        let proof = hex(&hmac_sha256(secret.reveal().as_bytes(), b"user-1"));

        assert!(is_proven(&key, &client, &user, &proof));
        assert!(is_proven(&key, &client, &user, &proof.to_ascii_uppercase()));
        assert!(!is_proven(&key, &other, &user, &proof));
        assert!(!is_proven(&key, &client, &UserId::parse("user-2").unwrap(), &proof));
        for wrong in ["", "0", &proof[1..], &format!("{proof}0")] {
            assert!(!is_proven(&key, &client, &user, wrong), "{wrong}");
        }
    }
}
