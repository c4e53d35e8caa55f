//! Failures, to and from plugins.

use bindery_abi::{
    Failure, code,
    stable::{RNone, RVec},
};
use bindery_diagnostic::{Diagnostic, Kind};

use crate::{LibraryError, Reason, discover::inspect::Inspected, error::one_line};

/// The error of one of our services, as a plugin gets it.
pub(crate) fn to_plugin(error: Diagnostic) -> Failure {
    let code = match error.kind {
        Kind::NotFound => code::NOT_FOUND,
        Kind::Denied => code::DENIED,
        Kind::NoAnswer => code::NO_ANSWER,
        Kind::Invalid => code::INVALID,
        _ => code::FAILED,
    };
    Failure {
        code: code.into(),
        message: error.message.into(),
        causes: error
            .causes
            .into_iter()
            .map(Into::into)
            .collect::<RVec<_>>(),
        hint: error.hint.map(Into::into).into(),
    }
}

/// A service of ours panicked.
pub(crate) fn host_panicked(service: &str) -> Failure {
    Failure {
        code: code::HOST_PANICKED.into(),
        message: format!("the host's `{service}` panicked").into(),
        causes: RVec::new(),
        hint: RNone,
    }
}

/// What a plugin said in answer to a question, as our own error.
pub(crate) fn from_plugin(plugin: &Inspected, failure: &Failure) -> Diagnostic {
    let said = said(failure);
    match failure.code.as_str() {
        code::PLUGIN_PANICKED => fault(plugin, &said.message, said.causes),
        _ => said,
    }
}

/// What a plugin said. Its texts may hold anything and are made fit for a terminal.
pub(crate) fn said(failure: &Failure) -> Diagnostic {
    let hint = failure
        .hint
        .as_ref()
        .into_option()
        .map(|hint| one_line(hint));
    let causes = failure.causes.iter().take(MOST_CAUSES);
    let mut causes: Vec<_> = causes.map(|cause| one_line(cause)).collect();
    if let more @ 1.. = failure.causes.len().saturating_sub(MOST_CAUSES) {
        causes.push(format!("and {more} more"));
    }
    let message = match one_line(&failure.message) {
        said if said.is_empty() => "the plugin gave an error without a message".to_owned(),
        said => said,
    };
    Diagnostic {
        causes,
        hint: match failure.code.as_str() {
            code::PLUGIN_PANICKED => Some(REPORT.into()),
            code::HOST_PANICKED => Some("this is a fault in bindery: please report it".into()),
            _ => hint,
        },
        ..Diagnostic::new(kind_of(failure), message)
    }
}

/// How many causes of one failure are shown.
const MOST_CAUSES: usize = 20;

const REPORT: &str = "this is a fault in the plugin: report it to its author";

/// A plugin broke a rule of the boundary: it `did` something that only its author can mend.
pub(crate) fn fault(plugin: &Inspected, did: &str, mut causes: Vec<String>) -> Diagnostic {
    causes.push(format!("in `{}`", one_line(&plugin.file.to_string_lossy())));
    Diagnostic {
        causes,
        hint: Some(REPORT.into()),
        ..Diagnostic::new(
            Kind::Failed,
            format!("plugin `{}` {did}", plugin.description.name),
        )
    }
}

/// A library that cannot be used, where a binder or a credential was wanted of it.
pub(crate) fn from_library(error: &LibraryError) -> Diagnostic {
    Diagnostic {
        causes: error.causes(),
        hint: Some(error.hint()),
        ..Diagnostic::new(
            match &error.reason {
                Reason::Open(error) => error.kind,
                _ => Kind::Failed,
            },
            error.to_string(),
        )
    }
}

fn kind_of(failure: &Failure) -> Kind {
    match failure.code.as_str() {
        code::NOT_FOUND => Kind::NotFound,
        code::DENIED => Kind::Denied,
        code::NO_ANSWER => Kind::NoAnswer,
        code::INVALID => Kind::Invalid,
        _ => Kind::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_always_says_something_and_never_all_too_much() {
        let failure = |message: &str, causes: usize| Failure {
            code: code::FAILED.into(),
            message: message.into(),
            causes: vec!["c".into(); causes].into(),
            hint: RNone,
        };
        let empty = said(&failure(" \n", 20));
        assert_eq!(empty.message, "the plugin gave an error without a message");
        assert_eq!(empty.causes, ["c"; 20]);
        let many = said(&failure("m", 100_000));
        assert_eq!(many.causes.len(), 21);
        assert_eq!(many.causes[20], "and 99980 more");
    }
}
