//! The first run in a browser: the one-time link opens a form, its button sets the node up.

use crate::domain::access::sessions::{self, IssuedSession, Place};
use crate::domain::access::{keys, setup};
use crate::domain::clients::{self, Client, ClientName, NewClient};
use crate::domain::people::{self, PersonName};
use crate::ground::email_address::EmailAddress;
use crate::ground::scope::AgencyScope;
use crate::http::cookies;
use crate::http::dashboard::session::place;
use crate::http::meta::RequestMeta;
use crate::http::pages::{self, Finished, SetupEntries, SetupForm};
use crate::http::reply::Written;
use crate::http::room_problems::SetupFailure;
use crate::http::{
    Call, Code, Form, Html, HttpState, Limit, NoQuery, Problem, Reply as _, Route, Setup, get, operation,
    post,
};
use axum::http::header::SET_COOKIE;
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) fn routes() -> Vec<Route> {
    let show = operation("showSetup", "Setup", "Show the form of the first run.");
    let finish = operation("finishSetup", "Setup", "Set the node up, with its owner and the first client.");
    vec![
        get("/setup/{token}", show, Setup, Limit::Setup, form).hidden().may_answer(&[Code::SetupLinkInvalid]),
        post("/setup/{token}", finish, Setup, Limit::Setup, complete)
            .hidden()
            .may_answer(&[Code::SetupLinkInvalid]),
    ]
}

#[derive(Debug, Deserialize, JsonSchema)]
struct SetupPath {
    token: String,
}

async fn form(call: Call<AgencyScope, SetupPath>) -> Result<Html, Problem> {
    Ok(Html(pages::setup(&SetupForm::proposed(&call.state.node.agency_name))))
}

/// What the form makes, once every entry is a good one.
#[derive(Clone)]
struct FirstRun {
    token: String,
    agency_name: ClientName,
    owner_name: PersonName,
    owner_email: EmailAddress,
    client: NewClient,
    site: String,
    place: Place,
}

/// What it has made.
struct Made {
    client: Client,
    key: keys::IssuedKey,
    session: IssuedSession,
}

async fn complete(
    call: Call<AgencyScope, SetupPath, NoQuery, Form<SetupEntries>>,
) -> Result<Written, Problem> {
    let Call { state, path, body: Form(entries), meta, caller, .. } = call;
    let Some(first_run) = judged(path.token, &entries, &meta) else {
        // The form comes back with what was entered; the link is still good.
        return Html(pages::setup(&SetupForm::entered(&entries))).into_response().map(Written);
    };
    let made = set_up(&state, &caller, first_run).await?;
    let is_signed_in = cookies::require_secure(&meta.site, state.node.is_insecure_allowed).is_ok();
    let finished = Finished { client: &made.client, key: &made.key, site: &meta.site, is_signed_in };
    let page = Html(pages::finished(&finished));
    let response = if is_signed_in {
        page.with_header(SET_COOKIE, cookies::set(&meta.site, &made.session)?).into_response()
    } else {
        page.into_response()
    };
    response.map(Written)
}

fn judged(token: String, entries: &SetupEntries, meta: &RequestMeta) -> Option<FirstRun> {
    Some(FirstRun {
        token,
        agency_name: ClientName::parse(&entries.agency_name).ok()?,
        owner_name: PersonName::parse(&entries.owner_name).ok()?,
        owner_email: EmailAddress::parse(&entries.owner_email).ok()?,
        client: NewClient::new(
            ClientName::parse(&entries.client_name).ok()?,
            EmailAddress::parse(&entries.client_email).ok()?,
        ),
        site: meta.site.to_string(),
        place: place(meta),
    })
}

async fn set_up(state: &HttpState, caller: &AgencyScope, run: FirstRun) -> Result<Made, Problem> {
    let signing_key = state.env.signing_key.clone();
    let done = state.env.db.write(caller.actor().clone(), move |tx| -> Result<_, SetupFailure> {
        let agency = setup::NewAgency { name: run.agency_name.as_str(), site: &run.site };
        let scope = setup::complete(tx, &signing_key, &run.token, &agency)?;
        let owner = people::put_owner(tx, &scope, &run.owner_name, &run.owner_email)?;
        let session = sessions::open(tx, &owner, &run.place)?;
        let client = clients::create(tx, &scope, &run.client)?;
        let key = keys::issue(tx, &scope.client(client.id.clone()), "first")?;
        Ok(Made { client, key, session })
    });
    Ok(done.await?)
}
