//! Services that the program offers to plugins.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

use bindery_abi::level;
use bindery_cluster::Trait;
use bindery_credentials::Credential;
use bindery_diagnostic::{Diagnostic, Kind};
use serde_json::{Map, Value as Json, json};

use crate::call::Call;
use crate::credential_json;
use crate::description::Description;
use crate::guard::guard;
use crate::text::{one_line, printable};

/// Method that describes the host.
const ABOUT: &str = "host.about";

/// Names of all methods of the host.
const METHODS: [&str; 1] = [ABOUT];

/// Services of the program for plugins. Called from any thread; `plugin` is the name of the calling plugin.
///
/// A panic in a service is caught, and the plugin receives an error.
pub trait Services: Send + Sync {
    /// Logs a line.
    fn log(&self, plugin: &str, level: Level, message: &str);

    /// Prints a line for the user, never to the output.
    fn print(&self, plugin: &str, text: &str);

    /// Prints a line of the output of a plugin's command.
    fn output(&self, plugin: &str, text: &str) {
        self.print(plugin, text);
    }

    /// Shows that `done` of `total` (0: unknown) units of `task` are done; equal numbers end the task.
    fn progress(&self, plugin: &str, task: &str, done: u64, total: u64);

    /// Returns whether the user interrupted the program.
    fn cancelled(&self) -> bool;

    /// Returns the keys of a cluster, with the defaults of `traits`, the traits that the calling plugin declares.
    ///
    /// # Errors
    ///
    /// `NotFound` if the cluster does not exist, `Invalid` if it does not match the traits.
    fn cluster(&self, name: &str, traits: &[Trait]) -> Result<Map<String, Json>, Diagnostic>;

    /// Returns a credential of the program itself; called if no plugin has one.
    ///
    /// # Errors
    ///
    /// If a credential is configured and cannot be obtained.
    fn credential(
        &self,
        _registry: &str,
        _repository: &str,
        _actions: &[&str],
    ) -> Result<Option<Credential>, Diagnostic> {
        Ok(None)
    }

    /// Returns the cache folder of the plugin, private to the user, and creates it if necessary.
    ///
    /// # Errors
    ///
    /// If the folder cannot be created. Plugins must work without.
    fn cache_folder(&self, plugin: &str) -> Result<PathBuf, Diagnostic>;
}

/// Severity of a log line of a plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Details for the author of the plugin.
    Debug,
    /// Progress of the work.
    Info,
    /// Possible problem; the work continues.
    Warn,
    /// Failure, which the plugin also returns as an error.
    Error,
}

impl Level {
    const WORDS: [(Self, u8, &str); 4] = [
        (Self::Debug, level::DEBUG, "debug"),
        (Self::Info, level::INFO, "info"),
        (Self::Warn, level::WARN, "warn"),
        (Self::Error, level::ERROR, "error"),
    ];

    /// Returns the level with this number at the plugin interface; unknown numbers are errors.
    pub(crate) fn from_number(number: u8) -> Self {
        let known = Self::WORDS.iter().find(|(_, known, _)| *known == number);
        known.map_or(Self::Error, |(level, ..)| *level)
    }

    /// Returns the level with this word in the plugin protocol; unknown words are errors.
    pub(crate) fn from_word(word: &str) -> Self {
        let known = Self::WORDS.iter().find(|(_, _, known)| *known == word);
        known.map_or(Self::Error, |(level, ..)| *level)
    }

    /// Returns the word for the level in the plugin protocol.
    pub(crate) fn word(self) -> &'static str {
        let known = Self::WORDS.iter().find(|(level, ..)| *level == self);
        known.map_or("error", |(_, _, word)| word)
    }
}

/// Search for credentials on behalf of a plugin.
pub(crate) trait CredentialFinder: Send + Sync {
    /// Returns a credential for `plugin`, which requests it during `call`.
    fn find(
        &self,
        call: &Call,
        plugin: &str,
        registry: &str,
        repository: &str,
        actions: &[&str],
    ) -> Result<Option<Credential>, Diagnostic>;
}

/// Services for one plugin. Wherever the plugin runs, its requests end here.
#[derive(Clone)]
pub(crate) struct HostHandle {
    plugin: Arc<str>,
    traits: Arc<[Trait]>,
    services: Arc<dyn Services>,
    /// Weak, since the search holds the plugins, which hold their handles.
    credentials: Option<Weak<dyn CredentialFinder>>,
    /// Set while a command of the plugin runs.
    prints_output: Arc<AtomicBool>,
}

/// Guard that sends the printed lines of a plugin to the output.
pub(crate) struct PrintsOutput(Arc<AtomicBool>);

impl Drop for PrintsOutput {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

impl HostHandle {
    /// Creates the services for the described plugin.
    pub fn new(
        description: &Description,
        services: Arc<dyn Services>,
        credentials: Option<Weak<dyn CredentialFinder>>,
    ) -> Self {
        Self {
            plugin: description.name.as_str().into(),
            traits: description.traits.as_slice().into(),
            services,
            credentials,
            prints_output: Arc::default(),
        }
    }

    /// Makes lines that the plugin prints part of the output until the guard is dropped.
    pub fn prints_output(&self) -> PrintsOutput {
        self.prints_output.store(true, Ordering::Relaxed);
        PrintsOutput(Arc::clone(&self.prints_output))
    }

    /// Logs a line.
    pub fn log(&self, level: Level, message: &str) {
        guard(|| self.services.log(&self.plugin, level, &one_line(message)));
    }

