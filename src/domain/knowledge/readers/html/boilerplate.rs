//! What surrounds the content of a page.

use scraper::node::Element;

/// How much of a page is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What the page says is its main part.
    Main,
    /// The page without what looks like its frame.
    Page,
    /// All that is text.
    Everything,
}

/// Words in classes and ids of what stands around the content, each a whole word of it.
const FRAME_WORDS: [&str; 12] = [
    "nav",
    "navbar",
    "navigation",
    "breadcrumb",
    "breadcrumbs",
    "sidebar",
    "skiplink",
    "pagination",
    "newsletter",
    "gdpr",
    "popup",
    "advertisement",
];

pub fn is_main(element: &Element) -> bool {
    element.name() == "main" || element.attr("role") == Some("main")
}

/// Whether the element and all in it are left out. Within an article, its header and footer belong to it.
pub fn is_left_out(element: &Element, part: Part, is_in_article: bool) -> bool {
    is_no_text(element.name())
        || is_hidden(element)
        || (part != Part::Everything && is_frame(element, is_in_article))
}

fn is_no_text(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "template"
            | "head"
            | "svg"
            | "math"
            | "iframe"
            | "object"
            | "embed"
            | "canvas"
            | "audio"
            | "video"
            | "map"
            | "select"
            | "textarea"
            | "datalist"
            | "noembed"
    )
}

fn is_hidden(element: &Element) -> bool {
    let style = element.attr("style").unwrap_or_default().to_ascii_lowercase().replace(' ', "");
    element.attr("hidden").is_some()
        || element.attr("aria-hidden") == Some("true")
        || style.contains("display:none")
        || style.contains("visibility:hidden")
}

fn is_frame(element: &Element, is_in_article: bool) -> bool {
    let role = element.attr("role").unwrap_or_default();
    match element.name() {
        // Pages of some makers are one form.
        "body" | "html" | "main" | "form" | "article" => false,
        "nav" | "aside" | "button" | "dialog" | "noscript" => true,
        "header" | "footer" => !is_in_article,
        _ => {
            matches!(
                role,
                "navigation" | "banner" | "contentinfo" | "search" | "dialog" | "alertdialog" | "menu"
            ) || has_frame_name(element)
        }
    }
}

fn has_frame_name(element: &Element) -> bool {
    let names = [element.attr("class"), element.attr("id")].into_iter().flatten();
    names.flat_map(str::split_whitespace).any(|name| {
        let name = name.to_ascii_lowercase();
        let words: Vec<&str> = name.split(['-', '_']).collect();
        let has = |word: &str| words.contains(&word);
        let is_consent = (name.contains("cookie") || has("consent"))
            && ["banner", "bar", "notice", "consent", "popup", "modal", "overlay", "dialog", "message"]
                .iter()
                .any(|word| name.contains(word));
        is_consent || FRAME_WORDS.iter().any(|word| has(word))
    })
}
