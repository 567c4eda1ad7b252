//! An answer as a stream of events, and how to come back to it or to end it.
//!
//! Each event's id is the answer's id and the number of Unicode scalars of the text that were seen with it. Whoever
//! comes back with it gets the text from that very character on. A stream goes at the pace of its reader: what
//! came in between is one event.

use super::citation_view::CitationView;
use super::guard;
use crate::domain::access::visitor_session;
use crate::domain::chat::live::{Moment, Subscription, TurnEvent};
use crate::domain::chat::{AnsweredBy, Ending, Settled, TurnFailure, Usage, turn};
use crate::ground::bounded_text::BoundedText;
use crate::ground::ids::{ConversationId, Id as _, MessageId};
use crate::ground::limits::{HEARTBEAT_MS, SESSION_TOKEN_CHARS_MAX};
use crate::http::address::Site;
use crate::http::{
    Accepted, Anyone, Call, Code, Events, Json, Limit, NoQuery, Problem, Public, Route, get, operation, post,
};
use bytes::Bytes;
use futures_util::{Stream, stream};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

const PROBLEMS: &[Code] = &[Code::NotFound, Code::OriginRefused, Code::SessionInvalid, Code::ClientInactive];

pub(super) fn routes() -> Vec<Route> {
    let guarded = Public("the session opens the visitor's own conversation only; origin and limits guard it");
    vec![
        get(
            "/api/chat/{message_id}/events",
            operation("followAnswer", "Widget", "Follow an answer, or go on after a cut connection."),
            guarded,
            Limit::PublicRead,
            follow,
        )
        .cross_origin()
        .may_answer(PROBLEMS),
        post(
            "/api/chat/{message_id}/stop",
            operation("stopAnswer", "Widget", "End an answer with what there is of it."),
            guarded,
            Limit::PublicRead,
            stop,
        )
        .cross_origin()
        .may_answer(PROBLEMS),
    ]
}

#[derive(Debug, Deserialize, JsonSchema)]
struct AnswerPath {
    message_id: MessageId,
}

#[derive(Debug, Deserialize, JsonSchema)]
struct FollowQuery {
    /// The visitor's session, where the header `X-Session` cannot be sent.
    session: Option<String>,
}

async fn follow(call: Call<Anyone, AnswerPath, FollowQuery>) -> Result<Events, Problem> {
    let Call { state, path, query, meta, .. } = call;
    let token = meta.session.as_deref().or(query.session.as_deref());
    let visitor = guard::admit_to_answer(&state, &path.message_id, token, &meta).await?;
    let live = turn::find(&state.env, &visitor.scope, &visitor.session.id, &path.message_id).await?;
    let from_chars = chars_seen(meta.last_event_id.as_deref(), &path.message_id);
    let client_id = visitor.scope.client_id();
    let session = visitor_session::mint(&state.env.signing_key, client_id, &visitor.session, meta.now);
    Ok(events(live.follow(from_chars), session, meta.site))
}

/// The characters that were seen with this event; none for an event of another answer.
fn chars_seen(last_event_id: Option<&str>, answer: &MessageId) -> usize {
    let seen = last_event_id.and_then(|id| id.rsplit_once(':')).filter(|(id, _)| *id == answer.as_str());
    seen.and_then(|(_, chars)| chars.parse().ok()).unwrap_or(0)
}

/// Fields that are not known are ignored: older widgets stay cached.
#[derive(Debug, Deserialize, JsonSchema)]
struct StopRequest {
    /// The visitor's session; may be sent as `X-Session` instead.
    session: Option<BoundedText<0, SESSION_TOKEN_CHARS_MAX>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct StopView {
    message_id: MessageId,
    /// Whether the answer was still being made; otherwise it is what it was.
    was_running: bool,
}

async fn stop(
    call: Call<Anyone, AnswerPath, NoQuery, Json<StopRequest>>,
) -> Result<Accepted<StopView>, Problem> {
    let Call { state, path, body: Json(request), meta, .. } = call;
    let token = request.session.as_ref().map(BoundedText::as_str).or(meta.session.as_deref());
    let visitor = guard::admit_to_answer(&state, &path.message_id, token, &meta).await?;
    let was_running = turn::stop(&state.env, &visitor.scope, &visitor.session.id, &path.message_id).await?;
    Ok(Accepted(StopView { message_id: path.message_id, was_running }))
}

#[derive(Serialize)]
struct MetaData<'a> {
    message_id: &'a MessageId,
    conversation_id: &'a ConversationId,
    session: &'a str,
}

