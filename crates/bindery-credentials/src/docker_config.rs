//! What a file of Docker, Podman or skopeo says: `config.json`, `auth.json`, or the `.dockercfg` of old.
//!
//! Keys are hosts, as Docker writes them, or hosts with a path, as Podman does.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use bindery_reference::Registry;
use serde::Deserialize;

use crate::credential::Credential;
use crate::auth_entry::Written;
use crate::keychain::KeychainError;

/// Names that entries for Docker Hub are found under.
const HUB: [&str; 3] = ["docker.io", "index.docker.io", "registry-1.docker.io"];

/// More than any such file; what is longer is something else.
const LONGEST: u64 = 4 << 20;

/// How a text is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `config.json`, `auth.json`.
    Config,
    /// The variable `DOCKER_AUTH_CONFIG`: `auths` and nothing else.
    Variable,
    /// `.dockercfg`: the entries themselves, by host.
    Legacy,
}

/// What one text says.
#[derive(Debug)]
pub(crate) struct DockerConfig {
    /// `None` for an entry that says nothing.
    auths: BTreeMap<String, Option<Credential>>,
    /// Whether keys may have a path.
    has_paths: bool,
    /// Helpers by host; an empty name means none.
    helpers: BTreeMap<String, String>,
    /// The helper for all other hosts.
    store: Option<String>,
    warnings: Vec<String>,
}

type Auths = BTreeMap<String, Option<Written>>;

#[derive(Default, Deserialize)]
struct File {
    auths: Option<Auths>,
    #[serde(rename = "credHelpers")]
    helpers: Option<BTreeMap<String, Option<String>>>,
    #[serde(rename = "credsStore")]
    store: Option<String>,
}

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
    /// If it cannot be read or is not of the form. A single entry that makes no sense is only a warning.
    pub(crate) fn read(path: &Path, form: Form) -> Result<Self, KeychainError> {
        let place = format!("`{}`", path.display());
        let file = std::fs::File::open(path).map_err(|error| unreadable(&place, error))?;
        let mut config = Self::read_from(file, &place, form)?;
        config.warnings.extend(open_to_others(path));
        Ok(config)
    }

    /// Reads all of `source`; `place` is its name in messages.
    ///
    /// # Errors
    ///
    /// As [`DockerConfig::read`].
    pub(crate) fn read_from(
        source: impl Read,
        place: &str,
        form: Form,
    ) -> Result<Self, KeychainError> {
        let mut bytes = Vec::new();
        source
            .take(LONGEST + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| unreadable(place, error))?;
        if bytes.len() as u64 > LONGEST {
            return Err(KeychainError::Syntax {
                place: place.to_owned(),
                problem: format!("it is longer than {LONGEST} bytes"),
            });
        }
        Self::parse(&bytes, place, form)
    }

    /// Reads `bytes`, which are from `place`.
    ///
    /// # Errors
    ///
    /// If they are not of the form.
    pub(crate) fn parse(bytes: &[u8], place: &str, form: Form) -> Result<Self, KeychainError> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let file = match form {
            Form::Config => serde_json::from_slice(bytes),
            Form::Variable => serde_json::from_slice(bytes).map(|Variable { auths }| File {
                auths,
                ..File::default()
            }),
            Form::Legacy => serde_json::from_slice(bytes).map(|auths| File {
                auths: Some(auths),
                ..File::default()
            }),
        };
        let file = file.map_err(|error| KeychainError::Syntax {
            place: place.to_owned(),
            // The error's own text may repeat what it found, which may be a password.
            problem: format!("line {}, column {}", error.line(), error.column()),
        })?;
        let mut config = Self {
            auths: BTreeMap::new(),
            has_paths: form != Form::Legacy,
            helpers: file
                .helpers
                .into_iter()
                .flatten()
                .filter_map(|(host, name)| Some((host, name?)))
                .collect(),
            store: file.store.filter(|name| !name.is_empty()),
            warnings: Vec::new(),
        };
        for (key, written) in file.auths.into_iter().flatten() {
            match written.map_or(Ok(None), Written::read) {
                Ok(entry) => {
                    config.auths.insert(key, entry);
                }
                Err(problem) => config.warnings.push(format!(
                    "the entry `{key}` of {place} is passed over: {problem}"
                )),
            }
        }
        Ok(config)
    }

    /// What is odd about the text, for its owner to know. No secret is in it.
    pub(crate) fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The helper to ask for a registry, by the end of its name.
    pub(crate) fn helper(&self, registry: &Registry) -> Option<&str> {
        let own = find_host(&self.helpers, registry, |_| true);
        let name = own.map(|(_, name)| name).or(self.store.as_ref())?;
        Some(name.as_str()).filter(|name| !name.is_empty())
    }

    /// What to ask a helper for, in this order: it keeps a registry under whatever the program called it that logged in.
    pub(crate) fn servers(&self, registry: &Registry) -> Vec<String> {
        let key = registry.credential_key();
        let written = find_host(&self.auths, registry, |_| true).map(|(key, _)| key.to_owned());
        let other = match registry.is_docker_hub() {
            true => HUB[0].to_owned(),
            false => format!("https://{key}"),
        };
        let mut servers = vec![key];
        for server in written.into_iter().chain([other]) {
            if !servers.contains(&server) {
                servers.push(server);
            }
        }
        servers
    }

    /// The entry for `repository` in `registry`, with its key: the one with the longest path, else the one for the host.
    pub(crate) fn find(
        &self,
        registry: &Registry,
        repository: &str,
    ) -> Option<(&str, &Credential)> {
        let host = registry.to_string();
        let hosts = hosts(registry, &host);
        let mut path = Some(repository).filter(|_| self.has_paths);
        while let Some(prefix) = path {
            for host in &hosts {
                let wanted = |key: &str| {
                    key.get(..host.len())
                        .is_some_and(|begin| begin.eq_ignore_ascii_case(host))
                        && key[host.len()..].strip_prefix('/') == Some(prefix)
                };
                let mut entries = self.auths.iter().filter(|(key, _)| wanted(key));
                if let Some(found) = entries.find_map(|(key, entry)| Some((key, entry.as_ref()?))) {
                    return Some((found.0, found.1));
                }
            }
            path = prefix.rsplit_once('/').map(|(shorter, _)| shorter);
        }
        let (key, entry) = find_host(&self.auths, registry, Option::is_some)?;
        Some((key, entry.as_ref()?))
    }
}

