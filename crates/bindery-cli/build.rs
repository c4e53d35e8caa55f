//! Lists the sources of the author's kit, which `bindery plugin new` writes into a project.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for member in ["bindery-abi", "bindery-plugin"] {
        for part in ["Cargo.toml", "README.md", "build.rs", "src"] {
            let path = crates.join(member).join(part);
            if path.exists() {
                println!("cargo::rerun-if-changed={}", path.display());
                find(&path, &mut files)?;
            }
        }
    }
    files.sort();

    let mut list = String::from("[\n");
    for file in files {
        let name = file.strip_prefix(&crates).expect("it was found there");
        let file = file.canonicalize()?;
        // Both are paths of source files, which `{:?}` writes as literals.
        writeln!(list, "    ({name:?}, include_str!({file:?})),").expect("texts grow");
    }
    list.push_str("]\n");
    let out =
        PathBuf::from(env::var_os("OUT_DIR").expect("cargo names a folder for build scripts"));
    fs::write(out.join("kit.rs"), list)?;
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}

/// The files at or below a path that a build needs: what tests recorded is not among them.
fn find(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        let path = entry?.path();
        if path.is_dir() || path.extension().is_some_and(|extension| extension == "rs") {
            find(&path, files)?;
        }
    }
    Ok(())
}
