//! The settings of the clients that visitors ask for, remembered for as long as nothing was written.
//!
//! Every request of a widget needs them, and they change rarely. What is remembered carries the number of commits
//! that it was read at; one more commit, and it is read anew. So nothing stale is ever served.

use crate::domain::Environment;
use crate::domain::clients::settings::ClientSettings;
use crate::domain::clients::{self, ClientError};
use crate::ground::ids::ClientId;
use crate::ground::limits::SERVED_CLIENTS_MAX;
use crate::ground::scope::ClientScope;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Debug, Clone, Default)]
pub struct ServedClients(Arc<Mutex<HashMap<ClientId, Remembered>>>);

#[derive(Debug, Clone)]
struct Remembered {
    commits: u64,
    settings: Arc<ClientSettings>,
}

impl ServedClients {
    /// The settings of this client, if it exists and is served.
    pub async fn settings(
        &self,
        env: &Environment,
        client_id: &ClientId,
    ) -> Result<(Arc<ClientSettings>, ClientScope), ClientError> {
        // Counted before the read: a commit in between makes what is read here too old, never too new.
        let commits = env.db.commits();
        if let Some(settings) = self.remembered(client_id, commits) {
            return Ok((settings, ClientScope::from_public_route(client_id.clone(), None)));
        }
        let id = client_id.clone();
        let found = env.db.read(move |tx| -> Result<_, ClientError> {
            let scope = clients::public_scope(tx, &id, None)?;
            Ok((clients::get_settings(tx, &scope)?.0, scope))
        });
        let (settings, scope) = found.await?;
        let settings = Arc::new(settings);
        self.remember(client_id, Remembered { commits, settings: Arc::clone(&settings) });
        Ok((settings, scope))
    }

    fn remembered(&self, client_id: &ClientId, commits: u64) -> Option<Arc<ClientSettings>> {
        let clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = clients.get(client_id).filter(|remembered| remembered.commits == commits)?;
        Some(Arc::clone(&found.settings))
    }

    fn remember(&self, client_id: &ClientId, remembered: Remembered) {
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if clients.len() >= SERVED_CLIENTS_MAX && !clients.contains_key(client_id) {
            clients.clear();
        }
        clients.insert(client_id.clone(), remembered);
    }
}
