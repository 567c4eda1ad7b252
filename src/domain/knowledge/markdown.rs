//! Markdown as clean plain text: the marks go, the words stay, and every block is known for what it was.
//!
//! A quote out of the text reads well and is an exact part of it. Table rows carry their column names, links
//! their address, images their description. It works through a flat list of events with its own stacks, so
//! nesting in a hostile file costs memory in proportion to the file and no call stack.

use super::extraction::{BlockKind, Extraction, ExtractionBuilder, is_wrapped};
use super::markdown_html::{plain_lines, visible_address};
use crate::ground::text::{collapse_whitespace, normalise_newlines};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// Stands for a break that the author asked for, until the paragraph is put together.
/// It cannot come out of the source, where it was normalised to `\n`.
const HARD_BREAK: char = '\u{2028}';

/// Reads Markdown (CommonMark with tables, strikethrough, footnotes, task lists and front matter).
pub fn extract(source: &str) -> Extraction {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS;
    let source = normalise_newlines(source);
    let mut reader = Reader::default();
    for event in Parser::new_ext(source.trim_start_matches('\u{FEFF}'), options) {
        reader.take(event);
    }
    reader.flush();
    reader.builder.finish()
}

#[derive(Default)]
struct Reader {
    builder: ExtractionBuilder,
    /// Lists, items and quotes that are open, outermost first.
    containers: Vec<Container>,
    /// The line being gathered.
    inline: String,
    /// Where the text of each open link begins in `inline`, with its address.
    links: Vec<(usize, String)>,
    /// What is written before the next line: the number of an item, the label of a footnote.
    marker: String,
    verbatim: Option<Verbatim>,
    table: Table,
    strikes: u32,
}

enum Container {
    /// With the number of the next item of a numbered list.
    List(Option<u64>),
    Item,
    Quote,
}

/// A block whose text is kept as it stands until its end.
enum Verbatim {
    Code,
    Html,
    FrontMatter,
}

#[derive(Default)]
struct Table {
    columns: Vec<String>,
    cells: Vec<String>,
    rows: usize,
    is_open: bool,
}

