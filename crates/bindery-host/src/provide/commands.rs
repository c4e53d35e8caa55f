//! Commands of plugins, and errors that end a run.

use std::collections::BTreeMap;

use bindery_diagnostic::Diagnostic;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::failure::WireFailure;
use crate::plugin::Plugin;
use crate::settings::OptionValue;

/// Arguments and options of a plugin's command.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CommandArguments {
    /// Texts of each argument, by name.
    pub arguments: BTreeMap<String, Vec<String>>,
    /// Values of the options that were given, by name.
    pub options: BTreeMap<String, OptionValue>,
}

/// Error of a plugin's command, or of a step of a run.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{error}")]
pub struct RunError {
    /// Name of the plugin.
    pub plugin: String,
    /// The error.
    pub error: Box<Diagnostic>,
    /// Exit code that the plugin chose, never 0; `None` if the exit code follows from the kind of the error.
    pub exit_code: Option<u8>,
}

impl RunError {
    /// Creates an error without an exit code.
    pub(crate) fn new(plugin: &Plugin, error: Diagnostic) -> Self {
        Self {
            plugin: plugin.description().name.clone(),
            error: Box::new(error),
            exit_code: None,
        }
    }
}

impl Plugin {
    /// Runs a command of the plugin and returns its exit code. Lines that the plugin prints meanwhile are
    /// [output](crate::Services::output).
    ///
    /// # Errors
    ///
    /// The error of the command; or that the plugin cannot be opened, panicked, or returned no exit code.
    pub fn run_command(&self, command: &str, arguments: &CommandArguments) -> Result<u8, RunError> {
        let mut input = json!(arguments);
        input["command"] = command.into();
        let _prints = self.prints_output();
        let output = call_with_exit_code(self, "command.run", &input)?;
        let code = output["code"].as_u64();
        code.and_then(|code| u8::try_from(code).ok())
            .ok_or_else(|| {
                let did = format!("gave no exit code as the result of command `{command}`");
                RunError::new(self, self.fault(&did))
            })
    }
}

/// Calls a method whose result may be an error with an exit code.
pub(crate) fn call_with_exit_code(
    plugin: &Plugin,
    method: &str,
    input: &Json,
) -> Result<Json, RunError> {
    let output = plugin
        .call(method, input)
        .map_err(|error| RunError::new(plugin, error))?;
    let Some(error) = output.get("error") else {
        return Ok(output);
    };
    let failure = WireFailure::deserialize(error).map_err(|_| {
        let did = format!("gave an error of an unknown form as the result of `{method}`");
        RunError::new(plugin, plugin.fault(&did))
    })?;
    let code = error["exit"].as_u64().filter(|code| *code > 0);
    Err(RunError {
        exit_code: code.and_then(|code| u8::try_from(code).ok()),
        ..RunError::new(plugin, plugin.convert(failure))
    })
}
