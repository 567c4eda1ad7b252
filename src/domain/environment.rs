//! What the work of the rooms needs beside its arguments. Made once, in `app.rs`.

use super::knowledge::follower::IndexFollower;
use super::knowledge::parser::Parser;
use crate::ground::crypto::MacKey;
use crate::store::blob::Blobs;
use crate::store::{Clock, Db, IdSource};
use std::sync::Arc;

/// The tools of handlers and jobs. Cheap to clone.
#[derive(Clone)]
pub struct Environment {
    pub db: Db,
    pub blobs: Blobs,
    pub index: Arc<IndexFollower>,
    /// Reads documents, in a process of its own.
    pub parser: Parser,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<IdSource>,
    /// Signs session tokens and one-time links.
    pub signing_key: MacKey,
}
