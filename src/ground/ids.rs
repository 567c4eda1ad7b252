//! Prefixed, time-ordered ids: `client_01j…`, twenty-six lower-case Crockford base32 digits after the prefix.
//!
//! The first ten digits are the time in milliseconds, the rest is random: ids sort by creation and cannot be
//! guessed. The first id of a millisecond has 79 random bits; each further one stands a random step above the
//! former, with 64 new random bits. The prefix is checked on parse, so that a document's id never passes for a
//! client's.

use std::fmt;
use ulid::Ulid;

/// Why a text is not an id of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an id that begins with `{prefix}_` and goes on with 26 letters and digits")]
pub struct IdError {
    pub prefix: &'static str,
}

/// What every id type can do; implemented by [`id_type!`] only.
pub trait Id: Sized + fmt::Display {
    const PREFIX: &'static str;
    fn from_ulid(ulid: Ulid) -> Self;
    fn parse(text: &str) -> Result<Self, IdError>;
    fn as_str(&self) -> &str;
}

/// The text of an id: prefix, underscore, lower-case ULID.
pub fn format_id(prefix: &str, ulid: Ulid) -> String {
    format!("{prefix}_{}", ulid.to_string().to_ascii_lowercase())
}

/// Checks prefix, length and alphabet; returns the canonical lower-case text.
pub fn check_id(prefix: &'static str, text: &str) -> Result<String, IdError> {
    let wrong = IdError { prefix };
    let digits = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')).ok_or(wrong.clone())?;
    if digits.len() != 26 || digits.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(wrong);
    }
    let ulid = Ulid::from_string(digits).map_err(|_| wrong.clone())?;
    let canonical = format_id(prefix, ulid);
    if canonical == text { Ok(canonical) } else { Err(wrong) }
}

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl Id for $name {
            const PREFIX: &'static str = $prefix;
            fn from_ulid(ulid: Ulid) -> Self {
                Self(format_id($prefix, ulid))
            }
            fn parse(text: &str) -> Result<Self, IdError> {
                check_id($prefix, text).map(Self)
            }
            fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl super::stored_text::StoredText for $name {
            fn stored_text(&self) -> &str {
                &self.0
            }
            fn from_stored_text(text: &str) -> Result<Self, String> {
                <$name as Id>::parse(text).map_err(|error| error.to_string())
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                <$name as Id>::parse(&text).map_err(serde::de::Error::custom)
            }
        }
        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string",
                    "pattern": concat!("^", $prefix, "_[0-9a-hjkmnp-tv-z]{26}$"),
                    "examples": [concat!($prefix, "_01jd3v5s8e4w6x7y9zabcdefgh")],
                })
            }
        }
    };
}

id_type!(
    /// A business that the agency serves: the tenant.
    ClientId,
    "client"
);
id_type!(
    /// An API key's row; not the key itself.
    ApiKeyId,
    "key"
);
id_type!(
    /// An uploaded source of knowledge.
    DocumentId,
    "doc"
);
id_type!(
    /// One immutable extracted text of a document.
    VersionId,
    "ver"
);
id_type!(
    /// The piece that is indexed and cited.
    ChunkId,
    "chunk"
);
id_type!(
    /// A question with its answer, written by the client.
    FaqId,
    "faq"
);
id_type!(
    /// One saving of a client's instructions.
    InstructionVersionId,
    "instr"
);
id_type!(
    /// Everything that one embedder has made: vectors of two generations are never compared.
    GenerationId,
    "gen"
);
id_type!(
    /// A thread of messages.
    ConversationId,
    "conv"
);
id_type!(
    /// A link with which a conversation is read without signing in; not the link itself.
    ShareId,
    "share"
);
id_type!(
    /// One utterance in a conversation.
    MessageId,
    "msg"
);
id_type!(
    /// A quoted span under an answer. Its id is the capability that opens the passage.
    CitationId,
    "cit"
);
id_type!(
    /// A visitor's session in one browser.
    SessionId,
    "sess"
);
id_type!(
    /// A visitor whom the client's own website has named.
    VisitorId,
    "visitor"
);
id_type!(
    /// A question that nothing answered.
    GapId,
    "gap"
);
id_type!(
    /// Something that must be done.
    JobId,
    "job"
);
id_type!(
    /// Something that must go out; a provider's idempotency key.
    OutboxId,
    "out"
);
id_type!(
    /// Something that happened.
    EventId,
    "evt"
);
id_type!(
    /// One line of the audit log.
    AuditId,
    "aud"
);
id_type!(
    /// A one-time setup link; not the link itself.
    SetupLinkId,
    "setup"
);
id_type!(
    /// A human with a login.
    PersonId,
    "person"
);
id_type!(
    /// A person's place in the agency or in a client; also of one who is invited.
    MembershipId,
    "member"
);
id_type!(
    /// One asking for a code and a link to sign in.
    SignInAttemptId,
    "signin"
);
id_type!(
    /// Somebody who hears of a client's account.
    BillingContactId,
    "contact"
);
id_type!(
    /// One asking for an account.
    SignUpId,
    "signup"
);
id_type!(
    /// A person's change of their address that waits for its code.
    EmailChangeId,
    "address"
);
id_type!(
    /// Somebody's being signed in, on one device.
    PersonSessionId,
    "session"
);
id_type!(
    /// A file in the blob folder.
    BlobId,
    "blob"
);
id_type!(
    /// One backup of a node, in its repository.
    SnapshotId,
    "snap"
);
id_type!(
    /// One HTTP request, as it stands in logs and problems.
    RequestId,
    "req"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_round_trips_and_refuses_another_prefix_case_and_length() {
        let id = ClientId::from_ulid(Ulid::from_parts(1_700_000_000_000, 42));

        assert_eq!(ClientId::parse(id.as_str()), Ok(id.clone()));
        for wrong in [
            id.as_str().replace("client_", "doc_"),
            id.as_str().to_ascii_uppercase(),
            format!("{id}0"),
            "client_".to_owned(),
            String::new(),
            "client_iiiiiiiiiiiiiiiiiiiiiiiiii".to_owned(),
        ] {
            assert!(ClientId::parse(&wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn ids_sort_by_time() {
        let earlier = ClientId::from_ulid(Ulid::from_parts(1_700_000_000_000, u128::MAX >> 48));
        let later = ClientId::from_ulid(Ulid::from_parts(1_700_000_000_001, 0));
        assert!(earlier < later);
    }
}
