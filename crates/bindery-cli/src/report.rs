//! Errors and warnings on standard error.

use std::io::Write;

use bindery_diagnostic::{Diagnostic, Diagnostics, Kind, Severity};

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

/// Prints a warning.
pub fn print_warning(warning: &Diagnostic) {
    // Formatted first, so that warnings of several threads do not mix.
    let text = warning.report(Severity::Warning).to_string();
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
