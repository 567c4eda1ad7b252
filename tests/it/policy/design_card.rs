//! The design card (APP-17): what the program is made of, and what lies at the top of its folder.

use super::rust_text::{outer_names, product_code_of, words};
use super::{assert_none, tree};
use std::collections::{BTreeMap, BTreeSet};

/// The crates of the design card that are here, each with the file where its part begins.
const CARD: &[(&str, &str)] = &[
    ("axum", "src/http/routes.rs"),
    ("figment", "src/config/mod.rs"),
    ("reqwest", "src/gateway/llm/connection.rs"),
    ("rusqlite", "src/store/connection.rs"),
    ("rust-embed", "src/http/assets.rs"),
    ("tantivy", "src/index/tantivy/mod.rs"),
    ("tokio", "src/http/server.rs"),
    ("tracing", "src/http/middleware/mod.rs"),
];

/// The crates of the design card that come with their part: crate, part, and the path that shows that it came.
const ARRIVING: &[(&str, &str, &str)] = &[
    ("lancedb", "vectors, with the embedder that fills them (decision 0001)", "src/index/lance.rs"),
    ("async-stripe", "billing, with the Stripe gateway", "src/gateway/stripe/live.rs"),
];

/// What may lie at the top, beside hidden files.
const TOP: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "Makefile",
    "README.md",
    "assets",
    "clippy.toml",
    "migrations",
    "packaging",
    "rust-toolchain.toml",
    "rustfmt.toml",
    "snip.toml.example",
    "src",
    "tests",
];

struct Dependency {
    name: String,
    value: toml::Value,
    /// The comment directly above its line.
    reason: String,
}

/// The manifests of the program and of the part of it that is a crate of its own (decision 0011).
const MANIFESTS: [&str; 2] = ["Cargo.toml", "src/index/embed/minilm/network/Cargo.toml"];

/// The lines of a section of both manifests.
fn dependencies(section: &str) -> Vec<Dependency> {
    MANIFESTS.iter().flat_map(|manifest| dependencies_of(manifest, section)).collect()
}

fn dependencies_of(manifest: &str, section: &str) -> Vec<Dependency> {
    let text = tree::read(manifest);
    let manifest: toml::Table = text.parse().unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let table = manifest[section].as_table().unwrap().clone();
    let dependency = |(name, value): (String, toml::Value)| {
        let line = lines.iter().position(|line| line.starts_with(&format!("{name} ="))).unwrap();
        let above = line.checked_sub(1).map_or("", |above| lines[above]);
        let reason = above.strip_prefix("# ").unwrap_or_default().to_owned();
        Dependency { name, value, reason }
    };
    table.into_iter().map(dependency).collect()
}

#[test]
fn every_dependency_is_pinned_bare_and_has_its_reason() {
    let mut broken = Vec::new();

    for dependency in dependencies("dependencies").into_iter().chain(dependencies("dev-dependencies")) {
        let Dependency { name, value, reason } = dependency;
        let version = value.get("version").and_then(toml::Value::as_str).unwrap_or_default();
        if !version.starts_with('=') {
            broken.push(format!("{name}: pin it exactly, `version = \"=…\"`"));
        }
        if value.get("default-features").and_then(toml::Value::as_bool) != Some(false) {
            broken.push(format!("{name}: switch its default features off and name those that are used"));
        }
        if reason.len() < 8 {
            broken.push(format!("{name}: say in a line above it why it is here"));
        }
    }

    assert_none(&broken, "dependencies: default features off, pinned, with the reason (style 53)");
}

#[test]
fn every_dependency_is_used() {
    let mut named = BTreeMap::from([("src", BTreeSet::new()), ("tests", BTreeSet::new())]);
    for file in tree::texts(|path| path.ends_with(".rs")) {
        let is_test = tree::is_test_file(&file.path);
        let code = product_code_of(&file.text);
        let names = outer_names(&code).into_iter().map(|(_, name)| name);
        // Attributes such as `#[tokio::main]` and macros such as `maud` bring their names as words.
        let all = names.chain(words(&code).into_iter().map(str::to_owned));
        named.get_mut(if is_test { "tests" } else { "src" }).unwrap().extend(all);
    }
    let unused = |section, place: &'static str| {
        let named = &named[place];
        let missing = move |it: &Dependency| !named.contains(&it.name.replace('-', "_"));
        dependencies(section)
            .into_iter()
            .filter(missing)
            .map(move |it| format!("{}: not used in {place}", it.name))
    };

    let broken: Vec<String> =
        unused("dependencies", "src").chain(unused("dev-dependencies", "tests")).collect();

    assert_none(&broken, "take away what nothing uses");
}

#[test]
fn the_crates_of_the_design_card_do_their_part() {
    let direct: Vec<String> = dependencies("dependencies").into_iter().map(|it| it.name).collect();
    let mut broken = Vec::new();

    for (name, file) in CARD {
        if !direct.contains(&(*name).to_owned()) {
            broken.push(format!("`{name}` is no direct dependency"));
        }
        if !tree::has_word(&product_code_of(&tree::read(file)), &name.replace('-', "_")) {
            broken.push(format!("{file} does not use `{name}`"));
        }
    }
    for (name, part, path) in ARRIVING {
        let has_part = tree::root().join(path).exists();
        if has_part != direct.contains(&(*name).to_owned()) {
            broken.push(format!("`{name}` comes together with `{path}`: {part}; then it moves to CARD"));
        }
    }

    assert_none(&broken, "APP-17");
}

#[test]
fn configuration_is_layered_by_figment() {
    let code = product_code_of(&tree::read("src/config/mod.rs"));

    assert!(
        code.contains("Figment::from(Serialized::defaults(Settings::default()))"),
        "the defaults are a layer"
    );
    assert!(code.matches(".merge(").count() >= 4, "file, environment, secrets and flags are layers");
    assert!(code.contains(".extract::<Settings>()"), "the settings are read from the layers");
}

#[test]
fn the_top_level_holds_what_the_design_card_allows() {
    let found: BTreeSet<String> =
        tree::paths().iter().filter_map(|path| path.split('/').next().map(str::to_owned)).collect();
    let surplus: Vec<String> = found
        .iter()
        .filter(|name| !name.starts_with('.') && !TOP.contains(&name.as_str()))
        .cloned()
        .collect();
    let missing: Vec<String> =
        TOP.iter().filter(|name| !found.contains(**name)).map(|name| (*name).into()).collect();

    assert_none(&surplus, "APP-17: this belongs into one of the folders");
    assert_none(&missing, "APP-17: this must lie at the top");
}
