//! All vectors of one space in memory, and the exact scan over them.

use super::super::halves::{Half, PreparedQuery};
use super::super::vector::{StoredVector, VectorHit, VectorKind};
use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashMap, HashSet};

/// Beside the numbers themselves, for each run: its key, its parts and the places of both.
const RUN_BYTES: usize = 128;

/// The vectors of one entry and kind, which lie one after the other: together they are one candidate.
#[derive(Debug, Clone)]
struct Run {
    key: String,
    kind: VectorKind,
    parts: Vec<u32>,
}

/// Vectors of one length, as one block of numbers.
#[derive(Debug, Clone, Default)]
pub(super) struct SpaceVectors {
    dimensions: usize,
    runs: Vec<Run>,
    halves: Vec<Half>,
}

impl SpaceVectors {
    /// Adds a vector; those of one entry and kind come one after the other. One of another length than the first
    /// is left out: it belongs to no comparison.
    pub(super) fn push(&mut self, vector: StoredVector) {
        if self.runs.is_empty() {
            self.dimensions = vector.halves.len();
        }
        if vector.halves.len() != self.dimensions || self.dimensions == 0 {
            return;
        }
        self.halves.extend(vector.halves.iter().map(|bits| Half::from_bits(*bits)));
        match self.runs.last_mut() {
            Some(run) if run.key == vector.key && run.kind == vector.kind => run.parts.push(vector.part),
            _ => self.runs.push(Run { key: vector.key, kind: vector.kind, parts: vec![vector.part] }),
        }
    }

    /// Gives these entries the vectors beside them, in place of those that they have.
    pub(super) fn replace(&mut self, changed: &HashMap<String, Vec<StoredVector>>) {
        let former = std::mem::take(self);
        self.halves.reserve(former.halves.len());
        let mut rows = former.halves.chunks_exact(former.dimensions.max(1));
        for run in former.runs {
            let is_kept = !changed.contains_key(&run.key);
            for row in rows.by_ref().take(run.parts.len()) {
                if is_kept {
                    self.halves.extend_from_slice(row);
                }
            }
            if is_kept {
                self.dimensions = former.dimensions;
                self.runs.push(run);
            }
        }
        for vector in changed.values().flatten() {
            self.push(vector.clone());
        }
    }

    pub(super) fn len(&self) -> usize {
        self.runs.iter().map(|run| run.parts.len()).sum()
    }

    pub(super) fn bytes(&self) -> usize {
        self.halves.len() * size_of::<Half>() + self.runs.len() * RUN_BYTES
    }

    /// The best runs of each kind, `limit` of it, and every run of what was found in one of them or is among
    /// `also`, each with its best part.
    pub(super) fn search(
        &self,
        query: &PreparedQuery,
        kinds: &[VectorKind],
        limit: usize,
        also: &HashSet<String>,
    ) -> Vec<VectorHit> {
        if query.dimensions() != self.dimensions || self.dimensions == 0 {
            return Vec::new();
        }
        let scored = self.score(query);
        let found: HashSet<&str> = self.best_keys(&scored, kinds, limit);
        let is_wanted = |run: &Run| found.contains(run.key.as_str()) || also.contains(&run.key);
        let wanted =
            self.runs.iter().zip(scored).filter(|(run, _)| kinds.contains(&run.kind) && is_wanted(run));
        wanted
            .map(|(run, best)| VectorHit {
                key: run.key.clone(),
                kind: run.kind,
                part: best.part,
                similarity: best.similarity,
            })
            .collect()
    }

    /// The best part of each run.
    fn score(&self, query: &PreparedQuery) -> Vec<Best> {
        let similarities = query.similarities(&self.halves);
        let mut rest = similarities.iter();
        self.runs
            .iter()
            .map(|run| {
                let own = rest.by_ref().zip(&run.parts);
                let scored = own.map(|(similarity, part)| Best { similarity: *similarity, part: *part });
                let best = scored.max_by(|one, other| one.similarity.total_cmp(&other.similarity));
                best.unwrap_or(Best { similarity: f32::MIN, part: 0 })
            })
            .collect()
    }

    /// The entries with one of the best `limit` runs of a kind.
    fn best_keys(&self, scored: &[Best], kinds: &[VectorKind], limit: usize) -> HashSet<&str> {
        let mut keys = HashSet::new();
        for kind in kinds {
            let mut best = BinaryHeap::new();
            let of_kind = self.runs.iter().zip(scored).filter(|(run, _)| run.kind == *kind);
            for (run, Best { similarity, .. }) in of_kind {
                let candidate = Candidate { similarity: *similarity, key: &run.key };
                if best.len() < limit {
                    best.push(candidate);
                } else if let Some(mut worst) = best.peek_mut()
                    && candidate < *worst
                {
                    *worst = candidate;
                }
            }
            keys.extend(best.into_iter().map(|candidate| candidate.key));
        }
        keys
    }
}

/// The part of a run that is nearest to the question.
#[derive(Debug, Clone, Copy)]
struct Best {
    similarity: f32,
    part: u32,
}

/// A run by its best part. The greatest is the worst: it leaves the heap first.
#[derive(Debug, PartialEq)]
struct Candidate<'a> {
    similarity: f32,
    key: &'a str,
}

impl Eq for Candidate<'_> {}

impl Ord for Candidate<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        other.similarity.total_cmp(&self.similarity).then_with(|| self.key.cmp(other.key))
    }
}

impl PartialOrd for Candidate<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Best first, equal ones by key.
pub(super) fn sort(hits: &mut [VectorHit]) {
    hits.sort_by(|one, other| {
        other.similarity.total_cmp(&one.similarity).then_with(|| one.key.cmp(&other.key))
    });
}

/// Puts hits in their order, best first and equal ones by key, each key once per kind and `limit` of each.
pub(in super::super) fn rank(mut hits: Vec<VectorHit>, limit: usize) -> Vec<VectorHit> {
    sort(&mut hits);
    let mut kept: HashMap<VectorKind, Vec<String>> = HashMap::new();
    hits.retain(|hit| {
        let keys = kept.entry(hit.kind).or_default();
        let is_new = keys.len() < limit && !keys.contains(&hit.key);
        if is_new {
            keys.push(hit.key.clone());
        }
        is_new
    });
    hits
}
