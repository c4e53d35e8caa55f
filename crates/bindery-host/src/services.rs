//! What the program does for plugins, and the table through which they ask for it.

use std::{
    path::PathBuf,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
};

use bindery_abi::{
    Failure, HostServices, level,
    stable::{ROption, RResult, RStr, RString, RVec},
};
use bindery_cluster::Trait;
use bindery_diagnostic::{Diagnostic, Kind};

use bindery_credentials::Credential;
use serde_json::{Map, Value as Json, json};

use crate::{
    Description, credential_json as credential,
    error::{one_line, printable},
    failure,
    provide::credentials::Chain,
    runtime::guard::guard,
};

/// The method that tells of this host.
const ABOUT: &str = "host.about";

/// All methods of [`HostServices::call`].
const METHODS: [&str; 1] = [ABOUT];

/// What the program that loads plugins does for them. Called from any thread; `plugin` is the name of who asks.
///
/// A panic in it is caught, and the plugin gets an error.
pub trait Services: Send + Sync {
    /// Takes a line for the log.
    fn log(&self, plugin: &str, level: Level, message: &str);

    /// Writes a line for the user; never among the output.
    fn print(&self, plugin: &str, text: &str);

    /// Writes a line of the output of a plugin's command.
    fn output(&self, plugin: &str, text: &str) {
        self.print(plugin, text);
    }

    /// Shows that `done` of `total` (0: unknown) units of `task` are done; equal numbers end it.
    fn progress(&self, plugin: &str, task: &str, done: u64, total: u64);

    /// Whether the user wants the program to end.
    fn cancelled(&self) -> bool;

    /// The keys of a cluster, seen through `traits`, which are those that the asking plugin declares.
    ///
    /// # Errors
    ///
    /// `NotFound` if there is no such cluster, `Invalid` if it does not fit the traits.
    fn cluster(&self, name: &str, traits: &[Trait]) -> Result<Map<String, Json>, Diagnostic>;

    /// A credential from elsewhere than plugins; asked if no plugin has one.
    ///
    /// # Errors
    ///
    /// If there should be one and it could not be had.
    fn credential(
        &self,
        _registry: &str,
        _repository: &str,
        _actions: &[&str],
    ) -> Result<Option<Credential>, Diagnostic> {
        Ok(None)
    }

    /// A folder of this plugin's own, made if necessary, private to the user.
    ///
    /// # Errors
    ///
    /// If there is none. Plugins have to work without.
    fn cache_folder(&self, plugin: &str) -> Result<PathBuf, Diagnostic>;
}

/// How much a line of a plugin's log matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// For the author of the plugin.
    Debug,
    /// For whoever wants to follow what happens.
    Info,
    /// Something to look at, although work goes on.
    Warn,
    /// Something went wrong; an error follows.
    Error,
}

/// The table through which one plugin asks.
#[derive(Clone)]
pub(crate) struct Bridge {
    plugin: Arc<str>,
    traits: Arc<[Trait]>,
    services: Arc<dyn Services>,
    /// Credentials come from other plugins first. Weak, since the chain holds the plugins and these hold bridges.
    chain: Weak<Chain>,
    /// Set while a command of the plugin runs.
    prints_output: Arc<AtomicBool>,
}

/// While it lives, what a plugin prints is output.
pub(crate) struct PrintsOutput(Arc<AtomicBool>);

impl Drop for PrintsOutput {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

impl Bridge {
    pub(crate) fn new(
        description: &Description,
        services: Arc<dyn Services>,
        chain: Weak<Chain>,
    ) -> Self {
        Self {
            plugin: description.name.as_str().into(),
            traits: description.traits.as_slice().into(),
            services,
            chain,
            prints_output: Arc::default(),
        }
    }

    pub(crate) fn services(&self) -> &dyn Services {
        &*self.services
    }

    pub(crate) fn prints_output(&self) -> PrintsOutput {
        self.prints_output.store(true, Ordering::Relaxed);
        PrintsOutput(Arc::clone(&self.prints_output))
    }

    /// Runs a service of this name; if it panics, that is the answer.
    fn serve<T>(
        &self,
        service: &str,
        work: impl FnOnce() -> Result<T, Diagnostic>,
    ) -> RResult<T, Failure> {
        match guard(work) {
            Some(Ok(done)) => RResult::ROk(done),
            Some(Err(error)) => RResult::RErr(failure::to_plugin(error)),
            None => RResult::RErr(failure::host_panicked(service)),
        }
    }
}

impl HostServices for Bridge {
    fn log(&self, level: u8, message: RStr<'_>) {
        let level = match level {
            level::DEBUG => Level::Debug,
            level::INFO => Level::Info,
            level::WARN => Level::Warn,
            _ => Level::Error,
        };
        guard(|| {
            self.services
                .log(&self.plugin, level, &one_line(message.as_str()))
        });
    }

