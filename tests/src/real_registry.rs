//! CNCF distribution, as Debian packages it, run in the foreground for one test.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bindery_fake_registry::{Image, Index, digest_of};
use tempfile::TempDir;

use crate::http;
use crate::openssl::Authority;
use crate::program::{Program, find};
use crate::token_server::{self, TokenServer};

/// Access control of the registry.
#[derive(Clone, Copy)]
pub enum Guard<'a> {
    /// Open to every client.
    Anonymous,
    /// One user, by a `Basic` challenge and a password file written by `htpasswd`.
    Htpasswd {
        /// Name of the user.
        user: &'a str,
        /// Password of the user.
        password: &'a str,
    },
    /// Read access for tokens of this server, by a `Bearer` challenge.
    Token(&'a TokenServer),
}

/// Client certificates that the registry asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientCertificate {
    /// None.
    NotAsked,
    /// One that is signed by the registry's authority.
    Demanded,
}

/// Running `docker-registry` on a free port of 127.0.0.1, stopped on drop.
///
/// If the address for clients is neither open nor plain HTTP, images are pushed to a second server that is both.
pub struct RealRegistry {
    front: Server,
    /// Second server over the same storage.
    back: Option<Server>,
    authorization: Option<String>,
    _folder: TempDir,
}

impl RealRegistry {
    /// Starts a registry in plain HTTP, and returns when it listens.
    ///
    /// `None` if a program is missing; see [`find`].
    ///
    /// # Panics
    ///
    /// If the programs exist and the registry does not start; the message has its output.
    pub fn start(guard: Guard<'_>) -> Option<Self> {
        let program = find(Program::Registry)?;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let in_memory = Config::default();
        match guard {
            Guard::Anonymous => Some(Self::over(in_memory.serve(&program, &folder), folder)),
            Guard::Htpasswd { user, password } => {
                let file = folder.path().join("htpasswd");
                write_password_file(&find(Program::Htpasswd)?, &file, user, password);
                let auth = format!(
                    "auth:\n  htpasswd: {{realm: fixture, path: '{}'}}\n",
                    file.display()
                );
                let front = in_memory.with(auth).serve(&program, &folder);
                let login = STANDARD.encode(format!("{user}:{password}"));
                Some(Self {
                    authorization: Some(format!("Basic {login}")),
                    ..Self::over(front, folder)
                })
            }
            Guard::Token(server) => {
                let auth = format!(
                    "auth:\n  token: {{realm: '{}', service: {}, issuer: {}, rootcertbundle: '{}'}}\n",
                    server.realm(),
                    token_server::SERVICE,
                    token_server::ISSUER,
                    server.certificate().display()
                );
                Some(Self::with_back_door(
                    &program,
                    folder,
                    Config::default().with(auth),
                ))
            }
        }
    }

    /// Starts a registry with TLS, open to every client with a valid certificate. Otherwise as [`RealRegistry::start`].
    pub fn start_with_tls(
        authority: &Authority,
        client_certificate: ClientCertificate,
    ) -> Option<Self> {
        let program = find(Program::Registry)?;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let clients = match client_certificate {
            ClientCertificate::NotAsked => String::new(),
            ClientCertificate::Demanded => {
                format!(", clientcas: ['{}']", authority.certificate.display())
            }
        };
        let tls = format!(
            ", tls: {{certificate: '{}', key: '{}'{clients}}}",
            authority.server.certificate.display(),
            authority.server.key.display()
        );
        let config = Config {
            tls,
            ..Config::default()
        };
        Some(Self::with_back_door(&program, folder, config))
    }

    /// Starts a mirror, which fetches and keeps images of `upstream`, an open registry. It accepts no pushes. Otherwise as
    /// [`RealRegistry::start`].
    pub fn start_in_front_of(upstream: &RealRegistry) -> Option<Self> {
        let program = find(Program::Registry)?;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let proxy = format!("proxy: {{remoteurl: 'http://{}'}}\n", upstream.address());
        let front = Config::default().with(proxy).serve(&program, &folder);
        Some(Self::over(front, folder))
    }

    fn over(front: Server, folder: TempDir) -> Self {
        Self {
            front,
            back: None,
            authorization: None,
            _folder: folder,
        }
    }

    fn with_back_door(program: &Path, folder: TempDir, config: Config) -> Self {
        let storage = format!(
            "filesystem: {{rootdirectory: '{}'}}",
            folder.path().join("data").display()
        );
        let open = Config {
            storage: storage.clone(),
            ..Config::default()
        };
        let front = Config { storage, ..config };
        Self {
            back: Some(open.serve(program, &folder)),
            ..Self::over(front.serve(program, &folder), folder)
        }
    }

