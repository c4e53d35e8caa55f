//! Exit codes: what a script can tell from `$?`.

use std::process::ExitCode;

/// How a run ended; the numbers are those of the Aurora client where it has one for the case.
///
/// A run that is interrupted dies of the signal, which a shell shows as 130.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExitStatus {
    /// All was done that was asked.
    Success,
    /// Something that is nobody's mistake outside of this program, such as a full disk under the output.
    Internal,
    /// Under the name `aurora`: the command line is wrong.
    AuroraUsage,
    /// What was compared is not the same.
    Differences,
    /// A configuration, job file or cluster that cannot be used, or does not exist.
    InvalidConfiguration,
    /// Something that was asked for does not exist, or several things went wrong in different ways.
    CommandFailure,
    /// The command line is wrong.
    InvalidCommand,
    /// No answer: no connection, or none in time.
    NoAnswer,
    /// Refused by a rule of this site: a plugin that is not the pinned one.
    Policy,
    /// The other side refuses us: 401 or 403.
    Refused,
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(match status {
            ExitStatus::Success => 0,
            ExitStatus::Internal => 1,
            ExitStatus::AuroraUsage | ExitStatus::Differences => 2,
            ExitStatus::InvalidConfiguration => 3,
            ExitStatus::CommandFailure => 4,
            ExitStatus::InvalidCommand => 5,
            ExitStatus::NoAnswer => 7,
            ExitStatus::Policy => 8,
            ExitStatus::Refused => 30,
        })
    }
}
