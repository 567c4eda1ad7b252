//! Links with which a conversation is read without signing in. `http/public/shared.rs` shows what they open.

use super::conversations::ConversationPath;
use super::views::ListView;
use crate::domain::access::passwords;
use crate::domain::conversations::shares::{self, NewShare, Share, SharePassword};
use crate::ground::crypto::MacKey;
use crate::ground::ids::{ConversationId, Id as _, ShareId};
use crate::ground::limits::SHARE_DAYS_MAX;
use crate::ground::scope::ClientScope;
use crate::ground::secret::Secret;
use crate::ground::time::Timestamp;
use crate::http::address::Site;
use crate::http::{
    Call, Code, Created, Json, Key, KeyScope, Limit, NoContent, NoQuery, Problem, Route, delete, get,
    operation, post,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const TAG: &str = "Conversations";

pub(super) fn routes() -> Vec<Route> {
    // To see a link is as good as to make one, so that the list asks for what making asks for.
    let write = Key(KeyScope::ConversationsWrite);
    vec![
        post(
            "/api/conversations/{id}/shares",
            operation(
                "createShare",
                TAG,
                "Make a link with which anybody reads what was said until now, without the visitor's details.",
            ),
            write,
            Limit::KeyWrite,
            create,
        )
        .may_answer(&[Code::NotFound, Code::QuotaReached]),
        get(
            "/api/conversations/{id}/shares",
            operation("listShares", TAG, "List a conversation's open links, newest first."),
            write,
            Limit::Key,
            list,
        )
        .may_answer(&[Code::NotFound]),
        delete(
            "/api/conversations/{id}/shares/{share_id}",
            operation("revokeShare", TAG, "End a link at once."),
            write,
            Limit::KeyWrite,
            revoke,
        )
        .may_answer(&[Code::NotFound]),
    ]
}

/// A link to be made.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewShareRequest {
    /// 1 to 365 days from now.
    #[schemars(range(min = 1, max = SHARE_DAYS_MAX))]
    expires_in_days: u32,
    /// 8 to 128 characters that whoever opens the link is asked for; none without it.
    #[serde(default)]
    password: Option<Secret<SharePassword>>,
}

/// A link with which a conversation is read without signing in.
#[derive(Debug, Serialize, JsonSchema)]
struct ShareView {
    id: ShareId,
    /// Whoever has it reads what was said until `created_at`, at most the last 500 messages.
    url: String,
    has_password: bool,
    created_at: Timestamp,
    expires_at: Timestamp,
}

impl ShareView {
    fn new(share: &Share, key: &MacKey, site: &Site) -> Self {
        Self {
            url: format!("{site}/shared/{}", shares::link_token(key, share).reveal()),
            id: share.id.clone(),
            has_password: share.password_hash.is_some(),
            created_at: share.created_at,
            expires_at: share.expires_at,
        }
    }
}

async fn create(
    call: Call<ClientScope, ConversationPath, NoQuery, Json<NewShareRequest>>,
) -> Result<Created<ShareView>, Problem> {
    let Call { state, caller: scope, path, body: Json(request), meta, .. } = call;
    if !(1..=SHARE_DAYS_MAX).contains(&request.expires_in_days) {
        return Err(Problem::field("/expires_in_days", format!("This must be 1 to {SHARE_DAYS_MAX} days.")));
    }
    let env = state.env;
    let (of_client, conversation) = (scope.clone(), path.id.clone());
    // Before the password is hashed, which is dear; asked again where the link is made.
    env.db.read(move |tx| shares::require_room(tx, &of_client, &conversation)).await?;
    let id: ShareId = env.ids.new_id(env.clock.now());
    let password_hash = match request.password {
        Some(password) => {
            let password = Secret::new(password.reveal().as_str().to_owned());
            let hashed = passwords::hash(password, id.as_str().into()).await.map_err(Problem::internal)?;
            Some(Secret::new(hashed))
        }
        None => None,
    };
    let new = NewShare { id, expires_in_days: request.expires_in_days, password_hash };
    let actor = scope.actor().clone();
    let made = env.db.write(actor, move |tx| shares::create(tx, &scope, &path.id, &new)).await?;
    Ok(Created {
        location: format!("/api/conversations/{}/shares", made.conversation_id),
        body: ShareView::new(&made, &env.signing_key, &meta.site),
    })
}

async fn list(call: Call<ClientScope, ConversationPath>) -> Result<Json<ListView<ShareView>>, Problem> {
    let Call { state, caller: scope, path, meta, .. } = call;
    let found = state.env.db.read(move |tx| shares::list(tx, &scope, &path.id)).await?;
    let view = |share: &Share| ShareView::new(share, &state.env.signing_key, &meta.site);
    Ok(Json(ListView { items: found.iter().map(view).collect(), next_cursor: None }))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct SharePath {
    id: ConversationId,
    share_id: ShareId,
}

async fn revoke(call: Call<ClientScope, SharePath>) -> Result<NoContent, Problem> {
    let Call { state, caller: scope, path, .. } = call;
    let actor = scope.actor().clone();
    state.env.db.write(actor, move |tx| shares::revoke(tx, &scope, &path.id, &path.share_id)).await?;
    Ok(NoContent)
}
