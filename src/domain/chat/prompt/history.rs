//! How much of the conversation goes into a prompt: the newest messages whole, the older ones in a few words.

use super::HistoryLine;
use crate::domain::conversations::Role;

/// Characters that stand for one older message in the summary.
const OLDER_LINE_CHARS: usize = 120;
/// Older messages that the summary still speaks of.
const OLDER_LINES_MAX: usize = 12;

/// The newest lines that fit, in their order, and the older ones that do not.
pub(super) fn split<'a>(
    history: &'a [HistoryLine],
    tokens_max: usize,
    count_tokens: &dyn Fn(&str) -> usize,
) -> (&'a [HistoryLine], &'a [HistoryLine]) {
    let mut used = 0;
    let mut first = history.len();
    for (at, line) in history.iter().enumerate().rev() {
        used += count_tokens(&line.text) + super::MESSAGE_TOKENS;
        if used > tokens_max {
            break;
        }
        first = at;
    }
    history.split_at(first)
}

/// What visitors asked before, in their own words. None when nothing is older.
pub(super) fn summarise(older: &[HistoryLine]) -> Option<String> {
    let asked = older.iter().filter(|line| line.role == Role::Visitor);
    let mut asked: Vec<String> =
        asked.rev().take(OLDER_LINES_MAX).map(|line| shortened(&line.text)).collect();
    asked.reverse();
    (!asked.is_empty()).then(|| format!("Earlier the visitor wrote: {}", asked.join(" · ")))
}

fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(OLDER_LINE_CHARS) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(role: Role, text: &str) -> HistoryLine {
        HistoryLine { role, text: text.to_owned() }
    }

    #[test]
    fn the_newest_lines_stay_and_the_older_ones_become_a_summary() {
        let history = [
            line(Role::Visitor, "Do you sell lamps?"),
            line(Role::Assistant, "Yes."),
            line(Role::Visitor, "In red?"),
            line(Role::Assistant, "In red too."),
        ];

        let (older, newer) = split(&history, 40, &|text| text.len());

        assert_eq!(newer, &history[2..]);
        assert_eq!(summarise(older).unwrap(), "Earlier the visitor wrote: Do you sell lamps?");
        assert_eq!(split(&history, 0, &|text| text.len()), (&history[..], &history[4..]));
        assert_eq!(summarise(&[]), None);
    }
}
