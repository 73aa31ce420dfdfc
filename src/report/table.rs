//! Plain-text tables, aligned by the width that characters take on a screen: "Nghệ An" in decomposed letters has more
//! characters than columns, and a Chinese sign takes two.

use std::fmt;
use unicode_width::UnicodeWidthStr;

/// Blanks between two columns.
const GAP: &str = "  ";

/// To which side a column's cells go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// A table with a heading for each column.
#[derive(Debug, Clone)]
pub struct Table {
    columns: Vec<(String, Align)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    #[must_use]
    pub fn new(columns: impl IntoIterator<Item = (impl Into<String>, Align)>) -> Self {
        let columns = columns.into_iter().map(|(heading, align)| (heading.into(), align)).collect();
        Self { columns, rows: Vec::new() }
    }

    /// Adds a row. A missing cell is empty; a cell beyond the last column is not shown. Control characters become
    /// blanks, so that a name cannot steer the reader's terminal.
    pub fn row(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) {
        let plain = |cell: String| cell.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        self.rows.push(cells.into_iter().map(Into::into).map(plain).collect());
    }

    /// The headings, each with the side its column goes to.
    #[must_use]
    pub fn columns(&self) -> &[(String, Align)] {
        &self.columns
    }

    /// The cells, row by row, in the order of the columns; those missing at the end of a row are empty.
    #[must_use]
    pub fn rows(&self) -> &[Vec<String>] {
        &self.rows
    }

    fn widths(&self) -> Vec<usize> {
        let widest = |(index, (heading, _)): (usize, &(String, Align))| {
            let cells = self.rows.iter().filter_map(|row| row.get(index)).map(|cell| cell.width());
            cells.chain([heading.width()]).max().unwrap_or(0)
        };
        self.columns.iter().enumerate().map(widest).collect()
    }

    fn line<'a>(&self, cells: impl Iterator<Item = &'a str>, widths: &[usize]) -> String {
        let mut line = String::new();
        for ((cell, width), (_, align)) in cells.chain(std::iter::repeat("")).zip(widths).zip(&self.columns) {
            let blanks = " ".repeat(width.saturating_sub(cell.width()));
            match align {
                Align::Left => line.extend([cell, &blanks, GAP]),
                Align::Right => line.extend([&blanks, cell, GAP]),
            }
        }
        line.trim_end().to_owned()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        writeln!(f, "{}", self.line(self.columns.iter().map(|(heading, _)| heading.as_str()), &widths))?;
        let rules: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
        writeln!(f, "{}", rules.join(GAP))?;
        self.rows.iter().try_for_each(|row| writeln!(f, "{}", self.line(row.iter().map(String::as_str), &widths)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_by_what_is_seen() {
        let mut table = Table::new([("Đơn vị", Align::Left), ("Điểm", Align::Right), ("Loại", Align::Left)]);
        table.row(["Nghê\u{323} An", "9,5", "A"]);
        table.row(["北京", "10,25"]);
        table.row(["a\u{1b}[2Jb", "1", "B", "beyond"]);
        let expected = [
            "Đơn vị    Điểm  Loại",
            "───────  ─────  ────",
            "Nghê\u{323} An    9,5  A",
            "北京     10,25",
            "a [2Jb       1  B",
        ];
        assert_eq!(table.to_string().lines().collect::<Vec<_>>(), expected);
    }
}
