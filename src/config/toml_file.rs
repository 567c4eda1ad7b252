//! The text of `snip.toml` as a layer: values, and the line of each.

use super::check::section_expected;
use super::problems::Problem;
use super::schema::{Catalog, shown};
use super::sources::Layer;
use crate::ground::limits;
use figment::value::{Dict, Value};
use std::collections::BTreeMap;
use toml::de::{DeTable, DeValue};

/// Parses the file called `name`. Every mistake in the syntax is a problem with line and column; then the
/// layer is empty, because a value that stands after a mistake may not be what was meant.
pub(super) fn parse(name: &str, text: &str, catalog: &Catalog, problems: &mut Vec<Problem>) -> Layer {
    let (spanned, mistakes) = DeTable::parse_recoverable(text);
    let lines = Lines::of(name, text);
    let mistakes = mistakes.iter().take(limits::CONFIG_PROBLEMS_MAX);
    let mut sentences: Vec<String> = mistakes.map(|mistake| syntax(&lines, mistake)).collect();
    let table = match toml::from_str::<toml::Table>(text) {
        Ok(table) => table,
        Err(mistake) => {
            // The first mistake again, or what only shows when numbers are read.
            let sentence = syntax(&lines, &mistake);
            if !sentences.contains(&sentence) {
                sentences.push(sentence);
            }
            toml::Table::new()
        }
    };
    if !sentences.is_empty() {
        problems.extend(sentences.into_iter().map(|sentence| Problem::new(name, sentence)));
        return Layer::default();
    }

    let mut places = BTreeMap::new();
    note_lines(&lines, "", spanned.get_ref(), &mut places);
    let tree = table
        .into_iter()
        .filter(|(key, value)| check_section(key, value, &places, catalog, problems))
        .map(|(key, value)| (key, into_value(value)))
        .collect();
    Layer::new(tree, places)
}

/// Whether a key at the top may go on to the merge. A section that is not a table is told here, because a
/// later layer would cover it.
fn check_section(
    key: &str,
    value: &toml::Value,
    places: &BTreeMap<String, String>,
    catalog: &Catalog,
    problems: &mut Vec<Problem>,
) -> bool {
    if catalog.find_section(key).is_none() || value.is_table() {
        return true;
    }
    let place = places.get(key).map_or("", String::as_str);
    // A single secret in the wrong place must not be quoted either, so only plain scalars are.
    let what = match value {
        toml::Value::Integer(_) | toml::Value::Boolean(_) => {
            serde_json::to_value(value).map_or_else(|_| String::new(), |json| shown(&json))
        }
        other => format!("a value of type {}", other.type_str()),
    };
    problems.push(Problem::new(key, format!("`{key}` is {what} (from {place}); {}.", section_expected(key))));
    false
}

/// The parser's message names the kind of mistake, not the text around it, which may be a secret.
fn syntax(lines: &Lines<'_>, mistake: &toml::de::Error) -> String {
    let name = lines.name;
    let message = mistake.message();
    // Serde quotes the value that it could not take, and only a number can be one that TOML has and we cannot.
    let message = if message.starts_with("invalid type") { "a number is too large" } else { message };
    let message = message.replace('\n', ", ");
    match mistake.span() {
        Some(span) => {
            let (line, column) = lines.position(span.start);
            format!("{name} is not valid TOML at line {line}, column {column}: {message}.")
        }
        None => format!("{name} is not valid TOML: {message}."),
    }
}

/// Writes down the line of every key. The parser bounds how deep tables stand in each other.
fn note_lines(lines: &Lines<'_>, parent: &str, table: &DeTable<'_>, places: &mut BTreeMap<String, String>) {
    for (key, value) in table {
        let path = match parent {
            "" => key.get_ref().to_string(),
            parent => format!("{parent}.{}", key.get_ref()),
        };
        let (line, _) = lines.position(key.span().start);
        if let DeValue::Table(inner) = value.get_ref() {
            note_lines(lines, &path, inner, places);
        }
        places.insert(path, format!("{}, line {line}", lines.name));
    }
}

/// Where the lines of a file begin.
struct Lines<'a> {
    name: &'a str,
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn of(name: &'a str, text: &'a str) -> Self {
        let ends = text.match_indices('\n').map(|(end, _)| end + 1);
        Self { name, text, starts: std::iter::once(0).chain(ends).collect() }
    }

    /// Line and column of a byte, both counted from 1; the column in characters.
    fn position(&self, byte: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= byte);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let column = self.text.get(start..byte).map_or(0, |before| before.chars().count()) + 1;
        (line, column)
    }
}

/// A date is taken as its text: no setting is a date, and the text is what the check can speak about.
fn into_value(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::from(text),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Float(number) => Value::from(number),
        toml::Value::Boolean(flag) => Value::from(flag),
        toml::Value::Datetime(date) => Value::from(date.to_string()),
        toml::Value::Array(items) => Value::from(items.into_iter().map(into_value).collect::<Vec<Value>>()),
        toml::Value::Table(table) => {
            Value::from(table.into_iter().map(|(key, value)| (key, into_value(value))).collect::<Dict>())
        }
    }
}
