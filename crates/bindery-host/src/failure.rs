//! Errors at the plugin interface: the ABI's failure record, the wire form of the plugin protocol, and diagnostics.

use bindery_abi::stable::RVec;
use bindery_abi::{Failure, code};
use bindery_diagnostic::{Diagnostic, Kind};
use serde::{Deserialize, Serialize};

use crate::discover::inspect::Inspected;
use crate::text::one_line;

/// Maximum number of causes that are kept of a plugin's error.
const MAX_CAUSES: usize = 20;

const REPORT_PLUGIN: &str = "this is a fault in the plugin: report it to its author";
const REPORT_HOST: &str = "this is a fault in bindery: please report it";

/// Kinds with a code at the plugin interface; plugins receive all others as [`code::FAILED`].
///
/// [`code::CANCELLED`] and [`code::PLUGIN_PANICKED`] are missing on purpose: plugins send them, and to callers both are
/// failed operations.
const CODES: [(Kind, &str); 6] = [
    (Kind::NotFound, code::NOT_FOUND),
    (Kind::Denied, code::DENIED),
    (Kind::NoAnswer, code::NO_ANSWER),
    (Kind::Invalid, code::INVALID),
    (Kind::Failed, code::FAILED),
    (Kind::HostPanicked, code::HOST_PANICKED),
];

/// Error of a plugin or of the host, as a JSON object of the plugin protocol.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WireFailure {
    #[serde(default)]
    pub code: String,
    pub message: String,
    #[serde(default)]
    pub causes: Vec<String>,
    #[serde(default)]
    pub hint: Option<String>,
}

impl From<Failure> for WireFailure {
    fn from(failure: Failure) -> Self {
        Self {
            code: failure.code.into(),
            message: failure.message.into(),
            causes: failure.causes.into_iter().map(Into::into).collect(),
            hint: failure.hint.into_option().map(Into::into),
        }
    }
}

impl From<WireFailure> for Failure {
    fn from(failure: WireFailure) -> Self {
        Self {
            code: failure.code.into(),
            message: failure.message.into(),
            causes: failure
                .causes
                .into_iter()
                .map(Into::into)
                .collect::<RVec<_>>(),
            hint: failure.hint.map(Into::into).into(),
        }
    }
}

/// Converts the error of a service for the plugin that used the service.
impl From<Diagnostic> for WireFailure {
    fn from(error: Diagnostic) -> Self {
        let code = CODES.iter().find(|(kind, _)| *kind == error.kind);
        Self {
            code: code.map_or(code::FAILED, |(_, code)| code).to_owned(),
            message: error.message,
            causes: error.causes,
            hint: error.hint,
        }
    }
}

/// Converts the error of a service to the record of the plugin interface.
pub(crate) fn to_failure(error: Diagnostic) -> Failure {
    WireFailure::from(error).into()
}

impl WireFailure {
    /// Converts the error of a plugin. The texts may contain anything and are made safe to print.
    pub fn into_diagnostic(self) -> Diagnostic {
        let mut causes: Vec<_> = self
            .causes
            .iter()
            .take(MAX_CAUSES)
            .map(|cause| one_line(cause))
            .collect();
        if let more @ 1.. = self.causes.len().saturating_sub(MAX_CAUSES) {
            causes.push(format!("and {more} more"));
        }
        let message = match one_line(&self.message) {
            message if message.is_empty() => {
                "the plugin returned an error without a message".to_owned()
            }
            message => message,
        };
        let kind = CODES.iter().find(|(_, code)| *code == self.code);
        Diagnostic {
            causes,
            hint: match self.code.as_str() {
                code::PLUGIN_PANICKED => Some(REPORT_PLUGIN.into()),
                code::HOST_PANICKED => Some(REPORT_HOST.into()),
                _ => self.hint.map(|hint| one_line(&hint)),
            },
            ..Diagnostic::new(
                match kind {
                    Some((Kind::HostPanicked, _)) | None => Kind::Failed,
                    Some((kind, _)) => *kind,
                },
                message,
            )
        }
    }

    /// Converts the error that `plugin` returned from a call; a panic becomes a fault of the plugin.
    pub fn into_diagnostic_of(self, plugin: &Inspected) -> Diagnostic {
        let is_panic = self.code == code::PLUGIN_PANICKED;
        let error = self.into_diagnostic();
        if is_panic {
            fault(plugin, &error.message, error.causes)
        } else {
            error
        }
    }
}

/// Returns the error of a plugin that violated the plugin interface; `did` continues the sentence "plugin `x`".
pub(crate) fn fault(plugin: &Inspected, did: &str, mut causes: Vec<String>) -> Diagnostic {
    causes.push(format!("in `{}`", one_line(&plugin.file.to_string_lossy())));
    Diagnostic {
        causes,
        hint: Some(REPORT_PLUGIN.into()),
        ..Diagnostic::new(
            Kind::Failed,
            format!("plugin `{}` {did}", plugin.description.name),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(code: &str, message: &str, causes: usize) -> WireFailure {
        WireFailure {
            code: code.to_owned(),
            message: message.to_owned(),
            causes: vec!["c".to_owned(); causes],
            hint: None,
        }
    }

    #[test]
    fn every_error_has_a_message_and_a_limited_number_of_causes() {
        let empty = failure(code::FAILED, " \n", 20).into_diagnostic();
        assert_eq!(
            empty.message,
            "the plugin returned an error without a message"
        );
        assert_eq!(empty.causes, ["c"; 20]);
        let many = failure(code::FAILED, "m", 100_000).into_diagnostic();
        assert_eq!(many.causes.len(), 21);
        assert_eq!(many.causes[20], "and 99980 more");
    }

    #[test]
    fn codes_become_kinds_and_unknown_codes_a_failed_operation() {
        for (code, kind) in [
            (code::NOT_FOUND, Kind::NotFound),
            (code::DENIED, Kind::Denied),
            (code::NO_ANSWER, Kind::NoAnswer),
            (code::INVALID, Kind::Invalid),
            (code::FAILED, Kind::Failed),
            (code::CANCELLED, Kind::Failed),
            (code::PLUGIN_PANICKED, Kind::Failed),
            (code::HOST_PANICKED, Kind::Failed),
            ("from-the-future", Kind::Failed),
        ] {
            let error = failure(code, "m", 0).into_diagnostic();
            assert_eq!(error.kind, kind, "{code}");
        }
    }

    #[test]
    fn kinds_without_a_code_reach_plugins_as_failed() {
        for (kind, code) in [
            (Kind::Denied, code::DENIED),
            (Kind::HostPanicked, code::HOST_PANICKED),
            (Kind::Policy, code::FAILED),
            (Kind::Cancelled, code::FAILED),
        ] {
            let failure = to_failure(Diagnostic::new(kind, "m"));
            assert_eq!(failure.code.as_str(), code, "{kind:?}");
        }
    }
}
