//! `snip.toml.example` and the code say the same.

use super::super::schema::catalog;
use super::super::{Settings, example};
use super::Given;

const COMMITTED: &str = include_str!("../../../snip.toml.example");

/// The committed example with every setting taken out of its comment.
fn uncommented() -> String {
    let lines = COMMITTED.lines().map(|line| match line.strip_prefix('#') {
        Some(setting) if !setting.is_empty() && !setting.starts_with(' ') => setting,
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_committed_example_is_the_one_that_the_code_makes() {
    let accepted = std::env::var_os("SNIP_ACCEPT_EXAMPLE").is_some();
    if accepted {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/snip.toml.example"), example()).unwrap();
        return;
    }
    assert_eq!(
        COMMITTED,
        example(),
        "run this test with SNIP_ACCEPT_EXAMPLE=1 to write the new example, and read the difference"
    );
}

#[test]
fn the_example_loads_as_the_defaults() {
    let loaded = Given::file(COMMITTED).loads();

    assert_eq!(loaded.settings, Settings::default());
}

#[test]
fn the_example_with_every_setting_taken_out_of_its_comment_names_all_of_them_at_their_defaults() {
    let loaded = Given::file(&uncommented()).loads();

    assert_eq!(loaded.settings, Settings::default());
    for field in catalog().fields() {
        assert!(loaded.place(&field.path).is_some(), "`{}` is missing", field.path);
    }
}

#[test]
fn every_setting_is_explained_with_its_default_its_variable_and_the_unit_of_a_number() {
    for field in catalog().fields() {
        assert!(!field.description.is_empty(), "`{}` has no doc comment", field.path);
        let is_number = field.default.is_number();
        let is_plain = [
            "jobs.workers",
            "mail.smtp_port",
            "llm.concurrency",
            "llm.temperature",
            "embeddings.dimensions",
            "embeddings.batch",
            "index.scanned_vectors_max",
            "backup.keep",
            "limits.capped_documents",
            "limits.capped_members",
        ]
        .contains(&field.path.as_str());
        assert!(!is_number || field.unit().is_some() || is_plain, "`{}`", field.path);
        assert!(COMMITTED.contains(&field.environment_name()), "`{}`", field.path);
    }
    assert_eq!(COMMITTED.matches("Default: ").count(), catalog().fields().count());
}
