//! Stripe's side of webhooks: events as it writes them, and signatures as it makes them.

use crate::support::http::{Reply, Site};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use snip::ground::crypto::{hex, hmac_sha256};

pub const SECRET: &str = "whsec_0123456789abcdef0123456789abcdef";
pub const PATH: &str = "/api/webhooks/stripe";

/// An event of test mode.
pub fn event(id: &str, kind: &str, created_s: i64) -> Value {
    json!({
        "id": id,
        "object": "event",
        "api_version": "2026-08-26",
        "created": created_s,
        "livemode": false,
        "pending_webhooks": 1,
        "request": { "id": null, "idempotency_key": null },
        "type": kind,
        "data": { "object": { "id": format!("in_{id}"), "object": "invoice", "customer_name": "Zoë Ünal 🍞" } },
    })
}

/// The header that signs these bytes at this second.
pub fn signature(secret: &str, at_s: i64, body: &[u8]) -> String {
    let message = [format!("{at_s}.").as_bytes(), body].concat();
    format!("t={at_s},v1={}", hex(&hmac_sha256(secret.as_bytes(), &message)))
}

/// A delivery of these bytes under this header.
pub fn delivery(site: &Site, header: &str, body: impl Into<Vec<u8>>) -> RequestBuilder {
    site.request(Method::POST, PATH)
        .header("stripe-signature", header)
        .header("content-type", "application/json; charset=utf-8")
        .body(body.into())
}

/// Delivers an event signed now.
pub async fn deliver(site: &Site, at_s: i64, event: &Value) -> Reply {
    let body = event.to_string();
    Reply::of(delivery(site, &signature(SECRET, at_s, body.as_bytes()), body)).await
}
