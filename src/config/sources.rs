//! Where values come from: a file, the environment, files of secrets, flags. Each becomes a layer that knows,
//! for every value, the place a person would look at.

use super::problems::{Problem, printable};
use super::schema::{Catalog, Field, Kind};
use crate::ground::limits;
use figment::value::{Dict, Map, Value};
use figment::{Metadata, Profile, Provider};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// The file that is read when no other is named, if it is there.
pub const DEFAULT_FILE: &str = "snip.toml";

/// What a configuration is loaded from. The environment is an argument, so that loading is the same in a test
/// as at start.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The file that was asked for; None reads [`DEFAULT_FILE`] from the working directory if it exists.
    pub file: Option<PathBuf>,
    /// Names and values; names that do not begin with `SNIP_` are left alone.
    pub environment: Vec<(String, String)>,
    /// Paths such as `http.listen` and the texts given for them. The last of a path counts.
    pub flags: Vec<(String, String)>,
}

impl Sources {
    /// The environment of this process. A name or value that is not Unicode comes through with replacement
    /// characters, rather than ending the process as [`std::env::vars`] would.
    pub fn of_this_process(file: Option<PathBuf>, flags: Vec<(String, String)>) -> Self {
        let environment = std::env::vars_os()
            .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
            .collect();
        Self { file, environment, flags }
    }
}

/// Values of one source, and the place of each.
#[derive(Default)]
pub(super) struct Layer {
    tree: Dict,
    places: BTreeMap<String, String>,
}

impl Layer {
    /// `places` tells, by path, where each value of `tree` stands.
    pub(super) fn new(tree: Dict, places: BTreeMap<String, String>) -> Self {
        Self { tree, places }
    }

    pub(super) fn set(&mut self, field: &Field, value: Value, place: String) {
        let section = self.tree.entry(field.section.clone()).or_insert_with(|| Value::from(Dict::new()));
        if let Value::Dict(_, keys) = section {
            keys.insert(field.key.clone(), value);
        }
        self.places.insert(field.path.clone(), place);
    }
}

impl Provider for Layer {
    /// Interpolating the keys of a value gives its place: "snip.toml, line 3".
    fn metadata(&self) -> Metadata {
        let places = self.places.clone();
        Metadata::from("settings", "a layer").interpolater(move |_: &Profile, keys: &[&str]| {
            // A value that stands inside another has the place of the outer one.
            let mut paths = (0..=keys.len()).rev().filter_map(|count| keys.get(..count));
            paths.find_map(|path| places.get(&path.join("."))).cloned().unwrap_or_default()
        })
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Map::from([(Profile::Default, self.tree.clone())]))
    }
}

/// Reads the configuration file. A missing file is a problem only if it was named.
pub(super) fn read_file_layer(named: Option<&Path>, catalog: &Catalog, problems: &mut Vec<Problem>) -> Layer {
    let path = named.unwrap_or(Path::new(DEFAULT_FILE));
    let name = printable(&path.display().to_string());
    match read_text(path, limits::CONFIG_FILE_BYTES_MAX) {
        Ok(text) => super::toml_file::parse(&name, &text, catalog, problems),
        Err(FileProblem::Missing) if named.is_none() => Layer::default(),
        Err(problem) => {
            let sentence = format!("The configuration file {name} {problem}; {}.", problem.remedy());
            problems.push(Problem::new(name, sentence));
            Layer::default()
        }
    }
}

/// The two layers of the environment: plain values, and secrets read from files that `…_FILE` names.
pub(super) fn read_environment_layers(
    environment: &[(String, String)],
    catalog: &Catalog,
    problems: &mut Vec<Problem>,
) -> [Layer; 2] {
    let mut values = Layer::default();
    let mut secrets = Layer::default();
    for (name, value) in environment {
        match find_variable(name, catalog) {
            Variable::Foreign => {}
            Variable::Value(field) => {
                let place = format!("environment variable {name}");
                values.set(field, convert(&field.kind, value), place);
            }
            Variable::SecretFile(field) => match read_secret(Path::new(value)) {
                Ok(secret) => secrets.set(field, Value::from(secret), format!("file of {name}")),
                Err(problem) => {
                    let file = format!("{value:?}");
                    let sentence = format!(
                        "The file {file} that {name} names for `{}` {problem}; {}.",
                        field.path,
                        problem.remedy()
                    );
                    problems.push(Problem::new(name, sentence));
                }
            },
            Variable::Unknown(sentence) => problems.push(Problem::new(name, sentence)),
        }
    }
    [values, secrets]
}

/// The layer of the command line.
pub(super) fn read_flag_layer(
    flags: &[(String, String)],
    catalog: &Catalog,
    problems: &mut Vec<Problem>,
) -> Layer {
    let mut layer = Layer::default();
    for (path, value) in flags {
        match catalog.find_field(path) {
            Some(field) => layer.set(field, convert(&field.kind, value), "the command line".to_owned()),
            None => {
                let sentence = super::check::unknown(path, "the command line", catalog);
                problems.push(Problem::new(path, sentence));
            }
        }
    }
    layer
}

