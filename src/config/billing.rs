//! The section `[billing]`: what is taken in from Stripe.

use super::formats::split_secrets;
use super::settings::write_mask;
use crate::ground::limits;
use crate::ground::secret::Secret;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What Stripe sends. Its events are checked, stored and shown; nothing is done with them yet.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BillingSettings {
    /// Signing secret of the endpoint `/api/webhooks/stripe`, as Stripe shows it (`whsec_…`). Several, with commas
    /// between them, while one takes the place of another: a delivery that fits any of them is taken. When it is
    /// empty, the endpoint is not there.
    #[serde(serialize_with = "write_mask")]
    #[schemars(length(max = limits::WEBHOOK_SECRETS_CHARS_MAX), extend("format" = "webhook-secrets"))]
    pub webhook_secret: Secret<String>,

    /// Which of Stripe's modes counts here: `test`, or `live` where money moves. Events of the other mode are stored
    /// and flagged, and never applied.
    pub mode: BillingMode,
}

/// Stripe's modes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BillingMode {
    Test,
    Live,
}

impl Default for BillingSettings {
    fn default() -> Self {
        Self { webhook_secret: Secret::new(String::new()), mode: BillingMode::Test }
    }
}

/// Each secret of a list with commas; none of an empty one.
pub fn secrets_of(list: &Secret<String>) -> Vec<Secret<String>> {
    let text = list.reveal();
    if text.is_empty() {
        return Vec::new();
    }
    split_secrets(text).into_iter().map(|secret| Secret::new(secret.to_owned())).collect()
}
