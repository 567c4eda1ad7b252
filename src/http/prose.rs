//! An answer's text as a page shows it: a safe part of Markdown. Markup in the text is shown as the characters it is,
//! pictures become links to them, and links lead to web pages only.

use maud::{Markup, PreEscaped};
use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, html};

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

fn safe<'a>(event: Event<'a>, links: &mut Vec<bool>) -> Vec<Event<'a>> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => vec![Event::Text(text)],
        Event::Start(Tag::HtmlBlock) => vec![Event::Start(Tag::Paragraph)],
        Event::End(TagEnd::HtmlBlock) => vec![Event::End(TagEnd::Paragraph)],
        // The page has its own outline.
        Event::Start(Tag::Heading { .. }) => vec![Event::Start(Tag::Paragraph), Event::Start(Tag::Strong)],
        Event::End(TagEnd::Heading(_)) => vec![Event::End(TagEnd::Strong), Event::End(TagEnd::Paragraph)],
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
            let is_web = ["https://", "http://"].iter().any(|scheme| dest_url.starts_with(scheme));
            // A link in a link is none.
            let is_shown = is_web && !links.contains(&true);
            links.push(is_shown);
            if is_shown { vec![Event::Start(link_to(dest_url))] } else { Vec::new() }
        }
        Event::End(TagEnd::Image | TagEnd::Link) => match links.pop() {
            Some(true) => vec![Event::End(TagEnd::Link)],
            _ => Vec::new(),
        },
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
}
