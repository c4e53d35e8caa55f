//! Positions in files, and the quoted line below them.

use std::fmt;
use std::path::{Path, PathBuf};

/// A file and, if known, a position in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    file: PathBuf,
    position: Option<(usize, usize)>,
    quote: Option<String>,
}

impl Place {
    /// Creates a place; line and column count from 1.
    pub fn new(file: impl Into<PathBuf>, position: Option<(usize, usize)>) -> Self {
        Self {
            file: file.into(),
            position,
            quote: None,
        }
    }

    /// Returns the place with the line to show below it.
    pub fn with_quote(mut self, quote: Quote<'_>) -> Self {
        // A long line is cut here: an error may exist for each of its words.
        self.quote = Some(quote.to_string());
        self
    }

    /// Returns the file.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Returns line and column, which count from 1.
    pub fn position(&self) -> Option<(usize, usize)> {
        self.position
    }

    /// Returns the quoted line and the mark below it, as two lines of a report.
    pub fn quote(&self) -> Option<&str> {
        self.quote.as_deref()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        match self.position {
            Some((line, column)) => write!(f, ":{line}:{column}"),
            None => Ok(()),
        }
    }
}

/// A line and a mark below one of its bytes.
#[derive(Clone, Copy, Debug)]
pub struct Quote<'l> {
    /// The line, without its line break.
    pub line: &'l str,
    /// Byte offset of the mark, on a character boundary.
    pub at: usize,
}

impl<'l> Quote<'l> {
    /// Creates a quote with the mark at `column`, which counts characters from 1.
    pub fn of_column(line: &'l str, column: usize) -> Self {
        let at = line.char_indices().nth(column.saturating_sub(1));
        Self {
            line,
            at: at.map_or(line.len(), |(at, _)| at),
        }
    }
}

/// Formats at most 120 characters around the mark, with control characters replaced.
impl fmt::Display for Quote<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const WIDTH: usize = 120;
        let printable = |c: char| {
            if c.is_control() && c != '\t' {
                '\u{fffd}'
            } else {
                c
            }
        };
        let (before, after) = self.line.split_at(self.at);
        // Counted from the mark in both directions: the line may be as long as the file.
        let first = before.char_indices().rev().take(WIDTH * 2 / 3).last();
        let before = &before[first.map_or(before.len(), |(at, _)| at)..];
        let width = before.chars().count();
        let part = before.chars().chain(after.chars().take(WIDTH - width));
        let part: String = part.map(printable).collect();
        let indent: String = before
            .chars()
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        writeln!(f, "   | {}", part.trim_end())?;
        writeln!(f, "   | {indent}^")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_quoted_with_a_mark() {
        let quoted = |line: &str, column| Quote::of_column(line, column).to_string();
        assert_eq!(quoted("\ta = b", 6), "   | \ta = b\n   | \t    ^\n");
        assert_eq!(quoted("é\u{1b}[31m", 2), "   | é\u{fffd}[31m\n   |  ^\n");
        let long = format!("{}x{}", "a".repeat(500), "b".repeat(500));
        let text = quoted(&long, 501);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0].chars().count(), 125);
        assert_eq!(lines[0].find('x'), lines[1].find('^'));
    }
}
