//! Signing in: by a mailed code or link, or with a client's key. Links act on a post, never when they are opened.

use super::session::{SessionView, begin, place};
use crate::domain::access::{keys, sessions, sign_in};
use crate::domain::clients::ClientStatus;
use crate::ground::bounded_text::BoundedText;
use crate::ground::email_address::EmailAddress;
use crate::ground::scope::Actor;
use crate::ground::secret::Secret;
use crate::http::address::network_of;
use crate::http::cookies;
use crate::http::reply::WithHeader;
use crate::http::{
    Accepted, Anyone, Call, Code, Json, Limit, NoPath, NoQuery, Problem, Public, Route, operation, post,
};
use crate::store::{DbError, fault};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const TAG: &str = "Signing in";
const ACTOR: Actor = Actor::System("sign_in");
/// Codes, keys and tokens of links are shorter.
const ENTERED_CHARS_MAX: usize = 200;

type Entered = BoundedText<1, ENTERED_CHARS_MAX>;

pub(super) fn routes() -> Vec<Route> {
    let why = Public("this is how people get in; limits, five comparisons and single use guard it");
    let own_page = [Code::CsrfRefused, Code::InsecureSite];
    vec![
        post(
            "/api/sign-in",
            operation(
                "requestSignIn",
                TAG,
                "Ask for a mail with a code and a link. The answer is always the same.",
            ),
            why,
            Limit::SignIn,
            request,
        )
        .may_answer(&own_page),
        post(
            "/api/sign-in/code",
            operation("signInWithCode", TAG, "Sign in with the six digits of the newest mail."),
            why,
            Limit::SignIn,
            with_code,
        )
        .may_answer(&own_page)
        .may_answer(&[Code::CodeInvalid]),
        post(
            "/api/sign-in/link",
            operation("signInWithLink", TAG, "Sign in with the token of the newest mail's link."),
            why,
            Limit::SignIn,
            with_link,
        )
        .may_answer(&own_page)
        .may_answer(&[Code::LinkInvalid]),
        post(
            "/api/sign-in/key",
            operation(
                "signInWithKey",
                TAG,
                "Sign in with a client's API key; the session may do what the key may.",
            ),
            why,
            Limit::SignIn,
            with_key,
        )
        .may_answer(&own_page)
        .may_answer(&[Code::KeyInvalid, Code::ClientInactive]),
    ]
}

#[derive(Debug, Deserialize, JsonSchema)]
struct SignInRequest {
    #[schemars(with = "String")]
    email: EmailAddress,
}

/// It says nothing about the address.
#[derive(Debug, Serialize, JsonSchema)]
struct SignInView {}

async fn request(
    call: Call<Anyone, NoPath, NoQuery, Json<SignInRequest>>,
) -> Result<Accepted<SignInView>, Problem> {
    let Call { state, body: Json(request), meta, .. } = call;
    cookies::refuse_foreign_origin(meta.origin.as_deref(), &meta.site)?;
    cookies::require_secure(&meta.site, state.node.is_insecure_allowed)?;
    let (key, network) = (state.env.signing_key.clone(), network_of(meta.address).to_string());
    let done = state.env.db.write(ACTOR, move |tx| sign_in::request(tx, &key, &request.email, &network));
    done.await?;
    Ok(Accepted(SignInView {}))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct CodeRequest {
    #[schemars(with = "String")]
    email: EmailAddress,
    /// Six digits; spaces do not matter.
    code: Entered,
}

async fn with_code(
    call: Call<Anyone, NoPath, NoQuery, Json<CodeRequest>>,
) -> Result<WithHeader<Json<SessionView>>, Problem> {
    let Call { state, body: Json(request), meta, .. } = call;
    let (key, place) = (state.env.signing_key.clone(), place(&meta));
    begin(&state, &meta, ACTOR, move |tx| {
        let issued = sign_in::with_code(tx, &key, &request.email, request.code.as_str(), &place)?;
        fault::point("sign_in.before_commit");
        Ok::<_, DbError>(issued.ok_or(Code::CodeInvalid))
    })
    .await
    .inspect(|_| fault::point("sign_in.after_commit"))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct LinkRequest {
    /// What stands behind `#/sign-in/` in the link.
    token: Entered,
}

async fn with_link(
    call: Call<Anyone, NoPath, NoQuery, Json<LinkRequest>>,
) -> Result<WithHeader<Json<SessionView>>, Problem> {
    let Call { state, body: Json(request), meta, .. } = call;
    let (key, place) = (state.env.signing_key.clone(), place(&meta));
    begin(&state, &meta, ACTOR, move |tx| {
        let issued = sign_in::with_link(tx, &key, request.token.as_str(), &place)?;
        Ok::<_, DbError>(issued.ok_or(Code::LinkInvalid))
    })
    .await
}

#[derive(Debug, Deserialize, JsonSchema)]
struct KeyRequest {
    api_key: Secret<String>,
}

async fn with_key(
    call: Call<Anyone, NoPath, NoQuery, Json<KeyRequest>>,
) -> Result<WithHeader<Json<SessionView>>, Problem> {
    let Call { state, body: Json(request), meta, .. } = call;
    let place = place(&meta);
    begin(&state, &meta, ACTOR, move |tx| {
        let Some(grant) = keys::find_grant(tx, request.api_key.reveal().trim())? else {
            return Ok(Err(Code::KeyInvalid));
        };
        if grant.client_status == ClientStatus::Suspended {
            return Ok(Err(Code::ClientInactive));
        }
        Ok::<_, DbError>(Ok(sessions::open_for_key(tx, &grant, &place)?))
    })
    .await
}
