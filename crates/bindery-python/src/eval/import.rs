//! Imports of modules and includes of files.

use std::rc::Rc;

use crate::host::IncludeError;
use crate::ir::{ImportFrom, ImportName};
use crate::limits::LimitKind;
use crate::source::Spot;
use crate::stdlib::modules;
use crate::suggest;
use crate::values::{Entered, ExcKind, Outcome, Raised, Str, Value};
use crate::vm::{Frame, Vm};

impl Vm {
    pub(super) fn run_import(&mut self, frame: &mut Frame, import: &ImportName) -> Outcome<()> {
        let at = import.target.at;
        let mut module = self
            .import(&import.module)
            .map_err(|error| error.at(frame.file, at))?;
        if import.top_only
            && let Some((top, _)) = import.module.split_once('.')
        {
            module = self.import(top).map_err(|error| error.at(frame.file, at))?;
        }
        self.assign(frame, &import.target, module)
    }

    pub(super) fn run_import_from(
        &mut self,
        frame: &mut Frame,
        import: &ImportFrom,
        at: u32,
    ) -> Outcome<()> {
        if self.extension.is_predefined(self, &import.module) {
            return self.import_predefined(frame, import);
        }
        let module = self
            .import(&import.module)
            .map_err(|error| error.at(frame.file, at))?;
        let Value::Module(items) = &module else {
            return Ok(());
        };
        for (name, target) in &import.names {
            let Some(value) = self.find_attribute(&module, name)? else {
                let message = format!("cannot import name '{name}' from '{}'", import.module);
                let known: Vec<&str> = items.items.iter().map(|(name, _)| *name).collect();
                let hint = match suggest::closest(name, known.iter().copied()) {
                    Some(close) => format!("did you mean `{close}`?"),
                    None => format!(
                        "only parts of `{}` are supported: {}",
                        import.module,
                        known.join(", ")
                    ),
                };
                return Err(Raised::new(ExcKind::Import, message)
                    .hint(hint)
                    .at(frame.file, target.at));
            };
            self.assign(frame, target, value)?;
        }
        if import.star {
            for (name, value) in &items.items {
                self.define(name, value.clone());
            }
        }
        Ok(())
    }

    /// Imports names of a module whose names every file has already.
    fn import_predefined(&mut self, frame: &mut Frame, import: &ImportFrom) -> Outcome<()> {
        for (name, target) in &import.names {
            let Some(value) = self.predefined(name) else {
                let message = format!("cannot import name '{name}' from '{}'", import.module);
                let known = self.predefined_names();
                let hint = match suggest::closest(name, known.iter().map(|name| &**name)) {
                    Some(close) => format!("did you mean `{close}`?"),
                    None => "the schema has no such name".to_owned(),
                };
                return Err(Raised::new(ExcKind::Import, message)
                    .hint(hint)
                    .at(frame.file, target.at));
            };
            self.assign(frame, target, value)?;
        }
        if import.star {
            for name in self.predefined_names() {
                if let Some(value) = self.predefined(&name) {
                    self.define(&name, value);
                }
            }
        }
        Ok(())
    }

    /// Imports a module by its name.
    ///
    /// # Errors
    ///
    /// Exceptions of the program, and limits.
    pub fn import(&mut self, name: &str) -> Outcome {
        if let Some(module) = self.modules.get(name) {
            return Ok(module.clone());
        }
        match modules::load(self, name)? {
            Some((name, module)) => {
                self.modules.insert(name, module.clone());
                Ok(module)
            }
            None => {
                let known = modules::names(self.extension);
                let error =
                    Raised::new(ExcKind::ModuleNotFound, format!("No module named '{name}'"));
                let hint = match suggest::closest(name, known.iter().copied()) {
                    _ if let Some(hint) = modules::missing_hint(name) => hint.to_owned(),
                    Some(close) => format!("did you mean `{close}`?"),
                    None => format!(
                        "job files can import {}; another file comes in by `include('path')`",
                        known.join(", ")
                    ),
                };
                Err(error.hint(hint))
            }
        }
    }

    /// Runs another file in the same namespace.
    pub(crate) fn include(&mut self, given: &str, spot: Option<Spot>) -> Outcome<()> {
        let mut file = self
            .host
            .find_include(given)
            .map_err(|error| include_error(error, given))?;
        let text = self.source_text(std::mem::take(&mut file.bytes), given)?;
        self.host.begin_include(&file, &text);
        let file_name = self.lookup("__file__");
        self.define("__file__", Value::Str(Str::new(file.name.clone())));
        let result = self.run(file.name.clone(), text);
        self.host.end_include();
        if let Some(name) = file_name {
            self.define("__file__", name);
        }
        match spot {
            Some(spot) => result.map_err(|error| error.through(Entered::Include(file.name), spot)),
            None => result,
        }
    }

    /// Decodes the bytes of a source text.
    pub fn source_text(&mut self, bytes: Vec<u8>, name: &str) -> Outcome<Rc<str>> {
        if bytes.len() > self.budget.limits().source {
            return Err(self.budget.exceeded(LimitKind::Source).into());
        }
        if is_latin_1(&bytes) {
            return Ok(bytes
                .iter()
                .map(|byte| char::from(*byte))
                .collect::<String>()
                .into());
        }
        match String::from_utf8(bytes) {
            Ok(text) => Ok(text.into()),
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let message =
                    format!("(unicode error) '{name}' is not UTF-8: invalid byte at position {at}");
                Err(Raised::from_cause(crate::values::Cause::Syntax {
                    message,
                    hint: Some(
                        "save the file in UTF-8, or begin it with `# -*- coding: latin-1 -*-` if it is in Latin-1"
                            .to_owned(),
                    ),
                }))
            }
        }
    }
}

fn include_error(error: IncludeError, given: &str) -> Raised {
    match error {
        IncludeError::NoFolder => {
            let message = "You may not include() anything from filelike objects.";
            Raised::new(ExcKind::Value, message)
                .hint("a text in memory has no folder to include from")
        }
        IncludeError::Unreadable(unreadable) => modules::os::file_error(unreadable, given),
        IncludeError::Cycle(chain) => {
            let message = format!("include cycle: {}", chain.join(" -> "));
            let hint = "the included file is still running; move the code that both files need into a third file";
            Raised::new(ExcKind::Recursion, message).hint(hint)
        }
    }
}

/// Checks whether a comment in the first two lines declares Latin-1 (PEP 263) and the source is not plain ASCII.
fn is_latin_1(source: &[u8]) -> bool {
    if source.is_ascii() {
        return false;
    }
    let lines = source.split(|byte| *byte == b'\n').take(2);
    lines.into_iter().any(|line| {
        let line: String = line.iter().map(|byte| char::from(*byte)).collect();
        let Some(comment) = line.trim_start().strip_prefix('#') else {
            return false;
        };
        let Some(said) = comment
            .split_once("coding")
            .and_then(|(_, rest)| rest.strip_prefix([':', '=']))
        else {
            return false;
        };
        let name: String = said
            .trim_start()
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
            .map(|c| {
                if c == '_' {
                    '-'
                } else {
                    c.to_ascii_lowercase()
                }
            })
            .collect();
        matches!(
            &*name,
            "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" | "l1"
        )
    })
}
