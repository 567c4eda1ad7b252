//! The envelope of an event: as much of it as every version of Stripe's interface has. Pure.

use crate::ground::limits::WEBHOOK_NAME_CHARS_MAX;
use crate::ground::time::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// Which event a delivery brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StripeEvent {
    /// `evt_…`: the same for every delivery of this event.
    pub id: String,
    /// `invoice.paid`, known to us or not.
    pub kind: String,
    pub is_live: bool,
    /// The connected account that it happened in; None for the account that the endpoint belongs to.
    pub account: Option<String>,
    /// When it happened, to the second, where the event says so.
    pub created_at: Option<Timestamp>,
}

/// Signed, but no event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The body is signed, but it is no event with an `id` and a `type`.")]
pub struct NoEvent;

/// Fields that are absent, or are not what they should be, are no reason to lose an event that has an id and a type.
#[derive(Deserialize)]
struct Envelope {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    livemode: Value,
    #[serde(default)]
    account: Value,
    #[serde(default)]
    created: Value,
}

/// Reads the envelope. An event that does not say whether it is of live mode is taken for one of test mode, so that it
/// cannot pass for money.
pub fn read(payload: &[u8]) -> Result<StripeEvent, NoEvent> {
    let envelope: Envelope = serde_json::from_slice(payload).map_err(|_| NoEvent)?;
    let is_name = |text: &str| (1..=WEBHOOK_NAME_CHARS_MAX).contains(&text.chars().count());
    if !is_name(&envelope.id) || !is_name(&envelope.kind) {
        return Err(NoEvent);
    }
    let account = envelope.account.as_str().filter(|text| is_name(text)).map(str::to_owned);
    Ok(StripeEvent {
        id: envelope.id,
        kind: envelope.kind,
        is_live: envelope.livemode == Value::Bool(true),
        account,
        created_at: envelope
            .created
            .as_i64()
            .and_then(|seconds| seconds.checked_mul(1_000))
            .map(Timestamp::from_ms),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    // BIL-25
    #[test]
    fn an_event_is_read_whatever_else_it_holds_and_lacks() {
        let whole = read(
            br#"{"id":"evt_1","type":"invoice.paid","livemode":true,"created":1795000000,"account":"acct_9",
                 "api_version":"2031-01-01","data":{"object":{"new":[1]}}}"#,
        );
        let bare =
            read(br#"{"type":"made.up","id":"evt_2","created":"2026-11-18T11:06:40Z","livemode":null}"#);

        assert_eq!(
            whole,
            Ok(StripeEvent {
                id: "evt_1".to_owned(),
                kind: "invoice.paid".to_owned(),
                is_live: true,
                account: Some("acct_9".to_owned()),
                created_at: Some(Timestamp::from_ms(1_795_000_000_000)),
            })
        );
        let bare = bare.unwrap();
        assert_eq!((bare.is_live, bare.account, bare.created_at), (false, None, None));
    }

    #[test]
    fn what_cannot_be_named_is_no_event() {
        let long = format!(r#"{{"id":"{}","type":"x"}}"#, "e".repeat(WEBHOOK_NAME_CHARS_MAX + 1));
        for payload in [
            "",
            "[]",
            "null",
            "{}",
            r#"{"id":"evt_1"}"#,
            r#"{"id":1,"type":"x"}"#,
            r#"{"id":"","type":"x"}"#,
            &long,
        ] {
            assert_eq!(read(payload.as_bytes()), Err(NoEvent), "{payload}");
        }
    }
}
