//! Trying the assistant out: a turn like any visitor's, in a conversation that counts as a test.

use super::clients::ClientPath;
use crate::domain::access::visitor_session::VisitorSession;
use crate::domain::chat::turn::{self, Incoming, MessageText};
use crate::domain::chat::{ChatError, caps, explanation};
use crate::domain::conversations;
use crate::domain::conversations::visits::Visit;
use crate::domain::people::permissions::Permission;
use crate::ground::ids::{ConversationId, SessionId};
use crate::ground::limits::TURN_ANSWER_MS;
use crate::ground::scope::ClientScope;
use crate::http::public::chat_stream;
use crate::http::{Call, Code, Events, Json, Limit, Member, NoQuery, Problem, Route, operation, post};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) fn routes() -> Vec<Route> {
    vec![
        post(
            "/api/clients/{client}/test-chat",
            operation(
                "testChat",
                "Conversations",
                "Ask the assistant as a visitor would; the stream ends with an event `explanation`.",
            ),
            Member(Permission::KnowledgeRead),
            Limit::SessionWrite,
            chat,
        )
        .within_ms(TURN_ANSWER_MS)
        .may_answer(&[Code::NotFound, Code::NotReady, Code::QuotaReached]),
    ]
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TestRequest {
    message: MessageText,
    /// Of an earlier test, to go on in it. A visitor's conversation is none.
    conversation_id: Option<ConversationId>,
}

async fn chat(call: Call<ClientScope, ClientPath, NoQuery, Json<TestRequest>>) -> Result<Events, Problem> {
    // Counted with the visitors' messages: a test costs what theirs cost.
    call.take_for_client(call.caller.client_id())?;
    let Call { state, caller: scope, body: Json(request), meta, .. } = call;
    let session_id = session_of(&state, &scope, request.conversation_id).await?;
    let incoming = Incoming {
        message: request.message,
        request_id: None,
        session: Some(VisitorSession { id: session_id, origin: String::new() }),
        origin: String::new(),
        address: String::new(),
        visit: Visit::default(),
    };
    let joined = turn::begin(&state.env, &scope, incoming).await?;
    let subscription = joined.live.follow(0);
    let answer_id = subscription.answer_id().clone();
    // Nothing but these rows goes on in a test's conversation, so it gets no visitor's token.
    let frames = chat_stream::frames(subscription, String::new(), meta.site);
    let env = state.env.clone();
    let last = stream::once(async move {
        let found = env.db.read(move |tx| explanation::find_of_answer(tx, &scope, &answer_id)).await;
        let data = found.ok().flatten().and_then(|found| serde_json::to_string(&found).ok());
        data.map_or_else(Bytes::new, |data| Bytes::from(format!("event: explanation\ndata: {data}\n\n")))
    });
    Ok(Events::new(frames.chain(last)))
}

/// The session of the test that goes on, or of a new one.
async fn session_of(
    state: &crate::http::HttpState,
    scope: &ClientScope,
    conversation: Option<ConversationId>,
) -> Result<SessionId, Problem> {
    let of_client = scope.clone();
    let Some(id) = conversation else {
        let allowed = state.env.caps;
        let opened = state.env.db.write(scope.actor().clone(), move |tx| -> Result<_, ChatError> {
            // What will be refused leaves no empty conversation behind.
            caps::check(tx, &of_client, &allowed)?;
            let session: SessionId = tx.new_id();
            conversations::open_test(tx, &of_client, &session)?;
            Ok(session)
        });
        return Ok(opened.await?);
    };
    let found = state.env.db.read(move |tx| conversations::find_test_session(tx, &of_client, &id)).await?;
    found.ok_or_else(Problem::not_found)
}
