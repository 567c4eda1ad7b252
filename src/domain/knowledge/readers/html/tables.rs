//! Tables of data, told from those that only lay out a page.

use super::element;
use crate::domain::knowledge::readers::table::Table;
use crate::ground::limits::TABLE_COLUMNS_MAX;
use ego_tree::NodeRef;
use ego_tree::iter::Edge;
use scraper::Node;

/// A cell with more text than this holds a part of a page.
const CELL_CHARS_MAX: usize = 600;

struct Row {
    cells: Vec<String>,
    is_head: bool,
    is_named: bool,
}

/// The table, if it is one of data: of at least two columns, without blocks or tables in its cells.
pub fn data_table(table: NodeRef<'_, Node>) -> Option<Table> {
    let is_layout = |node: NodeRef<'_, Node>| {
        element(node).is_some_and(|element| {
            matches!(
                element.name(),
                "table" | "h1" | "h2" | "h3" | "ul" | "ol" | "form" | "article" | "section" | "pre"
            )
        })
    };
    let is_presentation = element(table)
        .and_then(|element| element.attr("role"))
        .is_some_and(|role| role == "presentation" || role == "none");
    if is_presentation || table.descendants().skip(1).any(is_layout) {
        return None;
    }
    let rows = rows(table);
    let widest = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let has_long_cell =
        rows.iter().flat_map(|row| &row.cells).any(|cell| cell.chars().count() > CELL_CHARS_MAX);
    if widest < 2 || rows.len() < 2 || has_long_cell {
        return None;
    }
    let mut made = Table::default();
    let has_head = rows.first().is_some_and(|row| row.is_head && row.cells.len() >= 2);
    for (index, mut row) in rows.into_iter().enumerate() {
        if index == 0 && has_head {
            made.set_columns(row.cells);
        } else if !has_head && row.is_named && row.cells.len() == 2 {
            // A row with its name in front: "Opening hours: 9 to 5".
            let value = row.cells.pop().unwrap_or_default();
            let name = row.cells.pop().unwrap_or_default();
            made.push(vec![format!("{}: {value}", name.trim().trim_end_matches(':'))]);
        } else {
            made.push(row.cells);
        }
    }
    if !has_head {
        made.guess_columns();
    }
    Some(made)
}

fn rows(table: NodeRef<'_, Node>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut is_in_cell = false;
    let mut is_in_script = false;
    for edge in table.traverse() {
        match edge {
            Edge::Open(node) => {
                if let Some(text) = node.value().as_text() {
                    if let Some(cell) = rows.last_mut().and_then(|row| row.cells.last_mut())
                        && is_in_cell
                        && !is_in_script
                    {
                        cell.push_str(text);
                    }
                    continue;
                }
                let Some(element) = element(node) else { continue };
                match element.name() {
                    "tr" => rows.push(Row { cells: Vec::new(), is_head: true, is_named: false }),
                    name @ ("td" | "th") => {
                        let Some(row) = rows.last_mut() else { continue };
                        row.is_named |= name == "th" && row.cells.is_empty();
                        row.is_head &= name == "th";
                        row.cells.push(String::new());
                        is_in_cell = true;
                    }
                    "script" | "style" | "select" | "textarea" => is_in_script = true,
                    "br" | "p" | "div" => {
                        if let Some(cell) = rows.last_mut().and_then(|row| row.cells.last_mut()) {
                            cell.push(' ');
                        }
                    }
                    _ => {}
                }
            }
            Edge::Close(node) => match element(node).map(|element| (element.name(), element.attr("colspan")))
            {
                Some(("td" | "th", colspan)) => {
                    is_in_cell = false;
                    let span: usize = colspan.and_then(|span| span.parse().ok()).unwrap_or(1);
                    if let Some(row) = rows.last_mut() {
                        let width = row.cells.len() + span.clamp(1, TABLE_COLUMNS_MAX) - 1;
                        row.cells.resize(width, String::new());
                    }
                }
                Some(("script" | "style" | "select" | "textarea", _)) => is_in_script = false,
                _ => {}
            },
        }
    }
    rows.retain(|row| row.cells.iter().any(|cell| !cell.trim().is_empty()));
    rows
}
