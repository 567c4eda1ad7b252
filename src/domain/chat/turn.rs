//! Taking a turn.

use super::extractive::{self, Answer, FaqCandidate, PassageCandidate};
use super::store::{self, TurnRow, TurnState};
use super::{AnsweredBy, ChatError, phrases};
use crate::domain::Environment;
use crate::domain::access::visitor_session::VisitorSession;
use crate::domain::clients;
use crate::domain::conversations::citations::{self, Citation, NewQuote, QuoteSource};
use crate::domain::conversations::{self, ConversationError, Role};
use crate::domain::knowledge::faqs::Faq;
use crate::domain::knowledge::retrieval::{self, Candidates, Passage};
use crate::ground::bounded_text::BoundedText;
use crate::ground::crypto::hex;
use crate::ground::ids::{ConversationId, MessageId, SessionId};
use crate::ground::limits::{MESSAGE_CHARS_MAX, REQUEST_ID_CHARS_MAX};
use crate::ground::scope::ClientScope;
use crate::ground::text::Language;
use crate::store::error::Bug;
use crate::store::events::{self, Event};
use crate::store::{DbError, ReadTx, WriteTx, fault};
use std::ops::Range;
use tracing::info;

const ANSWER_TRIES_MAX: u32 = 3;

pub type MessageText = BoundedText<1, MESSAGE_CHARS_MAX>;
pub type ClientRequestId = BoundedText<1, REQUEST_ID_CHARS_MAX>;

/// A visitor's message as it arrived.
#[derive(Debug, Clone)]
pub struct Incoming {
    pub message: MessageText,
    /// Minted by the widget, for this message: repeats get the first answer.
    pub request_id: Option<ClientRequestId>,
    /// None for the first message of a browser.
    pub session: Option<VisitorSession>,
    /// Where the page stands; empty when the browser did not say.
    pub origin: String,
    /// Tells first messages of different visitors apart when their `request_id` is the same.
    pub address: String,
}

/// A turn that has its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    pub conversation_id: ConversationId,
    pub message_id: MessageId,
    pub session: VisitorSession,
    pub response: String,
    pub answered_by: AnsweredBy,
    pub citations: Vec<Citation>,
}

/// A turn whose message is stored.
struct Accepted {
    row: TurnRow,
    session: VisitorSession,
}

/// What an answer consists of before it is stored.
struct Draft {
    response: String,
    answered_by: AnsweredBy,
    quotes: Vec<NewQuote>,
}

/// Takes one turn from the message to the stored answer.
pub async fn take(env: &Environment, scope: &ClientScope, incoming: Incoming) -> Result<Settled, ChatError> {
    let message = incoming.message.clone();
    let accepted = accept(env, scope, incoming).await?;
    fault::point("chat.after_accept");
    if accepted.row.state != TurnState::Settled {
        answer_and_settle(env, scope, &accepted.row, message.as_str()).await?;
    }
    load(env, scope, accepted).await
}

