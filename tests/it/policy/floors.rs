//! Imports go downward only (architecture 3; ARCHITECTURE.md "Floors", "Rooms").

use super::rust_text::{inner_paths, literals_of, product_code_of};
use super::{assert_none, tree};
use std::collections::BTreeMap;

/// What each top module may name, beside itself. The composition root sees everybody, and nobody sees it.
const FLOORS: &[(&str, &[&str])] = &[
    ("ground", &[]),
    ("store", &["ground"]),
    ("gateway", &["ground"]),
    ("index", &["ground"]),
    ("domain", &["ground", "store", "gateway", "index"]),
    ("http", &["ground", "store", "gateway", "index", "domain"]),
    ("engine", &["ground", "store", "gateway", "index", "domain"]),
    ("config", &["ground"]),
    ("telemetry", &["ground", "config"]),
    ("app", &["ground", "store", "gateway", "index", "domain", "http", "engine", "config", "telemetry"]),
    (
        "cli",
        &["ground", "store", "gateway", "index", "domain", "http", "engine", "config", "telemetry", "app"],
    ),
    ("main", &["cli"]),
    ("lib", &[]),
];

/// The rooms in the order in which they may call each other: a room calls those before it.
const ROOMS: &[&str] = &[
    "scope",
    "widget_builds",
    "clients",
    "people",
    "access",
    "consent",
    "metering",
    "billing",
    "notify",
    "knowledge",
    "conversations",
    "leads",
    "channels",
    "chat",
    "automations",
    "evaluation",
    "demo",
    "privacy",
    "ops",
];

/// `domain/environment.rs` carries the tools of the rooms; it stands beside their order.
const TOOLS: &[&str] = &["Environment", "environment"];

/// Files that decide and compute only: no clock, no randomness, no input or output, no transaction. `ground` and
/// every `rules.rs` are pure without standing here.
const PURE: &[&str] = &[
    "src/domain/access/visitor_session.rs",
    "src/domain/chat/citing.rs",
    "src/domain/chat/extractive",
    "src/domain/chat/phrases.rs",
    "src/domain/chat/prompt/",
    "src/domain/chat/prompt_guard/",
    "src/domain/clients/contrast.rs",
    "src/domain/clients/css.rs",
    "src/domain/clients/look_values.rs",
    "src/domain/clients/looks.rs",
    "src/domain/clients/origins.rs",
    "src/domain/clients/settings.rs",
    "src/domain/clients/svg.rs",
    "src/domain/knowledge/chunking.rs",
    "src/domain/knowledge/extraction.rs",
    "src/domain/knowledge/markdown.rs",
    "src/domain/knowledge/markdown_html.rs",
    "src/domain/knowledge/plain_text.rs",
    "src/domain/knowledge/source.rs",
    "src/domain/notify/templates.rs",
    "src/domain/people/permissions.rs",
    "src/gateway/email/message.rs",
    "src/gateway/llm/sse.rs",
    "src/gateway/llm/thoughts.rs",
    "src/gateway/llm/wire/",
    "src/http/pages.rs",
    "src/http/problem_codes.rs",
    "src/index/bm25.rs",
];

/// What a pure file cannot name.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::env",
    "std::process",
    "std::thread",
    "std::net::Tcp",
    "std::net::Udp",
    "std::os",
    "std::io::std",
    "SystemTime",
    "Instant",
    "Timestamp::now",
    "Zoned::now",
    "rand::",
    "tokio::",
    "rustix::",
    "ReadTx",
    "WriteTx",
    ".await",
];

/// Where each exported macro is made: `crate::params` is the store's.
fn macros() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for file in tree::product_files() {
        let code = product_code_of(&file.text);
        for part in code.split("#[macro_export]").skip(1) {
            let name = part.split("macro_rules!").nth(1).and_then(|rest| rest.split('{').next()).unwrap();
            found.insert(name.trim().to_owned(), top_of(&file.path).to_owned());
        }
    }
    found
}

/// `store` of `src/store/db.rs`, `app` of `src/app.rs`.
fn top_of(path: &str) -> &str {
    path.trim_start_matches("src/").trim_end_matches(".rs").split('/').next().unwrap()
}

#[test]
fn floors_import_downward_only() {
    let macros = macros();
    let mut broken = Vec::new();

    for file in tree::product_files() {
        let own = top_of(&file.path);
        let Some((_, below)) = FLOORS.iter().find(|(name, _)| *name == own) else {
            broken.push(format!("{}: `{own}` has no floor; give it one in this test", file.path));
            continue;
        };
        for path in inner_paths(&file.path, &product_code_of(&file.text)) {
            let Some(named) = path.first().map(|name| macros.get(name).unwrap_or(name)) else { continue };
            if own != "lib" && named != own && !below.contains(&named.as_str()) {
                broken.push(format!("{}: `{}` stands above or beside `{own}`", file.path, path.join("::")));
            }
        }
    }

    assert_none(
        &broken,
        "imports go downward only; a floor that needs a higher one takes a trait or emits an event",
    );
}

