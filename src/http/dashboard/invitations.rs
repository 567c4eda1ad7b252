//! An invitation, as whoever holds its link sees it; its button accepts it.

use super::session::{SessionView, begin, place};
use crate::domain::access::invitations;
use crate::domain::notify;
use crate::domain::people::{PeopleError, PersonName, Role};
use crate::ground::scope::Actor;
use crate::http::reply::WithHeader;
use crate::http::{Anyone, Call, Code, Json, Limit, NoQuery, Problem, Public, Route, get, operation, post};
use crate::store::{DbError, fault};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const TAG: &str = "Signing in";

pub(super) fn routes() -> Vec<Route> {
    let why = Public("the token is a capability that only the invited mailbox has seen; it works once");
    vec![
        get(
            "/api/invitations/{token}",
            operation("getInvitation", TAG, "Read what an invitation is about; it stays open."),
            why,
            Limit::SignIn,
            read,
        )
        .may_answer(&[Code::LinkInvalid]),
        post(
            "/api/invitations/{token}",
            operation(
                "acceptInvitation",
                TAG,
                "Accept an invitation, and sign in. Whoever has a login already signs in first.",
            ),
            why,
            Limit::SignIn,
            accept,
        )
        .may_answer(&[
            Code::LinkInvalid,
            Code::SessionMissing,
            Code::WrongState,
            Code::CsrfRefused,
            Code::InsecureSite,
        ]),
    ]
}

#[derive(Debug, Deserialize, JsonSchema)]
struct InvitationPath {
    token: String,
}

/// What an invitation is about.
#[derive(Debug, Serialize, JsonSchema)]
struct InvitationView {
    /// The name of the agency or of the client.
    organisation: String,
    role: Role,
    email: String,
    /// Who invites.
    inviter: String,
    message: Option<String>,
    /// Whether the address has a login already: its person keeps their name.
    is_known: bool,
}

async fn read(call: Call<Anyone, InvitationPath>) -> Result<Json<InvitationView>, Problem> {
    let (env, token) = (call.state.env.clone(), call.path.token);
    let found = call.state.env.db.read(move |tx| -> Result<_, DbError> {
        let Some(invitation) = invitations::find(tx, &env.signing_key, &token)? else { return Ok(None) };
        let agency = notify::agency_name(tx, &env.mail_brand)?;
        let is_known = crate::domain::people::find_by_email(tx, &invitation.email)?.is_some();
        Ok(Some(InvitationView {
            organisation: invitation.client_name.unwrap_or_else(|| agency.clone()),
            role: invitation.role,
            email: invitation.email.as_str().to_owned(),
            inviter: invitation.inviter.map_or(agency, PersonName::into_string),
            message: Some(invitation.message.into_string()).filter(|message| !message.is_empty()),
            is_known,
        }))
    });
    found.await?.map(Json).ok_or_else(invalid)
}

fn invalid() -> Problem {
    let detail = "This invitation was accepted, taken back or replaced, or has expired. Ask for a new one.";
    Problem::with_detail(Code::LinkInvalid, detail)
}

#[derive(Debug, Deserialize, JsonSchema)]
struct AcceptRequest {
    /// How the person wants to be called.
    name: PersonName,
}

async fn accept(
    call: Call<Anyone, InvitationPath, NoQuery, Json<AcceptRequest>>,
) -> Result<WithHeader<Json<SessionView>>, Problem> {
    let Call { state, path, body: Json(request), meta, .. } = call;
    let (key, place) = (state.env.signing_key.clone(), place(&meta));
    let presented = meta.session_cookie.clone();
    begin(&state, &meta, Actor::System("invitation"), move |tx| -> Result<_, PeopleError> {
        let presented = presented.as_ref().map(|token| token.reveal().as_str());
        let issued = invitations::accept(tx, &key, &path.token, &request.name, &place, presented)?;
        fault::point("invitation.before_commit");
        Ok(issued.ok_or(Code::LinkInvalid))
    })
    .await
    .inspect(|_| fault::point("invitation.after_commit"))
}
