//! HTML as a reader sees it: headings, paragraphs, lists, tables and code, without what surrounds them.
//!
//! Pages are parsed as browsers do. Navigation, page headers and footers, cookie banners, forms and scripts are
//! left out; where a page says which part is its main one, only that part is read.

mod boilerplate;
mod tables;

use super::table::Table;
use crate::domain::knowledge::extraction::{BlockKind, Extraction, ExtractionBuilder};
use crate::domain::knowledge::markdown_html::visible_address;
use crate::ground::text::collapse_whitespace;
use boilerplate::Part;
use ego_tree::NodeRef;
use ego_tree::iter::Edge;
use scraper::node::Element;
use scraper::{Html, Node};

/// Stands for `<br>` until the line is put together; it cannot come out of text, where it is white space.
const LINE_BREAK: char = '\u{2028}';
/// A main part with less text than this is not the whole of what a page says.
const MAIN_CHARS_MIN: usize = 200;

/// Reads a page.
pub fn extract(source: &str) -> Extraction {
    let page = Html::parse_document(source);
    let root = page.tree.root();
    let main = root.descendants().find(|node| element(*node).is_some_and(boilerplate::is_main));
    let title = page_title(root);
    let attempts =
        [main.map(|main| (main, Part::Main)), Some((root, Part::Page)), Some((root, Part::Everything))];
    let mut best = Extraction::default();
    for (node, part) in attempts.into_iter().flatten() {
        if part == Part::Everything && !best.blocks.is_empty() {
            break;
        }
        let mut reader = Reader::new(part);
        reader.read(node);
        let extraction = reader.finish(title.as_deref());
        if extraction.text.chars().count() >= MAIN_CHARS_MIN {
            return extraction;
        }
        // A page may be all content that looks like its own frame; but what is in no frame comes first.
        if best.blocks.is_empty() || extraction.text.len() > best.text.len() {
            best = extraction;
        }
    }
    best
}

pub(super) fn element(node: NodeRef<'_, Node>) -> Option<&Element> {
    node.value().as_element()
}

fn page_title(root: NodeRef<'_, Node>) -> Option<String> {
    let title =
        root.descendants().find(|node| element(*node).is_some_and(|element| element.name() == "title"))?;
    let text: String =
        title.children().filter_map(|node| node.value().as_text().map(|text| text.to_string())).collect();
    Some(collapse_whitespace(&text)).filter(|text| !text.is_empty())
}

struct Reader {
    builder: ExtractionBuilder,
    part: Part,
    inline: String,
    /// The numbers of the next items of open lists; None for lists without numbers.
    lists: Vec<Option<u64>>,
    marker: String,
    /// Open elements that decide what a block is.
    kinds: Vec<BlockKind>,
    heading: Option<u8>,
    is_verbatim: bool,
    /// Where the text of each open link begins, with its address.
    links: Vec<(usize, String)>,
    depth_in_article: usize,
}

impl Reader {
    fn new(part: Part) -> Self {
        Self {
            builder: ExtractionBuilder::default(),
            part,
            inline: String::new(),
            lists: Vec::new(),
            marker: String::new(),
            kinds: Vec::new(),
            heading: None,
            is_verbatim: false,
            links: Vec::new(),
            depth_in_article: usize::from(part == Part::Main),
        }
    }

    /// Walks without recursion: nesting costs no stack.
    fn read(&mut self, root: NodeRef<'_, Node>) {
        let mut skipped = None;
        for edge in root.traverse() {
            match edge {
                Edge::Open(node) if skipped.is_none() => {
                    if let Some(element) = element(node) {
                        let is_left_out =
                            boilerplate::is_left_out(element, self.part, self.depth_in_article > 0);
                        if is_left_out || self.take_table(node, element) {
                            self.flush_around(element);
                            skipped = Some(node.id());
                        } else {
                            self.start(element);
                        }
                    } else if let Some(text) = node.value().as_text() {
                        self.inline.push_str(&text.replace(LINE_BREAK, " "));
                    }
                }
                Edge::Close(node) if skipped == Some(node.id()) => skipped = None,
                Edge::Close(node) if skipped.is_none() => {
                    if let Some(element) = element(node) {
                        self.end(element);
                    }
                }
                _ => {}
            }
        }
        self.flush();
    }

