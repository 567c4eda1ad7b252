//! Search: which passages fit a query.

use crate::domain::knowledge::faqs::Category;
use crate::domain::knowledge::retrieval::{self, Passage, Search};
use crate::ground::bounded_text::BoundedText;
use crate::ground::ids::{ChunkId, DocumentId};
use crate::ground::limits::{QUERY_CHARS_MAX, SEARCH_RESULTS_DEFAULT, SEARCH_RESULTS_MAX};
use crate::ground::scope::ClientScope;
use crate::http::{Call, Json, Key, KeyScope, Limit, NoPath, NoQuery, Problem, Route, operation, post};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(super) fn routes() -> Vec<Route> {
    vec![post(
        "/api/search",
        operation("search", "Knowledge", "Find the passages that fit a query, best first."),
        Key(KeyScope::Search),
        Limit::Key,
        search,
    )]
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SearchRequest {
    /// 1 to 4,000 characters.
    query: BoundedText<1, QUERY_CHARS_MAX>,
    /// How many results at most: 10 by default; more than 50 is taken as 50.
    k: Option<u32>,
    /// Only in documents of exactly this category.
    category: Option<Category>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct SearchView {
    results: Vec<ResultView>,
}

/// A passage that fits.
#[derive(Debug, Serialize, JsonSchema)]
struct ResultView {
    document_id: DocumentId,
    chunk_id: ChunkId,
    /// Of keywords and meaning together: comparable within one answer only.
    score: f32,
    /// How likely it is that the passage holds the answer, 0 to 1.
    confidence: f32,
    text: String,
    /// Counted from 1, where the format has pages.
    page: Option<u32>,
    /// The headings above, outermost first, joined by ` › `.
    heading: Option<String>,
    title: String,
}

async fn search(
    call: Call<ClientScope, NoPath, NoQuery, Json<SearchRequest>>,
) -> Result<Json<SearchView>, Problem> {
    let Json(request) = call.body;
    let limit = request.k.unwrap_or(SEARCH_RESULTS_DEFAULT).clamp(1, SEARCH_RESULTS_MAX);
    let search =
        Search { query: request.query.as_str(), limit: limit as usize, category: request.category.as_ref() };
    let found = retrieval::search_with(&call.state.env, &call.caller, &search).await?;
    Ok(Json(SearchView { results: found.into_iter().map(view).collect() }))
}

fn view(passage: Passage) -> ResultView {
    ResultView {
        document_id: passage.document_id,
        chunk_id: passage.chunk_id,
        score: passage.fit.score,
        confidence: passage.fit.confidence,
        text: passage.text,
        page: passage.page,
        heading: join_headings(&passage.title, &passage.heading_path),
        title: passage.title,
    }
}

/// The heading path as people read it; None when there is none. A document whose first heading is its title
/// does not say it twice.
pub(in crate::http) fn join_headings(title: &str, path: &[String]) -> Option<String> {
    let path = below_title(title, path);
    (!path.is_empty()).then(|| path.join(" › "))
}

/// The headings under the title.
pub(in crate::http) fn below_title<'a>(title: &str, path: &'a [String]) -> &'a [String] {
    match path.split_first() {
        Some((first, rest)) if first == title => rest,
        _ => path,
    }
}