    /// Prints a line for the user, or to the output while a command of the plugin runs.
    pub fn print(&self, text: &str) {
        let text = printable(text);
        guard(|| {
            if self.prints_output.load(Ordering::Relaxed) {
                self.services.output(&self.plugin, &text);
            } else {
                self.services.print(&self.plugin, &text);
            }
        });
    }

    /// Shows progress.
    pub fn progress(&self, task: &str, done: u64, total: u64) {
        guard(|| {
            self.services
                .progress(&self.plugin, &one_line(task), done, total)
        });
    }

    /// Returns whether the user interrupted the program.
    pub fn cancelled(&self) -> bool {
        guard(|| self.services.cancelled()).unwrap_or(false)
    }

    /// Returns the keys of a cluster.
    pub fn cluster(&self, name: &str) -> Result<Json, Diagnostic> {
        catch("cluster", || {
            let keys = self.services.cluster(name, &self.traits)?;
            Ok(Json::Object(keys))
        })
    }

    /// Returns a credential in its JSON form, and records the registry in the call.
    pub fn credential(
        &self,
        call: &Call,
        registry: &str,
        repository: &str,
        actions: &[&str],
    ) -> Result<Option<Json>, Diagnostic> {
        call.add_registry(registry);
        catch("credential", || {
            let finder = self.credentials.as_ref().and_then(Weak::upgrade);
            let Some(finder) = finder else {
                return Ok(None);
            };
            let credential = finder.find(call, &self.plugin, registry, repository, actions)?;
            Ok(credential.map(|credential| credential_json::to_json(&credential)))
        })
    }

    /// Returns the path of the plugin's cache folder.
    pub fn cache_folder(&self) -> Result<String, Diagnostic> {
        catch("cache_folder", || {
            let folder = self.services.cache_folder(&self.plugin)?;
            folder.into_os_string().into_string().map_err(|folder| {
                Diagnostic::new(
                    Kind::Failed,
                    format!("the cache folder {folder:?} is not UTF-8"),
                )
                .hint("choose a cache folder whose path is UTF-8")
            })
        })
    }

    /// Calls a method of the host.
    pub fn call(&self, method: &str, _input: &Json) -> Result<Json, Diagnostic> {
        catch(method, || match method {
            ABOUT => {
                // All packages of the program have one version.
                let version = env!("CARGO_PKG_VERSION");
                Ok(json!({"version": version, "methods": METHODS}))
            }
            unknown => Err(Diagnostic::new(
                Kind::Invalid,
                format!("the host has no method `{}`", one_line(unknown)),
            )
            .hint("update bindery: a later version may have the method")),
        })
    }
}

/// Runs a service; a panic becomes an error.
fn catch<T>(service: &str, work: impl FnOnce() -> Result<T, Diagnostic>) -> Result<T, Diagnostic> {
    guard(work).unwrap_or_else(|| {
        Err(Diagnostic::new(
            Kind::HostPanicked,
            format!("the host's `{service}` panicked"),
        ))
    })
}

/// Parses the input of a method of the host.
pub(crate) fn parse_input(method: &str, text: &str) -> Result<Json, Diagnostic> {
    serde_json::from_str(text).map_err(|_| {
        // The text is not part of the message: it may contain a password.
        Diagnostic::new(
            Kind::Invalid,
            format!(
                "the input of the host's method `{}` is not JSON",
                one_line(method)
            ),
        )
    })
}

/// Services for inspecting a plugin: no clusters, no credentials, no cache folder, no output.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoServices;

impl Services for NoServices {
    fn log(&self, _plugin: &str, _level: Level, _message: &str) {}

    fn print(&self, _plugin: &str, _text: &str) {}

    fn progress(&self, _plugin: &str, _task: &str, _done: u64, _total: u64) {}

    fn cancelled(&self) -> bool {
        false
    }

    fn cluster(&self, name: &str, _traits: &[Trait]) -> Result<Map<String, Json>, Diagnostic> {
        Err(Diagnostic::new(
            Kind::NotFound,
            format!("unknown cluster `{name}`"),
        ))
    }

    fn cache_folder(&self, _plugin: &str) -> Result<PathBuf, Diagnostic> {
        Err(Diagnostic::new(Kind::Failed, "there is no cache folder"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handle() -> HostHandle {
        HostHandle::new(&Description::default(), Arc::new(NoServices), None)
    }

    #[test]
    fn about_returns_version_and_methods() {
        let expected = json!({"methods": ["host.about"], "version": env!("CARGO_PKG_VERSION")});
        for input in [Json::Null, json!({"from": "a later plugin"})] {
            assert_eq!(handle().call("host.about", &input), Ok(expected.clone()));
        }
    }

    #[test]
    fn unknown_methods_and_invalid_input_are_errors() {
        let error = handle().call("host.tea", &Json::Null).unwrap_err();
        assert_eq!(
            (error.kind, error.message.as_str()),
            (Kind::Invalid, "the host has no method `host.tea`")
        );
        let error = parse_input("host.about", "secret").unwrap_err();
        assert_eq!(
            (error.kind, error.message.as_str()),
            (
                Kind::Invalid,
                "the input of the host's method `host.about` is not JSON"
            )
        );
    }

    #[test]
    fn unknown_levels_are_errors() {
        assert_eq!(Level::from_number(level::WARN), Level::Warn);
        assert_eq!(Level::from_number(9), Level::Error);
        assert_eq!(Level::from_word("info").word(), "info");
        assert_eq!(Level::from_word("trace"), Level::Error);
    }
}
