//! Docker configurations: `config.json`, `auth.json` of Podman and skopeo, and the older `.dockercfg`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use bindery_diagnostic::{Diagnostic, Kind};
use bindery_reference::Registry;
use serde::Deserialize;

use crate::auth_entry::AuthEntry;
use crate::credential::Credential;
use crate::error::KeychainError;
use crate::host_keys::{DOCKER_HUB, find_host, find_path};

/// Maximum size of a configuration, in bytes.
const MAX_SIZE: u64 = 4 << 20;

/// Format of a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// `config.json` and `auth.json`.
    Config,
    /// Value of the variable `DOCKER_AUTH_CONFIG`: `auths` only.
    Variable,
    /// `.dockercfg`: the entries of `auths` at the top level.
    Legacy,
}

/// Contents of a configuration.
#[derive(Debug)]
pub(crate) struct DockerConfig {
    /// Entries by key; `None` for an empty entry.
    auths: BTreeMap<String, Option<Credential>>,
    /// Whether keys may contain the path of a repository.
    has_paths: bool,
    /// Names of helpers by host; an empty name disables the helper for all hosts.
    helpers: BTreeMap<String, String>,
    /// Name of the helper for all other hosts.
    store: Option<String>,
    warnings: Vec<Diagnostic>,
}

type Auths = BTreeMap<String, Option<AuthEntry>>;

/// `config.json`. Ignores all other fields.
#[derive(Default, Deserialize)]
struct ConfigFile {
    auths: Option<Auths>,
    #[serde(rename = "credHelpers")]
    helpers: Option<BTreeMap<String, Option<String>>>,
    #[serde(rename = "credsStore")]
    store: Option<String>,
}

/// Value of the variable. Rejects other fields, as Docker does.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Variable {
    auths: Option<Auths>,
}

impl DockerConfig {
    /// Reads the file at `path`.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or has another format. A single invalid entry is only a warning.
    pub(crate) fn read(path: &Path, format: Format) -> Result<Self, KeychainError> {
        let name = format!("`{}`", path.display());
        let file = File::open(path).map_err(|error| unreadable(&name, error))?;
        let mut config = Self::read_from(file, &name, format)?;
        config.warnings.extend(check_permissions(path));
        Ok(config)
    }

    /// Reads all of `source`; `name` is the name of the source for messages.
    ///
    /// # Errors
    ///
    /// As [`DockerConfig::read`], or if the source is too long.
    pub(crate) fn read_from(
        source: impl Read,
        name: &str,
        format: Format,
    ) -> Result<Self, KeychainError> {
        let mut bytes = Vec::new();
        source
            .take(MAX_SIZE + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| unreadable(name, error))?;
        if bytes.len() as u64 > MAX_SIZE {
            return Err(KeychainError::Syntax {
                name: name.to_owned(),
                problem: format!("longer than {MAX_SIZE} bytes"),
            });
        }
        Self::parse(&bytes, name, format)
    }

    /// Parses `bytes`; `name` is the name of their source for messages.
    ///
    /// # Errors
    ///
    /// If the bytes have another format.
    pub(crate) fn parse(bytes: &[u8], name: &str, format: Format) -> Result<Self, KeychainError> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let file = match format {
            Format::Config => serde_json::from_slice(bytes),
            Format::Variable => {
                serde_json::from_slice(bytes).map(|Variable { auths }| ConfigFile {
                    auths,
                    ..ConfigFile::default()
                })
            }
            Format::Legacy => serde_json::from_slice(bytes).map(|auths| ConfigFile {
                auths: Some(auths),
                ..ConfigFile::default()
            }),
        };
        let file = file.map_err(|error| KeychainError::Syntax {
            name: name.to_owned(),
            // The text of the parser's error may quote a password.
            problem: format!("line {}, column {}", error.line(), error.column()),
        })?;
        let mut config = Self {
            auths: BTreeMap::new(),
            has_paths: format != Format::Legacy,
            helpers: file
                .helpers
                .into_iter()
                .flatten()
                .filter_map(|(host, name)| Some((host, name?)))
                .collect(),
            store: file.store.filter(|name| !name.is_empty()),
            warnings: Vec::new(),
        };
        for (key, entry) in file.auths.into_iter().flatten() {
            match entry.map_or(Ok(None), AuthEntry::into_credential) {
                Ok(credential) => {
                    config.auths.insert(key, credential);
                }
                Err(problem) => config.warnings.push(Diagnostic::new(
                    Kind::Invalid,
                    format!("ignoring the entry `{key}` of {name}: {problem}"),
                )),
            }
        }
        Ok(config)
    }

    /// Returns warnings about unusual contents, without secrets.
    pub(crate) fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// Returns the name of the helper for `registry`, the part after `docker-credential-`.
    pub(crate) fn helper(&self, registry: &Registry) -> Option<&str> {
        let own = find_host(&self.helpers, registry, |_| true);
        let name = own.map(|(_, name)| name).or(self.store.as_ref())?;
        Some(name.as_str()).filter(|name| !name.is_empty())
    }

    /// Returns the server names to ask a helper for, in order: a helper stores a credential under the name that the login used.
    pub(crate) fn servers(&self, registry: &Registry) -> Vec<String> {
        let key = registry.credential_key();
        let entry_key = find_host(&self.auths, registry, |_| true).map(|(key, _)| key.to_owned());
        let other = if registry.is_docker_hub() {
            DOCKER_HUB[0].to_owned()
        } else {
            format!("https://{key}")
        };
        let mut servers = vec![key];
        for server in entry_key.into_iter().chain([other]) {
            if !servers.contains(&server) {
                servers.push(server);
            }
        }
        servers
    }

    /// Returns the credential for `repository` in `registry`, and the key of its entry.
    pub(crate) fn find(
        &self,
        registry: &Registry,
        repository: &str,
    ) -> Option<(&str, &Credential)> {
        let entry = if self.has_paths {
            find_path(&self.auths, registry, repository, Option::is_some)
        } else {
            find_host(&self.auths, registry, Option::is_some)
        };
        let (key, entry) = entry?;
        Some((key, entry.as_ref()?))
    }
}

