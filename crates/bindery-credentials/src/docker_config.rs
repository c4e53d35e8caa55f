//! The credentials in a file that Docker, Podman or skopeo wrote: `config.json` or `auth.json`.
//!
//! Read are the plain entries of `auths`. Keys are hosts, as Docker writes them, or hosts with a path, as Podman does.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bindery_reference::Registry;
use bindery_secret::Secret;
use serde::Deserialize;

use crate::credential::Credential;
use crate::keychain::{Keychain, KeychainError};

/// Base64 with or without padding: files have either.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Names that entries for Docker Hub are found under.
const HUB: [&str; 3] = ["docker.io", "index.docker.io", "registry-1.docker.io"];

/// The entries of one file.
#[derive(Debug)]
pub struct DockerConfig {
    path: PathBuf,
    entries: BTreeMap<String, Entry>,
    warnings: Vec<String>,
}

enum Entry {
    Basic { username: String, password: Secret },
    Unsupported(&'static str),
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Entry::Basic { username, password } => write!(f, "{username}:{password}"),
            Entry::Unsupported(kind) => f.write_str(kind),
        }
    }
}

#[derive(Deserialize)]
struct File {
    auths: Option<BTreeMap<String, Option<Written>>>,
}

/// An entry as it is written. Programs add fields of their own, so unknown ones are passed over.
#[derive(Deserialize)]
struct Written {
    auth: Option<String>,
    username: Option<String>,
    password: Option<String>,
    #[serde(rename = "identitytoken")]
    identity_token: Option<String>,
    #[serde(rename = "registrytoken")]
    registry_token: Option<String>,
}

impl DockerConfig {
    /// Reads the file at `path`.
    ///
    /// # Errors
    ///
    /// If it cannot be read or is no JSON of the known form. A single entry that makes no sense is only a warning.
    pub fn read(path: &Path) -> Result<Self, KeychainError> {
        let bytes = std::fs::read(path).map_err(|source| KeychainError::File {
            path: path.to_owned(),
            source: Arc::new(source),
        })?;
        let mut config = Self::parse(path, &bytes)?;
        config.warnings.extend(open_to_others(path));
        Ok(config)
    }

    /// Reads `bytes`, which are those of the file at `path`.
    fn parse(path: &Path, bytes: &[u8]) -> Result<Self, KeychainError> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let file: File = serde_json::from_slice(bytes).map_err(|error| KeychainError::Syntax {
            path: path.to_owned(),
            // The error's own text may repeat what it found, which may be a password.
            problem: format!("line {}, column {}", error.line(), error.column()),
        })?;
        let mut config = Self {
            path: path.to_owned(),
            entries: BTreeMap::new(),
            warnings: Vec::new(),
        };
        for (key, written) in file.auths.into_iter().flatten() {
            match written.map_or(Ok(None), Written::read) {
                Ok(None) => {}
                Ok(Some(entry)) => {
                    config.entries.insert(key, entry);
                }
                Err(problem) => {
                    let path = path.display();
                    config.warnings.push(format!(
                        "the entry `{key}` of `{path}` is passed over: {problem}"
                    ));
                }
            }
        }
        Ok(config)
    }

    /// What is odd about the file, for its owner to know. No secret is in it.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The entry for `repository` in `registry`: the one with the longest path, else the one for the host.
    fn find(&self, registry: &Registry, repository: &str) -> Option<(&str, &Entry)> {
        let host = registry.to_string();
        let hosts = if registry.is_docker_hub() {
            HUB.to_vec()
        } else {
            vec![host.as_str()]
        };
        let mut path = Some(repository);
        while let Some(prefix) = path {
            for host in &hosts {
                let wanted = |key: &str| {
                    key.get(..host.len())
                        .is_some_and(|begin| begin.eq_ignore_ascii_case(host))
                        && key[host.len()..].strip_prefix('/') == Some(prefix)
                };
                if let Some((key, entry)) = self.entries.iter().find(|(key, _)| wanted(key)) {
                    return Some((key, entry));
                }
            }
            path = prefix.rsplit_once('/').map(|(shorter, _)| shorter);
        }
        let exact = |key: &str| {
            hosts
                .iter()
                .any(|host| host_of(key).eq_ignore_ascii_case(host))
        };
        let default_port = |key: &str| {
            let key = host_of(key);
            let (with, without) = match registry.port() {
                Some(443) => (host.as_str(), key),
                None => (key, host.as_str()),
                Some(_) => return false,
            };
            with.strip_suffix(":443")
                .is_some_and(|host| host.eq_ignore_ascii_case(without))
        };
        let find = |fits: &dyn Fn(&str) -> bool| self.entries.iter().find(|(key, _)| fits(key));
        find(&exact)
            .or_else(|| find(&default_port))
            .map(|(key, entry)| (key.as_str(), entry))
    }
}

