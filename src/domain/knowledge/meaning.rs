//! Finding by meaning: the entries whose vectors lie nearest to that of the question.

use super::KnowledgeError;
use crate::domain::Environment;
use crate::ground::ids::{ChunkId, FaqId};
use crate::ground::scope::ClientScope;

/// A question as a vector.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryVector {
    numbers: Vec<f32>,
}

/// Cosines of entries, best first, each entry once in each list.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MeaningScores {
    pub passages: Vec<(ChunkId, f32)>,
    pub windows: Vec<(ChunkId, f32)>,
    pub faqs: Vec<(FaqId, f32)>,
}

/// What a search by meaning has found.
#[derive(Debug, Clone, PartialEq)]
pub struct Meaning {
    pub query_vector: QueryVector,
    pub scores: MeaningScores,
}

/// None when there is nothing to compare with.
pub async fn search_by_meaning(
    _env: &Environment,
    _scope: &ClientScope,
    _query: &str,
    _limit: usize,
) -> Result<Option<Meaning>, KnowledgeError> {
    Ok(None)
}

pub async fn similarities_of(
    _env: &Environment,
    _scope: &ClientScope,
    _query_vector: &QueryVector,
    _chunks: &[ChunkId],
    _faqs: &[FaqId],
) -> Result<MeaningScores, KnowledgeError> {
    Ok(MeaningScores::default())
}