impl Reader {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.write(&text),
            Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => self.write(&text),
            Event::Html(html) => self.write(&html),
            Event::InlineHtml(html) => self.inline_html(&html),
            Event::FootnoteReference(label) => self.write(&format!(" [{label}]")),
            Event::SoftBreak => self.write("\n"),
            Event::HardBreak => self.hard_break(),
            Event::TaskListMarker(is_done) => self.write(if is_done { "[x] " } else { "[ ] " }),
            Event::Rule => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { .. } | Tag::Paragraph => self.flush(),
            Tag::BlockQuote(_) => self.open(Container::Quote),
            Tag::List(first) => self.open(Container::List(first)),
            Tag::Item => self.start_item(),
            Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented) => {
                self.start_verbatim(Verbatim::Code);
            }
            Tag::HtmlBlock => self.start_verbatim(Verbatim::Html),
            Tag::MetadataBlock(_) => self.start_verbatim(Verbatim::FrontMatter),
            Tag::FootnoteDefinition(label) => {
                self.flush();
                self.marker = format!("[{label}] ");
            }
            Tag::Table(_) => {
                self.flush();
                self.table = Table { is_open: true, ..Table::default() };
            }
            Tag::Link { dest_url, .. } => self.links.push((self.inline.len(), dest_url.into_string())),
            Tag::Strikethrough => self.strikes += 1,
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(level) => {
                let line = std::mem::take(&mut self.inline);
                self.builder.push_heading(level as u8, &line.replace(HARD_BREAK, " "));
            }
            TagEnd::Paragraph | TagEnd::FootnoteDefinition => self.flush(),
            TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item => {
                self.flush();
                self.containers.pop();
            }
            TagEnd::CodeBlock | TagEnd::HtmlBlock | TagEnd::MetadataBlock(_) => self.end_verbatim(),
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.inline);
                self.table.cells.push(collapse_whitespace(&cell.replace(HARD_BREAK, ", ")));
            }
            TagEnd::TableHead => self.table.columns = std::mem::take(&mut self.table.cells),
            TagEnd::TableRow => self.end_row(),
            TagEnd::Table => self.end_table(),
            TagEnd::Link => self.end_link(),
            TagEnd::Strikethrough => self.strikes = self.strikes.saturating_sub(1),
            _ => {}
        }
    }

    /// Text that was struck out no longer holds (an old price, a cancelled date), and without its line a quote
    /// of it would be wrong: so it is left out.
    fn write(&mut self, text: &str) {
        if self.strikes == 0 {
            self.inline.push_str(text);
        }
    }

    fn hard_break(&mut self) {
        self.inline.push(HARD_BREAK);
    }

    fn inline_html(&mut self, html: &str) {
        let name = html.trim_start_matches(['<', '/']).to_ascii_lowercase();
        if name.starts_with("br") {
            self.hard_break();
        }
    }

    fn open(&mut self, container: Container) {
        self.flush();
        self.containers.push(container);
    }

    fn start_item(&mut self) {
        self.flush();
        if let Some(Container::List(Some(number))) = self.containers.last_mut() {
            self.marker = format!("{number}. ");
            *number = number.saturating_add(1);
        }
        self.containers.push(Container::Item);
    }

    /// Writes the gathered line as the block that the innermost container makes it.
    fn flush(&mut self) {
        let inline = std::mem::take(&mut self.inline);
        self.links.clear();
        if inline.trim().is_empty() {
            return;
        }
        let kind = self.containers.iter().rev().find_map(|container| match container {
            Container::Item => Some(BlockKind::ListItem),
            Container::Quote => Some(BlockKind::Quote),
            Container::List(_) => None,
        });
        let kind = kind.unwrap_or(BlockKind::Paragraph);
        let text = if kind == BlockKind::ListItem { one_line(&inline) } else { lines(&inline) };
        let marker = std::mem::take(&mut self.marker);
        self.builder.push(kind, &format!("{marker}{text}"));
    }

    fn start_verbatim(&mut self, verbatim: Verbatim) {
        self.flush();
        self.verbatim = Some(verbatim);
    }

    fn end_verbatim(&mut self) {
        match self.verbatim.take() {
            Some(Verbatim::Code) => {
                let code = std::mem::take(&mut self.inline);
                self.builder.push(BlockKind::Code, &code);
            }
            Some(Verbatim::Html) => {
                for line in plain_lines(&std::mem::take(&mut self.inline)) {
                    self.inline = line;
                    self.flush();
                }
            }
            Some(Verbatim::FrontMatter) => {
                if let Some(title) = front_matter_title(&std::mem::take(&mut self.inline)) {
                    self.builder.set_title(&title);
                }
            }
            None => {}
        }
    }

    fn end_link(&mut self) {
        let Some((start, address)) = self.links.pop() else { return };
        let text = self.inline.get(start..).unwrap_or_default();
        if self.strikes == 0
            && let Some(address) = visible_address(text, &address)
        {
            self.inline.push_str(&format!(" ({address})"));
        }
    }

    fn end_row(&mut self) {
        let cells = std::mem::take(&mut self.table.cells);
        let columns = self.table.columns.iter().map(String::as_str).chain(std::iter::repeat(""));
        let named = cells.iter().zip(columns).filter(|(cell, _)| !cell.is_empty());
        let row: Vec<String> = named
            .map(|(cell, column)| match column {
                "" => cell.clone(),
                _ => format!("{column}: {cell}"),
            })
            .collect();
        self.table.rows += 1;
        self.builder.push(BlockKind::TableRow, &row.join("; "));
    }

    /// A table of column names alone still says something.
    fn end_table(&mut self) {
        let table = std::mem::take(&mut self.table);
        if table.is_open && table.rows == 0 {
            let names: Vec<String> = table.columns.into_iter().filter(|name| !name.is_empty()).collect();
            self.builder.push(BlockKind::TableRow, &names.join("; "));
        }
    }
}

fn one_line(inline: &str) -> String {
    collapse_whitespace(inline)
}

/// The lines of a paragraph: those that only wrap it are joined.
fn lines(inline: &str) -> String {
    let mut text = String::with_capacity(inline.len());
    for hard_line in inline.split(HARD_BREAK) {
        let mut previous = "";
        for line in hard_line.split('\n').filter(|line| !line.trim().is_empty()) {
            if !text.is_empty() {
                text.push(if is_wrapped(previous, line) && !previous.is_empty() { ' ' } else { '\n' });
            }
            text.push_str(&collapse_whitespace(line));
            previous = line;
        }
    }
    text
}

/// The title in front matter, YAML (`title: …`) or TOML (`title = …`).
fn front_matter_title(source: &str) -> Option<String> {
    source.lines().find_map(|line| {
        let (name, value) = line.split_once([':', '='])?;
        (name.trim() == "title").then(|| value.trim().trim_matches(['"', '\'']).to_owned())
    })
}

#[cfg(test)]
#[path = "markdown_tests.rs"]
mod tests;
