//! Judges credentials by the database.

use super::access::{Access, Admission, Gatekeeper, Presented};
use super::{Code, Problem};
use crate::domain::Environment;
use crate::domain::access::{keys, setup};
use crate::domain::clients::ClientStatus;
use crate::ground::crypto::constant_time_eq;
use crate::ground::scope::AgencyScope;
use crate::ground::secret::Secret;
use crate::store::DbError;
use crate::store::error::Chain;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tracing::warn;

/// Looks credentials up where they are kept.
pub struct StoreGatekeeper {
    pub env: Environment,
    pub metrics_token: Secret<String>,
    pub is_metrics_enabled: bool,
}

impl Gatekeeper for StoreGatekeeper {
    fn admit<'a>(
        &'a self,
        access: Access,
        presented: Presented<'a>,
    ) -> BoxFuture<'a, Result<Admission, Problem>> {
        async move {
            match access {
                Access::Public { .. } => Ok(Admission::Anyone),
                Access::Key(_) => self.admit_key(presented).await,
                Access::Setup => self.admit_setup(presented).await,
                Access::Metrics => self.admit_metrics(presented),
            }
        }
        .boxed()
    }
}

impl StoreGatekeeper {
    async fn admit_key(&self, presented: Presented<'_>) -> Result<Admission, Problem> {
        let unknown = || {
            Problem::with_detail(
                Code::Unauthorized,
                "This API key is not valid. Check it, or make a new one.",
            )
        };
        let key = presented.credential.ok_or_else(unknown)?.clone();
        let found =
            self.env.db.read(move |tx| -> Result<_, DbError> { keys::find_grant(tx, key.reveal()) }).await?;
        let grant = found.ok_or_else(unknown)?;
        if grant.client_status == ClientStatus::Suspended {
            return Err(Problem::with_detail(
                Code::ClientInactive,
                "This client is suspended. Ask the agency to resume it.",
            ));
        }
        if keys::is_touch_due(&grant, presented.now) {
            let used = grant.clone();
            let touched =
                self.env.db.write(grant.scope.actor().clone(), move |tx| keys::touch(tx, &used)).await;
            // The time of last use is a courtesy: a full disk must not lock readers out.
            if let Err(error) = touched {
                warn!("The last use of a key could not be noted: {}", Chain(&error));
            }
        }
        Ok(Admission::Key { scope: grant.scope, scopes: grant.key_scopes.into_iter().collect() })
    }

    async fn admit_setup(&self, presented: Presented<'_>) -> Result<Admission, Problem> {
        let invalid =
            || Problem::with_detail(Code::SetupLinkInvalid, setup::SetupError::InvalidLink.to_string());
        let token = presented.credential.ok_or_else(invalid)?.clone();
        let key = self.env.signing_key.clone();
        let is_open = self
            .env
            .db
            .read(move |tx| -> Result<_, DbError> { setup::is_open(tx, &key, token.reveal()) })
            .await?;
        if is_open { Ok(Admission::Setup(AgencyScope::from_setup_link())) } else { Err(invalid()) }
    }

    fn admit_metrics(&self, presented: Presented<'_>) -> Result<Admission, Problem> {
        if !self.is_metrics_enabled {
            return Err(Problem::not_found());
        }
        let given = presented.credential.map(|token| token.reveal().as_bytes()).unwrap_or_default();
        if constant_time_eq(given, self.metrics_token.reveal().as_bytes()) {
            Ok(Admission::Metrics)
        } else {
            let detail =
                "Send the metrics token as `Authorization: Bearer …`; it stands in `keys/metrics_token`.";
            Err(Problem::with_detail(Code::Unauthorized, detail))
        }
    }
}
