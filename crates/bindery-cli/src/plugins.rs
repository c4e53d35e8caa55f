//! Search for plugins, their settings, and checks before they are used.

use std::env;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use bindery_host::{
    Description, LibraryError, Plugin, PluginInput, PluginProblem, PluginSet, ProgramEntry, Reason,
    SearchPath,
};
use bindery_registry::Network;
use sha2::{Digest, Sha256};

use crate::configuration::{Configuration, Program};
use crate::environment::Environment;
use crate::report;

/// Returns the search path: the folders and files in `from_options` and in the configuration, the folder of the installation and, in a
/// build tree, the folders in which cargo puts libraries. A file is a plugin under any name.
pub fn search_path(from_options: &[PathBuf], configuration: &Configuration) -> SearchPath {
    let mut search = SearchPath::default();
    for path in from_options.iter().chain(&configuration.plugins.path) {
        let list = if path.is_file() {
            &mut search.files
        } else {
            &mut search.folders
        };
        list.push(path.clone());
    }
    if let Ok(program) = env::current_exe().and_then(|program| program.canonicalize()) {
        search.folders.extend(folders_of_program(&program));
    }
    search
}

/// Returns the plugin folders that belong to the program with this path.
fn folders_of_program(program: &Path) -> Vec<PathBuf> {
    let Some(folder) = program.parent() else {
        return Vec::new();
    };
    let above = folder.parent();
    let mut folders: Vec<PathBuf> = above
        .map(|above| above.join("lib/bindery/plugins"))
        .into_iter()
        .collect();
    let is_build_tree = |folder: &Path| folder.join(".fingerprint").is_dir();
    if is_build_tree(folder) {
        folders.push(folder.to_owned());
    } else if let Some(above) =
        above.filter(|above| folder.ends_with("deps") && is_build_tree(above))
    {
        folders.extend([folder.to_owned(), above.to_owned()]);
    }
    folders
}

/// Returns the programs of the `[exec]` tables.
pub fn programs(
    configuration: &Configuration,
    environment: &Environment,
) -> Result<Vec<ProgramEntry>, Diagnostics> {
    let entry = |(name, program): (&String, &Program)| {
        let file = environment.program(&program.command[0]).ok_or_else(|| {
            let message = format!("there is no program `{}`", program.command[0]);
            Diagnostic::new(Kind::Invalid, message)
                .cause(format!("`[exec.{name}]` names it as the plugin `{name}`"))
                .hint("write the absolute path of the program")
        })?;
        let arguments = program.command[1..].iter().map(PathBuf::from);
        Ok(ProgramEntry {
            description: Description::of_program(name, &program.binders),
            command: std::iter::once(file).chain(arguments).collect(),
            environment: environment.variables(&program.env).into_iter().collect(),
            time_limit: program.time_limit.map(Duration::from_secs),
        })
    };
    configuration.programs.iter().map(entry).collect()
}

/// Returns the command that runs a library in a separate process: this program, without the path of the library.
pub fn server() -> Result<Vec<PathBuf>, Diagnostic> {
    let program = env::current_exe().map_err(|error| {
        let message = "cannot determine the path of this executable";
        Diagnostic::new(Kind::Internal, message).cause(error)
    })?;
    Ok(vec![program, "plugin".into(), "serve".into()])
}

/// Returns the data of the configuration that plugins are opened with.
pub fn input(configuration: &Configuration, network: &Network) -> PluginInput {
    PluginInput {
        sections: configuration.sections.clone(),
        registries: configuration.registries.clone(),
        limits: Some(configuration.limits.configured.clone()),
        network: Some(network.clone()),
        ..PluginInput::default()
    }
}

/// Checks that the file of each pinned plugin is the pinned one.
pub fn check_pins(plugins: &PluginSet, configuration: &Configuration) -> Result<(), Diagnostics> {
    let pins = &configuration.plugins.pin;
    let pinned = plugins
        .iter()
        .filter_map(|plugin| Some((plugin, pins.get(&plugin.description().name)?)));
    Diagnostics::check(
        pinned
            .filter_map(|(plugin, pin)| check_pin(plugin, pin).err())
            .collect(),
    )
}

fn check_pin(plugin: &Plugin, pin: &str) -> Result<(), Diagnostic> {
    let (name, file) = (&plugin.description().name, plugin.file());
    let actual = sha256(file).map_err(|error| {
        let message = format!("cannot read plugin `{name}` to compare it with its pin");
        Diagnostic::new(Kind::Policy, message)
            .at(file, None)
            .cause(error)
    })?;
    if actual == pin {
        return Ok(());
    }
    let message = format!("plugin `{name}` is not the pinned one");
    let cause = format!("the file has sha256:{actual}, `plugins.pin` requires sha256:{pin}");
    Err(Diagnostic::new(Kind::Policy, message)
        .at(file, None)
        .cause(cause)
        .hint("install the pinned file again, or review the new file and change the pin"))
}

/// Returns the SHA-256 of a file in lower-case hexadecimal digits.
pub fn sha256(file: &Path) -> io::Result<String> {
    let mut hash = Sha256::new();
    io::copy(&mut File::open(file)?, &mut HashWriter(&mut hash))?;
    Ok(hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

struct HashWriter<'h>(&'h mut Sha256);

impl io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns the error for a library that cannot be used.
pub fn library_error(error: &LibraryError) -> Diagnostic {
    let kind = match error.reason {
        Reason::Untrusted(_) => Kind::Policy,
        _ => Kind::Invalid,
    };
    let mut diagnostic = Diagnostic::new(kind, error.to_string()).hint(error.hint());
    diagnostic.causes = error.causes();
    diagnostic
}

/// Prints problems of the search, except hidden libraries: the order of the search path is meant to hide them. [`warn_of_all`] prints every
/// problem, for commands that show plugins.
pub fn warn(problems: &[PluginProblem]) {
    let unexpected = |problem: &&PluginProblem| !matches!(problem, PluginProblem::Hidden { .. });
    for problem in problems.iter().filter(unexpected) {
        report::warn(&problem.to_string(), &problem.hint());
    }
}

/// Prints all problems of the search.
pub fn warn_of_all(problems: &[PluginProblem]) {
    for problem in problems {
        report::warn(&problem.to_string(), &problem.hint());
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn installed_program_has_a_plugin_folder() {
        let folders = folders_of_program(Path::new("/opt/bindery/bin/bindery"));
        assert_eq!(folders, [Path::new("/opt/bindery/lib/bindery/plugins")]);
    }

    #[test]
    fn build_tree_is_searched() {
        let root = tempfile::tempdir().unwrap();
        let debug = root.path().join("debug");
        let deps = debug.join("deps");
        fs::create_dir_all(debug.join(".fingerprint")).unwrap();
        fs::create_dir(&deps).unwrap();
        assert_eq!(
            folders_of_program(&debug.join("bindery")),
            [root.path().join("lib/bindery/plugins"), debug.clone()]
        );
        let of_test = folders_of_program(&deps.join("bindery-0123"));
        assert_eq!(of_test, [debug.join("lib/bindery/plugins"), deps, debug]);
    }

    #[test]
    fn hash_has_hexadecimal_digits() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("f");
        fs::write(&file, "abc").unwrap();
        assert_eq!(
            sha256(&file).unwrap(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
