//! Errors of the fixture format.

/// Version of the format, which the first line of a fixture states.
pub(crate) const VERSION: i64 = 1;

/// Error for a text that is not a valid fixture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a fixture of version {VERSION}: {reason}")]
pub struct FixtureError {
    /// Line, counted from 1.
    pub line: usize,
    /// Reason.
    pub reason: String,
}

/// Error for an answer that a fixture cannot hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot record the answer to `{address}`: it is not plain data")]
pub struct UnkeepableError {
    /// Address of the ref.
    pub address: String,
}
