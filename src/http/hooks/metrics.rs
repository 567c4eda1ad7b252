//! What the appliance tells Prometheus of deliveries: how many were stored, were there already, or were refused and
//! why; how long after the event they came; and how many events wait in the inbox.

use crate::ground::time::Timestamp;
use crate::store::inbox::{InboxCounts, InboxFlag};
use crate::text_enum;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Upper borders in seconds: from a delivery at once to one after an outage of three days, when Stripe gives up.
const LAG_BUCKETS_S: [f64; 8] = [1.0, 5.0, 30.0, 60.0, 300.0, 3_600.0, 21_600.0, 259_200.0];

text_enum! {
    /// Why a delivery was not taken.
    pub enum Refused {
        SignatureMissing = "signature_missing",
        SignatureMalformed = "signature_malformed",
        SignatureMismatch = "signature_mismatch",
        Stale = "stale",
        BodyUnread = "body_unread",
        NoEvent = "no_event",
        /// Ours to mend: it was answered with 5xx, so that it comes again.
        NotStored = "not_stored",
    }
}

type Labels = [(&'static str, &'static str); 2];

/// Counters of the hooks. Clones share their numbers.
#[derive(Debug, Clone)]
pub struct WebhookMetrics {
    taken: Family<Labels, Counter>,
    refused: Family<Labels, Counter>,
    lag: Histogram,
    inbox: Family<[(&'static str, &'static str); 1], Gauge>,
    oldest_s: Gauge,
}

impl WebhookMetrics {
    /// Makes the metrics and registers them. Once per registry.
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            taken: Family::default(),
            refused: Family::default(),
            lag: Histogram::new(LAG_BUCKETS_S),
            inbox: Family::default(),
            oldest_s: Gauge::default(),
        };
        // The encoder appends `_total` to counters.
        registry.register("snip_webhook_events", "Deliveries that were taken", metrics.taken.clone());
        registry.register("snip_webhook_refused", "Deliveries that were not taken", metrics.refused.clone());
        registry.register(
            "snip_webhook_lag_seconds",
            "Seconds between an event at the vendor and its storing here",
            metrics.lag.clone(),
        );
        registry.register("snip_inbox_events", "Events of vendors by state", metrics.inbox.clone());
        registry.register(
            "snip_inbox_oldest_seconds",
            "Seconds for which the oldest event that could be handled has waited",
            metrics.oldest_s.clone(),
        );
        metrics
    }

    pub(super) fn stored(&self, flag: Option<InboxFlag>, lag_ms: Option<i64>) {
        self.take(flag.map_or("stored", InboxFlag::as_str));
        if let Some(lag_ms) = lag_ms {
            // A vendor's clock may be ahead of ours.
            self.lag.observe(std::time::Duration::from_millis(lag_ms.max(0).unsigned_abs()).as_secs_f64());
        }
    }

    pub(super) fn duplicate(&self) {
        self.take("duplicate");
    }

    fn take(&self, outcome: &'static str) {
        self.taken.get_or_create(&[("provider", "stripe"), ("outcome", outcome)]).inc();
    }

    pub(super) fn refused(&self, why: Refused) {
        self.refused.get_or_create(&[("provider", "stripe"), ("reason", why.as_str())]).inc();
    }

    /// How the inbox stands, as it was just counted.
    pub(in crate::http) fn show(&self, counts: &InboxCounts, now: Timestamp) {
        for (state, count) in
            [("received", counts.received), ("ignored", counts.ignored), ("dead", counts.dead)]
        {
            self.inbox.get_or_create(&[("state", state)]).set(i64::from(count));
        }
        let waited_ms = counts.oldest_due_at.map_or(0, |due_at| now.ms_since(due_at).max(0));
        self.oldest_s.set(waited_ms / 1_000);
    }
}
