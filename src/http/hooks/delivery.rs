//! The body of a delivery: its bytes as they came, which are what was signed, and the header that signs them.

use crate::ground::limits::WEBHOOK_BODY_BYTES_MAX;
use crate::http::Problem;
use crate::http::body::{BodySpec, RequestBody, collect};
use axum::extract::Request;
use bytes::Bytes;
use schemars::{Schema, SchemaGenerator, json_schema};
use std::time::Duration;

const SIGNATURE: &str = "stripe-signature";

/// A delivery of Stripe's, not yet believed.
pub(super) struct Delivery {
    /// None when it is missing, or is not text.
    pub signature: Option<String>,
    /// Why the body could not be read: the handler counts it.
    pub body: Result<Bytes, Problem>,
}

impl RequestBody for Delivery {
    async fn read(request: Request, patience: Duration) -> Result<Self, Problem> {
        let signature =
            request.headers().get(SIGNATURE).and_then(|value| value.to_str().ok()).map(str::to_owned);
        // Whoever does not sign is not listened to.
        let body = match signature {
            Some(_) => collect(request, patience, WEBHOOK_BODY_BYTES_MAX).await,
            None => Ok(Bytes::new()),
        };
        Ok(Self { signature, body })
    }

    fn describe(_: &mut SchemaGenerator) -> Option<BodySpec> {
        let schema: Schema = json_schema!({
            "type": "object",
            "description": "An event as Stripe wrote it, signed by the header `Stripe-Signature`.",
            "properties": { "id": { "type": "string" }, "type": { "type": "string" } },
            "required": ["id", "type"],
        });
        Some(BodySpec { content_type: "application/json", schema })
    }
}
