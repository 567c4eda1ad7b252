//! FAQs: questions with the client's own answers.

use super::views::ListView;
use crate::domain::clients::settings::BoundedList;
use crate::domain::knowledge::KnowledgeError;
use crate::domain::knowledge::faqs::bulk::{self, BulkAction};
use crate::domain::knowledge::faqs::{self, Category, Faq, FaqFilter, FaqPatch, FaqStatus, NewFaq};
use crate::ground::ids::FaqId;
use crate::ground::limits::FAQS_PER_BULK_MAX;
use crate::ground::scope::ClientScope;
use crate::ground::text::Language;
use crate::ground::time::Timestamp;
use crate::http::{
    Call, Code, Created, Json, Key, KeyScope, Limit, NoContent, NoPath, NoQuery, Problem, Reply as _, Route,
    Versioned, delete, get, operation, patch, post,
};
use crate::store::PageRequest;
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
        post(
            "/api/faqs/bulk",
            operation("changeFaqs", TAG, "Change or delete many FAQs: all of them, or none."),
            write,
            Limit::KeyWrite,
            change_many,
        ),
    ]
}

#[derive(Debug, Deserialize, JsonSchema)]
struct FaqPath {
    id: FaqId,
}

/// Which FAQs to list; each filter that is given must fit.
#[derive(Debug, Deserialize, JsonSchema)]
struct FaqsQuery {
    /// Items on a page: 50 by default; more than 100 is taken as 100. A page of long texts may hold fewer.
    limit: Option<u32>,
    /// `next_cursor` of the page before. Leave it away for the first page.
    cursor: Option<String>,
    /// Only those of exactly this category.
    category: Option<Category>,
    /// Only those that are in use, or only those that are not.
    enabled: Option<bool>,
    /// Only those for this language.
    language: Option<Language>,
    /// Only drafts, or only finished ones. Drafts are proposed from questions that three conversations asked in vain,
    /// each question once: a draft that is deleted does not come again. What looks like an e-mail address or a
    /// telephone number is never proposed.
    status: Option<FaqStatus>,
}

/// What is done to many FAQs at once.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct BulkRequest {
    /// 1 to 500 FAQs, each once.
    #[schemars(length(min = 1))]
    ids: BoundedList<FaqId, FAQS_PER_BULK_MAX>,
    action: BulkKind,
    /// With `set_category`: the category; without it or with `null`, they have none afterwards.
    #[serde(default)]
    category: Option<Category>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum BulkKind {
    Enable,
    Disable,
    Delete,
    SetCategory,
}

#[derive(Debug, Serialize, JsonSchema)]
struct BulkView {
    /// FAQs that were changed or deleted.
    done: usize,
}

/// A question with its answer.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct FaqView {
    id: FaqId,
    question: String,
    /// Empty in a draft that nobody has answered yet.
    answer: String,
    /// Other ways to ask the same.
    phrasings: Vec<String>,
    category: Option<String>,
    /// Questions in another language are not answered by it.
    language: Option<Language>,
    /// Decides between FAQs that fit equally well; the higher wins.
    priority: u32,
    /// A `draft` was proposed from what visitors asked in vain: it is not used before it is made `ready`.
    status: FaqStatus,
    /// Whether it is used in answers.
    enabled: bool,
    /// Answers that it gave.
    uses: u64,
    last_used_at: Option<Timestamp>,
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
            phrasings: faq.phrasings.into_iter().map(faqs::FaqQuestion::into_string).collect(),
            category: faq.category.map(Category::into_string),
            language: faq.language,
            priority: faq.priority,
            status: faq.status,
            enabled: faq.enabled,
            uses: faq.uses,
            last_used_at: faq.last_used_at,
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
        let request = serde_json::json!([
            new.question,
            new.answer,
            new.enabled,
            new.phrasings,
            new.category,
            new.language,
            new.priority.get(),
        ])
        .to_string();
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

async fn list(call: Call<ClientScope, NoPath, FaqsQuery>) -> Result<Json<ListView<FaqView>>, Problem> {
    let (scope, query) = (call.caller, call.query);
    let page = PageRequest::new(query.limit, query.cursor.as_deref())
        .map_err(|error| Problem::field("/cursor", error.to_string()))?;
    let filter = FaqFilter {
        category: query.category,
        enabled: query.enabled,
        language: query.language,
        status: query.status,
    };
    let found = call.state.env.db.read(move |tx| faqs::list(tx, &scope, &filter, &page)).await?;
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

async fn change_many(
    call: Call<ClientScope, NoPath, NoQuery, Json<BulkRequest>>,
) -> Result<Json<BulkView>, Problem> {
    let Call { state, caller, body: Json(request), .. } = call;
    if request.ids.as_slice().is_empty() {
        return Err(Problem::field("/ids", "Name at least one FAQ."));
    }
    let action = match request.action {
        BulkKind::SetCategory => BulkAction::SetCategory(request.category),
        _ if request.category.is_some() => {
            return Err(Problem::field("/category", "Only `set_category` takes a category."));
        }
        BulkKind::Enable => BulkAction::Enable,
        BulkKind::Disable => BulkAction::Disable,
        BulkKind::Delete => BulkAction::Delete,
    };
    let (scope, ids) = (caller.clone(), request.ids);
    let done = state
        .env
        .db
        .write(caller.actor().clone(), move |tx| bulk::apply(tx, &scope, ids.as_slice(), &action))
        .await?;
    Ok(Json(BulkView { done }))
}
