//! What both halves say of the candidates of either.

use super::super::KnowledgeError;
use super::super::fusion::Evidence;
use super::super::meaning::{self, Meaning, MeaningScores};
use super::{Terms, with_index};
use crate::domain::Environment;
use crate::ground::ids::{ChunkId, FaqId, Id};
use crate::ground::scope::ClientScope;
use crate::index::{EntryKind, TextHit};
use std::collections::{HashMap, HashSet};

/// A candidate with its evidence, its weight still the usual one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scored<I> {
    pub id: I,
    pub evidence: Evidence,
    /// The part of its text that is nearest to the question; None where the text as a whole is, or without a model.
    pub window: Option<u32>,
}

/// The candidates of both halves, in no order.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Gathered {
    pub chunks: Vec<Scored<ChunkId>>,
    pub faqs: Vec<Scored<FaqId>>,
}

/// The best `limit` chunks and FAQs by keywords, by passages and by windows, each with what the other half says
/// of it.
pub(super) async fn gather(
    env: &Environment,
    scope: &ClientScope,
    query: &str,
    terms: &Terms,
    limit: usize,
) -> Result<Gathered, KnowledgeError> {
    let (client, asked) = (scope.clone(), terms.clone());
    let by_keywords = with_index(env, move |index| {
        let search = |kind| index.search(client.client_id(), &asked.weighted(), Some(kind), limit);
        Ok((search(EntryKind::Chunk)?, search(EntryKind::Faq)?))
    });
    let (found, query_vector) = tokio::join!(by_keywords, meaning::embed_query(env, query));
    let ((chunk_hits, faq_hits), query_vector) = (found?, query_vector?);
    let mut chunks = keywords_by_id::<ChunkId>(&chunk_hits);
    let mut faqs = keywords_by_id::<FaqId>(&faq_hits);
    let Some(query_vector) = query_vector else {
        let none = MeaningScores::default();
        return Ok(Gathered { chunks: scored_chunks(chunks, &none), faqs: scored(faqs, &[], &[]) });
    };
    let by_keywords: HashSet<String> = chunk_hits.into_iter().chain(faq_hits).map(|hit| hit.key).collect();
    let Meaning { scores, is_complete } =
        meaning::search_by_meaning(env, scope, &query_vector, limit, by_keywords).await?;
    // What only meaning has found gets its score by keywords, and the other way round.
    let of_chunks = scores.passages.iter().chain(&scores.windows).map(|(id, _)| id);
    let new_chunks = missing(&chunks, of_chunks);
    let new_faqs = missing(&faqs, scores.faqs.iter().map(|(id, _)| id));
    chunks.extend(keyword_scores(env, scope, terms, new_chunks).await?);
    faqs.extend(keyword_scores(env, scope, terms, new_faqs).await?);
    let scores = if is_complete {
        scores
    } else {
        let is_unknown = |id: &&ChunkId| !holds(&scores.passages, id) || !holds(&scores.windows, id);
        let unknown_chunks: Vec<ChunkId> = chunks.keys().filter(is_unknown).cloned().collect();
        let unknown_faqs: Vec<FaqId> = faqs.keys().filter(|id| !holds(&scores.faqs, id)).cloned().collect();
        let more =
            meaning::similarities_of(env, scope, &query_vector, &unknown_chunks, &unknown_faqs).await?;
        merged(scores, more)
    };
    Ok(Gathered { chunks: scored_chunks(chunks, &scores), faqs: scored(faqs, &scores.faqs, &[]) })
}

fn keywords_by_id<I: Id + std::hash::Hash + Eq>(hits: &[TextHit]) -> HashMap<I, f32> {
    hits.iter().filter_map(|hit| Some((I::parse(&hit.key).ok()?, hit.score))).collect()
}

fn missing<'a, I: Clone + std::hash::Hash + Eq + Ord + 'a>(
    known: &HashMap<I, f32>,
    ids: impl Iterator<Item = &'a I>,
) -> Vec<I> {
    let mut missing: Vec<I> = ids.filter(|id| !known.contains_key(*id)).cloned().collect();
    missing.sort();
    missing.dedup();
    missing
}

fn holds<I: PartialEq>(scores: &[(I, f32)], id: &I) -> bool {
    scores.iter().any(|(other, _)| other == id)
}

async fn keyword_scores<I: Id + Clone + Send + 'static>(
    env: &Environment,
    scope: &ClientScope,
    terms: &Terms,
    ids: Vec<I>,
) -> Result<Vec<(I, f32)>, KnowledgeError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let (client, asked) = (scope.clone(), terms.clone());
    with_index(env, move |index| {
        let keys: Vec<&str> = ids.iter().map(I::as_str).collect();
        let scores = index.scores_of(client.client_id(), &asked.weighted(), &keys)?;
        Ok(ids.iter().cloned().zip(scores).collect())
    })
    .await
}

fn merged(mut scores: MeaningScores, more: MeaningScores) -> MeaningScores {
    scores.passages.extend(more.passages);
    scores.windows.extend(more.windows);
    scores.nearest.extend(more.nearest);
    scores.faqs.extend(more.faqs);
    scores
}

fn scored_chunks(keywords: HashMap<ChunkId, f32>, scores: &MeaningScores) -> Vec<Scored<ChunkId>> {
    let mut chunks = scored(keywords, &scores.passages, &scores.windows);
    for chunk in &mut chunks {
        chunk.window = scores.nearest.get(&chunk.id).copied();
    }
    chunks
}

fn scored<I: Clone + std::hash::Hash + Eq + Ord>(
    keywords: HashMap<I, f32>,
    passages: &[(I, f32)],
    windows: &[(I, f32)],
) -> Vec<Scored<I>> {
    let passages: HashMap<&I, f32> = passages.iter().map(|(id, similarity)| (id, *similarity)).collect();
    let windows: HashMap<&I, f32> = windows.iter().map(|(id, similarity)| (id, *similarity)).collect();
    let mut scored: Vec<Scored<I>> = keywords
        .into_iter()
        .map(|(id, keyword)| {
            let (passage, window) = (passages.get(&id).copied(), windows.get(&id).copied());
            Scored { evidence: Evidence { keyword, passage, window, weight: 1.0 }, id, window: None }
        })
        .collect();
    // The same question gets the same answer: no order of a hash table.
    scored.sort_by(|one, other| one.id.cmp(&other.id));
    scored
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> ChunkId {
        ChunkId::from_ulid(ulid::Ulid::from(number))
    }

    // KNO-7
    #[test]
    fn what_one_half_has_found_is_asked_of_the_other_once() {
        let known = HashMap::from([(id(1), 2.0)]);

        assert_eq!(missing(&known, [id(3), id(1), id(2), id(3)].iter()), [id(2), id(3)]);
    }

    #[test]
    fn each_candidate_carries_what_each_half_says_of_it() {
        let keywords = HashMap::from([(id(2), 0.0), (id(1), 2.0)]);

        let scored = scored(keywords, &[(id(2), 0.5)], &[(id(2), 0.7)]);

        assert_eq!(scored.iter().map(|it| it.id.clone()).collect::<Vec<_>>(), [id(1), id(2)]);
        assert_eq!((scored[0].evidence.keyword, scored[0].evidence.passage), (2.0, None));
        assert_eq!(scored[1].evidence.similarity(), Some(0.6));
    }
}
