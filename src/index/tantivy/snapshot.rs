//! Reading one committed state of the index.
//!
//! Scores are added up here, entry by entry and term by term in a fixed order, instead of by the engine's own
//! query types: those add in an order that depends on how entries lie in segments, break ties by place, and
//! count deleted entries until a merge. Another client's changes move all three (decision 0003). A client's
//! lists are short, so that walking them whole costs less than it saves.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use ::tantivy::fastfield::{AliveBitSet, Column};
use ::tantivy::postings::{Postings as _, SegmentPostings};
use ::tantivy::schema::{IndexRecordOption, Value as _};
use ::tantivy::{
    DocAddress, DocId, DocSet as _, Result, Searcher, SegmentReader, TERMINATED, TantivyDocument,
    TantivyError, Term,
};

use super::super::bm25::{Collection, TermScorer};
use super::super::{ClientStatistics, EntryKind, TextHit, WeightedTerm};
use super::layout::{Fields, kind_from_number};
use super::open::Engine;
use crate::ground::ids::ClientId;
use crate::ground::limits::{INDEX_HITS_MAX, INDEX_QUERY_TERMS_MAX, INDEX_STATISTICS_CACHED_MAX};

/// What one commit left, for as long as somebody reads it.
pub(super) struct Snapshot {
    pub cursor: u64,
    searcher: Searcher,
    fields: Fields,
    /// A snapshot does not change, so neither do these. Emptied at its bound.
    statistics: Mutex<HashMap<ClientId, ClientStatistics>>,
}

/// An entry and its score, before its key is read.
#[derive(Debug, Clone, Copy)]
struct Scored {
    score: f32,
    address: DocAddress,
}

/// One term's list in one segment, and what each entry of the list gains by it.
struct TermCursor {
    postings: SegmentPostings,
    scorer: TermScorer,
}

impl Snapshot {
    pub(super) fn new(engine: &Engine, cursor: u64) -> Self {
        let searcher = engine.reader.searcher();
        Self { cursor, searcher, fields: engine.fields, statistics: Mutex::default() }
    }

    pub(super) fn statistics(&self, client_id: &ClientId) -> Result<ClientStatistics> {
        let known = self.statistics.lock().unwrap_or_else(PoisonError::into_inner).get(client_id).copied();
        if let Some(statistics) = known {
            return Ok(statistics);
        }
        let statistics = self.count(client_id)?;
        let mut cache = self.statistics.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= INDEX_STATISTICS_CACHED_MAX {
            cache.clear();
        }
        cache.insert(client_id.clone(), statistics);
        Ok(statistics)
    }

    /// Walks the list of the client's entries. The engine's own sums are per segment, over all clients, and
    /// include deleted entries.
    fn count(&self, client_id: &ClientId) -> Result<ClientStatistics> {
        let term = self.fields.owner_term(client_id);
        let mut statistics = ClientStatistics::default();
        for segment in self.searcher.segment_readers() {
            let Some(mut postings) = read_postings(segment, &term, IndexRecordOption::Basic)? else {
                continue;
            };
            let lengths = segment.get_fieldnorms_reader(self.fields.text)?;
            while postings.doc() != TERMINATED {
                if !segment.is_deleted(postings.doc()) {
                    statistics.entries += 1;
                    statistics.terms += u64::from(lengths.fieldnorm(postings.doc()));
                }
                postings.advance();
            }
        }
        Ok(statistics)
    }

    pub(super) fn document_frequencies(&self, client_id: &ClientId, terms: &[&str]) -> Result<Vec<u64>> {
        let frequency = |term: &&str| {
            let term = self.fields.text_term(client_id, term);
            self.searcher.segment_readers().iter().try_fold(0, |sum, segment| {
                let postings = read_postings(segment, &term, IndexRecordOption::Basic)?;
                Ok(sum + postings.map_or(0, |postings| live_entries(&postings, segment.alive_bitset())))
            })
        };
        terms.iter().map(frequency).collect()
    }