impl Keychain for DockerConfig {
    fn credential(
        &self,
        registry: &Registry,
        repository: &str,
        _: &[&str],
    ) -> Result<Option<Credential>, KeychainError> {
        match self.find(registry, repository) {
            None => Ok(None),
            Some((_, Entry::Basic { username, password })) => Ok(Some(Credential::Basic {
                username: username.clone(),
                password: password.clone(),
            })),
            Some((key, Entry::Unsupported(kind))) => Err(KeychainError::Unsupported {
                path: self.path.clone(),
                key: key.to_owned(),
                kind,
            }),
        }
    }
}

impl Written {
    fn read(self) -> Result<Option<Entry>, &'static str> {
        let non_empty = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
        if non_empty(&self.registry_token) {
            return Ok(Some(Entry::Unsupported("a registry token")));
        }
        if non_empty(&self.identity_token) {
            return Ok(Some(Entry::Unsupported("an identity token")));
        }
        if let Some(auth) = self.auth.filter(|auth| !auth.trim().is_empty()) {
            let decoded = BASE64
                .decode(auth.trim())
                .map_err(|_| "`auth` is no base64")?;
            let text = String::from_utf8(decoded).map_err(|_| "`auth` holds no text")?;
            let (username, password) = text.split_once(':').ok_or("`auth` holds no colon")?;
            if username.is_empty() {
                return Err("`auth` holds no user name");
            }
            return Ok(Some(Entry::Basic {
                username: username.to_owned(),
                password: Secret::new(password.trim_matches('\0')),
            }));
        }
        match (self.username, self.password) {
            (Some(username), Some(password)) if !username.is_empty() => Ok(Some(Entry::Basic {
                username,
                password: Secret::from(password),
            })),
            // An empty entry tells that a helper has the credential.
            _ => Ok(None),
        }
    }
}

/// The host of an entry's key: without scheme, and without the path that keys of old have.
fn host_of(key: &str) -> &str {
    let bare = ["https://", "http://"]
        .iter()
        .find_map(|scheme| key.strip_prefix(scheme));
    match bare {
        Some(rest) => rest.split('/').next().unwrap_or_default(),
        None => ["/v1/", "/v2/", "/v1", "/v2", "/"]
            .iter()
            .find_map(|path| key.strip_suffix(path))
            .unwrap_or(key),
    }
}

