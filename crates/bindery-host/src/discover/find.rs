//! Search for the plugins of a run: files, trust, order, and names that occur twice.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use crate::discover::inspect::{Code, Inspected, inspect};
use crate::discover::names;
use crate::discover::search::{Candidate, SearchPath};
use crate::discover::trust::Trust;
use crate::error::{LibraryError, Reason};
use crate::problem::PluginProblem;
use crate::runtime::program::{Program, ProgramEnvironment};
use crate::settings::{PluginLimits, ProgramEntry, Settings};

/// Plugins in the order in which their binders are asked, and problems with other plugins.
#[derive(Default)]
pub(crate) struct Discovered {
    pub plugins: Vec<Inspected>,
    pub problems: Vec<PluginProblem>,
}

/// Finds and inspects plugins.
pub(crate) fn find(search: &SearchPath, settings: &Settings) -> Result<Discovered, LibraryError> {
    let selection = &settings.selection;
    let Discovered {
        plugins: mut found,
        mut problems,
    } = inspect_all(search, settings)?;
    found.retain(|plugin| selection.allows(&plugin.description.name));

    let mut plugins: Vec<Inspected> = Vec::new();
    for plugin in found {
        let name = &plugin.description.name;
        match plugins.iter().find(|first| first.description.name == *name) {
            None => plugins.push(plugin),
            Some(first) => problems.push(PluginProblem::Hidden {
                plugin: name.clone(),
                hidden: plugin.file,
                by: first.file.clone(),
            }),
        }
    }
    plugins.sort_by_cached_key(|plugin| {
        let name = plugin.description.name.clone();
        let rank = selection.order.iter().position(|first| *first == name);
        (rank.unwrap_or(usize::MAX), name)
    });
    problems.extend(remove_duplicate_binders(&mut plugins));
    problems.extend(names::remove_duplicates(&mut plugins, &selection.reserved));
    Ok(Discovered { plugins, problems })
}

/// Inspects every file on the search path, and every program of the settings.
fn inspect_all(search: &SearchPath, settings: &Settings) -> Result<Discovered, LibraryError> {
    let mut discovered = Discovered::default();
    let Discovered { plugins, problems } = &mut discovered;
    let (candidates, unreadable) = search.candidates();
    for (folder, error) in unreadable {
        problems.push(PluginProblem::Folder { folder, error });
    }
    let mut trust = Trust::new();
    for candidate in candidates {
        let Candidate { path, file, .. } = &candidate;
        match require(path, trust.check(file)).and_then(|()| inspect(path, file)) {
            Ok(inspected) => plugins.push(inspected),
            Err(error) if candidate.explicit => return Err(error),
            Err(error) => problems.push(PluginProblem::Unusable(error)),
        }
    }
    for entry in &settings.programs {
        let program = &entry.command[0];
        require(program, trust.check_program(program))?;
        for path in entry.files() {
            require(path, trust.check_named(path))?;
        }
        plugins.push(program_of(entry, settings.limits));
    }
    Ok(discovered)
}

/// Converts the result of a trust check.
fn require(path: &Path, checked: io::Result<Result<(), String>>) -> Result<(), LibraryError> {
    let reason = match checked {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(objection)) => Reason::Untrusted(objection),
        Err(error) => Reason::Unreadable(error),
    };
    Err(LibraryError::of(path, reason))
}

fn program_of(entry: &ProgramEntry, limits: PluginLimits) -> Inspected {
    Inspected {
        file: entry.command[0].clone(),
        description: entry.description.clone(),
        code: Code::Program(Program {
            command: entry.command.clone(),
            environment: ProgramEnvironment::Only(entry.environment.clone()),
            time_limit: entry.time_limit.unwrap_or(limits.time),
            max_line: limits.answer_bytes,
        }),
    }
}

/// Removes binders whose name an earlier plugin has; returns one problem for each.
fn remove_duplicate_binders(plugins: &mut [Inspected]) -> Vec<PluginProblem> {
    let mut owners: BTreeMap<String, String> = BTreeMap::new();
    let mut problems = Vec::new();
    for plugin in plugins {
        let description = &mut plugin.description;
        let name = &description.name;
        description.binders.retain(|binder| {
            let Some(owner) = owners.get(&binder.name) else {
                owners.insert(binder.name.clone(), name.clone());
                return true;
            };
            problems.push(PluginProblem::HiddenBinder {
                binder: binder.name.clone(),
                hidden: name.clone(),
                by: owner.clone(),
            });
            false
        });
    }
    problems
}
