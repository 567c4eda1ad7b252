//! Judges credentials by the database.

use super::access::{self, Access, Admission, Gatekeeper, Presented};
use super::{Code, Problem};
use crate::domain::Environment;
use crate::domain::access::agency_keys::{self, AGENCY_KEY_PREFIX};
use crate::domain::access::{keys, sessions, setup};
use crate::domain::clients::ClientStatus;
use crate::ground::crypto::constant_time_eq;
use crate::ground::ids::{ClientId, Id as _};
use crate::ground::scope::AgencyScope;
use crate::ground::secret::Secret;
use crate::store::DbError;
use crate::store::error::Chain;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use std::sync::Arc;
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
                Access::Agency(_) | Access::Member { .. } if is_agency_key(presented.credential) => {
                    self.admit_agency_key(access, presented).await
                }
                Access::Session | Access::Agency(_) | Access::Member { .. } => {
                    self.admit_session(access, presented).await
                }
                Access::Setup => self.admit_setup(presented).await,
                Access::Metrics => self.admit_metrics(presented),
            }
        }
        .boxed()
    }
}

fn is_agency_key(credential: Option<&Secret<String>>) -> bool {
    credential.is_some_and(|text| text.reveal().starts_with(AGENCY_KEY_PREFIX))
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
        let scopes = grant.key_scopes.into_iter().collect();
        Ok(Admission::Key { scope: grant.scope, scopes, withheld: grant.withheld })
    }

    async fn admit_session(&self, access: Access, presented: Presented<'_>) -> Result<Admission, Problem> {
        let token = presented.credential.ok_or_else(access::session_missing)?.clone();
        // What is no id names nothing; the session is judged all the same.
        let client = presented.client.and_then(|text| ClientId::parse(text).ok());
        let found = self.env.db.read(move |tx| -> Result<_, DbError> {
            let Some(grant) = sessions::find_grant(tx, token.reveal())? else { return Ok(None) };
            let right = match &client {
                Some(client) => grant.on_client(tx, client)?,
                None => None,
            };
            Ok(Some((grant, right)))
        });
        let (grant, right) = found.await?.ok_or_else(access::session_missing)?;
        if sessions::is_touch_due(&grant, presented.now) {
            let used = grant.clone();
            let touched = self.env.db.write(grant.actor(), move |tx| sessions::touch(tx, &used)).await;
            // As with keys: a courtesy, and no reason to lock anybody out.
            if let Err(error) = touched {
                warn!("The last use of a session could not be noted: {}", Chain(&error));
            }
        }
        let grant = Arc::new(grant);
        match access {
            Access::Agency(_) => match grant.in_agency() {
                Some(right) => Ok(Admission::Agency { grant: Some(grant), right }),
                None => {
                    Err(Problem::with_detail(Code::Forbidden, "This is for people of the agency itself."))
                }
            },
            Access::Member { .. } => {
                let right = right.ok_or_else(Problem::not_found)?;
                if right.client_status == ClientStatus::Suspended && !right.is_of_agency {
                    return Err(Problem::with_detail(
                        Code::ClientInactive,
                        "This account is suspended. Ask the agency to resume it.",
                    ));
                }
                Ok(Admission::Member { grant: Some(grant), right })
            }
            _ => Ok(Admission::Session(grant)),
        }
    }

    async fn admit_agency_key(&self, access: Access, presented: Presented<'_>) -> Result<Admission, Problem> {
        let unknown = || Problem::with_detail(Code::Unauthorized, "This key of the agency is not valid.");
        let key = presented.credential.ok_or_else(unknown)?.clone();
        let client = presented.client.and_then(|text| ClientId::parse(text).ok());
        let found = self.env.db.read(move |tx| -> Result<_, DbError> {
            let Some(grant) = agency_keys::find_grant(tx, key.reveal())? else { return Ok(None) };
            let right = match &client {
                Some(client) => grant.on_client(tx, client)?,
                None => None,
            };
            Ok(Some((grant, right)))
        });
        let (grant, right) = found.await?.ok_or_else(unknown)?;
        let in_agency = grant.in_agency();
        if agency_keys::is_touch_due(&grant, presented.now) {
            let actor = in_agency.scope.actor().clone();
            let touched = self.env.db.write(actor, move |tx| agency_keys::touch(tx, &grant)).await;
            // As with other keys: a courtesy, and no reason to lock anybody out.
            if let Err(error) = touched {
                warn!("The last use of a key could not be noted: {}", Chain(&error));
            }
        }
        match access {
            Access::Agency(_) => Ok(Admission::Agency { grant: None, right: in_agency }),
            _ => Ok(Admission::Member { grant: None, right: right.ok_or_else(Problem::not_found)? }),
        }
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
