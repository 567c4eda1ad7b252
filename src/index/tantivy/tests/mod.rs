//! The keyword index through its trait, on real folders.

mod changes;
mod opening;
mod searching;
mod tenancy;

use std::path::Path;

use ulid::Ulid;

use super::super::{EntryKind, TextChange, TextHit, TextIndex, WeightedTerm};
use super::{Opened, TantivyIndex, TextIndexOptions};
use crate::ground::ids::{ClientId, Id as _};
use crate::ground::limits::INDEX_WRITER_BYTES_MIN;

const OPTIONS: TextIndexOptions =
    TextIndexOptions { writer_bytes: INDEX_WRITER_BYTES_MIN, analyzer_version: 1 };

fn client(number: u128) -> ClientId {
    ClientId::from_ulid(Ulid::from_parts(1_700_000_000_000, number))
}

fn open(dir: &Path) -> (TantivyIndex, Opened) {
    TantivyIndex::open(dir, OPTIONS).unwrap()
}

/// An empty index in a folder that lives as long as the first value.
fn empty_index() -> (tempfile::TempDir, TantivyIndex) {
    let dir = tempfile::tempdir().unwrap();
    let (index, _) = open(dir.path());
    (dir, index)
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn chunk(client_id: &ClientId, key: &str, body: &str) -> TextChange {
    TextChange::Put {
        client_id: client_id.clone(),
        kind: EntryKind::Chunk,
        key: key.to_owned(),
        title_terms: Vec::new(),
        heading_terms: Vec::new(),
        body_terms: words(body),
    }
}

fn faq(client_id: &ClientId, key: &str, body: &str) -> TextChange {
    let mut change = chunk(client_id, key, body);
    if let TextChange::Put { kind, .. } = &mut change {
        *kind = EntryKind::Faq;
    }
    change
}

fn delete(client_id: &ClientId, key: &str) -> TextChange {
    TextChange::Delete { client_id: client_id.clone(), key: key.to_owned() }
}

fn search(index: &TantivyIndex, client_id: &ClientId, query: &str) -> Vec<TextHit> {
    let terms: Vec<WeightedTerm<'_>> = query.split_whitespace().map(WeightedTerm::from).collect();
    index.search(client_id, &terms, None, 50).unwrap()
}

fn keys(index: &TantivyIndex, client_id: &ClientId, query: &str) -> Vec<String> {
    search(index, client_id, query).into_iter().map(|hit| hit.key).collect()
}

/// Keys with the exact bits of their scores.
fn bits(hits: &[TextHit]) -> Vec<(String, u32)> {
    hits.iter().map(|hit| (hit.key.clone(), hit.score.to_bits())).collect()
}

impl TantivyIndex {
    /// Merges all segments into one, which purges deleted entries, and lets searches see it.
    fn merge_everything(&self) {
        {
            let mut engine = self.lock_engine();
            engine.retire_writer();
            let mut writer = engine.take_writer().unwrap();
            let segments = engine.index.searchable_segment_ids().unwrap();
            if !segments.is_empty() {
                writer.merge(&segments).wait().unwrap();
            }
            engine.put_back(writer);
        }
        self.apply(&[], self.cursor()).unwrap();
    }

    fn segments(&self) -> usize {
        self.lock_engine().index.searchable_segment_ids().unwrap().len()
    }
}
