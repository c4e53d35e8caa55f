//! Services of the program for its plugins.

use std::fs::DirBuilder;
use std::io::{IsTerminal, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use bindery_cluster::{Clusters, FILE_NAME, ReadError, Trait};
use bindery_credentials::{Credential, CredentialFiles, Keychain as _, KeychainError};
use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use bindery_host::Level;
use bindery_http::Log;
use bindery_reference::Registry;
use once_cell::sync::OnceCell;
use serde_json::{Map, Value};

use crate::output;
use crate::report::warn;

/// Clusters of some folders, read when they are first needed.
pub struct LazyClusters {
    folders: Vec<PathBuf>,
    clusters: OnceCell<Clusters>,
}

impl LazyClusters {
    /// Creates the clusters of `folders`. Reads no file.
    pub fn new(folders: Vec<PathBuf>) -> Self {
        Self {
            folders,
            clusters: OnceCell::new(),
        }
    }

    /// Reads the clusters on the first call. After an error, the next call reads them again.
    pub fn get(&self) -> Result<&Clusters, ReadError> {
        self.clusters
            .get_or_try_init(|| Clusters::read(&self.folders))
    }

    /// Returns a hint that names the files that define clusters.
    pub fn hint(&self) -> String {
        let files = self
            .folders
            .iter()
            .map(|folder| format!("`{}`", folder.join(FILE_NAME).display()));
        format!(
            "clusters are defined in {}",
            files.collect::<Vec<_>>().join(" and ")
        )
    }
}

/// Services of the program. Logs go to standard error, clusters come from files, credentials from the user's files and credential helpers,
/// and caches are below the user's cache folder.
pub struct Services {
    clusters: Arc<LazyClusters>,
    cache: Option<PathBuf>,
    logins: CredentialFiles,
    verbosity: Verbosity,
    output_error: Mutex<Option<Diagnostics>>,
}

/// Amount of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Warnings and errors.
    Quiet,
    /// Each request and the progress of plugins, too.
    Info,
    /// Debug lines of plugins, too.
    Debug,
}

impl Verbosity {
    /// Returns the verbosity for this number of `-v`.
    pub fn from_count(count: u8) -> Self {
        match count {
            0 => Self::Quiet,
            1 => Self::Info,
            _ => Self::Debug,
        }
    }
}

impl Services {
    /// Creates services with `clusters`, the cache folder `cache` and the credentials of `logins`.
    pub fn new(
        clusters: Arc<LazyClusters>,
        cache: Option<PathBuf>,
        logins: CredentialFiles,
        verbosity: Verbosity,
    ) -> Self {
        Self {
            clusters,
            cache,
            logins,
            verbosity,
            output_error: Mutex::new(None),
        }
    }

    /// Returns the log of the program's own registry client.
    pub fn request_log(&self) -> Log {
        let verbosity = self.verbosity;
        Log::new(move |level, line| match level {
            bindery_http::Level::Warn => warn(line, ""),
            bindery_http::Level::Info if verbosity < Verbosity::Info => {}
            bindery_http::Level::Info => {
                let _ = writeln!(std::io::stderr().lock(), "{line}");
            }
        })
    }

    /// Returns the error of writing the output of a plugin, once.
    pub fn output_error(&self) -> Option<Diagnostics> {
        self.output_error.lock().ok()?.take()
    }

    /// Returns the search for credentials outside of plugins.
    pub fn logins(&self) -> &CredentialFiles {
        &self.logins
    }

    fn login(
        &self,
        registry: &str,
        repository: &str,
        actions: &[&str],
    ) -> Result<Option<Credential>, KeychainError> {
        let registry = Registry::parse(registry).map_err(|error| Diagnostic {
            hint: error.hint(),
            ..Diagnostic::new(Kind::Invalid, error.to_string())
        })?;
        self.logins.credential(&registry, repository, actions)
    }
}

impl bindery_host::Services for Services {
    fn log(&self, plugin: &str, level: Level, message: &str) {
        let word = match level {
            Level::Debug if self.verbosity < Verbosity::Debug => return,
            Level::Info if self.verbosity < Verbosity::Info => return,
            Level::Debug => "debug",
            Level::Info => "info",
            Level::Warn => "warning",
            Level::Error => "error",
        };
        let _ = writeln!(
            std::io::stderr().lock(),
            "{word}: plugin `{plugin}`: {message}"
        );
    }

    fn print(&self, _plugin: &str, text: &str) {
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }

    fn output(&self, _plugin: &str, text: &str) {
        if let Err(errors) = output::print(&format!("{text}\n"))
            && let Ok(mut error) = self.output_error.lock()
        {
            error.get_or_insert(errors);
        }
    }

    fn progress(&self, _plugin: &str, task: &str, done: u64, total: u64) {
        let mut terminal = std::io::stderr().lock();
        if !terminal.is_terminal() {
            return;
        }
        // The escape sequence clears the line.
        let _ = match total {
            0 => write!(terminal, "\r\x1b[K{task}: {done}"),
            _ if done == total => write!(terminal, "\r\x1b[K"),
            _ => write!(terminal, "\r\x1b[K{task}: {done} of {total}"),
        };
        let _ = terminal.flush();
    }

    fn cancelled(&self) -> bool {
        bindery_host::is_interrupted()
    }

