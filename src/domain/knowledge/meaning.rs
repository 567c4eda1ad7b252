//! Finding by meaning: the entries whose vectors lie nearest to that of the question.
//!
//! A question is embedded once, by the embedder of the generation that answers, and is compared with vectors of
//! that generation only: a [`QueryVector`] knows its own. Without a model, and while the first vectors are being
//! made, there is nothing to compare; search then goes by keywords alone. Hits are proposals, which retrieval
//! checks against the tables like those of the keyword index.

use super::generations::{self, Generation, GenerationState};
use super::indexing::SubjectKind;
use super::{KnowledgeError, store};
use crate::domain::Environment;
use crate::ground::ids::{ChunkId, FaqId, GenerationId, Id as _};
use crate::ground::scope::ClientScope;
use crate::index::flat::Scan;
use crate::index::halves::PreparedQuery;
use crate::index::vector::{StoredVector, VectorKind, VectorSpace};
use crate::store::error::Chain;
use crate::store::{DbError, ReadTx};
use std::collections::{HashMap, HashSet};
use tracing::warn;

/// A question as a vector, of the generation that it can be compared with.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryVector {
    generation_id: GenerationId,
    numbers: Vec<f32>,
}

impl QueryVector {
    fn space(&self, scope: &ClientScope) -> VectorSpace {
        VectorSpace { client_id: scope.client_id().clone(), generation_id: self.generation_id.clone() }
    }
}

/// Cosines of entries, best first, each entry once in each list: a chunk by its passage and by its best window,
/// an FAQ by its best phrasing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MeaningScores {
    pub passages: Vec<(ChunkId, f32)>,
    pub windows: Vec<(ChunkId, f32)>,
    /// The part of a chunk that its window's cosine is of.
    pub nearest: HashMap<ChunkId, u32>,
    pub faqs: Vec<(FaqId, f32)>,
}

/// What a search by meaning has found.
#[derive(Debug, Clone, PartialEq)]
pub struct Meaning {
    pub scores: MeaningScores,
    /// Whether there is nothing left to ask [`similarities_of`]: each entry has all its scores, and so has each
    /// that was to be compared in any case.
    pub is_complete: bool,
}

/// How search by meaning stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeaningState {
    /// There never was a model: search goes by keywords.
    Unused,
    /// Questions are compared with vectors.
    Answering,
    /// Vectors are being made. Until then the former ones answer where `is_answering`, keywords otherwise.
    Building { done: u64, total: u64, is_answering: bool },
    /// There are vectors, but not the model that has made them: search goes by keywords.
    WithoutModel,
}

/// How search by meaning stands now.
pub fn state(tx: &ReadTx<'_>, env: &Environment) -> Result<MeaningState, DbError> {
    let current = generations::current(tx)?;
    let is_answering = current.live.as_ref().is_some_and(|live| is_usable(env, live));
    Ok(match (current.building, current.live) {
        (Some(building), _) => MeaningState::Building {
            done: building.entries_done,
            total: building.entries_total,
            is_answering,
        },
        (None, Some(_)) if is_answering => MeaningState::Answering,
        (None, Some(_)) => MeaningState::WithoutModel,
        (None, None) => MeaningState::Unused,
    })
}

fn is_usable(env: &Environment, live: &Generation) -> bool {
    live.state == GenerationState::Live && env.vectors.embedders().of(&env.embedder, live).is_some()
}

/// The question as a vector; None when there is nothing to compare it with. An embedder that fails is told in the
/// log and answered like one that is not there, since keywords still find.
pub async fn embed_query(env: &Environment, query: &str) -> Result<Option<QueryVector>, KnowledgeError> {
    let Some(live) = env.db.read(generations::current).await?.live else { return Ok(None) };
    let Some(embedder) = env.vectors.embedders().of(&env.embedder, &live) else { return Ok(None) };
    match embedder.embed_query(query).await {
        Ok(numbers) if numbers.len() == live.dimensions as usize => {
            Ok(Some(QueryVector { generation_id: live.id, numbers }))
        }
        Ok(numbers) => {
            warn!(given = numbers.len(), expected = live.dimensions, "The embedder gave an odd vector");
            Ok(None)
        }
        Err(error) => {
            warn!("A question could not be embedded, keywords answer alone: {}", Chain(&error));
            Ok(None)
        }
    }
}

/// The client's entries nearest to the question, at most `limit` of each list, and how near the entries `also`
/// are where that costs nothing more.
pub async fn search_by_meaning(
    env: &Environment,
    scope: &ClientScope,
    query_vector: &QueryVector,
    limit: usize,
    also: HashSet<String>,
) -> Result<Meaning, KnowledgeError> {
    let found = env.vectors.search(&query_vector.space(scope), &query_vector.numbers, limit, also).await;
    let Scan { hits, is_complete } = found.map_err(KnowledgeError::Index)?;
    let mut scores = MeaningScores::default();
    for hit in hits {
        scores.add(&hit.key, (hit.kind, hit.part), hit.similarity);
    }
    Ok(Meaning { scores, is_complete })
}

/// The similarities of these entries, which another search has found, from the tables. An entry that has no vectors
/// yet, or is not there, is left out.
pub async fn similarities_of(
    env: &Environment,
    scope: &ClientScope,
    query_vector: &QueryVector,
    chunks: &[ChunkId],
    faqs: &[FaqId],
) -> Result<MeaningScores, KnowledgeError> {
    let keys: Vec<(SubjectKind, String)> = chunks
        .iter()
        .map(|id| (SubjectKind::Chunk, id.to_string()))
        .chain(faqs.iter().map(|id| (SubjectKind::Faq, id.to_string())))
        .collect();
    let (scope, generation_id) = (scope.clone(), query_vector.generation_id.clone());
    let query = PreparedQuery::new(&query_vector.numbers);
    env.db
        .read(move |tx| -> Result<_, KnowledgeError> {
            let mut scores = MeaningScores::default();
            for (kind, key) in keys {
                let vectors = store::list_entry_vectors(tx, &scope, kind, &key)?;
                let own = vectors.into_iter().filter(|(space, _)| space.generation_id == generation_id);
                let own: Vec<StoredVector> = own.map(|(_, vector)| vector).collect();
                for kind in VectorKind::ALL {
                    let of_kind = own.iter().filter(|vector| vector.kind == kind);
                    let compared = of_kind.map(|it| (query.similarity(&it.halves), it.part));
                    if let Some((similarity, part)) = compared.max_by(|one, other| one.0.total_cmp(&other.0))
                    {
                        scores.add(&key, (kind, part), similarity);
                    }
                }
            }
            scores.sort();
            Ok(scores)
        })
        .await
}

impl MeaningScores {
    fn add(&mut self, key: &str, (kind, part): (VectorKind, u32), similarity: f32) {
        match kind {
            VectorKind::Passage => self.passages.extend(ChunkId::parse(key).ok().map(|id| (id, similarity))),
            VectorKind::Window => {
                let Ok(id) = ChunkId::parse(key) else { return };
                self.nearest.insert(id.clone(), part);
                self.windows.push((id, similarity));
            }
            VectorKind::Faq => self.faqs.extend(FaqId::parse(key).ok().map(|id| (id, similarity))),
        }
    }

    fn sort(&mut self) {
        fn by_similarity<T: Ord>(scores: &mut [(T, f32)]) {
            scores.sort_by(|one, other| other.1.total_cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        }
        by_similarity(&mut self.passages);
        by_similarity(&mut self.windows);
        by_similarity(&mut self.faqs);
    }
}
