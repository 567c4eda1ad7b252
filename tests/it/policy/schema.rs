//! The tables (ACC-18, ACC-16, architecture 3 invariant 5, style 20).

use super::assert_none;
use rusqlite::Connection;
use snip::app::{OpenStore, Sources};
use snip::domain::knowledge::parser::Parser;
use snip::domain::privacy::inventory;
use snip::domain::privacy::store as erasure_store;
use snip::ground::time::Timestamp;
use snip::store::directory::Layout;
use snip::store::{IdSource, ManualClock};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Tables that the schema's own machinery writes.
const BOOKKEEPING: &[&str] = &["schema_migrations"];

pub(super) struct Schema {
    pub tables: Vec<Table>,
    triggers: Vec<(String, String)>,
    texts: Vec<String>,
}

pub(super) struct Table {
    pub name: String,
    sql: String,
    is_strict: bool,
    pub columns: Vec<Column>,
    foreign_keys: Vec<ForeignKey>,
    indexes: Vec<Index>,
}

pub(super) struct Column {
    pub name: String,
    kind: String,
    is_required: bool,
    is_key: bool,
}

struct ForeignKey {
    target: String,
    columns: Vec<String>,
    on_delete: String,
}

struct Index {
    columns: Vec<String>,
    is_unique: bool,
    is_partial: bool,
}

impl Table {
    pub(super) fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|it| it.name == column)
    }
}

/// The schema that a new node makes.
pub(super) fn fresh() -> Schema {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::new(folder.path());
    let database = layout.database();
    let clock = Arc::new(ManualClock::at(Timestamp::from_ms(1)));
    let store = OpenStore::open(
        layout,
        Sources { clock, ids: Arc::new(IdSource::seeded(1)), parser: Parser::of_this_program() },
    )
    .unwrap();
    drop(store);
    read(&Connection::open(database).unwrap())
}

fn read(connection: &Connection) -> Schema {
    let of_type = |kind: &str| named(connection, kind);
    let tables: Vec<Table> =
        of_type("table").into_iter().map(|(name, sql)| table(connection, name, sql)).collect();
    let triggers = of_type("trigger");
    let mut texts: Vec<String> = tables.iter().map(|table| table.sql.clone()).collect();
    texts.extend(of_type("index").into_iter().map(|(_, sql)| sql));
    texts.extend(triggers.iter().map(|(_, sql)| sql.clone()));
    Schema { tables, triggers, texts }
}

/// Name and text of each object of a type, without those that SQLite makes by itself.
fn named(connection: &Connection, kind: &str) -> Vec<(String, String)> {
    let sql = "select name, sql from sqlite_master
               where type = ?1 and sql is not null and name not like 'sqlite_%'
               order by name";
    let mut statement = connection.prepare(sql).unwrap();
    let found = statement.query_map([kind], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    found.collect::<Result<_, _>>().unwrap()
}

fn table(connection: &Connection, name: String, sql: String) -> Table {
    let strict = "select strict from pragma_table_list where name = ?1 and schema = 'main'";
    let is_strict = connection.query_row(strict, [&name], |row| row.get(0)).unwrap();
    let mut statement =
        connection.prepare("select name, type, \"notnull\", pk from pragma_table_info(?1)").unwrap();
    let column = |row: &rusqlite::Row<'_>| {
        let is_key = row.get::<_, u32>(3)? > 0;
        Ok(Column { name: row.get(0)?, kind: row.get(1)?, is_required: row.get(2)?, is_key })
    };
    let columns = statement.query_map([&name], column).unwrap().collect::<Result<_, _>>().unwrap();
    let foreign_keys = foreign_keys(connection, &name);
    let indexes = indexes(connection, &name);
    Table { name, sql, is_strict, columns, foreign_keys, indexes }
}

fn foreign_keys(connection: &Connection, table: &str) -> Vec<ForeignKey> {
    let sql = "select id, \"table\", \"from\", on_delete from pragma_foreign_key_list(?1) order by id, seq";
    let mut statement = connection.prepare(sql).unwrap();
    let mut found: BTreeMap<i64, ForeignKey> = BTreeMap::new();
    let mut rows = statement.query([table]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let empty = || ForeignKey {
            target: row.get(1).unwrap(),
            columns: Vec::new(),
            on_delete: row.get(3).unwrap(),
        };
        found.entry(row.get(0).unwrap()).or_insert_with(empty).columns.push(row.get(2).unwrap());
    }
    found.into_values().collect()
}

