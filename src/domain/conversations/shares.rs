//! Links with which a conversation is read without signing in.
//!
//! A link shows what was said until it was made, and nothing of whose it is: no visitor's name or address, no page, no
//! tag, no id of the client. Its token is derived (128 bits of a keyed hash), so that no row holds it and whoever may
//! share can copy it again. It ends at its time, when it is revoked, with the conversation and with the client.

use super::{ConversationError, Message, citations, get, get_with_visitor, store, store::shares};
use crate::domain::clients::{self, ClientStatus};
use crate::ground::bounded_text::BoundedText;
use crate::ground::crypto::{MacKey, base64url, base64url_decode, constant_time_eq};
use crate::ground::ids::{ClientId, ConversationId, Id as _, ShareId};
use crate::ground::limits::{
    PRUNED_ROWS_MAX, SHARE_DAYS_MAX, SHARE_PASSWORD_CHARS_MAX, SHARE_PASSWORD_CHARS_MIN, SHARED_BYTES_MAX,
    SHARED_MESSAGES_MAX, SHARES_PER_CONVERSATION_MAX,
};
use crate::ground::scope::ClientScope;
use crate::ground::secret::Secret;
use crate::ground::time::Timestamp;
use crate::store::audit::{self, Deed};
use crate::store::{DbError, ReadTx, WriteTx};
use citations::Citation;
use schemars::JsonSchema;
use serde::Deserialize;

const PURPOSE: &str = "conversation_share";
const WORK: &str = "conversation_share";
const TOKEN_BYTES: usize = 16;
const DAY_MS: i64 = 24 * 3_600_000;

type PasswordText = BoundedText<SHARE_PASSWORD_CHARS_MIN, SHARE_PASSWORD_CHARS_MAX>;

/// What whoever opens a link is asked for: one line, as a browser's field takes it.
pub struct SharePassword(PasswordText);

impl SharePassword {
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl<'de> Deserialize<'de> for SharePassword {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = PasswordText::deserialize(deserializer)?;
        if text.as_str().contains(['\n', '\r', '\t']) {
            return Err(serde::de::Error::custom("A password is one line without tabs."));
        }
        Ok(Self(text))
    }
}

impl JsonSchema for SharePassword {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "SharePassword".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        PasswordText::json_schema(generator)
    }
}

/// One link, as its row tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    pub id: ShareId,
    pub client_id: ClientId,
    pub conversation_id: ConversationId,
    pub password_hash: Option<Secret<String>>,
    pub expires_at: Timestamp,
    /// Also the moment until which it shows what was said.
    pub created_at: Timestamp,
}

impl Share {
    pub fn scope(&self) -> ClientScope {
        ClientScope::from_row(self.client_id.clone(), WORK)
    }
}

/// A link to be made. The id is minted before, since the password's hash is salted with it.
#[derive(Debug, Clone)]
pub struct NewShare {
    pub id: ShareId,
    /// 1 to [`SHARE_DAYS_MAX`].
    pub expires_in_days: u32,
    pub password_hash: Option<Secret<String>>,
}

/// What a link shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    pub began_at: Timestamp,
    /// Oldest first; the newest [`SHARED_MESSAGES_MAX`] or [`SHARED_BYTES_MAX`] of them.
    pub messages: Vec<(Message, Vec<Citation>)>,
    /// Whether there were more before.
    pub is_cut: bool,
}

/// Whether one more link to this conversation with a visitor can be made.
pub fn require_room(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    conversation: &ConversationId,
) -> Result<(), ConversationError> {
    get_with_visitor(tx, scope, conversation)?;
    if shares::list_open(tx, scope, conversation, tx.now())?.len() >= SHARES_PER_CONVERSATION_MAX {
        return Err(ConversationError::TooManyShares);
    }
    Ok(())
}

/// Makes a link to a conversation with a visitor.
pub fn create(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    conversation: &ConversationId,
    new: &NewShare,
) -> Result<Share, ConversationError> {
    require_room(tx, scope, conversation)?;
    let days = i64::from(new.expires_in_days.clamp(1, SHARE_DAYS_MAX));
    let share = Share {
        id: new.id.clone(),
        client_id: scope.client_id().clone(),
        conversation_id: conversation.clone(),
        password_hash: new.password_hash.clone(),
        expires_at: tx.now().plus_ms(days * DAY_MS),
        created_at: tx.now(),
    };
    shares::insert(tx, scope, &share)?;
    record(tx, scope, &share.conversation_id, "conversation.shared")?;
    Ok(share)
}

