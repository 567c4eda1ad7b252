//! The keyword index follows the store.
//!
//! The index may be deleted at any time: it is rebuilt from the tables, and readiness says so meanwhile. It
//! keeps its own cursor into the change log, so a crash between a commit of the store and one of the index
//! costs nothing but the repetition of a batch.

use super::indexing::{ChangeKind, SubjectKind};
use super::{KnowledgeError, store};
use crate::ground::ids::ClientId;
use crate::ground::limits::{INDEX_BATCH_CHANGES_MAX, INDEX_WAIT_MS};
use crate::ground::scope::{AgencyScope, ClientScope};
use crate::ground::text::{Language, tokens};
use crate::index::{EntryKind, TextChange, TextIndex};
use crate::store::{Db, DbError, ReadTx, fault};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, watch};
use tracing::info;

const WORK: &str = "index_follower";

/// How far the index is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexState {
    /// Not compared with the tables yet.
    Opening,
    /// Contains every change up to this one.
    Following { cursor: u64 },
    /// Being made again from the tables; what is not in it yet is not found.
    Rebuilding { done: u64, total: u64 },
}

/// Keeps a [`TextIndex`] up to date with the tables.
pub struct IndexFollower {
    db: Db,
    index: Arc<dyn TextIndex>,
    state: watch::Sender<IndexState>,
    /// The lane and an operator's rebuild take turns.
    turn: Mutex<()>,
}

impl IndexFollower {
    pub fn new(db: Db, index: Arc<dyn TextIndex>) -> Self {
        Self { db, index, state: watch::Sender::new(IndexState::Opening), turn: Mutex::new(()) }
    }

    pub fn state(&self) -> IndexState {
        *self.state.borrow()
    }

    pub fn index(&self) -> Arc<dyn TextIndex> {
        Arc::clone(&self.index)
    }

    /// Applies everything that was logged until now.
    pub async fn catch_up(&self) -> Result<(), KnowledgeError> {
        let _turn = self.turn.lock().await;
        let scope = AgencyScope::from_system(WORK);
        let (newest, live) = self
            .db
            .read(move |tx| -> Result<_, DbError> {
                Ok((store::last_change_seq(tx, &scope)?, store::count_live_subjects(tx, &scope)?))
            })
            .await?;
        let cursor = self.index.cursor();
        // A cursor ahead of the log belongs to another database: a copy was restored.
        if cursor > newest || (cursor == 0 && live > 0) {
            return self.rebuild(newest, live).await;
        }
        while self.apply_next_batch().await? {}
        Ok(())
    }

    /// Throws the index away and makes it again from the tables.
    pub async fn rebuild_from_scratch(&self) -> Result<(), KnowledgeError> {
        let _turn = self.turn.lock().await;
        let scope = AgencyScope::from_system(WORK);
        let (newest, live) = self
            .db
            .read(move |tx| -> Result<_, DbError> {
                Ok((store::last_change_seq(tx, &scope)?, store::count_live_subjects(tx, &scope)?))
            })
            .await?;
        self.rebuild(newest, live).await
    }

    /// Waits until the index contains the change `seq`, at most 5 s; false when it does not by then.
    pub async fn wait_for(&self, seq: u64) -> bool {
        let mut states = self.state.subscribe();
        let reached = states.wait_for(|state| matches!(state, IndexState::Following { cursor } if *cursor >= seq));
        matches!(tokio::time::timeout(Duration::from_millis(INDEX_WAIT_MS), reached).await, Ok(Ok(_)))
    }

    /// Forgets the part of the log that the index has passed.
    pub async fn prune_log(&self) -> Result<usize, KnowledgeError> {
        let scope = AgencyScope::from_system(WORK);
        let passed = self.index.cursor();
        let pruned = self
            .db
            .write(scope.actor().clone(), move |tx| store::prune_changes(tx, &scope, passed))
            .await;
        Ok(pruned?)
    }

    async fn apply_next_batch(&self) -> Result<bool, KnowledgeError> {
        let cursor = self.index.cursor();
        let batch = self
            .db
            .read(move |tx| -> Result<_, DbError> {
                let scope = AgencyScope::from_system(WORK);
                let changes = store::list_changes(tx, &scope, cursor, INDEX_BATCH_CHANGES_MAX)?;
                let Some(last) = changes.last().map(|change| change.seq) else { return Ok(None) };
                let applied = changes
                    .into_iter()
                    .map(|change| match change.change {
                        ChangeKind::Put => to_change(tx, change.client_id, change.kind, change.subject_id),
                        ChangeKind::Delete => {
                            Ok(TextChange::Delete { client_id: change.client_id, key: change.subject_id })
                        }
                    })
                    .collect::<Result<Vec<_>, _>>()?;
                Ok(Some((applied, last)))
            })
            .await?;
        let Some((changes, last)) = batch else {
            self.state.send_replace(IndexState::Following { cursor });
            return Ok(false);
        };
        self.apply(changes, last).await?;
        self.state.send_replace(IndexState::Following { cursor: last });
        Ok(true)
    }

