//! Fusion: one order out of what keywords and meaning say about the same candidates.
//!
//! Each half is standardised over the candidates (its mean taken away, divided by its spread) and the two are
//! added. That keeps how far ahead a candidate is, which ranks throw away: on every set that was measured the sum
//! beat reciprocal ranks. How much a half counts follows from what it says about this very question:
//! - *meaning* counts by how far its best candidate stands above the others: a model that knows a language badly
//!   finds everything alike, and must not drown keywords that know better. A model that does not know it at all
//!   spells its words letter by letter; such a question is left to the keywords, unless both halves agree.
//! - *keywords* count by how much of the question's weight their best candidate holds. Where hardly a word of the
//!   question stands in the texts, the best of them is an accident.
//!
//! The constants were chosen on XQuAD in English and Spanish; decision 0013 says how they fare on other sets, and
//! which of them are no independent check. Pure numbers: no text, no tables.

/// What is known of one candidate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence {
    /// BM25; 0 where it holds no word of the question.
    pub keyword: f32,
    /// Cosine of the whole passage; None where it has no vector.
    pub passage: Option<f32>,
    /// Cosine of its best window; None where the passage stands for itself.
    pub window: Option<f32>,
    /// How much its owner lets it count; 1 is usual.
    pub weight: f32,
}

impl Evidence {
    /// The mean of both granularities.
    pub fn similarity(&self) -> Option<f32> {
        let passage = self.passage?;
        Some((passage + self.window.unwrap_or(passage)) / 2.0)
    }
}

/// What fusion must know of the question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Asked {
    /// What an entry would score by keywords that holds every word of the question, each so often that more would
    /// not help.
    pub keyword_best: f32,
    /// How many letters of the question one token of the model holds on average: more than three in a language
    /// that it was made for, one where it spells. None where there is nothing to count.
    pub letters_per_token: Option<f32>,
}

/// A candidate after fusion.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Fit {
    /// Comparable among the candidates of one question only.
    pub score: f32,
    pub similarity: Option<f32>,
    /// How likely it is that the candidate holds the answer, 0 to 1: comparable everywhere.
    pub confidence: f32,
}

/// Meaning counts this much where it is sure, and this part of it where it is not.
const MEANING_WEIGHT: f32 = 1.5;
const MEANING_SHARE_MIN: f32 = 0.2;
/// The best similarity above the mean of the others: up to here meaning is unsure,
const GAP_UNSURE: f32 = 0.15;
/// and from here on it is sure.
const GAP_SURE: f32 = 0.40;
/// Up to here the model spells the words of the question,
const LETTERS_SPELLED: f32 = 1.2;
/// and from here on it reads them.
const LETTERS_READ: f32 = 2.2;
/// How far both halves must go together over the candidates (Pearson's correlation) for a spelled question: below
/// the first meaning is not believed, from the second on it is. Halves that know nothing of each other lie below
/// zero, since a candidate of one is seldom one of the other.
const AGREEMENT_NONE: f32 = 0.05;
const AGREEMENT_FULL: f32 = 0.35;
/// With this share of the question's weight in their best candidate, keywords count in full.
const COVERAGE_SURE: f32 = 0.5;
const KEYWORD_SHARE_MIN: f32 = 0.3;

/// Logistic fit of "this candidate holds the answer" on questions to the right texts and to those of others.
const CONFIDENCE_OF_COVERAGE: f32 = 8.0;
const CONFIDENCE_OF_SIMILARITY: f32 = 4.8;
const CONFIDENCE_BASE: f32 = -4.7;
/// The same where there is no vector.
const KEYWORD_CONFIDENCE_OF_COVERAGE: f32 = 9.3;
const KEYWORD_CONFIDENCE_BASE: f32 = -2.8;

/// Judges every candidate, in their order.
pub fn fuse(candidates: &[Evidence], asked: Asked) -> Vec<Fit> {
    let best = asked.keyword_best;
    let coverage = |keyword: f32| if best > 0.0 { (keyword / best).clamp(0.0, 1.0) } else { 0.0 };
    let similarities: Vec<Option<f32>> = candidates.iter().map(Evidence::similarity).collect();
    let known: Vec<f32> = similarities.iter().copied().flatten().collect();
    let keywords: Vec<f32> = candidates.iter().map(|candidate| candidate.keyword).collect();
    let (of_keywords, of_meaning) = (Spread::of(&keywords), Spread::of(&known));
    let trust = trust(candidates, asked.letters_per_token);
    let meaning_weight = if known.is_empty() { 0.0 } else { MEANING_WEIGHT * sureness(&known) * trust };
    let best_coverage = coverage(keywords.iter().copied().fold(0.0, f32::max));
    let keyword_weight = (best_coverage / COVERAGE_SURE).clamp(KEYWORD_SHARE_MIN, 1.0).max(1.0 - trust);
    candidates
        .iter()
        .zip(similarities)
        .map(|(candidate, similarity)| {
            let keyword = keyword_weight * of_keywords.standardise(candidate.keyword);
            // Without a vector a candidate is neither near nor far.
            let meaning = similarity.map_or(0.0, |it| meaning_weight * of_meaning.standardise(it));
            let believed = similarity.filter(|_| trust >= 0.5);
            Fit {
                score: keyword + meaning + candidate.weight.max(f32::MIN_POSITIVE).ln(),
                similarity,
                confidence: confidence(coverage(candidate.keyword), believed),
            }
        })
        .collect()
}

