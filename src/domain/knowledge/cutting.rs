//! An extraction as the rows of its chunks.

use super::chunking;
use super::extraction::Extraction;
use super::store::ChunkRow;
use crate::domain::Environment;
use crate::ground::ids::ChunkId;
use crate::store::jobs::JobError;

/// Cuts the text, measured by the embedder of the moment.
pub(super) fn cut(env: &Environment, extraction: &Extraction) -> Result<Vec<ChunkRow>, JobError> {
    let now = env.clock.now();
    let outside = || JobError::Permanent("a chunk lies outside its text".to_owned());
    let embedder = env.embedder.current();
    let count_tokens = |text: &str| match &embedder {
        Some(embedder) => embedder.count_tokens(text),
        None => chunking::estimate_tokens(text),
    };
    chunking::chunk(extraction, &count_tokens)
        .into_iter()
        .map(|draft| {
            let text = extraction.text.get(draft.span.clone()).ok_or_else(outside)?;
            Ok(ChunkRow {
                id: env.ids.new_id::<ChunkId>(now),
                text: text.to_owned(),
                span: draft.span,
                heading_path: draft.heading_path,
                page: draft.page,
                token_count: draft.token_count,
            })
        })
        .collect()
}
