//! The text of `snip.toml.example`, made from the schema so that it cannot fall behind the code.

use super::schema::{Field, Kind, catalog};
use super::show::toml_literal;
use std::fmt::Write as _;

const COLUMNS_MAX: usize = 100;

const HEADER: &str = "\
Every setting with its default. No file is needed to start: copy this one to `snip.toml` and take the `#` away \
in front of what you change. The file is read from the folder in which the program is started, or from the \
path that `--config` names.

What is set later counts: this file, then an environment variable (its name stands beside each setting; lists \
with commas), then for secrets the file that the variable with `_FILE` at its end names, then flags of the \
command line.

`snip config check` lists every problem at once; `snip config show` prints what is in effect and where it came \
from.";

/// Every setting, commented out at its default, under what it is for. Lines with a setting begin with `#key`,
/// lines of prose with `# `.
pub fn example() -> String {
    let mut text = String::new();
    push_prose(&mut text, HEADER);
    for section in &catalog().sections {
        text.push_str("\n\n");
        push_prose(&mut text, &section.description);
        // Writing to a String cannot fail.
        let _ = writeln!(text, "[{}]", section.name);
        for field in &section.fields {
            text.push('\n');
            push_prose(&mut text, &field.description);
            push_prose(&mut text, &facts(field));
            push_prose(&mut text, &variables(field));
            let _ = writeln!(text, "#{} = {}", field.key, toml_literal(&field.default));
        }
    }
    text
}

/// Range with unit, and default.
fn facts(field: &Field) -> String {
    let default = match (&field.kind, field.default.as_str()) {
        (Kind::Text { .. }, Some("")) => "empty".to_owned(),
        _ => toml_literal(&field.default),
    };
    let unit = field.unit().map_or_else(String::new, |unit| format!(" {unit}"));
    let range = match &field.kind {
        Kind::Integer { min, max } => format!("{min} to {max}{unit}. "),
        Kind::Number { min, max } => format!("{min} to {max}. "),
        Kind::Boolean => "true or false. ".to_owned(),
        kind @ Kind::Choice(_) => format!("{}. ", kind.expected()),
        Kind::Text { chars_max: Some(max), .. } => format!("At most {max} characters. "),
        Kind::List { items_max: Some(max), .. } => format!("At most {max} entries. "),
        Kind::Text { .. } | Kind::List { .. } => String::new(),
    };
    format!("{range}Default: {default}.")
}

/// The variables that set this field, on a line of their own so that they can be searched for.
fn variables(field: &Field) -> String {
    let name = field.environment_name();
    if field.is_secret {
        format!("Environment: {name} or {name}_FILE")
    } else {
        format!("Environment: {name}")
    }
}

/// Comment lines of bounded width; an empty line parts paragraphs.
fn push_prose(text: &mut String, prose: &str) {
    for (number, paragraph) in prose.split("\n\n").enumerate() {
        if number > 0 {
            text.push_str("#\n");
        }
        let mut line = String::from("#");
        for word in paragraph.split_whitespace() {
            if line.chars().count() + 1 + word.chars().count() > COLUMNS_MAX {
                text.push_str(&line);
                text.push('\n');
                line = String::from("#");
            }
            line.push(' ');
            line.push_str(word);
        }
        text.push_str(&line);
        text.push('\n');
    }
}
