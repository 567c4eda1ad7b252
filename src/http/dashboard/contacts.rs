//! Who hears of a client's account.

use super::clients::ClientPath;
use crate::domain::clients::contacts::{self, BillingContact, ContactError, ContactName};
use crate::domain::people::permissions::Permission;
use crate::ground::email_address::EmailAddress;
use crate::ground::ids::{BillingContactId, ClientId};
use crate::ground::scope::ClientScope;
use crate::ground::time::Timestamp;
use crate::http::api::views::{ListView, PageQuery};
use crate::http::{
    Call, Code, Created, Json, Limit, Member, NoContent, NoQuery, Problem, Route, delete, get, operation,
    post,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const TAG: &str = "People";
const PATH: &str = "/api/clients/{client}/billing-contacts";

pub(super) fn routes() -> Vec<Route> {
    let write = Member(Permission::MembersWrite);
    vec![
        get(
            PATH,
            operation("listBillingContacts", TAG, "List who hears of a client's account, newest first."),
            Member(Permission::MembersRead),
            Limit::Session,
            list,
        ),
        post(
            PATH,
            operation("addBillingContact", TAG, "Add somebody who hears of a client's account."),
            write,
            Limit::SessionWrite,
            add,
        )
        .may_answer(&[Code::WrongState, Code::QuotaReached]),
        delete(
            "/api/clients/{client}/billing-contacts/{id}",
            operation("removeBillingContact", TAG, "Remove a billing contact."),
            write,
            Limit::SessionWrite,
            remove,
        )
        .may_answer(&[Code::NotFound]),
    ]
}

/// Somebody who hears of a client's account: of the end of its trial, and of money. They need no login.
#[derive(Debug, Serialize, JsonSchema)]
struct BillingContactView {
    id: BillingContactId,
    name: String,
    email: String,
    created_at: Timestamp,
}

impl From<BillingContact> for BillingContactView {
    fn from(contact: BillingContact) -> Self {
        Self {
            id: contact.id,
            name: contact.name.into_string(),
            email: contact.email.as_str().to_owned(),
            created_at: contact.created_at,
        }
    }
}

async fn list(
    call: Call<ClientScope, ClientPath, PageQuery>,
) -> Result<Json<ListView<BillingContactView>>, Problem> {
    let (scope, page) = (call.caller, call.query.request()?);
    let found = call.state.env.db.read(move |tx| contacts::list(tx, &scope, &page)).await?;
    Ok(Json(ListView::of(found, BillingContactView::from)))
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct BillingContactRequest {
    name: ContactName,
    #[schemars(with = "String")]
    email: EmailAddress,
}

async fn add(
    call: Call<ClientScope, ClientPath, NoQuery, Json<BillingContactRequest>>,
) -> Result<Created<BillingContactView>, Problem> {
    let Call { state, caller: scope, body: Json(request), .. } = call;
    let location = PATH.replace("{client}", &scope.client_id().to_string());
    let caps = state.env.caps;
    let added = state.env.db.write(scope.actor().clone(), move |tx| {
        contacts::add(tx, &scope, &caps, &request.name, &request.email)
    });
    Ok(Created { location, body: added.await?.into() })
}

#[derive(Debug, Deserialize, JsonSchema)]
struct ContactPath {
    #[expect(dead_code, reason = "the frame has made the caller's scope of it")]
    client: ClientId,
    id: BillingContactId,
}

async fn remove(call: Call<ClientScope, ContactPath>) -> Result<NoContent, Problem> {
    let (scope, id) = (call.caller, call.path.id);
    let removed = call.state.env.db.write(scope.actor().clone(), move |tx| contacts::remove(tx, &scope, &id));
    if removed.await? { Ok(NoContent) } else { Err(Problem::not_found()) }
}

impl From<ContactError> for Problem {
    fn from(error: ContactError) -> Self {
        let sentence = error.to_string();
        match error {
            ContactError::AlreadyThere => Problem::with_detail(Code::WrongState, sentence),
            ContactError::TooMany { .. } => Problem::with_detail(Code::QuotaReached, sentence),
            ContactError::Client(error) => error.into(),
            ContactError::Db(error) => error.into(),
        }
    }
}
