//! What the owner of a document says about it.

use crate::domain::knowledge::KnowledgeError;
use crate::domain::knowledge::document_settings::{self, DocumentPatch, DocumentSettings};
use crate::domain::knowledge::faqs::Category;
use crate::ground::ids::DocumentId;
use crate::ground::scope::ClientScope;
use crate::http::{
    Call, Code, Json, Key, KeyScope, Limit, NoQuery, Problem, Reply as _, Route, Versioned, operation, patch,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(super) fn routes() -> Vec<Route> {
    vec![
        patch(
            "/api/documents/{id}",
            operation("changeDocument", "Knowledge", "Change the category or the weight of a document."),
            Key(KeyScope::KnowledgeWrite),
            Limit::KeyWrite,
            change,
        )
        .takes_if_match()
        .may_answer(&[Code::NotFound]),
    ]
}

#[derive(Debug, Deserialize, JsonSchema)]
struct DocumentPath {
    id: DocumentId,
}

/// What the owner of a document says about it.
#[derive(Debug, Serialize, JsonSchema)]
struct DocumentSettingsView {
    id: DocumentId,
    category: Option<String>,
    /// How much it counts beside the other documents; 1 is usual.
    weight: f32,
    /// Counts the changes; the entity tag for `If-Match`.
    version: u32,
}

impl From<DocumentSettings> for DocumentSettingsView {
    fn from(settings: DocumentSettings) -> Self {
        Self {
            id: settings.id,
            category: settings.category.map(Category::into_string),
            weight: settings.weight.factor(),
            version: settings.version,
        }
    }
}

async fn change(
    call: Call<ClientScope, DocumentPath, NoQuery, Json<DocumentPatch>>,
) -> Result<Versioned<Json<DocumentSettingsView>>, Problem> {
    let Call { state, caller, path, body: Json(patch), meta, .. } = call;
    let scope = caller.clone();
    let settings = state
        .env
        .db
        .write(caller.actor().clone(), move |tx| -> Result<_, KnowledgeError> {
            let expected = match &meta.if_match {
                Some(if_match) => if_match.expected(document_settings::get(tx, &scope, &path.id)?.version),
                None => None,
            };
            document_settings::change(tx, &scope, &path.id, &patch, expected)
        })
        .await?;
    let version = i64::from(settings.version);
    Ok(Json(DocumentSettingsView::from(settings)).versioned(version))
}
