//! The one truth about the settings: a JSON Schema made from their types, and the list of fields read from it.
//!
//! The check, the conversion of environment values, the nearest-name search, the masks and
//! `snip.toml.example` all read this list, so that none of them can know another set of settings.

use super::formats::find_format;
use super::settings::Settings;
use crate::ground::limits;
use schemars::generate::SchemaSettings;
use serde_json::Value;
use std::sync::LazyLock;

/// The schema and its fields, in the order of the types.
pub(super) struct Catalog {
    pub(super) schema: Value,
    pub(super) sections: Vec<Section>,
}

pub(super) struct Section {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) fields: Vec<Field>,
}

/// One setting.
pub(super) struct Field {
    pub(super) section: String,
    pub(super) key: String,
    /// `section.key`, as people write it.
    pub(super) path: String,
    pub(super) description: String,
    pub(super) kind: Kind,
    pub(super) default: Value,
    pub(super) is_secret: bool,
}

/// What a value of a setting is, with its bounds.
pub(super) enum Kind {
    Boolean,
    Integer { min: u64, max: u64 },
    Number { min: f64, max: f64 },
    Choice(Vec<String>),
    Text { chars_min: u64, chars_max: Option<u64>, format: Option<String> },
    List { items_max: Option<u64>, format: Option<String> },
}

/// The catalog of this build.
pub(super) fn catalog() -> &'static Catalog {
    static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::from_types);
    &CATALOG
}

impl Catalog {
    fn from_types() -> Self {
        let mut how = SchemaSettings::draft2020_12();
        // Without references, a section is found where it stands.
        how.inline_subschemas = true;
        let schema = how.into_generator().into_root_schema_for::<Settings>().to_value();
        let sections =
            properties(&schema).map(|(name, section)| Section::from_schema(name, section)).collect();
        Self { schema, sections }
    }

    pub(super) fn fields(&self) -> impl Iterator<Item = &Field> {
        self.sections.iter().flat_map(|section| &section.fields)
    }

    pub(super) fn fields_of(&self, section: &str) -> impl Iterator<Item = &Field> {
        self.find_section(section).into_iter().flat_map(|section| &section.fields)
    }

    pub(super) fn find_section(&self, name: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.name == name)
    }

    pub(super) fn find_field(&self, path: &str) -> Option<&Field> {
        self.fields().find(|field| field.path == path)
    }

    /// The setting that someone who wrote `path` most probably meant: the same key in another section, or else
    /// the path with the fewest wrong letters, if they are at most a third of it.
    pub(super) fn find_nearest(&self, path: &str) -> Option<&Field> {
        let wanted = path.to_lowercase().replace('-', "_");
        let key = wanted.rsplit('.').next().unwrap_or_default();
        if let Some(moved) = self.fields().find(|field| field.key == key) {
            return Some(moved);
        }
        let distance = |field: &&Field| strsim::damerau_levenshtein(&wanted, &field.path);
        let nearest = self.fields().min_by_key(distance)?;
        (distance(&nearest) * 3 <= wanted.chars().count()).then_some(nearest)
    }
}

impl Section {
    fn from_schema(name: &str, schema: &Value) -> Self {
        let fields = properties(schema).map(|(key, field)| Field::from_schema(name, key, field)).collect();
        Self { name: name.to_owned(), description: text(schema, "description"), fields }
    }
}

impl Field {
    fn from_schema(section: &str, key: &str, schema: &Value) -> Self {
        Self {
            section: section.to_owned(),
            key: key.to_owned(),
            path: format!("{section}.{key}"),
            description: text(schema, "description"),
            kind: Kind::from_schema(schema),
            default: schema.get("default").cloned().unwrap_or_default(),
            is_secret: schema.get("writeOnly") == Some(&Value::Bool(true)),
        }
    }

    /// The environment variable that sets this: `SNIP__HTTP__LISTEN`.
    pub(super) fn environment_name(&self) -> String {
        format!("SNIP__{}__{}", self.section, self.key).to_ascii_uppercase()
    }

    /// What the number counts, told by the end of the name.
    pub(super) fn unit(&self) -> Option<&'static str> {
        if self.key.ends_with("_per_minute") {
            Some("per minute")
        } else if self.key.split('_').any(|word| word == "mb") {
            Some("megabytes (of 1,048,576 bytes)")
        } else if self.key.split('_').any(|word| word == "tokens") {
            Some("tokens")
        } else if self.key.split('_').any(|word| word == "hours") {
            Some("hours")
        } else if self.key.split('_').any(|word| word == "days") {
            Some("days")
        } else if self.key.ends_with("_per_day") {
            Some("per day")
        } else {
            None
        }
    }
}

impl Kind {
    fn from_schema(schema: &Value) -> Self {
        let number = |name: &str| schema.get(name).and_then(Value::as_u64);
        let format = |schema: &Value| schema.get("format").and_then(Value::as_str).map(str::to_owned);
        if let Some(choices) = schema.get("enum").and_then(Value::as_array) {
            return Self::Choice(choices.iter().filter_map(Value::as_str).map(str::to_owned).collect());
        }
        match schema.get("type").and_then(Value::as_str) {
            Some("boolean") => Self::Boolean,
            Some("integer") => Self::Integer {
                min: number("minimum").unwrap_or(0),
                max: number("maximum").unwrap_or(i64::MAX.unsigned_abs()),
            },
            Some("number") => {
                let number = |name: &str| schema.get(name).and_then(Value::as_f64);
                Self::Number {
                    min: number("minimum").unwrap_or(f64::MIN),
                    max: number("maximum").unwrap_or(f64::MAX),
                }
            }
            Some("array") => {
                Self::List { items_max: number("maxItems"), format: schema.get("items").and_then(format) }
            }
            _ => Self::Text {
                chars_min: number("minLength").unwrap_or(0),
                chars_max: number("maxLength"),
                format: format(schema),
            },
        }
    }

    /// What a person should write, as the end of a sentence that begins with "write".
    pub(super) fn expected(&self) -> String {
        match self {
            Self::Boolean => "true or false".to_owned(),
            Self::Integer { min, max } => format!("a whole number from {min} to {max}"),
            Self::Number { min, max } => format!("a number from {min} to {max}"),
            Self::Choice(choices) => {
                let quoted: Vec<String> = choices.iter().map(|choice| format!("{choice:?}")).collect();
                quoted.join(" or ")
            }
            Self::Text { chars_min, chars_max, format } => {
                let length = match (chars_min, chars_max) {
                    (0, Some(max)) => format!("text of at most {max} characters"),
                    (min, Some(max)) => format!("text of {min} to {max} characters"),
                    (_, None) => String::from("text"),
                };
                join(length, format.as_deref())
            }
            Self::List { items_max, format } => {
                let length = items_max.map_or("a list".to_owned(), |max| format!("a list of at most {max}"));
                join(length, format.as_deref())
            }
        }
    }
}

fn join(length: String, format: Option<&str>) -> String {
    match format.and_then(find_format) {
        Some(format) => format!("{length}: {}", format.expected),
        None => length,
    }
}

/// The value as a problem may quote it: as JSON, cut, and not at all when it is a secret.
pub(super) fn shown(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= limits::CONFIG_VALUE_CHARS_SHOWN_MAX {
        return text;
    }
    let start: String = text.chars().take(limits::CONFIG_VALUE_CHARS_SHOWN_MAX).collect();
    format!("{start}…")
}

fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema.get("properties").and_then(Value::as_object).into_iter().flatten()
}

fn text(schema: &Value, name: &str) -> String {
    schema.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}
