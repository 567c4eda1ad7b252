//! How a client's people keep conversations in order: bookmarks, an archive and tags, on one or on many at once.
//!
//! All of it is shared by everybody who sees the client's conversations. A visitor who writes again takes a
//! conversation out of the archive. A tag is one word in whichever case, spelled as it was first.

use super::{Conversation, ConversationError, delete, find_with_visitor, get_with_visitor, store::marks};
use crate::ground::bounded_text::BoundedText;
use crate::ground::ids::ConversationId;
use crate::ground::limits::{TAG_CHARS_MAX, TAGS_PER_CLIENT_MAX, TAGS_PER_CONVERSATION_MAX};
use crate::ground::scope::ClientScope;
use crate::ground::stored_text::StoredText;
use crate::ground::time::Timestamp;
use crate::store::{DbError, ReadTx, WriteTx};
use crate::text_enum;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeSet;

/// A word that a client's people put on conversations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag(String);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("A tag has 1 to {TAG_CHARS_MAX} characters, in one line; this one has {found}.")]
pub struct TagError {
    found: usize,
}

impl Tag {
    /// Trimmed, and with single spaces inside.
    pub fn parse(text: &str) -> Result<Self, TagError> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let found = text.chars().count();
        match BoundedText::<1, TAG_CHARS_MAX>::parse(&text) {
            Ok(text) => Ok(Self(text.into_string())),
            Err(_) => Err(TagError { found }),
        }
    }

    /// What two spellings of one tag have in common.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

impl StoredText for Tag {
    fn stored_text(&self) -> &str {
        &self.0
    }
    fn from_stored_text(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|error| error.to_string())
    }
}

impl<'de> Deserialize<'de> for Tag {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Tag {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Tag".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string", "minLength": 1, "maxLength": TAG_CHARS_MAX, "examples": ["complaint", "to call back"],
        })
    }
}

/// How often a tag is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagUse {
    pub tag: String,
    pub conversations: u32,
}

/// A change of how a conversation is kept; what is None stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    pub bookmarked: Option<bool>,
    pub archived: Option<bool>,
    /// All tags that it has afterwards.
    pub tags: Option<Vec<Tag>>,
}

text_enum! {
    /// What is done to each of many conversations.
    pub enum BulkAction {
        Archive = "archive",
        Unarchive = "unarchive",
        Bookmark = "bookmark",
        Unbookmark = "unbookmark",
        AddTag = "add_tag",
        RemoveTag = "remove_tag",
        Delete = "delete",
    }
}

impl BulkAction {
    pub const fn takes_tag(self) -> bool {
        matches!(self, Self::AddTag | Self::RemoveTag)
    }
}

/// Changes how the conversation is kept. `expected` is the version that the caller has seen; None does not ask.
pub fn change(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    id: &ConversationId,
    change: &Marks,
    expected: Option<u32>,
) -> Result<Conversation, ConversationError> {
    let before = get_with_visitor(tx, scope, id)?;
    if expected.is_some_and(|expected| expected != before.version) {
        return Err(ConversationError::StaleVersion { current: before.version });
    }
    if let Some(tags) = &change.tags {
        set_tags(tx, scope, id, tags)?;
    }
    let now = tx.now();
    let mark = |wanted: Option<bool>, at: Option<Timestamp>| match wanted {
        None => at,
        Some(true) => Some(at.unwrap_or(now)),
        Some(false) => None,
    };
    let bookmarked_at = mark(change.bookmarked, before.bookmarked_at);
    let archived_at = mark(change.archived, before.archived_at);
    let is_marked_otherwise = (bookmarked_at, archived_at) != (before.bookmarked_at, before.archived_at);
    if is_marked_otherwise || change.tags.is_some() {
        marks::set(tx, scope, id, bookmarked_at, archived_at)?;
    }
    get_with_visitor(tx, scope, id)
}

/// Does the action to each conversation and returns those that are otherwise than before, so that it can be undone;
/// whatever is gone or was so already is left out. If one cannot take the tag, nothing is done.
pub fn change_many(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    ids: &[ConversationId],
    action: BulkAction,
    tag: Option<&Tag>,
) -> Result<Vec<ConversationId>, ConversationError> {
    let mut changed = Vec::new();
    for id in ids.iter().collect::<BTreeSet<_>>() {
        let Some(conversation) = find_with_visitor(tx, scope, id)? else { continue };
        if do_one(tx, scope, &conversation, action, tag)? {
            changed.push(id.clone());
        }
    }
    Ok(changed)
}

