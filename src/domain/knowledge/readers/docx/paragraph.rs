//! A paragraph while it is read, and what it becomes.

use super::numbering::Numbering;
use super::styles::{Role, Styles};
use crate::domain::knowledge::extraction::{BlockKind, ExtractionBuilder};
use crate::ground::text::collapse_whitespace;

/// A bold line that is longer, or a sentence, is no heading.
const BOLD_HEADING_CHARS_MAX: usize = 80;
const BOLD_HEADING_LEVEL: u8 = 6;

#[derive(Debug, Default)]
pub struct Paragraph {
    pub text: String,
    pub style: Option<String>,
    pub outline_level: Option<u8>,
    pub numbering_id: Option<String>,
    pub numbering_level: Option<usize>,
    /// Characters in bold, of all that are no white space.
    pub bold_chars: usize,
}

impl Paragraph {
    /// The text with the number that its list gives it.
    fn numbered(&self, styles: &Styles, numbering: &mut Numbering) -> (String, bool) {
        let of_style = self.style.as_deref().and_then(|style| styles.numbering(style));
        let list = match (&self.numbering_id, of_style) {
            (Some(id), _) => Some((id.clone(), self.numbering_level.unwrap_or(0))),
            (None, of_style) => of_style.map(|(id, level)| (id, self.numbering_level.unwrap_or(level))),
        };
        let Some((id, level)) = list.filter(|(id, _)| id != "0") else { return (self.text.clone(), false) };
        match numbering.next(&id, level) {
            Some(number) => (format!("{number} {}", self.text.trim_start()), true),
            None => (self.text.clone(), true),
        }
    }

    fn role(&self, styles: &Styles) -> Role {
        let outline = self.outline_level.filter(|level| *level < 9).map(|level| Role::Heading(level + 1));
        let of_style = self.style.as_deref().map_or(Role::Text, |style| styles.role(style));
        if of_style == Role::Text { outline.unwrap_or(Role::Text) } else { of_style }
    }

    fn is_bold_line(&self) -> bool {
        let visible = self.text.chars().filter(|c| !c.is_whitespace()).count();
        let text = self.text.trim();
        visible > 1
            && self.bold_chars >= visible
            && text.chars().count() <= BOLD_HEADING_CHARS_MAX
            && text.chars().any(char::is_alphabetic)
            && !text.contains('\n')
            && !text.ends_with(['.', ',', ';', ':', '!', '?'])
    }

    /// Writes the paragraph as a block of the document.
    pub fn write(&self, builder: &mut ExtractionBuilder, styles: &Styles, numbering: &mut Numbering) {
        if self.text.trim().is_empty() {
            return;
        }
        let role = self.role(styles);
        if role == Role::TableOfContents {
            return;
        }
        let (text, is_listed) = self.numbered(styles, numbering);
        match role {
            Role::Title => {
                builder.push_heading(1, &text);
                builder.set_title(&text);
            }
            Role::Heading(level) => builder.push_heading(level, &text),
            Role::Quote => builder.push(BlockKind::Quote, &tidy(&text)),
            Role::Code => builder.push(BlockKind::Code, &text),
            Role::Text | Role::TableOfContents if is_listed => {
                builder.push(BlockKind::ListItem, &collapse_whitespace(&text));
            }
            Role::Text | Role::TableOfContents if self.is_bold_line() => {
                builder.push_heading(BOLD_HEADING_LEVEL, &text);
            }
            Role::Text | Role::TableOfContents => builder.push(BlockKind::Paragraph, &tidy(&text)),
        }
    }
}

/// Lines that were broken on purpose stay; white space in them does not.
fn tidy(text: &str) -> String {
    let lines: Vec<String> =
        text.split('\n').map(collapse_whitespace).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}
