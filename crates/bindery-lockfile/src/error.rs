//! What is wrong with a file.

/// Why a text is no lock file that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct LockfileError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    #[source]
    pub problem: Problem,
}

/// What can be wrong with a lock file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// It is no TOML, or not of this form.
    #[error("this is no lock file: {0}")]
    Form(String),
    /// Two sides of a merge still stand in it.
    #[error("this is an unfinished merge")]
    Merge,
    /// It was written by a program that came later.
    #[error("the lock file has version {0}, and this program knows version 1")]
    Version(i64),
    /// The entry is not what was written.
    #[error("the entry for `{0}` is not as it was written: its `check` does not fit")]
    Changed(String),
    /// The ref has an entry already.
    #[error("there are two entries for `{0}`")]
    Twice(String),
    /// A part of the entry has the wrong form.
    #[error("the entry for `{address}` has a bad `{part}`: {reason}")]
    Part {
        /// The entry's address.
        address: String,
        /// Which part.
        part: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

impl Problem {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Problem::Version(_) => "use the version of Bindery that wrote it, or a later one",
            Problem::Merge => "keep the entries of both sides, each whole, and take the marks out",
            Problem::Twice(_) => "delete one of them, from its `[[ref]]` to the next",
            Problem::Changed(_) | Problem::Part { .. } => {
                "restore the entry, or delete it from its `[[ref]]` to the next and run `bindery lock`"
            }
            Problem::Form(_) => "restore the file, or delete it and run `bindery lock`",
        }
    }

    pub(crate) fn at(self, line: usize) -> LockfileError {
        LockfileError {
            line,
            problem: self,
        }
    }
}

/// Answer that a lock file cannot hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer cannot be kept in a lock file: it holds {0}")]
pub struct UnkeepableError(pub(crate) &'static str);
