//! What the node embeds with right now.

use super::Embedder;
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::watch;

/// How the node stands with embedding.
#[derive(Clone)]
pub enum EmbedderState {
    /// The operator has chosen keywords alone.
    Off,
    /// There is no model; a sentence says what to do. Search goes by keywords alone.
    Missing {
        advice: String,
    },
    /// It will be there in a moment.
    Loading,
    Ready(Arc<dyn Embedder>),
    /// It is there and cannot be used; a sentence says why. Search goes by keywords alone.
    Failed {
        why: String,
    },
}

/// The embedder of the node, if there is one; swapped when a model is imported. Cheap to clone: all clones are
/// the same slot.
#[derive(Clone)]
pub struct EmbedderSlot(Arc<Slot>);

struct Slot {
    state: RwLock<EmbedderState>,
    changes: watch::Sender<u64>,
}

impl Default for EmbedderSlot {
    fn default() -> Self {
        Self::new(EmbedderState::Off)
    }
}

impl EmbedderSlot {
    pub fn new(state: EmbedderState) -> Self {
        Self(Arc::new(Slot { state: RwLock::new(state), changes: watch::Sender::new(0) }))
    }

    /// None while there is no model, it is being loaded, or it failed.
    pub fn current(&self) -> Option<Arc<dyn Embedder>> {
        match self.state() {
            EmbedderState::Ready(embedder) => Some(embedder),
            _ => None,
        }
    }

    pub fn state(&self) -> EmbedderState {
        self.0.state.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts this embedder in the place of the former one, which ends when its last work has.
    pub fn set(&self, embedder: Arc<dyn Embedder>) {
        self.set_state(EmbedderState::Ready(embedder));
    }

    pub fn set_state(&self, state: EmbedderState) {
        *self.0.state.write().unwrap_or_else(PoisonError::into_inner) = state;
        self.0.changes.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Counts the changes; awaiting one tells that [`EmbedderSlot::current`] may answer differently.
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.0.changes.subscribe()
    }

    /// By the model's own tokenizer, or by [`super::estimated_tokens`] while there is no model.
    pub fn count_tokens(&self, text: &str) -> usize {
        match self.current() {
            Some(embedder) => embedder.count_tokens(text),
            None => super::estimated_tokens(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::embed::HashingEmbedder;

    // APP-6
    #[tokio::test]
    async fn whoever_waits_for_a_model_hears_when_it_comes() {
        let slot = EmbedderSlot::default();
        let mut changed = slot.changed();
        assert!(slot.current().is_none());

        slot.clone().set(Arc::new(HashingEmbedder::default()));
        changed.changed().await.unwrap();

        assert_eq!(slot.current().unwrap().id(), "hashing");
        assert_eq!(slot.count_tokens("two words"), 2);
    }
}