/// The conversation's links that are open, newest first.
pub fn list(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    conversation: &ConversationId,
) -> Result<Vec<Share>, ConversationError> {
    get_with_visitor(tx, scope, conversation)?;
    Ok(shares::list_open(tx, scope, conversation, tx.now())?)
}

/// Ends a link at once.
pub fn revoke(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    conversation: &ConversationId,
    id: &ShareId,
) -> Result<(), ConversationError> {
    if shares::delete(tx, scope, conversation, id)? == 0 {
        return Err(ConversationError::ShareNotFound);
    }
    Ok(record(tx, scope, conversation, "conversation.share_revoked")?)
}

/// The token of the link.
pub fn link_token(key: &MacKey, share: &Share) -> Secret<String> {
    Secret::new(format!("{}.{}", share.id, base64url(&tag(key, share))))
}

/// The link that this token opens; its password is asked for by the caller. None when it is not genuine, has expired or
/// was revoked, and while the client is suspended.
pub fn find_open(tx: &ReadTx<'_>, key: &MacKey, token: &str) -> Result<Option<Share>, DbError> {
    let parsed =
        token.split_once('.').and_then(|(id, tag)| Some((ShareId::parse(id).ok()?, base64url_decode(tag)?)));
    let Some((id, sent)) = parsed else { return Ok(None) };
    let Some(share) = shares::find(tx, &id)? else { return Ok(None) };
    if !constant_time_eq(&tag(key, &share), &sent) || share.expires_at <= tx.now() {
        return Ok(None);
    }
    let client = clients::find(tx, &share.scope())?;
    let is_served = client.is_some_and(|it| it.status == ClientStatus::Active && !it.is_erasing);
    Ok(is_served.then_some(share))
}

/// What the link shows. Whoever asks has judged token and password.
pub fn read(tx: &ReadTx<'_>, share: &Share) -> Result<Shared, ConversationError> {
    let scope = share.scope();
    let conversation = get(tx, &scope, &share.conversation_id)?;
    let mut newest = store::transcript::list_until(
        tx,
        &scope,
        &share.conversation_id,
        share.created_at,
        SHARED_MESSAGES_MAX + 1,
    )?;
    let mut bytes = 0;
    let fitting = newest.iter().take(SHARED_MESSAGES_MAX).take_while(|message| {
        bytes += message.text.len();
        bytes <= SHARED_BYTES_MAX
    });
    let count = fitting.count();
    let is_cut = newest.len() > count;
    newest.truncate(count);
    newest.reverse();
    let with_citations = newest.into_iter().map(|message| {
        let cited = citations::list_of_message(tx, &scope, &message.id)?;
        Ok((message, cited))
    });
    let messages = with_citations.collect::<Result<Vec<_>, DbError>>()?;
    Ok(Shared { began_at: conversation.created_at, messages, is_cut })
}

/// Removes some links that ended before this moment; returns how many.
pub fn prune(tx: &WriteTx<'_>, before: Timestamp) -> Result<usize, DbError> {
    shares::prune(tx, before, PRUNED_ROWS_MAX)
}

fn tag(key: &MacKey, share: &Share) -> [u8; TOKEN_BYTES] {
    let expires_at = share.expires_at.as_ms().to_string();
    let whole = key.sign(PURPOSE, &[share.client_id.as_str(), share.id.as_str(), &expires_at]);
    // RFC 2104, section 5: the left half of a keyed hash is one.
    let mut half = [0; TOKEN_BYTES];
    half.iter_mut().zip(whole).for_each(|(to, from)| *to = from);
    half
}

fn record(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    conversation: &ConversationId,
    action: &'static str,
) -> Result<(), DbError> {
    let deed = Deed {
        action,
        client_id: Some(scope.client_id()),
        subject_id: conversation.as_str(),
        fields: &[],
        values_after: None,
    };
    audit::record(tx, &deed)
}
