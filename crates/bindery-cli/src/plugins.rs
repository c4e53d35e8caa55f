//! Where plugins are looked for, and which of them are let in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs, io};

use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use bindery_host::{
    Description, LibraryError, Plugin, Plugins, Problem, ProgramEntry, Reason, SearchPath, Settings,
};
use bindery_registry::Network;
use sha2::{Digest, Sha256};

use crate::configuration::{Configuration, Exec};
use crate::environment::Environment;
use crate::{commands, network};

/// Where to look: what the command line names, what the configuration names, the folder of the installation, and in a build
/// tree where cargo puts libraries. What is named and is no folder is a plugin itself, under whatever name.
pub fn search_path(named: &[PathBuf], configuration: &Configuration) -> SearchPath {
    let mut search = SearchPath::default();
    for path in named.iter().chain(&configuration.plugins.path) {
        let list = if path.is_file() {
            &mut search.files
        } else {
            &mut search.folders
        };
        list.push(path.clone());
    }
    if let Ok(program) = env::current_exe().and_then(|program| program.canonicalize()) {
        search.folders.extend(folders_of(&program));
    }
    search
}

/// The folders that belong to a program of this path.
fn folders_of(program: &Path) -> Vec<PathBuf> {
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

/// The programs that the configuration calls plugins.
pub fn programs(
    configuration: &Configuration,
    environment: &Environment,
) -> Result<Vec<ProgramEntry>, Diagnostics> {
    let entry = |(name, exec): (&String, &Exec)| {
        let program = environment.program(&exec.command[0]).ok_or_else(|| {
            let message = format!("there is no program `{}`", exec.command[0]);
            Diagnostic::new(Kind::Invalid, message)
                .cause(format!("it is the plugin `{name}` of `[exec.{name}]`"))
                .hint("write its whole path")
        })?;
        let arguments = exec.command[1..].iter().map(PathBuf::from);
        Ok(ProgramEntry {
            description: Description::of_program(name, &exec.binders),
            command: std::iter::once(program).chain(arguments).collect(),
            environment: environment.variables(&exec.env).into_iter().collect(),
            time_limit: exec.time_limit.map(Duration::from_secs),
        })
    };
    configuration.programs.iter().map(entry).collect()
}

/// The program that runs a library in a process of its own: this one.
pub fn server() -> Result<Vec<PathBuf>, Diagnostic> {
    let program = env::current_exe().map_err(|error| {
        Diagnostic::new(Kind::Internal, "this program does not find itself").cause(error)
    })?;
    Ok(vec![program, "plugin".into(), "serve".into()])
}

/// What the configuration holds for plugins, and how they are to make connections.
pub fn settings(configuration: &Configuration, network: &Network) -> Settings {
    let json =
        |map: &serde_json::Map<String, serde_json::Value>| serde_json::Value::Object(map.clone());
    Settings {
        order: configuration.plugins.order.clone(),
        plugins: configuration
            .sections
            .iter()
            .map(|(name, section)| (name.clone(), json(section)))
            .collect(),
        registries: configuration
            .registries
            .iter()
            .map(|(host, settings)| (host.clone(), json(settings)))
            .collect(),
        limits: configuration
            .limits
            .iter()
            .map(|(name, limit)| (name.clone(), (*limit).into()))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        auth: configuration.auth.clone(),
        network: network::to_json(network),
        taken: commands::taken,
        ..limited(&configuration.limits)
    }
}

/// Settings with the limits of the `[limits]` table.
fn limited(limits: &BTreeMap<String, u64>) -> Settings {
    let mut settings = Settings::default();
    if let Some(seconds) = limits.get("plugin_seconds") {
        settings.time_limit = Duration::from_secs(*seconds);
    }
    if let Some(bytes) = limits.get("plugin_answer") {
        settings.longest_answer = usize::try_from(*bytes).unwrap_or(usize::MAX);
    }
    settings
}

/// Refuses plugins whose file is not the one that the configuration pins.
pub fn check_pins(plugins: &Plugins, configuration: &Configuration) -> Result<(), Diagnostics> {
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
    let found = sha256(file).map_err(|error| {
        let message = format!("cannot read plugin `{name}` to compare it with its pin");
        Diagnostic::new(Kind::Policy, message)
            .at(file, None)
            .cause(error)
    })?;
    if found == pin {
        return Ok(());
    }
    let failure = Diagnostic::new(
        Kind::Policy,
        format!("plugin `{name}` is not the one that is pinned"),
    )
    .at(file, None)
    .cause(format!(
        "the file has sha256:{found}, `plugins.pin` wants sha256:{pin}"
    ));
    Err(failure.hint(
        "install the pinned file again, or change the pin after you have looked at the new one",
    ))
}

/// The SHA-256 of a file, in lower-case hexadecimal digits.
pub fn sha256(file: &Path) -> io::Result<String> {
    let mut hash = Sha256::new();
    io::copy(&mut fs::File::open(file)?, &mut HashWriter(&mut hash))?;
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

/// The error for a library that cannot be used.
pub fn unusable(error: &LibraryError) -> Diagnostic {
    let status = match error.reason {
        Reason::Untrusted(_) => Kind::Policy,
        _ => Kind::Invalid,
    };
    let mut failure = Diagnostic::new(status, error.to_string()).hint(error.hint());
    failure.causes = error.causes();
    failure
}

/// Tells what was wrong on the way, where work can go on. That one library comes before another of the same name is what the
/// order of the path is for, so that is told only where plugins are looked at: by [`warn_of_all`].
pub fn warn(problems: &[Problem]) {
    let unexpected = |problem: &&Problem| !matches!(problem, Problem::Hidden { .. });
    for problem in problems.iter().filter(unexpected) {
        crate::report::warn(&problem.to_string(), &problem.hint());
    }
}

/// Tells all that was wrong on the way.
pub fn warn_of_all(problems: &[Problem]) {
    for problem in problems {
        crate::report::warn(&problem.to_string(), &problem.hint());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_installed_program_has_its_folder_for_plugins() {
        let folders = folders_of(Path::new("/opt/bindery/bin/bindery"));
        assert_eq!(folders, [Path::new("/opt/bindery/lib/bindery/plugins")]);
    }

    #[test]
    fn a_build_tree_is_searched_itself() {
        let root = tempfile::tempdir().unwrap();
        let debug = root.path().join("debug");
        let deps = debug.join("deps");
        fs::create_dir_all(debug.join(".fingerprint")).unwrap();
        fs::create_dir(&deps).unwrap();
        assert_eq!(
            folders_of(&debug.join("bindery")),
            [root.path().join("lib/bindery/plugins"), debug.clone()]
        );
        let of_test = folders_of(&deps.join("bindery-0123"));
        assert_eq!(of_test, [debug.join("lib/bindery/plugins"), deps, debug]);
    }

    #[test]
    fn files_are_hashed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("f");
        fs::write(&file, "abc").unwrap();
        assert_eq!(
            sha256(&file).unwrap(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
