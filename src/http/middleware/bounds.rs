//! Bounds of what comes before the body.

use crate::ground::limits::{HEADER_BYTES_MAX, URL_BYTES_MAX};
use crate::http::problem::Problem;
use crate::http::problem_codes::Code;
use axum::http::{HeaderMap, Uri};

/// 414 for an address over [`URL_BYTES_MAX`], 431 for headers over [`HEADER_BYTES_MAX`].
pub(super) fn check(uri: &Uri, headers: &HeaderMap) -> Result<(), Problem> {
    let url_bytes = uri.path_and_query().map_or(0, |text| text.as_str().len());
    if url_bytes > URL_BYTES_MAX {
        let detail = format!("The address may have at most {URL_BYTES_MAX} bytes.");
        return Err(Problem::with_detail(Code::UriTooLong, detail));
    }
    // As they stood on the wire: `name: value`, end of line.
    let header_bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    if header_bytes > HEADER_BYTES_MAX {
        let detail = format!("The headers may have at most {HEADER_BYTES_MAX} bytes together.");
        return Err(Problem::with_detail(Code::HeadersTooLarge, detail));
    }
    Ok(())
}
