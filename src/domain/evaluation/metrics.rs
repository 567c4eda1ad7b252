//! Figures over outcomes, as information retrieval defines them (Manning, Raghavan and Schütze, "Introduction to
//! Information Retrieval", chapter 8; nDCG with a gain of one for each expected document).

use super::Outcome;
use serde::{Deserialize, Serialize};

/// The depths that are reported.
pub const DEPTHS: [usize; 4] = [1, 3, 5, 10];
const NDCG_DEPTH: usize = 10;

/// All figures of one run. Shares are from 0 to 1; None where no case is about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    pub cases: usize,
    /// One figure after another, in the order in which people read them.
    pub figures: Vec<Figure>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    pub name: String,
    pub value: Option<f64>,
}

impl Summary {
    pub fn of(outcomes: &[Outcome]) -> Self {
        let sourced: Vec<&Outcome> = outcomes.iter().filter(|outcome| outcome.expected > 0).collect();
        let of_sourced = |value: &dyn Fn(&Outcome) -> f64| mean(sourced.iter().map(|outcome| value(outcome)));
        let mut figures = Vec::new();
        let mut add = |name: String, value| figures.push(Figure { name, value });
        for depth in DEPTHS {
            add(format!("recall@{depth}"), of_sourced(&|outcome| recall(outcome, depth)));
        }
        for depth in DEPTHS {
            add(format!("hit@{depth}"), of_sourced(&|outcome| f64::from(is_hit(outcome, depth))));
        }
        add("mrr".to_owned(), of_sourced(&reciprocal_rank));
        add("ndcg@10".to_owned(), of_sourced(&ndcg));
        let refusals = outcomes.iter().filter(|outcome| outcome.is_unanswerable);
        add("refusal_accuracy".to_owned(), mean(refusals.map(|outcome| f64::from(!outcome.is_answered))));
        let answerable = outcomes.iter().filter(|outcome| !outcome.is_unanswerable);
        add("answered".to_owned(), mean(answerable.map(|outcome| f64::from(outcome.is_answered))));
        add("answer_accuracy".to_owned(), mean(outcomes.iter().filter_map(|it| it.is_right).map(f64::from)));
        let mut took: Vec<u64> = outcomes.iter().map(|outcome| outcome.took_us).collect();
        took.sort_unstable();
        add("latency_p50_ms".to_owned(), percentile(&took, 50));
        add("latency_p95_ms".to_owned(), percentile(&took, 95));
        Self { cases: outcomes.len(), figures }
    }

    pub fn value(&self, name: &str) -> Option<f64> {
        self.figures.iter().find(|figure| figure.name == name)?.value
    }
}

fn recall(outcome: &Outcome, depth: usize) -> f64 {
    ratio(outcome.found_at.iter().filter(|place| **place <= depth).count(), outcome.expected)
}

fn is_hit(outcome: &Outcome, depth: usize) -> bool {
    outcome.found_at.first().is_some_and(|place| *place <= depth)
}

fn reciprocal_rank(outcome: &Outcome) -> f64 {
    outcome.found_at.first().map_or(0.0, |place| ratio(1, *place))
}

fn ndcg(outcome: &Outcome) -> f64 {
    let gain = |place: usize| 1.0 / (number(place) + 1.0).log2();
    let found: f64 =
        outcome.found_at.iter().filter(|place| **place <= NDCG_DEPTH).map(|place| gain(*place)).sum();
    let ideal: f64 = (1..=outcome.expected.min(NDCG_DEPTH)).map(gain).sum();
    if ideal > 0.0 { found / ideal } else { 0.0 }
}

/// By the nearest rank, in milliseconds; `took_us` is sorted.
fn percentile(took_us: &[u64], percent: usize) -> Option<f64> {
    let place = (took_us.len() * percent).div_ceil(100).saturating_sub(1);
    let us = took_us.get(place)?;
    Some(number(usize::try_from(*us).unwrap_or(usize::MAX)) / 1_000.0)
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (count, sum) = values.fold((0, 0.0), |(count, sum), value| (count + 1, sum + value));
    (count > 0).then(|| sum / number(count))
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { number(part) / number(whole) }
}

#[expect(clippy::cast_precision_loss, reason = "counts and microseconds far below 2⁵³")]
fn number(count: usize) -> f64 {
    count as f64
}

