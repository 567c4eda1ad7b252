//! Whether a text looks as if it named a way to reach a person.

/// As many as the shortest telephone numbers that people give.
const PHONE_DIGITS_MIN: usize = 7;
/// Signs in a row between two digits of one number: `) -`.
const SEPARATORS_MAX: usize = 3;

/// Whether the text may hold an e-mail address or a telephone number (or another long number that is somebody's: of
/// an account, a card, an order). It errs on the side of yes: for texts that nobody needs to see.
pub fn has_contact_details(text: &str) -> bool {
    const AT_SIGNS: [&str; 4] = ["@", "＠", "(at)", "[at]"];
    let lower = text.to_lowercase();
    AT_SIGNS.iter().any(|sign| lower.contains(sign)) || has_long_number(text)
}

fn has_long_number(text: &str) -> bool {
    let (mut digits, mut separators) = (0, 0);
    for c in text.chars() {
        if c.is_numeric() {
            (digits, separators) = (digits + 1, 0);
        } else if digits > 0 && is_separator(c) && separators < SEPARATORS_MAX {
            separators += 1;
        } else {
            (digits, separators) = (0, 0);
        }
        if digits >= PHONE_DIGITS_MIN {
            return true;
        }
    }
    false
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2014}' | '.' | '·' | '/' | '(' | ')' | '+')
}

#[cfg(test)]
mod tests {
    use super::*;

    // KNO-9
    #[test]
    fn addresses_and_telephone_numbers_are_seen_in_the_forms_that_people_write() {
        for text in [
            "Is anna.b@example.test still right?",
            "write to anna (at) example.test",
            "Can you call 0664 123 45 67?",
            "Ring +43 (0) 664/123-4567",
            "555-1234, is that yours?",
            "my number is ٠٦٦٤١٢٣٤٥٦",
            "IBAN AT61 1904 3002 3457 3201",
        ] {
            assert!(has_contact_details(text), "{text}");
        }
    }

    // KNO-9
    #[test]
    fn prices_years_and_opening_hours_are_nobodys_number() {
        for text in [
            "",
            "Do you repair clocks?",
            "Are you open on 24.12.?",
            "Does it cost 1,000,000 euros?",
            "Were you there in 2019 and in 2024?",
            "Is it 08:30 to 17:00?",
            "Do you have size 42 or 43?",
            "555-123",
        ] {
            assert!(!has_contact_details(text), "{text}");
        }
    }
}
