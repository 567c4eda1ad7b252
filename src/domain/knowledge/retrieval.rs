//! Finding what fits a question, in one client's knowledge only.
//!
//! The index proposes, the tables decide: every candidate must be live, of this client and of the version that
//! is current, or it does not exist.

use super::faqs::Faq;
use super::store::{self, LiveChunk};
use super::{KnowledgeError, faqs};
use crate::domain::Environment;
use crate::domain::clients;
use crate::ground::ids::{ChunkId, DocumentId, FaqId, Id as _, VersionId};
use crate::ground::limits::CANDIDATES_PER_TURN_MAX;
use crate::ground::scope::ClientScope;
use crate::ground::text::{Language, content_tokens, tokens};
use crate::index::{EntryKind, IndexError, TextHit, TextIndex, WeightedTerm};
use crate::store::{Bug, DbError, ReadTx};
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

/// A passage that fits, with all that a citation needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Passage {
    pub chunk_id: ChunkId,
    pub document_id: DocumentId,
    pub version_id: VersionId,
    pub title: String,
    pub heading_path: Vec<String>,
    pub page: Option<u32>,
    /// Where the text stands in its version, in UTF-8 bytes.
    pub span: Range<usize>,
    pub text: String,
    pub score: f32,
}

/// An FAQ that fits.
#[derive(Debug, Clone, PartialEq)]
pub struct FaqHit {
    pub faq: Faq,
    pub score: f32,
}

/// Everything that was found for a question, best first.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidates {
    pub language: Language,
    pub passages: Vec<Passage>,
    pub faqs: Vec<FaqHit>,
    pub rarity: TermRarity,
}

/// How rare each term of the question is among the client's own entries.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TermRarity {
    entries: f32,
    frequencies: HashMap<String, f32>,
}

impl TermRarity {
    /// The inverse document frequency as BM25 defines it (Robertson and Zaragoza, "The Probabilistic Relevance
    /// Framework", 2009), never negative. A term that no entry holds is the rarest.
    pub fn idf(&self, term: &str) -> f32 {
        let frequency = self.frequencies.get(term).copied().unwrap_or(0.0);
        (1.0 + (self.entries - frequency + 0.5).max(0.0) / (frequency + 0.5)).ln()
    }
}

/// A related term tells less of what was asked than the visitor's own words.
const RELATED_WEIGHT: f32 = 0.25;

/// The passages that fit the query best, at most `limit`.
pub async fn search(
    env: &Environment,
    scope: &ClientScope,
    query: &str,
    limit: usize,
) -> Result<Vec<Passage>, KnowledgeError> {
    let of_client = scope.clone();
    let language = env.db.read(move |tx| language_of(tx, &of_client)).await?;
    let terms = Terms::new(query, language, Vec::new());
    let client = scope.clone();
    let hits = with_index(env, move |index| {
        index.search(client.client_id(), &terms.weighted(), Some(EntryKind::Chunk), limit)
    })
    .await?;
    let scope = scope.clone();
    env.db.read(move |tx| load_passages(tx, &scope, &hits)).await
}

/// Passages and FAQs for a turn. `related` are terms that a document may use for what was asked.
pub async fn candidates(
    env: &Environment,
    scope: &ClientScope,
    question: &str,
    language: Language,
    related: Vec<String>,
) -> Result<Candidates, KnowledgeError> {
    let terms = Terms::new(question, language, related);
    let (client, asked) = (scope.clone(), terms.clone());
    let (chunks, faqs) = with_index(env, move |index| {
        let search =
            |kind| index.search(client.client_id(), &asked.weighted(), Some(kind), CANDIDATES_PER_TURN_MAX);
        Ok((search(EntryKind::Chunk)?, search(EntryKind::Faq)?))
    })
    .await?;
    let of_client = scope.clone();
    let (passages, faqs) = env
        .db
        .read(move |tx| -> Result<_, KnowledgeError> {
            Ok((load_passages(tx, &of_client, &chunks)?, load_faqs(tx, &of_client, &faqs)?))
        })
        .await?;
    let rarity = rarity_of(env, scope, language, terms, &faqs).await?;
    Ok(Candidates { language, passages, faqs, rarity })
}

