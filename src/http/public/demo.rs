//! The demo's websites, as a client's own would be: plain pages with one widget line.

use crate::domain::demo;
use crate::http::{Anyone, Call, File, HttpState, Limit, NoPath, Problem, Public, Route, get, operation};
use crate::store::DbError;
use bytes::Bytes;
use schemars::JsonSchema;
use serde::Deserialize;
use std::borrow::Cow;

const TAG: &str = "Demo";
const WHY: Public = Public("the demo's websites are public pages; without a demo there is nothing here");

pub(super) fn routes() -> Vec<Route> {
    let list = operation("listDemoSites", TAG, "Open the list of the demo's websites.");
    let list_part = operation("getDemoListFile", TAG, "Load a part of that list.");
    let site = operation("openDemoSite", TAG, "Open a website of the demo.");
    let part = operation("getDemoSiteFile", TAG, "Load a part of a website of the demo.");
    vec![
        get("/demo/", list, WHY, Limit::PublicRead, list_index).hidden(),
        get("/demo/{file}", list_part, WHY, Limit::PublicRead, list_file).hidden(),
        get("/demo/{slug}/", site, WHY, Limit::PublicRead, site_index).hidden(),
        get("/demo/{slug}/{*path}", part, WHY, Limit::PublicRead, site_file).hidden(),
    ]
}

#[derive(Debug, Deserialize, JsonSchema)]
struct ListPath {
    file: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
struct SitePath {
    slug: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
struct SiteFilePath {
    slug: String,
    path: String,
}

async fn list_index(call: Call<Anyone, NoPath>) -> Result<File, Problem> {
    of_list(&call.state, "index.html".to_owned()).await
}

async fn list_file(call: Call<Anyone, ListPath>) -> Result<File, Problem> {
    of_list(&call.state, call.path.file).await
}

async fn site_index(call: Call<Anyone, SitePath>) -> Result<File, Problem> {
    of_site(&call.state, call.path.slug, "index.html".to_owned()).await
}

async fn site_file(call: Call<Anyone, SiteFilePath>) -> Result<File, Problem> {
    of_site(&call.state, call.path.slug, call.path.path).await
}

async fn of_list(state: &HttpState, path: String) -> Result<File, Problem> {
    let name = path.clone();
    let found = state.env.db.read(move |tx| -> Result<_, DbError> { demo::list_file(tx, &name) }).await?;
    found.map(|bytes| file(&path, bytes)).ok_or_else(Problem::not_found)
}

async fn of_site(state: &HttpState, slug: String, path: String) -> Result<File, Problem> {
    let name = path.clone();
    let found =
        state.env.db.read(move |tx| -> Result<_, DbError> { demo::site_file(tx, &slug, &name) }).await?;
    found.map(|bytes| file(&path, bytes)).ok_or_else(Problem::not_found)
}

fn file(path: &str, bytes: Cow<'static, [u8]>) -> File {
    let bytes = match bytes {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    };
    File { content_type: crate::http::assets::content_type(path), bytes, cache_control: Some("no-cache") }
}