    fn cluster(&self, name: &str, traits: &[Trait]) -> Result<Map<String, Value>, Diagnostic> {
        let invalid = |message: String, causes: Vec<String>, file: &Path| Diagnostic {
            causes,
            hint: Some(format!("correct `{}`", file.display())),
            ..Diagnostic::new(Kind::Invalid, message)
        };
        let clusters = self.clusters.get().map_err(|error| {
            let causes = std::error::Error::source(&error).map(ToString::to_string);
            invalid(
                error.to_string(),
                causes.into_iter().collect(),
                error.place().0,
            )
        })?;
        let cluster = clusters.get(name).map_err(|error| {
            Diagnostic::new(Kind::Invalid, error.to_string()).hint(self.clusters.hint())
        })?;
        let view = cluster.view(traits).map_err(|error| {
            let message = format!("cluster `{name}` does not match the traits of the plugin");
            invalid(message, vec![error.to_string()], &error.file)
        })?;
        Ok(view.to_json())
    }

    fn credential(
        &self,
        registry: &str,
        repository: &str,
        actions: &[&str],
    ) -> Result<Option<Credential>, Diagnostic> {
        self.login(registry, repository, actions)
            .map_err(Diagnostic::from)
    }

    fn cache_folder(&self, plugin: &str) -> Result<PathBuf, Diagnostic> {
        let failed = |message: String, causes: Vec<String>| Diagnostic {
            causes,
            hint: Some("set XDG_CACHE_HOME to a folder that belongs to you".to_owned()),
            ..Diagnostic::new(Kind::Failed, message)
        };
        let Some(cache) = &self.cache else {
            return Err(failed(
                "there is no home folder for a cache".to_owned(),
                Vec::new(),
            ));
        };
        let folder = cache.join("bindery").join("plugins").join(plugin);
        let created = DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder);
        created.map_err(|error| {
            let message = format!("cannot create the cache folder `{}`", folder.display());
            failed(message, vec![error.to_string()])
        })?;
        Ok(folder)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use bindery_credentials::{CredentialSource, Helpers, Location};
    use bindery_host::Services as _;
    use serde_json::json;

    use super::*;

    fn services(folder: &Path) -> Services {
        let clusters = Arc::new(LazyClusters::new(vec![folder.to_owned()]));
        let config = CredentialSource {
            location: Location::File(folder.join("config.json")),
            named_by: None,
            is_required: true,
        };
        let logins = CredentialFiles::new([config], Helpers::new(""), |_| ());
        Services::new(
            clusters,
            Some(folder.join("cache")),
            logins,
            Verbosity::Quiet,
        )
    }

    fn registry_trait() -> Trait {
        let json = json!({"name": "DockerRegistryTrait", "fields": [
            {"name": "docker_registry", "type": "String", "default": "https://registry.example.org"},
        ]});
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn cluster_has_the_defaults_and_checks_of_traits() {
        let folder = tempfile::tempdir().unwrap();
        let text = r#"[{"name": "a", "x": [1]}, {"name": "b", "docker_registry": null}]"#;
        std::fs::write(folder.path().join(FILE_NAME), text).unwrap();
        let services = services(folder.path());
        let cluster = services.cluster("a", &[registry_trait()]).unwrap();
        let expected =
            json!({"name": "a", "x": [1], "docker_registry": "https://registry.example.org"});
        assert_eq!(Value::from(cluster), expected);

        let error = services.cluster("b", &[registry_trait()]).unwrap_err();
        assert_eq!(error.kind, Kind::Invalid);
        assert_eq!(
            error.causes,
            [
                "DockerRegistryTrait[docker_registry] failed: Unable to interpolate: Cannot coerce 'None' to String"
            ]
        );
        let error = services.cluster("c", &[]).unwrap_err();
        assert_eq!(error.kind, Kind::Invalid);
        assert_eq!(error.message, "Unknown cluster c, valid clusters: a, b");
    }

    #[test]
    fn credentials_come_from_the_logins() {
        let folder = tempfile::tempdir().unwrap();
        let services = services(folder.path());
        let file = folder.path().join("config.json");
        let text =
            r#"{"auths": {"registry.example.org": {"username": "alice", "password": "canary"}}}"#;
        std::fs::write(&file, text).unwrap();
        let find = |registry| services.credential(registry, "app", &["pull"]).unwrap();
        let credential = find("registry.example.org").unwrap();
        assert_eq!(
            (credential.username(), credential.kind()),
            (Some("alice"), "password")
        );
        assert!(find("other.example.org").is_none());

        std::fs::write(&file, "canary").unwrap();
        let error = self::services(folder.path())
            .credential("h", "app", &["pull"])
            .unwrap_err();
        assert_eq!(error.kind, Kind::Invalid);
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }

    #[test]
    fn cache_folder_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let cache = services(folder.path()).cache_folder("docker").unwrap();
        assert_eq!(cache, folder.path().join("cache/bindery/plugins/docker"));
        assert_eq!(
            cache.metadata().unwrap().permissions().mode() & 0o777,
            0o700
        );
        let without = Services::new(
            Arc::new(LazyClusters::new(Vec::new())),
            None,
            CredentialFiles::new([], Helpers::new(""), |_| ()),
            Verbosity::Quiet,
        );
        assert_eq!(
            without.cache_folder("docker").unwrap_err().kind,
            Kind::Failed
        );
    }
}