fn indexes(connection: &Connection, table: &str) -> Vec<Index> {
    let mut statement =
        connection.prepare("select name, \"unique\", partial from pragma_index_list(?1)").unwrap();
    let index = |row: &rusqlite::Row<'_>| {
        let name: String = row.get(0)?;
        let mut columns = connection.prepare("select name from pragma_index_info(?1) order by seqno")?;
        let columns = columns.query_map([name], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(Index { columns, is_unique: row.get(1)?, is_partial: row.get(2)? })
    };
    statement.query_map([table], index).unwrap().collect::<Result<_, _>>().unwrap()
}

#[test]
fn the_tables_are_the_reviewed_ones() {
    assert_matches_snapshot!("schema", fresh().texts.join(";\n\n"));
}

#[test]
fn every_table_is_strict_and_says_when_a_row_was_made() {
    let mut broken = Vec::new();

    for table in fresh().tables {
        if !table.is_strict {
            broken.push(format!("{} is not STRICT", table.name));
        }
        let made = table.columns.iter().find(|column| column.name == "created_at");
        if !made.is_some_and(|column| column.is_required && column.kind.eq_ignore_ascii_case("integer")) {
            broken.push(format!("{} has no `created_at integer not null`", table.name));
        }
        let times = table.columns.iter().filter(|column| column.name.ends_with("_at"));
        let odd = times.filter(|column| !column.kind.eq_ignore_ascii_case("integer"));
        broken.extend(odd.map(|column| format!("{}.{} is no integer", table.name, column.name)));
    }

    assert_none(&broken, "ACC-18; times are integer milliseconds (style 21)");
}

// ACC-9, ACC-16
#[test]
fn erasing_a_client_reaches_every_table_whose_rows_name_one() {
    let mut named: Vec<String> = fresh()
        .tables
        .into_iter()
        .filter(|table| table.has("client_id") && table.name != "audit_log")
        .map(|table| table.name)
        .collect();
    named.sort();

    assert_eq!(named, erasure_store::TABLES_OF_A_CLIENT);
}

#[test]
fn a_row_that_changes_counts_its_versions_and_a_trigger_holds_that() {
    let schema = fresh();
    let mut broken = Vec::new();

    for table in &schema.tables {
        let name = &table.name;
        if table.has("version") != table.has("updated_at") && !BOOKKEEPING.contains(&name.as_str()) {
            broken.push(format!("{name} has only one of `version` and `updated_at`"));
        }
        if !table.has("version") || BOOKKEEPING.contains(&name.as_str()) {
            continue;
        }
        for column in table.columns.iter().filter(|it| matches!(it.name.as_str(), "version" | "updated_at")) {
            if !column.is_required {
                broken.push(format!("{name}.{} may be null", column.name));
            }
        }
        let guard = format!("{name}_version_guard");
        let wanted = [format!("before update on {name}"), "new.version <> old.version + 1".to_owned()];
        match schema.triggers.iter().find(|(trigger, _)| *trigger == guard) {
            Some((_, sql)) if wanted.iter().all(|part| sql.contains(part)) && sql.contains("raise(abort") => {
            }
            Some((_, sql)) => broken.push(format!("{guard} guards nothing: {sql}")),
            None => broken.push(format!("{name} has no trigger `{guard}`")),
        }
    }

    assert_none(&broken, "ACC-18");
}

#[test]
fn every_foreign_key_says_what_a_delete_does_and_has_an_index() {
    let mut broken = Vec::new();

    for table in fresh().tables {
        for key in &table.foreign_keys {
            let name = format!("{} ({}) → {}", table.name, key.columns.join(", "), key.target);
            if key.on_delete == "NO ACTION" {
                broken.push(format!("{name}: says no `on delete`"));
            }
            if !has_index(&table, &key.columns) {
                broken
                    .push(format!("{name}: no index finds its rows, so that a delete reads the whole table"));
            }
        }
    }

    assert_none(&broken, "ACC-18");
}

/// Whether rows can be found by these columns: an index begins with them, or a unique one is made of some.
fn has_index(table: &Table, wanted: &[String]) -> bool {
    let wanted: BTreeSet<&String> = wanted.iter().collect();
    let keys: BTreeSet<&String> = table.columns.iter().filter(|it| it.is_key).map(|it| &it.name).collect();
    let begins = |index: &Index| {
        let first: BTreeSet<&String> = index.columns.iter().take(wanted.len()).collect();
        first == wanted || (index.is_unique && index.columns.iter().all(|column| wanted.contains(column)))
    };
    keys.is_subset(&wanted) && !keys.is_empty()
        || table.indexes.iter().any(|index| !index.is_partial && begins(index))
}

