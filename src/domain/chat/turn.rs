//! Taking part in a turn: sending a message, coming back to its answer, stopping it.

use super::caps;
use super::live::{LiveTurn, Seat};
use super::store::{self, TurnRow, TurnState};
use super::{ChatError, Joined, Settled, TurnFailure, answering, settling};
use crate::domain::Environment;
use crate::domain::access::visitor_session::VisitorSession;
use crate::domain::clients;
use crate::domain::conversations::visits::{self, Visit};
use crate::domain::conversations::{self, ConversationError, Role, visitors};
use crate::ground::bounded_text::BoundedText;
use crate::ground::crypto::hex;
use crate::ground::ids::{ClientId, ConversationId, MessageId, SessionId};
use crate::ground::limits::{MESSAGE_CHARS_MAX, REQUEST_ID_CHARS_MAX};
use crate::ground::scope::ClientScope;
use crate::store::error::Bug;
use crate::store::{DbError, ReadTx, WriteTx, fault};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

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
    pub visit: Visit,
}

/// A turn whose message is stored.
struct Accepted {
    row: TurnRow,
    session: VisitorSession,
    /// What a repeated request gets at once.
    settled: Option<Settled>,
}

/// Stores the message and has it answered. The answer is made to its end whether or not the caller stays.
pub async fn begin(env: &Environment, scope: &ClientScope, incoming: Incoming) -> Result<Joined, ChatError> {
    let place = env.turns.place().await.ok_or(ChatError::Busy)?;
    let (tell, told) = oneshot::channel();
    let work = drive(env.clone(), scope.clone(), incoming, place, tell);
    env.turns.spawn(work);
    told.await.unwrap_or(Err(ChatError::Db(DbError::Closed)))
}

/// Sees a turn through. The caller may be gone at any time: what it is told is then lost, the answer is not.
async fn drive(
    env: Environment,
    scope: ClientScope,
    incoming: Incoming,
    place: OwnedSemaphorePermit,
    tell: oneshot::Sender<Result<Joined, ChatError>>,
) {
    let question = incoming.message.clone();
    let accepted = match accept(&env, &scope, incoming).await {
        Ok(accepted) => accepted,
        Err(error) => {
            let _ = tell.send(Err(error));
            return;
        }
    };
    fault::point("chat.after_accept");
    let Accepted { row, session, settled } = accepted;
    let seat = match (settled, &row.answer_id) {
        (Some(settled), _) => Seat::Follow(LiveTurn::ended(settled)),
        (None, Some(answer_id)) => env.turns.join(answer_id, &row.conversation_id, place),
        (None, None) => {
            let bug = Bug::invariant("a turn was taken up without an id for its answer");
            let _ = tell.send(Err(DbError::from(bug).into()));
            return;
        }
    };
    match seat {
        Seat::Follow(live) => drop(tell.send(Ok(Joined { live, session }))),
        Seat::Lead(lead) => {
            let _ = tell.send(Ok(Joined { live: Arc::clone(lead.live()), session }));
            answering::lead(&env, &scope, row, question.as_str(), lead).await;
        }
    }
}

/// Stores the message and its turn, or finds the turn that the same request made before.
async fn accept(env: &Environment, scope: &ClientScope, incoming: Incoming) -> Result<Accepted, ChatError> {
    let (scope, allowed) = (scope.clone(), env.caps);
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
            caps::take(tx, &scope, &allowed)?;
            if conversation.message_count == 0 && clients::get_settings(tx, &scope)?.0.keep_visit_details {
                visits::keep(tx, &scope, &conversation.id, &incoming.visit)?;
            }
            let text = incoming.message.as_str();
            let message = conversations::append(tx, &scope, &conversation.id, Role::Visitor, text)?;
            let dedupe_key = dedupe_key.unwrap_or_else(|| message.id.to_string());
            let row = store::insert(tx, &scope, &conversation.id, &message.id, &dedupe_key)?;
            Ok(Accepted { row, session, settled: None })
        })
        .await
}

/// Goes on with a turn that is there already; one that has no answer is taken up again. Refuses other words than
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
    let settled = settling::find(tx, scope, &row)?;
    let needs_reopening = settled.is_none() && (!row.state.is_open() || row.answer_id.is_none());
    let row = if needs_reopening { store::reopen(tx, scope, &row.visitor_message_id)? } else { row };
    Ok(Accepted { row, session: VisitorSession { id: session, origin: origin.to_owned() }, settled })
}

/// The key of a message without a session: a keyed hash, since it is made from the visitor's address.
fn first_contact_key(env: &Environment, incoming: &Incoming) -> Option<String> {
    let request_id = incoming.request_id.as_ref()?;
    let parts = [request_id.as_str(), incoming.message.as_str(), &incoming.address, &incoming.origin];
    Some(format!("first:{}", hex(&env.signing_key.sign("first_contact", &parts))))
}

/// Whose answer this is, by its id alone: who asks must still show a session of that client that may see it.
pub fn find_client_of(tx: &ReadTx<'_>, answer: &MessageId) -> Result<Option<ClientId>, DbError> {
    store::find_client_of_answer(tx, answer)
}

/// The answer, to be followed: being made, or as it is stored. One that a crash interrupted says so.
pub async fn find(
    env: &Environment,
    scope: &ClientScope,
    session: &SessionId,
    answer: &MessageId,
) -> Result<Arc<LiveTurn>, ChatError> {
    let (of_client, session, id) = (scope.clone(), session.clone(), answer.clone());
    let (row, settled) = env
        .db
        .read(move |tx| -> Result<_, ChatError> {
            let row = find_visible(tx, &of_client, &session, &id)?;
            let settled = settling::find(tx, &of_client, &row)?;
            Ok((row, settled))
        })
        .await?;
    if let Some(live) = env.turns.find(answer) {
        return Ok(live);
    }
    match settled {
        Some(settled) => Ok(LiveTurn::ended(settled)),
        None => Ok(LiveTurn::failed(answer.clone(), row.conversation_id, TurnFailure::INTERRUPTED)),
    }
}

/// Ends the answer with what there is; does nothing when it has ended. Returns whether it was being made.
pub async fn stop(
    env: &Environment,
    scope: &ClientScope,
    session: &SessionId,
    answer: &MessageId,
) -> Result<bool, ChatError> {
    let (of_client, session, id) = (scope.clone(), session.clone(), answer.clone());
    let row = env.db.read(move |tx| find_visible(tx, &of_client, &session, &id)).await?;
    let live = env.turns.find(answer);
    if let Some(live) = &live {
        live.stop();
    }
    Ok(live.is_some() && row.state != TurnState::Settled)
}

/// The turn, if this session may see its conversation.
fn find_visible(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    session: &SessionId,
    answer: &MessageId,
) -> Result<TurnRow, ChatError> {
    let row = store::find_by_answer(tx, scope, answer)?.ok_or(ChatError::TurnNotFound)?;
    let conversation: Result<_, ConversationError> = conversations::get(tx, scope, &row.conversation_id);
    if visitors::may_see(tx, scope, session, &conversation?)? {
        Ok(row)
    } else {
        Err(ChatError::TurnNotFound)
    }
}

/// What followed a message in its thread, for whoever shows the thread: who answered, and whether it is whole.
pub fn find_ending(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    answer: &MessageId,
) -> Result<Option<(super::AnsweredBy, super::Ending)>, DbError> {
    store::find_ending(tx, scope, answer)
}

/// The newest answer of the thread that is still being made, so that a page that comes back can follow it.
pub fn find_open(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    conversation: &ConversationId,
) -> Result<Option<MessageId>, DbError> {
    store::find_open(tx, scope, conversation)
}
