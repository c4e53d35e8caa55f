//! `bindery plugin new`: project of a plugin.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use clap::{Args, ValueEnum};

use crate::output;

/// Create the project of a plugin that builds and passes its tests
///
/// The plugin binds `{{NAME[en]}}` to `hello` and returns an error for other languages. For Rust it is a library, with the sources of the
/// author's kit of this program in the folder `vendor`; for Python and sh it is a program that speaks the plugin protocol. The README lists
/// the next steps. The folder must not exist; if anything fails, nothing is written.
#[derive(Args)]
pub struct New {
    /// Name of the plugin and of its binder: lower-case letters, digits and `_`
    name: Name,
    /// Language of the plugin
    #[arg(long, value_name = "LANGUAGE")]
    lang: Language,
    /// Create this folder instead of NAME
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// For Rust, depend on `bindery-plugin` in this folder instead of a copy, as in `crates` of a checkout
    #[arg(long, value_name = "PATH")]
    kit: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Language {
    Rust,
    Python,
    Sh,
}

/// Name of a plugin, which becomes a part of refs, file names and identifiers.
#[derive(Clone)]
struct Name(String);

impl FromStr for Name {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(fine) {
            Ok(Self(text.to_owned()))
        } else {
            Err("a lower-case letter comes first, then lower-case letters, digits and `_`")
        }
    }
}

/// File of a project.
struct File {
    path: PathBuf,
    text: String,
    is_program: bool,
}

/// Sources of the author's kit by their paths, from the build script.
const KIT: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/kit.rs"));

/// Workspace manifest of the kit.
const VENDOR: &str = include_str!("new/vendor.toml");

const LICENSE: &str = include_str!("../../../../../LICENSE");

/// Examples from which projects are made; each is a plugin with the name `greeting`.
const RUST: &str = include_str!("../../../../../plugins/bindery-plugin-example/src/lib.rs");
const PYTHON: &str = include_str!("../../../../../docs/examples/greeting.py");
const PYTHON_TEST: &str = include_str!("../../../../../docs/examples/test_greeting.py");
const SH: &str = include_str!("../../../../../docs/examples/greeting.sh");
const SH_TEST: &str = include_str!("../../../../../docs/examples/test_greeting.sh");

impl New {
    /// Writes the project and prints its path.
    pub fn run(&self) -> Result<(), Diagnostics> {
        let name = &self.name.0;
        let folder = self.dir.clone().unwrap_or_else(|| PathBuf::from(name));
        if fs::symlink_metadata(&folder).is_ok() {
            let message = format!("`{}` already exists", folder.display());
            return Err(Diagnostic::new(Kind::Usage, message)
                .hint("name another folder with `--dir`")
                .into());
        }
        if self.kit.is_some() && self.lang != Language::Rust {
            let message = "`--kit` is for plugins in Rust";
            return Err(Diagnostic::new(Kind::Usage, message).into());
        }
        let files = match self.lang {
            Language::Rust => rust(name, self.kit.as_deref())?,
            Language::Python => program(name, "python3", "py", PYTHON, PYTHON_TEST),
            Language::Sh => program(name, "sh", "sh", SH, SH_TEST),
        };
        write(&folder, &files).map_err(|error| {
            let message = format!("cannot write `{}`", folder.display());
            Diagnostic::new(Kind::Internal, message).cause(error)
        })?;
        output::print(&format!("{}\n", folder.join("README.md").display()))
    }
}

/// Returns the files of a library that depends on the kit in the folder `kit`, or on a copy of the kit.
fn rust(name: &str, kit: Option<&Path>) -> Result<Vec<File>, Diagnostics> {
    let (place, workspace, about) = match kit {
        None => (
            "vendor/bindery-plugin".to_owned(),
            "[workspace]\nexclude = [\"vendor\"]\n",
            "`vendor` contains the author's kit, `bindery-plugin`, of the `bindery` that created this project. Its licence is \
             Apache-2.0.",
        ),
        Some(kit) => (
            kit_at(kit)?,
            "[workspace]\n",
            "The path in `Cargo.toml` is that of the author's kit, `bindery-plugin`.",
        ),
    };
    let manifest = format!(
        "[package]\nname = \"bindery-plugin-{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\npublish = false\n\n\
         [lib]\nname = \"bindery_plugin_{name}\"\ncrate-type = [\"cdylib\"]\n\n\
         [dependencies]\nbindery-plugin = {{ path = {} }}\n\n\
         # The project is a separate workspace, in any folder.\n{workspace}",
        toml::Value::from(place),
    );
    let readme = include_str!("new/rust.md")
        .replace("NAME", name)
        .replace("KIT", about);
    let mut files = vec![
        File::new("Cargo.toml", manifest),
        File::new(".gitignore", "/target\n".to_owned()),
        File::new("README.md", readme),
        File::new("src/lib.rs", rename(RUST, name)),
    ];
    if kit.is_none() {
        let vendor = Path::new("vendor");
        let copied = KIT.iter().map(|(path, text)| (*path, *text));
        let around = [("Cargo.toml", VENDOR), ("LICENSE", LICENSE)];
        files.extend(
            copied
                .chain(around)
                .map(|(path, text)| File::new(vendor.join(path), text.to_owned())),
        );
    }
    Ok(files)
}

