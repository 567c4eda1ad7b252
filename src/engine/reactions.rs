//! The table of what follows from an event.

use crate::domain::access::{sign_in, sign_up};
use crate::domain::knowledge::documents::DocumentEvent;
use crate::domain::knowledge::jobs;
use crate::domain::{chat, clients, notify};
use crate::store::events::{Event, Reactions};
use crate::store::jobs::NewJob;

/// The reactions of this program.
pub struct StaticReactions;

impl Reactions for StaticReactions {
    fn jobs_for(&self, event: &Event) -> Vec<NewJob> {
        match event.kind {
            kind if kind == DocumentEvent::Uploaded.kind() => jobs::ingest_on(event),
            sign_in::SIGN_IN_REQUESTED => notify::write_sign_in_on(event),
            sign_up::SIGN_UP_REQUESTED => notify::accounts::write_sign_up_on(event),
            chat::gaps::ASKED_OFTEN => chat::jobs::propose_draft_on(event),
            clients::LANGUAGE_CHANGED => jobs::reindex_on(event),
            _ => Vec::new(),
        }
    }
}