/// Whether the model can read the question, 0 to 1.
fn trust(candidates: &[Evidence], letters_per_token: Option<f32>) -> f32 {
    let read = letters_per_token.map_or(1.0, |letters| ramp(letters, LETTERS_SPELLED, LETTERS_READ));
    if read >= 1.0 { 1.0 } else { read.max(ramp(agreement(candidates), AGREEMENT_NONE, AGREEMENT_FULL)) }
}

/// The correlation of both halves over the candidates that both judge.
fn agreement(candidates: &[Evidence]) -> f32 {
    let (keywords, similarities): (Vec<f32>, Vec<f32>) =
        candidates.iter().filter_map(|candidate| Some((candidate.keyword, candidate.similarity()?))).unzip();
    let (of_keywords, of_meaning) = (Spread::of(&keywords), Spread::of(&similarities));
    let products = keywords
        .iter()
        .zip(&similarities)
        .map(|(keyword, similarity)| of_keywords.standardise(*keyword) * of_meaning.standardise(*similarity));
    products.sum::<f32>() / count(keywords.len()).max(1.0)
}

/// 0 up to `from`, 1 from `to` on, straight between.
fn ramp(value: f32, from: f32, to: f32) -> f32 {
    ((value - from) / (to - from)).clamp(0.0, 1.0)
}

/// How much meaning is to be believed, [`MEANING_SHARE_MIN`] to 1.
fn sureness(similarities: &[f32]) -> f32 {
    let best = similarities.iter().copied().fold(f32::MIN, f32::max);
    let others = count(similarities.len()) - 1.0;
    if others < 1.0 {
        return 1.0;
    }
    let mean_of_others = (similarities.iter().sum::<f32>() - best) / others;
    ramp(best - mean_of_others, GAP_UNSURE, GAP_SURE).max(MEANING_SHARE_MIN)
}

fn confidence(coverage: f32, similarity: Option<f32>) -> f32 {
    let evidence = match similarity {
        Some(similarity) => {
            CONFIDENCE_OF_COVERAGE * coverage + CONFIDENCE_OF_SIMILARITY * similarity + CONFIDENCE_BASE
        }
        None => KEYWORD_CONFIDENCE_OF_COVERAGE * coverage + KEYWORD_CONFIDENCE_BASE,
    };
    1.0 / (1.0 + (-evidence).exp())
}

/// Mean and standard deviation.
struct Spread {
    mean: f32,
    deviation: f32,
}

impl Spread {
    fn of(values: &[f32]) -> Self {
        let total = count(values.len()).max(1.0);
        let mean = values.iter().sum::<f32>() / total;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / total;
        Self { mean, deviation: variance.sqrt() }
    }

