//! A client's API keys, for its people and the agency's.

use super::clients::ClientPath;
use crate::domain::access::keys::{self, ApiKey, KeyScope};
use crate::domain::access::sessions::permission_of;
use crate::domain::clients::ClientError;
use crate::domain::clients::settings::BoundedList;
use crate::domain::notify;
use crate::domain::people::permissions::Permission;
use crate::ground::bounded_text::BoundedText;
use crate::ground::ids::{ApiKeyId, ClientId};
use crate::ground::limits::{API_KEY_NAME_CHARS_MAX, API_KEYS_PER_CLIENT_MAX};
use crate::ground::scope::ClientScope;
use crate::ground::time::Timestamp;
use crate::http::api::views::{ListView, PageQuery};
use crate::http::{
    Call, ClientMember, Code, Created, Json, Limit, Member, NoContent, NoQuery, Problem, Route, delete, get,
    operation, post,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const TAG: &str = "Keys";
const SCOPES_MAX: usize = 32;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/api/clients/{client}/keys",
            operation("listKeys", TAG, "List the keys that work, newest first."),
            Member(Permission::KeysRead),
            Limit::Session,
            list,
        ),
        post(
            "/api/clients/{client}/keys",
            operation("createKey", TAG, "Make a key; it is shown this once."),
            Member(Permission::KeysWrite),
            Limit::SessionWrite,
            create,
        )
        .may_answer(&[Code::QuotaReached]),
        delete(
            "/api/clients/{client}/keys/{id}",
            operation("revokeKey", TAG, "End a key at once, with the sessions that were made from it."),
            Member(Permission::KeysWrite),
            Limit::SessionWrite,
            revoke,
        )
        .may_answer(&[Code::NotFound]),
    ]
}

#[derive(Debug, Serialize, JsonSchema)]
struct KeyView {
    id: ApiKeyId,
    name: String,
    /// Its beginning, to tell it from others.
    prefix: String,
    scopes: Vec<KeyScope>,
    created_at: Timestamp,
    last_used_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
}

impl From<ApiKey> for KeyView {
    fn from(key: ApiKey) -> Self {
        Self {
            id: key.id,
            name: key.name,
            prefix: key.prefix,
            scopes: key.key_scopes,
            created_at: key.created_at,
            last_used_at: key.last_used_at,
            expires_at: key.expires_at,
        }
    }
}

async fn list(call: Call<ClientScope, ClientPath, PageQuery>) -> Result<Json<ListView<KeyView>>, Problem> {
    let (scope, page) = (call.caller, call.query.request()?);
    let found = call.state.env.db.read(move |tx| keys::list(tx, &scope, &page)).await?;
    Ok(Json(ListView::of(found, KeyView::from)))
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct KeyRequest {
    /// What it is for.
    name: BoundedText<1, API_KEY_NAME_CHARS_MAX>,
    /// What it may do; left out: everything that a key can.
    scopes: Option<BoundedList<KeyScope, SCOPES_MAX>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct CreatedKeyView {
    #[serde(flatten)]
    key: KeyView,
    /// Shown this once.
    api_key: String,
}

async fn create(
    call: Call<ClientMember, ClientPath, NoQuery, Json<KeyRequest>>,
) -> Result<Created<CreatedKeyView>, Problem> {
    let Call { state, caller, body: Json(request), .. } = call;
    let right = caller.right;
    let scopes = request.scopes.map_or_else(|| KeyScope::ALL.to_vec(), |scopes| scopes.as_slice().to_vec());
    // Nobody grants what they do not hold, to a program neither.
    if let Some(scope) = scopes.iter().find(|scope| !right.held.contains(permission_of(**scope))) {
        let detail = format!("You cannot give the scope `{scope}`, which your role does not hold.");
        return Err(Problem::with_detail(Code::Forbidden, detail));
    }
    if scopes.is_empty() {
        return Err(Problem::field("/scopes", "Name at least one scope."));
    }
    let scope = right.scope;
    let client_id = scope.client_id().clone();
    let made = state.env.db.write(scope.actor().clone(), move |tx| -> Result<_, ClientError> {
        if keys::count(tx, &scope)? >= API_KEYS_PER_CLIENT_MAX {
            return Ok(None);
        }
        let issued = keys::issue_with(tx, &scope, request.name.as_str(), &scopes)?;
        let Some(key) = keys::find(tx, &scope, &issued.id)? else { return Ok(None) };
        notify::write_key_created(tx, &scope, &key)?;
        Ok(Some((issued, key)))
    });
    let (issued, key) = made.await?.ok_or_else(too_many)?;
    Ok(Created {
        location: format!("/api/clients/{client_id}/keys"),
        body: CreatedKeyView { key: key.into(), api_key: issued.key.reveal().clone() },
    })
}

fn too_many() -> Problem {
    let detail = format!("A client has at most {API_KEYS_PER_CLIENT_MAX} keys that work. Revoke one first.");
    Problem::with_detail(Code::QuotaReached, detail)
}

#[derive(Debug, Deserialize, JsonSchema)]
struct KeyPath {
    #[expect(dead_code, reason = "the frame has made the caller's scope of it")]
    client: ClientId,
    id: ApiKeyId,
}

async fn revoke(call: Call<ClientScope, KeyPath>) -> Result<NoContent, Problem> {
    let (scope, id) = (call.caller, call.path.id);
    let revoked = call.state.env.db.write(scope.actor().clone(), move |tx| keys::revoke(tx, &scope, &id));
    if revoked.await? { Ok(NoContent) } else { Err(Problem::not_found()) }
}
