//! The formats of exported conversations. Pure: each is told what there is and appends its bytes.

use super::conversations::{ConversationView, MessageView};
use crate::domain::conversations::Role;
use crate::domain::conversations::citations::named_sources;
use crate::ground::text::{collapse_whitespace, normalise_newlines};
use crate::ground::time::Timestamp;
use crate::http::prose;
use crate::text_enum;
use serde::Serialize;

text_enum! {
    /// What an export is written as.
    pub enum ExportFormat {
        /// One list of conversations, each with its `messages`.
        Json = "json",
        /// The same, one conversation per line.
        Jsonl = "jsonl",
        /// To read.
        Markdown = "markdown",
        /// For spreadsheets: one row per message.
        Csv = "csv",
    }
}

impl ExportFormat {
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Jsonl => "application/x-ndjson",
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }

    pub const fn extension(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Markdown => "md",
            Self::Csv => "csv",
        }
    }
}

const CSV_COLUMNS: [&str; 18] = [
    "conversation_id",
    "channel",
    "begun_at",
    "visitor_id",
    "visitor_name",
    "visitor_email",
    "page_url",
    "referrer",
    "bookmarked",
    "archived",
    "tags",
    "message_id",
    "sent_at",
    "role",
    "text",
    "answered_by",
    "ending",
    "sources",
];
/// What a spreadsheet takes for the beginning of a formula (OWASP, CSV Injection), and for the end of a cell, as its
/// language has it.
const FORMULA_SIGNS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];
const CELL_ENDS: [char; 4] = [';', '\t', '\r', '\n'];

/// Writes one piece of a file; the next piece is written by another.
pub(super) struct Writer {
    format: ExportFormat,
    text: Vec<u8>,
}

impl Writer {
    pub(super) fn new(format: ExportFormat) -> Self {
        Self { format, text: Vec::new() }
    }

    pub(super) fn bytes(&self) -> usize {
        self.text.len()
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.text
    }

    pub(super) fn begin_file(&mut self) {
        match self.format {
            ExportFormat::Json => self.push("["),
            // Spreadsheets take a file for UTF-8 by its mark.
            ExportFormat::Csv => {
                self.push("\u{feff}");
                self.row(&CSV_COLUMNS);
            }
            ExportFormat::Jsonl | ExportFormat::Markdown => {}
        }
    }

    pub(super) fn begin_conversation(&mut self, conversation: &ConversationView, is_first: bool) {
        match self.format {
            ExportFormat::Json | ExportFormat::Jsonl => {
                if self.format == ExportFormat::Json {
                    self.push(if is_first { "\n" } else { ",\n" });
                }
                self.json(conversation);
                // The object goes on with its messages.
                self.text.pop();
                self.push(",\"messages\":[");
            }
            ExportFormat::Markdown => self.head(conversation, is_first),
            ExportFormat::Csv => {}
        }
    }

    pub(super) fn message(&mut self, of: &ConversationView, message: &MessageView, is_first: bool) {
        match self.format {
            ExportFormat::Json | ExportFormat::Jsonl => {
                if !is_first {
                    self.push(",");
                }
                self.json(message);
            }
            ExportFormat::Markdown => self.said(message),
            ExportFormat::Csv => self.message_row(of, message),
        }
    }

    pub(super) fn end_conversation(&mut self) {
        match self.format {
            ExportFormat::Json => self.push("]}"),
            ExportFormat::Jsonl => self.push("]}\n"),
            ExportFormat::Markdown | ExportFormat::Csv => {}
        }
    }

    pub(super) fn end_file(&mut self) {
        if self.format == ExportFormat::Json {
            self.push("\n]\n");
        }
    }

    fn push(&mut self, text: &str) {
        self.text.extend_from_slice(text.as_bytes());
    }

    fn json<T: Serialize>(&mut self, value: &T) {
        // Plain structs of texts and numbers: this cannot fail.
        self.text.extend_from_slice(&serde_json::to_vec(value).unwrap_or_default());
    }

    fn head(&mut self, conversation: &ConversationView, is_first: bool) {
        let visitor = conversation.visitor.as_ref();
        let who = visitor.map_or("Visitor", |it| {
            it.name.as_deref().or(it.email.as_deref()).unwrap_or(it.user_id.as_str())
        });
        let begun_at = conversation.created_at;
        self.push(if is_first { "" } else { "\n---\n\n" });
        self.push(&format!("# {}, {begun_at}\n\n", one_line(who)));
        self.push(&format!("- Conversation: `{}`\n", conversation.id));
        let facts = [
            ("Channel", Some(conversation.channel.to_string())),
            ("E-mail", visitor.and_then(|it| it.email.clone())),
            ("Page", conversation.visit.as_ref().and_then(|it| it.page_url.clone())),
            ("Tags", Some(conversation.tags.join(", ")).filter(|tags| !tags.is_empty())),
        ];
        for (name, value) in facts {
            if let Some(value) = value {
                self.push(&format!("- {name}: {}\n", one_line(&value)));
            }
        }
    }

    /// Each line is quoted, so that no message passes for another's head.
    fn said(&mut self, message: &MessageView) {
        let (who, text) = match message.role {
            Role::Visitor => ("Visitor", plain_lines(&message.text)),
            Role::Assistant => ("Assistant", prose::markdown(&message.text)),
        };
        self.push(&format!("\n**{who}**, {}\n\n", message.created_at));
        for line in text.lines() {
            self.push(&format!("> {line}\n"));
        }
        if !message.citations.is_empty() {
            self.push(&format!("\nSources: {}\n", one_line(&sources(message))));
        }
    }