    fn print(&self, text: RStr<'_>) {
        let text = printable(text.as_str());
        guard(|| match self.prints_output.load(Ordering::Relaxed) {
            true => self.services.output(&self.plugin, &text),
            false => self.services.print(&self.plugin, &text),
        });
    }

    fn progress(&self, task: RStr<'_>, done: u64, total: u64) {
        guard(|| {
            self.services
                .progress(&self.plugin, &one_line(task.as_str()), done, total)
        });
    }

    fn cancelled(&self) -> bool {
        guard(|| self.services.cancelled()).unwrap_or(false)
    }

    fn cluster(&self, name: RStr<'_>) -> RResult<RString, Failure> {
        self.serve("cluster", || {
            let keys = self.services.cluster(name.as_str(), &self.traits)?;
            Ok(Json::Object(keys).to_string().into())
        })
    }

    fn credential(
        &self,
        registry: RStr<'_>,
        repository: RStr<'_>,
        actions: RVec<RString>,
    ) -> RResult<ROption<RString>, Failure> {
        self.serve("credential", || {
            let actions: Vec<_> = actions.iter().map(RString::as_str).collect();
            let found = match self.chain.upgrade() {
                Some(chain) => {
                    let asker = Some(&*self.plugin);
                    chain.credential(asker, registry.as_str(), repository.as_str(), &actions)?
                }
                None => None,
            };
            let text = |found| credential::to_json(&found).to_string().into();
            Ok(found.map(text).into())
        })
    }

    fn cache_folder(&self) -> RResult<RString, Failure> {
        self.serve("cache_folder", || {
            let folder = self.services.cache_folder(&self.plugin)?;
            match folder.into_os_string().into_string() {
                Ok(folder) => Ok(folder.into()),
                Err(folder) => Err(Diagnostic::new(
                    Kind::Failed,
                    format!("the cache folder {folder:?} is not UTF-8"),
                )
                .hint("choose a cache folder with a plainer name")),
            }
        })
    }

    fn call(&self, method: RStr<'_>, input: RStr<'_>) -> RResult<RString, Failure> {
        let method = method.as_str();
        self.serve(method, || {
            input_of(method, input.as_str())?;
            match method {
                ABOUT => {
                    // All packages of the program have its version.
                    let version = env!("CARGO_PKG_VERSION");
                    let about = json!({"version": version, "methods": METHODS});
                    Ok(about.to_string().into())
                }
                unknown => Err(Diagnostic::new(
                    Kind::Invalid,
                    format!("the host has no method `{}`", one_line(unknown)),
                )
                .hint("a later version of bindery may have it")),
            }
        })
    }
}

/// The input of a method of the host.
pub(crate) fn input_of(method: &str, text: &str) -> Result<Json, Diagnostic> {
    serde_json::from_str(text).map_err(|_| {
        Diagnostic::new(
            Kind::Invalid, // What it is stays unsaid: it may hold a password.
            format!(
                "the input of the host's method `{}` is not JSON",
                one_line(method)
            ),
        )
    })
}

/// Offers nothing: for a look at a plugin that is not to do anything.
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
    use bindery_abi::code;

    use super::*;

    fn call(method: &str, input: &str) -> Result<String, (String, String)> {
        let description = Description::default();
        let bridge = Bridge::new(&description, Arc::new(NoServices), Weak::new());
        let called = bridge.call(method.into(), input.into()).into_result();
        called
            .map(String::from)
            .map_err(|failure| (failure.code.into(), failure.message.into()))
    }

    #[test]
    fn a_host_tells_what_it_can() {
        let version = env!("CARGO_PKG_VERSION");
        let expected = format!(r#"{{"methods":["host.about"],"version":"{version}"}}"#);
        for input in ["null", r#"{"from": "a later plugin"}"#] {
            assert_eq!(call("host.about", input), Ok(expected.clone()));
        }
    }

    #[test]
    fn what_a_host_cannot_is_told_by_its_name() {
        let invalid = |message: &str| Err((code::INVALID.to_owned(), message.to_owned()));
        assert_eq!(
            call("host.tea", "null"),
            invalid("the host has no method `host.tea`")
        );
        assert_eq!(
            call("host.about", "secret"),
            invalid("the input of the host's method `host.about` is not JSON")
        );
    }
}
