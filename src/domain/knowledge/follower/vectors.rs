//! An index over vectors as a follower of the log.

use super::super::indexing::{ChangeKind, IndexChange};
use super::super::{KnowledgeError, store};
use super::{Followed, Follower, Page, WORK};
use crate::ground::scope::ClientScope;
use crate::index::vector::{StoredVector, VectorChange, VectorIndex, VectorSpace};
use crate::store::{Db, DbError, ReadTx, fault};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Keeps a [`VectorIndex`] up to date with the tables.
pub type VectorFollower = Follower<VectorsFollowed>;

/// A [`VectorIndex`] with its name.
pub struct VectorsFollowed {
    name: &'static str,
    index: Arc<dyn VectorIndex>,
}

impl Follower<VectorsFollowed> {
    pub fn of_vectors(db: Db, name: &'static str, index: Arc<dyn VectorIndex>) -> Self {
        Self::of(db, VectorsFollowed { name, index })
    }
}

impl Followed for VectorsFollowed {
    type Change = VectorChange;

    fn name(&self) -> &'static str {
        self.name
    }

    fn cursor(&self) -> Option<u64> {
        self.index.cursor()
    }

    /// A row is logged when an entry came, when it got vectors and when it went; what is in the tables now counts.
    fn to_changes(tx: &ReadTx<'_>, row: IndexChange) -> Result<Vec<VectorChange>, DbError> {
        let (client_id, key) = (row.client_id, row.subject_id);
        let mut spaces: BTreeMap<VectorSpace, Vec<StoredVector>> = BTreeMap::new();
        if row.change == ChangeKind::Put {
            let scope = ClientScope::from_row(client_id.clone(), WORK);
            for (space, vector) in store::list_entry_vectors(tx, &scope, row.kind, &key)? {
                spaces.entry(space).or_default().push(vector);
            }
        }
        // First out of every space, since one of them may have none of it any more.
        let delete = VectorChange::Delete { client_id, key: key.clone() };
        let puts =
            spaces.into_iter().map(|(space, vectors)| VectorChange::Put { space, key: key.clone(), vectors });
        Ok(std::iter::once(delete).chain(puts).collect())
    }

    fn apply(&self, changes: Vec<VectorChange>, cursor: u64) -> BoxFuture<'_, Result<(), KnowledgeError>> {
        async move {
            fault::point("vectors.before_apply");
            let applied = self.index.apply(changes, cursor).await;
            fault::point("vectors.after_apply");
            applied.map_err(KnowledgeError::Index)
        }
        .boxed()
    }

    fn clear(&self) -> BoxFuture<'_, Result<(), KnowledgeError>> {
        self.index.start_over(0).map(|done| done.map_err(KnowledgeError::Index)).boxed()
    }

    /// Nothing is put in: an index over vectors reads the tables when a client is asked for.
    fn count_all(_tx: &ReadTx<'_>) -> Result<u64, DbError> {
        Ok(0)
    }

    fn page_of_all(_tx: &ReadTx<'_>, _after: &str) -> Result<Option<Page<VectorChange>>, DbError> {
        Ok(None)
    }
}
