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
    /// What a plugin's command or its part in the run ended with; never 0.
    Plugin(u8),
}

impl ExitStatus {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Internal => 1,
            Self::AuroraUsage | Self::Differences => 2,
            Self::InvalidConfiguration => 3,
            Self::CommandFailure => 4,
            Self::InvalidCommand => 5,
            Self::NoAnswer => 7,
            Self::Policy => 8,
            Self::Refused => 30,
            Self::Plugin(code) => code,
        }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status.code())
    }
}