/// What keys for a registry begin with; `host` is its own name.
fn hosts<'a>(registry: &Registry, host: &'a str) -> Vec<&'a str> {
    if registry.is_docker_hub() {
        HUB.to_vec()
    } else {
        vec![host]
    }
}

/// The first useful entry whose key is this host, however it is written: with the very port, else with the default port told or
/// left out.
fn find_host<'m, T>(
    entries: &'m BTreeMap<String, T>,
    registry: &Registry,
    is_useful: impl Fn(&T) -> bool,
) -> Option<(&'m str, &'m T)> {
    let host = registry.to_string();
    let hosts = hosts(registry, &host);
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
    let find = |fits: &dyn Fn(&str) -> bool| {
        let mut entries = entries.iter();
        entries.find(|(key, entry)| is_useful(entry) && fits(key))
    };
    find(&exact)
        .or_else(|| find(&default_port))
        .map(|(key, entry)| (key.as_str(), entry))
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

fn unreadable(place: &str, error: std::io::Error) -> KeychainError {
    KeychainError::Read {
        place: place.to_owned(),
        source: Arc::new(error),
    }
}

/// A warning if others than the owner may read the file.
fn open_to_others(path: &Path) -> Option<String> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let metadata = std::fs::metadata(path).ok()?;
        if metadata.is_file() && metadata.permissions().mode() & 0o077 != 0 {
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
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    fn config(auths: &str) -> DockerConfig {
        parse(&format!("{{\"auths\":{auths}}}"))
    }

    fn parse(text: &str) -> DockerConfig {
        DockerConfig::parse(text.as_bytes(), "`config.json`", Form::Config).unwrap()
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
        let found = config.find(&registry, repository);
        assert_eq!(
            found.and_then(|(_, entry)| entry.username()),
            expected,
            "{registry}/{repository} in {users:?}"
        );
    }

    #[track_caller]
    fn check_entry(entry: &str, expected: Option<(&str, &str)>) {
        let config = config(&format!("{{\"h.example\":{entry}}}"));
        let registry = Registry::parse("h.example").unwrap();
        let found = config.find(&registry, "a").map(|(_, entry)| match entry {
            Credential::Basic { username, password } => (username.as_str(), password.expose()),
            other => panic!("{other:?} is no user and password"),
        });
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
    fn tokens_are_used_in_place_of_a_password() {
        #[track_caller]
        fn check(entry: &str, kind: &str) {
            let config = config(&format!("{{\"h.example\":{entry}}}"));
            let registry = Registry::parse("h.example").unwrap();
            let (_, found) = config.find(&registry, "a").unwrap();
            let (Credential::Identity { token } | Credential::Registry { token }) = found else {
                panic!("{found:?}")
            };
            assert_eq!((found.kind(), token.expose()), (kind, "canary"));
            assert!(!format!("{config:?}").contains("canary"));
        }
        check(r#"{"identitytoken":"canary"}"#, "identity token");
        // As Docker writes it: user, colon, and no password.
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

    /// Which helper is asked for `registry`, and for what.
    #[track_caller]
    fn check_helper(text: &str, registry: &str, expected: Option<(&str, &[&str])>) {
        let config = parse(text);
        let registry = Registry::parse(registry).unwrap();
        let servers = config.servers(&registry);
        let servers: Vec<_> = servers.iter().map(String::as_str).collect();
        let found = config
            .helper(&registry)
            .map(|helper| (helper, &servers[..]));
        assert_eq!(found, expected, "{registry} in {text}");
    }

    #[test]
    fn a_helper_of_the_host_comes_before_that_of_all_hosts() {
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
    fn a_helper_is_asked_under_all_names_that_a_login_may_have_used() {
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
    fn an_empty_entry_hides_none_that_says_something() {
        let text = r#"{"auths":{"h.example/team":{},"h.example":{"username":"u","password":"p"},"https://h.example":{}}}"#;
        let config = parse(text);
        let registry = Registry::parse("h.example").unwrap();
        let (key, found) = config.find(&registry, "team/app").unwrap();
        assert_eq!((key, found.username()), ("h.example", Some("u")));
    }

    #[test]
    fn the_file_of_old_has_its_entries_at_the_top_and_no_paths() {
        let text = r#"{"https://h.example/v1/":{"auth":"YTpi","email":"x"},"other.example/team":{"auth":"YTpi"}}"#;
        let config = DockerConfig::parse(text.as_bytes(), "`.dockercfg`", Form::Legacy).unwrap();
        let find = |host: &str| config.find(&Registry::parse(host).unwrap(), "team/app");
        assert_eq!(find("h.example").unwrap().0, "https://h.example/v1/");
        assert!(find("other.example").is_none());
    }

    #[test]
    fn the_variable_holds_entries_and_nothing_else() {
        let parse =
            |text: &str| DockerConfig::parse(text.as_bytes(), "the variable", Form::Variable);
        let config = parse(r#"{"auths":{"h.example":{"auth":"YTpi"}}}"#).unwrap();
        let registry = Registry::parse("h.example").unwrap();
        assert!(config.find(&registry, "a").is_some());
        assert_eq!(
            parse(r#"{"auths":{},"credsStore":"canary"}"#)
                .unwrap_err()
                .to_string(),
            "the variable is no Docker configuration: line 1, column 24"
        );
    }

    #[test]
    fn files_are_read_with_all_their_oddities() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        std::fs::write(&path, "\u{feff}{\"auths\":null,\"credsStore\":\"pass\"}").unwrap();
        let config = DockerConfig::read(&path, Form::Config).unwrap();
        assert_eq!(config.warnings().len(), usize::from(cfg!(unix)));
        assert!(config.find(&Registry::docker_hub(), "a").is_none());

        std::fs::write(&path, r#"{"auths":{"h":{"auth":["canary"]}}}"#).unwrap();
        let error = DockerConfig::read(&path, Form::Config)
            .unwrap_err()
            .to_string();
        assert!(
            error.ends_with("is no Docker configuration: line 1, column 22"),
            "{error}"
        );
        let error = DockerConfig::read(&folder.path().join("none.json"), Form::Config).unwrap_err();
        assert!(matches!(error, KeychainError::Read { .. }), "{error:?}");
        let endless = DockerConfig::read_from(std::io::repeat(b' '), "it", Form::Config);
        assert_eq!(
            endless.unwrap_err().to_string(),
            "it is no Docker configuration: it is longer than 4194304 bytes"
        );
    }
}
