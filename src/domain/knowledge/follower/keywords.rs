//! The keyword index as a follower of the log.

use super::super::indexing::{ChangeKind, IndexChange};
use super::super::{KnowledgeError, store};
use super::entries::{rebuild_page, to_change};
use super::{Followed, Follower, Page, WORK};
use crate::ground::scope::AgencyScope;
use crate::index::{IndexError, TextChange, TextIndex};
use crate::store::{Db, DbError, ReadTx, fault};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use std::sync::Arc;

/// Keeps a [`TextIndex`] up to date with the tables.
pub type IndexFollower = Follower<Keywords>;

/// A [`TextIndex`], which blocks: its work is done on threads that may.
pub struct Keywords(Arc<dyn TextIndex>);

impl Follower<Keywords> {
    pub fn new(db: Db, index: Arc<dyn TextIndex>) -> Self {
        Self::of(db, Keywords(index))
    }

    pub fn index(&self) -> Arc<dyn TextIndex> {
        Arc::clone(&self.engine.0)
    }
}

impl Followed for Keywords {
    type Change = TextChange;

    fn name(&self) -> &'static str {
        "keyword index"
    }

    fn cursor(&self) -> Option<u64> {
        Some(self.0.cursor())
    }

    fn to_changes(tx: &ReadTx<'_>, row: IndexChange) -> Result<Vec<TextChange>, DbError> {
        Ok(vec![match row.change {
            ChangeKind::Put => to_change(tx, row.client_id, row.kind, row.subject_id)?,
            ChangeKind::Delete => TextChange::Delete { client_id: row.client_id, key: row.subject_id },
        }])
    }

    fn apply(&self, changes: Vec<TextChange>, cursor: u64) -> BoxFuture<'_, Result<(), KnowledgeError>> {
        let index = Arc::clone(&self.0);
        blocking(move || {
            fault::point("index.before_apply");
            let applied = index.apply(&changes, cursor);
            fault::point("index.after_apply");
            applied
        })
        .boxed()
    }

    fn clear(&self) -> BoxFuture<'_, Result<(), KnowledgeError>> {
        let index = Arc::clone(&self.0);
        blocking(move || index.clear()).boxed()
    }

    fn count_all(tx: &ReadTx<'_>) -> Result<u64, DbError> {
        store::count_live_subjects(tx, &AgencyScope::from_system(WORK))
    }

    fn page_of_all(tx: &ReadTx<'_>, after: &str) -> Result<Option<Page<TextChange>>, DbError> {
        rebuild_page(tx, after)
    }
}

/// A panic of the engine, which damaged files can cause, is a failure of it like any other.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, IndexError> + Send + 'static,
) -> Result<T, KnowledgeError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result.map_err(KnowledgeError::Index),
        Err(error) if error.is_panic() => Err(KnowledgeError::Index(IndexError::Engine {
            doing: "go on: it panicked",
            source: Box::new(error),
        })),
        Err(_) => Err(DbError::Closed.into()),
    }
}
