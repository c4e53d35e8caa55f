//! `bindery eval`: what becomes of a template program.

use std::path::PathBuf;

use bindery_core::{Outcome, Value, json};
use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use clap::Args;

use crate::context::Context;
use crate::job_file::{Sandbox, load_failure, loader, report_place, warn_of, warn_of_note};
use crate::output::Output;

/// Run a template program and print what becomes of its result
///
/// The program is a file in Python syntax that finds the template language's own names, and not those of the job schema. Its
/// result is checked and interpolated; with text output the value is printed as JSON, and refs that stay open are listed on
/// standard error.
///
/// JSON: {"ok", "message", "value", "type", "string", "unbound", "json", "error", "error_phase", "error_message"}. `ok` and
/// `message` are the type check's, `unbound` the refs left, `json` a struct's own JSON, `string` only there for simple
/// objects. An error of the program is part of it, with `error_phase` one of build, check and interpolate.
#[derive(Args)]
pub struct Eval {
    /// File in Python syntax
    file: PathBuf,
    /// Name of the variable that holds the result
    #[arg(long, value_name = "NAME", default_value = "result")]
    var: String,
    #[command(flatten)]
    sandbox: Sandbox,
    #[command(flatten)]
    output: Output,
}

impl Eval {
    /// Prints the outcome.
    pub fn run(&self, context: &Context<'_>) -> Result<(), Diagnostics> {
        let mut loader = loader(Vec::new(), &self.sandbox, context)?;
        let loaded = loader.load(&self.file);
        warn_of(&loader, &self.file);
        let outcome = match loaded {
            Ok(namespace) => match namespace.get(&self.var) {
                Some(Value::Object(object)) => {
                    for note in object.diagnose().notes {
                        let place = note.origin.and_then(|origin| loader.place(origin));
                        let place = place.map(|place| report_place(&self.file, &place));
                        warn_of_note(place, &note);
                    }
                    Outcome::of(&object)
                }
                other => return Err(self.no_object(other.as_ref()).into()),
            },
            Err(error) if self.output.is_json() => {
                Outcome::failed_build(&*error.class, error.message)
            }
            Err(error) => return Err(load_failure(&self.file, &error).into()),
        };
        if self.output.is_json() {
            return self.print(&outcome.to_value());
        }
        if let Some(error) = &outcome.error {
            return Err(Diagnostic::new(Kind::Invalid, &error.message)
                .at(&self.file, None)
                .cause(format!("{} by {}", error.class, error.phase.name()))
                .into());
        }
        for open in outcome.unbound.iter().flatten() {
            crate::report::warn(&format!("nothing binds {open}"), "");
        }
        if let Some(message) = &outcome.message {
            crate::report::warn(&format!("the type check fails: {message}"), "");
        }
        self.print(outcome.value.as_ref().unwrap_or(&Value::None))
    }

    fn print(&self, value: &Value) -> Result<(), Diagnostics> {
        let style = json::Style {
            indent: Some(2),
            sort_keys: false,
        };
        let text = json::write(value, style).map_err(|error| {
            Diagnostic::new(Kind::Invalid, error.message()).at(&self.file, None)
        })?;
        crate::output::print(&format!("{text}\n"))
    }

    fn no_object(&self, found: Option<&Value>) -> Diagnostic {
        let name = &self.var;
        let message = match found {
            None => format!("the program sets no `{name}`"),
            Some(value) => format!("`{name}` is no template object but {}", value.type_name()),
        };
        Diagnostic::new(Kind::Invalid, message)
            .at(&self.file, None)
            .hint("set it to an object, as in `result = String('{{x}}').bind(x = 1)`, or name another variable with --var")
    }
}
