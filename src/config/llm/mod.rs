//! The settings of language models: which providers are asked, in which order, with which keys.
//!
//! `[llm]` is the first provider, `[llm_fallback_1]` and `[llm_fallback_2]` are asked when it fails. A key may also
//! stand in its provider's own variable (`XAI_API_KEY`, `OPENAI_API_KEY`, `ANTHROPIC_API_KEY`); such a key is read for
//! its own provider only. What belongs together is checked in [`check`].

mod check;
mod keys;

pub(super) use check::check;
pub(super) use keys::read_key_layer;

use super::settings::write_mask;
use crate::ground::limits;
use crate::ground::secret::Secret;
use crate::ground::temperature::Temperature;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Language models that write answers. Without one, answers are quoted from FAQs and documents word for word.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LlmSettings {
    /// Whose interface is spoken: `openai_compatible` for any server that speaks OpenAI's (Ollama, llama.cpp, vLLM,
    /// LM Studio, and others), `xai`, `openai`, `anthropic`, or `none`. Where nothing is set here and the variable
    /// XAI_API_KEY is, it is `xai`.
    pub provider: LlmProvider,

    /// Where the provider answers, such as `http://127.0.0.1:11434/v1`; with its version, as the provider documents
    /// it. When it is empty, the provider's own address is used; `openai_compatible` has none.
    #[schemars(length(max = limits::LLM_BASE_URL_CHARS_MAX), extend("format" = "base-url"))]
    pub base_url: String,

    /// The model's name, as the provider writes it. When it is empty, a quick model of the provider is used;
    /// `openai_compatible` has none.
    #[schemars(length(max = limits::LLM_MODEL_CHARS_MAX), extend("format" = "one-line"))]
    pub model: String,

    /// The provider's key. A server of your own may need none. The variables XAI_API_KEY, OPENAI_API_KEY and
    /// ANTHROPIC_API_KEY are read too, each for its own provider.
    #[serde(serialize_with = "write_mask")]
    #[schemars(length(max = limits::LLM_KEY_CHARS_MAX), extend("format" = "api-key"))]
    pub api_key: Secret<String>,

    /// Further models of this provider that a client may choose instead of `model`.
    #[schemars(
        length(max = limits::LLM_MODELS_ALLOWED_MAX),
        extend("items" = { "type": "string", "format": "one-line" })
    )]
    pub models_allowed: Vec<String>,

    /// What models cost: for each its name, then US dollars per million tokens that it reads and per million that it
    /// writes, as price lists state them: `gpt-4.1-mini 0.40 1.60`. The test chat shows by it what an answer would
    /// have cost. For fallbacks too.
    #[schemars(
        length(max = limits::LLM_PRICES_MAX),
        extend("items" = { "type": "string", "format": "model-price" })
    )]
    pub prices: Vec<String>,

    /// How freely answers are worded, from 0 (always the likeliest word) to 2, where a client sets nothing else.
    pub temperature: Temperature,

    /// The longest answer, in tokens of the model, where a client sets nothing else.
    #[schemars(range(min = limits::LLM_OUTPUT_TOKENS_MIN, max = limits::LLM_OUTPUT_TOKENS_MAX))]
    pub output_tokens_max: u32,

    /// Calls to one provider at the same time, from all clients together. Further ones wait, each client in a queue
    /// of its own.
    #[schemars(range(min = 1, max = limits::LLM_CONCURRENCY_MAX))]
    pub concurrency: u32,
}

impl Default for LlmSettings {
    fn default() -> Self {
        Self {
            provider: LlmProvider::None,
            base_url: String::new(),
            model: String::new(),
            api_key: Secret::new(String::new()),
            models_allowed: Vec::new(),
            prices: Vec::new(),
            temperature: Temperature::from_hundredths(limits::TEMPERATURE_HUNDREDTHS_DEFAULT)
                .unwrap_or(Temperature::LOWEST),
            output_tokens_max: limits::LLM_OUTPUT_TOKENS_DEFAULT,
            concurrency: limits::LLM_CONCURRENCY_DEFAULT,
        }
    }
}

/// A provider that is asked when those before it fail.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LlmFallbackSettings {
    /// As `llm.provider`; `none` ends the chain here.
    pub provider: LlmProvider,

    /// As `llm.base_url`, for this provider.
    #[schemars(length(max = limits::LLM_BASE_URL_CHARS_MAX), extend("format" = "base-url"))]
    pub base_url: String,

    /// As `llm.model`, for this provider.
    #[schemars(length(max = limits::LLM_MODEL_CHARS_MAX), extend("format" = "one-line"))]
    pub model: String,

    /// This provider's key.
    #[serde(serialize_with = "write_mask")]
    #[schemars(length(max = limits::LLM_KEY_CHARS_MAX), extend("format" = "api-key"))]
    pub api_key: Secret<String>,
}

impl Default for LlmFallbackSettings {
    fn default() -> Self {
        Self {
            provider: LlmProvider::None,
            base_url: String::new(),
            model: String::new(),
            api_key: Secret::new(String::new()),
        }
    }
}

/// Whose interface is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LlmProvider {
    None,
    OpenaiCompatible,
    Xai,
    Openai,
    Anthropic,
}

/// The sections of the chain, in its order.
const SECTIONS: [&str; 3] = ["llm", "llm_fallback_1", "llm_fallback_2"];

/// The providers whose keys have variables and shapes of their own: name, variable, how its keys begin.
const VENDORS: [(&str, &str, Option<&str>); 3] = [
    ("xai", "XAI_API_KEY", Some("xai-")),
    ("openai", "OPENAI_API_KEY", None),
    ("anthropic", "ANTHROPIC_API_KEY", Some("sk-ant-")),
];
