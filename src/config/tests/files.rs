//! The configuration file and files of secrets, sound and broken.

use super::super::{Sources, load};
use super::Given;
use crate::ground::limits;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;

fn refusal_of_file(path: &Path) -> String {
    let problems = load(&Sources { file: Some(path.to_owned()), ..Sources::default() }).expect_err("refused");
    let folder = format!("{}/", path.parent().unwrap().display());
    problems.iter().map(|problem| problem.sentence.replace(&folder, "")).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_named_file_that_is_missing_is_a_problem() {
    let folder = tempfile::tempdir().unwrap();

    assert_eq!(
        refusal_of_file(&folder.path().join("other.toml")),
        "The configuration file other.toml does not exist; create it, or correct its name."
    );
}

#[test]
fn a_folder_in_the_place_of_the_file_is_a_problem() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("snip.toml")).unwrap();

    assert_eq!(
        refusal_of_file(&folder.path().join("snip.toml")),
        "The configuration file snip.toml is a folder; name a file."
    );
}

#[test]
fn an_unreadable_file_is_a_problem() {
    // A loop of links cannot be read by anyone, also not by root.
    let folder = tempfile::tempdir().unwrap();
    symlink(folder.path().join("snip.toml"), folder.path().join("snip.toml")).unwrap();

    let sentence = refusal_of_file(&folder.path().join("snip.toml"));

    assert!(sentence.starts_with("The configuration file snip.toml cannot be read ("), "{sentence}");
    assert!(sentence.ends_with("let the user that runs this program read it."), "{sentence}");
}

#[test]
fn what_is_not_a_regular_file_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let _socket = UnixListener::bind(folder.path().join("snip.toml")).unwrap();

    assert_eq!(
        refusal_of_file(&folder.path().join("snip.toml")),
        "The configuration file snip.toml is not a regular file; name a file."
    );
}

#[test]
fn a_file_that_is_not_text_or_too_large_is_a_problem() {
    let (given, binary) = Given::nothing().other_file("binary.toml", b"a = \"\xff\"");
    let size = usize::try_from(limits::CONFIG_FILE_BYTES_MAX).unwrap();
    let (given, edge) = given.other_file("edge.toml", &vec![b'\n'; size]);
    let (_given, large) = given.other_file("large.toml", &vec![b'\n'; size + 1]);

    assert!(refusal_of_file(&binary).contains("binary.toml is not UTF-8 text; save it as UTF-8."));
    assert!(load(&Sources { file: Some(edge), ..Sources::default() }).is_ok());
    assert!(refusal_of_file(&large).contains("large.toml is larger than 262144 bytes;"));
}

#[test]
fn a_mistake_in_the_syntax_is_told_with_line_and_column() {
    assert_eq!(
        Given::file("[http]\nlisten = here\n").sentence(),
        "snip.toml is not valid TOML at line 2, column 10: string values must be quoted, expected literal string."
    );
    assert_eq!(
        Given::file("[brand]\nagency_name = \"Ä\" x\n").sentence().split(':').next(),
        Some("snip.toml is not valid TOML at line 2, column 19")
    );
    assert_eq!(
        Given::file("[jobs]\nworkers = 99999999999999999999999\n").sentence(),
        "snip.toml is not valid TOML at line 2, column 11: a number is too large."
    );
}

#[test]
fn a_key_or_section_that_stands_twice_is_a_problem() {
    assert_eq!(
        Given::file("[jobs]\nworkers = 2\nworkers = 3\n").sentence(),
        "snip.toml is not valid TOML at line 3, column 1: duplicate key."
    );
    assert_eq!(
        Given::file("[jobs]\nworkers = 2\n[http]\n[jobs]\n").sentence(),
        "snip.toml is not valid TOML at line 4, column 2: duplicate key."
    );
}

#[test]
fn a_broken_file_does_not_hide_the_problems_of_other_sources() {
    let given = Given::file("[http\n").variable("SNIP__JOBS__WORKERS", "0");

    let sentences = given.sentences();

    assert_eq!(sentences.len(), 2, "{sentences:#?}");
    assert!(sentences[1].starts_with("`jobs.workers` is 0 (from environment variable SNIP__JOBS__WORKERS)"));
}

