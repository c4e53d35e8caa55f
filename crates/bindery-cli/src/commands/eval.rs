//! `bindery eval`: the result of a template program.

use std::path::PathBuf;
use std::rc::Rc;

use bindery_core::{ProgramOutcome, Value, json};
use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use bindery_render::{Input, Program};
use clap::Args;

use crate::args::Sandbox;
use crate::output::{self, Output};
use crate::report::{print_warning, warn};
use crate::session::{Session, print_to_stderr};

/// Run a template program and print its result
///
/// FILE is a program in Python syntax. It has the names of the template language, but not the names of the job schema. The result is checked
/// and interpolated, and its value is printed as JSON; unbound refs are listed on standard error.
///
/// JSON: {"ok", "message", "value", "type", "string", "unbound", "json", "error", "error_phase", "error_message"}. `ok` and `message` are
/// the result of the type check, `unbound` the unbound refs, `json` the JSON form of a struct, `string` the text of a simple object. An
/// error of the program is part of the output; its `error_phase` is build, check or interpolate.
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
    /// Prints the result.
    pub fn run(&self, session: &Session<'_>) -> Result<(), Diagnostics> {
        let input = Input::File(self.file.clone());
        let options = session.loader_options(&self.sandbox)?;
        let mut program = Program::new(&input, Vec::new(), options, Rc::new(print_to_stderr));
        let result = program.run();
        program.warnings().iter().for_each(print_warning);
        let outcome = match result {
            Ok(namespace) => match namespace.get(&self.var) {
                Some(Value::Object(object)) => {
                    for note in object.diagnose().notes {
                        print_warning(&program.note(&note));
                    }
                    ProgramOutcome::of(&object)
                }
                other => return Err(self.not_an_object(other.as_ref()).into()),
            },
            Err(error) if self.output.is_json() => {
                ProgramOutcome::failed_build(&*error.class, error.message)
            }
            Err(error) => return Err(program.diagnostic(&error).into()),
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
            warn(&format!("nothing binds {open}"), "");
        }
        if let Some(message) = &outcome.message {
            warn(&format!("the type check fails: {message}"), "");
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
        output::print(&format!("{text}\n"))
    }

    fn not_an_object(&self, value: Option<&Value>) -> Diagnostic {
        let name = &self.var;
        let message = match value {
            None => format!("the program does not set `{name}`"),
            Some(value) => format!(
                "`{name}` is not a template object but {}",
                value.type_name()
            ),
        };
        Diagnostic::new(Kind::Invalid, message)
            .at(&self.file, None)
            .hint("set it to an object, as in `result = String('{{x}}').bind(x = 1)`, or name another variable with --var")
    }
}
