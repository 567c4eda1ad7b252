//! Instructions as a prompt takes them.

use super::*;
use crate::ground::stored_text::StoredText as _;

const NOW: Timestamp = Timestamp::from_ms(1_795_000_000_000);

fn written(text: &str, hours: &str) -> Instructions {
    Instructions {
        instructions: BoundedText::parse(text).unwrap(),
        opening_hours: BoundedText::parse(hours).unwrap(),
        time_zone: ZoneName::from_stored_text("Europe/Berlin").unwrap(),
        ..Instructions::default()
    }
}

// CHT-3
#[test]
fn variables_take_their_values_from_the_version_and_the_turn() {
    let content = written("{{assistant}} of {{company}}, {{date}}: {{hours}}", "nine to five");

    let filled = for_prompt(&content, "Robin", "Tallow Lamps", NOW);

    assert_eq!(
        filled.text,
        "Robin of Tallow Lamps, Wednesday, 18 November 2026, 12:06 (Europe/Berlin): nine to five"
    );
    assert_eq!(filled.company, "Tallow Lamps");
}

#[test]
fn opening_hours_are_told_once_whether_the_text_asks_for_them_or_not() {
    let unasked = for_prompt(&written("Be kind.", "nine to five"), "", "Lamps", NOW).text;
    let alone = for_prompt(&written("", "nine to five"), "", "Lamps", NOW).text;
    let asked = for_prompt(&written("Open {{hours}}.", "nine to five"), "", "Lamps", NOW).text;

    assert_eq!(unasked, "Be kind.\nOpening hours: nine to five");
    assert_eq!(alone, "Opening hours: nine to five");
    assert_eq!(asked, "Open nine to five.");
    assert_eq!(for_prompt(&Instructions::default(), "", "Lamps", NOW).text, "");
}

#[test]
fn what_the_appliance_does_not_offer_is_refused_with_what_it_does() {
    let models = ["small".to_owned(), "large".to_owned()];
    let with = |model: &str| Instructions {
        model: Some(BoundedText::parse(model).unwrap()),
        ..Instructions::default()
    };
    let long = Instructions { output_tokens_max: Some(9_000), ..Instructions::default() };

    assert!(check(&with("large"), &models).is_ok());
    assert_eq!(
        check(&with("huge"), &models).unwrap_err().to_string(),
        "The model `huge` is not offered. Choose one of: small, large."
    );
    assert!(check(&with("huge"), &[]).unwrap_err().to_string().contains("no language model here"));
    assert_eq!(
        check(&long, &models).unwrap_err().to_string(),
        "An answer may have 50 to 8000 tokens, not 9000."
    );
}
