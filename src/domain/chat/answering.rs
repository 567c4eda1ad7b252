//! Making the answer of a turn: prepare, decide, generate, settle.

use super::explanation::{Explanation, FoundFaq, FoundPassage, ms};
use super::extractive::{self, Answer, FaqCandidate, PassageCandidate};
use super::live::{End, Lead};
use super::settling::{self, Draft};
use super::store::{self, TurnRow, TurnState};
use super::{AnsweredBy, ChatError, Ending, FailureKind, Settled, TurnFailure, phrases};
use crate::domain::Environment;
use crate::domain::clients;
use crate::domain::conversations::ConversationError;
use crate::domain::conversations::citations::{NewQuote, QuoteSource, WhenChanged};
use crate::domain::knowledge::faqs::Faq;
use crate::domain::knowledge::retrieval::{self, Candidates, Passage};
use crate::ground::scope::ClientScope;
use crate::ground::text::Language;
use crate::store::error::{Bug, Chain};
use crate::store::{DbError, fault};
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;
use tracing::{error, warn};

const ANSWER_TRIES_MAX: u32 = 3;

/// Makes the answer and tells the followers how it ended.
pub(super) async fn lead(env: &Environment, scope: &ClientScope, row: TurnRow, question: &str, lead: Lead) {
    match answer(env, scope, &row, question, &lead).await {
        Ok(settled) => lead.end(End::Settled(Arc::new(settled))),
        Err(cause) => {
            let failure = TurnFailure::of(&cause);
            let turn = &row.visitor_message_id;
            if failure.kind == FailureKind::Internal {
                error!(turn.id = %turn, "The turn `{turn}` failed: {}", Chain(&cause));
            } else {
                warn!(turn.id = %turn, "The turn `{turn}` has no answer now: {}", Chain(&cause));
            }
            give_up(env, scope, &row).await;
            lead.end(End::Failed(failure));
        }
    }
}

/// Notes that nobody is making the answer any more.
async fn give_up(env: &Environment, scope: &ClientScope, row: &TurnRow) {
    let (of_client, id) = (scope.clone(), row.visitor_message_id.clone());
    let noted = env
        .db
        .write(scope.actor().clone(), move |tx| store::advance(tx, &of_client, &id, TurnState::Failed))
        .await;
    if let Err(error) = noted {
        // The job that abandons stale turns finds it.
        warn!("A failed turn could not be noted: {}", Chain(&error));
    }
}

/// Answers from what is there now. A source that changes between retrieval and settling makes the answer anew.
async fn answer(
    env: &Environment,
    scope: &ClientScope,
    row: &TurnRow,
    question: &str,
    lead: &Lead,
) -> Result<Settled, ChatError> {
    let began = Instant::now();
    let mut tries = 1;
    loop {
        let language = language_of(env, scope).await?;
        let related = extractive::related_terms(question, language);
        let candidates = retrieval::candidates(env, scope, question, language, related).await?;
        let mut explanation = explain(question, &candidates);
        explanation.tries = tries;
        explanation.timings.prepare_ms = ms(began.elapsed());
        fault::point("chat.after_prepare");
        let draft = decide(question, candidates, &mut explanation)?;
        explanation.timings.answer_ms = ms(began.elapsed());
        fault::point("chat.before_settle");
        match settling::settle(env, scope, row, draft, explanation).await {
            Err(ChatError::Conversation(ConversationError::SourceChanged)) if tries < ANSWER_TRIES_MAX => {
                tries += 1
            }
            result => return result,
        }
    }
}

async fn language_of(env: &Environment, scope: &ClientScope) -> Result<Language, ChatError> {
    let scope = scope.clone();
    let (settings, _) = env.db.read(move |tx| clients::get_settings(tx, &scope)).await?;
    Ok(settings.language)
}

