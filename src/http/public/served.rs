//! The settings of the clients that visitors ask for, remembered for as long as nothing was written.
//!
//! Every request of a widget needs them, and they change rarely. What is remembered carries the number of commits
//! that it was read at; one more commit, and it is read anew. So nothing stale is ever served.

use crate::domain::Environment;
use crate::domain::clients::settings::ClientSettings;
use crate::domain::clients::{self, ClientError, sightings};
use crate::ground::ids::ClientId;
use crate::ground::limits::SERVED_CLIENTS_MAX;
use crate::ground::scope::ClientScope;
use crate::ground::time::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Debug, Clone, Default)]
pub struct ServedClients(Arc<Mutex<HashMap<ClientId, Remembered>>>);

#[derive(Debug, Clone)]
struct Remembered {
    commits: u64,
    served: Served,
}

/// A client that visitors may speak to, as it stands now.
#[derive(Debug, Clone)]
pub struct Served {
    pub settings: Arc<ClientSettings>,
    pub scope: ClientScope,
    pub widget_seen_at: Option<Timestamp>,
}

impl ServedClients {
    /// This client, if it exists and is served.
    pub async fn get(&self, env: &Environment, client_id: &ClientId) -> Result<Served, ClientError> {
        // Counted before the read: a commit in between makes what is read here too old, never too new.
        let commits = env.db.commits();
        if let Some(served) = self.remembered(client_id, commits) {
            return Ok(served);
        }
        let id = client_id.clone();
        let read = env.db.read(move |tx| -> Result<_, ClientError> {
            let scope = clients::public_scope(tx, &id, None)?;
            let settings = Arc::new(clients::get_settings(tx, &scope)?.0);
            let widget_seen_at = sightings::find(tx, &scope)?;
            Ok(Served { settings, scope, widget_seen_at })
        });
        let served = read.await?;
        self.remember(client_id, Remembered { commits, served: served.clone() });
        Ok(served)
    }

    fn remembered(&self, client_id: &ClientId, commits: u64) -> Option<Served> {
        let clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = clients.get(client_id).filter(|remembered| remembered.commits == commits)?;
        Some(found.served.clone())
    }

    fn remember(&self, client_id: &ClientId, remembered: Remembered) {
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if clients.len() >= SERVED_CLIENTS_MAX && !clients.contains_key(client_id) {
            clients.clear();
        }
        clients.insert(client_id.clone(), remembered);
    }
}
