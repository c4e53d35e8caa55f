//! `cargo xtask stage`: the binary and its plugins in the layout of an installation.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::cargo;
use crate::failure::Failure;

/// Profiles besides the default one, by the option that chooses each.
const PROFILES: [(&str, &str); 2] = [("--release", "release"), ("--dist", "dist")];

/// Builds, and copies to `DIR/bin/bindery` and `DIR/lib/bindery/plugins/*`, where the binary looks for plugins.
pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    let mut profile = None;
    let mut folders = Vec::new();
    for argument in arguments {
        if let Some((_, chosen)) = PROFILES.iter().find(|(option, _)| option == argument) {
            profile = Some(*chosen);
        } else if argument.starts_with('-') {
            return Err(format!(
                "`stage` has no option `{argument}`; it takes `--release` or `--dist`, and a folder"
            )
            .into());
        } else {
            folders.push(*argument);
        }
    }
    let target = cargo::target_folder()?;
    let into = match folders.as_slice() {
        [] => target.join("stage"),
        [folder] => cargo::root().join(folder),
        _ => return Err("`stage` takes one folder".to_owned().into()),
    };
    let mut options = vec!["--workspace", "--lib", "--bins"];
    options.extend(profile.iter().flat_map(|profile| ["--profile", profile]));
    cargo::run("build", &options)?;

    let built = target.join(profile.unwrap_or("debug"));
    let (programs, plugins) = (into.join("bin"), into.join("lib/bindery/plugins"));
    copy(&built.join("bindery"), &programs)?;
    for plugin in plugins_in(&built)? {
        copy(&plugin, &plugins)?;
    }
    println!("staged in {}", into.display());
    Ok(())
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
