//! Skopeo, the client whose digests ours are compared with.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use bindery_fake_registry::Image;
use tempfile::TempDir;

use crate::layout::write_layout;
use crate::program::{Program, find};

/// Skopeo, configured only by the arguments of each call.
pub struct Skopeo {
    program: PathBuf,
    home: TempDir,
    credential: Option<String>,
}

impl Skopeo {
    /// Finds the program; `None` if it is missing, see [`find`].
    pub fn find() -> Option<Self> {
        let program = find(Program::Skopeo)?;
        Some(Self {
            program,
            home: tempfile::tempdir().expect("a temporary folder"),
            credential: None,
        })
    }

    /// Adds a user and password, sent to every registry.
    pub fn with_credential(mut self, user: &str, password: &str) -> Self {
        self.credential = Some(format!("{user}:{password}"));
        self
    }

    /// Copies an image in OCI's format to `reference`, as in `127.0.0.1:5000/http_example:latest`, over plain HTTP and byte for
    /// byte.
    ///
    /// # Panics
    ///
    /// If the copy fails.
    pub fn push(&self, reference: &str, image: &Image) {
        let layout = self.home.path().join("layout");
        let _ = std::fs::remove_dir_all(&layout);
        write_layout(&layout, "image", image).expect("a temporary folder can be written");
        let mut command = self.command("copy");
        // Without `--preserve-digests` Skopeo compresses the layer and writes a different manifest.
        command.args(["--quiet", "--preserve-digests", "--dest-tls-verify=false"]);
        if let Some(credential) = &self.credential {
            command.args(["--dest-creds", credential]);
        }
        command
            .arg(format!("oci:{}:image", layout.display()))
            .arg(format!("docker://{reference}"));
        self.run(command);
    }

    /// Returns Skopeo's digest of `reference`, requested over plain HTTP.
    ///
    /// # Panics
    ///
    /// If Skopeo fails.
    pub fn digest(&self, reference: &str) -> String {
        let output = self.run(self.inspect(reference));
        String::from_utf8(output.stdout)
            .expect("a digest is text")
            .trim()
            .to_owned()
    }

    /// Returns the command that [`Skopeo::digest`] runs, for benchmarks.
    pub fn inspect(&self, reference: &str) -> Command {
        let mut command = self.command("inspect");
        command.args(["--tls-verify=false", "--no-tags", "--format", "{{.Digest}}"]);
        if let Some(credential) = &self.credential {
            command.args(["--creds", credential]);
        }
        command.arg(format!("docker://{reference}"));
        command
    }

    /// Logs in to a registry without TLS. Stores the login in `file`, or at Skopeo's default place, `containers/auth.json` below
    /// [`Skopeo::runtime_dir`].
    ///
    /// # Panics
    ///
    /// If the registry refuses the login.
    pub fn login(&self, registry: &str, user: &str, password: &str, file: Option<&Path>) {
        let mut command = self.command("login");
        command.args(["--tls-verify=false", "--username", user, "--password-stdin"]);
        if let Some(file) = file {
            command.arg("--authfile").arg(file);
        }
        let input = self.home.path().join("password");
        std::fs::write(&input, password).expect("a temporary folder can be written");
        let input = std::fs::File::open(input).expect("it was just written");
        command.arg(registry).stdin(input);
        self.run(command);
    }

    /// Returns the `XDG_RUNTIME_DIR` of the command.
    pub fn runtime_dir(&self) -> &Path {
        self.home.path()
    }

    fn command(&self, verb: &str) -> Command {
        let mut command = Command::new(&self.program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.home.path())
            .env("XDG_RUNTIME_DIR", self.home.path())
            .current_dir(self.home.path())
            .args(["--insecure-policy", verb]);
        command
    }

    #[track_caller]
    fn run(&self, mut command: Command) -> Output {
        let output = command.output().expect("skopeo can be run");
        assert!(
            output.status.success(),
            "skopeo failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        output
    }
}
