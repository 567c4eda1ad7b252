//! What the schema cannot see: settings of language models that need each other.

use super::{SECTIONS, VENDORS};
use crate::config::check::PlaceOf;
use crate::config::problems::Problem;
use crate::config::schema::Catalog;
use serde_json::Value;

/// Every problem between the settings of the chain. Values of a wrong type are the schema's matter.
pub(in crate::config) fn check(merged: &Value, catalog: &Catalog, place_of: &PlaceOf<'_>) -> Vec<Problem> {
    let sections = SECTIONS.iter().map(|name| Section::of(name, merged, catalog, place_of));
    let sections: Vec<Section<'_>> = sections.collect();
    let mut problems = Vec::new();
    let mut is_chain_over = false;
    for section in &sections {
        match section.provider {
            "" => {}
            "none" => {
                problems.extend(section.idle_settings());
                is_chain_over = true;
            }
            _ if is_chain_over => problems.push(section.unreachable()),
            _ => problems.extend(section.needs()),
        }
    }
    problems
}

struct Section<'a> {
    name: &'a str,
    provider: &'a str,
    base_url: &'a str,
    model: &'a str,
    api_key: &'a str,
    catalog: &'a Catalog,
    place_of: &'a PlaceOf<'a>,
}

impl<'a> Section<'a> {
    fn of(name: &'a str, merged: &'a Value, catalog: &'a Catalog, place_of: &'a PlaceOf<'a>) -> Self {
        let text = |key: &str| merged.get(name).and_then(|it| it.get(key)?.as_str()).unwrap_or_default();
        Self {
            name,
            provider: text("provider"),
            base_url: text("base_url"),
            model: text("model"),
            api_key: text("api_key"),
            catalog,
            place_of,
        }
    }

    fn path(&self, key: &str) -> String {
        format!("{}.{key}", self.name)
    }

    fn place(&self, key: &str) -> String {
        (self.place_of)(&[self.name, key])
    }

    fn variable(&self, key: &str) -> String {
        let field = self.catalog.find_field(&self.path(key));
        field.map(|field| field.environment_name()).unwrap_or_default()
    }

    /// What the provider cannot work without.
    fn needs(&self) -> Vec<Problem> {
        if self.provider == "openai_compatible" {
            let needed = [("base_url", self.base_url), ("model", self.model)];
            let missing = needed.into_iter().filter(|(_, value)| value.is_empty());
            return missing.map(|(key, _)| self.missing(key)).collect();
        }
        let Some((_, variable, _)) = VENDORS.iter().find(|(name, _, _)| *name == self.provider) else {
            return Vec::new();
        };
        if self.api_key.is_empty() {
            return vec![self.missing_key(variable)];
        }
        self.foreign_key().into_iter().collect()
    }

    fn missing(&self, key: &str) -> Problem {
        let path = self.path(key);
        let sentence = format!(
            "`{}` is \"{}\" (from {}), which needs `{path}`; set it, or {}.",
            self.path("provider"),
            self.provider,
            self.place("provider"),
            self.variable(key)
        );
        Problem::new(path, sentence)
    }

    fn missing_key(&self, variable: &str) -> Problem {
        let path = self.path("api_key");
        let own = self.variable("api_key");
        let sentence = format!(
            "`{}` is \"{}\" (from {}), and its key is missing; set `{path}`, {own}, {own}_FILE or {variable}.",
            self.path("provider"),
            self.provider,
            self.place("provider")
        );
        Problem::new(path, sentence)
    }

    /// A key that shows by its beginning that it is another provider's would be given away.
    fn foreign_key(&self) -> Option<Problem> {
        let begins = |start: &Option<&str>| start.is_some_and(|start| self.api_key.starts_with(start));
        let (owner, _, _) = VENDORS.iter().find(|(_, _, start)| begins(start))?;
        if *owner == self.provider {
            return None;
        }
        let path = self.path("api_key");
        let sentence = format!(
            "`{path}` (from {}) looks like a key of {owner}, and `{}` is \"{}\"; write the key of the provider that \
             it goes to.",
            self.place("api_key"),
            self.path("provider"),
            self.provider
        );
        Some(Problem::new(path, sentence))
    }

    /// Settings of a provider that nobody chose, unless somebody switched it off on purpose.
    fn idle_settings(&self) -> Vec<Problem> {
        if !self.place("provider").is_empty() {
            return Vec::new();
        }
        let settings = [("base_url", self.base_url), ("model", self.model), ("api_key", self.api_key)];
        let idle = settings.into_iter().find(|(_, value)| !value.is_empty());
        let problem = |(key, _): (&str, &str)| {
            let sentence = format!(
                "`{}` is set (from {}), and no provider is chosen; set `{}`, such as \"openai_compatible\".",
                self.path(key),
                self.place(key),
                self.path("provider")
            );
            Problem::new(self.path(key), sentence)
        };
        idle.map(problem).into_iter().collect()
    }

    /// A fallback behind the end of the chain.
    fn unreachable(&self) -> Problem {
        let path = self.path("provider");
        let at = SECTIONS.iter().position(|name| *name == self.name).unwrap_or_default();
        let before = SECTIONS.get(at.saturating_sub(1)).copied().unwrap_or_default();
        let sentence = format!(
            "`{path}` is \"{}\" (from {}), and `{before}.provider`, which would be asked before it, is \"none\"; \
             move it up.",
            self.provider,
            self.place("provider")
        );
        Problem::new(path, sentence)
    }
}