#[test]
fn a_child_of_a_tenants_row_names_the_tenant_too() {
    let schema = fresh();
    let is_tenants =
        |name: &str| schema.tables.iter().any(|table| table.name == name && table.has("client_id"));
    let mut broken = Vec::new();

    for table in schema.tables.iter().filter(|table| table.has("client_id")) {
        for key in table.foreign_keys.iter().filter(|key| is_tenants(&key.target)) {
            if key.columns.first().map(String::as_str) != Some("client_id") {
                broken.push(format!("{} ({}) → {}", table.name, key.columns.join(", "), key.target));
            }
        }
    }

    assert_none(
        &broken,
        "children reference `(client_id, id)` of their parent, so that no foreign row can be linked",
    );
}

/// Names of constraints stand directly before what they name.
#[test]
fn every_constraint_has_a_name_that_begins_with_its_table() {
    let mut names = BTreeSet::new();
    let mut broken = Vec::new();

    for table in fresh().tables.iter().filter(|table| !BOOKKEEPING.contains(&table.name.as_str())) {
        let words = super::rust_text::words(&table.sql);
        for (at, word) in words.iter().enumerate() {
            let next = words.get(at + 1).copied().unwrap_or_default();
            let is_list_of_key = at > 1
                && words[..at].iter().rev().take_while(|it| **it != "constraint").any(|it| *it == "foreign");
            let opens = match word.to_lowercase().as_str() {
                "check" | "unique" => next == "(",
                "foreign" => next == "key",
                "references" => !is_list_of_key,
                _ => false,
            };
            if !opens {
                continue;
            }
            let name =
                at.checked_sub(2).filter(|before| words[*before] == "constraint").map(|_| words[at - 1]);
            match name {
                None => broken.push(format!("{}: a `{word}` without a name", table.name)),
                Some(name) if !name.starts_with(&format!("{}_", table.name)) => {
                    broken.push(format!("{name}: begin it with {}", table.name))
                }
                Some(name) if !names.insert(name.to_owned()) => broken.push(format!("{name} stands twice")),
                Some(_) => {}
            }
        }
    }

    assert!(names.len() > 30, "constraints were found: {names:?}");
    assert_none(&broken, "style 20");
}

#[test]
fn the_privacy_inventory_knows_every_table_and_no_other() {
    let tables: BTreeSet<String> = fresh().tables.into_iter().map(|table| table.name).collect();
    let inventory: BTreeSet<String> = inventory::TABLES.iter().map(|table| table.name.to_owned()).collect();

    assert_eq!(tables, inventory, "ACC-16: every table has a class and a retention");
    assert_eq!(inventory.len(), inventory::TABLES.len(), "no table stands twice");
}

/// Columns that hold what people wrote or who they are.
const CONTENT: &[&str] = &[
    "answer",
    "body",
    "email",
    "payload",
    "phone",
    "question",
    "quote",
    "recipient",
    "text",
    "title",
    "value",
    "values_after",
    "welcome",
];

#[test]
fn a_table_of_ids_holds_nothing_that_people_wrote() {
    let is_of_ids = |name: &str| {
        inventory::TABLES
            .iter()
            .any(|table| table.name == name && table.class == inventory::DataClass::IdsOnly)
    };
    let mut broken = Vec::new();

    for table in fresh().tables.iter().filter(|table| is_of_ids(&table.name)) {
        let columns = table.columns.iter().filter(|column| CONTENT.contains(&column.name.as_str()));
        broken.extend(columns.map(|column| format!("{}.{}", table.name, column.name)));
    }

    assert_none(&broken, "ACC-16: give the table its class in the privacy inventory");
}

#[test]
fn what_is_for_good_cannot_be_changed() {
    let triggers: BTreeSet<String> = fresh().triggers.into_iter().map(|(name, _)| name).collect();

    for trigger in
        ["audit_log_no_update", "audit_log_no_delete", "chunks_immutable", "document_versions_immutable"]
    {
        assert!(triggers.contains(trigger), "ACC-14: {trigger}");
    }
}