fn unreadable(name: &str, error: io::Error) -> KeychainError {
    KeychainError::Read {
        name: name.to_owned(),
        source: Arc::new(error),
    }
}

/// Returns a warning if other users can read the file.
fn check_permissions(path: &Path) -> Option<Diagnostic> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let metadata = std::fs::metadata(path).ok()?;
        if metadata.is_file() && metadata.permissions().mode() & 0o077 != 0 {
            let path = path.display();
            let message = format!("`{path}` contains credentials and other users can read it");
            let warning = Diagnostic::new(Kind::Invalid, message);
            return Some(warning.hint(format!("run `chmod 600 {path}`")));
        }
    }
    #[cfg(not(unix))]
    let _ = path;
    None
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    fn config(auths: &str) -> DockerConfig {
        parse(&format!("{{\"auths\":{auths}}}"))
    }

    fn parse(text: &str) -> DockerConfig {
        DockerConfig::parse(text.as_bytes(), "`config.json`", Format::Config).unwrap()
    }

    #[track_caller]
    fn check_entry(entry: &str, expected: Option<(&str, &str)>) {
        let config = config(&format!("{{\"h.example\":{entry}}}"));
        let registry = Registry::parse("h.example").unwrap();
        let credential = config.find(&registry, "a");
        let credential = credential.map(|(_, credential)| match credential {
            Credential::Basic { username, password } => (username.as_str(), password.expose()),
            other => panic!("{other:?} has no user and password"),
        });
        assert_eq!(credential, expected, "from {entry}");
    }

    #[test]
    fn an_entry_contains_user_and_password_in_one_of_two_forms() {
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
    fn an_invalid_entry_is_ignored_with_a_warning() {
        let config =
            config(r#"{"a":{"auth":"???"},"b":{"auth":"Y2FuYXJ5"},"c":{"auth":"OmNhbmFyeQ=="}}"#);
        let messages = config.warnings().iter().map(|warning| &warning.message);
        assert_eq!(
            messages.collect::<Vec<_>>(),
            [
                "ignoring the entry `a` of `config.json`: `auth` is not valid base64",
                "ignoring the entry `b` of `config.json`: `auth` contains no colon",
                "ignoring the entry `c` of `config.json`: `auth` contains no user name",
            ]
        );
    }

    #[test]
    fn tokens_win_over_a_password() {
        #[track_caller]
        fn check(entry: &str, kind: &str) {
            let config = config(&format!("{{\"h.example\":{entry}}}"));
            let registry = Registry::parse("h.example").unwrap();
            let (_, credential) = config.find(&registry, "a").unwrap();
            let (Credential::Identity { token } | Credential::Registry { token }) = credential
            else {
                panic!("{credential:?}")
            };
            assert_eq!((credential.kind(), token.expose()), (kind, "canary"));
            assert!(!format!("{config:?}").contains("canary"));
        }
        check(r#"{"identitytoken":"canary"}"#, "identity token");
        // Docker writes user and colon without a password.
        check(
            r#"{"auth":"YWxpY2U6","identitytoken":"canary"}"#,
            "identity token",
        );
        check(r#"{"registrytoken":"canary"}"#, "registry token");
        check(
            r#"{"identitytoken":"x","registrytoken":"canary","auth":"YTpi"}"#,
            "registry token",
        );
        check(
            r#"{"identitytoken":"canary","registrytoken":""}"#,
            "identity token",
        );
    }

    /// Checks the helper for `registry`, and the server names to ask the helper for.
    #[track_caller]
    fn check_helper(text: &str, registry: &str, expected: Option<(&str, &[&str])>) {
        let config = parse(text);
        let registry = Registry::parse(registry).unwrap();
        let servers = config.servers(&registry);
        let servers: Vec<_> = servers.iter().map(String::as_str).collect();
        let helper = config
            .helper(&registry)
            .map(|helper| (helper, &servers[..]));
        assert_eq!(helper, expected, "{registry} in {text}");
    }

    #[test]
    fn the_helper_of_a_host_wins_over_the_helper_for_all_hosts() {
        let text = r#"{"credsStore":"all","credHelpers":{"h.example":"own","h.example:5000":"port","off.example":"","null.example":null}}"#;
        let own: &[&str] = &["h.example", "https://h.example"];
        check_helper(text, "h.example", Some(("own", own)));
        check_helper(
            text,
            "H.example:5000",
            Some(("port", &["H.example:5000", "https://H.example:5000"])),
        );
        check_helper(
            text,
            "other.example",
            Some(("all", &["other.example", "https://other.example"])),
        );
        check_helper(
            text,
            "null.example",
            Some(("all", &["null.example", "https://null.example"])),
        );
        check_helper(text, "off.example", None);
        check_helper(r#"{"credsStore":""}"#, "h.example", None);
        check_helper(
            r#"{"credHelpers":{"h.example":"own"}}"#,
            "other.example",
            None,
        );
        check_helper(
            r#"{"credsStore":null,"credHelpers":null}"#,
            "h.example",
            None,
        );
    }

    #[test]
    fn a_helper_is_asked_for_each_name_that_a_login_may_use() {
        let hub: &[&str] = &["https://index.docker.io/v1/", "docker.io"];
        for key in [
            "docker.io",
            "index.docker.io",
            "https://index.docker.io/v1/",
        ] {
            let text = format!("{{\"credHelpers\":{{\"{key}\":\"own\"}}}}");
            check_helper(&text, "docker.io", Some(("own", hub)));
            check_helper(&text, "registry-1.docker.io", Some(("own", hub)));
        }
        check_helper(
            r#"{"credsStore":"all","auths":{"https://h.example/v1/":{}}}"#,
            "h.example",
            Some((
                "all",
                &["h.example", "https://h.example/v1/", "https://h.example"],
            )),
        );
    }

    #[test]
    fn an_empty_entry_does_not_hide_another_entry() {
        let text = r#"{"auths":{"h.example/team":{},"h.example":{"username":"u","password":"p"},"https://h.example":{}}}"#;
        let config = parse(text);
        let registry = Registry::parse("h.example").unwrap();
        let (key, credential) = config.find(&registry, "team/app").unwrap();
        assert_eq!((key, credential.username()), ("h.example", Some("u")));
    }

    #[test]
    fn the_legacy_format_has_entries_at_the_top_level_and_no_paths() {
        let text = r#"{"https://h.example/v1/":{"auth":"YTpi","email":"x"},"other.example/team":{"auth":"YTpi"}}"#;
        let config = DockerConfig::parse(text.as_bytes(), "`.dockercfg`", Format::Legacy).unwrap();
        let find = |host: &str| config.find(&Registry::parse(host).unwrap(), "team/app");
        assert_eq!(find("h.example").unwrap().0, "https://h.example/v1/");
        assert!(find("other.example").is_none());
    }

    #[test]
    fn the_variable_contains_only_entries() {
        let parse =
            |text: &str| DockerConfig::parse(text.as_bytes(), "the variable", Format::Variable);
        let config = parse(r#"{"auths":{"h.example":{"auth":"YTpi"}}}"#).unwrap();
        let registry = Registry::parse("h.example").unwrap();
        assert!(config.find(&registry, "a").is_some());
        assert_eq!(
            parse(r#"{"auths":{},"credsStore":"canary"}"#)
                .unwrap_err()
                .to_string(),
            "the variable is not a valid Docker configuration: line 1, column 24"
        );
    }

    #[test]
    fn a_byte_order_mark_is_ignored_and_errors_quote_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        std::fs::write(&path, "\u{feff}{\"auths\":null,\"credsStore\":\"pass\"}").unwrap();
        let config = DockerConfig::read(&path, Format::Config).unwrap();
        assert_eq!(config.warnings().len(), usize::from(cfg!(unix)));
        assert!(config.find(&Registry::docker_hub(), "a").is_none());

        std::fs::write(&path, r#"{"auths":{"h":{"auth":["canary"]}}}"#).unwrap();
        let error = DockerConfig::read(&path, Format::Config)
            .unwrap_err()
            .to_string();
        assert!(
            error.ends_with("is not a valid Docker configuration: line 1, column 22"),
            "{error}"
        );
        let error =
            DockerConfig::read(&folder.path().join("none.json"), Format::Config).unwrap_err();
        assert!(matches!(error, KeychainError::Read { .. }), "{error:?}");
        let endless = DockerConfig::read_from(std::io::repeat(b' '), "it", Format::Config);
        assert_eq!(
            endless.unwrap_err().to_string(),
            "it is not a valid Docker configuration: longer than 4194304 bytes"
        );
    }
}
