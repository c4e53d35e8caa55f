//! Exit codes: what a script can tell from `$?`.

use std::process::ExitCode;

/// How a run ended; the numbers are those of the Aurora client where it has one for the case.
///
/// A run that is interrupted dies of the signal, which a shell shows as 130.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum ExitStatus {
    /// All was done that was asked.
    Success = 0,
    /// Something that is nobody's mistake outside of this program, such as a full disk under the output.
    Internal = 1,
    /// Under the name `aurora`: the command line is wrong.
    AuroraUsage = 2,
    /// A configuration, job file or cluster that cannot be used, or does not exist.
    InvalidConfiguration = 3,
    /// Something that was asked for does not exist, or several things went wrong in different ways.
    CommandFailure = 4,
    /// The command line is wrong.
    InvalidCommand = 5,
    /// No answer: no connection, or none in time.
    NoAnswer = 7,
    /// Refused by a rule of this site: a plugin that is not the pinned one.
    Policy = 8,
    /// The other side refuses us: 401 or 403.
    Refused = 30,
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status as u8)
    }
}
