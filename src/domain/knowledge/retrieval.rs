//! Finding what fits a question, in one client's knowledge only.
//!
//! Keywords and meaning each propose candidates; what either has found is judged by both ([`super::fusion`]),
//! near-identical passages are shown once and documents share the places ([`super::selection`]). The indexes
//! propose, the tables decide: every candidate must be live, of this client and of the version that is current,
//! or it does not exist. Without a model the order is that of the keywords.

mod evidence;
mod rarity;

pub use self::rarity::TermRarity;

use self::evidence::{Gathered, Scored, gather};
use self::rarity::rarity_of;
use super::faqs::{Category, Faq};
use super::fusion::{self, Asked, Evidence, Fit};
use super::selection::{self, Ranked};
use super::store::{self, LiveChunk};
use super::windows::windows;
use super::{KnowledgeError, faqs};
use crate::domain::Environment;
use crate::domain::clients;
use crate::ground::ids::{ChunkId, DocumentId, FaqId, Id as _, VersionId};
use crate::ground::limits::{
    CANDIDATES_PER_HALF_MAX, CANDIDATES_PER_TURN_MAX, FAQ_PRIORITY_MAX, FILTERED_CANDIDATES_PER_HALF_MAX,
};
use crate::ground::scope::ClientScope;
use crate::ground::text::{Language, content_tokens, guess_language};
use crate::index::{IndexError, TextIndex, WeightedTerm, bm25};
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
    /// BM25; 0 where the passage shares no word with the question.
    pub score: f32,
    /// Where it stands among the candidates, and how likely it holds the answer.
    pub fit: Fit,
    /// Which of its windows is nearest to the question by meaning, counted from 1; None where it has none, or
    /// without a model.
    pub nearest_window: Option<u32>,
}

impl Passage {
    /// The part that is nearest to the question by meaning, in UTF-8 bytes of the text; None without a model.
    pub fn nearest(&self) -> Option<Range<usize>> {
        self.fit.similarity?;
        let Some(number) = self.nearest_window else { return Some(0..self.text.len()) };
        windows(&self.text).into_iter().nth((number as usize).checked_sub(1)?)
    }
}

/// An FAQ that fits.
#[derive(Debug, Clone, PartialEq)]
pub struct FaqHit {
    pub faq: Faq,
    /// BM25, raised by the FAQ's priority: it decides between FAQs that ask the same.
    pub score: f32,
    pub fit: Fit,
}

/// Everything that was found for a question, best first.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidates {
    pub language: Language,
    pub passages: Vec<Passage>,
    pub faqs: Vec<FaqHit>,
    pub rarity: TermRarity,
}

impl Candidates {
    /// How likely it is that the answer stands in what was found, 0 to 1.
    pub fn confidence(&self) -> f32 {
        let passages = self.passages.iter().map(|passage| passage.fit.confidence);
        passages.chain(self.faqs.iter().map(|hit| hit.fit.confidence)).fold(0.0, f32::max)
    }

    /// Whether it is worth while to answer from what was found; otherwise it is better to say that one does not
    /// know.
    pub fn is_answerable(&self) -> bool {
        self.confidence() >= ANSWERABLE_MIN
    }
}

/// From this confidence on a question is taken for one that the texts answer. Measured in English, 98 of 100
/// answerable questions reach it, and 7 of 100 that only other texts answer; in languages that the model knows
/// badly, 91 to 98 of the former and 5 to 24 of the latter.
pub const ANSWERABLE_MIN: f32 = 0.30;
/// What holds the answer with less than this is left out.
const FLOOR: f32 = 0.05;
/// A related term tells less of what was asked than the visitor's own words.
const RELATED_WEIGHT: f32 = 0.25;
/// What the highest priority is worth beside the fused score: enough between equals, too little against a better
/// match.
const PRIORITY_BONUS: f32 = 0.25;

/// A search for passages.
#[derive(Debug, Clone)]
pub struct Search<'a> {
    pub query: &'a str,
    /// Passages at most.
    pub limit: usize,
    /// Only in documents of exactly this category.
    pub category: Option<&'a Category>,
}