#[test]
fn a_file_as_windows_saves_it_is_read() {
    let given = Given::file("\u{feff}[brand]\r\nagency_name = \"Ada\"\r\n[jobs]\r\nworkers = 0\r\n");

    assert!(given.sentence().contains("`jobs.workers` is 0 (from snip.toml, line 4)"));
}

#[test]
fn line_ends_after_a_secret_are_dropped_and_nothing_else() {
    for content in ["0123456789abcdef", "0123456789abcdef\n", "0123456789abcdef\r\n"] {
        let (given, file) = Given::nothing().other_file("token", content.as_bytes());
        let given = given.variable("SNIP__METRICS__TOKEN_FILE", file.to_str().unwrap());

        let loaded = given.loads();

        assert_eq!(loaded.settings.metrics.token.reveal(), "0123456789abcdef");
        assert_eq!(loaded.place("metrics.token"), Some("file of SNIP__METRICS__TOKEN_FILE"));
    }
    let (given, file) = Given::nothing().other_file("token", b" 0123456789abcdef\n");
    let given = given.variable("SNIP__METRICS__TOKEN_FILE", file.to_str().unwrap());
    assert!(
        given.sentence().contains("does not fit and is not shown (from file of SNIP__METRICS__TOKEN_FILE)")
    );
}

#[test]
fn a_secret_that_cannot_be_read_from_its_file_is_a_problem() {
    let (given, empty) = Given::nothing().other_file("empty", b"\n");
    let folder = empty.parent().unwrap().to_owned();
    let refused = |path: &str| {
        let given = Given::nothing().variable("SNIP__METRICS__TOKEN_FILE", path);
        given.sentence().replace(&format!("{}/", folder.display()), "")
    };

    assert_eq!(
        refused(folder.join("missing").to_str().unwrap()),
        "The file \"missing\" that SNIP__METRICS__TOKEN_FILE names for `metrics.token` does not exist; create it, \
         or correct its name."
    );
    assert!(refused("").contains("has no name; write the file's path, or remove the variable."));
    assert!(refused(empty.to_str().unwrap()).contains("is empty; write the secret into it"));
    assert!(refused(folder.to_str().unwrap()).contains("is a folder; name a file."));
    drop(given);
}

#[test]
fn only_secrets_are_read_from_files() {
    let (given, file) = Given::nothing().other_file("listen", b"0.0.0.0:80");
    let given = given.variable("SNIP__HTTP__LISTEN_FILE", file.to_str().unwrap());

    assert_eq!(
        given.sentence(),
        "SNIP__HTTP__LISTEN_FILE would read `http.listen` from a file, which is only done for secrets; set \
         SNIP__HTTP__LISTEN instead."
    );
}

#[test]
fn every_mistake_in_the_syntax_is_told_at_once() {
    let given = Given::file("[jobs]\nworkers = 2\nworkers = 3\n[http]\nlisten = here\n");

    let sentences = given.sentences();

    assert_eq!(sentences.len(), 2, "{sentences:#?}");
    assert!(sentences[0].contains("line 3, column 1"), "{sentences:#?}");
    assert!(sentences[1].contains("line 5, column 10"), "{sentences:#?}");
}

#[test]
fn a_file_that_is_made_to_be_hard_is_refused_like_any_other() {
    let size = usize::try_from(limits::CONFIG_FILE_BYTES_MAX).unwrap();
    let deep = format!("{}a = 1\n", "a.".repeat(size / 2 - 4));
    let deep_header = format!("[{}a]\n", "a.".repeat(size / 2 - 4));
    let deep_list = format!("a = {}\n", "[".repeat(size - 8));
    let wide: String = (0..20_000).map(|number| format!("k{number} = 1\n")).collect();

    for file in [deep, deep_header, deep_list, wide] {
        let problems = Given::file(&file).load().expect_err("refused");

        assert!(problems.len() <= limits::CONFIG_PROBLEMS_MAX + 1, "{}", problems.len());
    }
}
