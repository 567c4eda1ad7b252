//! What is left of raw HTML and of link addresses in a plain text.

use crate::ground::text::collapse_whitespace;

/// Elements whose text nobody reads on a page.
const HIDDEN: [&str; 3] = ["script", "style", "template"];
const BLOCKS: [&str; 24] = [
    "article",
    "aside",
    "blockquote",
    "br",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figure",
    "footer",
    "form",
    "h",
    "header",
    "hr",
    "li",
    "main",
    "ol",
    "p",
    "section",
    "summary",
    "table",
    "tr",
    "ul",
];
/// Stands between block elements; line breaks of the source only wrap it. The source has none of its own.
const BLOCK_END: char = '\u{2028}';
const ENTITY_CHARS_MAX: usize = 10;
/// Quotes are honoured this far into a tag (a bound, so that many hostile tags cost little more than one).
const QUOTED_CHARS_MAX: usize = 512;

/// The text of an HTML block without tags and comments, one line for each block element.
pub fn plain_lines(html: &str) -> Vec<String> {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    let last_end = html.rfind('>').unwrap_or(0);
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        if let Some(comment) = tag.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        // Without an end or a name it is no tag, but a stray sign that must not swallow the text.
        let has_end = html.len() - tag.len() <= last_end;
        if !has_end || !tag.starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c)) {
            text.push('<');
            rest = tag;
            continue;
        }
        let name = tag_name(tag);
        rest = after_tag(tag);
        if HIDDEN.contains(&name.as_str()) && !tag.starts_with('/') {
            rest = after_hidden(rest, &name);
        } else if BLOCKS.contains(&name.trim_end_matches(|c: char| c.is_ascii_digit())) {
            text.push(BLOCK_END);
        } else if matches!(name.as_str(), "td" | "th") {
            text.push(' ');
        }
    }
    text.push_str(rest);
    text.split(BLOCK_END)
        .map(|line| collapse_whitespace(&decode_entities(line)))
        .filter(|line| !line.is_empty())
        .collect()
}

/// The address to show after a link's text, or nothing where the text is the address or there is none to go to.
pub fn visible_address<'a>(text: &str, address: &'a str) -> Option<&'a str> {
    let lower = address.to_ascii_lowercase();
    let is_hidden = ["#", "javascript:", "data:", "vbscript:"].iter().any(|start| lower.starts_with(start));
    let shown = ["mailto:", "tel:"].iter().find_map(|scheme| {
        lower.starts_with(scheme).then(|| address.get(scheme.len()..).unwrap_or_default())
    });
    let shown = shown.unwrap_or(address).trim();
    (!is_hidden && !shown.is_empty() && comparable(text) != comparable(shown)).then_some(shown)
}

/// `https://www.example.com/`, `www.example.com` and `example.com` are one address to a reader.
fn comparable(address: &str) -> String {
    let lower: String = address.to_lowercase().chars().filter(|c| !" -()\n".contains(*c)).collect();
    let host = lower.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.");
    host.trim_end_matches('/').to_owned()
}

fn tag_name(tag: &str) -> String {
    let name = tag.trim_start_matches('/');
    let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
    name.get(..end).unwrap_or_default().to_ascii_lowercase()
}

/// What follows the `>` of a tag. One inside a quoted attribute does not end it, unless no other is near.
fn after_tag(tag: &str) -> &str {
    let mut quote = None;
    for (at, c) in tag.char_indices().take(QUOTED_CHARS_MAX) {
        match (quote, c) {
            (None, '>') => return tag.get(at + 1..).unwrap_or_default(),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
    }
    tag.split_once('>').map_or("", |(_, after)| after)
}

fn after_hidden<'a>(rest: &'a str, name: &str) -> &'a str {
    let is_closing = |at: usize| {
        let found = rest.get(at + 2..at + 2 + name.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(name))
    };
    let closing = rest.match_indices("</").map(|(at, _)| at).find(|at| is_closing(*at));
    closing.and_then(|at| rest.get(at + 1..)).map_or("", after_tag)
}

fn decode_entities(line: &str) -> String {
    let mut decoded = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, entity)) = rest.split_once('&') {
        decoded.push_str(before);
        let end = entity.char_indices().take(ENTITY_CHARS_MAX).find(|(_, c)| *c == ';').map(|(at, _)| at);
        let character = end.and_then(|end| entity.get(..end)).and_then(entity_character);
        match (character, end) {
            (Some(character), Some(end)) => {
                decoded.push(character);
                rest = entity.get(end + 1..).unwrap_or_default();
            }
            _ => {
                decoded.push('&');
                rest = entity;
            }
        }
    }
    decoded.push_str(rest);
    decoded
}

fn entity_character(name: &str) -> Option<char> {
    let number = match name.strip_prefix('#') {
        Some(digits) => match digits.strip_prefix(['x', 'X']) {
            Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok(),
            None => digits.parse().ok(),
        },
        None => None,
    };
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        "euro" => Some('€'),
        "pound" => Some('£'),
        "copy" => Some('©'),
        "ndash" => Some('–'),
        "mdash" => Some('—'),
        "auml" => Some('ä'),
        "ouml" => Some('ö'),
        "uuml" => Some('ü'),
        "szlig" => Some('ß'),
        _ => number.and_then(char::from_u32),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_go_and_their_text_stays() {
        assert_eq!(
            plain_lines(
                "<div class=\"a>b\"><h2>Hours</h2>9&ndash;17 &amp; more<br>Sun&#x64;ay<!-- no --></div>"
            ),
            ["Hours", "9–17 & more", "Sunday"]
        );
        assert_eq!(plain_lines("<Script>alert('<p>')</SCRIPT ><td>a</td>\n<td>b</td>"), ["a b"]);
        assert_eq!(plain_lines("2 < 3 &unknown; & <b unclosed text"), ["2 < 3 &unknown; & <b unclosed text"]);
        assert!(plain_lines("<style>p{}").is_empty());
        assert!(plain_lines("<!-- open").is_empty());
    }

    #[test]
    fn an_address_is_shown_only_where_it_says_more() {
        assert_eq!(visible_address("our shop", "https://shop.example"), Some("https://shop.example"));
        assert_eq!(visible_address("Write us", "mailto:a@b.example"), Some("a@b.example"));
        for (text, address) in [
            ("shop.example", "https://www.shop.example/"),
            ("a@b.example", "mailto:a@b.example"),
            ("+1 555-0102", "tel:+15550102"),
            ("above", "#above"),
            ("x", "javascript:alert(1)"),
            ("x", ""),
        ] {
            assert_eq!(visible_address(text, address), None, "{text}");
        }
    }
}
