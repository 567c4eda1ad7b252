//! How a client stands: what is still to be done, and a week's figures.

use super::clients::ClientPath;
use crate::domain::chat::gaps;
use crate::domain::clients::{self, ClientError, sightings};
use crate::domain::conversations;
use crate::domain::knowledge::meaning::{self, MeaningState};
use crate::domain::knowledge::{self, DocumentCounts};
use crate::domain::people::Organisation;
use crate::domain::people::members;
use crate::domain::people::permissions::Permission;
use crate::ground::scope::ClientScope;
use crate::ground::time::{DAY_MS, Timestamp};
use crate::http::{Call, Json, Limit, Member, Problem, Route, get, operation};
use crate::text_enum;
use schemars::JsonSchema;
use serde::Serialize;

pub(super) fn routes() -> Vec<Route> {
    vec![get(
        "/api/clients/{client}/overview",
        operation(
            "getOverview",
            "Clients",
            "Read what is still to be done for a client, and a week's figures.",
        ),
        Member(Permission::ResultsRead),
        Limit::Session,
        read,
    )]
}

text_enum! {
    /// What makes an assistant a good one, in the order in which it is done.
    pub enum Step {
        /// A document is ready.
        Document = "document",
        /// An FAQ is in use.
        Faq = "faq",
        /// The look was chosen.
        Look = "look",
        /// The websites on which it may stand are named.
        Domain = "domain",
        /// It was seen on one.
        Seen = "seen",
        /// A visitor has asked.
        Asked = "asked",
        /// Somebody else was invited.
        Colleague = "colleague",
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct StepView {
    id: Step,
    is_done: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
struct DocumentsView {
    ready: u32,
    processing: u32,
    failed: u32,
}

/// How search by meaning stands.
#[derive(Debug, Serialize, JsonSchema)]
struct MeaningView {
    /// `unused`, `answering`, `building` or `without_model`.
    state: &'static str,
    done: u64,
    total: u64,
}

#[derive(Debug, Serialize, JsonSchema)]
struct OverviewView {
    checklist: Vec<StepView>,
    messages_7d: u32,
    conversations_7d: u32,
    /// Questions that nothing answered, and that nobody has looked at.
    unanswered_open: u32,
    documents: DocumentsView,
    meaning: MeaningView,
}

async fn read(call: Call<ClientScope, ClientPath>) -> Result<Json<OverviewView>, Problem> {
    let (scope, env) = (call.caller, call.state.env.clone());
    let found = call.state.env.db.read(move |tx| -> Result<_, ClientError> {
        let (settings, settings_version) = clients::get_settings(tx, &scope)?;
        let documents = knowledge::count_by_status(tx, &scope)?;
        let week = conversations::count_since(tx, &scope, tx.now().plus_ms(-7 * DAY_MS))?;
        let ever = conversations::activity_since(tx, &scope, Timestamp::from_ms(0))?;
        let is_seen = sightings::find(tx, &scope)?.is_some();
        let has_colleague = members::has_other(tx, &Organisation::client(&scope), scope.actor().person_id())?;
        let checklist = Step::ALL.iter().map(|step| StepView {
            id: *step,
            is_done: match step {
                Step::Document => documents.ready > 0,
                Step::Faq => documents.faqs_in_use > 0,
                Step::Look => settings_version > 1,
                Step::Domain => !settings.allowed_domains.as_slice().is_empty(),
                Step::Seen => is_seen,
                Step::Asked => ever.conversations > 0,
                Step::Colleague => has_colleague,
            },
        });
        let DocumentCounts { ready, processing, failed, .. } = documents;
        Ok(OverviewView {
            checklist: checklist.collect(),
            messages_7d: week.visitor_messages,
            conversations_7d: week.conversations,
            unanswered_open: gaps::count_open(tx, &scope)?,
            documents: DocumentsView { ready, processing, failed },
            meaning: meaning_view(meaning::state(tx, &env)?),
        })
    });
    Ok(Json(found.await?))
}

const fn meaning_view(state: MeaningState) -> MeaningView {
    match state {
        MeaningState::Unused => MeaningView { state: "unused", done: 0, total: 0 },
        MeaningState::Answering => MeaningView { state: "answering", done: 0, total: 0 },
        MeaningState::Building { done, total, .. } => MeaningView { state: "building", done, total },
        MeaningState::WithoutModel => MeaningView { state: "without_model", done: 0, total: 0 },
    }
}
