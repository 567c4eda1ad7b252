//! COMPOSITION ROOT: what the appliance runs with.
//!
//! Values come from, each over the one before: the defaults, `snip.toml`, the environment
//! (`SNIP__SECTION__KEY`), secrets in files (`SNIP__SECTION__KEY_FILE`), flags of the command line; the keys of language models
//! also come from their providers' own variables. The merged
//! tree is checked against one schema that is made from the types in `settings.rs`.
//!
//! Promises: a configuration that loads has every value in its range; one that does not is refused with all
//! its problems at once, each a sentence that says what is wrong, where, and what would be right; no problem
//! and no output holds a secret; nothing is opened but the files that the sources name.
//!
//! It does not bind, create or migrate anything, and it does not watch for changes: a new configuration is a
//! new start. Start reading at [`load`], then `settings.rs`.

mod backup;
mod billing;
mod check;
mod embeddings;
mod example;
mod formats;
mod llm;
mod mail;
mod network;
mod problems;
mod schema;
mod settings;
mod show;
mod sign_up;
mod sources;
mod toml_file;

#[cfg(test)]
mod tests;

pub use backup::BackupSettings;
pub use billing::{BillingMode, BillingSettings, secrets_of};
pub use embeddings::{EmbeddingProvider, EmbeddingSettings};
pub use example::example;
pub use formats::PublicUrl;
pub use llm::{LlmFallbackSettings, LlmProvider, LlmSettings};
pub use mail::{MailEncryption, MailProvider, MailSettings};
pub use network::NetworkSettings;
pub use problems::{ConfigProblems, Problem};
pub use settings::{
    BrandSettings, DataSettings, HttpSettings, JobSettings, LimitSettings, LogFormat, LogSettings,
    MetricsSettings, Settings,
};
pub use sources::{DEFAULT_FILE, Sources};

use figment::providers::Serialized;
use figment::value::{Tag, Value};
use figment::{Figment, Profile, Provider as _};
use schema::{Catalog, catalog};
use std::collections::BTreeMap;

/// A configuration that was found sound.
#[derive(Debug, Clone)]
pub struct Loaded {
    pub settings: Settings,
    /// For each setting that did not come from the defaults, where it came from.
    places: BTreeMap<String, String>,
}

impl Loaded {
    /// Where `path` (`http.listen`) was set: "snip.toml, line 3". None for a default.
    pub fn place(&self, path: &str) -> Option<&str> {
        self.places.get(path).map(String::as_str)
    }
}

/// The JSON Schema (2020-12) of the settings: what an editor may check `snip.toml` with.
pub fn json_schema() -> &'static serde_json::Value {
    &catalog().schema
}

/// Reads, merges and checks. Returns the settings, or every problem at once.
pub fn load(sources: &Sources) -> Result<Loaded, ConfigProblems> {
    let catalog = catalog();
    let mut problems = Vec::new();
    let file = sources::read_file_layer(sources.file.as_deref(), catalog, &mut problems);
    let [values, secrets] = sources::read_environment_layers(&sources.environment, catalog, &mut problems);
    let flags = sources::read_flag_layer(&sources.flags, catalog, &mut problems);
    let merged = Figment::from(Serialized::defaults(Settings::default()))
        .merge(file)
        .merge(values)
        .merge(secrets)
        .merge(flags);
    let is_set = |path: &str| {
        let metadata = merged.find_metadata(path);
        metadata
            .is_some_and(|metadata| metadata.source.as_ref().is_some_and(|source| source.custom().is_some()))
    };
    let keys = llm::read_key_layer(&merged, &sources.environment, catalog, &is_set);
    let merged = merged.clone().merge(keys);

    let tree = match merged.data() {
        Ok(mut profiles) => Value::from(profiles.remove(&Profile::Default).unwrap_or_default()),
        Err(error) => return Err(unexpected(&error)),
    };
    problems.extend(check_tree(&merged, &tree, catalog));
    ConfigProblems::none_or(problems)?;
    let settings = merged.extract::<Settings>().map_err(|error| unexpected(&error))?;
    Ok(Loaded { settings, places: places(&merged, &tree, catalog) })
}

fn check_tree(merged: &Figment, tree: &Value, catalog: &Catalog) -> Vec<Problem> {
    let place_of = |keys: &[&str]| find_place(merged, tree, keys).unwrap_or_default();
    match serde_json::to_value(tree) {
        Ok(json) => {
            let mut problems = check::check(&json, catalog, &place_of);
            problems.extend(embeddings::check(&json, &place_of));
            problems.extend(mail::check(&json, &place_of));
            problems.extend(llm::check(&json, catalog, &place_of));
            problems
        }
        Err(_) => vec![Problem::new("settings", "The settings cannot be written as JSON; report this.")],
    }
}

/// What passed the check and still cannot be read is a mistake of ours. The value is left out, as it may be a
/// secret.
fn unexpected(error: &figment::Error) -> ConfigProblems {
    let path = error.path.join(".");
    let sentence = format!("`{path}` passed the check and cannot be read; report this.");
    ConfigProblems::all(vec![Problem::new(path, sentence)])
}

fn places(merged: &Figment, tree: &Value, catalog: &Catalog) -> BTreeMap<String, String> {
    let place = |section: &str, key: &str| find_place(merged, tree, &[section, key]);
    catalog
        .fields()
        .filter_map(|field| Some((field.path.clone(), place(&field.section, &field.key)?)))
        .collect()
}

/// The place that the value's layer tells; None for a default.
fn find_place(merged: &Figment, tree: &Value, keys: &[&str]) -> Option<String> {
    let metadata = merged.get_metadata(find_tag(tree, keys)?)?;
    // The defaults are the only layer whose source is code.
    metadata.source.as_ref()?.custom()?;
    Some(metadata.interpolate(&Profile::Default, keys))
}

/// Keys of a file may hold dots, so the tree is walked and not asked by path.
fn find_tag(tree: &Value, keys: &[&str]) -> Option<Tag> {
    let leaf = keys.iter().try_fold(tree, |value, key| match value {
        Value::Dict(_, dict) => dict.get(*key),
        Value::Array(_, items) => items.get(key.parse::<usize>().ok()?),
        _ => None,
    })?;
    Some(leaf.tag())
}
