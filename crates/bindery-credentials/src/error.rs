//! Errors of keychains and credential helpers.

use std::error::Error;
use std::fmt;
use std::io;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use bindery_diagnostic::{CauseChain, Diagnostic, Kind};

/// Reason why a credential could not be looked up. Contains no secret.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeychainError {
    /// A source of credentials cannot be read.
    #[error("cannot read {name}")]
    Read {
        /// Name of the source for messages, such as a path in backticks.
        name: String,
        /// Error of the system.
        #[source]
        source: Arc<io::Error>,
    },
    /// A source of credentials has another format.
    #[error("{name} is not a valid Docker configuration: {problem}")]
    Syntax {
        /// Name of the source for messages.
        name: String,
        /// Position of the error, or the limit that was exceeded; never the invalid text.
        problem: String,
    },
    /// A credential helper failed.
    #[error("credential helper `{program}` failed for `{server}`")]
    Helper {
        /// File name of the helper.
        program: String,
        /// Server that the helper was asked for.
        server: String,
        /// Failure of the helper.
        source: HelperError,
    },
    /// The host or a plugin, which looked up the credential, reports an error.
    #[error("{}", diagnostic.message)]
    Reported {
        /// The reported error.
        diagnostic: Box<Diagnostic>,
        /// Causes of the reported error, as a chain.
        #[source]
        causes: Option<CauseChain>,
    },
}

impl KeychainError {
    /// Returns the kind of the error.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Read { .. } | Self::Syntax { .. } | Self::Helper { .. } => Kind::Invalid,
            Self::Reported { diagnostic, .. } => diagnostic.kind,
        }
    }

    /// Returns advice for the user.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Read { .. } => Some("check the path and the permissions of the file".into()),
            Self::Syntax { .. } => {
                Some("correct it, or log in again with the program that wrote it".into())
            }
            Self::Helper {
                program, source, ..
            } => Some(source.hint(program)),
            Self::Reported { diagnostic, .. } => diagnostic.hint.clone(),
        }
    }

    /// Returns message and causes on one line, for warnings and lists.
    pub fn to_line(&self) -> String {
        let mut line = self.to_string();
        let mut source = self.source();
        while let Some(cause) = source {
            line = format!("{line}: {cause}");
            source = cause.source();
        }
        line
    }
}

impl From<Diagnostic> for KeychainError {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Reported {
            causes: CauseChain::new(diagnostic.causes.iter().cloned()),
            diagnostic: Box::new(diagnostic),
        }
    }
}

impl From<KeychainError> for Diagnostic {
    fn from(error: KeychainError) -> Self {
        match error {
            KeychainError::Reported { diagnostic, .. } => *diagnostic,
            error => {
                let mut diagnostic = Self::from_error(error.kind(), &error);
                diagnostic.hint = error.hint();
                diagnostic
            }
        }
    }
}

/// Failure of a credential helper.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HelperError {
    /// The name in the configuration leads out of the search path for programs.
    #[error("the name of the helper contains a path separator")]
    Name,
    /// The program does not exist.
    #[error("the helper is not in PATH")]
    Missing,
    /// The program cannot be started.
    #[error("the helper cannot be started")]
    Start(#[source] Arc<io::Error>),
    /// The helper exceeded its time limit and was killed.
    #[error("the helper did not exit within {0:?}")]
    Timeout(Duration),
    /// The helper exceeded the size limit of an output, in bytes, and was killed.
    #[error("the helper printed more than {0} bytes")]
    TooLong(usize),
    /// The helper exited with an error.
    #[error("the helper {}", ExitText(*status, message.as_deref()))]
    Exit {
        /// Exit status.
        status: ExitStatus,
        /// Output of the helper on one line; absent if it may contain a secret.
        message: Option<String>,
    },
    /// The helper exited successfully, and its output is not a credential.
    #[error("the output of the helper is not a credential")]
    InvalidOutput,
}

impl HelperError {
    /// Returns advice for the user; `program` is the file name of the helper.
    fn hint(&self, program: &str) -> String {
        match self {
            Self::Name => {
                "write only the part after `docker-credential-` in `credsStore` or `credHelpers`"
                    .into()
            }
            Self::Missing => {
                format!("install `{program}`, or remove it from `credsStore` or `credHelpers`")
            }
            _ => format!("run `{program} list` to test the helper"),
        }
    }
}

/// Formats an exit status and the message that came with it.
struct ExitText<'a>(ExitStatus, Option<&'a str>);

impl fmt::Display for ExitText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ExitText(status, message) = self;
        match status.code() {
            Some(code) => write!(f, "exited with code {code}")?,
            None => write!(f, "was killed ({status})")?,
        }
        match message {
            Some(message) => write!(f, ": {message}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reported_error_keeps_message_causes_and_hint() {
        let reported = Diagnostic::new(Kind::Denied, "message")
            .cause("near")
            .cause("far")
            .hint("do this");
        let error = KeychainError::from(reported.clone());
        assert_eq!(error.to_line(), "message: near: far");
        assert_eq!(
            (error.kind(), error.hint()),
            (Kind::Denied, Some("do this".to_owned()))
        );
        assert_eq!(
            Diagnostic::from_error(Kind::Denied, &error).causes,
            ["near", "far"]
        );
        assert_eq!(Diagnostic::from(error), reported);
    }

    #[test]
    fn an_error_of_this_crate_becomes_a_diagnostic() {
        let missing = KeychainError::Helper {
            program: "docker-credential-gone".into(),
            server: "h.example".into(),
            source: HelperError::Missing,
        };
        let diagnostic = Diagnostic::from(missing);
        assert_eq!(diagnostic.kind, Kind::Invalid);
        assert_eq!(
            diagnostic.message,
            "credential helper `docker-credential-gone` failed for `h.example`"
        );
        assert_eq!(diagnostic.causes, ["the helper is not in PATH"]);
        assert!(diagnostic.hint.is_some());
    }
}