#[derive(Serialize)]
struct DeltaData<'a> {
    text: &'a str,
}

#[derive(Serialize)]
struct CitationsData {
    citations: Vec<CitationView>,
}

#[derive(Serialize)]
struct DoneData<'a> {
    answered_by: AnsweredBy,
    ending: Ending,
    stopped: bool,
    usage: Option<Usage>,
    response: &'a str,
}

#[derive(Serialize)]
struct ErrorData<'a> {
    code: &'a str,
    title: &'a str,
    detail: &'a str,
}

/// The events of one follower, with a sign of life when there is nothing to say for long.
pub(super) fn events(subscription: Subscription, session: String, site: Site) -> Events {
    Events::new(frames(subscription, session, site))
}

/// As [`events`], for whoever has more to say after the last one.
pub(in crate::http) fn frames(
    subscription: Subscription,
    session: String,
    site: Site,
) -> impl Stream<Item = Bytes> + Send + 'static {
    let heartbeat = Duration::from_millis(HEARTBEAT_MS);
    let writer = Writer { answer_id: subscription.answer_id().clone(), session, site };
    stream::unfold((subscription, writer), move |(mut subscription, writer)| async move {
        let frame = match tokio::time::timeout(heartbeat, subscription.next()).await {
            Ok(moment) => writer.frame(moment?),
            Err(_) => Bytes::from_static(b": \n\n"),
        };
        Some((frame, (subscription, writer)))
    })
}

/// Writes events as `text/event-stream` (WHATWG HTML, "Server-sent events").
struct Writer {
    answer_id: MessageId,
    session: String,
    site: Site,
}

impl Writer {
    fn frame(&self, moment: Moment) -> Bytes {
        let (name, data) = match moment.event {
            TurnEvent::Meta { answer_id, conversation_id } => {
                let (message_id, conversation_id) = (&answer_id, &conversation_id);
                ("meta", json(&MetaData { message_id, conversation_id, session: &self.session }))
            }
            TurnEvent::Delta { text } => ("delta", json(&DeltaData { text: &text })),
            TurnEvent::Citations { citations } => {
                let citations = citations.into_iter().map(|it| CitationView::new(it, &self.site)).collect();
                ("citations", json(&CitationsData { citations }))
            }
            TurnEvent::Done { settled } => ("done", done(&settled)),
            TurnEvent::Failed { failure } => ("error", error(failure)),
        };
        Bytes::from(format!("id: {}:{}\nevent: {name}\ndata: {data}\n\n", self.answer_id, moment.chars))
    }
}

fn done(settled: &Settled) -> String {
    json(&DoneData {
        answered_by: settled.answered_by,
        ending: settled.ending,
        stopped: settled.ending == Ending::Stopped,
        usage: settled.usage,
        response: &settled.response,
    })
}

fn error(failure: TurnFailure) -> String {
    let problem = Problem::from(failure);
    let (code, detail) = (problem.code(), problem.detail().unwrap_or_default());
    json(&ErrorData { code: code.name(), title: code.title(), detail })
}

/// One line: JSON writes line breaks as `\n`.
fn json<T: Serialize>(value: &T) -> String {
    // Plain values of our own: writing them cannot fail.
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ulid::Ulid;

    // CHT-1
    #[test]
    fn a_reader_goes_on_behind_what_it_saw_of_this_answer() {
        let answer = MessageId::from_ulid(Ulid::from_parts(1, 1));
        let other = MessageId::from_ulid(Ulid::from_parts(1, 2));

        assert_eq!(chars_seen(Some(&format!("{answer}:17")), &answer), 17);
        for wrong in [
            format!("{other}:17"),
            "17".to_owned(),
            format!("{answer}:-1"),
            format!("{answer}:"),
            String::new(),
        ] {
            assert_eq!(chars_seen(Some(&wrong), &answer), 0, "{wrong}");
        }
        assert_eq!(chars_seen(None, &answer), 0);
    }
}