    /// Returns the address, as `127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        &self.front.address
    }

    /// Uploads an image under `tag`, and returns the digest of its manifest.
    pub fn push(&self, repository: &str, tag: &str, image: &Image) -> String {
        self.upload(repository, image);
        self.put_manifest(repository, tag, image.media_type(), &image.manifest)
    }

    /// Uploads an index with all its images under `tag`, and returns the digest of the index.
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

    /// Stops the registry, and returns its address, whose port refuses connections from now on.
    pub fn stop(self) -> String {
        self.front.address.clone()
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
    ) -> http::Response {
        let mut headers = headers.to_vec();
        if let Some(authorization) = &self.authorization {
            headers.push(("Authorization", authorization));
        }
        let server = self.back.as_ref().unwrap_or(&self.front);
        let reply = http::send(&server.address, method, path, &headers, body)
            .expect("the registry answers");
        let said = String::from_utf8_lossy(&reply.body);
        assert_eq!(
            reply.status, expected,
            "docker-registry answered {method} {path}: {said}"
        );
        reply
    }
}

/// Configuration of one server.
struct Config {
    storage: String,
    /// Text after the address.
    tls: String,
    /// Further sections.
    sections: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            storage: "inmemory: {}".to_owned(),
            tls: String::new(),
            sections: String::new(),
        }
    }
}

impl Config {
    fn with(mut self, section: String) -> Self {
        self.sections.push_str(&section);
        self
    }

    fn serve(&self, program: &Path, folder: &TempDir) -> Server {
        let Self {
            storage,
            tls,
            sections,
        } = self;
        let config = format!(
            "\
version: 0.1
log: {{level: info, formatter: text, accesslog: {{disabled: true}}}}
http: {{addr: '127.0.0.1:0', secret: fixture{tls}}}
storage:
  {storage}
  delete: {{enabled: true}}
  maintenance: {{uploadpurging: {{enabled: false}}}}
{sections}"
        );
        let file = folder.path().join("config.yml");
        fs::write(&file, config).expect("the folder can be written");
        Server::start(program, &file)
    }
}

/// One server process, stopped on drop.
struct Server {
    address: String,
    process: Child,
}

impl Server {
    fn start(program: &Path, config: &Path) -> Self {
        let mut process = Command::new(program)
            .arg("serve")
            .arg(config)
            // The caller's variables could override any key of the file.
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("docker-registry can be run");
        match listening_address(&mut process) {
            Ok(address) => Self { address, process },
            Err(said) => {
                let _ = process.kill();
                let _ = process.wait();
                panic!("docker-registry did not start; it said:\n{said}");
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Waits for the line with the port, then keeps reading so that the server never blocks on a full pipe. Returns the whole output
/// if the server ends first.
fn listening_address(server: &mut Child) -> Result<String, String> {
    let mut lines = BufReader::new(server.stderr.take().expect("stderr is piped")).lines();
    let mut said = String::new();
    for line in lines.by_ref().map_while(Result::ok) {
        if let Some((_, rest)) = line.split_once("listening on ") {
            let address = rest.split(['"', ',']).next().unwrap_or(rest).to_owned();
            std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
            return Ok(address);
        }
        said.push_str(&line);
        said.push('\n');
    }
    Err(said)
}

/// Cost 4, the minimum: the registry hashes the password for every request.
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

    use super::{ClientCertificate, Guard, RealRegistry};
    use crate::openssl::Authority;
    use crate::skopeo::Skopeo;
    use crate::token_server::{Policy, TokenServer};

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
    fn skopeo_reads_with_a_token_what_came_in_by_the_back_door() {
        let policy = Policy::default().user("alice", "secret", "team/*");
        let (Some(server), Some(skopeo)) = (TokenServer::start(policy), Skopeo::find()) else {
            return;
        };
        let Some(registry) = RealRegistry::start(Guard::Token(&server)) else {
            return;
        };
        let digest = registry.push("team/app", "1", &Image::oci("hello"));
        let skopeo = skopeo.with_credential("alice", "secret");
        assert_eq!(
            skopeo.digest(&format!("{}/team/app:1", registry.address())),
            digest
        );
    }

    #[test]
    fn a_registry_with_tls_does_not_speak_in_the_open() {
        let Some(authority) = Authority::new("fixture authority") else {
            return;
        };
        let Some(registry) = RealRegistry::start_with_tls(&authority, ClientCertificate::Demanded)
        else {
            return;
        };
        registry.push("team/app", "1", &Image::oci("hello"));
        let path = "/v2/team/app/manifests/1";
        let open = crate::http::send(registry.address(), "HEAD", path, &[], b"").unwrap();
        assert_eq!(open.status, 400);
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
