//! What language models cost, in whole billionths of a US dollar: nothing here is a float.

use std::collections::BTreeMap;

/// The digits behind the point that a price per million tokens may have: with three, a token's price is whole.
const FRACTION_DIGITS_MAX: usize = 3;
/// A million dollars per million tokens is no price.
const DOLLARS_DIGITS_MAX: usize = 6;

/// What one token costs, in billionths of a US dollar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelPrice {
    pub input_nano_usd: u64,
    pub output_nano_usd: u64,
}

/// The prices of models, by their names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ModelPrices(BTreeMap<String, ModelPrice>);

impl ModelPrices {
    /// Of entries that [`parse_entry`] reads; others are left out, and of two for one model the last counts.
    pub fn of<'a>(entries: impl IntoIterator<Item = &'a str>) -> Self {
        Self(entries.into_iter().filter_map(parse_entry).collect())
    }

    /// What these tokens cost; None for a model without a price.
    pub fn cost_nano_usd(&self, model: &str, input_tokens: u64, output_tokens: u64) -> Option<u64> {
        let price = self.0.get(model)?;
        let input = price.input_nano_usd.checked_mul(input_tokens)?;
        input.checked_add(price.output_nano_usd.checked_mul(output_tokens)?)
    }
}

/// Reads `gpt-4.1-mini 0.40 1.60`: the model's name, then US dollars per million tokens that it reads, and per million
/// that it writes.
pub fn parse_entry(text: &str) -> Option<(String, ModelPrice)> {
    let mut parts = text.rsplitn(3, ' ');
    let (output, input, model) = (parts.next()?, parts.next()?, parts.next()?);
    if model.is_empty() || model.trim() != model {
        return None;
    }
    let price = ModelPrice { input_nano_usd: per_token(input)?, output_nano_usd: per_token(output)? };
    Some((model.to_owned(), price))
}

/// A price in dollars per million tokens as billionths of a dollar per token: a thousandth of a dollar per million
/// tokens is one.
fn per_token(dollars: &str) -> Option<u64> {
    let (whole, fraction) = dollars.split_once('.').unwrap_or((dollars, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    if whole.len() > DOLLARS_DIGITS_MAX || fraction.len() > FRACTION_DIGITS_MAX {
        return None;
    }
    format!("{whole}{fraction:0<FRACTION_DIGITS_MAX$}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(input_nano_usd: u64, output_nano_usd: u64) -> ModelPrice {
        ModelPrice { input_nano_usd, output_nano_usd }
    }

    // BIL-52
    #[test]
    fn a_price_is_read_exactly_as_the_price_list_writes_it() {
        let read = parse_entry;

        assert_eq!(read("gpt-4.1-mini 0.40 1.60"), Some(("gpt-4.1-mini".to_owned(), price(400, 1_600))));
        assert_eq!(read("llama3:8b instruct 0 0"), Some(("llama3:8b instruct".to_owned(), price(0, 0))));
        assert_eq!(read("m 0.075 15"), Some(("m".to_owned(), price(75, 15_000))));
        for broken in [
            "",
            "m",
            "m 1",
            " 1 2",
            "m 0.0001 1",
            "m -1 1",
            "m 1. 2",
            "m .5 2",
            "m 1,5 2",
            "m  1 2",
            "m 1234567 1",
        ] {
            assert_eq!(read(broken), None, "{broken}");
        }
    }

    // BIL-52
    #[test]
    fn a_cost_is_a_whole_number_of_billionths_and_a_model_without_a_price_has_none() {
        let prices = ModelPrices::of(["m 0.40 1.60", "nonsense", "free 0 0"]);

        assert_eq!(prices.cost_nano_usd("m", 1_834, 97), Some(1_834 * 400 + 97 * 1_600));
        assert_eq!(prices.cost_nano_usd("free", 1_834, 97), Some(0));
        assert_eq!(prices.cost_nano_usd("other", 1, 1), None);
        assert_eq!(prices.cost_nano_usd("m", u64::MAX, 1), None, "no sum runs over");
    }
}