    pub(super) fn search(
        &self,
        client_id: &ClientId,
        terms: &[WeightedTerm<'_>],
        kind: Option<EntryKind>,
        limit: usize,
    ) -> Result<Vec<TextHit>> {
        let limit = limit.min(INDEX_HITS_MAX);
        let mut scored = Vec::new();
        self.score(client_id, terms, |address, score| scored.push(Scored { score, address }))?;
        let kinds = self.kinds()?;
        if let Some(kind) = kind {
            scored.retain(|scored| kind_of(&kinds, scored.address) == Some(kind));
        }
        keep_best(&mut scored, limit);
        let mut hits = Vec::with_capacity(scored.len());
        for Scored { score, address } in scored {
            let (Some(key), Some(kind)) = (self.key_of(address)?, kind_of(&kinds, address)) else {
                return Err(TantivyError::InternalError("an entry without key or kind".to_owned()));
            };
            hits.push(TextHit { key, kind, score });
        }
        hits.sort_by(|left, right| right.score.total_cmp(&left.score).then_with(|| left.key.cmp(&right.key)));
        hits.truncate(limit);
        Ok(hits)
    }

    pub(super) fn scores_of(
        &self,
        client_id: &ClientId,
        terms: &[WeightedTerm<'_>],
        keys: &[&str],
    ) -> Result<Vec<f32>> {
        let find = |key: &&str| self.find_entry(client_id, key);
        let addresses = keys.iter().map(find).collect::<Result<Vec<_>>>()?;
        let mut scores: HashMap<DocAddress, f32> =
            addresses.iter().flatten().map(|address| (*address, 0.0)).collect();
        self.score(client_id, terms, |address, score| {
            if let Some(place) = scores.get_mut(&address) {
                *place = score;
            }
        })?;
        let score_of =
            |address: Option<DocAddress>| address.and_then(|address| scores.get(&address).copied());
        Ok(addresses.into_iter().map(|address| score_of(address).unwrap_or(0.0)).collect())
    }

    /// Calls `visit` for every live entry of the client that holds one of the terms.
    fn score(
        &self,
        client_id: &ClientId,
        terms: &[WeightedTerm<'_>],
        mut visit: impl FnMut(DocAddress, f32),
    ) -> Result<()> {
        let weights = merge_terms(terms);
        let words: Vec<&str> = weights.keys().copied().collect();
        let statistics = self.statistics(client_id)?;
        let collection = Collection::new(statistics.entries, statistics.terms);
        let frequencies = self.document_frequencies(client_id, &words)?;
        let scorers: Vec<(Term, TermScorer)> = weights
            .into_iter()
            .zip(frequencies)
            .filter(|(_, frequency)| *frequency > 0)
            .map(|((word, weight), frequency)| {
                (self.fields.text_term(client_id, word), collection.scorer(frequency, weight))
            })
            .collect();
        for (segment_ord, segment) in (0..).zip(self.searcher.segment_readers()) {
            self.score_segment(segment, &scorers, |doc, score| {
                visit(DocAddress::new(segment_ord, doc), score);
            })?;
        }
        Ok(())
    }

    fn score_segment(
        &self,
        segment: &SegmentReader,
        scorers: &[(Term, TermScorer)],
        mut visit: impl FnMut(DocId, f32),
    ) -> Result<()> {
        let mut cursors = Vec::new();
        for (term, scorer) in scorers {
            if let Some(postings) = read_postings(segment, term, IndexRecordOption::WithFreqs)? {
                cursors.push(TermCursor { postings, scorer: *scorer });
            }
        }
        if cursors.is_empty() {
            return Ok(());
        }
        let lengths = segment.get_fieldnorms_reader(self.fields.text)?;
        while let Some(doc) = next_entry(&cursors) {
            let length = lengths.fieldnorm(doc);
            let mut score = 0.0;
            for cursor in cursors.iter_mut().filter(|cursor| cursor.postings.doc() == doc) {
                score += cursor.scorer.score(cursor.postings.term_freq(), length);
                cursor.postings.advance();
            }
            if !segment.is_deleted(doc) {
                visit(doc, score);
            }
        }
        Ok(())
    }

    /// The column of kinds of each segment.
    fn kinds(&self) -> Result<Vec<Column<u64>>> {
        self.searcher.segment_readers().iter().map(|segment| segment.fast_fields().u64("kind")).collect()
    }

    fn key_of(&self, address: DocAddress) -> Result<Option<String>> {
        let document = self.searcher.doc::<TantivyDocument>(address)?;
        let key = document.get_first(self.fields.key).and_then(|value| value.as_str());
        Ok(key.map(str::to_owned))
    }

    fn find_entry(&self, client_id: &ClientId, key: &str) -> Result<Option<DocAddress>> {
        let term = self.fields.entry_term(client_id, key);
        for (segment_ord, segment) in (0..).zip(self.searcher.segment_readers()) {
            let Some(mut postings) = read_postings(segment, &term, IndexRecordOption::Basic)? else {
                continue;
            };
            while postings.doc() != TERMINATED {
                if !segment.is_deleted(postings.doc()) {
                    return Ok(Some(DocAddress::new(segment_ord, postings.doc())));
                }
                postings.advance();
            }
        }
        Ok(None)
    }
}

fn kind_of(kinds: &[Column<u64>], address: DocAddress) -> Option<EntryKind> {
    kinds.get(address.segment_ord as usize)?.first(address.doc_id).and_then(kind_from_number)
}

fn read_postings(
    segment: &SegmentReader,
    term: &Term,
    detail: IndexRecordOption,
) -> Result<Option<SegmentPostings>> {
    Ok(segment.inverted_index(term.field())?.read_postings(term, detail)?)
}

/// The length of the list without the deleted; only a segment with deletes is walked for it.
fn live_entries(postings: &SegmentPostings, alive: Option<&AliveBitSet>) -> u64 {
    let entries = match alive {
        Some(alive) => postings.doc_freq_given_deletes(alive),
        None => postings.doc_freq(),
    };
    u64::from(entries)
}

/// The different terms of a query, sorted, so that sums do not depend on the order of its words.
fn merge_terms<'a>(terms: &[WeightedTerm<'a>]) -> BTreeMap<&'a str, f32> {
    let mut weights = BTreeMap::new();
    for term in terms.iter().filter(|term| term.weight.is_finite() && term.weight > 0.0) {
        if weights.len() < INDEX_QUERY_TERMS_MAX || weights.contains_key(term.term) {
            *weights.entry(term.term).or_insert(0.0) += term.weight;
        }
    }
    weights
}

/// The first entry that some list has not passed yet.
fn next_entry(cursors: &[TermCursor]) -> Option<DocId> {
    cursors.iter().map(|cursor| cursor.postings.doc()).min().filter(|doc| *doc != TERMINATED)
}

/// Keeps the best `limit`, and with them all that score the same as the last of these: which of those stay is
/// decided by their keys.
fn keep_best(scored: &mut Vec<Scored>, limit: usize) {
    let Some(last) = limit.checked_sub(1) else {
        scored.clear();
        return;
    };
    if last < scored.len() {
        let (_, boundary, _) = scored.select_nth_unstable_by(last, |a, b| b.score.total_cmp(&a.score));
        let boundary = boundary.score;
        scored.retain(|scored| scored.score >= boundary);
    }
}