    fn message_row(&mut self, of: &ConversationView, message: &MessageView) {
        let visitor = of.visitor.as_ref();
        let visit = of.visit.as_ref();
        let is_set = |at: Option<Timestamp>| if at.is_some() { "yes" } else { "no" };
        let text_of = |text: Option<&String>| text.cloned().unwrap_or_default();
        let cells = [
            of.id.to_string(),
            of.channel.to_string(),
            of.created_at.to_string(),
            text_of(visitor.map(|it| &it.user_id)),
            text_of(visitor.and_then(|it| it.name.as_ref())),
            text_of(visitor.and_then(|it| it.email.as_ref())),
            text_of(visit.and_then(|it| it.page_url.as_ref())),
            text_of(visit.and_then(|it| it.referrer.as_ref())),
            is_set(of.bookmarked_at).to_owned(),
            is_set(of.archived_at).to_owned(),
            of.tags.join("; "),
            message.id.to_string(),
            message.created_at.to_string(),
            message.role.to_string(),
            message.text.clone(),
            message.answered_by.map(|it| it.to_string()).unwrap_or_default(),
            message.ending.map(|it| it.to_string()).unwrap_or_default(),
            sources(message),
        ];
        self.row(&cells.map(|cell| inert(&cell)));
    }

    fn row<T: AsRef<[u8]>>(&mut self, cells: &[T]) {
        let mut rows = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        // Into memory: neither can fail.
        if rows.write_record(cells).is_ok() {
            self.text.extend(rows.into_inner().unwrap_or_default());
        }
    }
}

fn sources(message: &MessageView) -> String {
    named_sources(message.citations.iter().map(|it| (it.number, it.title.as_str(), it.page)))
}

/// A text in one line that Markdown shows word for word.
fn one_line(text: &str) -> String {
    prose::escaped(&collapse_whitespace(text))
}

/// A text that Markdown shows word for word and line by line: no line begins a list, a heading or a block of code.
fn plain_lines(text: &str) -> String {
    let lines = normalise_newlines(text).lines().map(plain_line).collect::<Vec<_>>();
    // Two spaces at its end break a line where it stands (CommonMark 6.7).
    lines.join("  \n")
}

fn plain_line(line: &str) -> String {
    let line = prose::escaped(line.trim());
    let after_digits = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = line.len() - after_digits.len();
    let begins_block =
        if digits == 0 { line.starts_with(['-', '+', '=']) } else { after_digits.starts_with(['.', ')']) };
    if begins_block { format!("{}\\{after_digits}", line.get(..digits).unwrap_or_default()) } else { line }
}

/// A cell that no spreadsheet computes, also where it takes a semicolon for the end of a cell: an apostrophe stands
/// before each sign that would begin a formula.
fn inert(cell: &str) -> String {
    let mut inert = String::with_capacity(cell.len());
    let mut begins = true;
    for sign in cell.chars() {
        if begins && FORMULA_SIGNS.contains(&sign) {
            inert.push('\'');
        }
        let separates = CELL_ENDS.contains(&sign);
        begins = separates || (begins && (sign == ' ' || sign == '"'));
        inert.push(sign);
    }
    inert
}

#[cfg(test)]
mod tests {
    use super::*;

    // DSH-2
    #[test]
    fn a_cell_that_looks_like_a_formula_is_made_a_text() {
        for cell in ["=1+1", "+41 44", "-5", "@SUM(A1)", "\tx", "\rx"] {
            assert_eq!(inert(cell), format!("'{cell}"));
        }
        assert_eq!(inert("a=b, -c"), "a=b, -c");
        assert_eq!(inert(""), "");
        assert_eq!(inert("hi;=1+cmd"), "hi;'=1+cmd");
        assert_eq!(inert("hi; \"=1\nthen\n-2"), "hi; \"'=1\nthen\n'-2");
    }

    // DSH-2
    #[test]
    fn what_a_visitor_typed_is_no_markdown() {
        let typed =
            "# *Hi* <b>[x](y)\r\rAlice\r===\n- a\n+ b\n12. c\n1) d\n    code\n---\n![p](https://x.example)";

        let mut page = String::new();
        pulldown_cmark::html::push_html(&mut page, pulldown_cmark::Parser::new(&plain_lines(typed)));

        let shown = page.replace("<br />", "").replace("<p>", "").replace("</p>", "");
        let words =
            "# *Hi* &lt;b&gt;[x](y)\n\nAlice\n===\n- a\n+ b\n12. c\n1) d\ncode\n---\n![p](https://x.example)";
        assert_eq!(shown.trim().replace("\n\n", "\n"), words.replace("\n\n", "\n"));
    }

    // DSH-2
    #[test]
    fn a_name_with_lines_in_it_makes_no_head_of_its_own() {
        assert_eq!(one_line("Ann\n\n# Bob"), "Ann \\# Bob");
    }

    // DSH-2
    #[test]
    fn cells_with_commas_quotes_and_lines_are_quoted() {
        let mut writer = Writer::new(ExportFormat::Csv);
        writer.row(&["a,b", "say \"hi\"", "two\nlines", ""]);

        assert_eq!(
            String::from_utf8(writer.finish()).unwrap(),
            "\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\r\n"
        );
    }
}
