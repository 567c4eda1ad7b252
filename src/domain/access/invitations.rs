//! Links of invitations: derived from the membership and the time until which it is open, so that a new time makes
//! a new link and voids the former one.

use super::sessions::{self, IssuedSession, Place, SessionGrant};
use crate::domain::people::members::{self, Invitation};
use crate::domain::people::{self, PeopleError, PersonName};
use crate::ground::crypto::{MacKey, base64url, base64url_decode};
use crate::ground::ids::{Id as _, MembershipId};
use crate::ground::secret::Secret;
use crate::ground::time::Timestamp;
use crate::store::{DbError, ReadTx, WriteTx};

const PURPOSE: &str = "invitation_link";

/// The token of the link.
pub fn link_token(key: &MacKey, id: &MembershipId, expires_at: Timestamp) -> Secret<String> {
    let tag = key.sign(PURPOSE, &[id.as_str(), &expires_at.to_rfc3339()]);
    Secret::new(format!("{id}.{}", base64url(&tag)))
}

/// The invitation that this token opens; None when it is not genuine, or was accepted, taken back or renewed, or
/// has expired.
pub fn find(tx: &ReadTx<'_>, key: &MacKey, token: &str) -> Result<Option<Invitation>, DbError> {
    let parsed = token
        .split_once('.')
        .and_then(|(id, tag)| Some((MembershipId::parse(id).ok()?, base64url_decode(tag)?)));
    let Some((id, tag)) = parsed else { return Ok(None) };
    let Some(invitation) = members::find_open_invitation(tx, &id)? else { return Ok(None) };
    let until = invitation.expires_at.to_rfc3339();
    let is_genuine = key.verify(PURPOSE, &[invitation.id.as_str(), &until], &tag);
    Ok(is_genuine.then_some(invitation))
}

/// Accepts the invitation and signs its person in: once. None as for [`find`]. Whoever can sign in already does that
/// first (`presented` is the token of their session): a mail that was passed on must not open their other places.
pub fn accept(
    tx: &WriteTx<'_>,
    key: &MacKey,
    token: &str,
    name: &PersonName,
    place: &Place,
    presented: Option<&str>,
) -> Result<Option<IssuedSession>, PeopleError> {
    let Some(invitation) = find(tx, key, token)? else { return Ok(None) };
    if let Some(known) = people::find_active_by_email(tx, &invitation.email)? {
        let grant = presented.map_or(Ok(None), |token| sessions::find_grant(tx, token))?;
        if grant.as_ref().and_then(SessionGrant::person).is_none_or(|person| person.id != known) {
            return Err(PeopleError::SignInFirst);
        }
    }
    let person = members::accept(tx, &invitation, name)?;
    Ok(Some(sessions::open(tx, &person, place)?))
}
