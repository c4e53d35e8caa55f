//! Skopeo, the peer whose word on a digest we take.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use bindery_fake_registry::Image;
use tempfile::TempDir;

use crate::layout::write_layout;
use crate::program::{Program, find};

/// Skopeo, with no configuration but what a call gives it.
pub struct Skopeo {
    program: PathBuf,
    home: TempDir,
    credential: Option<String>,
}

impl Skopeo {
    /// Finds it; `None` if it is missing here, see [`find`].
    pub fn find() -> Option<Self> {
        let program = find(Program::Skopeo)?;
        Some(Self {
            program,
            home: tempfile::tempdir().expect("a temporary folder"),
            credential: None,
        })
    }

    /// The same, with a user and password for every registry it talks to.
    pub fn with_credential(mut self, user: &str, password: &str) -> Self {
        self.credential = Some(format!("{user}:{password}"));
        self
    }

    /// Copies an image in OCI's format to `reference`, as in `127.0.0.1:5000/http_example:latest`, over plain HTTP and byte for byte.
    ///
    /// # Panics
    ///
    /// If the copy does not work.
    pub fn push(&self, reference: &str, image: &Image) {
        let layout = self.home.path().join("layout");
        let _ = std::fs::remove_dir_all(&layout);
        write_layout(&layout, "image", image).expect("a temporary folder can be written");
        let mut command = self.command("copy");
        // Without `--preserve-digests` it would compress the layer, and make another manifest.
        command.args(["--quiet", "--preserve-digests", "--dest-tls-verify=false"]);
        if let Some(credential) = &self.credential {
            command.args(["--dest-creds", credential]);
        }
        command
            .arg(format!("oci:{}:image", layout.display()))
            .arg(format!("docker://{reference}"));
        self.run(command);
    }

    /// The digest it gives for `reference`, asked over plain HTTP.
    ///
    /// # Panics
    ///
    /// If it gives none.
    pub fn digest(&self, reference: &str) -> String {
        let output = self.run(self.inspect(reference));
        String::from_utf8(output.stdout)
            .expect("a digest is text")
            .trim()
            .to_owned()
    }

    /// The call that [`Skopeo::digest`] makes, for those who want to time it.
    pub fn inspect(&self, reference: &str) -> Command {
        let mut command = self.command("inspect");
        command.args(["--tls-verify=false", "--no-tags", "--format", "{{.Digest}}"]);
        if let Some(credential) = &self.credential {
            command.args(["--creds", credential]);
        }
        command.arg(format!("docker://{reference}"));
        command
    }

    /// Logs in to a registry without TLS, and leaves the login in `file`, else where Skopeo itself leaves it:
    /// `containers/auth.json` below [`Skopeo::runtime_dir`].
    ///
    /// # Panics
    ///
    /// If the registry does not let it in.
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

    /// The `XDG_RUNTIME_DIR` that it sees.
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
            "skopeo said: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        output
    }
}
