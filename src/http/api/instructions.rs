//! What the client tells its assistant, with every earlier version.

use super::views::{ListView, PageQuery};
use crate::domain::chat::instructions::templates::TEMPLATES;
use crate::domain::chat::instructions::{
    self, InstructionVersion, Instructions, InstructionsError, variables,
};
use crate::ground::ids::InstructionVersionId;
use crate::ground::scope::ClientScope;
use crate::ground::time::Timestamp;
use crate::http::meta::IfMatch;
use crate::http::{
    Call, Code, Json, Key, KeyScope, Limit, NoPath, NoQuery, Problem, Reply as _, Route, Versioned, get,
    operation, post, put,
};
use crate::store::ReadTx;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const TAG: &str = "Instructions";

pub(super) fn routes() -> Vec<Route> {
    let read = Key(KeyScope::SettingsRead);
    let write = Key(KeyScope::SettingsWrite);
    vec![
        get(
            "/api/instructions",
            operation("getInstructions", TAG, "Read what the assistant is told."),
            read,
            Limit::Key,
            get_current,
        ),
        put(
            "/api/instructions",
            operation(
                "saveInstructions",
                TAG,
                "Save what the assistant is told, as a new version. What is left out becomes empty.",
            ),
            write,
            Limit::KeyWrite,
            save,
        )
        .takes_if_match(),
        get(
            "/api/instructions/versions",
            operation("listInstructionVersions", TAG, "List the versions, newest first."),
            read,
            Limit::Key,
            list,
        ),
        post(
            "/api/instructions/rollback",
            operation("rollBackInstructions", TAG, "Write an earlier version anew."),
            write,
            Limit::KeyWrite,
            roll_back,
        )
        .takes_if_match()
        .may_answer(&[Code::NotFound]),
        get(
            "/api/instructions/templates",
            operation("listInstructionTemplates", TAG, "List texts to begin with, by trade."),
            read,
            Limit::Key,
            list_templates,
        ),
    ]
}

/// What the assistant is told, with what may be chosen.
#[derive(Debug, Serialize, JsonSchema)]
struct InstructionsView {
    #[serde(flatten)]
    content: Instructions,
    /// Counts the versions; 0 before the first. The entity tag for `If-Match`.
    version: u32,
    /// When it was saved; null before the first version.
    created_at: Option<Timestamp>,
    /// The models that `model` may name, the usual one first. Empty without a language model.
    models: Vec<String>,
    /// The names that may stand between `{{` and `}}`.
    variables: Vec<String>,
}

/// One version.
#[derive(Debug, Serialize, JsonSchema)]
struct VersionView {
    id: InstructionVersionId,
    #[serde(flatten)]
    content: Instructions,
    version: u32,
    /// The version that was written anew here; null for a text of its own.
    restored_version: Option<u32>,
    created_at: Timestamp,
}

impl From<InstructionVersion> for VersionView {
    fn from(version: InstructionVersion) -> Self {
        Self {
            id: version.id,
            content: version.content,
            version: version.number,
            restored_version: version.restored_number,
            created_at: version.created_at,
        }
    }
}

/// Which version to go back to.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Rollback {
    version: u32,
}

/// Texts to begin with.
#[derive(Debug, Serialize, JsonSchema)]
struct TemplatesView {
    items: Vec<TemplateView>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct TemplateView {
    /// `dental_practice`
    trade: String,
    title: String,
    instructions: String,
}

fn view(version: Option<InstructionVersion>, models: Vec<String>) -> Versioned<Json<InstructionsView>> {
    let (number, created_at) =
        version.as_ref().map_or((0, None), |version| (version.number, Some(version.created_at)));
    Json(InstructionsView {
        content: version.map(|version| version.content).unwrap_or_default(),
        version: number,
        created_at,
        models,
        variables: variables::NAMES.map(str::to_owned).to_vec(),
    })
    .versioned(i64::from(number))
}

async fn get_current(call: Call<ClientScope>) -> Result<Versioned<Json<InstructionsView>>, Problem> {
    let (scope, env) = (call.caller, &call.state.env);
    let current = env.db.read(move |tx| instructions::find_current(tx, &scope)).await?;
    Ok(view(current, env.llm.models()))
}

async fn save(
    call: Call<ClientScope, NoPath, NoQuery, Json<Instructions>>,
) -> Result<Versioned<Json<InstructionsView>>, Problem> {
    let Call { state, caller, body: Json(content), meta, .. } = call;
    let (scope, models) = (caller.clone(), state.env.llm.models());
    let offered = models.clone();
    let saved = state
        .env
        .db
        .write(caller.actor().clone(), move |tx| -> Result<_, InstructionsError> {
            let expected = expected(tx, &scope, meta.if_match.as_ref())?;
            instructions::save(tx, &scope, &content, &offered, expected)
        })
        .await?;
    Ok(view(Some(saved), models))
}

/// The number that the present version must have, if the request names one.
fn expected(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    if_match: Option<&IfMatch>,
) -> Result<Option<u32>, InstructionsError> {
    let Some(if_match) = if_match else { return Ok(None) };
    let current = instructions::find_current(tx, scope)?;
    Ok(if_match.expected(current.map_or(0, |version| version.number)))
}

async fn list(call: Call<ClientScope, NoPath, PageQuery>) -> Result<Json<ListView<VersionView>>, Problem> {
    let (scope, page) = (call.caller, call.query.request()?);
    let found = call.state.env.db.read(move |tx| instructions::list(tx, &scope, &page)).await?;
    Ok(Json(ListView::of(found, VersionView::from)))
}

async fn roll_back(
    call: Call<ClientScope, NoPath, NoQuery, Json<Rollback>>,
) -> Result<Versioned<Json<InstructionsView>>, Problem> {
    let Call { state, caller, body: Json(wanted), meta, .. } = call;
    let (scope, models) = (caller.clone(), state.env.llm.models());
    let offered = models.clone();
    let written = state
        .env
        .db
        .write(caller.actor().clone(), move |tx| -> Result<_, InstructionsError> {
            let expected = expected(tx, &scope, meta.if_match.as_ref())?;
            instructions::roll_back(tx, &scope, wanted.version, &offered, expected)
        })
        .await?;
    Ok(view(Some(written), models))
}

async fn list_templates(_: Call<ClientScope>) -> Result<Json<TemplatesView>, Problem> {
    let items = TEMPLATES.iter().map(|template| TemplateView {
        trade: template.trade.to_owned(),
        title: template.title.to_owned(),
        instructions: template.instructions.to_owned(),
    });
    Ok(Json(TemplatesView { items: items.collect() }))
}
