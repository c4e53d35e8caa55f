//! Separate home, configuration and working folder for each test, without the real environment.

use std::fmt::Write as _;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output};

/// Folders of a test, removed at its end.
pub struct Site {
    root: tempfile::TempDir,
}

impl Site {
    pub fn new() -> Self {
        let site = Self {
            root: tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap(),
        };
        for folder in ["bin", "home", "config", "aurora", "work"] {
            std::fs::create_dir(site.path(folder)).unwrap();
        }
        // In the build tree the program would find the plugins that cargo has built.
        std::fs::hard_link(env!("CARGO_BIN_EXE_bindery"), site.path("bin/bindery")).unwrap();
        site
    }

    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.path().join(relative)
    }

    /// Writes a file and creates its folders.
    pub fn file(&self, relative: &str, text: &str) -> &Self {
        let path = self.path(relative);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    /// Writes a file that only the user may read.
    pub fn private_file(&self, relative: &str, text: &str) -> &Self {
        self.file(relative, text);
        std::fs::set_permissions(self.path(relative), Permissions::from_mode(0o600)).unwrap();
        self
    }

    /// Returns the program with arguments, in the working folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.path("bin/bindery"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.path("home"))
            .env("XDG_CONFIG_HOME", self.path("config"))
            .env("AURORA_CONFIG_ROOT", self.path("aurora"))
            .current_dir(self.path("work"));
        command
    }

    /// Runs command lines in order, and returns their output and exit codes.
    pub fn session(&self, lines: &[&str]) -> String {
        let run = |line: &&str| {
            let arguments: Vec<&str> = line.split_whitespace().collect();
            self.show(line, &self.command(&arguments).output().unwrap())
        };
        lines.iter().map(run).collect::<Vec<_>>().join("\n\n")
    }

    /// Command line, exit code, standard output and standard error as one text, with this test's folders named `SITE`.
    pub fn show(&self, line: &str, output: &Output) -> String {
        let code = output
            .status
            .code()
            .map_or_else(|| output.status.to_string(), |code| code.to_string());
        let mut text = format!("$ bindery {line}\n");
        for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
            if !bytes.is_empty() {
                let _ = write!(text, "--- {name}\n{}", String::from_utf8_lossy(bytes));
            }
        }
        let _ = write!(text, "--- exit {code}");
        text.replace(&self.root.path().display().to_string(), "SITE")
    }
}