    async fn rebuild(&self, newest: u64, total: u64) -> Result<(), KnowledgeError> {
        info!(total, "Rebuilding the keyword index from the tables");
        self.state.send_replace(IndexState::Rebuilding { done: 0, total });
        let index = Arc::clone(&self.index);
        blocking(move || index.clear()).await?;
        let mut after = String::new();
        let mut done = 0;
        loop {
            let from = after.clone();
            let page = self.db.read(move |tx| rebuild_page(tx, &from)).await?;
            let Some((changes, last)) = page else { break };
            done += changes.len() as u64;
            after = last;
            // The cursor stays at 0 until the end: a crash in between starts over.
            self.apply(changes, 0).await?;
            self.state.send_replace(IndexState::Rebuilding { done, total: total.max(done) });
        }
        self.apply(Vec::new(), newest).await?;
        info!(entries = done, "Rebuilt the keyword index");
        self.state.send_replace(IndexState::Following { cursor: newest });
        while Box::pin(self.apply_next_batch()).await? {}
        Ok(())
    }

    async fn apply(&self, changes: Vec<TextChange>, cursor: u64) -> Result<(), KnowledgeError> {
        let index = Arc::clone(&self.index);
        blocking(move || {
            fault::point("index.before_apply");
            let applied = index.apply(&changes, cursor);
            fault::point("index.after_apply");
            applied
        })
        .await
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, crate::index::IndexError> + Send + 'static,
) -> Result<T, KnowledgeError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result.map_err(KnowledgeError::Index),
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Err(DbError::Closed.into()),
    }
}

/// The next page of everything that must be in the index, and where it ends.
fn rebuild_page(tx: &ReadTx<'_>, after: &str) -> Result<Option<(Vec<TextChange>, String)>, DbError> {
    let scope = AgencyScope::from_system(WORK);
    let subjects = store::list_live_subjects(tx, &scope, after, INDEX_BATCH_CHANGES_MAX)?;
    let Some(last) = subjects.last().map(|subject| subject.subject_id.clone()) else { return Ok(None) };
    let changes = subjects
        .into_iter()
        .map(|subject| to_change(tx, subject.client_id, subject.kind, subject.subject_id))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Some((changes, last)))
}

/// The entry as it stands now; a delete when it is gone, since a later row of the log says so anyway.
fn to_change(
    tx: &ReadTx<'_>,
    client_id: ClientId,
    kind: SubjectKind,
    key: String,
) -> Result<TextChange, DbError> {
    let scope = ClientScope::from_row(client_id.clone(), WORK);
    let put = match kind {
        SubjectKind::Chunk => chunk_change(tx, &scope, &key)?,
        SubjectKind::Faq => faq_change(tx, &scope, &key)?,
    };
    Ok(put.unwrap_or(TextChange::Delete { client_id, key }))
}

fn chunk_change(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    key: &str,
) -> Result<Option<TextChange>, DbError> {
    let Some(entry) = store::find_chunk_entry(tx, scope, key)? else { return Ok(None) };
    let language = Language::from_tag(&entry.language);
    Ok(Some(TextChange::Put {
        client_id: scope.client_id().clone(),
        kind: EntryKind::Chunk,
        key: key.to_owned(),
        title_terms: terms(&entry.title, language),
        heading_terms: entry.headings.iter().flat_map(|heading| terms(heading, language)).collect(),
        body_terms: terms(&entry.body, language),
    }))
}

fn faq_change(tx: &ReadTx<'_>, scope: &ClientScope, key: &str) -> Result<Option<TextChange>, DbError> {
    let Some(entry) = store::find_faq_entry(tx, scope, key)? else { return Ok(None) };
    let language = Language::from_tag(&entry.language);
    Ok(Some(TextChange::Put {
        client_id: scope.client_id().clone(),
        kind: EntryKind::Faq,
        key: key.to_owned(),
        title_terms: terms(&entry.question, language),
        heading_terms: Vec::new(),
        body_terms: terms(&entry.answer, language),
    }))
}

fn terms(text: &str, language: Language) -> Vec<String> {
    tokens(text, language).into_iter().map(|token| token.term).collect()
}
