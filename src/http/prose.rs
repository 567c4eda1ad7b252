//! An answer's text as a page shows it: a safe part of Markdown. Markup in the text is shown as the characters it is,
//! pictures become links to them, and links lead to web pages only. [`html`] for a page, [`markdown`] for a file that
//! somebody else's program shows.

use crate::ground::text::normalise_newlines;
use maud::{Markup, PreEscaped};
use pulldown_cmark::{Alignment, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, html};
use std::cmp::Reverse;
use std::ops::Range;

/// What means something in the middle of a line of Markdown.
const MARKDOWN_SIGNS: &str = "\\`*_[]<>&#|~";

/// The text as HTML.
pub(super) fn html(markdown: &str) -> Markup {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut page = String::with_capacity(markdown.len() * 2);
    // Of the links around this place, which are shown as links.
    let mut links = Vec::new();
    let events = Parser::new_ext(markdown, options).flat_map(|event| safe(event, &mut links));
    html::push_html(&mut page, events);
    PreEscaped(page)
}

/// The same text as Markdown that is as safe among others.
pub(super) fn markdown(text: &str) -> String {
    let text = normalise_newlines(text);
    let parser = Parser::new_ext(&text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH);
    // A definition would give the whole file's `[1]` an address.
    let mut disarmed: Vec<Range<usize>> =
        parser.reference_definitions().iter().map(|(_, definition)| definition.span.clone()).collect();
    for (event, range) in parser.into_offset_iter() {
        match event {
            Event::Html(_) | Event::InlineHtml(_) => disarmed.push(range),
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) if !is_web(&dest_url) => {
                disarmed.push(range);
            }
            // Its sign alone: what is left is a link to the picture.
            Event::Start(Tag::Image { .. }) => disarmed.push(range.start..range.start + 1),
            _ => {}
        }
    }
    disarmed.sort_by_key(|range| (range.start, Reverse(range.end)));
    let mut safe = String::with_capacity(text.len());
    let mut reached = 0;
    for range in disarmed {
        // Within one that was disarmed whole.
        if range.start < reached {
            continue;
        }
        safe.push_str(text.get(reached..range.start).unwrap_or_default());
        match text.get(range.clone()).unwrap_or_default() {
            "!" => safe.push_str("\\!"),
            whole => safe.push_str(&escaped(whole)),
        }
        reached = range.end;
    }
    safe.push_str(text.get(reached..).unwrap_or_default());
    safe
}

/// Every sign of the text as itself: CommonMark 2.4 lets a backslash stand before each of ASCII's.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for sign in text.chars() {
        if MARKDOWN_SIGNS.contains(sign) {
            escaped.push('\\');
        }
        escaped.push(sign);
    }
    escaped
}

fn is_web(address: &str) -> bool {
    ["https://", "http://"].iter().any(|scheme| address.starts_with(scheme))
}

fn safe<'a>(event: Event<'a>, links: &mut Vec<bool>) -> Vec<Event<'a>> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => vec![Event::Text(text)],
        Event::Start(Tag::HtmlBlock) => vec![Event::Start(Tag::Paragraph)],
        Event::End(TagEnd::HtmlBlock) => vec![Event::End(TagEnd::Paragraph)],
        // The page has its own outline.
        Event::Start(Tag::Heading { .. }) => vec![Event::Start(Tag::Paragraph), Event::Start(Tag::Strong)],
        Event::End(TagEnd::Heading(_)) => vec![Event::End(TagEnd::Strong), Event::End(TagEnd::Paragraph)],
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
            // A link in a link is none.
            let is_shown = is_web(&dest_url) && !links.contains(&true);
            links.push(is_shown);
            if is_shown { vec![Event::Start(link_to(dest_url))] } else { Vec::new() }
        }
        Event::End(TagEnd::Image | TagEnd::Link) => match links.pop() {
            Some(true) => vec![Event::End(TagEnd::Link)],
            _ => Vec::new(),
        },
        // Aligned cells would carry a style, which the page's policy refuses.
        Event::Start(Tag::Table(columns)) => {
            vec![Event::Start(Tag::Table(vec![Alignment::None; columns.len()]))]
        }
        Event::SoftBreak => vec![Event::HardBreak],
        other => vec![other],
    }
}

fn link_to(address: CowStr<'_>) -> Tag<'_> {
    let none = CowStr::Borrowed("");
    Tag::Link { link_type: LinkType::Inline, dest_url: address, title: none.clone(), id: none }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(markdown: &str) -> String {
        html(markdown).into_string()
    }

    #[test]
    fn an_answer_keeps_its_lists_and_its_emphasis() {
        let page = shown("## Hours\n\nWe open **at nine**:\n\n- Monday\n- Friday");

        assert!(page.contains("<p><strong>Hours</strong></p>"), "{page}");
        assert!(page.contains("<strong>at nine</strong>") && page.contains("<li>Friday</li>"), "{page}");
    }

    #[test]
    fn markup_in_an_answer_is_shown_and_does_nothing() {
        let page = shown("<script>alert(1)</script>\n\nA <b onclick=x>word</b> <img src=//evil.example>");

        for alive in ["<script", "<b ", "<img"] {
            assert!(!page.contains(alive), "{page}");
        }
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{page}");
    }

    #[test]
    fn links_lead_to_the_web_only_and_pictures_are_links() {
        let page =
            shown("[a](javascript:alert(1)) [b](data:text/html,x) ![c](https://pictures.example/c.png)");

        assert!(!page.contains("javascript:") && !page.contains("data:") && !page.contains("<img"), "{page}");
        assert_eq!(page.trim(), r#"<p>a b <a href="https://pictures.example/c.png">c</a></p>"#);
    }

    /// What a program that shows the Markdown makes of it.
    fn rendered(markdown: &str) -> String {
        let mut page = String::new();
        html::push_html(&mut page, Parser::new_ext(markdown, Options::all()));
        page
    }

    // DSH-2
    #[test]
    fn an_answer_in_a_file_keeps_its_form_and_nothing_in_it_is_alive() {
        for hostile in [
            "<img src=x onerror=alert(1)>",
            "\\<img src=x onerror=alert(1)>",
            "\\\\<img src=x onerror=alert(1)>",
            "a <b onclick=\"[x](javascript:alert(1))\">word</b>",
            "<div>\n\n![x](https://evil.example/p.png)\n\n</div>",
            "!![x](https://evil.example/p.png)",
            "![![x](javascript:a)](https://evil.example/p.png)",
            "[![x](https://evil.example/p.png)](javascript:a)",
            "[x](javascript:alert(1)) <javascript:alert(1)>",
            "[1]\n\n[1]: javascript:alert(1)",
            "> [1]\n>\n> [1]: <javascript:alert(1)> 'x'",
            "<!-- <img src=x> -->\r<script>alert(1)</script>",
        ] {
            let page = rendered(&markdown(hostile));

            for alive in ["<img", "<b ", "<script", "<div", "<!--", "href=\"javascript"] {
                assert!(!page.contains(alive), "{hostile:?} became {page}");
            }
        }
        let kept = "**Yes**, `a<b` and [more](https://shop.example):\n\n- one\n- two";
        assert_eq!(markdown(kept), kept);
        assert!(
            rendered(&format!("{}\n\n[1]", markdown("[1]: javascript:alert(1)"))).ends_with("<p>[1]</p>\n")
        );
    }
}
