//! What people change of themselves: their name, and their address.

use super::session::PersonView;
use crate::domain::access::email_change;
use crate::domain::access::sending::SendingError;
use crate::domain::access::sessions::SessionGrant;
use crate::domain::notify;
use crate::domain::people::{self, PeopleError, PersonName};
use crate::ground::bounded_text::BoundedText;
use crate::ground::email_address::EmailAddress;
use crate::ground::ids::PersonId;
use crate::http::address::network_of;
use crate::http::{
    Accepted, Call, Code, Json, Limit, NoPath, NoQuery, Problem, Route, SignedIn, operation, patch, post,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

const TAG: &str = "Signing in";
const CODE_CHARS_MAX: usize = 20;

pub(super) fn routes() -> Vec<Route> {
    let limit = Limit::SessionWrite;
    vec![
        patch("/api/person", operation("changePerson", TAG, "Change the own name."), SignedIn, limit, change)
            .may_answer(&[Code::NotFound]),
        post(
            "/api/person/email",
            operation(
                "requestEmailChange",
                TAG,
                "Ask for a code at the new address. The answer is always the same.",
            ),
            SignedIn,
            limit,
            request,
        )
        .may_answer(&[Code::NotFound]),
        post(
            "/api/person/email/confirm",
            operation(
                "confirmEmailChange",
                TAG,
                "Change the own address by the six digits that were sent there; the former one is told.",
            ),
            SignedIn,
            limit,
            confirm,
        )
        .may_answer(&[Code::NotFound, Code::WrongState]),
    ]
}

/// Whoever came with a key is nobody in particular.
fn person_of(grant: &SessionGrant) -> Result<PersonId, Problem> {
    grant.person().map(|person| person.id.clone()).ok_or_else(Problem::not_found)
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PersonPatch {
    name: PersonName,
}

async fn change(
    call: Call<Arc<SessionGrant>, NoPath, NoQuery, Json<PersonPatch>>,
) -> Result<Json<PersonView>, Problem> {
    let Call { state, caller, body: Json(patch), .. } = call;
    let id = person_of(&caller)?;
    let changed = state.env.db.write(caller.actor(), move |tx| people::set_name(tx, &id, &patch.name));
    Ok(Json(PersonView::from(&changed.await?)))
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct EmailRequest {
    #[schemars(with = "String")]
    email: EmailAddress,
}

/// It says nothing about the address.
#[derive(Debug, Serialize, JsonSchema)]
struct EmailRequestView {}

async fn request(
    call: Call<Arc<SessionGrant>, NoPath, NoQuery, Json<EmailRequest>>,
) -> Result<Accepted<EmailRequestView>, Problem> {
    let Call { state, caller, body: Json(request), meta, .. } = call;
    let (id, key) = (person_of(&caller)?, state.env.signing_key.clone());
    let network = network_of(meta.address).to_string();
    let begun = state.env.db.write(caller.actor(), move |tx| -> Result<_, SendingError> {
        let change = email_change::request(tx, &key, &id, &request.email, &network)?;
        notify::write_confirm_email(tx, &change)?;
        Ok(())
    });
    begun.await?;
    Ok(Accepted(EmailRequestView {}))
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ConfirmRequest {
    /// Six digits; spaces do not matter.
    code: BoundedText<1, CODE_CHARS_MAX>,
}

async fn confirm(
    call: Call<Arc<SessionGrant>, NoPath, NoQuery, Json<ConfirmRequest>>,
) -> Result<Json<PersonView>, Problem> {
    let Call { state, caller, body: Json(request), .. } = call;
    let (id, key) = (person_of(&caller)?, state.env.signing_key.clone());
    let changed = state.env.db.write(caller.actor(), move |tx| -> Result<_, PeopleError> {
        let changed = email_change::confirm(tx, &key, &id, request.code.as_str())?;
        if let Some(changed) = &changed {
            notify::write_email_changed(tx, changed)?;
        }
        Ok(changed)
    });
    let changed = changed.await?.ok_or_else(|| {
        Problem::field("/code", "That code is wrong, has expired or was used. Ask for a new one.")
    })?;
    Ok(Json(PersonView::from(&changed.person)))
}
