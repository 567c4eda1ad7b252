//! Keys of the agency, for its own programs.

use crate::domain::access::agency_keys::{self, AgencyKey, AgencyKeyError, NewAgencyKey};
use crate::domain::clients::settings::BoundedList;
use crate::domain::people::permissions::Permission;
use crate::ground::bounded_text::BoundedText;
use crate::ground::ids::ApiKeyId;
use crate::ground::limits::{API_KEY_NAME_CHARS_MAX, KEY_LIFE_DAYS_MAX, PERMISSIONS_MAX};
use crate::ground::time::Timestamp;
use crate::http::api::views::{ListView, PageQuery};
use crate::http::{
    Agency, AgencyStaff, Call, Code, Created, Json, Limit, NoContent, NoPath, NoQuery, Problem, Route,
    delete, get, operation, post,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const TAG: &str = "Clients";
const PATH: &str = "/api/agency/keys";

pub(super) fn routes() -> Vec<Route> {
    let rule = Agency(Permission::AgencyKeysWrite);
    vec![
        get(
            PATH,
            operation(
                "listAgencyKeys",
                TAG,
                "List the agency's keys that are neither revoked nor over, newest first.",
            ),
            rule,
            Limit::Session,
            list,
        ),
        post(
            PATH,
            operation("createAgencyKey", TAG, "Make a key with which a program acts for the agency."),
            rule,
            Limit::SessionWrite,
            create,
        )
        .may_answer(&[Code::QuotaReached]),
        delete(
            "/api/agency/keys/{id}",
            operation("revokeAgencyKey", TAG, "Revoke a key of the agency; it stops working at once."),
            rule,
            Limit::SessionWrite,
            revoke,
        )
        .may_answer(&[Code::NotFound]),
    ]
}

/// A key of the agency.
#[derive(Debug, Serialize, JsonSchema)]
struct AgencyKeyView {
    id: ApiKeyId,
    name: String,
    /// Its beginning.
    prefix: String,
    /// What it may do now: what it names, where its maker holds it still. Empty when it opens nothing.
    permissions: Vec<Permission>,
    /// Who made it; null once they are gone: then it opens nothing.
    created_by: Option<String>,
    created_at: Timestamp,
    last_used_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
}

impl From<AgencyKey> for AgencyKeyView {
    fn from(key: AgencyKey) -> Self {
        Self {
            id: key.id,
            name: key.name,
            prefix: key.prefix,
            permissions: key.permissions,
            created_by: key.made_by,
            created_at: key.created_at,
            last_used_at: key.last_used_at,
            expires_at: key.expires_at,
        }
    }
}

async fn list(call: Call<AgencyStaff, NoPath, PageQuery>) -> Result<Json<ListView<AgencyKeyView>>, Problem> {
    let (scope, page) = (call.caller.right.scope, call.query.request()?);
    let found = call.state.env.db.read(move |tx| agency_keys::list(tx, &scope, &page)).await?;
    Ok(Json(ListView::of(found, AgencyKeyView::from)))
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AgencyKeyRequest {
    /// What it is for.
    name: BoundedText<1, API_KEY_NAME_CHARS_MAX>,
    /// What it may do: at most what you may, and none of `agency:own`, `agency_keys:write` and `staff:write`. It ends
    /// with your place in the agency.
    permissions: BoundedList<Permission, PERMISSIONS_MAX>,
    /// After how many days it ends; left out or null: when it is revoked.
    #[schemars(range(min = 1, max = KEY_LIFE_DAYS_MAX))]
    expires_in_days: Option<u32>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct CreatedAgencyKeyView {
    id: ApiKeyId,
    /// Shown this once.
    api_key: String,
}

async fn create(
    call: Call<AgencyStaff, NoPath, NoQuery, Json<AgencyKeyRequest>>,
) -> Result<Created<CreatedAgencyKeyView>, Problem> {
    let Call { state, caller, body: Json(request), .. } = call;
    if request.expires_in_days.is_some_and(|days| !(1..=KEY_LIFE_DAYS_MAX).contains(&days)) {
        let detail = format!("Choose 1 to {KEY_LIFE_DAYS_MAX} days.");
        return Err(Problem::field("/expires_in_days", detail));
    }
    let new = NewAgencyKey {
        name: request.name.into_string(),
        permissions: request.permissions.as_slice().to_vec(),
        expires_in_days: request.expires_in_days,
    };
    let by = caller.right;
    let made =
        state.env.db.write(by.scope.actor().clone(), move |tx| agency_keys::issue(tx, &by, &new)).await?;
    Ok(Created {
        location: PATH.to_owned(),
        body: CreatedAgencyKeyView { id: made.id, api_key: made.key.reveal().clone() },
    })
}

impl From<AgencyKeyError> for Problem {
    fn from(error: AgencyKeyError) -> Self {
        let sentence = error.to_string();
        match error {
            AgencyKeyError::NotHeld(_) => Problem::with_detail(Code::Forbidden, sentence),
            AgencyKeyError::WithoutPermission | AgencyKeyError::ForPeople(_) => {
                Problem::field("/permissions", sentence)
            }
            AgencyKeyError::TooMany => Problem::with_detail(Code::QuotaReached, sentence),
            AgencyKeyError::Db(error) => error.into(),
        }
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
struct AgencyKeyPath {
    id: ApiKeyId,
}

async fn revoke(call: Call<AgencyStaff, AgencyKeyPath>) -> Result<NoContent, Problem> {
    let (scope, id) = (call.caller.right.scope, call.path.id);
    let revoked =
        call.state.env.db.write(scope.actor().clone(), move |tx| agency_keys::revoke(tx, &scope, &id));
    if revoked.await? { Ok(NoContent) } else { Err(Problem::not_found()) }
}
