//! Exit codes of the program, and their reference page.

use std::process::ExitCode;

use bindery_diagnostic::Kind;

/// Result of a run. The numbers are the Aurora client's, for every case that the Aurora client distinguishes.
///
/// A signal ends an interrupted run, which a shell reports as 130.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExitStatus {
    /// The command did everything it was asked to do.
    Success,
    /// The program or its machine failed, for example with a full disk.
    Internal,
    /// The command line of `aurora` is invalid.
    AuroraUsage,
    /// A comparison found differences.
    Differences,
    /// A configuration file, job file, plugin or cluster definition is invalid or missing.
    InvalidConfiguration,
    /// A requested object does not exist, or several errors of different kinds occurred.
    CommandFailure,
    /// The command line is invalid.
    InvalidCommand,
    /// No connection, or no response within the time limit.
    NoAnswer,
    /// A rule of the site forbids the operation.
    Policy,
    /// The server refused access (401 or 403).
    Refused,
    /// Exit code that a plugin chose; never 0.
    Plugin(u8),
}

impl ExitStatus {
    /// Returns the number.
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

/// Meanings of the exit codes, in the order of the reference page.
#[cfg(test)]
const MEANINGS: [(ExitStatus, &str); 10] = [
    (
        ExitStatus::Success,
        "success; also if the reader of the output closed it early (`bindery cluster list \\| head -1`)",
    ),
    (
        ExitStatus::Internal,
        "failure of the program or its machine, for example a full disk under the output",
    ),
    (
        ExitStatus::Differences,
        "`status` or `test` found differences; under the name `aurora`, an invalid command line",
    ),
    (
        ExitStatus::InvalidConfiguration,
        "invalid configuration file, job file, plugin or cluster definition; unknown cluster",
    ),
    (
        ExitStatus::CommandFailure,
        "a requested image, plugin or entry does not exist; several errors of different kinds",
    ),
    (
        ExitStatus::InvalidCommand,
        "invalid command line; `--help` shows the valid ones",
    ),
    (
        ExitStatus::NoAnswer,
        "no connection, or no response within the time limit",
    ),
    (
        ExitStatus::Policy,
        "forbidden by a rule of the site: a plugin file that is not the pinned one or not trusted",
    ),
    (
        ExitStatus::Refused,
        "access refused by the server: status 401 or 403",
    ),
    (
        ExitStatus::Plugin(130),
        "interrupted (Ctrl-C), as a shell reports it. SIGTERM, SIGHUP and SIGQUIT end a run in the same way, each with its own number. \
         [Plugins](plugins.md#an-interrupt) have half a second to stop",
    ),
];

/// Returns the rows of the reference page's table of exit codes.
#[cfg(test)]
pub fn table() -> String {
    let row =
        |(status, meaning): &(ExitStatus, &str)| format!("| {} | {meaning} |\n", status.code());
    let rows: String = MEANINGS.iter().map(row).collect();
    format!("| code | meaning |\n|---|---|\n{rows}")
}

/// Returns the reference page's table of the kinds of error that plugins report, with the exit code of each.
#[cfg(test)]
pub fn table_of_plugin_errors() -> String {
    let row = |kind: Kind| {
        format!(
            "| `{}` | {} |\n",
            kind.code(),
            ExitStatus::from(kind).code()
        )
    };
    let kinds = [
        Kind::NotFound,
        Kind::Denied,
        Kind::NoAnswer,
        Kind::Invalid,
        Kind::Failed,
        Kind::Cancelled,
    ];
    let rows: String = kinds.into_iter().map(row).collect();
    format!("| kind | code |\n|---|---|\n{rows}")
}

impl From<Kind> for ExitStatus {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Internal => Self::Internal,
            Kind::Invalid => Self::InvalidConfiguration,
            Kind::Usage => Self::InvalidCommand,
            Kind::NoAnswer => Self::NoAnswer,
            Kind::Policy => Self::Policy,
            Kind::Denied => Self::Refused,
            // The remaining kinds are failures of the command.
            _ => Self::CommandFailure,
        }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status.code())
    }
}
