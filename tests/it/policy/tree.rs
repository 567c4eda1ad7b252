//! The files of the project, as git knows them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// New files count before they are committed; what git ignores never does.
const LIST_FILES: [&str; 5] = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];

/// The folder of `Cargo.toml`.
pub(super) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A text file with its path from the root.
pub(super) struct TextFile {
    pub path: String,
    pub text: String,
}

/// Every file of the project, by path from the root. An unpacked archive has no git: then it is what lies there.
pub(super) fn paths() -> Vec<String> {
    let listed = Command::new("git").arg("-C").arg(root()).args(LIST_FILES).output();
    let found: BTreeSet<String> = match listed {
        Ok(output) if output.status.success() && !output.stdout.is_empty() => {
            String::from_utf8(output.stdout).unwrap().split('\0').map(str::to_owned).collect()
        }
        _ => {
            let mut found = BTreeSet::new();
            walk(root(), &ignored(), &mut found);
            found
        }
    };
    found.into_iter().filter(|path| !path.is_empty() && root().join(path).is_file()).collect()
}

/// The names in `.gitignore`; the patterns in it are for files that no build of ours leaves behind.
fn ignored() -> Vec<PathBuf> {
    let text = std::fs::read_to_string(root().join(".gitignore")).unwrap_or_default();
    let names = text.lines().chain(["/.git"]).map(|line| root().join(line.trim_start_matches('/')));
    names.collect()
}

fn walk(folder: &Path, ignored: &[PathBuf], found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap().filter_map(Result::ok) {
        let path = entry.path();
        if ignored.contains(&path) || entry.file_name() == "node_modules" {
            continue;
        }
        if path.is_dir() {
            walk(&path, ignored, found);
        } else {
            let inner = path.strip_prefix(root()).unwrap();
            found.insert(inner.to_string_lossy().into_owned());
        }
    }
}

/// The text files whose paths the caller wants; binary files are left out.
pub(super) fn texts(wanted: impl Fn(&str) -> bool) -> Vec<TextFile> {
    let read = |path: String| {
        let text = String::from_utf8(std::fs::read(root().join(&path)).unwrap()).ok()?;
        Some(TextFile { path, text })
    };
    paths().into_iter().filter(|path| wanted(path)).filter_map(read).collect()
}

/// The Rust files under `src` that are part of the program: no test files.
pub(super) fn product_files() -> Vec<TextFile> {
    texts(|path| path.starts_with("src/") && path.ends_with(".rs") && !is_test_file(path))
}

/// Whether a Rust file holds tests only.
pub(super) fn is_test_file(path: &str) -> bool {
    let is_named_so = path.ends_with("/tests.rs") || path.ends_with("_tests.rs");
    path.starts_with("tests/") || path.contains("/tests/") || is_named_so
}

pub(super) fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Whether `word` stands in `text` as a whole word.
pub(super) fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let is_part = |character: Option<char>| character.is_some_and(|it| it.is_alphanumeric() || it == '_');
        !is_part(text[..at].chars().next_back()) && !is_part(text[at + word.len()..].chars().next())
    })
}
