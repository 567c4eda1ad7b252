//! No secret stands in the tree or in the binary, and none has a fallback (APP-8).

use super::{assert_none, tree};
use snip::app::{OpenStore, Sources};
use snip::config::Settings;
use snip::store::directory::Layout;
use std::os::unix::fs::PermissionsExt as _;

/// A secret's beginning, and how many characters of a key must follow until it is one.
const KEYS: &[(&str, usize)] = &[
    ("sk_live_", 8),
    ("sk_test_", 8),
    ("rk_live_", 8),
    ("whsec_", 8),
    ("snip_sk_", 43),
    ("sk-ant-", 8),
    ("sk-proj-", 8),
    ("AKIA", 16),
    ("ghp_", 20),
    ("github_pat_", 20),
    ("xoxb-", 10),
    ("AIza", 30),
    ("-----BEGIN PRIVATE KEY-----", 0),
    ("-----BEGIN RSA PRIVATE KEY-----", 0),
    ("-----BEGIN EC PRIVATE KEY-----", 0),
    ("-----BEGIN OPENSSH PRIVATE KEY-----", 0),
];

/// Names that an assignment of a literal makes suspicious.
const NAMES: &[&str] =
    &["password", "passwd", "secret", "secret_key", "api_key", "apikey", "token", "signing_key"];

fn is_of_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+' | b'/')
}

/// The keys that stand in these bytes.
fn keys_in(bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for (start, length_min) in KEYS {
        let mut at = 0;
        while let Some(offset) = find(&bytes[at..], start.as_bytes()) {
            let after = at + offset + start.len();
            let length = bytes[after..].iter().take_while(|byte| is_of_key(**byte)).count();
            let is_key = *length_min == 0 || looks_random(&bytes[after..after + length]);
            if length >= *length_min && is_key {
                found.push(format!("{start}… ({length} characters)"));
            }
            at = after;
        }
    }
    found
}

/// Keys are random: letters of both cases (or capitals only) and digits in plenty. Words are not, nor are the
/// texts that a compiler packs one behind the other.
fn looks_random(key: &[u8]) -> bool {
    let start = &key[..key.len().min(43)];
    let count = |is_wanted: fn(&u8) -> bool| start.iter().filter(|byte| is_wanted(byte)).count();
    let (capitals, small) = (count(u8::is_ascii_uppercase), count(u8::is_ascii_lowercase));
    let has_letters = capitals >= start.len() / 4 && (small >= start.len() / 4 || small == 0);
    has_letters && count(u8::is_ascii_digit) > start.len() / 12
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let first = *wanted.first()?;
    let mut at = 0;
    loop {
        at += bytes[at..].iter().position(|byte| *byte == first)?;
        if bytes[at..].starts_with(wanted) {
            return Some(at);
        }
        at += 1;
    }
}

/// Whether the line gives a secret's name a literal of its own: `password = "hunter2"`.
fn is_fallback(line: &str) -> bool {
    let Some((name, value)) = line.split_once(['=', ':']) else { return false };
    let name = name.trim().trim_matches(['"', '\'']).to_lowercase();
    let last = name.rsplit([' ', '.', '"']).next().unwrap_or_default();
    let quoted = value.trim().trim_start_matches(['=', '>', ' ']).strip_prefix(['"', '\'']);
    let literal = quoted.and_then(|rest| rest.split(['"', '\'']).next()).unwrap_or_default();
    NAMES.contains(&last) && literal.len() > 2 && !literal.contains(['{', '$', '<', ' '])
}

/// Files that are shipped or shown; tests hold made-up keys by right.
fn is_shipped(path: &str) -> bool {
    let is_test = tree::is_test_file(path) || path.contains("/fixtures/");
    !is_test && !path.ends_with(".lock") && !path.ends_with("package-lock.json")
}

#[test]
fn no_key_stands_in_the_tree() {
    let mut broken = Vec::new();

    for path in tree::paths().into_iter().filter(|path| is_shipped(path)) {
        let bytes = std::fs::read(tree::root().join(&path)).unwrap();
        broken.extend(keys_in(&bytes).into_iter().map(|key| format!("{path}: {key}")));
    }

    assert_none(&broken, "APP-8");
}

#[test]
fn no_secret_has_a_fallback_in_the_tree() {
    let mut broken = Vec::new();

    for file in tree::texts(|path| is_shipped(path) && !path.starts_with("assets/dist/")) {
        let text = file.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let lines = text.lines().enumerate().filter(|(_, line)| is_fallback(line));
        broken.extend(lines.map(|(number, line)| format!("{}:{}: {}", file.path, number + 1, line.trim())));
    }

    assert_none(&broken, "APP-8: a secret comes from the settings or is made on the first start");
}

#[test]
fn the_binary_holds_no_key() {
    let binary = std::fs::read(env!("CARGO_BIN_EXE_snip")).unwrap();

    assert_none(&keys_in(&binary), "APP-8");
}

#[test]
fn every_secret_setting_is_empty_by_default() {
    let schema = snip::config::json_schema();
    let defaults = serde_json::to_value(Settings::default()).unwrap();
    let mut secrets = 0;

    for (section, fields) in schema["properties"].as_object().unwrap() {
        for (key, field) in fields["properties"].as_object().unwrap() {
            let is_named_so = NAMES.iter().any(|name| key.ends_with(name));
            let is_secret = field["writeOnly"] == true;
            assert!(is_secret || !is_named_so, "`{section}.{key}` is a secret by name: make it a `Secret`");
            if is_secret {
                secrets += 1;
                assert_eq!(defaults[section][key], "", "`{section}.{key}` has a default");
            }
        }
    }

    assert!(secrets > 0, "secrets were found");
}

#[test]
fn each_node_makes_keys_of_its_own_that_only_its_user_can_read() {
    let (one, other) = (made_keys(), made_keys());

    assert!(!one.is_empty());
    for (name, bytes, mode) in &one {
        assert_eq!(mode & 0o077, 0, "`{name}` can be read by others: {mode:o}");
        assert!(bytes.len() >= 32, "`{name}` is short");
        assert!(other.iter().all(|(_, others, _)| others != bytes), "two nodes share `{name}`");
    }
}

/// The key files of a new node: name, content, mode.
fn made_keys() -> Vec<(String, Vec<u8>, u32)> {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::new(folder.path());
    let keys = layout.keys();
    let sources = Sources::of_this_machine();
    let store = OpenStore::open(layout, sources).unwrap();
    let app = snip::app::App::assemble(store, &Settings::default()).unwrap();
    drop(app);
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        (entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path()).unwrap(), mode)
    };
    std::fs::read_dir(keys).unwrap().map(read).collect()
}

#[test]
fn the_search_finds_what_it_should() {
    let live = format!("let key = \"{}4f9Ab2Cd7e\";", concat!("sk_", "live_"));
    let own = format!("{}q3Vx0tKp9ZrW5mBcY7dNfH2sLgJ8aQe4uTi6oRwE1kM", concat!("snip_", "sk_"));
    let packed = format!("{}getUsageIntoFullZeroCharHeader32isoWeekAndMoreOfThem", concat!("snip_", "sk_"));

    assert_eq!(keys_in(live.as_bytes()).len(), 1);
    assert_eq!(keys_in(own.as_bytes()).len(), 1);
    assert!(keys_in(packed.as_bytes()).is_empty());
    assert!(is_fallback("    password = \"hunter2\""));
    assert!(is_fallback("let token: \"abcdef\""));
    assert!(!is_fallback("token = \"\""));
    assert!(!is_fallback("token = \"$TOKEN\""));
}
