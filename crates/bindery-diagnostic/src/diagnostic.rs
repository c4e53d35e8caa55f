//! A single error or warning.

use std::error::Error;
use std::fmt;
use std::path::PathBuf;

use crate::{Kind, Place};

/// Error or warning: message, place, causes and hint.
///
/// The message is lower case, ends without a period and quotes values in backticks. Its [`Display`](fmt::Display) is the message alone;
/// [`Diagnostic::report`] is the form for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Kind, which decides the exit code of a program that ends with this error.
    pub kind: Kind,
    /// Message: the failure and the thing it concerns.
    pub message: String,
    /// Position in a file.
    pub place: Option<Box<Place>>,
    /// Causes, the nearest first.
    pub causes: Vec<String>,
    /// Advice for the user.
    pub hint: Option<String>,
    /// Thing that the error concerns, for code that adds further causes or advice.
    pub subject: Option<Subject>,
}

/// Thing that a diagnostic concerns.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Subject {
    /// A registry, as `host` or `host:port`.
    Registry(String),
    /// A plugin, by name.
    Plugin(String),
}

/// Severity, the first word of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The operation failed.
    Error,
    /// The operation continues.
    Warning,
}

impl Diagnostic {
    /// Creates a diagnostic without place, causes, hint or subject.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            place: None,
            causes: Vec::new(),
            hint: None,
            subject: None,
        }
    }

    /// Creates a diagnostic whose message is `error` and whose causes are its chain of sources.
    pub fn from_error(kind: Kind, error: &dyn Error) -> Self {
        Self::new(kind, error.to_string()).sources_of(error)
    }

    /// Returns the diagnostic with a place: `file` and, if known, line and column, which count from 1.
    pub fn at(self, file: impl Into<PathBuf>, position: Option<(usize, usize)>) -> Self {
        self.at_place(Place::new(file, position))
    }

    /// Returns the diagnostic with this place.
    pub fn at_place(mut self, place: Place) -> Self {
        self.place = Some(Box::new(place));
        self
    }

    /// Returns the diagnostic with `cause` after its other causes.
    pub fn cause(mut self, cause: impl fmt::Display) -> Self {
        self.causes.push(cause.to_string());
        self
    }

    /// Returns the diagnostic with `error` and its chain of sources after its other causes.
    pub fn because(self, error: &dyn Error) -> Self {
        self.cause(error).sources_of(error)
    }

    /// Returns the diagnostic with the chain of sources of `error`, without `error` itself, after its other causes.
    pub fn sources_of(mut self, error: &dyn Error) -> Self {
        let mut source = error.source();
        while let Some(cause) = source {
            self.causes.push(cause.to_string());
            source = cause.source();
        }
        self
    }

    /// Returns the diagnostic with this advice in place of any other.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Returns the diagnostic with the thing it concerns.
    pub fn about(mut self, subject: Subject) -> Self {
        self.subject = Some(subject);
        self
    }

    /// Returns the diagnostic one step further out: with `message`, its own message as the first cause, and otherwise unchanged.
    pub fn context(mut self, message: impl Into<String>) -> Self {
        let cause = std::mem::replace(&mut self.message, message.into());
        self.causes.insert(0, cause);
        self
    }

    /// Returns the diagnostic in the form for people, with a line break at its end.
    pub fn report(&self, severity: Severity) -> Report<'_> {
        Report {
            diagnostic: self,
            severity,
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Diagnostic {}

/// A diagnostic in the form for people.
#[derive(Debug)]
pub struct Report<'d> {
    diagnostic: &'d Diagnostic,
    severity: Severity,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Diagnostic {
            message,
            place,
            causes,
            hint,
            ..
        } = self.diagnostic;
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        writeln!(f, "{severity}: {message}")?;
        if let Some(place) = place {
            writeln!(f, "  at {place}")?;
            f.write_str(place.quote().unwrap_or_default())?;
        }
        for cause in causes {
            writeln!(f, "  cause: {cause}")?;
        }
        match hint {
            Some(hint) => writeln!(f, "hint: {hint}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_has_its_line() {
        let full = Diagnostic::new(Kind::Denied, "message")
            .at("job.aurora", Some((12, 17)))
            .cause("near")
            .cause("far")
            .hint("do this");
        assert_eq!(
            full.report(Severity::Error).to_string(),
            "error: message\n  at job.aurora:12:17\n  cause: near\n  cause: far\nhint: do this\n"
        );
        let short = Diagnostic::new(Kind::Denied, "message").at("clusters.json", None);
        assert_eq!(
            short.report(Severity::Warning).to_string(),
            "warning: message\n  at clusters.json\n"
        );
    }

    #[test]
    fn context_puts_the_message_before_the_causes() {
        let inner = Diagnostic::new(Kind::NoAnswer, "inner").cause("far");
        let outer = inner.context("outer");
        assert_eq!(outer.message, "outer");
        assert_eq!(outer.causes, ["inner", "far"]);
        assert_eq!(outer.kind, Kind::NoAnswer);
    }

    #[test]
    fn sources_become_causes() {
        let error = "x"
            .parse::<u8>()
            .map_err(std::io::Error::other)
            .unwrap_err();
        let diagnostic = Diagnostic::new(Kind::Invalid, "message").because(&error);
        assert_eq!(diagnostic.causes[0], "invalid digit found in string");
    }
}
