//! Sets a table in plain text.

use std::fmt;

/// To which side a column's cells are moved.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Align {
    Left,
    Right,
}

/// A title, a head and rows, with every column as wide as its widest cell.
#[derive(Debug)]
pub(crate) struct Table<const N: usize> {
    title: String,
    aligns: [Align; N],
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    pub(crate) fn new(title: impl Into<String>, columns: [(&str, Align); N]) -> Self {
        let head = columns.map(|(name, _)| name.to_owned());
        Self { title: title.into(), aligns: columns.map(|(_, align)| align), rows: vec![head] }
    }

    pub(crate) fn row(&mut self, cells: [String; N]) {
        self.rows.push(cells);
    }

    fn width(&self, column: usize) -> usize {
        self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)
    }
}

impl<const N: usize> fmt::Display for Table<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        for row in &self.rows {
            let cells = row.iter().zip(self.aligns).enumerate().map(|(column, (cell, align))| {
                let width = self.width(column);
                match align {
                    Align::Left => format!("{cell:<width$}"),
                    Align::Right => format!("{cell:>width$}"),
                }
            });
            writeln!(f, "  {}", cells.collect::<Vec<_>>().join("   ").trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table =
            Table::new("Calls", [("call", Align::Left), ("time", Align::Right), ("by", Align::Left)]);
        table.row(["first".into(), "12.5 ms".into(), "the database".into()]);
        table.row(["2nd".into(), "38 µs".into(), "the cache".into()]);
        let expected = "\
Calls
  call       time   by
  first   12.5 ms   the database
  2nd       38 µs   the cache
";
        assert_eq!(table.to_string(), expected);
    }
}
