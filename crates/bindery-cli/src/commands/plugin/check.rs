//! `bindery plugin check`: checks of libraries before their use.

use std::path::{Path, PathBuf};

use bindery_diagnostic::{Diagnostic, Diagnostics};
use bindery_host::{LibraryError, PluginProblem};
use clap::Args;
use serde::Serialize;

use crate::output::Output;
use crate::session::Session;

/// Check that libraries can be used as plugins
///
/// Reads and loads each library, compares its interface with that of this program, and opens and closes it with its settings. A program of
/// `[exec]` is started and opened. Without FILE, checks all plugins on the search path. An error is one line with file, plugin, reason and
/// hint, followed by the error of the plugin.
///
/// JSON: `{"libraries": [{"file", "plugin", "version", "fit", "reason", "hint"}]}`, on standard output even if a library cannot be used
#[derive(Args)]
pub struct Check {
    /// Libraries, under any name
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    output: Output,
}

#[derive(Serialize)]
struct CheckedLibraries {
    libraries: Vec<CheckedLibrary>,
}

#[derive(Serialize)]
struct CheckedLibrary {
    file: String,
    plugin: Option<String>,
    version: Option<String>,
    fit: bool,
    reason: Option<String>,
    hint: Option<String>,
}

impl Check {
    /// Prints a line for each library.
    pub fn run(&self, session: &Session<'_>) -> Result<(), Diagnostics> {
        let settings = session.plugin_settings()?;
        let check = |file: &Path| bindery_host::check(file, &settings);
        let mut libraries = Vec::new();
        let mut errors = Vec::new();
        let mut add = |file: &Path, checked: Result<bindery_host::Description, &LibraryError>| {
            match checked {
                Ok(plugin) => libraries.push(CheckedLibrary {
                    file: file.display().to_string(),
                    plugin: Some(plugin.name),
                    version: Some(plugin.version),
                    fit: true,
                    reason: None,
                    hint: None,
                }),
                Err(error) => {
                    let kind = crate::plugins::library_error(error).kind;
                    let mut diagnostic = Diagnostic::new(kind, error.line());
                    diagnostic.causes = error.causes();
                    errors.push(diagnostic);
                    libraries.push(CheckedLibrary {
                        file: file.display().to_string(),
                        plugin: error.plugin.clone(),
                        version: None,
                        fit: false,
                        reason: Some(error.reason.to_string()),
                        hint: Some(error.hint()),
                    });
                }
            }
        };
        if self.files.is_empty() {
            let plugins = session.plugins()?;
            for plugin in plugins.iter() {
                let checked = match plugin.rustc() {
                    Some(_) => check(plugin.file()),
                    // A program has no library to check.
                    None => plugin.open().map(|()| plugin.description().clone()),
                };
                add(plugin.file(), checked.as_ref().map(Clone::clone));
            }
            for problem in plugins.problems() {
                match problem {
                    PluginProblem::Unusable(error) => add(&error.file, Err(error)),
                    other => crate::plugins::warn_of_all(std::slice::from_ref(other)),
                }
            }
        }
        for file in &self.files {
            add(file, check(file).as_ref().map(Clone::clone));
        }
        self.output
            .write(&CheckedLibraries { libraries }, |checked| {
                let fit = checked.libraries.iter().filter(|library| library.fit);
                fit.map(|library| {
                    format!(
                        "`{}` (plugin `{}`) is fit\n",
                        library.file,
                        library.plugin.as_deref().unwrap_or_default()
                    )
                })
                .collect()
            })?;
        Diagnostics::check(errors)
    }
}
