//! What `config show` prints.

use super::super::schema::catalog;
use super::Given;

#[test]
fn the_defaults_are_shown_without_a_place() {
    let shown = Given::nothing().loads().show();

    assert!(!shown.contains("# from"), "{shown}");
    for field in catalog().fields() {
        assert!(shown.contains(&format!("\n{} = ", field.key)), "{} in {shown}", field.path);
    }
}

#[test]
fn what_was_set_is_shown_with_its_place_and_a_secret_is_masked() {
    let given = Given::file(
        "[brand]\nagency_name = \"Ada \\\"&\\\" Co # 1\"\n[metrics]\ntoken = \"0123456789abcdef\"\n",
    )
    .variable("SNIP__HTTP__TRUSTED_PROXIES", "10.0.0.0/8,::1")
    .flag("jobs.workers", "3");

    let shown = given.loads().show();

    let line = |key: &str| shown.lines().find(|line| line.starts_with(key)).unwrap().to_owned();
    assert!(line("agency_name").starts_with("agency_name = 'Ada \"&\" Co # 1'  # from "), "{shown}");
    assert!(line("agency_name").ends_with("/snip.toml, line 2"), "{shown}");
    assert!(line("token").starts_with("token = \"•••\"  # from "), "{shown}");
    assert_eq!(
        line("trusted_proxies"),
        "trusted_proxies = [\"10.0.0.0/8\", \"::1/128\"]  # from environment variable SNIP__HTTP__TRUSTED_PROXIES"
    );
    assert_eq!(line("workers"), "workers = 3  # from the command line");
    assert_eq!(line("listen"), "listen = \"0.0.0.0:8080\"");
    assert!(!shown.contains("0123456789abcdef"));
    assert!(shown.parse::<toml::Table>().is_ok(), "{shown}");
}

#[test]
fn a_program_reads_the_same_as_json() {
    let given = Given::nothing().variable("SNIP__METRICS__TOKEN", "0123456789abcdef");

    let shown = given.loads().show_json();

    assert_eq!(shown["settings"]["metrics"]["token"], "•••");
    assert_eq!(shown["settings"]["http"]["public_url"], "");
    assert_eq!(shown["from"]["metrics.token"], "environment variable SNIP__METRICS__TOKEN");
    assert_eq!(shown["from"].as_object().unwrap().len(), 1);
}

#[test]
fn what_was_shown_and_is_loaded_again_does_not_take_the_mask_for_a_secret() {
    let set = Given::nothing().flag("metrics.token", "0123456789abcdef").loads().show();
    let unset = Given::nothing().loads();

    assert!(Given::file(&set).sentence().starts_with("`metrics.token` has a value that does not fit"));
    assert_eq!(Given::file(&unset.show()).loads().settings, unset.settings);
}

#[test]
fn a_loaded_configuration_does_not_print_its_secrets_for_debugging() {
    let loaded = Given::nothing().flag("metrics.token", "0123456789abcdef").loads();

    assert!(!format!("{loaded:?}").contains("0123456789abcdef"));
}
