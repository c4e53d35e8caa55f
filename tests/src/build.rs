//! Build of the binary and its plugins: the one under test, or an older one for comparison.

use std::env;
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;
use std::path::{Path, PathBuf};

/// Folder with a built `bindery` and its plugins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Build {
    folder: PathBuf,
}

impl Build {
    /// The build that the running test or example belongs to.
    ///
    /// # Panics
    ///
    /// If the running program is not in a target folder.
    pub fn current() -> Self {
        // Cargo puts tests into `target/<profile>/deps` and examples into `target/<profile>/examples`.
        let this = env::current_exe()
            .and_then(fs::canonicalize)
            .expect("a running program has a file");
        let folder = this.ancestors().nth(2);
        Build {
            folder: folder
                .expect("cargo builds two folders below the profile's")
                .to_owned(),
        }
    }

    /// The build in a folder: `target/<profile>`, or a folder that `cargo xtask stage` wrote.
    ///
    /// # Panics
    ///
    /// If the folder has no binary or no plugins.
    pub fn at(folder: &Path) -> Self {
        let build = Build {
            folder: folder.to_owned(),
        };
        build.binary();
        build.plugin_folder();
        build
    }

    /// Returns the name of the profile, as `dist`; for a staged folder its name.
    pub fn profile(&self) -> String {
        let name = self.folder.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }

    /// Returns the path of the binary.
    ///
    /// # Panics
    ///
    /// If it does not exist: a build with `-p bindery-tests` does not build it.
    pub fn binary(&self) -> PathBuf {
        self.file(&["bindery", "bin/bindery"]).unwrap_or_else(|| {
            panic!(
                "no `bindery` in `{}`; run `cargo xtask test`",
                self.folder.display()
            )
        })
    }

    /// Returns the folder of the plugins.
    ///
    /// `cargo test` leaves them in `deps`, and only `cargo build` also copies them next to the binary: the copies in
    /// `deps` are never the older ones.
    ///
    /// # Panics
    ///
    /// If the build has no plugins.
    pub fn plugin_folder(&self) -> PathBuf {
        let docker = library("bindery_plugin_docker");
        let places = ["deps", "", "lib/bindery/plugins"].map(|place| self.folder.join(place));
        let found = places
            .into_iter()
            .find(|place| place.join(&docker).is_file());
        found.unwrap_or_else(|| {
            panic!(
                "no plugins in `{}`; run `cargo xtask test`",
                self.folder.display()
            )
        })
    }

    /// Returns the path of a plugin's library, named without prefix and ending, as `bindery_plugin_docker`.
    pub fn plugin(&self, name: &str) -> PathBuf {
        self.plugin_folder().join(library(name))
    }

    /// Returns the path of a built example, if it exists.
    pub fn example(&self, name: &str) -> Option<PathBuf> {
        self.file(&[&format!("examples/{name}")])
    }

    fn file(&self, names: &[&str]) -> Option<PathBuf> {
        let mut files = names.iter().map(|name| self.folder.join(name));
        files.find(|file| file.is_file())
    }
}

fn library(name: &str) -> String {
    format!("{DLL_PREFIX}{name}{DLL_SUFFIX}")
}
