//! CNCF distribution, as Debian packages it, run in the foreground for one test.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bindery_fake_registry::{Image, Index, digest_of};
use tempfile::TempDir;

use crate::{
    http,
    program::{Program, find},
};

/// Who may read from and write to the registry.
#[derive(Clone, Copy, Debug)]
pub enum Guard<'a> {
    /// Everybody.
    Anonymous,
    /// One user, by a `Basic` challenge and a password file that `htpasswd` makes.
    Htpasswd {
        /// The user's name.
        user: &'a str,
        /// The user's password.
        password: &'a str,
    },
}

/// A running `docker-registry` that keeps everything in memory; it ends when this is dropped.
pub struct RealRegistry {
    address: String,
    authorization: Option<String>,
    server: Child,
    _folder: TempDir,
}

impl RealRegistry {
    /// Starts a registry on a free port of 127.0.0.1; returns when it listens.
    ///
    /// `None` if a program is missing here; see [`find`].
    ///
    /// # Panics
    ///
    /// If the programs are there and the registry does not start; the message holds what it said.
    pub fn start(guard: Guard<'_>) -> Option<Self> {
        let program = find(Program::Registry)?;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (auth, authorization) = match guard {
            Guard::Anonymous => (String::new(), None),
            Guard::Htpasswd { user, password } => {
                let file = folder.path().join("htpasswd");
                write_password_file(&find(Program::Htpasswd)?, &file, user, password);
                let section = format!(
                    "auth:\n  htpasswd: {{realm: fixture, path: {}}}\n",
                    file.display()
                );
                (
                    section,
                    Some(format!(
                        "Basic {}",
                        STANDARD.encode(format!("{user}:{password}"))
                    )),
                )
            }
        };
        let config = folder.path().join("config.yml");
        fs::write(&config, format!("{CONFIG}{auth}")).expect("the folder can be written");

        let mut server = Command::new(program)
            .arg("serve")
            .arg(&config)
            // The variables of the caller could override any key of the file.
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("docker-registry can be run");
        match listening_address(&mut server) {
            Ok(address) => Some(Self {
                address,
                authorization,
                server,
                _folder: folder,
            }),
            Err(said) => {
                let _ = server.kill();
                let _ = server.wait();
                panic!("docker-registry did not start; it said:\n{said}");
            }
        }
    }

    /// Where it listens, as `127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Uploads an image and points `tag` at it; returns the digest of its manifest.
    pub fn push(&self, repository: &str, tag: &str, image: &Image) -> String {
        self.upload(repository, image);
        self.put_manifest(repository, tag, image.media_type(), &image.manifest)
    }

    /// Uploads an index with all its images and points `tag` at it; returns the digest of the index.
    pub fn push_index(&self, repository: &str, tag: &str, index: &Index) -> String {
        for image in &index.images {
            self.upload(repository, image);
            self.put_manifest(
                repository,
                &image.digest(),
                image.media_type(),
                &image.manifest,
            );
        }
        self.put_manifest(repository, tag, index.media_type(), &index.manifest)
    }

    /// Ends the registry; from now on connections to its port are refused. Returns the address it had.
    pub fn stop(self) -> String {
        self.address.clone()
    }

    fn upload(&self, repository: &str, image: &Image) {
        for blob in [&image.config, &image.layer] {
            let begun = self.send(
                "POST",
                &format!("/v2/{repository}/blobs/uploads/"),
                &[],
                &[],
                202,
            );
            let location = begun.header("location").expect("an upload has a location");
            let path = location
                .strip_prefix("http://")
                .and_then(|rest| Some(&rest[rest.find('/')?..]))
                .unwrap_or(location);
            let join = if path.contains('?') { '&' } else { '?' };
            let path = format!("{path}{join}digest={}", digest_of(blob));
            self.send(
                "PUT",
                &path,
                &[("Content-Type", "application/octet-stream")],
                blob,
                201,
            );
        }
    }

    fn put_manifest(
        &self,
        repository: &str,
        reference: &str,
        media_type: &str,
        bytes: &[u8],
    ) -> String {
        let path = format!("/v2/{repository}/manifests/{reference}");
        let reply = self.send("PUT", &path, &[("Content-Type", media_type)], bytes, 201);
        let digest = digest_of(bytes);
        assert_eq!(
            reply.header("docker-content-digest"),
            Some(digest.as_str()),
            "the digest of what was pushed"
        );
        digest
    }

    fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
        expected: u16,
    ) -> http::Reply {
        let mut headers = headers.to_vec();
        if let Some(authorization) = &self.authorization {
            headers.push(("Authorization", authorization));
        }
        let reply =
            http::send(&self.address, method, path, &headers, body).expect("the registry answers");
        let said = String::from_utf8_lossy(&reply.body);
        assert_eq!(
            reply.status, expected,
            "docker-registry answered {method} {path}: {said}"
        );
        reply
    }
}

impl Drop for RealRegistry {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

const CONFIG: &str = "\
version: 0.1
log: {level: info, formatter: text, accesslog: {disabled: true}}
http: {addr: '127.0.0.1:0', secret: fixture}
storage:
  inmemory: {}
  delete: {enabled: true}
  maintenance: {uploadpurging: {enabled: false}}
";

/// Waits for the line that names the port, then keeps reading so that the server never waits for us.
/// If the server ends first: all that it said.
fn listening_address(server: &mut Child) -> Result<String, String> {
    let mut lines = BufReader::new(server.stderr.take().expect("stderr is piped")).lines();
    let mut said = String::new();
    for line in lines.by_ref().map_while(Result::ok) {
        if let Some((_, rest)) = line.split_once("listening on ") {
            let address = rest.split('"').next().unwrap_or(rest).to_owned();
            std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
            return Ok(address);
        }
        said.push_str(&line);
        said.push('\n');
    }
    Err(said)
}

/// Cost 4, the least there is: the registry hashes the password for every request.
fn write_password_file(htpasswd: &Path, file: &Path, user: &str, password: &str) {
    let made = Command::new(htpasswd)
        .args(["-B", "-b", "-n", "-C", "4", user, password])
        .output()
        .expect("htpasswd can be run");
    assert!(
        made.status.success(),
        "htpasswd said: {}",
        String::from_utf8_lossy(&made.stderr)
    );
    fs::write(file, made.stdout).expect("the folder can be written");
}

#[cfg(test)]
mod tests {
    use bindery_fake_registry::{Format, Image, Index, Options, Registry};

    use super::{Guard, RealRegistry};
    use crate::skopeo::Skopeo;

    #[test]
    fn skopeo_reads_what_we_push_to_the_real_registry() {
        let (Some(registry), Some(skopeo)) =
            (RealRegistry::start(Guard::Anonymous), Skopeo::find())
        else {
            return;
        };
        let pushed = [
            (
                "app/oci",
                registry.push("app/oci", "1", &Image::oci("hello")),
            ),
            (
                "app/docker",
                registry.push("app/docker", "1", &Image::docker("hello")),
            ),
            (
                "app/index",
                registry.push_index(
                    "app/index",
                    "1",
                    &Index::two_platforms(Format::Oci, "hello"),
                ),
            ),
            (
                "app/list",
                registry.push_index(
                    "app/list",
                    "1",
                    &Index::two_platforms(Format::Docker, "hello"),
                ),
            ),
        ];
        for (repository, digest) in pushed {
            assert_eq!(
                skopeo.digest(&format!("{}/{repository}:1", registry.address())),
                digest,
                "{repository}"
            );
        }
    }

    #[test]
    fn skopeo_pushes_our_layout_past_a_password() {
        let guard = Guard::Htpasswd {
            user: "alice",
            password: "secret",
        };
        let (Some(registry), Some(skopeo)) = (RealRegistry::start(guard), Skopeo::find()) else {
            return;
        };
        let skopeo = skopeo.with_credential("alice", "secret");
        let reference = format!("{}/http_example:latest", registry.address());
        skopeo.push(&reference, &Image::oci("hello"));
        assert_eq!(skopeo.digest(&reference), Image::oci("hello").digest());
        assert_eq!(
            registry.push("http_example", "again", &Image::oci("hello")),
            Image::oci("hello").digest()
        );
    }

    #[test]
    fn skopeo_takes_the_fake_registry_for_a_real_one() {
        let Some(skopeo) = Skopeo::find() else {
            return;
        };
        let skopeo = skopeo.with_credential("alice", "secret");
        for options in [
            Options::anonymous(),
            Options::basic("alice", "secret"),
            Options::token_for("alice", "secret"),
        ] {
            let registry = Registry::start(options);
            let digest =
                registry.push_index("app", "1", &Index::two_platforms(Format::Oci, "hello"));
            assert_eq!(
                skopeo.digest(&format!("{}/app:1", registry.address())),
                digest
            );
        }
    }

    #[test]
    fn a_stopped_registry_refuses_connections() {
        let Some(registry) = RealRegistry::start(Guard::Anonymous) else {
            return;
        };
        let address = registry.stop();
        assert!(std::net::TcpStream::connect(address).is_err());
    }
}
