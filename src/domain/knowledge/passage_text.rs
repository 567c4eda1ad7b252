//! What is embedded of a chunk: where it stands, and its text, never more than the model reads.

use crate::ground::limits::PASSAGE_CONTEXT_TOKENS_MAX;

/// Title, heading path and text as one text. Of a long path the innermost heading comes first, then the title,
/// then the headings between from the inside out, as far as [`PASSAGE_CONTEXT_TOKENS_MAX`] goes: so the text,
/// which is cut to fit beside it, is never lost at the end.
pub fn passage_text(
    title: &str,
    heading_path: &[String],
    text: &str,
    count_tokens: &dyn Fn(&str) -> usize,
) -> String {
    let mut lines = context(title, heading_path, count_tokens);
    lines.push(text.to_owned());
    lines.join("\n")
}

fn context(title: &str, heading_path: &[String], count_tokens: &dyn Fn(&str) -> usize) -> Vec<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in std::iter::once(title).chain(heading_path.iter().map(String::as_str)) {
        // A document's first heading is often its title.
        if !part.trim().is_empty() && !parts.contains(&part) {
            parts.push(part);
        }
    }
    let mut kept: Vec<(usize, String)> = Vec::new();
    let mut left = PASSAGE_CONTEXT_TOKENS_MAX;
    for place in by_importance(parts.len()) {
        let Some(part) = parts.get(place) else { continue };
        let fitting = beginning(part, left, count_tokens);
        // Half a heading is worth something only where it would be the only one.
        if fitting.is_empty() || (fitting.len() < part.len() && !kept.is_empty()) {
            continue;
        }
        left = left.saturating_sub(count_tokens(fitting));
        kept.push((place, fitting.to_owned()));
    }
    kept.sort_by_key(|(place, _)| *place);
    kept.into_iter().map(|(_, part)| part).collect()
}

/// The last, the first, and then those between from the last to the first.
fn by_importance(parts: usize) -> Vec<usize> {
    let Some(last) = parts.checked_sub(1) else { return Vec::new() };
    let mut places = vec![last];
    if last > 0 {
        places.push(0);
        places.extend((1..last).rev());
    }
    places
}

/// The first words of the part, as many as have at most `tokens_max` tokens.
fn beginning<'a>(part: &'a str, tokens_max: usize, count_tokens: &dyn Fn(&str) -> usize) -> &'a str {
    let mut fitting = part;
    while count_tokens(fitting) > tokens_max {
        match fitting.trim_end().rfind(char::is_whitespace) {
            Some(end) => fitting = fitting.get(..end).unwrap_or_default().trim_end(),
            None => return "",
        }
    }
    fitting
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> usize {
        text.split_whitespace().count()
    }

    fn of(title: &str, headings: &[&str]) -> String {
        let headings: Vec<String> = headings.iter().map(|heading| (*heading).to_owned()).collect();
        passage_text(title, &headings, "The text.", &words)
    }

    // KNO-5
    #[test]
    fn title_and_headings_come_before_the_text_and_none_twice() {
        assert_eq!(of("", &[]), "The text.");
        assert_eq!(of("Prices", &["Prices", "Repairs"]), "Prices\nRepairs\nThe text.");
    }

    #[test]
    fn a_long_path_keeps_the_innermost_heading_and_the_title() {
        let long = "word ".repeat(30);
        let long = long.trim_end();
        let others = format!("other {long}");

        let text = of("Manual", &[&others, long, "Error codes"]);

        assert_eq!(text, format!("Manual\n{long}\nError codes\nThe text."));
    }

    #[test]
    fn a_single_giant_heading_is_cut_at_a_word() {
        let giant = "word ".repeat(200);

        let text = of("", &[&giant]);

        assert_eq!(words(&text), PASSAGE_CONTEXT_TOKENS_MAX + 2);
    }
}
