//! What goes on across the agency's clients. Demos and tests are counted nowhere.

use super::store::figures as store;
use crate::ground::ids::PersonId;
use crate::ground::scope::AgencyScope;
use crate::ground::time::Timestamp;
use crate::store::{DbError, ReadTx};

/// Of live clients, and of visitors only: what people of the agency and its clients try out does not count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Conversations with a message since then.
    pub conversations: u32,
    /// What visitors asked since then.
    pub questions: u32,
    /// Questions that nothing answered, and that nobody has looked at.
    pub unanswered_open: u32,
}

/// Counted from the rows themselves; with `assigned_to`, of the clients that are assigned to this person.
pub fn read(
    tx: &ReadTx<'_>,
    _scope: &AgencyScope,
    since: Timestamp,
    assigned_to: Option<&PersonId>,
) -> Result<Figures, DbError> {
    Ok(Figures {
        conversations: store::count_conversations(tx, since, assigned_to)?,
        questions: store::count_questions(tx, since, assigned_to)?,
        unanswered_open: store::count_unanswered(tx, assigned_to)?,
    })
}
