//! What went wrong, as a person reads it.
//!
//! ```text
//! error: what happened
//!   at file:line:column
//!    | the line, where it is known
//!    |     ^
//!   cause: why
//! hint: what to do
//! ```

use std::{
    fmt,
    io::Write,
    path::{Path, PathBuf},
};

use crate::exit::ExitStatus;

/// One error: what a command hands back instead of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What kind it is, as the exit code tells.
    pub status: ExitStatus,
    /// What happened: lower case, no period, values in backticks.
    pub message: String,
    /// Where it happened.
    pub place: Option<Box<Place>>,
    /// Why, from near to far.
    pub causes: Vec<String>,
    /// What to do about it.
    pub hint: Option<String>,
}

/// A file, and as much of the position in it as is known; line and column count from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: PathBuf,
    /// Line and column.
    pub position: Option<(usize, usize)>,
    /// What is shown of the line: a part of it, since the line may be as long as the file and there may be an error for each of its
    /// words.
    quote: Option<String>,
}

impl Place {
    /// This place in a file, with its line if that is known.
    pub fn new(file: PathBuf, position: (usize, usize), line: Option<Quote<'_>>) -> Self {
        Self {
            file,
            position: Some(position),
            quote: line.map(|line| line.to_string()),
        }
    }
}

impl Failure {
    /// An error with neither place nor cause nor hint.
    pub fn new(status: ExitStatus, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            place: None,
            causes: Vec::new(),
            hint: None,
        }
    }

    /// The same, at this file.
    pub fn at(mut self, file: impl AsRef<Path>, position: Option<(usize, usize)>) -> Self {
        self.place = Some(Box::new(Place {
            file: file.as_ref().to_owned(),
            position,
            quote: None,
        }));
        self
    }

    /// The same, at this place.
    pub fn at_place(mut self, place: Place) -> Self {
        self.place = Some(Box::new(place));
        self
    }

    /// The same, with one more cause.
    pub fn cause(mut self, cause: impl fmt::Display) -> Self {
        self.causes.push(cause.to_string());
        self
    }

    /// The same, with everything that stands behind `error`, but not `error` itself.
    pub fn sources_of(mut self, error: &dyn std::error::Error) -> Self {
        let mut source = error.source();
        while let Some(cause) = source {
            self.causes.push(cause.to_string());
            source = cause.source();
        }
        self
    }

    /// The same, with this advice.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Tells something that the user should know, although work goes on.
pub fn warn(message: &str, hint: &str) {
    let mut text = format!("warning: {message}\n");
    if !hint.is_empty() {
        text = format!("{text}hint: {hint}\n");
    }
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
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

/// A line and, below it, a mark at one of its bytes.
pub struct Quote<'l> {
    /// The line, without its end.
    pub line: &'l str,
    /// The byte, at which a character begins or the line ends.
    pub at: usize,
}

impl<'l> Quote<'l> {
    /// The mark is at a column, which counts characters from 1.
    pub fn of_column(line: &'l str, column: usize) -> Self {
        let at = line.char_indices().nth(column - 1);
        Self {
            line,
            at: at.map_or(line.len(), |(at, _)| at),
        }
    }
}

impl fmt::Display for Quote<'_> {
    /// Of a long line the part around the mark. What a terminal would act on is not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const WIDTH: usize = 120;
        let plain = |c: char| {
            if c.is_control() && c != '\t' {
                '\u{fffd}'
            } else {
                c
            }
        };
        let (before, behind) = self.line.split_at(self.at);
        // From the mark in both directions, whatever the length of the line.
        let first = before.char_indices().rev().take(WIDTH * 2 / 3).last();
        let before = &before[first.map_or(before.len(), |(at, _)| at)..];
        let width = before.chars().count();
        let shown = before.chars().chain(behind.chars().take(WIDTH - width));
        let shown: String = shown.map(plain).collect();
        let indent: String = before
            .chars()
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        writeln!(f, "   | {}", shown.trim_end())?;
        writeln!(f, "   | {indent}^")
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "error: {}", self.message)?;
        if let Some(place) = &self.place {
            writeln!(f, "  at {place}")?;
            f.write_str(place.quote.as_deref().unwrap_or_default())?;
        }
        for cause in &self.causes {
            writeln!(f, "  cause: {cause}")?;
        }
        match &self.hint {
            Some(hint) => writeln!(f, "hint: {hint}"),
            None => Ok(()),
        }
    }
}

/// Why a command ended without its result: one error or several that do not depend on each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failures(Vec<Failure>);

impl Failures {
    /// `Ok` if there are none.
    pub fn check(failures: Vec<Failure>) -> Result<(), Self> {
        if failures.is_empty() {
            Ok(())
        } else {
            Err(Self(failures))
        }
    }

    /// Their common exit status; that of a failed command if they are of several kinds.
    pub fn status(&self) -> ExitStatus {
        let mut kinds = self.0.iter().map(|failure| failure.status);
        match kinds.next() {
            Some(first) if kinds.all(|other| other == first) => first,
            _ => ExitStatus::CommandFailure,
        }
    }

    /// The same, as a list to which others may be added.
    pub fn into_vec(self) -> Vec<Failure> {
        self.0
    }

    /// The same, each changed.
    pub fn map(self, change: impl FnMut(Failure) -> Failure) -> Self {
        Self(self.0.into_iter().map(change).collect())
    }

    /// Prints them to standard error. If that is closed, nobody is there to be told.
    pub fn print(&self) {
        let _ = write!(std::io::stderr().lock(), "{self}");
    }
}

impl fmt::Display for Failures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|failure| failure.fmt(f))
    }
}

impl From<Failure> for Failures {
    fn from(failure: Failure) -> Self {
        Self(vec![failure])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failures(kinds: &[ExitStatus]) -> Failures {
        Failures(kinds.iter().map(|kind| Failure::new(*kind, "m")).collect())
    }

    #[test]
    fn several_kinds_are_a_failed_command() {
        use ExitStatus::{CommandFailure, NoAnswer, Refused};
        assert_eq!(failures(&[NoAnswer]).status(), NoAnswer);
        assert_eq!(failures(&[Refused, Refused]).status(), Refused);
        assert_eq!(
            failures(&[Refused, NoAnswer, Refused]).status(),
            CommandFailure
        );
    }

    #[test]
    fn no_failures_are_no_error() {
        assert_eq!(Failures::check(Vec::new()), Ok(()));
    }

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

    #[test]
    fn every_part_has_its_line() {
        let full = Failure::new(ExitStatus::Refused, "what")
            .at("job.aurora", Some((12, 17)))
            .cause("near")
            .cause("far")
            .hint("do this");
        let short = Failure::new(ExitStatus::Refused, "only this").at("clusters.json", None);
        let text = Failures(vec![full, short]).to_string();
        assert_eq!(
            text,
            "error: what\n  at job.aurora:12:17\n  cause: near\n  cause: far\nhint: do this\nerror: only this\n  at clusters.json\n"
        );
    }
}