/// The terms of a query, each once.
#[derive(Debug, Clone)]
struct Terms {
    own: BTreeSet<String>,
    related: BTreeSet<String>,
}

impl Terms {
    fn new(query: &str, language: Language, related: Vec<String>) -> Self {
        let own: BTreeSet<String> =
            content_tokens(query, language).into_iter().map(|token| token.term).collect();
        let related = related.into_iter().filter(|term| !own.contains(term)).collect();
        Self { own, related }
    }

    fn weighted(&self) -> Vec<WeightedTerm<'_>> {
        let own = self.own.iter().map(|term| WeightedTerm { term, weight: 1.0 });
        own.chain(self.related.iter().map(|term| WeightedTerm { term, weight: RELATED_WEIGHT })).collect()
    }
}

/// How rare the words of the question, and those of the FAQs that may fit it, are among the client's entries.
async fn rarity_of(
    env: &Environment,
    scope: &ClientScope,
    language: Language,
    asked: Terms,
    faqs: &[FaqHit],
) -> Result<TermRarity, KnowledgeError> {
    let mut terms = asked.own;
    terms.extend(asked.related);
    for hit in faqs {
        terms.extend(tokens(hit.faq.question.as_str(), language).into_iter().map(|token| token.term));
    }
    let scope = scope.clone();
    with_index(env, move |index| {
        let client = scope.client_id();
        let texts: Vec<&str> = terms.iter().map(String::as_str).collect();
        let counts = index.document_frequencies(client, &texts)?;
        #[expect(clippy::cast_precision_loss, reason = "counts of entries, compared as ratios")]
        let rarity = TermRarity {
            entries: index.statistics(client)?.entries as f32,
            frequencies: terms.iter().cloned().zip(counts.into_iter().map(|count| count as f32)).collect(),
        };
        Ok(rarity)
    })
    .await
}

/// Asks the index on a thread that may block.
async fn with_index<T: Send + 'static>(
    env: &Environment,
    ask: impl FnOnce(&dyn TextIndex) -> Result<T, IndexError> + Send + 'static,
) -> Result<T, KnowledgeError> {
    let index = env.index.index();
    match tokio::task::spawn_blocking(move || ask(index.as_ref())).await {
        Ok(answer) => answer.map_err(KnowledgeError::Index),
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Err(DbError::Closed.into()),
    }
}

fn language_of(tx: &ReadTx<'_>, scope: &ClientScope) -> Result<Language, KnowledgeError> {
    match clients::get_settings(tx, scope) {
        Ok((settings, _)) => Ok(settings.language),
        Err(clients::ClientError::Db(error)) => Err(error.into()),
        Err(other) => Err(DbError::from(Bug::invariant(other.to_string())).into()),
    }
}

fn load_passages(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    hits: &[TextHit],
) -> Result<Vec<Passage>, KnowledgeError> {
    let mut passages = Vec::with_capacity(hits.len());
    for hit in hits {
        let Ok(id) = ChunkId::parse(&hit.key) else { continue };
        if let Some(live) = store::find_live_chunk(tx, scope, &id)? {
            passages.push(to_passage(live, hit.score));
        }
    }
    Ok(passages)
}

fn to_passage(live: LiveChunk, score: f32) -> Passage {
    Passage {
        chunk_id: live.chunk.id,
        document_id: live.document_id,
        version_id: live.version_id,
        title: live.title,
        heading_path: live.chunk.heading_path,
        page: live.chunk.page,
        span: live.chunk.span,
        text: live.chunk.text,
        score,
    }
}

fn load_faqs(tx: &ReadTx<'_>, scope: &ClientScope, hits: &[TextHit]) -> Result<Vec<FaqHit>, KnowledgeError> {
    let mut found = Vec::with_capacity(hits.len());
    for hit in hits {
        let Ok(id) = FaqId::parse(&hit.key) else { continue };
        match faqs::get(tx, scope, &id) {
            Ok(faq) if faq.enabled => found.push(FaqHit { faq, score: hit.score }),
            Ok(_) | Err(KnowledgeError::FaqNotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}