/// What was found, for the explanation.
fn explain(query: &str, candidates: &Candidates) -> Explanation {
    let passages = candidates.passages.iter().map(|passage| FoundPassage {
        chunk_id: passage.chunk_id.clone(),
        document_id: passage.document_id.clone(),
        title: passage.title.clone(),
        headings: passage.heading_path.clone(),
        score: passage.score,
        is_cited: false,
    });
    let faqs = candidates.faqs.iter().map(|hit| FoundFaq {
        faq_id: hit.faq.id.clone(),
        question: hit.faq.question.as_str().to_owned(),
        score: hit.score,
        is_cited: false,
    });
    Explanation {
        query: query.to_owned(),
        passages: passages.collect(),
        faqs: faqs.collect(),
        ..Explanation::default()
    }
}

/// Decides the answer without a model. Pure but for the names of the types.
fn decide(question: &str, candidates: Candidates, explanation: &mut Explanation) -> Result<Draft, ChatError> {
    let Candidates { language, passages, faqs, rarity } = candidates;
    let own_words =
        phrases::phrases(language).ok_or_else(|| DbError::from(Bug::invariant("no phrases are built in")))?;
    let faq_candidates: Vec<FaqCandidate<'_>> = faqs
        .iter()
        .map(|hit| FaqCandidate {
            question: hit.faq.question.as_str(),
            answer: hit.faq.answer.as_str(),
            score: hit.score,
        })
        .collect();
    let passage_candidates: Vec<PassageCandidate<'_>> = passages
        .iter()
        .map(|passage| PassageCandidate {
            title: Some(&passage.title),
            heading_path: &passage.heading_path,
            text: &passage.text,
            score: passage.score,
        })
        .collect();
    let decided =
        extractive::answer(question, language, &faq_candidates, &passage_candidates, &|term: &str| {
            rarity.idf(term)
        });
    let draft = match decided {
        Answer::Faq { index } => faqs.get(index).map(|hit| {
            explanation.decide("faq_match", "an FAQ answers", Some(hit.faq.question.as_str().to_owned()));
            word_for_word(hit.faq.answer.as_str().to_owned(), AnsweredBy::Faq, vec![quote_faq(&hit.faq)])
        }),
        Answer::Passages { text, quotes } => {
            explanation.decide("threshold", "passages answer", None);
            let quotes = quotes.into_iter().enumerate().filter_map(|(ordinal, quote)| {
                quote_passage(ordinal, passages.get(quote.passage)?, quote.span)
            });
            let response = format!("{}\n\n{text}", own_words.found);
            Some(word_for_word(response, AnsweredBy::Extractive, quotes.collect()))
        }
        Answer::Unknown => None,
    };
    Ok(draft.unwrap_or_else(|| {
        explanation.decide("threshold", "nothing that was found answers the question", None);
        let unknown = word_for_word(own_words.unknown.clone(), AnsweredBy::None, Vec::new());
        Draft { is_gap: true, ..unknown }
    }))
}

/// An answer that was not written by a model, and that nobody has seen yet.
fn word_for_word(response: String, answered_by: AnsweredBy, quotes: Vec<NewQuote>) -> Draft {
    Draft {
        response,
        answered_by,
        ending: Ending::Whole,
        usage: None,
        quotes,
        when_changed: WhenChanged::Refuse,
        is_gap: false,
    }
}

fn quote_faq(faq: &Faq) -> NewQuote {
    let words = faq.answer.as_str().to_owned();
    NewQuote { ordinal: 0, source: QuoteSource::Faq { faq_id: faq.id.clone(), span: 0..words.len() }, words }
}

/// A span of a passage as a span of its version.
fn quote_passage(ordinal: usize, passage: &Passage, span: Range<usize>) -> Option<NewQuote> {
    let words = passage.text.get(span.clone())?.to_owned();
    let start = passage.span.start + span.start;
    let source = QuoteSource::Chunk {
        version_id: passage.version_id.clone(),
        chunk_id: passage.chunk_id.clone(),
        span: start..start + words.len(),
    };
    Some(NewQuote { ordinal: u32::try_from(ordinal).ok()?, source, words })
}
