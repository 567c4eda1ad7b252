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
use crate::ground::text::{Language, content_tokens};
use crate::index::{EntryKind, IndexError, TextHit, TextIndex, WeightedTerm};
use crate::store::{DbError, ReadTx};
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

/// The passages that fit the query best, at most `limit`.
pub async fn search(
    env: &Environment,
    scope: &ClientScope,
    query: &str,
    limit: usize,
) -> Result<Vec<Passage>, KnowledgeError> {
    let proposal = propose(env, scope, query, Wanted { passages: limit, faqs: 0 }).await?;
    let scope = scope.clone();
    env.db.read(move |tx| load_passages(tx, &scope, &proposal.passages)).await
}

/// Passages and FAQs for a turn.
pub async fn candidates(
    env: &Environment,
    scope: &ClientScope,
    question: &str,
) -> Result<Candidates, KnowledgeError> {
    let wanted = Wanted { passages: CANDIDATES_PER_TURN_MAX, faqs: CANDIDATES_PER_TURN_MAX };
    let proposal = propose(env, scope, question, wanted).await?;
    let scope = scope.clone();
    env.db
        .read(move |tx| {
            Ok(Candidates {
                language: proposal.language,
                passages: load_passages(tx, &scope, &proposal.passages)?,
                faqs: load_faqs(tx, &scope, &proposal.faqs)?,
                rarity: proposal.rarity,
            })
        })
        .await
}

struct Wanted {
    passages: usize,
    faqs: usize,
}

/// What the index answers: not yet checked against the tables.
struct Proposal {
    language: Language,
    passages: Vec<TextHit>,
    faqs: Vec<TextHit>,
    rarity: TermRarity,
}

async fn propose(
    env: &Environment,
    scope: &ClientScope,
    query: &str,
    wanted: Wanted,
) -> Result<Proposal, KnowledgeError> {
    let of_client = scope.clone();
    let settings = env.db.read(move |tx| clients::get_settings(tx, &of_client)).await;
    let language = settings.map(|(settings, _)| settings.language).map_err(|error| match error {
        clients::ClientError::Db(error) => KnowledgeError::Db(error),
        other => KnowledgeError::Db(crate::store::Bug::invariant(other.to_string()).into()),
    })?;
    let terms: BTreeSet<String> = content_tokens(query, language).into_iter().map(|token| token.term).collect();
    let index = env.index.index();
    let client = scope.clone();
    let asked = tokio::task::spawn_blocking(move || ask(index.as_ref(), &client, &terms, &wanted)).await;
    match asked {
        Ok(Ok((passages, faqs, rarity))) => Ok(Proposal { language, passages, faqs, rarity }),
        Ok(Err(error)) => Err(KnowledgeError::Index(error)),
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Err(DbError::Closed.into()),
    }
}

fn ask(
    index: &dyn TextIndex,
    scope: &ClientScope,
    terms: &BTreeSet<String>,
    wanted: &Wanted,
) -> Result<(Vec<TextHit>, Vec<TextHit>, TermRarity), IndexError> {
    let client = scope.client_id();
    let weighted: Vec<WeightedTerm<'_>> = terms.iter().map(|term| WeightedTerm::from(term.as_str())).collect();
    let passages = index.search(client, &weighted, Some(EntryKind::Chunk), wanted.passages)?;
    if wanted.faqs == 0 {
        return Ok((passages, Vec::new(), TermRarity::default()));
    }
    let faqs = index.search(client, &weighted, Some(EntryKind::Faq), wanted.faqs)?;
    let texts: Vec<&str> = terms.iter().map(String::as_str).collect();
    let counts = index.document_frequencies(client, &texts)?;
    #[expect(clippy::cast_precision_loss, reason = "counts of entries, compared as ratios")]
    let rarity = TermRarity {
        entries: index.statistics(client)?.entries as f32,
        frequencies: terms.iter().cloned().zip(counts.into_iter().map(|count| count as f32)).collect(),
    };
    Ok((passages, faqs, rarity))
}

fn load_passages(tx: &ReadTx<'_>, scope: &ClientScope, hits: &[TextHit]) -> Result<Vec<Passage>, KnowledgeError> {
    let mut texts: HashMap<VersionId, String> = HashMap::new();
    let mut passages = Vec::with_capacity(hits.len());
    for hit in hits {
        let Ok(id) = ChunkId::parse(&hit.key) else { continue };
        let Some(live) = store::find_live_chunk(tx, scope, &id)? else { continue };
        if !texts.contains_key(&live.version_id) {
            let text = store::find_version_text(tx, scope, &live.version_id)?.unwrap_or_default();
            texts.insert(live.version_id.clone(), text);
        }
        let text = texts.get(&live.version_id).and_then(|text| text.get(live.chunk.span.clone()));
        let Some(text) = text else { continue };
        passages.push(to_passage(live, text.to_owned(), hit.score));
    }
    Ok(passages)
}

fn to_passage(live: LiveChunk, text: String, score: f32) -> Passage {
    Passage {
        chunk_id: live.chunk.id,
        document_id: live.document_id,
        version_id: live.version_id,
        title: live.title,
        heading_path: live.chunk.heading_path,
        page: live.chunk.page,
        span: live.chunk.span,
        text,
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
