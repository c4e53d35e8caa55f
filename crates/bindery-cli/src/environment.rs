//! Environment of the process: variables, and the name of the user. No other module reads them.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::{env, fs};

use bindery_credentials::{CredentialSource, Location};
use bindery_diagnostic::{Diagnostic, Kind};
use bindery_http::{Proxies, TrustSettings};
use bindery_secret::Secret;

/// Variable whose text contains credentials.
const DOCKER_AUTH_CONFIG: &str = "DOCKER_AUTH_CONFIG";

/// Environment variables of the process.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    home: Option<PathBuf>,
    config_home: Option<PathBuf>,
    cache_home: Option<PathBuf>,
    aurora_config_root: Option<PathBuf>,
    registry_auth_file: Option<PathBuf>,
    docker_auth_config: Option<Secret>,
    docker_config: Option<PathBuf>,
    runtime_dir: Option<PathBuf>,
    path: Option<OsString>,
    ssl_cert_file: Option<PathBuf>,
    ssl_cert_dir: Option<PathBuf>,
    proxies: Proxies,
}

impl Environment {
    /// Reads the variables. An empty variable counts as unset.
    pub fn read() -> Self {
        let path = |name: &str| {
            env::var_os(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        // The XDG base directory specification requires that relative paths are ignored.
        let base = |name: &str| path(name).filter(|path| path.is_absolute());
        Self {
            home: path("HOME"),
            config_home: base("XDG_CONFIG_HOME"),
            cache_home: base("XDG_CACHE_HOME"),
            aurora_config_root: path("AURORA_CONFIG_ROOT"),
            registry_auth_file: path("REGISTRY_AUTH_FILE"),
            // Invalid UTF-8 is reported later, as invalid JSON.
            docker_auth_config: path(DOCKER_AUTH_CONFIG)
                .map(|text| Secret::new(text.to_string_lossy())),
            docker_config: path("DOCKER_CONFIG"),
            runtime_dir: base("XDG_RUNTIME_DIR"),
            path: env::var_os("PATH"),
            ssl_cert_file: path("SSL_CERT_FILE"),
            ssl_cert_dir: path("SSL_CERT_DIR"),
            proxies: proxies(|name| env::var(name).ok()),
        }
    }

    /// Returns the paths of `bindery.toml`, in order of rising precedence.
    pub fn configuration_files(&self) -> Vec<PathBuf> {
        let of_user = self
            .config_home
            .clone()
            .or_else(|| self.home.as_ref().map(|home| home.join(".config")));
        let folders = [Some(PathBuf::from("/etc")), of_user];
        folders
            .into_iter()
            .flatten()
            .map(|folder| folder.join("bindery").join("bindery.toml"))
            .collect()
    }

    /// Returns the folders of `clusters.json`, in order of rising precedence.
    pub fn cluster_folders(&self) -> Vec<PathBuf> {
        let of_machine = self
            .aurora_config_root
            .clone()
            .unwrap_or_else(|| PathBuf::from("/etc/aurora"));
        let of_user = self.home.as_ref().map(|home| home.join(".aurora"));
        [Some(of_machine), of_user].into_iter().flatten().collect()
    }

    /// Returns the user's folder of caches.
    pub fn cache_folder(&self) -> Option<PathBuf> {
        self.cache_home
            .clone()
            .or_else(|| self.home.as_ref().map(|home| home.join(".cache")))
    }

    /// Returns the places of credentials in the order of the search. `auth_file` is the file of the command line.
    pub fn credential_places(&self, auth_file: Option<&Path>) -> Vec<CredentialSource> {
        let place = |named_by, location| CredentialSource {
            location,
            named_by,
            is_required: false,
        };
        let file = |named_by, path| place(named_by, Location::File(path));
        let home = |below: &str| self.home.as_ref().map(|home| home.join(below));
        let named = auth_file.map(|path| CredentialSource {
            is_required: true,
            ..place(
                Some("--auth-file"),
                match path.to_str() {
                    Some("-") => Location::StandardInput,
                    _ => Location::File(path.to_owned()),
                },
            )
        });
        let of_variable = self.registry_auth_file.clone();
        let of_variable = of_variable.map(|path| file(Some("REGISTRY_AUTH_FILE"), path));
        let text = self.docker_auth_config.clone();
        let text = text.map(|text| place(Some(DOCKER_AUTH_CONFIG), Location::Text(text)));
        let of_docker = match &self.docker_config {
            Some(folder) => Some(file(Some("DOCKER_CONFIG"), folder.join("config.json"))),
            None => home(".docker/config.json").map(|path| file(None, path)),
        };
        let of_session = match &self.runtime_dir {
            Some(folder) => Some(file(
                Some("XDG_RUNTIME_DIR"),
                folder.join("containers/auth.json"),
            )),
            None => {
                user_id().map(|id| file(None, format!("/run/containers/{id}/auth.json").into()))
            }
        };
        let of_user = match &self.config_home {
            Some(folder) => Some(file(
                Some("XDG_CONFIG_HOME"),
                folder.join("containers/auth.json"),
            )),
            None => home(".config/containers/auth.json").map(|path| file(None, path)),
        };
        let legacy = home(".dockercfg").map(|path| place(None, Location::LegacyFile(path)));
        [
            named,
            of_variable,
            text,
            of_docker,
            of_session,
            of_user,
            legacy,
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// Returns `PATH`.
    pub fn program_path(&self) -> OsString {
        self.path.clone().unwrap_or_default()
    }

    /// Returns the settings of certificates: authorities in place of the system's, and folders of certificates.
    pub fn trust(&self) -> TrustSettings {
        TrustSettings {
            file: self.ssl_cert_file.clone(),
            directory: self.ssl_cert_dir.clone(),
            extra: Vec::new(),
            folders: self.certificate_folders(),
        }
    }

    /// Returns the folders in which Docker and the containers tools keep certificates by host. The first folder of a host wins.
    fn certificate_folders(&self) -> Vec<PathBuf> {
        let of_user = self.home.as_ref().map(|home| home.join(".config"));
        let of_containers = [of_user, Some(PathBuf::from("/etc"))];
        let folders = of_containers.into_iter().flatten();
        folders
            .map(|folder| folder.join("containers/certs.d"))
            .chain([PathBuf::from("/etc/docker/certs.d")])
            .collect()
    }

    /// Returns the proxies.
    pub fn proxies(&self) -> Proxies {
        self.proxies.clone()
    }

    /// Returns the program `name`: a path, or an executable file in a folder of `PATH`.
    pub fn program(&self, name: &str) -> Option<PathBuf> {
        if name.contains('/') {
            return Some(PathBuf::from(name));
        }
        let runs = |file: &PathBuf| {
            fs::metadata(file).is_ok_and(|metadata| {
                metadata.is_file() && metadata.permissions().mode() & 0o111 != 0
            })
        };
        env::split_paths(self.path.as_ref()?)
            .filter(|folder| folder.is_absolute())
            .map(|folder| folder.join(name))
            .find(runs)
    }

    /// Returns the variables in `names` that are set to UTF-8 text.
    pub fn variables(&self, names: &[String]) -> BTreeMap<String, String> {
        names
            .iter()
            .filter_map(|name| Some((name.clone(), env::var(name).ok()?)))
            .collect()
    }

    /// Returns `SOURCE_DATE_EPOCH`: the time that job files see, in seconds since 1970.
    ///
    /// # Errors
    ///
    /// If the variable is not a number.
    pub fn source_date_epoch(&self) -> Result<Option<i64>, Diagnostic> {
        let text = env::var("SOURCE_DATE_EPOCH").unwrap_or_default();
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|_| {
            let message =
                format!("SOURCE_DATE_EPOCH is `{text}`, which is not a number of seconds");
            Diagnostic::new(Kind::Invalid, message)
        })
    }

    /// Returns the user's name in the way of Python's `getpass.getuser()`: the first of `LOGNAME`, `USER`, `LNAME` and `USERNAME` that is set,
    /// else the name of the account that runs the process.
    pub fn user(&self) -> Option<String> {
        user(
            |name| env::var(name).ok(),
            || account(Path::new("/proc/self"), Path::new("/etc/passwd")),
        )
    }
}

/// Reads the proxies. A variable in upper case wins over the one in lower case. `HTTP_PROXY` is ignored under a web server, which copies the
/// header `Proxy` of a request into it.
fn proxies(variable: impl Fn(&str) -> Option<String>) -> Proxies {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let first = |name: &str| set(name).or_else(|| set(&name.to_ascii_lowercase()));
    let http = match set("REQUEST_METHOD") {
        Some(_) => set("http_proxy"),
        None => first("HTTP_PROXY"),
    };
    Proxies {
        https: first("HTTPS_PROXY").map(Secret::from),
        http: http.map(Secret::from),
        all: first("ALL_PROXY").map(Secret::from),
        none_for: first("NO_PROXY").unwrap_or_default(),
    }
}

fn user(
    variable: impl Fn(&str) -> Option<String>,
    account: impl FnOnce() -> Option<String>,
) -> Option<String> {
    let variables = ["LOGNAME", "USER", "LNAME", "USERNAME"].into_iter();
    variables
        .filter_map(variable)
        .find(|value| !value.is_empty())
        .or_else(account)
}

/// Returns the number of the user who runs the process.
fn user_id() -> Option<String> {
    owner(Path::new("/proc/self"))
}

/// Returns the number of the owner of `process`.
fn owner(process: &Path) -> Option<String> {
    Some(fs::metadata(process).ok()?.uid().to_string())
}

/// Returns the name of the owner of `process` in the account database.
fn account(process: &Path, database: &Path) -> Option<String> {
    let id = owner(process)?;
    let database = fs::read_to_string(database).ok()?;
    let mut accounts = database
        .lines()
        .map(|line| line.split(':').collect::<Vec<_>>());
    let account = accounts.find(|fields| fields.get(2) == Some(&id.as_str()))?;
    account
        .first()
        .filter(|name| !name.is_empty())
        .map(|name| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_user(variables: &[(&str, &str)], expected: &str) {
        let variable = |name: &str| {
            variables
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        };
        assert_eq!(
            user(variable, || Some("account".to_owned())).as_deref(),
            Some(expected)
        );
    }

    #[test]
    fn variables_win_over_the_account() {
        check_user(&[("USERNAME", "d"), ("LOGNAME", "a"), ("USER", "b")], "a");
        check_user(&[("LOGNAME", ""), ("LNAME", "c")], "c");
        check_user(&[("HOME", "/home/x")], "account");
    }

    #[track_caller]
    fn check_proxies(variables: &[(&str, &str)], expected: [Option<&str>; 3], none_for: &str) {
        let read = proxies(|name| {
            let same = variables.iter().find(|(key, _)| *key == name);
            same.map(|(_, value)| (*value).to_owned())
        });
        let all = [&read.https, &read.http, &read.all];
        assert_eq!(
            all.map(|proxy| proxy.as_ref().map(Secret::expose)),
            expected,
            "{variables:?}"
        );
        assert_eq!(read.none_for, none_for);
    }

    #[test]
    fn proxies_are_in_upper_or_lower_case() {
        check_proxies(&[], [None; 3], "");
        let all = [
            ("HTTPS_PROXY", "a"),
            ("https_proxy", "b"),
            ("http_proxy", "c"),
            ("ALL_PROXY", ""),
            ("all_proxy", "d"),
            ("no_proxy", "e"),
        ];
        check_proxies(&all, [Some("a"), Some("c"), Some("d")], "e");
        let of_visitor = [("REQUEST_METHOD", "GET"), ("HTTP_PROXY", "evil")];
        check_proxies(&of_visitor, [None; 3], "");
    }

    #[test]
    fn account_is_found_by_its_number() {
        let folder = tempfile::tempdir().unwrap();
        let id = fs::metadata(folder.path()).unwrap().uid();
        let database = folder.path().join("passwd");
        let text = format!(
            "other:x:{}:0::/:/bin/sh\nshort\nme:x:{id}:0::/:/bin/sh\n",
            id + 1
        );
        fs::write(&database, text).unwrap();
        assert_eq!(account(folder.path(), &database).as_deref(), Some("me"));
        assert_eq!(account(folder.path(), &folder.path().join("missing")), None);
    }

    #[test]
    fn variables_select_folders() {
        let none = Environment::default();
        assert_eq!(
            none.configuration_files(),
            [Path::new("/etc/bindery/bindery.toml")]
        );
        assert_eq!(none.cluster_folders(), [Path::new("/etc/aurora")]);
        let home = Environment {
            home: Some("/h".into()),
            ..Environment::default()
        };
        assert_eq!(
            home.configuration_files()[1],
            Path::new("/h/.config/bindery/bindery.toml")
        );
        assert_eq!(
            home.cluster_folders(),
            [Path::new("/etc/aurora"), Path::new("/h/.aurora")]
        );
        assert_eq!(
            home.trust().folders,
            [
                Path::new("/h/.config/containers/certs.d"),
                Path::new("/etc/containers/certs.d"),
                Path::new("/etc/docker/certs.d"),
            ]
        );
        let all = Environment {
            config_home: Some("/c".into()),
            aurora_config_root: Some("/a".into()),
            ..home
        };
        assert_eq!(
            all.configuration_files()[1],
            Path::new("/c/bindery/bindery.toml")
        );
        assert_eq!(
            all.cluster_folders(),
            [Path::new("/a"), Path::new("/h/.aurora")]
        );
    }

    /// Returns the names of the places in order, each after the option or variable that names it.
    fn places(environment: &Environment, auth_file: Option<&str>) -> Vec<String> {
        let places = environment.credential_places(auth_file.map(Path::new));
        let name = |place: &CredentialSource| match place.named_by {
            Some(named_by) => format!("{named_by} {}", place.name()),
            None => place.name(),
        };
        places.iter().map(name).collect()
    }

    #[test]
    fn places_of_credentials_are_in_the_documented_order() {
        let id = fs::metadata("/proc/self").unwrap().uid();
        let session = format!("`/run/containers/{id}/auth.json`");
        assert_eq!(places(&Environment::default(), None), [session.as_str()]);
        let home = Environment {
            home: Some("/h".into()),
            ..Environment::default()
        };
        assert_eq!(
            places(&home, None),
            [
                "`/h/.docker/config.json`",
                &session,
                "`/h/.config/containers/auth.json`",
                "`/h/.dockercfg`",
            ]
        );
        let all = Environment {
            registry_auth_file: Some("/r/auth.json".into()),
            docker_auth_config: Some(Secret::new("canary")),
            docker_config: Some("/d".into()),
            runtime_dir: Some("/run/user/1".into()),
            config_home: Some("/c".into()),
            ..home
        };
        assert_eq!(
            places(&all, Some("auth")),
            [
                "--auth-file `auth`",
                "REGISTRY_AUTH_FILE `/r/auth.json`",
                "DOCKER_AUTH_CONFIG `DOCKER_AUTH_CONFIG`",
                "DOCKER_CONFIG `/d/config.json`",
                "XDG_RUNTIME_DIR `/run/user/1/containers/auth.json`",
                "XDG_CONFIG_HOME `/c/containers/auth.json`",
                "`/h/.dockercfg`",
            ]
        );
        assert_eq!(places(&all, Some("-"))[0], "--auth-file standard input");
        assert!(!format!("{all:?}").contains("canary"));
    }
}
