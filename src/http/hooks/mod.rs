//! What vendors send by themselves. A hook checks that a delivery is the vendor's, stores it in the inbox, and answers
//! once it is on disk; it does nothing else. What was stored is handled from there (`store/inbox.rs`), so that a
//! failure of ours never asks the vendor for a storm of repeats: only what could not be stored is answered with 5xx.
//!
//! These rows have no limit: a delivery that is turned away comes back, and one that is not signed costs a hash.

mod delivery;
pub mod metrics;
pub mod stripe;

use super::Route;
use metrics::WebhookMetrics;
use stripe::StripeHook;

pub(super) fn routes() -> Vec<Route> {
    stripe::routes()
}

/// The hooks of this node.
#[derive(Debug, Clone)]
pub struct Hooks {
    /// None without a secret.
    pub stripe: Option<StripeHook>,
    pub metrics: WebhookMetrics,
}
