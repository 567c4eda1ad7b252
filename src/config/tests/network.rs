//! To whom connections may be opened.

use super::Given;

// APP-13
#[test]
fn the_network_is_open_unless_somebody_closes_it() {
    let default = Given::nothing().loads().settings.network;
    let closed = Given::file("[network]\nairgap = true\nallow = [\"Smtp.example.com:587\", \"[::1]:80\"]\n");
    let by_variable = Given::nothing()
        .variable("SNIP__NETWORK__AIRGAP", "true")
        .variable("SNIP__NETWORK__ALLOW", "ollama:11434,192.0.2.7:443");

    assert!(!default.airgap && default.allow.is_empty());
    let shown = |given: &Given| {
        let network = given.loads().settings.network;
        assert!(network.airgap);
        network.allow.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(shown(&closed), ["smtp.example.com:587", "[::1]:80"]);
    assert_eq!(shown(&by_variable), ["ollama:11434", "192.0.2.7:443"]);
}

// APP-13
#[test]
fn an_allowed_destination_without_a_port_is_refused_with_an_example() {
    let sentence = Given::file("[network]\nallow = [\"smtp.example.com\"]\n").sentence();

    assert!(sentence.contains("`network.allow` has the entry \"smtp.example.com\""), "{sentence}");
    assert!(sentence.contains("such as \"smtp.example.com:587\""), "{sentence}");
}