/// A warning if others than the owner may read the file.
fn open_to_others(path: &Path) -> Option<String> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(path).ok()?.permissions().mode();
        if mode & 0o077 != 0 {
            let path = path.display();
            return Some(format!(
                "`{path}` holds credentials and may be read by others; `chmod 600 {path}` ends that"
            ));
        }
    }
    #[cfg(not(unix))]
    let _ = path;
    None
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    fn config(auths: &str) -> DockerConfig {
        DockerConfig::parse(
            Path::new("config.json"),
            format!("{{\"auths\":{auths}}}").as_bytes(),
        )
        .unwrap()
    }

    /// Which of the entries `users` (key, user) is used for `registry` and `repository`.
    #[track_caller]
    fn check(users: &[(&str, &str)], registry: &str, repository: &str, expected: Option<&str>) {
        let entries: Vec<_> = users
            .iter()
            .map(|(key, user)| format!("\"{key}\":{{\"username\":\"{user}\",\"password\":\"p\"}}"))
            .collect();
        let config = config(&format!("{{{}}}", entries.join(",")));
        let registry = Registry::parse(registry).unwrap();
        let found = config.credential(&registry, repository, &["pull"]).unwrap();
        assert_eq!(
            found.as_ref().and_then(Credential::username),
            expected,
            "{registry}/{repository} in {users:?}"
        );
    }

    #[track_caller]
    fn check_entry(entry: &str, expected: Option<(&str, &str)>) {
        let config = config(&format!("{{\"h.example\":{entry}}}"));
        let found = config
            .credential(&Registry::parse("h.example").unwrap(), "a", &["pull"])
            .unwrap();
        let found = found.map(|found| match found {
            Credential::Basic { username, password } => (username, password.expose().to_owned()),
            other => panic!("{other:?} is no user and password"),
        });
        let found = found
            .as_ref()
            .map(|(user, password)| (user.as_str(), password.as_str()));
        assert_eq!(found, expected, "from {entry}");
    }

    #[test]
    fn hosts_are_compared_with_their_port_and_without_case() {
        let users = [("h.example", "plain"), ("h.example:5000", "port")];
        check(&users, "h.example", "a", Some("plain"));
        check(&users, "H.Example:5000", "a", Some("port"));
        check(&users, "h.example:5001", "a", None);
        check(&users, "other.example", "a", None);
        check(&[("H.EXAMPLE", "u")], "h.example", "a", Some("u"));
    }

    #[test]
    fn the_default_port_may_be_left_out() {
        check(&[("h.example:443", "u")], "h.example", "a", Some("u"));
        check(&[("h.example", "u")], "h.example:443", "a", Some("u"));
        check(
            &[("h.example:443", "a"), ("h.example", "b")],
            "h.example",
            "a",
            Some("b"),
        );
        check(&[("h.example:80", "u")], "h.example", "a", None);
    }

    #[test]
    fn keys_of_old_have_a_scheme_and_a_path() {
        for key in [
            "https://h.example",
            "https://h.example/v1/",
            "http://h.example/v2/",
            "h.example/v1/",
            "h.example/",
        ] {
            check(&[(key, "u")], "h.example", "team/app", Some("u"));
        }
    }

    #[test]
    fn the_longest_path_wins() {
        let users = [
            ("h.example", "host"),
            ("h.example/team", "team"),
            ("h.example/team/app", "app"),
            ("https://h.example/v1/", "old"),
        ];
        check(&users, "h.example", "team/app", Some("app"));
        check(&users, "h.example", "team/app/x", Some("app"));
        check(&users, "h.example", "team/other", Some("team"));
        check(&users, "h.example", "teams/other", Some("host"));
        check(&[("h.example/team", "team")], "h.example", "other", None);
    }

    #[test]
    fn docker_hub_is_found_under_all_its_names() {
        for key in [
            "https://index.docker.io/v1/",
            "docker.io",
            "index.docker.io",
            "https://registry-1.docker.io/v2/",
        ] {
            check(&[(key, "u")], "docker.io", "library/x", Some("u"));
            check(
                &[(key, "u")],
                "registry-1.docker.io",
                "library/x",
                Some("u"),
            );
        }
        check(
            &[("docker.io/team", "t"), ("docker.io", "u")],
            "docker.io",
            "team/x",
            Some("t"),
        );
        check(
            &[("https://index.docker.io/v1/", "u")],
            "quay.io",
            "library/x",
            None,
        );
    }

    #[test]
    fn an_entry_holds_user_and_password_in_one_of_two_ways() {
        let auth = |text: &str| format!("{{\"auth\":\"{}\"}}", STANDARD.encode(text));
        check_entry(&auth("alice:secret"), Some(("alice", "secret")));
        check_entry(&auth("alice:pa:ss"), Some(("alice", "pa:ss")));
        check_entry(&auth("alice:secret\0\0"), Some(("alice", "secret")));
        check_entry(&auth("alice:"), Some(("alice", "")));
        check_entry(
            r#"{"auth":" YTpi ","username":"x","password":"y"}"#,
            Some(("a", "b")),
        );
        check_entry(
            r#"{"auth":"YWxpY2U6c2VjcmV0MQ"}"#,
            Some(("alice", "secret1")),
        );
        check_entry(
            r#"{"username":"x","password":"y","email":"z"}"#,
            Some(("x", "y")),
        );
        check_entry("{}", None);
        check_entry("null", None);
        check_entry(r#"{"auth":"","username":""}"#, None);
    }

    #[test]
    fn an_entry_that_makes_no_sense_is_passed_over_with_a_warning() {
        let config =
            config(r#"{"a":{"auth":"???"},"b":{"auth":"Y2FuYXJ5"},"c":{"auth":"OmNhbmFyeQ=="}}"#);
        assert_eq!(
            config.warnings(),
            [
                "the entry `a` of `config.json` is passed over: `auth` is no base64",
                "the entry `b` of `config.json` is passed over: `auth` holds no colon",
                "the entry `c` of `config.json` is passed over: `auth` holds no user name",
            ]
        );
    }

    #[test]
    fn tokens_are_told_to_be_unusable() {
        let config = config(r#"{"h.example":{"identitytoken":"canary"}}"#);
        let error = config
            .credential(&Registry::parse("h.example").unwrap(), "a", &["pull"])
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "the entry `h.example` of `config.json` holds an identity token, which cannot be used here"
        );
        assert!(!format!("{config:?}").contains("canary"));
    }

    #[test]
    fn files_are_read_with_all_their_oddities() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        std::fs::write(&path, "\u{feff}{\"auths\":null,\"credsStore\":\"pass\"}").unwrap();
        let config = DockerConfig::read(&path).unwrap();
        assert_eq!(config.warnings().len(), usize::from(cfg!(unix)));
        assert!(
            config
                .credential(&Registry::docker_hub(), "a", &["pull"])
                .unwrap()
                .is_none()
        );

        std::fs::write(&path, r#"{"auths":{"h":{"auth":["canary"]}}}"#).unwrap();
        let error = DockerConfig::read(&path).unwrap_err().to_string();
        assert!(
            error.ends_with("is no Docker configuration: line 1, column 22"),
            "{error}"
        );
        let error = DockerConfig::read(&folder.path().join("none.json")).unwrap_err();
        assert!(matches!(error, KeychainError::File { .. }), "{error:?}");
    }
}
