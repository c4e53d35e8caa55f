//! Errors as callers of the evaluator see them.

use crate::error::{Error, ErrorKind, Step, StepKind};
use crate::source::Spot;
use crate::text;
use crate::values::{Cause, Entered, ExcKind, Raised};
use crate::vm::Vm;

impl Vm {
    /// Converts an error of the evaluator to the error that callers see.
    pub fn explain(&mut self, raised: Raised) -> Error {
        let trace = raised.into_trace();
        let place = |vm: &Vm, (file, at): Spot| vm.sources.place(file, at);
        let mut found = trace.spot.map(|spot| place(self, spot));
        let steps = trace.steps.iter().map(|(entered, spot)| Step {
            what: match entered {
                Entered::Call(name) => StepKind::Call(name.to_string()),
                Entered::Include(path) => StepKind::Include(path.to_string()),
            },
            place: place(self, *spot),
        });
        let steps = steps.collect();
        let error = |kind, class: &str, is_value_error, message, hint| Error {
            kind,
            class: class.to_owned(),
            is_value_error,
            message,
            place: None,
            steps: Vec::new(),
            hint,
        };
        let mut error = match trace.cause {
            Cause::Exception(exception) => {
                if let Some(origin) = exception.origin {
                    found = self.sources.place_of(origin).or(found);
                }
                // If the text of the exception reaches a limit, only the class is reported.
                let message = text::display_exception(self, &exception).unwrap_or_default();
                let kind = exception.kind;
                error(
                    ErrorKind::Raised,
                    kind.name(),
                    kind.is(ExcKind::Value),
                    message,
                    exception.hint.clone(),
                )
            }
            Cause::Syntax { message, hint } => {
                error(ErrorKind::Syntax, "SyntaxError", false, message, hint)
            }
            Cause::NotSupported { construct, hint } => {
                let message = format!("not supported: {construct}");
                error(
                    ErrorKind::NotSupported,
                    "NotImplementedError",
                    false,
                    message,
                    hint,
                )
            }
            Cause::Limit { message, hint } => {
                error(ErrorKind::Limit, "RuntimeError", false, message, hint)
            }
        };
        error.place = found.map(Box::new);
        error.steps = steps;
        error
    }
}