    /// Writes a table of data whole; one that only lays out a page is walked like any other part of it.
    fn take_table(&mut self, node: NodeRef<'_, Node>, element: &Element) -> bool {
        if element.name() != "table" {
            return false;
        }
        let Some(table): Option<Table> = tables::data_table(node) else { return false };
        self.flush();
        table.write(&mut self.builder);
        true
    }

    /// A part that is left out still divides what stands around it, unless it stands within a line.
    fn flush_around(&mut self, element: &Element) {
        if is_block(element.name()) {
            self.flush();
        }
    }

    fn start(&mut self, element: &Element) {
        let name = element.name();
        if is_block(name) {
            self.flush();
        }
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.heading = name.get(1..).and_then(|level| level.parse().ok());
            }
            "article" => self.depth_in_article += 1,
            "ul" | "menu" => self.lists.push(None),
            "ol" => {
                let first = element.attr("start").and_then(|start| start.parse().ok()).unwrap_or(1);
                self.lists.push(Some(first));
            }
            "li" => {
                if let Some(Some(number)) = self.lists.last_mut() {
                    self.marker = format!("{number}. ");
                    *number = number.saturating_add(1);
                }
                self.kinds.push(BlockKind::ListItem);
            }
            "blockquote" => self.kinds.push(BlockKind::Quote),
            "pre" => self.is_verbatim = true,
            "br" => self.inline.push(if self.is_verbatim { '\n' } else { LINE_BREAK }),
            "td" | "th" => self.inline.push(' '),
            "a" => {
                let address = element.attr("href").unwrap_or_default();
                self.links.push((self.inline.len(), address.to_owned()));
            }
            _ => {}
        }
    }

    fn end(&mut self, element: &Element) {
        let name = element.name();
        if name == "a" {
            self.end_link();
        }
        if is_block(name) {
            self.flush();
        }
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.heading = None,
            "article" => self.depth_in_article = self.depth_in_article.saturating_sub(1),
            "ul" | "ol" | "menu" => {
                self.lists.pop();
            }
            "li" | "blockquote" => {
                self.kinds.pop();
            }
            "pre" => self.is_verbatim = false,
            _ => {}
        }
    }

    /// Addresses that mean something outside of the page are shown: of people, telephones, other sites.
    fn end_link(&mut self) {
        let Some((start, address)) = self.links.pop() else { return };
        let text = self.inline.get(start..).unwrap_or_default();
        let lower = address.to_ascii_lowercase();
        let is_absolute =
            ["http:", "https:", "mailto:", "tel:"].iter().any(|scheme| lower.starts_with(scheme));
        if is_absolute
            && !text.trim().is_empty()
            && let Some(address) = visible_address(text, &address)
        {
            self.inline.push_str(&format!(" ({address})"));
        }
    }

    fn flush(&mut self) {
        let inline = std::mem::take(&mut self.inline);
        self.links.iter_mut().for_each(|(start, _)| *start = 0);
        if inline.trim().is_empty() {
            return;
        }
        if self.is_verbatim {
            return self.builder.push(BlockKind::Code, &inline);
        }
        let lines: Vec<String> =
            inline.split(LINE_BREAK).map(collapse_whitespace).filter(|line| !line.is_empty()).collect();
        if let Some(level) = self.heading {
            return self.builder.push_heading(level, &lines.join(" "));
        }
        let kind = self.kinds.last().copied().unwrap_or(BlockKind::Paragraph);
        let separator = if kind == BlockKind::ListItem { " " } else { "\n" };
        let marker = std::mem::take(&mut self.marker);
        self.builder.push(kind, &format!("{marker}{}", lines.join(separator)));
    }

    fn finish(self, title: Option<&str>) -> Extraction {
        let mut builder = self.builder;
        if let Some(title) = title {
            builder.set_title(title);
        }
        builder.finish()
    }
}

/// Elements that begin and end a block.
fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "frame"
            | "frameset"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hgroup"
            | "hr"
            | "iframe"
            | "legend"
            | "li"
            | "main"
            | "menu"
            | "nav"
            | "noframes"
            | "noscript"
            | "ol"
            | "option"
            | "p"
            | "pre"
            | "section"
            | "select"
            | "summary"
            | "table"
            | "tbody"
            | "tfoot"
            | "thead"
            | "title"
            | "tr"
            | "ul"
    )
}

#[cfg(test)]
mod tests;