/// The passages that fit the query best, at most `limit`.
pub async fn search(
    env: &Environment,
    scope: &ClientScope,
    query: &str,
    limit: usize,
) -> Result<Vec<Passage>, KnowledgeError> {
    search_with(env, scope, &Search { query, limit, category: None }).await
}

/// As [`search`], with filters.
pub async fn search_with(
    env: &Environment,
    scope: &ClientScope,
    search: &Search<'_>,
) -> Result<Vec<Passage>, KnowledgeError> {
    let of_client = scope.clone();
    let language = env.db.read(move |tx| language_of(tx, &of_client)).await?;
    let terms = Terms::new(search.query, language, Vec::new());
    let depth = match search.category {
        // What the filter takes away must not leave too little.
        Some(_) => FILTERED_CANDIDATES_PER_HALF_MAX,
        None => CANDIDATES_PER_HALF_MAX.max(search.limit),
    };
    let gathered = gather(env, scope, search.query, &terms, depth).await?;
    let rarity = rarity_of(env, scope, language, &terms, &[]).await?;
    let asked = asked(env, search.query, &terms, &rarity);
    let (of_client, category) = (scope.clone(), search.category.cloned());
    let chunks =
        env.db.read(move |tx| load_chunks(tx, &of_client, gathered.chunks, category.as_ref())).await?;
    let mut passages = rank_passages(chunks, asked);
    passages.truncate(search.limit);
    Ok(passages)
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
    let Gathered { chunks, faqs } = gather(env, scope, question, &terms, CANDIDATES_PER_HALF_MAX).await?;
    let of_client = scope.clone();
    // An FAQ for one language answers only questions in it, whatever the documents are written in.
    let asked_in = guess_language(question).unwrap_or(language);
    let (chunks, faqs) = env
        .db
        .read(move |tx| -> Result<_, KnowledgeError> {
            let chunks = load_chunks(tx, &of_client, chunks, None)?;
            Ok((chunks, load_faqs(tx, &of_client, faqs, asked_in)?))
        })
        .await?;
    let questions: Vec<&Faq> = faqs.iter().map(|(faq, _)| faq).collect();
    let rarity = rarity_of(env, scope, language, &terms, &questions).await?;
    let asked = asked(env, question, &terms, &rarity);
    let mut passages = rank_passages(chunks, asked);
    passages.truncate(CANDIDATES_PER_TURN_MAX);
    let mut faqs = rank_faqs(faqs, asked);
    faqs.truncate(CANDIDATES_PER_TURN_MAX);
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

fn asked(env: &Environment, question: &str, terms: &Terms, rarity: &TermRarity) -> Asked {
    let letters_per_token = env
        .embedder
        .current()
        .and_then(|embedder| letters_per_token(question, &|text: &str| embedder.count_tokens(text)));
    let keyword_best = terms.own.iter().map(|term| rarity.idf(term) * (bm25::K1 + 1.0)).sum();
    Asked { keyword_best, letters_per_token }
}

/// Signs and numbers say nothing about how well a model knows a language. None where there are no letters.
fn letters_per_token(question: &str, count_tokens: &dyn Fn(&str) -> usize) -> Option<f32> {
    let words: Vec<&str> =
        question.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
    let letters: usize = words.iter().map(|word| word.chars().count()).sum();
    let tokens = count_tokens(&words.join(" "));
    #[expect(clippy::cast_precision_loss, reason = "letters of one question")]
    let ratio = letters as f32 / tokens.max(1) as f32;
    (letters > 0).then_some(ratio)
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

/// A live chunk with what both halves say of it.
struct Judged {
    chunk: LiveChunk,
    evidence: Evidence,
    /// The part that is nearest by meaning, where it is not the whole.
    window: Option<u32>,
}

/// The candidates that are live, with the weight of their document.
fn load_chunks(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    found: Vec<Scored<ChunkId>>,
    category: Option<&Category>,
) -> Result<Vec<Judged>, KnowledgeError> {
    let ids: Vec<&ChunkId> = found.iter().map(|scored| &scored.id).collect();
    let mut live = store::list_live_chunks(tx, scope, &ids)?;
    live.sort_by(|one, other| one.chunk.id.cmp(&other.chunk.id));
    let mut found: HashMap<ChunkId, Scored<ChunkId>> =
        found.into_iter().map(|scored| (scored.id.clone(), scored)).collect();
    let live = live.into_iter().filter(|chunk| category.is_none() || category == chunk.category.as_ref());
    let judged = live.filter_map(|chunk| {
        let Scored { evidence, window, .. } = found.remove(&chunk.chunk.id)?;
        let weight = chunk.weight.factor();
        Some(Judged { chunk, evidence: Evidence { weight, ..evidence }, window })
    });
    Ok(judged.collect())
}

fn rank_passages(chunks: Vec<Judged>, asked: Asked) -> Vec<Passage> {
    let evidence: Vec<Evidence> = chunks.iter().map(|judged| judged.evidence).collect();
    let fits = fusion::fuse(&evidence, asked);
    let passages = chunks.into_iter().zip(fits).filter(|(_, fit)| fit.confidence >= FLOOR);
    selection::arrange(passages.map(|(judged, fit)| to_passage(judged, fit)).collect())
}

impl Ranked for Passage {
    fn text(&self) -> &str {
        &self.text
    }
    fn document(&self) -> &str {
        self.document_id.as_str()
    }
    fn score(&self) -> f32 {
        self.fit.score
    }
}

fn to_passage(Judged { chunk: live, evidence, window }: Judged, fit: Fit) -> Passage {
    Passage {
        nearest_window: window,
        chunk_id: live.chunk.id,
        document_id: live.document_id,
        version_id: live.version_id,
        title: live.title,
        heading_path: live.chunk.heading_path,
        page: live.chunk.page,
        span: live.chunk.span,
        text: live.chunk.text,
        score: evidence.keyword,
        fit,
    }
}

/// The candidates that are in use for questions in this language.
fn load_faqs(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    found: Vec<Scored<FaqId>>,
    asked_in: Language,
) -> Result<Vec<(Faq, Evidence)>, KnowledgeError> {
    let mut live = Vec::with_capacity(found.len());
    for Scored { id, evidence, .. } in found {
        match faqs::get(tx, scope, &id) {
            Ok(faq) if faq.enabled && faq.language.is_none_or(|language| language == asked_in) => {
                live.push((faq, evidence));
            }
            Ok(_) | Err(KnowledgeError::FaqNotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(live)
}

fn rank_faqs(found: Vec<(Faq, Evidence)>, asked: Asked) -> Vec<FaqHit> {
    let evidence: Vec<Evidence> = found.iter().map(|(_, evidence)| *evidence).collect();
    let mut hits: Vec<FaqHit> = found
        .into_iter()
        .zip(fusion::fuse(&evidence, asked))
        .filter(|(_, fit)| fit.confidence >= FLOOR)
        .map(|((faq, evidence), fit)| {
            let bonus = priority_share(&faq) * PRIORITY_BONUS;
            FaqHit {
                score: evidence.keyword * (1.0 + bonus),
                fit: Fit { score: fit.score + bonus, ..fit },
                faq,
            }
        })
        .collect();
    hits.sort_by(|one, other| other.fit.score.total_cmp(&one.fit.score));
    hits
}

#[expect(clippy::cast_precision_loss, reason = "at most three digits")]
fn priority_share(faq: &Faq) -> f32 {
    faq.priority as f32 / FAQ_PRIORITY_MAX as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    // KNO-7
    #[test]
    fn letters_per_token_look_at_words_only() {
        let by_words = |text: &str| text.split_whitespace().count();
        let spelled = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count();

        assert_eq!(letters_per_token("Open on 24 May?", &by_words), Some(3.0));
        assert_eq!(letters_per_token("кофе", &spelled), Some(1.0));
        assert_eq!(letters_per_token("555-0102", &by_words), None);
    }
}
