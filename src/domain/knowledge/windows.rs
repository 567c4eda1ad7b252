//! Windows: the small runs of sentences inside a chunk that are embedded on their own.
//!
//! The vector of a whole chunk is the mean of all it says; a question about one of its sentences drowns in it.
//! So each run of three sentences has a vector too, and a hit of one returns its chunk. Pure: where the windows
//! are follows from the text alone, so they need not be stored.

use crate::ground::limits::WINDOWS_PER_CHUNK_MAX;
use crate::ground::text::sentences;
use std::ops::Range;

/// Sentences of a window.
const WINDOW_SENTENCES: usize = 3;

/// The windows of a chunk's text, in order, as UTF-8 bytes of it: runs of three sentences, each beginning one
/// sentence after the one before. A text of up to three sentences has none, its own vector stands for it. In a
/// text of very many sentences several of them count as one, so that there are never more than
/// [`WINDOWS_PER_CHUNK_MAX`].
pub fn windows(text: &str) -> Vec<Range<usize>> {
    let sentences = sentences(text);
    let units_max = WINDOWS_PER_CHUNK_MAX + WINDOW_SENTENCES - 1;
    let units: Vec<Range<usize>> = sentences
        .chunks(sentences.len().div_ceil(units_max).max(1))
        .filter_map(|unit| Some(unit.first()?.start..unit.last()?.end))
        .collect();
    if units.len() <= WINDOW_SENTENCES {
        return Vec::new();
    }
    units.windows(WINDOW_SENTENCES).filter_map(|run| Some(run.first()?.start..run.last()?.end)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        windows(text).into_iter().map(|span| &text[span]).collect()
    }

    // KNO-7
    #[test]
    fn up_to_three_sentences_have_no_window_and_four_have_two() {
        assert!(texts("").is_empty());
        assert!(texts("We sell tea.").is_empty());
        assert!(texts("One is here. Two is here. Three is here.").is_empty());
        assert_eq!(
            texts("One is here. Two is here. Three is here. Four is here."),
            ["One is here. Two is here. Three is here.", "Two is here. Three is here. Four is here."]
        );
    }

    #[test]
    fn the_lines_of_a_table_are_sentences_and_windows_lie_on_character_boundaries() {
        let rows = "Grün: 4,20 €\nSchwarz: 4,00 €\n烏龍: 5 €\nWeiß: 6 €";

        assert_eq!(
            texts(rows),
            ["Grün: 4,20 €\nSchwarz: 4,00 €\n烏龍: 5 €", "Schwarz: 4,00 €\n烏龍: 5 €\nWeiß: 6 €"]
        );
    }

    #[test]
    fn a_text_of_very_many_sentences_has_a_bounded_number_that_covers_it() {
        let text = "It is so. ".repeat(500);

        let found = windows(&text);

        assert!(found.len() <= WINDOWS_PER_CHUNK_MAX && found.len() > WINDOWS_PER_CHUNK_MAX / 2);
        assert_eq!((found[0].start, found[found.len() - 1].end), (0, text.trim_end().len()));
        assert!(found.windows(2).all(|pair| pair[1].start < pair[0].end));
    }
}