#[test]
fn rooms_call_only_rooms_above_them() {
    let mut broken = Vec::new();

    for file in tree::product_files().iter().filter(|file| file.path.starts_with("src/domain/")) {
        let own = top_of(file.path.trim_start_matches("src/domain/"));
        if own == "mod" || TOOLS.contains(&own) {
            continue;
        }
        let Some(place) = ROOMS.iter().position(|room| *room == own) else {
            broken.push(format!("{}: the room `{own}` has no place in the order", file.path));
            continue;
        };
        for path in inner_paths(&file.path, &product_code_of(&file.text)) {
            let [top, named, ..] = path.as_slice() else { continue };
            let is_tool = TOOLS.contains(&named.as_str());
            if top == "domain" && !is_tool && !ROOMS[..=place].contains(&named.as_str()) {
                broken.push(format!("{}: `{own}` names the later room `{named}`", file.path));
            }
        }
    }

    assert_none(&broken, "a room calls rooms above it; what needs a later room emits an event");
}

#[test]
fn the_list_of_rooms_says_the_same_in_code_and_words() {
    let doc = tree::read("src/domain/mod.rs");
    let in_words: Vec<&str> =
        doc.lines().filter_map(|line| line.strip_prefix("//! | [`")?.split('`').next()).collect();
    let guide = tree::read("src/ARCHITECTURE.md");
    let rooms = guide.split("## Rooms").nth(1).and_then(|rest| rest.split("\n## ").next()).unwrap();
    let in_guide: Vec<&str> =
        rooms.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let folders: Vec<&str> =
        ROOMS.iter().copied().filter(|room| tree::root().join("src/domain").join(room).is_dir()).collect();

    assert_eq!(in_words, folders, "src/domain/mod.rs lists the rooms in their order");
    assert_eq!(in_guide, folders, "src/ARCHITECTURE.md lists the rooms in their order");
}

#[test]
fn what_is_called_pure_names_no_clock_no_randomness_and_no_world() {
    let is_pure = |path: &str| {
        let is_rules = path.ends_with("/rules.rs") || path.contains("/rules/");
        path.starts_with("src/ground/") || is_rules || PURE.iter().any(|pure| path.starts_with(pure))
    };
    let mut broken = Vec::new();

    for file in tree::product_files().iter().filter(|file| is_pure(&file.path)) {
        let code = product_code_of(&file.text);
        for word in IMPURE.iter().filter(|word| code.contains(**word)) {
            broken.push(format!("{}: `{word}`", file.path));
        }
    }

    assert_none(&broken, "pure files take time, ids and randomness as arguments and touch nothing");
}

#[test]
fn the_clock_of_the_machine_is_read_in_one_place() {
    let mut broken = Vec::new();

    for file in tree::product_files() {
        let code = product_code_of(&file.text);
        let reads = ["SystemTime::now", "Timestamp::now", "Zoned::now", "UNIX_EPOCH"];
        for read in reads.iter().filter(|read| code.contains(**read) && file.path != "src/store/clock.rs") {
            broken.push(format!("{}: `{read}`; take `tx.now()`, `env.clock` or an argument", file.path));
        }
        // Measuring how long something takes is no decision. Of the rooms, those measure that tell it: the
        // explanation of an answer, the figures of an evaluation.
        let measures = [
            "src/store/",
            "src/http/",
            "src/engine/",
            "src/gateway/",
            "src/cli/",
            "src/domain/chat/",
            "src/domain/evaluation/",
        ];
        if code.contains("Instant::now") && !measures.iter().any(|folder| file.path.starts_with(folder)) {
            broken.push(format!("{}: `Instant::now`", file.path));
        }
    }

    assert_none(&broken, "the clock is injected (style 27)");
}

#[test]
fn sql_stands_in_the_store_and_in_rooms_only() {
    let has_sql = |text: &&str| {
        let text = text.trim_start();
        let starts = ["select ", "insert into ", "update ", "delete from ", "create table ", "pragma "];
        starts.iter().any(|start| text.starts_with(start)) && text.len() > 20 && !text.ends_with('.')
    };
    let mut broken = Vec::new();

    for file in tree::product_files() {
        let may = file.path.starts_with("src/store/") || file.path.starts_with("src/domain/");
        if let Some(sql) = literals_of(&file.text).into_iter().find(has_sql).filter(|_| !may) {
            broken.push(format!("{}: {sql:?}", file.path));
        }
    }

    assert_none(&broken, "SQL belongs to the store and to a room's `store.rs`");
}