/// Returns the path of the crate `bindery-plugin` in `folder`.
fn kit_at(folder: &Path) -> Result<String, Diagnostics> {
    let path = folder.join("bindery-plugin").canonicalize();
    let path = path.ok().filter(|path| path.join("Cargo.toml").is_file());
    let path = path.and_then(|path| path.to_str().map(str::to_owned));
    path.ok_or_else(|| {
        let message = format!("there is no `bindery-plugin` in `{}`", folder.display());
        Diagnostic::new(Kind::Usage, message)
            .hint("give `--kit` the folder with the crate, as in `crates` of a checkout")
            .into()
    })
}

/// Returns the files of a program that the interpreter `program` runs, and its test.
fn program(name: &str, program: &str, extension: &str, text: &str, test: &str) -> Vec<File> {
    let readme = include_str!("new/program.md")
        .replace("NAME", name)
        .replace("PROGRAM", program)
        .replace("EXT", extension);
    let script = |path: String, text: &str| File {
        is_program: true,
        ..File::new(path, rename(text, name))
    };
    let mut files = vec![
        script(format!("{name}.{extension}"), text),
        script(format!("test_{name}.{extension}"), test),
        File::new("README.md", readme),
    ];
    if extension == "py" {
        files.push(File::new(".gitignore", "__pycache__/\n".to_owned()));
    }
    files
}

/// Returns an example with another name. Its greetings stay.
fn rename(example: &str, name: &str) -> String {
    let names = [
        ("\"greeting\"", format!("\"{name}\"")),
        ("greeting[", format!("{name}[")),
        ("bindery greeting", format!("bindery {name}")),
        ("greeting.py", format!("{name}.py")),
        ("greeting.sh", format!("{name}.sh")),
    ];
    names.iter().fold(example.to_owned(), |text, (from, to)| {
        text.replace(from, to)
    })
}

impl File {
    fn new(path: impl Into<PathBuf>, text: String) -> Self {
        Self {
            path: path.into(),
            text,
            is_program: false,
        }
    }
}

/// Writes a new folder: a temporary folder next to it is renamed.
fn write(folder: &Path, files: &[File]) -> io::Result<()> {
    let parent = match folder.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let temporary = tempfile::Builder::new()
        .prefix(".bindery-")
        .tempdir_in(parent)?;
    // A folder inside has the default permissions, unlike the temporary folder.
    let project = temporary.path().join("new");
    for file in files {
        let path = project.join(&file.path);
        fs::create_dir_all(path.parent().expect("the file is below the project"))?;
        let mode = if file.is_program { 0o777 } else { 0o666 };
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(&path)?
            .write_all(file.text.as_bytes())?;
    }
    fs::rename(&project, folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> toml::Table {
        toml::from_str(text).unwrap()
    }

    /// Returns the dependencies of a manifest, of its build script and of its tests.
    fn dependencies(manifest: &toml::Table) -> Vec<String> {
        let kinds = ["dependencies", "dev-dependencies", "build-dependencies"];
        let tables = kinds
            .iter()
            .filter_map(|kind| manifest.get(*kind)?.as_table());
        tables.flat_map(|table| table.keys().cloned()).collect()
    }

    #[test]
    fn workspace_of_the_kit_has_the_keys_that_its_crates_inherit() {
        let root = table(include_str!("../../../../../Cargo.toml"));
        let vendor = table(VENDOR);
        let (root, vendor) = (&root["workspace"], &vendor["workspace"]);
        for key in ["edition", "rust-version", "license", "publish"] {
            assert_eq!(vendor["package"][key], root["package"][key], "{key}");
        }
        let mut needed = Vec::new();
        for (path, text) in KIT.iter().filter(|(path, _)| path.ends_with("Cargo.toml")) {
            for name in dependencies(&table(text)) {
                let vendored = vendor["dependencies"].get(&name);
                let vendored = vendored.unwrap_or_else(|| panic!("{path} needs `{name}`"));
                if !name.starts_with("bindery-") {
                    assert_eq!(*vendored, root["dependencies"][&name], "{name}");
                }
                needed.push(name);
            }
        }
        let extra = vendor["dependencies"].as_table().unwrap().keys();
        let extra: Vec<_> = extra.filter(|name| !needed.contains(name)).collect();
        assert_eq!(extra, [""; 0]);
    }

    #[test]
    fn kit_has_both_crates() {
        for path in ["bindery-abi/src/lib.rs", "bindery-plugin/src/lib.rs"] {
            assert!(KIT.iter().any(|(known, _)| *known == path), "{path}");
        }
    }

    #[test]
    fn invalid_names_are_refused() {
        for name in ["", "1a", "_a", "A", "a-b", "a.b", "a/b", "é", "a b"] {
            assert!(name.parse::<Name>().is_err(), "{name}");
        }
        assert!("site_2".parse::<Name>().is_ok());
    }

    #[test]
    fn renaming_keeps_only_the_greetings_of_the_example() {
        for text in [RUST, PYTHON, PYTHON_TEST, SH, SH_TEST] {
            let text = rename(text, "site");
            for line in text.lines().filter(|line| line.contains("greeting")) {
                let says = [
                    "to a greeting",
                    "no greeting in",
                    "let greeting =",
                    "greeting.bind(",
                    "greeting.run(",
                ];
                let fine = says.iter().any(|text| line.contains(text));
                assert!(fine, "{line}");
            }
        }
    }
}
