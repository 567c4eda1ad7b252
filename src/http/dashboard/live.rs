//! Live events of one client: documents on their way, conversations with something new.
//!
//! The tables are asked once a second, by indexes that hold little; there is no list of listeners to forget. Each look
//! judges the session anew, so that a stream ends when its rights do.

use super::clients::ClientPath;
use crate::domain::access::sessions;
use crate::domain::access::sessions::SessionGrant;
use crate::domain::conversations;
use crate::domain::knowledge::documents::{self, DocumentStatus};
use crate::domain::people::permissions::Permission;
use crate::ground::ids::{ConversationId, DocumentId};
use crate::ground::limits::{EVENTS_POLL_MS, EVENTS_STREAM_MS, HEARTBEAT_MS};
use crate::ground::scope::ClientScope;
use crate::ground::time::Timestamp;
use crate::http::{
    Call, ClientMember, Code, Events, HttpState, Limit, Member, Problem, Route, get, operation,
};
use crate::store::DbError;
use bytes::Bytes;
use futures_util::stream;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::OwnedSemaphorePermit;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/api/clients/{client}/events",
            operation(
                "followClient",
                "Clients",
                "Follow documents and conversations of a client as they change.",
            ),
            Member(Permission::ResultsRead),
            Limit::Session,
            follow,
        )
        .may_answer(&[Code::NotReady]),
    ]
}

#[derive(Serialize)]
struct DocumentData {
    id: DocumentId,
    status: DocumentStatus,
    percent: u32,
}

#[derive(Serialize)]
struct ConversationData {
    id: ConversationId,
}

/// What a stream has seen.
struct Follower {
    state: HttpState,
    scope: ClientScope,
    grant: Arc<SessionGrant>,
    documents: BTreeMap<DocumentId, (DocumentStatus, u32)>,
    seen_until: Timestamp,
    started: Instant,
    spoke: Instant,
    _permit: OwnedSemaphorePermit,
}

// LIMIT: the places are everybody's together; one per session lifts who opens too many
async fn follow(call: Call<ClientMember, ClientPath>) -> Result<Events, Problem> {
    let Call { state, caller, meta, .. } = call;
    let Ok(permit) = Arc::clone(&state.node.streams).try_acquire_owned() else {
        return Err(Problem::with_detail(
            Code::NotReady,
            "Too many pages are open. Close some, and try again.",
        ));
    };
    let Some(grant) = caller.grant else {
        let detail = "Only a session can follow a client. With a key, read the lists again.";
        return Err(Problem::with_detail(Code::Forbidden, detail));
    };
    let follower = Follower {
        state,
        scope: caller.right.scope,
        grant,
        documents: BTreeMap::new(),
        seen_until: meta.now,
        started: Instant::now(),
        spoke: Instant::now(),
        _permit: permit,
    };
    Ok(Events::new(stream::unfold((follower, true), |(mut follower, is_first)| async move {
        let frames = follower.next(is_first).await?;
        Some((frames, (follower, false)))
    })))
}

impl Follower {
    /// The next words; None when the stream is over.
    async fn next(&mut self, is_first: bool) -> Option<Bytes> {
        if is_first {
            // Opens the stream in browsers at once.
            return Some(Bytes::from_static(b": \n\n"));
        }
        loop {
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(EVENTS_POLL_MS)) => {}
                () = self.state.node.stopping.cancelled() => return None,
            }
            if self.started.elapsed() > Duration::from_millis(EVENTS_STREAM_MS) {
                return None;
            }
            let frames = self.look().await?;
            let is_silent = self.spoke.elapsed() >= Duration::from_millis(HEARTBEAT_MS);
            if !frames.is_empty() || is_silent {
                self.spoke = Instant::now();
                return Some(if frames.is_empty() { Bytes::from_static(b": \n\n") } else { frames.into() });
            }
        }
    }

    /// What has changed since the last look; None when the session or its right is gone, or the store is.
    async fn look(&mut self) -> Option<String> {
        let (scope, grant, since) = (self.scope.clone(), Arc::clone(&self.grant), self.seen_until);
        let known: Vec<DocumentId> = self.documents.keys().cloned().collect();
        let found = self.state.env.db.read(move |tx| -> Result<_, DbError> {
            let Some(right) = sessions::present_right(tx, &grant, scope.client_id())? else {
                return Ok(None);
            };
            let documents = if right.held.contains(Permission::KnowledgeRead) {
                documents::list_moving(tx, &scope, &known)?
            } else {
                Vec::new()
            };
            let conversations = conversations::list_changed(tx, &scope, since)?;
            Ok(Some((documents, conversations)))
        });
        let (documents, conversations) = found.await.ok()??;
        let mut frames = String::new();
        let mut moving = BTreeMap::new();
        for (id, status, percent) in documents {
            if self.documents.get(&id) != Some(&(status, percent)) {
                frames.push_str(&frame("document", &DocumentData { id: id.clone(), status, percent }));
            }
            if !matches!(status, DocumentStatus::Ready | DocumentStatus::Failed) {
                moving.insert(id, (status, percent));
            }
        }
        self.documents = moving;
        for (id, last_message_at) in conversations {
            self.seen_until = self.seen_until.max(last_message_at);
            frames.push_str(&frame("conversation", &ConversationData { id }));
        }
        Some(frames)
    }
}

fn frame<T: Serialize>(name: &str, data: &T) -> String {
    // Plain values of our own: writing them cannot fail.
    let data = serde_json::to_string(data).unwrap_or_default();
    format!("event: {name}\ndata: {data}\n\n")
}
