//! Which spaces are in memory: the most recently asked, within a bound of bytes.

use super::space::SpaceVectors;
use crate::ground::ids::ClientId;
use crate::index::vector::{StoredVector, VectorChange, VectorSpace};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Somebody reads a space out of the tables; others who want it wait for the turn.
#[derive(Debug, Default)]
pub(super) struct Load {
    pub turn: tokio::sync::Mutex<()>,
    /// A change came while it was read, so that what was read may lack it.
    is_stale: AtomicBool,
}

struct Cached {
    vectors: Arc<SpaceVectors>,
    /// The higher, the later it was asked.
    used: u64,
}

/// Behind one lock of the index.
pub(super) struct Cache {
    bytes_max: usize,
    bytes: usize,
    uses: u64,
    spaces: HashMap<VectorSpace, Cached>,
    loads: HashMap<VectorSpace, Arc<Load>>,
}

impl Cache {
    pub(super) fn new(bytes_max: usize) -> Self {
        Self { bytes_max, bytes: 0, uses: 0, spaces: HashMap::new(), loads: HashMap::new() }
    }

    pub(super) const fn bytes_max(&self) -> usize {
        self.bytes_max
    }

    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn get(&mut self, space: &VectorSpace) -> Option<Arc<SpaceVectors>> {
        self.uses += 1;
        let cached = self.spaces.get_mut(space)?;
        cached.used = self.uses;
        Some(Arc::clone(&cached.vectors))
    }

    /// The load of this space that is going on, or a new one.
    pub(super) fn load_of(&mut self, space: &VectorSpace) -> Arc<Load> {
        Arc::clone(self.loads.entry(space.clone()).or_default())
    }

    /// To be called when the turn was taken and nothing was read yet.
    pub(super) fn begin(&mut self, space: &VectorSpace, load: &Arc<Load>) {
        load.is_stale.store(false, Ordering::Relaxed);
        // A former holder of the turn may have taken it out.
        self.loads.insert(space.clone(), Arc::clone(load));
    }

    /// Keeps what was read, unless a change came meanwhile: then it serves its one reader only.
    pub(super) fn finish(&mut self, space: &VectorSpace, load: &Load, vectors: Option<&Arc<SpaceVectors>>) {
        self.loads.remove(space);
        let Some(vectors) = vectors.filter(|_| !load.is_stale.load(Ordering::Relaxed)) else { return };
        self.uses += 1;
        self.bytes += vectors.bytes();
        let cached = Cached { vectors: Arc::clone(vectors), used: self.uses };
        if let Some(former) = self.spaces.insert(space.clone(), cached) {
            self.bytes -= former.vectors.bytes();
        }
        self.make_room();
    }

    fn make_room(&mut self) {
        while self.bytes > self.bytes_max {
            let oldest = self.spaces.iter().min_by_key(|(_, cached)| cached.used);
            let Some(space) = oldest.map(|(space, _)| space.clone()) else { return };
            self.remove(&space);
        }
    }

    pub(super) fn remove(&mut self, space: &VectorSpace) {
        if let Some(cached) = self.spaces.remove(space) {
            self.bytes -= cached.vectors.bytes();
        }
    }

    /// Makes the changes in what is in memory; what is just being read will not be kept.
    pub(super) fn apply(&mut self, changes: Vec<VectorChange>) {
        let mut changed: HashMap<VectorSpace, HashMap<String, Vec<StoredVector>>> = HashMap::new();
        for change in changes {
            self.mark_stale(client_of(&change));
            match change {
                VectorChange::Put { space, key, vectors } => {
                    if self.spaces.contains_key(&space) {
                        changed.entry(space).or_default().insert(key, vectors);
                    }
                }
                VectorChange::Delete { client_id, key } => {
                    for space in self.spaces_of(&client_id) {
                        changed.entry(space).or_default().insert(key.clone(), Vec::new());
                    }
                }
            }
        }
        for (space, entries) in changed {
            let Some(cached) = self.spaces.get_mut(&space) else { continue };
            self.bytes -= cached.vectors.bytes();
            Arc::make_mut(&mut cached.vectors).replace(&entries);
            self.bytes += cached.vectors.bytes();
        }
        self.make_room();
    }

    pub(super) fn remove_client(&mut self, client_id: &ClientId) {
        self.mark_stale(client_id);
        for space in self.spaces_of(client_id) {
            self.remove(&space);
        }
    }

    pub(super) fn clear(&mut self) {
        self.loads.values().for_each(|load| load.is_stale.store(true, Ordering::Relaxed));
        self.spaces.clear();
        self.bytes = 0;
    }

    fn mark_stale(&self, client_id: &ClientId) {
        let own = self.loads.iter().filter(|(space, _)| space.client_id == *client_id);
        own.for_each(|(_, load)| load.is_stale.store(true, Ordering::Relaxed));
    }

    fn spaces_of(&self, client_id: &ClientId) -> Vec<VectorSpace> {
        self.spaces.keys().filter(|space| space.client_id == *client_id).cloned().collect()
    }
}

const fn client_of(change: &VectorChange) -> &ClientId {
    match change {
        VectorChange::Put { space, .. } => &space.client_id,
        VectorChange::Delete { client_id, .. } => client_id,
    }
}
