//! The SQL in the source: every change counts the version, every text is in the house style (ACC-18, style 18).

use super::rust_text::{literals_of, words};
use super::schema::fresh;
use super::{assert_none, tree};
use std::collections::BTreeSet;

/// One statement, with the file that holds it.
struct Statement {
    path: String,
    sql: String,
}

const STARTS: &[&str] = &["select", "insert", "update", "delete", "with"];

/// Every SQL statement of the program.
fn statements() -> Vec<Statement> {
    let mut found = Vec::new();
    for file in tree::product_files() {
        let may = file.path.starts_with("src/store/") || file.path.starts_with("src/domain/");
        for literal in literals_of(&file.text).into_iter().filter(|_| may) {
            let words = words(literal);
            let is_sql = words.first().is_some_and(|word| STARTS.contains(word)) && words.len() > 3;
            if is_sql && !literal.trim_end().ends_with('.') {
                found.push(Statement { path: file.path.clone(), sql: literal.to_owned() });
            }
        }
    }
    found
}

/// The table that a statement changes in place, and the list of its assignments.
fn update_of(sql: &str) -> Option<(String, String)> {
    let flat = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    let after = |text: &str, mark: &str| text.split_once(mark).map(|(_, rest)| rest.to_owned());
    let name = |text: String| text.split([' ', '(']).next().unwrap_or_default().to_owned();
    if let Some(rest) = flat.strip_prefix("update ") {
        return Some((name(rest.to_owned()), after(&flat, " set ")?));
    }
    let assignments = after(&flat, " do update set ")?;
    Some((name(after(&flat, "insert into ")?), assignments))
}

#[test]
fn every_update_counts_the_version_and_sets_the_time() {
    let versioned: BTreeSet<String> =
        fresh().tables.into_iter().filter(|table| table.has("version")).map(|table| table.name).collect();
    let mut updates = 0;
    let mut broken = Vec::new();

    for Statement { path, sql } in statements() {
        let Some((table, assignments)) = update_of(&sql) else { continue };
        updates += 1;
        let assigned = assignments.split(" where ").next().unwrap_or_default();
        // The lease engine serves several tables by one text.
        let is_shared = table == "{table}";
        if !is_shared && !versioned.contains(&table) {
            broken.push(format!("{path}: `{table}` has no version, so its rows do not change"));
        }
        if !assigned.contains("version = version + 1")
            && !assigned.contains(&format!("version = {table}.version + 1"))
        {
            broken.push(format!("{path}: an update of `{table}` does not count its version"));
        }
        if !assigned.contains("updated_at = :") && !assigned.contains("updated_at = excluded.updated_at") {
            broken.push(format!("{path}: an update of `{table}` does not set `updated_at` from an argument"));
        }
    }

    assert!(updates > 15, "updates were found: {updates}");
    assert_none(&broken, "ACC-18");
}

#[test]
fn every_insert_names_its_columns() {
    let mut broken = Vec::new();

    for Statement { path, sql } in statements() {
        let flat = sql.split_whitespace().collect::<Vec<_>>().join(" ");
        let Some(rest) =
            flat.strip_prefix("insert into ").or_else(|| flat.strip_prefix("insert or ignore into "))
        else {
            continue;
        };
        let names_columns = rest.split_once(' ').is_some_and(|(_, rest)| rest.starts_with('('));
        if !names_columns || !rest.contains("created_at") {
            broken.push(format!("{path}: {flat}"));
        }
    }

    assert_none(&broken, "columns are listed, and `created_at` comes from the clock (style 18)");
}

#[test]
fn statements_take_named_parameters_and_no_clock_of_the_database() {
    let clocks = ["current_timestamp", "datetime(", "strftime(", "unixepoch(", "random()", "julianday("];
    let mut broken = Vec::new();

    for Statement { path, sql } in statements() {
        let lower = sql.to_lowercase();
        broken.extend(clocks.iter().filter(|it| lower.contains(**it)).map(|it| format!("{path}: `{it}`")));
        if sql.contains("select *") {
            broken.push(format!("{path}: `select *`"));
        }
        // Migration and inspection run on the raw connection, which numbers its parameters.
        if sql.contains('?') && !path.starts_with("src/store/") {
            broken.push(format!("{path}: a numbered parameter in `{sql}`"));
        }
    }

    assert_none(&broken, "style 18 and 27");
}
