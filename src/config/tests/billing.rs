//! The section `[billing]`.

use super::Given;
use crate::config::{BillingMode, secrets_of};

const ONE: &str = "whsec_0123456789abcdef";
const OTHER: &str = "whsec_fedcba9876543210";

// BIL-20
#[test]
fn one_secret_or_several_are_read_from_wherever_secrets_come_and_shown_nowhere() {
    let nothing = Given::nothing().loads().settings;
    let one = Given::nothing().variable("SNIP__BILLING__WEBHOOK_SECRET", ONE).loads().settings;
    let both = Given::file(&format!("[billing]\nmode = \"live\"\nwebhook_secret = \"{ONE}, {OTHER}\"\n"));
    let both = both.loads().settings;

    let texts = |settings: &crate::config::Settings| -> Vec<String> {
        secrets_of(&settings.billing.webhook_secret).iter().map(|secret| secret.reveal().clone()).collect()
    };
    assert!(texts(&nothing).is_empty());
    assert_eq!((texts(&one), one.billing.mode), (vec![ONE.to_owned()], BillingMode::Test));
    assert_eq!(
        (texts(&both), both.billing.mode),
        (vec![ONE.to_owned(), OTHER.to_owned()], BillingMode::Live)
    );
    let shown = format!("{both:?}{}", serde_json::to_string(&both).unwrap());
    assert!(!shown.contains("whsec_"), "{shown}");
}

// APP-7
#[test]
fn what_is_no_secret_is_refused_without_being_told() {
    let many = [ONE; 6].join(",");
    for wrong in ["short", "whsec_0123456789,", "whsec_with a space in it", &many, "whsec_0123456789ä"] {
        let given = Given::file(&format!("[billing]\nwebhook_secret = \"{wrong}\"\n"));
        let sentence = given.sentence();
        assert!(sentence.contains("`billing.webhook_secret`"), "{sentence}");
        assert!(!sentence.contains("whsec_"), "{sentence}");
    }
    let sentence = Given::file("[billing]\nmode = \"real\"\n").sentence();
    assert!(sentence.contains("\"test\" or \"live\""), "{sentence}");
}
