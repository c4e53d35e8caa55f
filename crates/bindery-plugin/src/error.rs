//! Errors of a plugin.

use std::fmt;

use bindery_abi::{
    Failure, code,
    stable::{ROption, RVec},
};
use serde_json::json;

use crate::Json;

/// Error: message, causes and hint.
///
/// The message names the failure and its place, in lower case and without a period: no tag `1.4` in `registry.example.org/web`. The host
/// adds the ref, its place in the job file, and the name of the plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BindError {
    kind: BindErrorKind,
    message: String,
    causes: Vec<String>,
    hint: Option<String>,
    exit: Option<u8>,
}

/// Kind of an error, which decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BindErrorKind {
    /// The named thing does not exist.
    NotFound,
    /// A server refused access: credentials are missing, wrong or insufficient.
    Denied,
    /// No response arrived in time.
    NoAnswer,
    /// The ref or a setting is invalid.
    Invalid,
    /// Any other failure.
    Failed,
    /// The user interrupted the run.
    Cancelled,
    /// The plugin panicked; created only by the panic guard of this crate.
    PluginPanicked,
    /// A service of the host panicked.
    HostPanicked,
}

/// Error of every other operation: opening a plugin, finding a credential, running a command.
pub type Error = BindError;

impl BindErrorKind {
    const CODES: [(Self, &'static str); 8] = [
        (Self::NotFound, code::NOT_FOUND),
        (Self::Denied, code::DENIED),
        (Self::NoAnswer, code::NO_ANSWER),
        (Self::Invalid, code::INVALID),
        (Self::Failed, code::FAILED),
        (Self::Cancelled, code::CANCELLED),
        (Self::PluginPanicked, code::PLUGIN_PANICKED),
        (Self::HostPanicked, code::HOST_PANICKED),
    ];

    fn code(self) -> &'static str {
        Self::CODES
            .iter()
            .find(|(kind, _)| *kind == self)
            .map_or(code::FAILED, |(_, code)| code)
    }

    fn of_code(code: &str) -> Self {
        Self::CODES
            .iter()
            .find(|(_, known)| *known == code)
            .map_or(Self::Failed, |(kind, _)| *kind)
    }
}

impl BindError {
    /// Creates an error of this kind.
    pub fn new(kind: BindErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            causes: Vec::new(),
            hint: None,
            exit: None,
        }
    }

    /// Creates an error for a thing that does not exist.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(BindErrorKind::NotFound, message)
    }

    /// Creates an error for refused access.
    pub fn denied(message: impl Into<String>) -> Self {
        Self::new(BindErrorKind::Denied, message)
    }

    /// Creates an error for a missing response.
    pub fn no_answer(message: impl Into<String>) -> Self {
        Self::new(BindErrorKind::NoAnswer, message)
    }

    /// Creates an error for an invalid ref or setting.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(BindErrorKind::Invalid, message)
    }

    /// Creates an error for any other failure.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(BindErrorKind::Failed, message)
    }

    /// Adds a cause after the other causes, the nearest cause first.
    pub fn cause(mut self, cause: impl Into<String>) -> Self {
        self.causes.push(cause.into());
        self
    }

    /// Adds `error` and its chain of sources as causes.
    pub fn because(mut self, error: &dyn std::error::Error) -> Self {
        let mut next = Some(error);
        while let Some(error) = next {
            self.causes.push(error.to_string());
            next = error.source();
        }
        self
    }

    /// Sets the hint, an advice in the imperative; a second call replaces the first.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Sets the exit code of a run that a command or a step of the life cycle ends with this error; 0 counts as 1. Without it the exit code
    /// follows from the kind.
    pub fn exit_with(mut self, code: u8) -> Self {
        self.exit = Some(code.max(1));
        self
    }

    /// Returns the exit code, if it was set.
    pub fn exit_code(&self) -> Option<u8> {
        self.exit
    }

    /// Returns the kind.
    pub fn kind(&self) -> BindErrorKind {
        self.kind
    }

    /// Returns the message.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the causes, the nearest first.
    pub fn causes(&self) -> &[String] {
        &self.causes
    }

    /// Returns the hint.
    pub fn hint_text(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl BindError {
    /// Returns the error as JSON, for the result of a call.
    pub(crate) fn to_json(&self) -> Json {
        json!({
            "code": self.kind.code(),
            "message": self.message,
            "causes": self.causes,
            "hint": self.hint,
            "exit": self.exit,
        })
    }

    /// Reads the JSON of [`Self::to_json`].
    pub(crate) fn from_json(json: &Json) -> Self {
        let text = |json: &Json| json.as_str().unwrap_or_default().to_owned();
        Self {
            kind: BindErrorKind::of_code(&text(&json["code"])),
            message: text(&json["message"]),
            causes: json["causes"]
                .as_array()
                .into_iter()
                .flatten()
                .map(text)
                .collect(),
            hint: json["hint"].as_str().map(str::to_owned),
            exit: json["exit"]
                .as_u64()
                .and_then(|code| u8::try_from(code).ok()),
        }
    }
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for BindError {}

impl From<BindError> for Failure {
    fn from(error: BindError) -> Self {
        Self {
            code: error.kind.code().into(),
            message: error.message.into(),
            causes: error
                .causes
                .into_iter()
                .map(Into::into)
                .collect::<RVec<_>>(),
            hint: ROption::from(error.hint.map(Into::into)),
        }
    }
}

impl From<Failure> for BindError {
    fn from(failure: Failure) -> Self {
        Self {
            kind: BindErrorKind::of_code(&failure.code),
            message: failure.message.into(),
            causes: failure.causes.into_iter().map(Into::into).collect(),
            hint: failure.hint.into_option().map(Into::into),
            exit: None,
        }
    }
}