/// What a name in the environment is to us.
enum Variable<'a> {
    Foreign,
    Value(&'a Field),
    SecretFile(&'a Field),
    Unknown(String),
}

fn find_variable<'a>(name: &str, catalog: &'a Catalog) -> Variable<'a> {
    let upper = name.to_ascii_uppercase();
    if !upper.starts_with("SNIP_") {
        return Variable::Foreign;
    }
    if let Some(field) = catalog.fields().find(|field| field.environment_name() == name) {
        return Variable::Value(field);
    }
    let file_of = name.strip_suffix("_FILE").unwrap_or_default();
    if let Some(field) = catalog.fields().find(|field| field.environment_name() == file_of) {
        return match field.is_secret {
            true => Variable::SecretFile(field),
            false => Variable::Unknown(format!(
                "{name} would read `{}` from a file, which is only done for secrets; set {file_of} instead.",
                field.path
            )),
        };
    }
    // `SNIP_HTTP_LISTEN` is passed over by the rule and meant by the person: say so.
    let letters = |text: &str| text.replace('_', "");
    let meant = catalog.fields().map(Field::environment_name).find(|known| letters(known) == letters(&upper));
    if let Some(known) = meant {
        return Variable::Unknown(format!("The environment variable {name} is not read; write {known}."));
    }
    if !upper.starts_with("SNIP__") {
        return Variable::Foreign;
    }
    Variable::Unknown(super::check::unknown_variable(name, &upper, catalog))
}

/// A text as the value that the field's type asks for. What cannot be converted stays text, and the check
/// says what is wrong with it.
fn convert(kind: &Kind, text: &str) -> Value {
    let as_text = || Value::from(text);
    match kind {
        Kind::Boolean => text.trim().parse::<bool>().map_or_else(|_| as_text(), Value::from),
        Kind::Integer { .. } => text.trim().parse::<i64>().map_or_else(|_| as_text(), Value::from),
        Kind::Number { .. } => text.trim().parse::<f64>().map_or_else(|_| as_text(), Value::from),
        Kind::List { .. } if text.trim_start().starts_with('[') => {
            let items = serde_json::from_str::<Vec<serde_json::Value>>(text).ok();
            items.and_then(|items| Value::serialize(items).ok()).unwrap_or_else(as_text)
        }
        Kind::List { .. } => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            Value::from(items.map(Value::from).collect::<Vec<Value>>())
        }
        Kind::Choice(_) | Kind::Text { .. } => as_text(),
    }
}

/// Why a file could not be used; reads as the end of a sentence that begins with the file's name.
#[derive(Debug, thiserror::Error)]
enum FileProblem {
    #[error("does not exist")]
    Missing,
    #[error("has no name")]
    Unnamed,
    #[error("is a folder")]
    Folder,
    #[error("is not a regular file")]
    NotRegular,
    #[error("is empty")]
    Empty,
    #[error("is larger than {0} bytes")]
    TooLarge(u64),
    #[error("is not UTF-8 text")]
    NotText,
    #[error("cannot be read ({0})")]
    Unreadable(#[source] io::Error),
}

impl FileProblem {
    const fn remedy(&self) -> &'static str {
        match self {
            Self::Missing => "create it, or correct its name",
            Self::Unnamed => "write the file's path, or remove the variable",
            Self::Folder | Self::NotRegular => "name a file",
            Self::Empty => "write the secret into it, or remove the variable",
            Self::TooLarge(_) => "shorten it, or name another file",
            Self::NotText => "save it as UTF-8",
            Self::Unreadable(_) => "let the user that runs this program read it",
        }
    }
}

/// Reads one secret; line ends after it are dropped.
fn read_secret(path: &Path) -> Result<String, FileProblem> {
    if path.as_os_str().is_empty() {
        return Err(FileProblem::Unnamed);
    }
    let text = read_text(path, limits::SECRET_FILE_BYTES_MAX)?;
    let secret = text.trim_end_matches(['\r', '\n']);
    if secret.is_empty() { Err(FileProblem::Empty) } else { Ok(secret.to_owned()) }
}

/// Reads a text of bounded size. Only regular files are opened: a pipe without a writer would hang the start.
fn read_text(path: &Path, bytes_max: u64) -> Result<String, FileProblem> {
    let kind = fs::metadata(path).map_err(from_io)?;
    if kind.is_dir() {
        return Err(FileProblem::Folder);
    }
    if !kind.is_file() {
        return Err(FileProblem::NotRegular);
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(from_io)?;
    file.take(bytes_max.saturating_add(1)).read_to_end(&mut bytes).map_err(from_io)?;
    if bytes.len() as u64 > bytes_max {
        return Err(FileProblem::TooLarge(bytes_max));
    }
    String::from_utf8(bytes).map_err(|_| FileProblem::NotText)
}

fn from_io(error: io::Error) -> FileProblem {
    match error.kind() {
        io::ErrorKind::NotFound => FileProblem::Missing,
        _ => FileProblem::Unreadable(error),
    }
}
