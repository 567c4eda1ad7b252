//! All vectors of one space in memory, and the exact scan over them.

use super::super::halves::PreparedQuery;
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
    halves: Vec<u16>,
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
        self.halves.extend_from_slice(&vector.halves);
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
        self.halves.len() * size_of::<u16>() + self.runs.len() * RUN_BYTES
    }

    /// Each run of these entries, with its best part, in no order.
    pub(super) fn compare(&self, query: &PreparedQuery, keys: &HashSet<String>) -> Vec<VectorHit> {
        if query.dimensions() != self.dimensions || self.dimensions == 0 {
            return Vec::new();
        }
        let mut rows = self.halves.chunks_exact(self.dimensions);
        let mut hits = Vec::with_capacity(keys.len());
        for run in &self.runs {
            let own = rows.by_ref().take(run.parts.len());
            if !keys.contains(&run.key) {
                own.for_each(drop);
                continue;
            }
            let scored = own.zip(&run.parts).map(|(row, part)| (query.similarity(row), *part));
            if let Some((similarity, part)) = scored.max_by(|one, other| one.0.total_cmp(&other.0)) {
                hits.push(VectorHit { key: run.key.clone(), kind: run.kind, part, similarity });
            }
        }
        hits
    }

    /// The best runs of each kind, each with its best part.
    pub(super) fn search(&self, query: &PreparedQuery, kinds: &[VectorKind], limit: usize) -> Vec<VectorHit> {
        if query.dimensions() != self.dimensions || self.dimensions == 0 || limit == 0 {
            return Vec::new();
        }
        let mut best: HashMap<VectorKind, BinaryHeap<Candidate<'_>>> =
            kinds.iter().map(|kind| (*kind, BinaryHeap::new())).collect();
        let mut rows = self.halves.chunks_exact(self.dimensions);
        for run in &self.runs {
            let own = rows.by_ref().take(run.parts.len());
            let Some(heap) = best.get_mut(&run.kind) else {
                own.for_each(drop);
                continue;
            };
            let scored = own.zip(&run.parts).map(|(row, part)| (query.similarity(row), *part));
            let Some((similarity, part)) = scored.max_by(|one, other| one.0.total_cmp(&other.0)) else {
                continue;
            };
            let candidate = Candidate { similarity, part, key: &run.key };
            if heap.len() < limit {
                heap.push(candidate);
            } else if let Some(mut worst) = heap.peek_mut()
                && candidate < *worst
            {
                *worst = candidate;
            }
        }
        let mut hits = Vec::new();
        for (kind, heap) in best {
            for Candidate { similarity, part, key } in heap {
                hits.push(VectorHit { key: key.to_owned(), kind, part, similarity });
            }
        }
        hits
    }
}

/// A run with its best part. The greatest is the worst: it leaves the heap first.
#[derive(Debug, PartialEq)]
struct Candidate<'a> {
    similarity: f32,
    part: u32,
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

/// Puts hits in their order, best first and equal ones by key, each key once per kind and `limit` of each.
pub(in super::super) fn rank(mut hits: Vec<VectorHit>, limit: usize) -> Vec<VectorHit> {
    hits.sort_by(|one, other| {
        other.similarity.total_cmp(&one.similarity).then_with(|| one.key.cmp(&other.key))
    });
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
