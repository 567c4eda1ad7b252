//! What the work of the rooms needs beside its arguments. Made once, in `app.rs`.

use super::access::sign_up::SignUpPlan;
use super::chat::live::LiveTurns;
use super::clients::serving::Caps;
use super::knowledge::follower::IndexFollower;
use super::knowledge::parser::Parser;
use super::knowledge::vectors::Vectors;
use super::notify::MailBrand;
use super::ops::backups::Backups;
use crate::gateway::email::EmailGateway;
use crate::gateway::llm::LlmChain;
use crate::ground::crypto::MacKey;
use crate::ground::model_prices::ModelPrices;
use crate::index::embed::EmbedderSlot;
use crate::store::blob::Blobs;
use crate::store::{Clock, Db, IdSource};
use std::sync::Arc;

/// The tools of handlers and jobs. Cheap to clone.
#[derive(Clone)]
pub struct Environment {
    pub db: Db,
    pub blobs: Blobs,
    pub index: Arc<IndexFollower>,
    pub vectors: Arc<Vectors>,
    /// Empty without a model.
    pub embedder: EmbedderSlot,
    /// The language models; without one, answers are quoted and not written.
    pub llm: LlmChain,
    /// Reads documents, in a process of its own.
    pub parser: Parser,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<IdSource>,
    /// Signs session tokens and one-time links.
    pub signing_key: MacKey,
    /// Turns that are being answered in this process.
    pub turns: LiveTurns,
    /// What models cost.
    pub prices: Arc<ModelPrices>,
    /// Where mail goes.
    pub mail: EmailGateway,
    /// The sender's address; empty: `no-reply` at the host of the node.
    pub mail_from: String,
    pub mail_brand: Arc<MailBrand>,
    /// What an account begins with that somebody opens by themselves; None where nobody may.
    pub sign_up: Option<SignUpPlan>,
    /// What clients have at most that nobody pays for.
    pub caps: Caps,
    /// What backups are made of, and how far one has come.
    pub backups: Backups,
}
