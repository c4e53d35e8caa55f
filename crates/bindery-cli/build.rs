//! Lists the sources of the plugin author's kit, which `bindery plugin new` copies, and names the commit that is built.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() -> io::Result<()> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    write_kit(&package.join(".."))?;
    let version = env::var("CARGO_PKG_VERSION").expect("cargo sets the version of the package");
    let commit = commit(&package.join("../.."));
    let commit = commit.map_or_else(String::new, |commit| format!(" ({commit})"));
    println!("cargo::rustc-env=BINDERY_VERSION={version}{commit}");
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}

/// Writes `kit.rs`: the paths of the kit's sources below `crates`, and their texts.
fn write_kit(crates: &Path) -> io::Result<()> {
    let mut files = Vec::new();
    for member in ["bindery-abi", "bindery-plugin"] {
        for part in ["Cargo.toml", "README.md", "build.rs", "src"] {
            let path = crates.join(member).join(part);
            if path.exists() {
                println!("cargo::rerun-if-changed={}", path.display());
                find_sources(&path, &mut files)?;
            }
        }
    }
    files.sort();

    let mut list = String::from("[\n");
    for file in files {
        let name = file
            .strip_prefix(crates)
            .expect("the file is below `crates`");
        let file = file.canonicalize()?;
        // `{:?}` formats the paths of source files as string literals.
        writeln!(list, "    ({name:?}, include_str!({file:?})),").expect("strings can grow");
    }
    list.push_str("]\n");
    let out =
        PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets the folder of build scripts"));
    fs::write(out.join("kit.rs"), list)
}

/// Adds the sources at or below `path`, without the snapshots of tests.
fn find_sources(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        let path = entry?.path();
        if path.is_dir() || path.extension().is_some_and(|extension| extension == "rs") {
            find_sources(&path, files)?;
        }
    }
    Ok(())
}

/// Returns hash and date of the commit at HEAD, as in `f52675e 2026-11-30`; `None` if `workspace` is not the top of a git repository.
fn commit(workspace: &Path) -> Option<String> {
    let git = |arguments: &[&str]| {
        let output = Command::new("git")
            .arg("-C")
            .arg(workspace)
            .args(arguments)
            .output()
            .ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        output.status.success().then(|| text.trim().to_owned())
    };
    // A source archive may be unpacked inside the repository of another project.
    let top = PathBuf::from(git(&["rev-parse", "--show-toplevel"])?);
    if top.canonicalize().ok()? != workspace.canonicalize().ok()? {
        return None;
    }
    let mut watched = vec!["HEAD".to_owned(), "packed-refs".to_owned()];
    watched.extend(git(&["symbolic-ref", "-q", "HEAD"]));
    for name in watched {
        let path = workspace.join(git(&["rev-parse", "--git-path", &name])?);
        // Cargo runs the script again on every build if a watched file does not exist.
        if path.exists() {
            println!("cargo::rerun-if-changed={}", path.display());
        }
    }
    git(&["log", "-1", "--abbrev=7", "--format=%h %cs"])
}
