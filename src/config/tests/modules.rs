//! Modules that this build does not have are refused by name: nothing may seem to be on.

use super::Given;

#[test]
fn billing_without_a_webhook_secret_never_starts() {
    let by_file = Given::file("[billing]\nenabled = true\n");
    let by_variable = Given::nothing().variable("SNIP__BILLING__ENABLED", "true");
    let by_flag = Given::nothing().flag("billing.enabled", "true");

    assert_eq!(
        by_file.sentence(),
        "`billing` is set (from snip.toml, line 1), but this build has no `billing` module yet; remove it."
    );
    assert_eq!(
        by_variable.sentence(),
        "The environment variable SNIP__BILLING__ENABLED is set, but this build has no `billing` module yet; \
         remove it."
    );
    assert_eq!(
        by_flag.sentence(),
        "`billing.enabled` is set (from the command line), but this build has no `billing` module yet; remove it."
    );
}

#[test]
fn billing_with_a_webhook_secret_does_not_seem_to_be_on_either() {
    let given = Given::file("[billing]\nenabled = true\nwebhook_secret = \"whsec_0123456789\"\n");

    let sentence = given.sentence();

    assert!(sentence.contains("no `billing` module yet"), "{sentence}");
    assert!(!sentence.contains("whsec_"), "{sentence}");
}

#[test]
fn speech_without_a_key_never_starts() {
    let by_file = Given::file("[speech]\nenabled = true\n");
    let by_variable = Given::nothing().variable("SNIP__SPEECH__ENABLED", "true");

    assert!(by_file.sentence().contains("no `speech` module yet"));
    assert!(by_variable.sentence().contains("no `speech` module yet"));
}

#[test]
fn a_promise_that_this_build_cannot_keep_is_refused() {
    let given = Given::file("[tls]\ncertificate = \"x\"\n[voice]\nenabled = true\n");

    let sentences = given.sentences();

    assert!(sentences[0].contains("no `tls` module yet"), "{sentences:#?}");
    assert!(sentences[1].contains("no `voice` module yet"), "{sentences:#?}");
}
