//! FAQs: questions with the client's own answers.

use super::views::{ListView, PageQuery};
use crate::domain::knowledge::KnowledgeError;
use crate::domain::knowledge::faqs::{self, Faq, FaqPatch, NewFaq};
use crate::ground::ids::FaqId;
use crate::ground::scope::ClientScope;
use crate::ground::time::Timestamp;
use crate::http::{
    Call, Code, Created, Json, Key, KeyScope, Limit, NoContent, NoPath, NoQuery, Problem, Reply as _, Route,
    Versioned, delete, get, operation, patch, post,
};
use crate::store::idempotency::{self, Intent};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const TAG: &str = "Knowledge";

pub(super) fn routes() -> Vec<Route> {
    let write = Key(KeyScope::KnowledgeWrite);
    let read = Key(KeyScope::KnowledgeRead);
    vec![
        post(
            "/api/faqs",
            operation("createFaq", TAG, "Add a question with its answer."),
            write,
            Limit::KeyWrite,
            create,
        )
        .takes_idempotency_key()
        .may_answer(&[Code::QuotaReached]),
        get("/api/faqs", operation("listFaqs", TAG, "List the FAQs, newest first."), read, Limit::Key, list),
        get("/api/faqs/{id}", operation("getFaq", TAG, "Read an FAQ."), read, Limit::Key, get_one)
            .may_answer(&[Code::NotFound]),
        patch(
            "/api/faqs/{id}",
            operation("changeFaq", TAG, "Change the given fields of an FAQ."),
            write,
            Limit::KeyWrite,
            change,
        )
        .takes_if_match()
        .may_answer(&[Code::NotFound]),
        delete(
            "/api/faqs/{id}",
            operation("deleteFaq", TAG, "Delete an FAQ; no answer uses it after the answer."),
            write,
            Limit::KeyWrite,
            remove,
        )
        .may_answer(&[Code::NotFound]),
    ]
}

#[derive(Debug, Deserialize, JsonSchema)]
struct FaqPath {
    id: FaqId,
}

/// A question with its answer.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct FaqView {
    id: FaqId,
    question: String,
    answer: String,
    /// Whether it is used in answers.
    enabled: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// Counts the changes; the entity tag for `If-Match`.
    version: u32,
}

impl From<Faq> for FaqView {
    fn from(faq: Faq) -> Self {
        Self {
            id: faq.id,
            question: faq.question.into_string(),
            answer: faq.answer.into_string(),
            enabled: faq.enabled,
            created_at: faq.created_at,
            updated_at: faq.updated_at,
            version: faq.version,
        }
    }
}

fn versioned(view: FaqView) -> Versioned<Json<FaqView>> {
    let version = i64::from(view.version);
    Json(view).versioned(version)
}

async fn create(call: Call<ClientScope, NoPath, NoQuery, Json<NewFaq>>) -> Result<Created<FaqView>, Problem> {
    let Call { state, caller, body: Json(new), meta, .. } = call;
    let scope = caller.clone();
    let intent = meta.idempotency_key.map(|key| {
        let request = serde_json::json!([new.question, new.answer, new.enabled]).to_string();
        Intent::new("create_faq", key, request.as_bytes())
    });
    let view = state
        .env
        .db
        .write(caller.actor().clone(), move |tx| -> Result<_, KnowledgeError> {
            idempotency::once(tx, &scope, intent.as_ref(), || {
                faqs::create(tx, &scope, &new).map(FaqView::from)
            })
        })
        .await?;
    Ok(Created { location: format!("/api/faqs/{}", view.id), body: view })
}

async fn list(call: Call<ClientScope, NoPath, PageQuery>) -> Result<Json<ListView<FaqView>>, Problem> {
    let (scope, page) = (call.caller, call.query.request()?);
    let found = call.state.env.db.read(move |tx| faqs::list(tx, &scope, &page)).await?;
    Ok(Json(ListView::of(found, FaqView::from)))
}

async fn get_one(call: Call<ClientScope, FaqPath>) -> Result<Versioned<Json<FaqView>>, Problem> {
    let (scope, id) = (call.caller, call.path.id);
    let faq = call.state.env.db.read(move |tx| faqs::get(tx, &scope, &id)).await?;
    Ok(versioned(faq.into()))
}

async fn change(
    call: Call<ClientScope, FaqPath, NoQuery, Json<FaqPatch>>,
) -> Result<Versioned<Json<FaqView>>, Problem> {
    let Call { state, caller, path, body: Json(patch), meta, .. } = call;
    let scope = caller.clone();
    let faq = state
        .env
        .db
        .write(caller.actor().clone(), move |tx| -> Result<_, KnowledgeError> {
            let expected = match &meta.if_match {
                Some(if_match) => if_match.expected(faqs::get(tx, &scope, &path.id)?.version),
                None => None,
            };
            faqs::change(tx, &scope, &path.id, &patch, expected)
        })
        .await?;
    Ok(versioned(faq.into()))
}

async fn remove(call: Call<ClientScope, FaqPath>) -> Result<NoContent, Problem> {
    let (scope, id) = (call.caller.clone(), call.path.id);
    call.state.env.db.write(call.caller.actor().clone(), move |tx| faqs::delete(tx, &scope, &id)).await?;
    Ok(NoContent)
}
