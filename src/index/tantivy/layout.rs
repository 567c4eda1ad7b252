//! What stands in the files: fields, the form of terms, and the line that says which layout wrote them.
//!
//! Every term begins with the client's id, so that one client's postings, frequencies and deletes are lists of
//! their own (decision 0003).

use ::tantivy::schema::{FAST, Field, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions};
use ::tantivy::tokenizer::{PreTokenizedString, Token};
use ::tantivy::{TantivyDocument, Term};
use serde::{Deserialize, Serialize};

use super::super::{EntryKind, TextChange, bm25};
use crate::ground::crypto;
use crate::ground::ids::{ClientId, Id as _};
use crate::ground::limits::{INDEX_ENTRY_TERMS_MAX, INDEX_TERM_BYTES_MAX};

/// Raised whenever fields or the form of terms change.
const LAYOUT_VERSION: u32 = 1;
/// Stands between the client's id and the word. Ids have one length and cannot contain it.
const SEPARATOR: char = '\u{1f}';

/// The fields of an entry.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    /// The client's id: the list of its entries.
    pub owner: Field,
    /// Client and key: what a delete looks for.
    pub entry: Field,
    /// The key as a hit returns it.
    pub key: Field,
    pub kind: Field,
    /// All terms of the entry; title and headings repeated by their weight.
    pub text: Field,
}

pub(super) fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let fields = Fields {
        owner: schema.add_text_field("owner", exact()),
        entry: schema.add_text_field("entry", exact()),
        key: schema.add_text_field("key", STORED),
        kind: schema.add_u64_field("kind", FAST),
        text: schema.add_text_field("text", counted()),
    };
    (schema.build(), fields)
}

/// One term, the whole value.
fn exact() -> TextOptions {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("raw")
        .set_index_option(IndexRecordOption::Basic)
        .set_fieldnorms(false);
    TextOptions::default().set_indexing_options(indexing)
}

/// Terms made by us, with their counts and the length of the whole. No positions: nothing asks for phrases.
fn counted() -> TextOptions {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("raw")
        .set_index_option(IndexRecordOption::WithFreqs)
        .set_fieldnorms(true);
    TextOptions::default().set_indexing_options(indexing)
}

impl Fields {
    pub(super) fn owner_term(&self, client_id: &ClientId) -> Term {
        Term::from_field_text(self.owner, client_id.as_str())
    }

    pub(super) fn entry_term(&self, client_id: &ClientId, key: &str) -> Term {
        Term::from_field_text(self.entry, &client_word(client_id, key))
    }

    pub(super) fn text_term(&self, client_id: &ClientId, word: &str) -> Term {
        Term::from_field_text(self.text, &client_word(client_id, word))
    }

    /// The document of a put; a delete has none.
    pub(super) fn document(&self, change: &TextChange) -> Option<TantivyDocument> {
        let TextChange::Put { client_id, kind, key, title_terms, heading_terms, body_terms } = change else {
            return None;
        };
        let mut document = TantivyDocument::new();
        document.add_text(self.owner, client_id.as_str());
        document.add_text(self.entry, client_word(client_id, key));
        document.add_text(self.key, key);
        document.add_u64(self.kind, kind_number(*kind));
        let title = repeated(title_terms, bm25::TITLE_WEIGHT);
        let headings = repeated(heading_terms, bm25::HEADING_WEIGHT);
        // Titles and headings come first: what falls behind the bound is the end of an endless body.
        let words = title.chain(headings).chain(body_terms.iter()).take(INDEX_ENTRY_TERMS_MAX);
        let tokens = words.enumerate().map(|(position, word)| token(position, client_word(client_id, word)));
        let text = PreTokenizedString { text: String::new(), tokens: tokens.collect() };
        document.add_pre_tokenized_text(self.text, text);
        Some(document)
    }
}

fn repeated(words: &[String], times: usize) -> impl Iterator<Item = &String> {
    words.iter().flat_map(move |word| std::iter::repeat_n(word, times))
}

fn token(position: usize, text: String) -> Token {
    Token { offset_from: 0, offset_to: 0, position, text, position_length: 1 }
}

/// The word as this client's own. A word beyond the bound (an encoded file, a long address) stands as its
/// hash: it is still found exactly, and stays below the length at which the engine drops terms unseen.
fn client_word(client_id: &ClientId, word: &str) -> String {
    if word.len() <= INDEX_TERM_BYTES_MAX {
        return format!("{client_id}{SEPARATOR}{word}");
    }
    let digest = crypto::hex(&crypto::sha256(word.as_bytes()));
    format!("{client_id}{SEPARATOR}{SEPARATOR}{digest}")
}

const fn kind_number(kind: EntryKind) -> u64 {
    match kind {
        EntryKind::Chunk => 0,
        EntryKind::Faq => 1,
    }
}

pub(super) const fn kind_from_number(number: u64) -> Option<EntryKind> {
    match number {
        0 => Some(EntryKind::Chunk),
        1 => Some(EntryKind::Faq),
        _ => None,
    }
}

/// What the engine keeps with each commit: how far the index has followed the log, and what wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Payload {
    pub cursor: u64,
    #[serde(flatten)]
    pub layout: Layout,
}

/// Whatever decides which terms stand in the files. An index of another layout is thrown away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Layout {
    layout_version: u32,
    analyzer_version: u32,
    title_weight: usize,
    heading_weight: usize,
}

impl Layout {
    pub(super) const fn current(analyzer_version: u32) -> Self {
        Self {
            layout_version: LAYOUT_VERSION,
            analyzer_version,
            title_weight: bm25::TITLE_WEIGHT,
            heading_weight: bm25::HEADING_WEIGHT,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ulid::Ulid;

    #[test]
    fn the_same_word_of_two_clients_is_two_terms() {
        let first = ClientId::from_ulid(Ulid::from_parts(1, 1));
        let second = ClientId::from_ulid(Ulid::from_parts(1, 2));

        assert_ne!(client_word(&first, "price"), client_word(&second, "price"));
    }

    #[test]
    fn a_word_beyond_the_bound_becomes_its_hash_and_differs_from_its_neighbours() {
        let client_id = ClientId::from_ulid(Ulid::from_parts(1, 1));
        let longest = "x".repeat(INDEX_TERM_BYTES_MAX);
        let longer = "x".repeat(INDEX_TERM_BYTES_MAX + 1);
        let longer_still = "x".repeat(100_000);

        assert!(client_word(&client_id, &longest).ends_with(&longest));
        assert!(client_word(&client_id, &longer).len() < 120);
        assert_ne!(client_word(&client_id, &longer), client_word(&client_id, &longer_still));
    }

    #[test]
    fn a_payload_round_trips_and_an_unknown_one_is_refused() {
        let payload = Payload { cursor: 42, layout: Layout::current(7) };

        let text = serde_json::to_string(&payload).unwrap();

        assert_eq!(serde_json::from_str::<Payload>(&text).unwrap(), payload);
        assert!(serde_json::from_str::<Payload>("{\"cursor\":1}").is_err());
    }
}
