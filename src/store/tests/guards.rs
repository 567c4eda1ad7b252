//! What the schema itself refuses: ACC-14 and ACC-18.

use super::{ACTOR, TestStore};
use crate::ground::ids::ClientId;
use crate::params;
use crate::store::audit::{self, Deed};
use crate::store::{DbError, WriteTx};
use rusqlite::Connection;

/// The migrations' own bookkeeping: its `version` is a number of the schema, and its rows never change.
const BOOKKEEPING: &str = "schema_migrations";

fn names(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

fn tables(connection: &Connection) -> Vec<String> {
    let sql = "select name from sqlite_master where type = 'table' and name not like 'sqlite%' order by name";
    let mut tables = names(connection, sql);
    tables.retain(|table| table != BOOKKEEPING);
    tables
}

fn columns(connection: &Connection, table: &str) -> Vec<String> {
    names(connection, &format!("select name from pragma_table_info('{table}') order by cid"))
}

/// One row of any table, with a value of the right type in each column.
fn insert_any_row(connection: &Connection, table: &str) {
    let sql = format!(
        "select case type when 'INTEGER' then '1' when 'BLOB' then 'x''00''' else '''x''' end
         from pragma_table_info('{table}')
         order by cid"
    );
    let values = names(connection, &sql).join(", ");
    connection.execute_batch(&format!("insert into {table} values ({values})")).unwrap();
}

/// A connection on which rows need not make sense.
fn lenient(store: &TestStore) -> Connection {
    let connection = store.raw();
    connection.execute_batch("pragma foreign_keys = off; pragma ignore_check_constraints = on").unwrap();
    connection
}

// ACC-18: a trigger refuses an update that forgot its version, in every table whose rows change.
#[tokio::test]
async fn an_update_that_forgets_the_version_is_refused_in_every_table_that_has_one() {
    let store = TestStore::new();
    let connection = lenient(&store);
    let versioned: Vec<String> = tables(&connection)
        .into_iter()
        .filter(|table| columns(&connection, table).contains(&"version".to_owned()))
        .collect();
    assert!(versioned.len() >= 10, "{versioned:?}");

    for table in versioned {
        insert_any_row(&connection, &table);
        let update = |set: &str| connection.execute(&format!("update {table} set updated_at = 2{set}"), []);

        for wrong in ["", ", version = version", ", version = version + 2", ", version = 0"] {
            let refused = update(wrong).unwrap_err().to_string();
            assert!(refused.contains("an update must set version"), "{table}{wrong}: {refused}");
        }
        assert_eq!(update(", version = version + 1").unwrap(), 1, "{table}");
    }
}

// ACC-18
#[tokio::test]
async fn every_table_says_when_its_rows_were_made_and_changed() {
    let store = TestStore::new();
    let connection = store.raw();

    for table in tables(&connection) {
        let columns = columns(&connection, &table);
        let has = |name: &str| columns.iter().any(|column| column == name);
        assert!(has("created_at"), "{table}");
        assert_eq!(has("updated_at"), has("version"), "{table}");
        let sql = format!("select 1 from pragma_table_list where name = '{table}' and strict = 1");
        assert!(connection.query_row(&sql, [], |_| Ok(())).is_ok(), "{table} is not strict");
    }
}

// ACC-18
#[tokio::test]
async fn every_foreign_key_says_what_a_delete_does_and_is_enforced() {
    let store = TestStore::new();
    let connection = store.raw();
    for table in tables(&connection) {
        let sql = format!("select on_delete from pragma_foreign_key_list('{table}')");
        for on_delete in names(&connection, &sql) {
            assert_ne!(on_delete, "NO ACTION", "{table}");
        }
    }

    let orphan = store.db.write(ACTOR, |tx| {
        let stranger: ClientId = tx.new_id();
        tx.execute(
            "insert into events (id, kind, client_id, created_at) values ('evt_1', 'test', :client_id, :now)",
            params! { ":client_id" => stranger, ":now" => tx.now() },
        )
    });

    assert!(matches!(orphan.await, Err(DbError::Sqlite(_))));
}

fn record_deed(tx: &WriteTx<'_>) -> Result<(), DbError> {
    let deed = Deed {
        action: "faq.deleted",
        client_id: None,
        subject_id: "faq_1",
        fields: &["question"],
        values_after: Some(serde_json::json!({ "question": "Where?" })),
    };
    audit::record(tx, &deed)
}

// ACC-14: append-only, whatever the statement.
#[tokio::test]
async fn the_audit_log_refuses_update_delete_and_replace() {
    let store = TestStore::new();
    store.write(record_deed).await;

    for sql in [
        "update audit_log set action = 'nothing.happened'",
        "delete from audit_log",
        "insert or replace into audit_log (id, actor_kind, action, subject_id, fields, created_at)
         select id, actor_kind, 'nothing.happened', subject_id, fields, created_at from audit_log",
        "update or replace audit_log set created_at = 0",
    ] {
        let refused = store.db.write(ACTOR, move |tx| tx.execute(sql, params! {})).await;
        assert!(matches!(refused, Err(DbError::Sqlite(_))), "{sql}: {refused:?}");
    }

    let action = store.read(|tx| {
        tx.get("select action, actor_kind from audit_log", params! {}, |row| {
            Ok((row.get::<String>("action")?, row.get::<String>("actor_kind")?))
        })
    });
    assert_eq!(action.await, ("faq.deleted".to_owned(), "system".to_owned()));
}

// ACC-14: the values stand beside the log, where erasure may delete them.
#[tokio::test]
async fn erasure_may_delete_the_details_of_a_deed_but_not_the_deed() {
    let store = TestStore::new();
    store.write(record_deed).await;

    let removed = store.write(|tx| tx.execute("delete from audit_details", params! {})).await;

    assert_eq!((removed, store.count("audit_log").await), (1, 1));
}

#[tokio::test]
async fn a_deed_that_is_undone_is_not_in_the_log() {
    let store = TestStore::new();

    let undone = store.db.write(ACTOR, |tx| -> Result<(), DbError> {
        record_deed(tx)?;
        Err(DbError::Closed)
    });
    undone.await.unwrap_err();

    assert_eq!((store.count("audit_log").await, store.count("audit_details").await), (0, 0));
}