    /// Zero where all values are alike: then they decide nothing.
    fn standardise(&self, value: f32) -> f32 {
        if self.deviation < 1e-6 { 0.0 } else { (value - self.mean) / self.deviation }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a few hundred candidates")]
fn count(values: usize) -> f32 {
    values as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(keyword: f32, similarity: Option<f32>) -> Evidence {
        Evidence { keyword, passage: similarity, window: None, weight: 1.0 }
    }

    /// A question that the model reads.
    fn asked(keyword_best: f32) -> Asked {
        Asked { keyword_best, letters_per_token: Some(4.4) }
    }

    fn best(candidates: &[Evidence], keyword_best: f32) -> usize {
        best_of(candidates, asked(keyword_best))
    }

    fn best_of(candidates: &[Evidence], asked: Asked) -> usize {
        let fits = fuse(candidates, asked);
        (0..fits.len()).max_by(|one, other| fits[*one].score.total_cmp(&fits[*other].score)).unwrap()
    }

    /// Many candidates that say nothing, behind those of the test.
    fn among(mut candidates: Vec<Evidence>, background: f32) -> Vec<Evidence> {
        candidates.extend((0..30_u8).map(|at| evidence(0.0, Some(background + f32::from(at % 5) * 0.01))));
        candidates
    }

    // KNO-7
    #[test]
    fn nothing_and_one_and_equals_are_judged_without_a_division_by_zero() {
        assert!(fuse(&[], asked(0.0)).is_empty());
        for candidates in [vec![evidence(0.0, None)], vec![evidence(2.0, Some(0.5)); 3]] {
            for fit in fuse(&candidates, asked(4.0)) {
                assert!(fit.score.abs() < 1e-4 && fit.confidence.is_finite(), "{fit:?}");
            }
        }
    }

    #[test]
    fn without_vectors_the_order_is_that_of_the_keywords() {
        let candidates = [evidence(1.0, None), evidence(3.0, None), evidence(2.0, None)];

        let scores: Vec<f32> = fuse(&candidates, asked(20.0)).iter().map(|fit| fit.score).collect();

        assert!(scores[1] > scores[2] && scores[2] > scores[0]);
    }

    #[test]
    fn a_candidate_that_shares_no_word_wins_by_meaning_where_the_words_are_accidents() {
        // "How much is a puncture repair?": one text holds "repair", the other is about flat tyres.
        let candidates = among(vec![evidence(1.5, Some(0.25)), evidence(0.0, Some(0.62))], 0.1);

        assert_eq!(best(&candidates, 15.0), 1);
    }

    #[test]
    fn a_model_that_finds_everything_alike_does_not_drown_the_keywords() {
        let candidates = among(vec![evidence(7.0, Some(0.40)), evidence(1.0, Some(0.50))], 0.38);

        assert_eq!(best(&candidates, 14.0), 0);
    }

    #[test]
    fn a_question_that_the_model_spells_is_left_to_the_keywords_unless_both_halves_agree() {
        let spelled = Asked { keyword_best: 14.0, letters_per_token: Some(1.0) };
        let apart = among(vec![evidence(3.0, Some(0.30)), evidence(0.0, Some(0.95))], 0.3);
        let together: Vec<Evidence> = (0..20_u8)
            .map(|at| evidence(f32::from(at) * 0.3, Some(0.3 + f32::from(at) * 0.02)))
            .chain([evidence(5.4, Some(0.99))])
            .collect();

        assert_eq!(best_of(&apart, spelled), 0);
        assert_eq!(best_of(&together, spelled), 20);
        assert_eq!(best_of(&apart, asked(14.0)), 1);
    }

    #[test]
    fn an_exact_term_wins_over_a_text_that_is_only_alike() {
        let candidates = among(vec![evidence(6.0, Some(0.35)), evidence(0.0, Some(0.45))], 0.2);

        assert_eq!(best(&candidates, 8.0), 0);
    }

    #[test]
    fn a_candidate_without_a_vector_is_neither_near_nor_far() {
        let candidates =
            among(vec![evidence(4.0, None), evidence(4.0, Some(0.02)), evidence(4.0, Some(0.6))], 0.1);

        let scores: Vec<f32> = fuse(&candidates, asked(8.0)).iter().map(|fit| fit.score).collect();

        assert!(scores[2] > scores[0] && scores[0] > scores[1], "{:?}", &scores[..3]);
    }

    #[test]
    fn the_weight_of_a_document_decides_between_equals_and_not_against_the_right_one() {
        let heavy = Evidence { weight: 5.0, ..evidence(3.0, Some(0.5)) };
        let light = Evidence { weight: 0.1, ..evidence(3.0, Some(0.5)) };
        let right = Evidence { weight: 0.5, ..evidence(9.0, Some(0.8)) };

        assert_eq!(best(&among(vec![light, evidence(3.0, Some(0.5)), heavy], 0.1), 12.0), 2);
        assert_eq!(
            best(&among(vec![right, Evidence { weight: 2.0, ..evidence(1.0, Some(0.2)) }], 0.1), 12.0),
            0
        );
    }

    // CHT-5
    #[test]
    fn confidence_separates_what_holds_the_question_from_what_is_about_something_else() {
        let of = |keyword, similarity| fuse(&[evidence(keyword, similarity)], asked(10.0))[0].confidence;

        // Medians of answerable and of foreign questions in the measured sets.
        assert!(of(4.7, Some(0.61)) > 0.85);
        assert!(of(1.3, Some(0.27)) < 0.15);
        assert!(of(4.7, None) > 0.8 && of(1.3, None) < 0.2);
        assert!(of(0.0, Some(0.1)) < 0.02);
        assert!(of(99.0, Some(1.0)) <= 1.0);
    }
}
