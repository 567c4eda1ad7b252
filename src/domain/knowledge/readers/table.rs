//! Rows that carry their column names: `Drink: Latte; Price: €4.20`.

use crate::domain::knowledge::extraction::{BlockKind, ExtractionBuilder};
use crate::ground::limits::TABLE_COLUMNS_MAX;
use crate::ground::text::collapse_whitespace;

/// A table while it is read.
#[derive(Debug, Default)]
pub struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub fn set_columns(&mut self, names: Vec<String>) {
        self.columns = tidy(names);
    }

    /// Adds the row; one without text is left out.
    pub fn push(&mut self, cells: Vec<String>) {
        let cells = tidy(cells);
        if cells.iter().any(|cell| !cell.is_empty()) {
            self.rows.push(cells);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.columns.is_empty() && self.rows.is_empty()
    }

    /// Removes columns in which no row has text: the margins of a sheet.
    pub fn drop_empty_columns(&mut self) {
        let width = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let is_used: Vec<bool> = (0..width)
            .map(|column| self.rows.iter().any(|row| row.get(column).is_some_and(|cell| !cell.is_empty())))
            .collect();
        for row in &mut self.rows {
            let mut used = is_used.iter();
            row.retain(|_| used.next().copied().unwrap_or(false));
        }
    }

    /// Whether every row, with the columns' names, has one cell with text at most.
    pub fn is_single_column(&self) -> bool {
        let count = |row: &Vec<String>| row.iter().filter(|cell| !cell.is_empty()).count();
        std::iter::once(&self.columns).chain(&self.rows).all(|row| count(row) <= 1)
    }

    /// Takes the first row for the columns' names if it looks like that: texts without a number, each different,
    /// as many as the longest row has.
    pub fn guess_columns(&mut self) {
        let Some(first) = self.rows.first().filter(|_| self.columns.is_empty() && self.rows.len() > 1) else {
            return;
        };
        let names = first.iter().filter(|name| !name.is_empty()).count();
        let longest = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let is_name = |name: &String| name.chars().count() <= 80 && !is_number(name);
        let distinct: std::collections::HashSet<&String> = first.iter().collect();
        if names >= 2 && names + 1 >= longest && distinct.len() == first.len() && first.iter().all(is_name) {
            self.columns = self.rows.remove(0);
        }
    }

    /// All rows, each as a line.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        let has_columns = !self.columns.is_empty();
        let head = has_columns.then(|| named(&[], &self.columns));
        head.into_iter().chain(self.rows.iter().map(|row| named(&[], row)))
    }

    /// The whole table in one line, for a cell of another.
    pub fn as_line(&self) -> String {
        self.lines().collect::<Vec<_>>().join("; ")
    }

    /// Writes the rows as blocks. A table of column names alone still says something.
    pub fn write(self, builder: &mut ExtractionBuilder) {
        if self.rows.is_empty() {
            let names: Vec<String> = self.columns.into_iter().filter(|name| !name.is_empty()).collect();
            builder.push(BlockKind::TableRow, &names.join("; "));
            return;
        }
        for row in &self.rows {
            builder.push(BlockKind::TableRow, &named(&self.columns, row));
        }
    }
}

/// One row as a line.
pub fn named(columns: &[String], cells: &[String]) -> String {
    let names = columns.iter().map(String::as_str).chain(std::iter::repeat(""));
    let cells = cells.iter().zip(names).filter(|(cell, _)| !cell.is_empty());
    let parts: Vec<String> = cells
        .map(|(cell, name)| if name.is_empty() { cell.clone() } else { format!("{name}: {cell}") })
        .collect();
    parts.join("; ")
}

fn tidy(mut cells: Vec<String>) -> Vec<String> {
    cells.truncate(TABLE_COLUMNS_MAX);
    cells.iter_mut().for_each(|cell| *cell = collapse_whitespace(cell));
    cells
}

/// A number, an amount, a date: what stands in rows, not above them.
fn is_number(text: &str) -> bool {
    let digits = text.chars().filter(|c| c.is_numeric()).count();
    digits > 0 && digits * 2 >= text.chars().filter(|c| !c.is_whitespace()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    fn written(table: Table) -> String {
        let mut builder = ExtractionBuilder::default();
        table.write(&mut builder);
        builder.finish().text
    }

    #[test]
    fn rows_carry_their_column_names_and_leave_empty_cells_out() {
        let mut table = Table::default();
        table.set_columns(row(&["Drink", "Price", ""]));
        table.push(row(&["Latte", "€4.20", "hot\n drink"]));
        table.push(row(&["Tea", "", ""]));
        table.push(row(&["", " ", ""]));

        assert_eq!(written(table), "Drink: Latte; Price: €4.20; hot drink\nDrink: Tea");
    }

    #[test]
    fn a_first_row_of_names_is_found_and_one_of_values_is_not() {
        let guessed = |rows: &[&[&str]]| {
            let mut table = Table::default();
            rows.iter().for_each(|cells| table.push(row(cells)));
            table.guess_columns();
            written(table)
        };

        assert_eq!(guessed(&[&["Drink", "Price"], &["Tea", "3"]]), "Drink: Tea; Price: 3");
        assert_eq!(guessed(&[&["Tea", "3"], &["Coffee", "4"]]), "Tea; 3\nCoffee; 4");
        assert_eq!(guessed(&[&["Tea", "Tea"], &["a", "b"]]), "Tea; Tea\na; b");
        assert_eq!(guessed(&[&["Drink", "Price"]]), "Drink; Price");
    }
}
