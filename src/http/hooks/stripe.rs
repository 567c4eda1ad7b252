//! `POST /api/webhooks/stripe`: Stripe's events, each stored once by its id before it is acknowledged (BIL-20, BIL-21).

use super::delivery::Delivery;
use super::metrics::{Refused, WebhookMetrics};
use crate::gateway::stripe::event::{self, StripeEvent};
use crate::gateway::stripe::signature::{self, SignatureError};
use crate::ground::scope::Actor;
use crate::ground::secret::Secret;
use crate::ground::time::Timestamp;
use crate::http::{
    Anyone, Call, Code, Json, Limit, NoPath, NoQuery, Problem, Public, Route, operation, post,
};
use crate::store::inbox::{self, InboxFlag, InboxMode, NewInboxEvent, Received};
use crate::store::{DbError, fault};
use schemars::JsonSchema;
use serde::Serialize;
use tracing::{info, warn};

const PROVIDER: &str = "stripe";

/// What a delivery is judged by.
#[derive(Debug, Clone)]
pub struct StripeHook {
    /// Of the endpoint: one, or more while they are exchanged.
    pub secrets: Vec<Secret<String>>,
    /// The mode that counts here.
    pub mode: InboxMode,
}

pub(super) fn routes() -> Vec<Route> {
    let takes = operation("receiveStripeEvent", "Webhooks", "Take an event that Stripe delivers.");
    let signed = Public("every delivery is signed with a secret that only Stripe and this node know");
    let row = post("/api/webhooks/stripe", takes, signed, Limit::Webhook, receive);
    // The description is public, and names no provider (APP-10).
    vec![row.may_answer(&[Code::InvalidRequest, Code::SignatureRefused, Code::NotFound]).hidden()]
}

/// What Stripe hears; it looks at the status only.
#[derive(Debug, Serialize, JsonSchema)]
struct ReceivedView {
    received: bool,
    /// Whether the event was here already.
    duplicate: bool,
}

async fn receive(call: Call<Anyone, NoPath, NoQuery, Delivery>) -> Result<Json<ReceivedView>, Problem> {
    let hooks = &call.state.node.hooks;
    let Some(hook) = &hooks.stripe else {
        return Err(Problem::with_detail(
            Code::NotFound,
            "No events are taken here: the endpoint's signing secret (`billing.webhook_secret`) is not set.",
        ));
    };
    let (new, lag_ms) =
        judge(hook, call.body, call.meta.now).map_err(|refusal| refusal.tell(&hooks.metrics))?;
    let (flag, event_id, kind) = (new.flag, new.event_id.clone(), new.kind.clone());
    let stored = call.state.env.db.write(Actor::System(PROVIDER), move |tx| -> Result<_, DbError> {
        let received = inbox::receive(tx, &new)?;
        fault::point("webhook.before_commit");
        Ok(received)
    });
    let received = stored.await.inspect_err(|_| hooks.metrics.refused(Refused::NotStored))?;
    fault::point("webhook.after_commit");
    match received {
        Received::New(seq) => {
            hooks.metrics.stored(flag, lag_ms);
            match flag {
                None => info!(inbox.seq = seq, event.id = %event_id, event.kind = %kind, "Took an event in"),
                Some(flag) => {
                    warn!(inbox.seq = seq, event.id = %event_id, %flag, "Took an event in that does not count here");
                }
            }
        }
        Received::Duplicate => hooks.metrics.duplicate(),
    }
    Ok(Json(ReceivedView { received: true, duplicate: received == Received::Duplicate }))
}

/// Why a delivery is turned away, and what its sender hears.
struct Refusal(Refused, Problem);

impl Refusal {
    fn tell(self, metrics: &WebhookMetrics) -> Problem {
        metrics.refused(self.0);
        warn!(reason = %self.0, "Refused a delivery to the endpoint of Stripe's events");
        self.1
    }
}

impl From<SignatureError> for Refusal {
    fn from(error: SignatureError) -> Self {
        let why = match error {
            SignatureError::Missing => Refused::SignatureMissing,
            SignatureError::Malformed => Refused::SignatureMalformed,
            SignatureError::Mismatch => Refused::SignatureMismatch,
            SignatureError::Stale => Refused::Stale,
        };
        Self(why, Problem::with_detail(Code::SignatureRefused, error.to_string()))
    }
}

/// The event as it is stored, and how long after it happened; or why the delivery is not believed.
fn judge(
    hook: &StripeHook,
    delivery: Delivery,
    now: Timestamp,
) -> Result<(NewInboxEvent, Option<i64>), Refusal> {
    let body = delivery.body.map_err(|problem| Refusal(Refused::BodyUnread, problem))?;
    signature::verify(delivery.signature.as_deref(), &body, &hook.secrets, now)?;
    let event = event::read(&body).map_err(|error| {
        Refusal(Refused::NoEvent, Problem::with_detail(Code::InvalidRequest, error.to_string()))
    })?;
    let lag_ms = event.created_at.map(|at| now.ms_since(at));
    let mode = if event.is_live { InboxMode::Live } else { InboxMode::Test };
    let new = NewInboxEvent {
        provider: PROVIDER,
        flag: flag_of(&event, mode, hook.mode),
        // Only events of connected accounts name theirs.
        account: event.account.unwrap_or_default(),
        mode,
        event_id: event.id,
        kind: event.kind,
        payload: Secret::new(body.to_vec()),
    };
    Ok((new, lag_ms))
}

fn flag_of(event: &StripeEvent, mode: InboxMode, own_mode: InboxMode) -> Option<InboxFlag> {
    if event.account.is_some() {
        Some(InboxFlag::OtherAccount)
    } else {
        (mode != own_mode).then_some(InboxFlag::OtherMode)
    }
}
