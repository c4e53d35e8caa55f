//! Errors of the lock file format.

/// Error for a text that is not a valid lock file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct LockfileError {
    /// Line, counted from 1.
    pub line: usize,
    /// Problem in that line.
    #[source]
    pub problem: LockfileProblem,
}

/// Problem of a lock file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LockfileProblem {
    /// Invalid TOML, or TOML of another form.
    #[error("this is not a valid lock file: {0}")]
    Form(String),
    /// Conflict markers of a merge.
    #[error("the lock file has unresolved merge conflicts")]
    Merge,
    /// Version of a later program.
    #[error("the lock file has version {0}, but this program supports version 1")]
    Version(i64),
    /// Entry that was edited after it was written.
    #[error("the entry for `{0}` was edited: its `check` does not match")]
    Edited(String),
    /// Second entry for a ref.
    #[error("duplicate entry for `{0}`")]
    Duplicate(String),
    /// Part of an entry with an invalid form.
    #[error("the entry for `{address}` has an invalid `{part}`: {reason}")]
    Part {
        /// Address of the entry.
        address: String,
        /// Name of the part.
        part: &'static str,
        /// Reason.
        reason: String,
    },
}

impl LockfileProblem {
    /// Returns advice for the user.
    pub fn hint(&self) -> &'static str {
        match self {
            LockfileProblem::Version(_) => {
                "use the version of Bindery that wrote it, or a later one"
            }
            LockfileProblem::Merge => {
                "keep the complete entries of both sides and remove the conflict markers"
            }
            LockfileProblem::Duplicate(_) => {
                "delete one of the entries, from its `[[ref]]` to the next"
            }
            LockfileProblem::Edited(_) | LockfileProblem::Part { .. } => {
                "restore the entry, or delete it from its `[[ref]]` to the next and run `bindery lock`"
            }
            LockfileProblem::Form(_) => "restore the file, or delete it and run `bindery lock`",
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
#[error("a lock file cannot hold the answer: it contains {0}")]
pub struct UnkeepableError(pub(crate) &'static str);
