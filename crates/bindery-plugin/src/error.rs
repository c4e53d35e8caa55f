//! What a plugin says instead of an answer.

use std::fmt;

use bindery_abi::{
    Failure, code,
    stable::{ROption, RVec},
};
use serde_json::json;

use crate::Json;

/// Why there is no answer: what happened, what led to it, what to do.
///
/// The message says what and where, lower case, without a period: no tag `1.4` in `registry.example.org/web`. The host adds
/// the ref, its place in the job file and the plugin's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BindError {
    kind: BindErrorKind,
    message: String,
    causes: Vec<String>,
    hint: Option<String>,
    exit: Option<u8>,
}

/// What kind of trouble it is: people do different things about them, and exit codes differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BindErrorKind {
    /// What was asked for does not exist.
    NotFound,
    /// Somebody refused: credentials are missing, wrong or too weak.
    Denied,
    /// Nobody answered in time.
    NoAnswer,
    /// The ref, or a setting, makes no sense.
    Invalid,
    /// Anything else.
    Failed,
    /// The user ended the program meanwhile.
    Cancelled,
    /// The plugin panicked; only the guard of this crate makes such errors.
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
    /// An error of this kind.
    pub fn new(kind: BindErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            causes: Vec::new(),
            hint: None,
            exit: None,
        }
    }

    /// What was asked for does not exist.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(BindErrorKind::NotFound, message)
    }

    /// Somebody refused.
    pub fn denied(message: impl Into<String>) -> Self {
        Self::new(BindErrorKind::Denied, message)
    }

    /// Nobody answered in time.
    pub fn no_answer(message: impl Into<String>) -> Self {
        Self::new(BindErrorKind::NoAnswer, message)
    }

    /// The ref, or a setting, makes no sense.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(BindErrorKind::Invalid, message)
    }

    /// Anything else.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(BindErrorKind::Failed, message)
    }

    /// Adds what led to it; call it again for what led to that.
    pub fn cause(mut self, cause: impl Into<String>) -> Self {
        self.causes.push(cause.into());
        self
    }

    /// Adds `error` and everything behind it as causes.
    pub fn because(mut self, error: &dyn std::error::Error) -> Self {
        let mut next = Some(error);
        while let Some(error) = next {
            self.causes.push(error.to_string());
            next = error.source();
        }
        self
    }

    /// Says what to do about it; a second call replaces the first.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Sets the exit code of the run that a command or a step of the life cycle ends with this error; 0 counts as 1. Without it
    /// the code follows from the kind.
    pub fn exit_with(mut self, code: u8) -> Self {
        self.exit = Some(code.max(1));
        self
    }

    /// The exit code, if one was set.
    pub fn exit_code(&self) -> Option<u8> {
        self.exit
    }

    /// The kind.
    pub fn kind(&self) -> BindErrorKind {
        self.kind
    }

    /// What happened.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What led to it, the nearest cause first.
    pub fn causes(&self) -> &[String] {
        &self.causes
    }

    /// What to do about it.
    pub fn hint_text(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl BindError {
    /// As it stands among the answers of a call.
    pub(crate) fn to_json(&self) -> Json {
        json!({
            "code": self.kind.code(),
            "message": self.message,
            "causes": self.causes,
            "hint": self.hint,
            "exit": self.exit,
        })
    }

    /// What [`Self::to_json`] wrote.
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
