//! Errors and warnings on standard error.

use std::io::Write;

use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use bindery_host::RunError;
use bindery_render::RenderError;

use crate::exit::ExitStatus;

/// Returns the value of `result`, or prints the errors and returns their exit status.
pub fn report_or_exit<T>(result: Result<T, Diagnostics>) -> Result<T, ExitStatus> {
    result.map_err(|errors| {
        print_errors(&errors);
        errors.kind().into()
    })
}

/// Prints errors. A closed standard error is ignored.
pub fn print_errors(errors: &Diagnostics) {
    let _ = write!(std::io::stderr().lock(), "{errors}");
}

/// Prints a warning on one line, with its place before the message, and its hint on a second line.
pub fn print_warning(warning: &Diagnostic) {
    let place = warning.place.as_ref().map(|place| format!("{place}: "));
    let place = place.unwrap_or_default();
    // Formatted first, so that warnings of several threads do not mix.
    let mut text = format!("warning: {place}{}\n", warning.message);
    if let Some(hint) = &warning.hint {
        text = format!("{text}hint: {hint}\n");
    }
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// Prints a warning with this message and, unless it is empty, this hint.
pub fn warn(message: &str, hint: &str) {
    let mut warning = Diagnostic::new(Kind::Invalid, message);
    if !hint.is_empty() {
        warning = warning.hint(hint);
    }
    print_warning(&warning);
}

/// Prints the warnings of a rendering, whether the rendering succeeded or not, and returns the result.
pub fn report_warnings<T>(
    result: Result<T, RenderError>,
    warnings: impl Fn(&T) -> &Vec<Diagnostic>,
) -> Result<T, Diagnostics> {
    let all = match &result {
        Ok(value) => warnings(value),
        Err(error) => &error.warnings,
    };
    all.iter().for_each(print_warning);
    Ok(result?)
}

/// Prints the error of a plugin with `message` and, after its causes, `cause`. Returns the exit code that the plugin chose, or the one for
/// the kind of its error.
pub fn report_plugin_error(
    run_error: &RunError,
    message: String,
    cause: Option<String>,
) -> ExitStatus {
    let error = &run_error.error;
    let mut diagnostic = Diagnostic::new(error.kind, message);
    diagnostic.causes.clone_from(&error.causes);
    diagnostic.causes.extend(cause);
    diagnostic.hint.clone_from(&error.hint);
    print_errors(&diagnostic.into());
    match run_error.exit_code {
        Some(code) => ExitStatus::Plugin(code),
        None => error.kind.into(),
    }
}
