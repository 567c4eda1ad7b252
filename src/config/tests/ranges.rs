//! The edges of every range: limit and limit + 1.

use super::super::schema::{Kind, catalog};
use super::Given;
use crate::ground::limits;

#[test]
fn every_whole_number_is_taken_at_both_limits_and_refused_one_beyond() {
    let mut ranges = 0;
    for field in catalog().fields() {
        let Kind::Integer { min, max } = field.kind else { continue };
        ranges += 1;
        for inside in [min, max] {
            let loaded = Given::nothing().flag(&field.path, &inside.to_string()).loads();

            assert_eq!(loaded.show_json()["settings"][&field.section][&field.key], inside);
        }
        let below = min.checked_sub(1).map(|below| below.to_string());
        for outside in below.into_iter().chain([(max + 1).to_string(), "-1".to_owned()]) {
            let sentence = Given::nothing().flag(&field.path, &outside).sentence();

            assert!(sentence.contains(&format!("`{}` is {outside} ", field.path)), "{sentence}");
            assert!(sentence.ends_with(&format!("write a whole number from {min} to {max}.")), "{sentence}");
        }
    }
    assert_eq!(ranges, 22, "each whole number has a range");
}

#[test]
fn every_text_is_taken_at_its_length_and_refused_one_character_beyond() {
    for (path, chars_max) in [
        ("brand.product_name", limits::BRAND_NAME_CHARS_MAX),
        ("brand.agency_name", limits::BRAND_NAME_CHARS_MAX),
        ("data.dir", limits::CONFIG_PATH_CHARS_MAX),
    ] {
        // Two bytes each: the limit counts characters.
        Given::nothing().flag(path, &"é".repeat(chars_max)).loads();

        let sentence = Given::nothing().flag(path, &"é".repeat(chars_max + 1)).sentence();

        assert!(sentence.contains(&format!("{chars_max} characters")), "{sentence}");
    }
}

#[test]
fn texts_that_must_not_be_empty_are_refused_when_they_are() {
    for path in ["brand.product_name", "data.dir", "log.level"] {
        let sentence = Given::nothing().flag(path, "").sentence();

        assert!(
            sentence.starts_with(&format!("`{path}` is \"\" (from the command line); write text of 1 to "))
        );
    }
}

#[test]
fn a_log_filter_and_a_url_have_a_length() {
    let filter = |chars: usize| format!("{}=info", "a".repeat(chars - 5));
    let url = |chars: usize| format!("https://{}", "a".repeat(chars - 8));

    Given::nothing().flag("log.level", &filter(limits::LOG_FILTER_CHARS_MAX)).loads();
    Given::nothing().flag("log.level", &filter(limits::LOG_FILTER_CHARS_MAX + 1)).sentence();
    Given::nothing().flag("http.public_url", &url(limits::PUBLIC_URL_CHARS_MAX)).loads();
    Given::nothing().flag("http.public_url", &url(limits::PUBLIC_URL_CHARS_MAX + 1)).sentence();
}

#[test]
fn a_token_is_empty_or_long_enough_and_fit_for_a_header() {
    let token = |text: &str| Given::nothing().flag("metrics.token", text).load().is_ok();

    assert!(token(""));
    assert!(!token(&"x".repeat(limits::METRICS_TOKEN_CHARS_MIN - 1)));
    assert!(token(&"x".repeat(limits::METRICS_TOKEN_CHARS_MIN)));
    assert!(token(&"x".repeat(limits::METRICS_TOKEN_CHARS_MAX)));
    assert!(!token(&"x".repeat(limits::METRICS_TOKEN_CHARS_MAX + 1)));
    assert!(!token("sixteen chars and a space"));
    assert!(!token("sixteen-chars-und-ein-ü"));
}

#[test]
fn the_list_of_proxies_has_a_length() {
    let proxies = |count: usize| vec!["10.0.0.1"; count].join(",");

    Given::nothing().flag("http.trusted_proxies", &proxies(limits::TRUSTED_PROXIES_MAX)).loads();
    Given::nothing().flag("http.trusted_proxies", &proxies(limits::TRUSTED_PROXIES_MAX + 1)).sentence();
}
