//! Which source counts, and how texts become values.

use super::super::{LogFormat, Settings};
use super::Given;
use ipnet::IpNet;

const FILE: &str = "[metrics]\ntoken = \"from-the-file-0123456789\"\n";

#[test]
fn nothing_given_means_the_defaults() {
    let loaded = Given::nothing().loads();

    assert_eq!(loaded.settings, Settings::default());
    assert_eq!(loaded.settings.http.listen.to_string(), "0.0.0.0:8080");
    assert_eq!(loaded.settings.data.free_disk_min_bytes(), 64 * 1024 * 1024);
    assert_eq!(loaded.settings.limits.upload_bytes_max(), 500 * 1024 * 1024);
    assert!(loaded.settings.metrics.enabled);
}

#[test]
fn each_layer_counts_over_the_one_before() {
    let (given, secret) = Given::file(FILE).other_file("token", b"from-the-secret-0123456789\n");
    let token = |given: &Given| given.loads().settings.metrics.token.reveal().clone();

    assert_eq!(token(&Given::nothing()), "");
    assert_eq!(token(&given), "from-the-file-0123456789");
    let given = given.variable("SNIP__METRICS__TOKEN", "from-the-variable-0123456789");
    assert_eq!(token(&given), "from-the-variable-0123456789");
    let given = given.variable("SNIP__METRICS__TOKEN_FILE", secret.to_str().unwrap());
    assert_eq!(token(&given), "from-the-secret-0123456789");
    let given = given.flag("metrics.token", "from-the-flag-0123456789");
    assert_eq!(token(&given), "from-the-flag-0123456789");
}

#[test]
fn a_layer_covers_single_settings_and_leaves_their_neighbours() {
    let given = Given::file("[brand]\nproduct_name = \"Ada\"\nagency_name = \"Lovelace & Co\"\n")
        .variable("SNIP__BRAND__PRODUCT_NAME", "Grace");

    let brand = given.loads().settings.brand;

    assert_eq!(brand.product_name, "Grace");
    assert_eq!(brand.agency_name, "Lovelace & Co");
}

#[test]
fn a_list_is_replaced_and_not_added_to() {
    let given = Given::file("[http]\ntrusted_proxies = [\"10.0.0.0/8\"]\n")
        .variable("SNIP__HTTP__TRUSTED_PROXIES", "192.0.2.7");

    assert_eq!(given.loads().settings.http.trusted_proxies, ["192.0.2.7/32".parse::<IpNet>().unwrap()]);
}

#[test]
fn the_last_of_two_equal_flags_counts() {
    let given = Given::nothing().flag("jobs.workers", "3").flag("jobs.workers", "4");

    assert_eq!(given.loads().settings.jobs.workers, 4);
}

#[test]
fn a_text_of_the_environment_becomes_what_its_field_is() {
    let given = Given::nothing()
        .variable("SNIP__BRAND__PRODUCT_NAME", "123")
        .variable("SNIP__BRAND__AGENCY_NAME", "true")
        .variable("SNIP__METRICS__ENABLED", "false")
        .variable("SNIP__JOBS__WORKERS", "7")
        .variable("SNIP__LOG__FORMAT", "json")
        .variable("SNIP__DATA__DIR", "[1, 2]");

    let settings = given.loads().settings;

    assert_eq!(settings.brand.product_name, "123");
    assert_eq!(settings.brand.agency_name, "true");
    assert!(!settings.metrics.enabled);
    assert_eq!(settings.jobs.workers, 7);
    assert_eq!(settings.log.format, LogFormat::Json);
    assert_eq!(settings.data.dir.to_str(), Some("[1, 2]"));
}

#[test]
fn a_list_of_the_environment_is_written_with_commas_or_as_json() {
    let ranges = |text: &str| {
        let given = Given::nothing().variable("SNIP__HTTP__TRUSTED_PROXIES", text);
        let ranges = given.loads().settings.http.trusted_proxies;
        ranges.iter().map(IpNet::to_string).collect::<Vec<_>>().join(" ")
    };

    assert_eq!(ranges("10.0.0.0/8"), "10.0.0.0/8");
    assert_eq!(ranges("10.0.0.0/8, fd00::/8,"), "10.0.0.0/8 fd00::/8");
    assert_eq!(ranges(r#"["10.0.0.0/8", "::1"]"#), "10.0.0.0/8 ::1/128");
    assert_eq!(ranges("10.1.2.3/8"), "10.0.0.0/8", "host bits are cleared");
    assert_eq!(ranges("[]"), "");
    assert_eq!(ranges(""), "");
}

#[test]
fn an_empty_variable_is_the_empty_text_and_covers_the_file() {
    let given =
        Given::file("[http]\npublic_url = \"https://chat.example.com\"\n[brand]\nagency_name = \"Ada\"\n")
            .variable("SNIP__HTTP__PUBLIC_URL", "")
            .variable("SNIP__BRAND__AGENCY_NAME", "");

    let settings = given.loads().settings;

    assert_eq!(settings.http.public_url, None);
    assert_eq!(settings.brand.agency_name, "");
}

#[test]
fn names_of_any_script_come_through_every_layer() {
    let given = Given::file("[brand]\nproduct_name = \"Häuschen 🏠\"\n")
        .variable("SNIP__BRAND__AGENCY_NAME", "東京エージェンシー");

    let brand = given.loads().settings.brand;

    assert_eq!(brand.product_name, "Häuschen 🏠");
    assert_eq!(brand.agency_name, "東京エージェンシー");
}

#[test]
fn variables_of_other_programs_are_left_alone() {
    let given = Given::nothing()
        .variable("PATH", "/usr/bin")
        .variable("SNIP_PORT_8080_TCP", "tcp://10.0.0.1:8080")
        .variable("SNIPPET__HTTP__LISTEN", "x")
        .variable("OPENAI_API_KEY", "sk-123");

    assert_eq!(given.loads().settings, Settings::default());
}

#[test]
fn a_public_url_is_brought_to_one_form() {
    let given = Given::file("[http]\npublic_url = \"HTTPS://Chat.Example.com:8443/\"\n");

    let url = given.loads().settings.http.public_url.unwrap();

    assert_eq!(url.as_str(), "https://chat.example.com:8443");
    assert!(url.is_https());
}
