//! Modules that this build does not have are refused by name: nothing may seem to be on.

use super::Given;

// APP-7, APP-8
#[test]
fn billing_cannot_be_turned_on_without_what_it_needs() {
    let by_file = Given::file("[billing]\nenabled = true\n");
    let by_variable = Given::nothing().variable("SNIP__BILLING__ENABLED", "true");
    let with_secret = Given::file("[billing]\nenabled = true\nwebhook_secret = \"whsec_0123456789\"\n");

    assert!(by_file.sentence().contains("`billing.enabled` is not a setting"), "{}", by_file.sentence());
    assert!(by_variable.sentence().contains("SNIP__BILLING__ENABLED"), "{}", by_variable.sentence());
    assert!(!with_secret.sentence().contains("whsec_"), "{}", with_secret.sentence());
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
