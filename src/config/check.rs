//! The merged configuration against the schema: every difference becomes a sentence that a person can act on.

use super::formats::FORMATS;
use super::problems::Problem;
use super::schema::{Catalog, Field, Kind, shown};
use crate::ground::limits;
use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;
use std::collections::BTreeSet;

/// Modules that are planned and not in this build. Their sections are refused by name, so that nobody
/// believes that something is on because a file says so.
const ABSENT_MODULES: [&str; 5] = ["email", "sms", "speech", "tls", "voice"];

/// Where a value was set, by the keys that lead to it: "snip.toml, line 3".
pub(super) type PlaceOf<'a> = dyn Fn(&[&str]) -> String + 'a;

/// All problems of `merged`, at most one for each value. Of unknown keys, each section tells the first
/// `CONFIG_PROBLEMS_MAX`.
pub(super) fn check(merged: &Value, catalog: &Catalog, place_of: &PlaceOf<'_>) -> Vec<Problem> {
    let validator = match validator(&catalog.schema) {
        Ok(validator) => validator,
        Err(error) => {
            let sentence =
                format!("The program's own schema of the settings is broken ({error}); report this.");
            return vec![Problem::new("schema", sentence)];
        }
    };
    let mut problems = Vec::new();
    let mut told = BTreeSet::new();
    for error in validator.iter_errors(merged) {
        let pointer = error.instance_path().to_string();
        let keys: Vec<String> = pointer.split('/').skip(1).map(unescape).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        if let ValidationErrorKind::AdditionalProperties { unexpected } = error.kind() {
            problems.extend(
                unexpected
                    .iter()
                    .take(limits::CONFIG_PROBLEMS_MAX)
                    .map(|key| unknown_key(&keys, key, catalog, place_of)),
            );
        } else if told.insert(pointer) {
            problems.push(wrong_value(&keys, error.instance(), catalog, place_of));
        }
    }
    problems.extend(fractions(merged, catalog, place_of));
    problems
}

/// What to write for a section, as the end of a sentence.
pub(super) fn section_expected(name: &str) -> String {
    format!("it is a section: write `[{name}]` on a line and its settings below")
}

/// The sentence for a path that is no setting.
pub(super) fn unknown(path: &str, place: &str, catalog: &Catalog) -> String {
    let section = path.split('.').next().unwrap_or_default();
    if ABSENT_MODULES.contains(&section) {
        return format!(
            "`{path}` is set (from {place}), but this build has no `{section}` module yet; remove it."
        );
    }
    let hint = match catalog.find_nearest(path) {
        Some(field) => format!("did you mean `{}`?", field.path),
        None => format!("remove it, or choose {}.", choices(section, catalog)),
    };
    format!("`{path}` is not a setting (from {place}); {hint}")
}

/// The sentence for an environment variable of ours that is no setting; `upper` is its name in capitals.
pub(super) fn unknown_variable(name: &str, upper: &str, catalog: &Catalog) -> String {
    let path = upper.trim_start_matches("SNIP__").to_ascii_lowercase().replace("__", ".");
    let section = path.split('.').next().unwrap_or_default();
    if ABSENT_MODULES.contains(&section) {
        return format!(
            "The environment variable {name} is set, but this build has no `{section}` module yet; remove it."
        );
    }
    // A misspelt `…_FILE` points back to a variable that takes a file.
    let nearest = match path.strip_suffix("_file").and_then(|path| catalog.find_nearest(path)) {
        Some(field) if field.is_secret => Some(format!("{}_FILE", field.environment_name())),
        _ => catalog.find_nearest(&path).map(Field::environment_name),
    };
    let hint = match nearest {
        Some(known) => format!("did you mean {known}?"),
        None => "remove it.".to_owned(),
    };
    format!("The environment variable {name} names no setting; {hint}")
}

/// Formats are checked too, by the table that the settings are read with.
fn validator(schema: &Value) -> Result<Validator, ValidationError<'static>> {
    let options = jsonschema::options().should_validate_formats(true);
    FORMATS
        .iter()
        .fold(options, |options, format| options.with_format(format.name, format.fits))
        .build(schema)
}

fn unknown_key(section: &[&str], key: &str, catalog: &Catalog, place_of: &PlaceOf<'_>) -> Problem {
    let keys: Vec<&str> = section.iter().copied().chain([key]).collect();
    let path = keys.join(".");
    let place = place_of(&keys);
    let is_nameless_section = section.is_empty() && catalog.fields().all(|field| field.key != key);
    let near = is_nameless_section.then(|| nearest_section(key, catalog)).flatten();
    let sentence = match near {
        Some(near) => format!("`[{path}]` is not a section (from {place}); did you mean `[{near}]`?"),
        None => unknown(&path, &place, catalog),
    };
    Problem::new(path, sentence)
}

fn nearest_section<'a>(name: &str, catalog: &'a Catalog) -> Option<&'a str> {
    if ABSENT_MODULES.contains(&name) {
        return None;
    }
    let distance = |known: &&str| strsim::damerau_levenshtein(&name.to_lowercase(), known);
    let nearest = catalog.sections.iter().map(|section| section.name.as_str()).min_by_key(distance)?;
    (distance(&nearest) * 2 <= name.chars().count()).then_some(nearest)
}

fn wrong_value(keys: &[&str], value: &Value, catalog: &Catalog, place_of: &PlaceOf<'_>) -> Problem {
    let place = place_of(keys);
    let path = keys.get(..2).unwrap_or(keys).join(".");
    let Some(field) = catalog.find_field(&path) else {
        let sentence = format!("`{path}` is {} (from {place}); {}.", shown(value), section_expected(&path));
        return Problem::new(path, sentence);
    };
    let expected = field.kind.expected();
    let sentence = match keys.get(2) {
        _ if field.is_secret => {
            format!(
                "`{path}` has a value that does not fit and is not shown (from {place}); write {expected}."
            )
        }
        Some(_) => format!("`{path}` has the entry {} (from {place}); write {expected}.", shown(value)),
        None => format!("`{path}` is {} (from {place}); write {expected}.", shown(value)),
    };
    Problem::new(path, sentence)
}

/// JSON Schema counts 2.0 as a whole number; the settings do not.
fn fractions<'a>(
    merged: &'a Value,
    catalog: &'a Catalog,
    place_of: &'a PlaceOf<'_>,
) -> impl Iterator<Item = Problem> + 'a {
    let wholes = catalog.fields().filter(|field| matches!(field.kind, Kind::Integer { .. }));
    wholes.filter_map(move |field| {
        let value = merged.get(&field.section)?.get(&field.key)?;
        let is_whole_float = value.is_f64() && value.as_f64().is_some_and(|number| number.fract() == 0.0);
        let keys = [field.section.as_str(), field.key.as_str()];
        is_whole_float.then(|| wrong_value(&keys, value, catalog, place_of))
    })
}

fn choices(section: &str, catalog: &Catalog) -> String {
    let quoted = |names: Vec<&str>| names.join("`, `");
    match catalog.find_section(section) {
        Some(known) => {
            let keys = known.fields.iter().map(|field| field.key.as_str()).collect();
            format!("one of `[{section}]`: `{}`", quoted(keys))
        }
        None => {
            let sections = catalog.sections.iter().map(|section| section.name.as_str()).collect();
            format!("one of the sections `{}`", quoted(sections))
        }
    }
}

/// JSON Pointer escapes (RFC 6901): `~1` is a slash, `~0` a tilde.
fn unescape(key: &str) -> String {
    key.replace("~1", "/").replace("~0", "~")
}
