//! `bindery plugin check`: whether libraries are fit to be used.

use std::path::{Path, PathBuf};

use bindery_diagnostic::{Diagnostic, Diagnostics};
use bindery_host::{LibraryError, Problem};
use clap::Args;
use serde::Serialize;

use crate::context::Context;
use crate::output::Output;

/// Check libraries as thoroughly as one can without asking them anything; without FILE, all plugins that are found
///
/// Each is read, loaded, compared with this program's side of the boundary, opened with its settings and closed; a program of `[exec]`
/// is started and opened. Whatever is wrong is told in one line: file, plugin, reason, what to do; below it, what the plugin itself says.
///
/// JSON: `{"libraries": [{"file", "plugin", "version", "fit", "reason", "hint"}]}`, on standard output also if some are not fit
#[derive(Args)]
pub struct Check {
    /// Libraries, whatever their names
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    output: Output,
}

#[derive(Serialize)]
struct Verdicts {
    libraries: Vec<Verdict>,
}

#[derive(Serialize)]
struct Verdict {
    file: String,
    plugin: Option<String>,
    version: Option<String>,
    fit: bool,
    reason: Option<String>,
    hint: Option<String>,
}

impl Check {
    /// Prints a line for each library.
    pub fn run(&self, context: &Context) -> Result<(), Diagnostics> {
        let settings = context.plugin_settings()?;
        let check = |file: &Path| bindery_host::check(file, &settings);
        let mut libraries = Vec::new();
        let mut failures = Vec::new();
        let mut add = |file: &Path, checked: Result<bindery_host::Description, &LibraryError>| {
            match checked {
                Ok(plugin) => libraries.push(Verdict {
                    file: file.display().to_string(),
                    plugin: Some(plugin.name),
                    version: Some(plugin.version),
                    fit: true,
                    reason: None,
                    hint: None,
                }),
                Err(error) => {
                    let kind = crate::plugins::unusable(error).kind;
                    let mut failure = Diagnostic::new(kind, error.line());
                    failure.causes = error.causes();
                    failures.push(failure);
                    libraries.push(Verdict {
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
            let found = context.plugins()?;
            for plugin in found.iter() {
                let checked = match plugin.rustc() {
                    Some(_) => check(plugin.file()),
                    // A program can only be started and opened.
                    None => plugin.open().map(|()| plugin.description().clone()),
                };
                add(plugin.file(), checked.as_ref().map(Clone::clone));
            }
            for problem in found.problems() {
                match problem {
                    Problem::Unusable(error) => add(&error.file, Err(error)),
                    other => crate::plugins::warn_of_all(std::slice::from_ref(other)),
                }
            }
        }
        for file in &self.files {
            add(file, check(file).as_ref().map(Clone::clone));
        }
        self.output.write(&Verdicts { libraries }, |verdicts| {
            let fit = verdicts.libraries.iter().filter(|verdict| verdict.fit);
            fit.map(|it| {
                format!(
                    "`{}` (plugin `{}`) is fit\n",
                    it.file,
                    it.plugin.as_deref().unwrap_or_default()
                )
            })
            .collect()
        })?;
        Diagnostics::check(failures)
    }
}
