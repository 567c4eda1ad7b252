//! The passage behind a citation: what the link under an answer opens.

use crate::domain::conversations::citations;
use crate::ground::ids::CitationId;
use crate::http::pages;
use crate::http::{Anyone, Call, Code, Html, Limit, Problem, Public, Route, get, operation};
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/passages/{id}",
            operation("openPassage", "Widget", "Open the passage behind a citation."),
            Public("the id is a capability: 64 or more random bits that only the answer's reader has seen"),
            Limit::PublicRead,
            open,
        )
        .hidden()
        .may_answer(&[Code::NotFound]),
    ]
}

#[derive(Debug, Deserialize, JsonSchema)]
struct PassagePath {
    id: CitationId,
}

async fn open(call: Call<Anyone, PassagePath>) -> Result<Html, Problem> {
    let id = call.path.id;
    let passage = call.state.env.db.read(move |tx| citations::open(tx, &id)).await?;
    Ok(Html(pages::passage(&passage)))
}
