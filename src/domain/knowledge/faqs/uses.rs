//! How often an FAQ was the answer.

use super::super::{KnowledgeError, store};
use crate::ground::ids::FaqId;
use crate::ground::scope::ClientScope;
use crate::store::WriteTx;

/// Counts one answer that used the FAQ; nothing happens when it is gone. Belongs into the transaction that
/// stores the answer, so that an answer is counted once and a lost one is not.
pub fn count_use(tx: &WriteTx<'_>, scope: &ClientScope, id: &FaqId) -> Result<(), KnowledgeError> {
    Ok(store::count_faq_use(tx, scope, id)?)
}
