//! Errors of the file format.

/// Version of the format, which the first line of a fixture states.
pub(crate) const VERSION: i64 = 1;

/// Why a text is no fixture that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no fixture of version {VERSION}: {reason}")]
pub struct FixtureError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub reason: String,
}

/// An answer that has no form in the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer to `{address}` is no plain data and cannot be recorded")]
pub struct UnkeepableError {
    /// The ref.
    pub address: String,
}