/// Whether the conversation is otherwise than before.
fn do_one(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    before: &Conversation,
    action: BulkAction,
    tag: Option<&Tag>,
) -> Result<bool, ConversationError> {
    let id = &before.id;
    let (bookmarked, archived) = (before.bookmarked_at, before.archived_at);
    let now = Some(tx.now());
    match (action, tag) {
        (BulkAction::Archive, _) if archived.is_none() => marks::set(tx, scope, id, bookmarked, now)?,
        (BulkAction::Unarchive, _) if archived.is_some() => marks::set(tx, scope, id, bookmarked, None)?,
        (BulkAction::Bookmark, _) if bookmarked.is_none() => marks::set(tx, scope, id, now, archived)?,
        (BulkAction::Unbookmark, _) if bookmarked.is_some() => marks::set(tx, scope, id, None, archived)?,
        (BulkAction::AddTag, Some(tag)) => {
            if !add_tag(tx, scope, id, tag, &mut None)? {
                return Ok(false);
            }
            marks::set(tx, scope, id, bookmarked, archived)?;
        }
        (BulkAction::RemoveTag, Some(tag)) => {
            if marks::delete_tag(tx, scope, id, &tag.key())? == 0 {
                return Ok(false);
            }
            marks::set(tx, scope, id, bookmarked, archived)?;
        }
        (BulkAction::Delete, _) => delete(tx, scope, id)?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// The tags that the client's conversations have, sorted without regard to case.
pub fn list_tags(tx: &ReadTx<'_>, scope: &ClientScope) -> Result<Vec<TagUse>, DbError> {
    marks::list_tags(tx, scope)
}

fn set_tags(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    id: &ConversationId,
    tags: &[Tag],
) -> Result<(), ConversationError> {
    let wanted: BTreeSet<_> = tags.iter().map(Tag::key).collect();
    for tag in marks::list_of(tx, scope, id)? {
        let key = tag.to_lowercase();
        if !wanted.contains(&key) {
            marks::delete_tag(tx, scope, id, &key)?;
        }
    }
    let mut different = None;
    for tag in tags {
        add_tag(tx, scope, id, tag, &mut different)?;
    }
    Ok(())
}

/// False when the conversation has it already. `different` is how many different tags the client has, once somebody
/// had to count.
fn add_tag(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    id: &ConversationId,
    tag: &Tag,
    different: &mut Option<u32>,
) -> Result<bool, ConversationError> {
    let spelled = match marks::find_spelling(tx, scope, &tag.key())? {
        Some(spelled) => spelled,
        None => {
            let known = match *different {
                Some(known) => known,
                None => marks::count_tags(tx, scope)?,
            };
            if known >= TAGS_PER_CLIENT_MAX {
                return Err(ConversationError::TooManyTagsOfClient);
            }
            *different = Some(known + 1);
            tag.0.clone()
        }
    };
    if marks::insert_tag(tx, scope, id, &tag.key(), &spelled)? == 0 {
        return Ok(false);
    }
    if marks::list_of(tx, scope, id)?.len() > TAGS_PER_CONVERSATION_MAX {
        return Err(ConversationError::TooManyTags);
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    // DSH-2
    #[test]
    fn a_tag_is_one_line_of_one_to_forty_characters_and_the_same_word_in_every_case() {
        let parse = |text: &str| Tag::parse(text).map(|tag| tag.0);

        assert_eq!(parse("  to \t call\nback "), Ok("to call back".to_owned()));
        assert_eq!(parse(&"ä".repeat(40)).map(|tag| tag.chars().count()), Ok(40));
        assert_eq!(parse(" \n"), Err(TagError { found: 0 }));
        assert_eq!(parse(&"ä".repeat(41)), Err(TagError { found: 41 }));
        assert_eq!(parse("a\u{7}b"), Err(TagError { found: 3 }));
        assert_eq!(Tag::parse("ÄRGER").unwrap().key(), Tag::parse("ärger").unwrap().key());
    }
}
