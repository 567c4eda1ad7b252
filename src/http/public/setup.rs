//! The first run in a browser: the one-time link opens a form, its button sets the node up.

use crate::domain::access::{keys, setup};
use crate::domain::clients::{self, Client, ClientName, NewClient};
use crate::ground::email_address::EmailAddress;
use crate::ground::scope::AgencyScope;
use crate::http::pages::{self, Finished, SetupForm};
use crate::http::room_problems::SetupFailure;
use crate::http::{
    Call, Code, Form, Html, HttpState, Limit, NoQuery, Problem, Route, Setup, get, operation, post,
};
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) fn routes() -> Vec<Route> {
    let show = operation("showSetup", "Setup", "Show the form of the first run.");
    let finish = operation("finishSetup", "Setup", "Set the node up and make the first client.");
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

#[derive(Debug, Deserialize, JsonSchema)]
struct SetupFields {
    agency_name: String,
    client_name: String,
    client_email: String,
}

async fn form(call: Call<AgencyScope, SetupPath>) -> Result<Html, Problem> {
    Ok(Html(pages::setup(&SetupForm::proposed(&call.state.node.agency_name))))
}

async fn complete(call: Call<AgencyScope, SetupPath, NoQuery, Form<SetupFields>>) -> Result<Html, Problem> {
    let Call { state, path, body: Form(fields), meta, caller, .. } = call;
    let entered = SetupForm::entered(&fields.agency_name, &fields.client_name, &fields.client_email);
    let (Ok(agency), Ok(name), Ok(email)) = (
        ClientName::parse(&fields.agency_name),
        ClientName::parse(&fields.client_name),
        EmailAddress::parse(&fields.client_email),
    ) else {
        // The form comes back with what was entered; the link is still good.
        return Ok(Html(pages::setup(&entered)));
    };
    let new = NewClient { name, email };
    let (client, key) = set_up(&state, &caller, path.token, agency, new).await?;
    let finished = Finished { client: &client, key: &key, site: &meta.site };
    Ok(Html(pages::finished(&finished)))
}

async fn set_up(
    state: &HttpState,
    caller: &AgencyScope,
    token: String,
    agency: ClientName,
    new: NewClient,
) -> Result<(Client, keys::IssuedKey), Problem> {
    let signing_key = state.env.signing_key.clone();
    let done = state.env.db.write(caller.actor().clone(), move |tx| -> Result<_, SetupFailure> {
        let scope = setup::complete(tx, &signing_key, &token, agency.as_str())?;
        let client = clients::create(tx, &scope, &new)?;
        let key = keys::issue(tx, &scope.client(client.id.clone()), "first")?;
        Ok((client, key))
    });
    Ok(done.await?)
}
