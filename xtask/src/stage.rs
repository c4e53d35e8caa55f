//! `cargo xtask stage`: the binary and its plugins, laid out as they are installed.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::cargo;
use crate::failure::Failure;

/// Builds once and copies: `DIR/bin/bindery` and `DIR/lib/bindery/plugins/*`, where the binary looks for them.
pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    let release = arguments.contains(&"--release");
    let folders: Vec<&&str> = arguments
        .iter()
        .filter(|argument| **argument != "--release")
        .collect();
    if let Some(unknown) = folders.iter().find(|folder| folder.starts_with('-')) {
        return Err(format!(
            "`stage` has no option `{unknown}`; it takes `--release` and a folder"
        )
        .into());
    }
    let target = target_folder()?;
    let into = match folders.as_slice() {
        [] => target.join("stage"),
        [folder] => cargo::root().join(folder),
        _ => return Err("`stage` takes one folder".to_owned().into()),
    };
    let profile: &[&str] = if release { &["--release"] } else { &[] };
    cargo::run("build", &[cargo::EVERYTHING.as_slice(), profile].concat())?;

    let built = target.join(if release { "release" } else { "debug" });
    let (programs, plugins) = (into.join("bin"), into.join("lib/bindery/plugins"));
    copy(&built.join("bindery"), &programs)?;
    for plugin in plugins_in(&built)? {
        copy(&plugin, &plugins)?;
    }
    println!("staged in {}", into.display());
    Ok(())
}

/// Where cargo builds, as the place of this very program tells: `TARGET/debug/xtask`.
fn target_folder() -> Result<PathBuf, Failure> {
    let this = env::current_exe()
        .and_then(fs::canonicalize)
        .map_err(|error| format!("where am I: {error}"))?;
    let target = this
        .ancestors()
        .nth(2)
        .ok_or_else(|| format!("`{}` is in no target folder", this.display()))?;
    Ok(target.to_owned())
}

fn plugins_in(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("libbindery_plugin_") && name.ends_with(env::consts::DLL_SUFFIX)
        })
        .collect();
    found.sort();
    Ok(found)
}

fn copy(file: &Path, folder: &Path) -> Result<(), Failure> {
    let name = file.file_name().unwrap_or_default();
    fs::create_dir_all(folder)
        .and_then(|()| fs::copy(file, folder.join(name)))
        .map_err(|error| format!("{} -> {}: {error}", file.display(), folder.display()))?;
    println!("{}", folder.join(name).display());
    Ok(())
}
