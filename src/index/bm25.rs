//! The score of an entry for a query: BM25 over one weighted text.
//!
//! Title and headings are counted into the text several times instead of being scored on their own. That is
//! the extension to fields of Robertson, Zaragoza and Taylor ("Simple BM25 Extension to Multiple Weighted
//! Fields", 2004): one saturation and one document frequency per term, so that a word in the title and in the
//! body is not paid twice, and "how many entries hold this word" has one answer. Adding up a BM25 per field,
//! which engines offer ready made, has neither property.
//!
//! Pure numbers: what is counted, and for whom, is the caller's part.

/// Saturation of repeated terms; the customary value (Robertson and Zaragoza, "The Probabilistic Relevance
/// Framework: BM25 and Beyond", 2009, gives 1.2 to 2).
pub const K1: f32 = 1.2;
/// How far a long entry pays for its length, 0 to 1; the customary value of the same source.
pub const B: f32 = 0.75;

/// A word in the title counts like two in the body: it says what the whole document is about. No more than
/// that, since all entries of a document share the title, and a heavier one would drown the differences
/// between them.
pub const TITLE_WEIGHT: usize = 2;
/// A word in the headings counts like three: headings are the closest words to the passage that were chosen
/// to announce it, and they differ from entry to entry.
pub const HEADING_WEIGHT: usize = 3;

/// What a score needs to know about all entries of one client.
#[derive(Debug, Clone, Copy)]
pub struct Collection {
    entries: u64,
    average_length: f32,
}

impl Collection {
    /// `terms` is the sum of the lengths of the `entries`.
    #[expect(clippy::cast_precision_loss, reason = "an average of lengths needs no more than 24 bits")]
    pub fn new(entries: u64, terms: u64) -> Self {
        let average_length = if entries == 0 { 0.0 } else { terms as f32 / entries as f32 };
        Self { entries, average_length }
    }

    /// The scorer of one term, which `frequency` of the entries hold.
    pub fn scorer(self, frequency: u64, weight: f32) -> TermScorer {
        let gain = weight * inverse_document_frequency(self.entries, frequency) * (K1 + 1.0);
        TermScorer { gain, average_length: self.average_length }
    }
}

/// Scores one term of a query.
#[derive(Debug, Clone, Copy)]
pub struct TermScorer {
    gain: f32,
    average_length: f32,
}

impl TermScorer {
    /// What the term adds to an entry of this length that holds it so many times.
    #[expect(clippy::cast_precision_loss, reason = "counts of terms in one entry stay far below 24 bits")]
    pub fn score(self, occurrences: u32, length: u32) -> f32 {
        if self.average_length <= 0.0 {
            return 0.0;
        }
        let occurrences = occurrences as f32;
        let longer = length as f32 / self.average_length;
        self.gain * occurrences / (occurrences + K1 * (1.0 - B + B * longer))
    }
}

/// `ln(1 + (N - n + 0.5) / (n + 0.5))`: above zero also for a term that every entry holds.
#[expect(clippy::cast_precision_loss, reason = "the logarithm of a ratio of counts")]
fn inverse_document_frequency(entries: u64, frequency: u64) -> f32 {
    let without = entries.saturating_sub(frequency) as f32;
    (1.0 + (without + 0.5) / (frequency as f32 + 0.5)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_the_one_computed_by_hand() {
        let collection = Collection::new(10, 1_000);

        let score = collection.scorer(2, 1.0).score(3, 150);

        // ln(1 + 8.5 / 2.5) = 1.481605; 3 / (3 + 1.2 * (0.25 + 0.75 * 1.5)) = 0.645161; times 2.2.
        assert!((score - 2.102_922).abs() < 1e-5, "{score}");
    }

    #[test]
    fn rarer_terms_more_occurrences_and_shorter_entries_score_higher() {
        let collection = Collection::new(100, 10_000);
        let usual = collection.scorer(10, 1.0).score(1, 100);

        assert!(collection.scorer(5, 1.0).score(1, 100) > usual);
        assert!(collection.scorer(10, 1.0).score(2, 100) > usual);
        assert!(collection.scorer(10, 1.0).score(1, 50) > usual);
        assert!(collection.scorer(10, 2.0).score(1, 100) > usual);
    }

    #[test]
    fn a_term_of_every_entry_still_scores_above_zero() {
        assert!(Collection::new(5, 50).scorer(5, 1.0).score(1, 10) > 0.0);
    }

    #[test]
    fn no_entries_and_empty_entries_score_zero() {
        assert_eq!(Collection::new(0, 0).scorer(0, 1.0).score(1, 1), 0.0);
        assert_eq!(Collection::new(3, 0).scorer(1, 1.0).score(1, 1), 0.0);
    }
}
