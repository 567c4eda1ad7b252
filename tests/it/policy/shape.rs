//! The shape of files: short, headed, finished (architecture 2, style 10 and 32). The length of functions is a
//! lint, with its number in `clippy.toml`.

use super::rust_text::code_of;
use super::{assert_none, tree};

const LINES_MAX: usize = 800;
const LINES_USUAL: usize = 400;
const USUAL_PERCENT: usize = 90;

/// Written by programs: the built browser files, and the types of the OpenAPI document.
const GENERATED: &[&str] = &["assets/dist/", "assets/shared/api-types.ts"];

fn is_source(path: &str) -> bool {
    let endings = [".rs", ".ts", ".tsx", ".css", ".mjs"];
    let is_generated = GENERATED.iter().any(|start| path.starts_with(start));
    endings.iter().any(|ending| path.ends_with(ending)) && !is_generated
}

#[test]
fn files_stay_short() {
    let files = tree::texts(is_source);
    let length = |file: &tree::TextFile| file.text.lines().count();
    let too_long: Vec<String> = files
        .iter()
        .filter(|file| length(file) > LINES_MAX)
        .map(|file| format!("{}: {} lines", file.path, length(file)))
        .collect();
    let short = files.iter().filter(|file| length(file) < LINES_USUAL).count();

    assert_none(&too_long, "no file has more than 800 lines; split it by what it is about");
    assert!(
        short * 100 >= files.len() * USUAL_PERCENT,
        "{short} of {} files have under {LINES_USUAL} lines; {USUAL_PERCENT} % should",
        files.len()
    );
}

#[test]
fn every_module_says_what_it_is_for() {
    let headless: Vec<String> = tree::texts(|path| path.ends_with(".rs"))
        .into_iter()
        .filter(|file| !tree::is_test_file(&file.path) || file.path.ends_with("/mod.rs"))
        .filter(|file| !file.text.starts_with("//! "))
        .map(|file| format!("{}: begin it with a `//!` header", file.path))
        .collect();

    assert_none(
        &headless,
        "a module's header answers: what for, what it promises, what it does not do (style 32)",
    );
}

#[test]
fn nothing_is_left_for_later() {
    // Put together here, so that this file does not find itself.
    let marks = [concat!("FIX", "ME"), concat!("XX", "X:"), concat!("TO", "DO")];
    let codes = ["todo!(", "unimplemented!(", "#[ignore", "dbg!("];
    let skips =
        ["test.skip", "test.todo", "test.only", "describe.skip", "describe.only", "it.only", "it.skip"];
    let mut broken = Vec::new();

    for file in tree::texts(is_source) {
        broken.extend(
            marks.iter().filter(|mark| file.text.contains(**mark)).map(|it| format!("{}: {it}", file.path)),
        );
        let is_rust = file.path.ends_with(".rs");
        let code = if is_rust { code_of(&file.text) } else { file.text.clone() };
        let words: &[&str] = if is_rust { &codes } else { &skips };
        broken.extend(
            words.iter().filter(|word| code.contains(**word)).map(|it| format!("{}: {it}", file.path)),
        );
    }

    assert_none(&broken, "finish it, or record a shortcut as `// LIMIT: …` (style 36)");
}

#[test]
fn no_file_names_a_machine_or_a_person() {
    // Put together here, so that this file does not find itself.
    let traces = [concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Us", "ers/")];
    let mut broken = Vec::new();

    for file in tree::texts(|path| !path.ends_with(".lock")) {
        broken.extend(
            traces.iter().filter(|it| file.text.contains(**it)).map(|it| format!("{}: {it}", file.path)),
        );
    }

    assert_none(&broken, "paths of somebody's machine do not belong into the project");
}
