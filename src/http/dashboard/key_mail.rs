//! The mail from which a client makes its key, as the agency sees it: whether it arrived, and whether it was used.

use super::clients::ClientPath;
use super::operations::{MailState, mail_state};
use crate::domain::access::key_claims;
use crate::domain::clients::{self, ClientError};
use crate::domain::notify::accounts;
use crate::domain::people::permissions::Permission;
use crate::ground::ids::OutboxId;
use crate::ground::scope::ClientScope;
use crate::ground::time::Timestamp;
use crate::http::access::lacking;
use crate::http::{
    Accepted, Call, ClientMember, Code, Json, Limit, Member, Problem, Route, get, operation, post,
};
use crate::store::outbox;
use crate::store::{ReadTx, WriteTx};
use schemars::JsonSchema;
use serde::Serialize;

const PATH: &str = "/api/clients/{client}/key-mail";
const PURPOSE: &str = "key_claim";

pub(super) fn routes() -> Vec<Route> {
    let rule = Member(Permission::ClientsWrite);
    vec![
        get(
            PATH,
            operation(
                "getKeyMail",
                "Clients",
                "Read whether the client's key was mailed, whether the mail arrived, and whether its link was used.",
            ),
            rule,
            Limit::Session,
            read,
        ),
        post(
            PATH,
            operation(
                "sendKeyMail",
                "Clients",
                "Mail the client a link from which it makes a key of its own; a former link stops working. Needs \
                 `keys:write` too.",
            ),
            rule,
            Limit::SessionWrite,
            send,
        )
        .may_answer(&[Code::WrongState]),
    ]
}

/// How the mail with the client's key stands.
#[derive(Debug, Serialize, JsonSchema)]
struct KeyMailView {
    /// `none` where none was asked for.
    state: KeyMailState,
    /// Where it went; where there is none, the client's address, to which it would go.
    to: String,
    /// Null where there is none, and once it was forgotten.
    mail_id: Option<OutboxId>,
    last_error: Option<String>,
    /// When it was asked for.
    sent_at: Option<Timestamp>,
    /// Until when its link opens.
    expires_at: Option<Timestamp>,
    /// When its link was used: the client has its key.
    claimed_at: Option<Timestamp>,
}

/// A mail's state, or none.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum KeyMailState {
    None,
    Queued,
    /// The mail system has it, and has not said whether it arrived.
    Sent,
    Delivered,
    Failed,
    Suppressed,
    /// Written and not sent: the client is a demo or a test.
    Simulated,
}

impl From<MailState> for KeyMailState {
    fn from(state: MailState) -> Self {
        match state {
            MailState::Queued => Self::Queued,
            MailState::Sent => Self::Sent,
            MailState::Delivered => Self::Delivered,
            MailState::Failed => Self::Failed,
            MailState::Suppressed => Self::Suppressed,
            MailState::Simulated => Self::Simulated,
        }
    }
}

fn view(tx: &ReadTx<'_>, scope: &ClientScope) -> Result<KeyMailView, ClientError> {
    let to = clients::get(tx, scope)?.email.as_str().to_owned();
    let Some(claim) = key_claims::find(tx, scope)? else {
        return Ok(KeyMailView {
            state: KeyMailState::None,
            to,
            mail_id: None,
            last_error: None,
            sent_at: None,
            expires_at: None,
            claimed_at: None,
        });
    };
    // The newest, for it may have been sent again from the list of mails.
    let line = outbox::find_newest_about(tx, PURPOSE, &accounts::subject_of(&claim.client_id, claim.round))?;
    let content = match &line {
        Some(line) => outbox::find_content(tx, &line.id)?,
        None => None,
    };
    Ok(KeyMailView {
        // What was forgotten was sent long ago.
        state: line.as_ref().map_or(KeyMailState::Sent, |line| mail_state(line).into()),
        to: content.map_or(to, |content| content.recipient.reveal().clone()),
        mail_id: line.as_ref().map(|line| line.id.clone()),
        last_error: line.and_then(|line| line.last_error),
        sent_at: Some(claim.mailed_at),
        expires_at: Some(claim.expires_at),
        claimed_at: claim.claimed_at,
    })
}

/// Begins a link and writes its mail.
pub(super) fn mail_key(tx: &WriteTx<'_>, scope: &ClientScope) -> Result<(), ClientError> {
    let claim = key_claims::begin(tx, scope)?;
    accounts::write_key_claim(tx, scope, &claim)
}

async fn read(call: Call<ClientScope, ClientPath>) -> Result<Json<KeyMailView>, Problem> {
    let scope = call.caller;
    Ok(Json(call.state.env.db.read(move |tx| view(tx, &scope)).await?))
}

async fn send(call: Call<ClientMember, ClientPath>) -> Result<Accepted<KeyMailView>, Problem> {
    // Whoever reads the client's mailbox gets a key: that is theirs to give who may make one.
    if !call.caller.right.held.contains(Permission::KeysWrite) {
        return Err(lacking(Permission::KeysWrite));
    }
    let scope = call.caller.right.scope;
    let sent = call.state.env.db.write(scope.actor().clone(), move |tx| {
        mail_key(tx, &scope)?;
        view(tx, &scope)
    });
    match sent.await {
        Ok(view) => Ok(Accepted(view)),
        Err(ClientError::Suspended) => {
            let detail = "Nothing is sent to a client that is suspended. Resume it first.";
            Err(Problem::with_detail(Code::WrongState, detail))
        }
        Err(error) => Err(error.into()),
    }
}
