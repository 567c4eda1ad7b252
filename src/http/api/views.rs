//! What several answers of the API have in common.

use crate::http::Problem;
use crate::store::{Page, PageRequest};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which page of a list.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct PageQuery {
    /// Items on a page: 50 by default; more than 100 is taken as 100. A page of long texts may hold fewer.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before. Leave it away for the first page.
    pub cursor: Option<String>,
}

impl PageQuery {
    pub fn request(&self) -> Result<PageRequest, Problem> {
        PageRequest::new(self.limit, self.cursor.as_deref())
            .map_err(|error| Problem::field("/cursor", error.to_string()))
    }
}

/// One page of a list, newest first.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ListOf{T}")]
pub struct ListView<T> {
    pub items: Vec<T>,
    /// Asks for the next page; null on the last.
    pub next_cursor: Option<String>,
}

impl<T> ListView<T> {
    pub fn of<S>(page: Page<S>, view: impl FnMut(S) -> T) -> Self {
        Self { items: page.items.into_iter().map(view).collect(), next_cursor: page.next_cursor }
    }
}
