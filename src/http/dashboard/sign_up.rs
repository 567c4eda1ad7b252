//! Opening an account by oneself, where the agency allows it: the mail proves the address, its link opens the account.

use super::session::{SessionView, begin, place};
use crate::domain::access::sign_up::{self, NewSignUp, SignUpError, SignUpPlan};
use crate::domain::clients::ClientName;
use crate::domain::notify;
use crate::domain::people::PersonName;
use crate::ground::email_address::EmailAddress;
use crate::ground::scope::Actor;
use crate::http::address::network_of;
use crate::http::reply::WithHeader;
use crate::http::{
    Accepted, Anyone, Call, Code, HttpState, Json, Limit, NoPath, NoQuery, Problem, Public, Route, cookies,
    get, operation, post,
};
use crate::store::DbError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const TAG: &str = "Signing in";
const PATH: &str = "/api/sign-up";
const LINK_PATH: &str = "/api/sign-up/{token}";
const ACTOR: Actor = Actor::System("sign_up");

pub(super) fn routes() -> Vec<Route> {
    let limit = Limit::SignIn;
    let why = Public("whoever proves an address may open an account, where the agency allows it");
    let own_page = [Code::CsrfRefused, Code::InsecureSite];
    vec![
        get(
            PATH,
            operation(
                "getSignUp",
                TAG,
                "Read whether accounts can be opened here, and what they begin with.",
            ),
            why,
            limit,
            read,
        ),
        post(
            PATH,
            operation(
                "requestSignUp",
                TAG,
                "Ask for an account; a mail follows. The answer is always the same.",
            ),
            why,
            limit,
            request,
        )
        .may_answer(&own_page)
        .may_answer(&[Code::Forbidden]),
        get(
            LINK_PATH,
            operation("getSignUpLink", TAG, "Read which account a link opens; the link stays open."),
            why,
            limit,
            read_link,
        )
        .may_answer(&[Code::LinkInvalid, Code::Forbidden]),
        post(
            LINK_PATH,
            operation("acceptSignUp", TAG, "Open the account, and sign its owner in."),
            why,
            limit,
            accept,
        )
        .may_answer(&own_page)
        .may_answer(&[Code::LinkInvalid, Code::Forbidden, Code::SessionMissing, Code::WrongState]),
    ]
}

/// Whether accounts can be opened here.
#[derive(Debug, Serialize, JsonSchema)]
struct SignUpView {
    is_open: bool,
    agency_name: String,
    /// Null: an account is free, without an end.
    trial_days: Option<u32>,
}

const fn trial_days(plan: SignUpPlan) -> Option<u32> {
    match plan.trial_days {
        0 => None,
        days => Some(days),
    }
}

async fn read(call: Call<Anyone>) -> Result<Json<SignUpView>, Problem> {
    let env = call.state.env.clone();
    let plan = env.sign_up;
    let name = call.state.env.db.read(move |tx| notify::agency_name(tx, &env.mail_brand)).await?;
    Ok(Json(SignUpView { is_open: plan.is_some(), agency_name: name, trial_days: plan.and_then(trial_days) }))
}

/// What accounts begin with here; a problem where nobody can open one.
fn plan_of(state: &HttpState) -> Result<SignUpPlan, Problem> {
    state.env.sign_up.ok_or_else(|| {
        Problem::with_detail(Code::Forbidden, "Accounts are opened by the agency here. Ask it for one.")
    })
}

#[derive(Debug, Deserialize, JsonSchema)]
struct SignUpRequest {
    #[schemars(with = "String")]
    email: EmailAddress,
    /// How the person wants to be called.
    name: PersonName,
    business: ClientName,
}

/// It says nothing about the address.
#[derive(Debug, Serialize, JsonSchema)]
struct RequestedView {}

async fn request(
    call: Call<Anyone, NoPath, NoQuery, Json<SignUpRequest>>,
) -> Result<Accepted<RequestedView>, Problem> {
    let Call { state, body: Json(request), meta, .. } = call;
    cookies::refuse_foreign_origin(meta.origin.as_deref(), &meta.site)?;
    cookies::require_secure(&meta.site, state.node.is_insecure_allowed)?;
    plan_of(&state)?;
    let new = NewSignUp { email: request.email, name: request.name, business: request.business };
    let (key, network) = (state.env.signing_key.clone(), network_of(meta.address).to_string());
    state.env.db.write(ACTOR, move |tx| sign_up::request(tx, &key, &new, &network)).await?;
    Ok(Accepted(RequestedView {}))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct SignUpPath {
    token: String,
}

/// The account that a link opens.
#[derive(Debug, Serialize, JsonSchema)]
struct SignUpLinkView {
    email: String,
    name: String,
    business: String,
    agency_name: String,
    /// Null: the account is free, without an end.
    trial_days: Option<u32>,
}

async fn read_link(call: Call<Anyone, SignUpPath>) -> Result<Json<SignUpLinkView>, Problem> {
    let plan = plan_of(&call.state)?;
    let (env, token) = (call.state.env.clone(), call.path.token);
    let found = call.state.env.db.read(move |tx| -> Result<_, DbError> {
        let Some(asked) = sign_up::find_by_token(tx, &env.signing_key, &token)? else { return Ok(None) };
        Ok(Some(SignUpLinkView {
            email: asked.email.as_str().to_owned(),
            name: asked.name.into_string(),
            business: asked.business.into_string(),
            agency_name: notify::agency_name(tx, &env.mail_brand)?,
            trial_days: trial_days(plan),
        }))
    });
    found.await?.map(Json).ok_or_else(|| SignUpError::InvalidLink.into())
}

async fn accept(call: Call<Anyone, SignUpPath>) -> Result<WithHeader<Json<SessionView>>, Problem> {
    let Call { state, path, meta, .. } = call;
    let plan = plan_of(&state)?;
    let (key, place) = (state.env.signing_key.clone(), place(&meta));
    begin(&state, &meta, ACTOR, move |tx| -> Result<_, SignUpError> {
        let (_, issued) = sign_up::accept(tx, &key, &path.token, plan, &place)?;
        Ok(Ok(issued))
    })
    .await
}

impl From<SignUpError> for Problem {
    fn from(error: SignUpError) -> Self {
        match error {
            SignUpError::InvalidLink => Problem::with_detail(Code::LinkInvalid, error.to_string()),
            SignUpError::Known => Problem::with_detail(Code::WrongState, error.to_string()),
            SignUpError::Client(error) => error.into(),
            SignUpError::People(error) => error.into(),
            SignUpError::Db(error) => error.into(),
        }
    }
}
