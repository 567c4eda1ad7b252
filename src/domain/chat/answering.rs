//! Making the answer of a turn: prepare, decide, generate, settle.

use super::explanation::{Explanation, FoundFaq, FoundPassage, ms};
use super::extractive::{self, Answer};
use super::generating::{self, Task};
use super::live::{End, Lead};
use super::prompt::MarkedSource;
use super::settling::{self, Draft};
use super::store::{self, TurnRow, TurnState};
use super::{
    AnsweredBy, ChatError, Ending, FailureKind, Settled, TurnFailure, context, courtesy, phrases, quoting,
};
use crate::domain::Environment;
use crate::domain::conversations::ConversationError;
use crate::domain::conversations::citations::{NewQuote, QuoteSource, WhenChanged};
use crate::domain::knowledge::faqs::Faq;
use crate::domain::knowledge::retrieval::{self, Candidates, FaqHit, Passage};
use crate::ground::limits::{PROMPT_FAQS_MAX, PROMPT_PASSAGES_MAX, TURN_MS};
use crate::ground::scope::ClientScope;
use crate::ground::text::Language;
use crate::store::error::{Bug, Chain};
use crate::store::{DbError, fault};
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};
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

/// Answers from what is there now. A source that changes between retrieval and settling makes the answer anew,
/// unless it was shown already.
async fn answer(
    env: &Environment,
    scope: &ClientScope,
    row: &TurnRow,
    question: &str,
    lead: &Lead,
) -> Result<Settled, ChatError> {
    let began = Instant::now();
    let ends_at = tokio::time::Instant::now() + Duration::from_millis(TURN_MS);
    let mut tries = 1;
    loop {
        let context = context::read(env, scope, row).await?;
        let query = context.query(question);
        let related = extractive::related_terms(&query, context.language());
        let candidates = retrieval::candidates(env, scope, &query, context.language(), related).await?;
        let mut explanation = explain(&query, &candidates);
        explanation.tries = tries;
        explanation.timings.prepare_ms = ms(began.elapsed());
        fault::point("chat.after_prepare");
        let found = Found(candidates);
        let task = Task { env, scope, row, lead, context: &context, question, found: &found, ends_at };
        let draft = decide(&task, &mut explanation).await?;
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

/// Decides who answers: an FAQ that asks the same, then a model from what was found, then quotes.
async fn decide(task: &Task<'_>, explanation: &mut Explanation) -> Result<Draft, ChatError> {
    let quoted = task.found.quote(task.question, task.context.language())?;
    let is_configured = task.env.llm.is_configured();
    let is_same_question = matches!(quoted, Quoted::Faq { is_same_question: true, .. });
    if let Some(reply) = courtesy::reply(task.question, task.context.language()).filter(|_| !is_same_question)
    {
        explanation.decide("courtesy", "a courtesy is returned: nothing was asked", None);
        return Ok(word_for_word(reply.to_owned(), AnsweredBy::None, Vec::new()));
    }
    if is_configured && !is_same_question {
        let confidence = format!("the confidence is {:.2}", task.found.0.confidence());
        if !task.found.0.is_answerable() {
            explanation.decide("threshold", "too little was found: no model is asked", Some(confidence));
        } else if let Some(draft) = generating::write(task, explanation).await? {
            return Ok(draft);
        } else {
            explanation.decide("fallback", "the answer is quoted, not written", None);
        }
    }
    let (about, decided, why) = match &quoted {
        Quoted::Faq { question, .. } => {
            ("faq_match", "an FAQ answers, word for word", Some(question.clone()))
        }
        Quoted::Passages { .. } => ("threshold", "passages answer, word for word", None),
        Quoted::Unknown { .. } => ("threshold", "nothing that was found answers the question", None),
    };
    explanation.decide(about, decided, why);
    Ok(quoted.into_draft())
}

/// What retrieval found, with what can be made of it.
pub(super) struct Found(Candidates);

/// An answer word for word.
enum Quoted {
    Faq { is_same_question: bool, question: String, draft: Draft },
    Passages { draft: Draft },
    Unknown { draft: Draft },
}

impl Quoted {
    fn into_draft(self) -> Draft {
        match self {
            Quoted::Faq { draft, .. } | Quoted::Passages { draft } | Quoted::Unknown { draft } => draft,
        }
    }
}

impl Found {
    /// Best first, as many as a prompt offers.
    pub(super) fn faqs_for_prompt(&self) -> &[FaqHit] {
        self.0.faqs.get(..PROMPT_FAQS_MAX).unwrap_or(&self.0.faqs)
    }

    /// Best first, as many as a prompt offers.
    pub(super) fn passages_for_prompt(&self) -> &[Passage] {
        self.0.passages.get(..PROMPT_PASSAGES_MAX).unwrap_or(&self.0.passages)
    }

    /// The text of a source of the prompt.
    pub(super) fn text_of(&self, source: MarkedSource) -> Option<&str> {
        match source {
            MarkedSource::Faq(at) => Some(self.faqs_for_prompt().get(at)?.faq.answer.as_str()),
            MarkedSource::Passage(at) => Some(&self.passages_for_prompt().get(at)?.text),
        }
    }

    /// The answer without a model.
    fn quote(&self, question: &str, language: Language) -> Result<Quoted, ChatError> {
        let own_words = phrases::phrases(language)
            .ok_or_else(|| DbError::from(Bug::invariant("no phrases are built in")))?;
        let Candidates { faqs, passages, .. } = &self.0;
        let quoted = match quoting::decide(question, language, &self.0) {
            Answer::Faq { index, is_same_question } => faqs.get(index).map(|hit| Quoted::Faq {
                is_same_question,
                question: hit.faq.question.as_str().to_owned(),
                draft: word_for_word(
                    hit.faq.answer.as_str().to_owned(),
                    AnsweredBy::Faq,
                    vec![quote_faq(&hit.faq)],
                ),
            }),
            Answer::Passages { text, quotes } => {
                let quotes = quotes.into_iter().enumerate().filter_map(|(ordinal, quote)| {
                    quote_passage(ordinal, passages.get(quote.passage)?, quote.span)
                });
                let response = format!("{}\n\n{text}", own_words.found);
                let draft = word_for_word(response, AnsweredBy::Extractive, quotes.collect());
                Some(Quoted::Passages { draft })
            }
            Answer::Unknown => None,
        };
        Ok(quoted.unwrap_or_else(|| {
            let unknown = word_for_word(own_words.unknown.clone(), AnsweredBy::None, Vec::new());
            Quoted::Unknown { draft: Draft { is_gap: true, ..unknown } }
        }))
    }
}

/// What was found, for the explanation.
fn explain(query: &str, candidates: &Candidates) -> Explanation {
    let passages = candidates.passages.iter().map(|passage| FoundPassage {
        chunk_id: passage.chunk_id.clone(),
        document_id: passage.document_id.clone(),
        title: passage.title.clone(),
        headings: passage.heading_path.clone(),
        page: passage.page,
        score: passage.score,
        similarity: passage.fit.similarity,
        confidence: passage.fit.confidence,
        is_cited: false,
    });
    let faqs = candidates.faqs.iter().map(|hit| FoundFaq {
        faq_id: hit.faq.id.clone(),
        question: hit.faq.question.as_str().to_owned(),
        score: hit.score,
        similarity: hit.fit.similarity,
        confidence: hit.fit.confidence,
        is_cited: false,
    });
    Explanation {
        query: query.to_owned(),
        passages: passages.collect(),
        faqs: faqs.collect(),
        ..Explanation::default()
    }
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