/// Answers from what is there now. A source that changes between retrieval and settling makes the answer anew.
async fn answer_and_settle(
    env: &Environment,
    scope: &ClientScope,
    row: &TurnRow,
    question: &str,
) -> Result<(), ChatError> {
    let mut tries = 1;
    loop {
        let language = language_of(env, scope).await?;
        let related = extractive::related_terms(question, language);
        let candidates = retrieval::candidates(env, scope, question, language, related).await?;
        let draft = answer(question, candidates)?;
        fault::point("chat.before_settle");
        match settle(env, scope, row, draft).await {
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

/// Stores the message and its turn, or finds the turn that the same request made before.
async fn accept(env: &Environment, scope: &ClientScope, incoming: Incoming) -> Result<Accepted, ChatError> {
    let scope = scope.clone();
    let first_contact = first_contact_key(env, &incoming);
    env.db
        .write(scope.actor().clone(), move |tx| -> Result<_, ChatError> {
            let known = match (&incoming.session, &first_contact) {
                (None, Some(key)) => store::find_by_dedupe_key(tx, &scope, key)?,
                _ => None,
            };
            if let Some(row) = known {
                let conversation = conversations::get(tx, &scope, &row.conversation_id)?;
                return resume(
                    tx,
                    &scope,
                    row,
                    &incoming.message,
                    (conversation.session_id, &incoming.origin),
                );
            }
            let session = incoming
                .session
                .clone()
                .unwrap_or_else(|| VisitorSession { id: tx.new_id(), origin: incoming.origin.clone() });
            let conversation = conversations::open_for_session(tx, &scope, &session.id)?;
            let dedupe_key = match (&incoming.session, &incoming.request_id) {
                (Some(_), Some(request_id)) => Some(format!("{}:{request_id}", conversation.id)),
                _ => first_contact.clone(),
            };
            if let Some(key) = &dedupe_key
                && let Some(row) = store::find_by_dedupe_key(tx, &scope, key)?
            {
                return resume(tx, &scope, row, &incoming.message, (session.id, &session.origin));
            }
            let text = incoming.message.as_str();
            let message = conversations::append(tx, &scope, &conversation.id, Role::Visitor, text)?;
            let dedupe_key = dedupe_key.unwrap_or_else(|| message.id.to_string());
            let row = store::insert(tx, &scope, &conversation.id, &message.id, &dedupe_key)?;
            Ok(Accepted { row, session })
        })
        .await
}

/// Goes on with a turn that is there already; one that was given up is taken up again. Refuses other words than
/// those that the turn was made for: they would get an answer to a question that was not asked.
fn resume(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    row: TurnRow,
    message: &MessageText,
    (session, origin): (SessionId, &str),
) -> Result<Accepted, ChatError> {
    let stored = conversations::find_message(tx, scope, &row.visitor_message_id)?;
    if stored.is_none_or(|stored| stored.text != message.as_str()) {
        return Err(ChatError::RequestIdReused);
    }
    if row.state == TurnState::Abandoned {
        store::reopen(tx, scope, &row.visitor_message_id)?;
    }
    Ok(Accepted { row, session: VisitorSession { id: session, origin: origin.to_owned() } })
}

/// The key of a message without a session: a keyed hash, since it is made from the visitor's address.
fn first_contact_key(env: &Environment, incoming: &Incoming) -> Option<String> {
    let request_id = incoming.request_id.as_ref()?;
    let parts = [request_id.as_str(), incoming.message.as_str(), &incoming.address, &incoming.origin];
    Some(format!("first:{}", hex(&env.signing_key.sign("first_contact", &parts))))
}

/// Decides the answer. Pure but for the names of the types.
fn answer(question: &str, candidates: Candidates) -> Result<Draft, ChatError> {
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
        Answer::Faq { index } => faqs.get(index).map(|hit| Draft {
            response: hit.faq.answer.as_str().to_owned(),
            answered_by: AnsweredBy::Faq,
            quotes: vec![quote_faq(&hit.faq)],
        }),
        Answer::Passages { text, quotes } => Some(Draft {
            response: format!("{}\n\n{text}", own_words.found),
            answered_by: AnsweredBy::Extractive,
            quotes: quotes
                .into_iter()
                .filter_map(|quote| quote_passage(passages.get(quote.passage)?, quote.span))
                .collect(),
        }),
        Answer::Unknown => None,
    };
    Ok(draft.unwrap_or_else(|| Draft {
        response: own_words.unknown.clone(),
        answered_by: AnsweredBy::None,
        quotes: Vec::new(),
    }))
}

fn quote_faq(faq: &Faq) -> NewQuote {
    let words = faq.answer.as_str().to_owned();
    NewQuote { source: QuoteSource::Faq { faq_id: faq.id.clone(), span: 0..words.len() }, words }
}

/// A span of a passage as a span of its version.
fn quote_passage(passage: &Passage, span: Range<usize>) -> Option<NewQuote> {
    let words = passage.text.get(span.clone())?.to_owned();
    let start = passage.span.start + span.start;
    let source = QuoteSource::Chunk {
        version_id: passage.version_id.clone(),
        chunk_id: passage.chunk_id.clone(),
        span: start..start + words.len(),
    };
    Some(NewQuote { source, words })
}

/// Stores the answer with its citations, unless the turn has one already.
async fn settle(
    env: &Environment,
    scope: &ClientScope,
    row: &TurnRow,
    draft: Draft,
) -> Result<(), ChatError> {
    let (scope, row) = (scope.clone(), row.clone());
    env.db
        .write(scope.actor().clone(), move |tx| -> Result<_, ChatError> {
            if store::find(tx, &scope, &row.visitor_message_id)?
                .is_none_or(|now| now.state == TurnState::Settled)
            {
                return Ok(());
            }
            let message =
                conversations::append(tx, &scope, &row.conversation_id, Role::Assistant, &draft.response)?;
            citations::attach(tx, &scope, &message.id, &draft.quotes)?;
            store::settle(tx, &scope, &row.visitor_message_id, &message.id, draft.answered_by)?;
            events::emit(
                tx,
                &Event {
                    kind: "turn.settled",
                    client_id: Some(scope.client_id().clone()),
                    subject_id: Some(message.id.to_string()),
                },
            )?;
            info!(
                client.id = %scope.client_id(), message.id = %message.id, answered_by = %draft.answered_by,
                "Answered a message"
            );
            Ok(())
        })
        .await
}

/// The answer as it is stored: what a repeated request gets too.
async fn load(env: &Environment, scope: &ClientScope, accepted: Accepted) -> Result<Settled, ChatError> {
    let scope = scope.clone();
    env.db.read(move |tx| load_settled(tx, &scope, accepted)).await
}

fn load_settled(tx: &ReadTx<'_>, scope: &ClientScope, accepted: Accepted) -> Result<Settled, ChatError> {
    let id = &accepted.row.visitor_message_id;
    let row = store::find(tx, scope, id)?.ok_or(ConversationError::NotFound)?;
    let (Some(message_id), Some(answered_by)) = (row.assistant_message_id, row.answered_by) else {
        return Err(
            DbError::from(Bug::invariant(format!("turn `{id}` was settled without an answer"))).into()
        );
    };
    let message = conversations::find_message(tx, scope, &message_id)?.ok_or(ConversationError::NotFound)?;
    Ok(Settled {
        conversation_id: row.conversation_id,
        citations: citations::list_of_message(tx, scope, &message_id)?,
        message_id,
        session: accepted.session,
        response: message.text,
        answered_by,
    })
}
