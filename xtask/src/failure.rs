//! Failure of a task.

/// Reason why a task ended early.
pub(crate) enum Failure {
    /// Error message, for standard error.
    Message(String),
    /// Exit code of a program that has already explained its failure.
    Exit(u8),
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::Message(message)
    }
}
