//! Keys, certificates and signatures, made by the program `openssl`.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tempfile::TempDir;

use crate::program::{Program, find};

/// Key and certificate, as PEM files.
#[derive(Clone, Debug)]
pub struct KeyPair {
    /// Certificate.
    pub certificate: PathBuf,
    /// Private key.
    pub key: PathBuf,
}

/// Certificate authority that no system trusts, with one server and one client certificate.
pub struct Authority {
    /// Certificate of the authority.
    pub certificate: PathBuf,
    /// Server certificate for `127.0.0.1` and `localhost`.
    pub server: KeyPair,
    /// Client certificate.
    pub client: KeyPair,
    _folder: TempDir,
}

impl Authority {
    /// Creates an authority with the common name `name`; `None` if openssl is missing, see [`find`].
    ///
    /// # Panics
    ///
    /// If openssl fails.
    pub fn new(name: &str) -> Option<Self> {
        let openssl = Openssl::find()?;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let own = openssl.self_signed(folder.path(), name);
        let sign = |name: &str, extensions: &str| {
            let pair = KeyPair {
                certificate: folder.path().join(format!("{name}.pem")),
                key: folder.path().join(format!("{name}.key")),
            };
            let request = folder.path().join(format!("{name}.csr"));
            let extension_file = folder.path().join(format!("{name}.ext"));
            fs::write(&extension_file, extensions).expect("the folder can be written");
            let subject = format!("/CN={name}");
            let mut command = openssl.command();
            command
                .args(["req", "-newkey", "rsa:2048", "-nodes", "-subj", &subject])
                .arg("-keyout")
                .arg(&pair.key)
                .arg("-out")
                .arg(&request);
            output(command, b"");
            let mut command = openssl.command();
            command
                .args(["x509", "-req", "-days", "2", "-CAcreateserial"])
                .arg("-in")
                .arg(&request)
                .arg("-CA")
                .arg(&own.certificate)
                .arg("-CAkey")
                .arg(&own.key)
                .arg("-extfile")
                .arg(&extension_file)
                .arg("-out")
                .arg(&pair.certificate);
            output(command, b"");
            pair
        };
        let server = sign(
            "localhost",
            "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n",
        );
        let client = sign(
            "tester",
            "extendedKeyUsage=clientAuth\nbasicConstraints=CA:FALSE\n",
        );
        Some(Self {
            certificate: own.certificate,
            server,
            client,
            _folder: folder,
        })
    }
}

/// Program `openssl`.
pub(crate) struct Openssl(PathBuf);

impl Openssl {
    pub(crate) fn find() -> Option<Self> {
        find(Program::Openssl).map(Self)
    }

    fn command(&self) -> Command {
        Command::new(&self.0)
    }

    /// Creates a key with a self-signed certificate.
    pub(crate) fn self_signed(&self, folder: &Path, name: &str) -> KeyPair {
        let pair = KeyPair {
            certificate: folder.join("own.pem"),
            key: folder.join("own.key"),
        };
        let subject = format!("/CN={name}");
        let mut command = self.command();
        command
            .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes"])
            .args(["-days", "2", "-subj", &subject])
            .arg("-keyout")
            .arg(&pair.key)
            .arg("-out")
            .arg(&pair.certificate);
        output(command, b"");
        pair
    }

    /// Returns the RS256 signature of `bytes` (RFC 7518, section 3.3).
    pub(crate) fn sign(&self, key: &Path, bytes: &[u8]) -> Vec<u8> {
        let mut command = self.command();
        command.args(["dgst", "-sha256", "-sign"]).arg(key);
        output(command, bytes)
    }
}

impl KeyPair {
    /// Returns the certificate's DER bytes in base64.
    pub(crate) fn certificate_in_base64(&self) -> String {
        let pem = fs::read_to_string(&self.certificate).expect("openssl has written it");
        let body = pem
            .split("-----BEGIN CERTIFICATE-----")
            .nth(1)
            .and_then(|rest| rest.split("-----END").next())
            .expect("a PEM file has a block");
        let der = STANDARD
            .decode(body.split_whitespace().collect::<String>())
            .expect("a block is base64");
        STANDARD.encode(der)
    }
}

#[track_caller]
fn output(mut command: Command, input: &[u8]) -> Vec<u8> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("openssl can be run");
    let mut stdin = child.stdin.take().expect("stdin is piped");
    // The process may end without reading.
    let _ = stdin.write_all(input);
    drop(stdin);
    let done = child.wait_with_output().expect("openssl ends");
    assert!(
        done.status.success(),
        "openssl failed: {}",
        String::from_utf8_lossy(&done.stderr)
    );
    done.stdout
}
