//! Selection: which of the ranked passages are worth their place.
//!
//! Near-identical ones are shown once, and one document does not take every place while others have something to
//! say. What of it fits into a prompt is decided where the prompt is made. Pure.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Shared words of all words, from which on two texts say the same.
const ALIKE_MIN: f64 = 0.9;
/// From its third passage on, each further one of a document stands this much lower (in deviations of the fused
/// score), up to a whole deviation.
const REPEATED_DOCUMENT_PENALTY: f32 = 0.25;
const REPEATED_DOCUMENT_PENALTY_MAX: f32 = 1.0;
const FREE_PASSAGES_PER_DOCUMENT: usize = 2;

/// What selection looks at.
pub trait Ranked {
    fn text(&self) -> &str;
    /// Equal for passages of one document.
    fn document(&self) -> &str;
    fn score(&self) -> f32;
}

/// Best first, near-identical ones left out, and passages of one document made to give way to others that are
/// almost as good.
pub fn arrange<T: Ranked>(mut passages: Vec<T>) -> Vec<T> {
    passages.sort_by(|one, other| other.score().total_cmp(&one.score()));
    diversify(without_repeats(passages))
}

/// Keeps the first of texts that say the same. What differs in a number, a price or a part number is not the
/// same, however much of the rest is.
fn without_repeats<T: Ranked>(passages: Vec<T>) -> Vec<T> {
    let mut kept: Vec<(Words, T)> = Vec::with_capacity(passages.len());
    for passage in passages {
        let words = Words::of(passage.text());
        if !kept.iter().any(|(other, _)| words.says_the_same_as(other)) {
            kept.push((words, passage));
        }
    }
    kept.into_iter().map(|(_, passage)| passage).collect()
}

/// Hashes of the words of a text, each once, in order: two such lists are compared in one walk.
struct Words {
    plain: Vec<u64>,
    with_digits: Vec<u64>,
}

impl Words {
    fn of(text: &str) -> Self {
        let (mut plain, mut with_digits) = (Vec::new(), Vec::new());
        for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            let mut hasher = DefaultHasher::new();
            word.to_lowercase().hash(&mut hasher);
            let list = if word.contains(char::is_numeric) { &mut with_digits } else { &mut plain };
            list.push(hasher.finish());
        }
        for list in [&mut plain, &mut with_digits] {
            list.sort_unstable();
            list.dedup();
        }
        Self { plain, with_digits }
    }

    #[expect(clippy::cast_precision_loss, reason = "words of a passage")]
    fn says_the_same_as(&self, other: &Self) -> bool {
        let (fewer, more) =
            (self.plain.len().min(other.plain.len()), self.plain.len().max(other.plain.len()));
        // However many of the fewer are shared, they are not enough.
        if self.with_digits != other.with_digits || (fewer as f64) < more as f64 * ALIKE_MIN {
            return false;
        }
        let shared = shared(&self.plain, &other.plain);
        let all = fewer + more - shared;
        all == 0 || shared as f64 / all as f64 >= ALIKE_MIN
    }
}

/// How many numbers stand in both lists, which are sorted and hold each once.
fn shared(one: &[u64], other: &[u64]) -> usize {
    let (mut one, mut other) = (one.iter().peekable(), other.iter().peekable());
    let mut count = 0;
    while let (Some(left), Some(right)) = (one.peek(), other.peek()) {
        match left.cmp(right) {
            Ordering::Less => drop(one.next()),
            Ordering::Greater => drop(other.next()),
            Ordering::Equal => {
                count += 1;
                one.next();
                other.next();
            }
        }
    }
    count
}

/// Takes the best at each place, after what the documents taken before cost.
fn diversify<T: Ranked>(rest: Vec<T>) -> Vec<T> {
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut rest: Vec<(usize, T)> = rest
        .into_iter()
        .map(|passage| {
            let next = numbers.len();
            (*numbers.entry(passage.document().to_owned()).or_insert(next), passage)
        })
        .collect();
    let mut before = vec![0_usize; numbers.len()];
    let mut taken: Vec<T> = Vec::with_capacity(rest.len());
    while !rest.is_empty() {
        // The first of equals: they are in the order of their scores.
        let best = rest.iter().enumerate().fold((0, f32::MIN), |best, (at, (document, passage))| {
            let worth = passage.score() - penalty(before.get(*document).copied().unwrap_or(0));
            if worth > best.1 { (at, worth) } else { best }
        });
        let (document, next) = rest.remove(best.0);
        if let Some(count) = before.get_mut(document) {
            *count += 1;
        }
        taken.push(next);
    }
    taken
}

#[expect(clippy::cast_precision_loss, reason = "a handful of passages")]
fn penalty(taken_before: usize) -> f32 {
    let further = taken_before.saturating_sub(FREE_PASSAGES_PER_DOCUMENT - 1) as f32;
    (further * REPEATED_DOCUMENT_PENALTY).min(REPEATED_DOCUMENT_PENALTY_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, PartialEq)]
    struct Text(&'static str, &'static str, f32);

    impl Ranked for Text {
        fn text(&self) -> &str {
            self.0
        }
        fn document(&self) -> &str {
            self.1
        }
        fn score(&self) -> f32 {
            self.2
        }
    }

    fn arranged(texts: &[Text]) -> Vec<&'static str> {
        arrange(texts.to_vec()).into_iter().map(|text| text.0).collect()
    }

    // KNO-7
    #[test]
    fn the_best_comes_first_and_nothing_is_lost() {
        assert!(arranged(&[]).is_empty());
        assert_eq!(arranged(&[Text("low", "a", 1.0), Text("high", "b", 2.0)]), ["high", "low"]);
    }

    #[test]
    fn a_text_that_says_the_same_is_shown_once_and_one_with_another_price_is_not_the_same() {
        let texts = [
            Text("We repair every bike within two working days, also on Saturday.", "a", 3.0),
            Text("We repair every bike within two working days also on SATURDAY", "b", 2.0),
            Text("Part TC-100 costs £4.20 and fits every model that we sell", "c", 1.5),
            Text("Part TC-101 costs £4.20 and fits every model that we sell", "c", 1.0),
        ];

        assert_eq!(arranged(&texts), [texts[0].0, texts[2].0, texts[3].0]);
    }

    #[test]
    fn a_third_passage_of_a_document_gives_way_to_another_that_is_almost_as_good() {
        let near =
            [Text("one", "a", 4.0), Text("two", "a", 3.9), Text("three", "a", 3.8), Text("other", "b", 3.6)];
        let far =
            [Text("one", "a", 4.0), Text("two", "a", 3.9), Text("three", "a", 3.8), Text("other", "b", 1.0)];

        assert_eq!(arranged(&near), ["one", "two", "other", "three"]);
        assert_eq!(arranged(&far), ["one", "two", "three", "other"]);
    }
}