/// A figure that must not be lower (of a latency: not higher) than this.
#[derive(Debug, Clone, PartialEq)]
pub struct Floor {
    pub name: String,
    pub value: f64,
}

impl Floor {
    /// From `METRIC=VALUE`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let known = Summary::of(&[]).figures;
        let (name, value) = text
            .split_once('=')
            .ok_or_else(|| "write it as METRIC=VALUE, such as recall@5=0.9".to_owned())?;
        if !known.iter().any(|figure| figure.name == name) {
            let names: Vec<&str> = known.iter().map(|figure| figure.name.as_str()).collect();
            return Err(format!("there is no figure `{name}`; the figures are {}", names.join(", ")));
        }
        match value.parse::<f64>() {
            Ok(value) if value.is_finite() && value >= 0.0 => Ok(Self { name: name.to_owned(), value }),
            _ => Err(format!("`{value}` is no number from 0 on")),
        }
    }

    /// Whether the run reaches it. A figure that no case is about does not reach anything.
    pub fn is_reached_by(&self, summary: &Summary) -> bool {
        let is_bound_above = self.name.starts_with("latency_");
        summary
            .value(&self.name)
            .is_some_and(|value| if is_bound_above { value <= self.value } else { value >= self.value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::chat::AnsweredBy;

    fn outcome(expected: usize, found_at: &[usize]) -> Outcome {
        Outcome {
            question: "Open?".to_owned(),
            expected,
            found_at: found_at.to_vec(),
            is_unanswerable: false,
            is_answered: true,
            answered_by: AnsweredBy::Extractive,
            is_right: None,
            confidence: 0.9,
            took_us: 2_000,
        }
    }

    fn close(found: Option<f64>, wanted: f64) {
        assert!(found.is_some_and(|found| (found - wanted).abs() < 1e-9), "{found:?} is not {wanted}");
    }

    // KNO-12
    #[test]
    fn the_figures_are_those_computed_by_hand() {
        let summary = Summary::of(&[outcome(1, &[1]), outcome(2, &[2, 11]), outcome(1, &[])]);

        close(summary.value("recall@1"), 1.0 / 3.0);
        close(summary.value("recall@3"), 0.5);
        close(summary.value("hit@3"), 2.0 / 3.0);
        close(summary.value("mrr"), 0.5);
        let second = (1.0 / 3.0_f64.log2()) / (1.0 + 1.0 / 3.0_f64.log2());
        close(summary.value("ndcg@10"), (1.0 + second) / 3.0);
    }

    #[test]
    fn what_no_case_is_about_has_no_figure() {
        let nothing = Summary::of(&[]);
        assert!(nothing.figures.iter().all(|figure| figure.value.is_none()));

        let refused = Outcome { is_unanswerable: true, is_answered: false, ..outcome(0, &[]) };
        let answered = Outcome { is_unanswerable: true, ..outcome(0, &[]) };
        let summary = Summary::of(&[refused, answered]);

        close(summary.value("refusal_accuracy"), 0.5);
        assert_eq!((summary.value("recall@5"), summary.value("answered")), (None, None));
    }

    #[test]
    fn latencies_are_nearest_ranks() {
        let took: Vec<u64> = (1..=100).map(|ms| ms * 1_000).collect();

        close(percentile(&took, 50), 50.0);
        close(percentile(&took, 95), 95.0);
        close(percentile(&[7_500], 95), 7.5);
        assert_eq!(percentile(&[], 50), None);
    }

    #[test]
    fn a_floor_names_a_known_figure_and_bounds_latency_from_above() {
        let summary = Summary::of(&[outcome(1, &[2])]);
        let reached = |text: &str| Floor::parse(text).unwrap().is_reached_by(&summary);

        assert!(reached("hit@3=1") && !reached("hit@1=0.5") && reached("mrr=0.5"));
        assert!(reached("latency_p95_ms=2") && !reached("latency_p95_ms=1.9"));
        assert!(!reached("refusal_accuracy=0"));
        for wrong in ["recall@5", "recall@4=1", "mrr=high", "mrr=-1", "mrr=NaN"] {
            assert!(Floor::parse(wrong).is_err(), "{wrong}");
        }
    }
}
