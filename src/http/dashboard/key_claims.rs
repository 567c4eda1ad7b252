//! The link from which a client makes its key, as whoever holds it sees it; its button makes the key.

use crate::domain::access::key_claims::{self, KeyClaimError};
use crate::domain::notify;
use crate::ground::ids::ClientId;
use crate::ground::scope::Actor;
use crate::ground::time::Timestamp;
use crate::http::cookies;
use crate::http::{Anyone, Call, Code, Created, Json, Limit, Problem, Public, Route, get, operation, post};
use crate::store::DbError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const TAG: &str = "Signing in";
const PATH: &str = "/api/key-claims/{token}";

pub(super) fn routes() -> Vec<Route> {
    let why = Public("the token is a capability that only the client's mailbox has seen; it works once");
    vec![
        get(
            PATH,
            operation("getKeyClaim", TAG, "Read for whom a key can be made; the link stays open."),
            why,
            Limit::SignIn,
            read,
        )
        .may_answer(&[Code::LinkInvalid]),
        post(
            PATH,
            operation("claimKey", TAG, "Make the client's key, and show it this once."),
            why,
            Limit::SignIn,
            claim,
        )
        .may_answer(&[Code::LinkInvalid, Code::QuotaReached, Code::CsrfRefused, Code::InsecureSite]),
    ]
}

#[derive(Debug, Deserialize, JsonSchema)]
struct KeyClaimPath {
    token: String,
}

/// For whom a key can be made.
#[derive(Debug, Serialize, JsonSchema)]
struct KeyClaimView {
    client_name: String,
    agency_name: String,
    /// Where the link was mailed to.
    email: String,
    expires_at: Timestamp,
}

async fn read(call: Call<Anyone, KeyClaimPath>) -> Result<Json<KeyClaimView>, Problem> {
    let (env, token) = (call.state.env.clone(), call.path.token);
    let found = call.state.env.db.read(move |tx| -> Result<_, DbError> {
        let Some((claim, client)) = key_claims::find_open(tx, &env.signing_key, &token)? else {
            return Ok(None);
        };
        Ok(Some(KeyClaimView {
            client_name: client.name.into_string(),
            agency_name: notify::agency_name(tx, &env.mail_brand)?,
            email: client.email.as_str().to_owned(),
            expires_at: claim.expires_at,
        }))
    });
    found.await?.map(Json).ok_or_else(|| KeyClaimError::InvalidLink.into())
}

#[derive(Debug, Serialize, JsonSchema)]
struct ClaimedKeyView {
    client_id: ClientId,
    client_name: String,
    /// Shown this once.
    api_key: String,
}

async fn claim(call: Call<Anyone, KeyClaimPath>) -> Result<Created<ClaimedKeyView>, Problem> {
    let Call { state, path, meta, .. } = call;
    cookies::refuse_foreign_origin(meta.origin.as_deref(), &meta.site)?;
    cookies::require_secure(&meta.site, state.node.is_insecure_allowed)?;
    let key = state.env.signing_key.clone();
    let made = state
        .env
        .db
        .write(Actor::System("key_claim"), move |tx| key_claims::claim(tx, &key, &path.token))
        .await?;
    let (client, issued) = made;
    Ok(Created {
        location: format!("/api/clients/{}/keys", client.id),
        body: ClaimedKeyView {
            client_id: client.id,
            client_name: client.name.into_string(),
            api_key: issued.key.reveal().clone(),
        },
    })
}

impl From<KeyClaimError> for Problem {
    fn from(error: KeyClaimError) -> Self {
        let sentence = error.to_string();
        match error {
            KeyClaimError::InvalidLink => Problem::with_detail(Code::LinkInvalid, sentence),
            KeyClaimError::TooManyKeys => Problem::with_detail(Code::QuotaReached, sentence),
            KeyClaimError::Client(error) => error.into(),
            KeyClaimError::Db(error) => error.into(),
        }
    }
}
