//! Paging through a long list while it grows: ACC-20.

use super::TestStore;
use crate::ground::ids::EventId;
use crate::ground::time::Timestamp;
use crate::params;
use crate::store::{DbError, Page, PageRequest, ReadTx, WriteTx};
use std::collections::HashSet;

const ROWS: i64 = 12_000;

/// Several rows share each millisecond, so that the id must break ties.
const ROWS_PER_MS: i64 = 7;

fn insert(tx: &WriteTx<'_>, created_at: Timestamp) -> Result<EventId, DbError> {
    let id: EventId = tx.new_id();
    tx.execute(
        "insert into events (id, kind, created_at) values (:id, 'listed', :created_at)",
        params! { ":id" => id, ":created_at" => created_at },
    )?;
    Ok(id)
}

fn list(tx: &ReadTx<'_>, request: &PageRequest) -> Result<Page<(Timestamp, EventId)>, DbError> {
    let (before_at, before_id) = request.before();
    let items = tx.list(
        "select id, created_at from events
         where (created_at, id) < (:before_at, :before_id)
         order by created_at desc, id desc
         limit :limit",
        params! { ":before_at" => before_at, ":before_id" => before_id, ":limit" => request.fetch_limit() },
        |row| Ok((row.get("created_at")?, row.get("id")?)),
    )?;
    request.page(items, |(created_at, id): &(Timestamp, EventId)| (*created_at, id.to_string()))
}

// ACC-20: 12,000 rows, keyset cursor, stable order, also while rows are added.
#[tokio::test]
async fn twelve_thousand_rows_page_without_gap_or_repeat_while_rows_are_added() {
    let store = TestStore::new();
    let expected: HashSet<EventId> = store
        .write(|tx| (0..ROWS).map(|row| insert(tx, Timestamp::from_ms(row / ROWS_PER_MS))).collect())
        .await;

    let mut seen: Vec<(Timestamp, EventId)> = Vec::new();
    let mut cursor = None;
    loop {
        let request = PageRequest::new(Some(1_000), cursor.as_deref()).unwrap();
        let page = store.read(move |tx| list(tx, &request)).await;
        assert!(page.items.len() <= 100);
        seen.extend(page.items);
        // One row newer than all, and one in the millisecond at which the reader stands.
        let standing_at = seen.last().unwrap().0;
        store.write(move |tx| insert(tx, Timestamp::from_ms(ROWS))).await;
        store.write(move |tx| insert(tx, standing_at)).await;
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }

    assert!(seen.windows(2).all(|pair| pair[0] > pair[1]), "out of order or twice");
    let seen: HashSet<EventId> = seen.into_iter().map(|(_, id)| id).collect();
    assert!(seen.is_superset(&expected), "{} are missing", expected.difference(&seen).count());
}

#[tokio::test]
async fn the_last_page_has_no_cursor_also_when_it_is_full() {
    let store = TestStore::new();
    store.write(|tx| (0..100).try_for_each(|_| insert(tx, Timestamp::from_ms(1)).map(drop))).await;

    let page = store.read(|tx| list(tx, &PageRequest::new(Some(100), None).unwrap())).await;

    assert_eq!((page.items.len(), page.next_cursor), (100, None));
}
