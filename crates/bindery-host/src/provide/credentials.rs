//! Credentials from plugins: who is asked, in which order, and what is remembered.

use std::{
    cell::Cell,
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bindery_credentials::Credential;
use bindery_diagnostic::{Diagnostic, Kind};
use bindery_reference::Registry;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use crate::{Plugin, Services, credential_json as credential};

/// An `[[auth]]` entry of `bindery.toml`: which plugin is asked for the credentials of which registries.
#[derive(Clone, Debug, Deserialize)]
pub struct AuthEntry {
    /// The plugin's name.
    pub plugin: String,
    /// Which of the plugin's sources; may be left out if there is one.
    #[serde(default)]
    pub source: Option<String>,
    /// Which registries it is good for.
    pub registry: RegistryPattern,
    /// The source's own settings.
    #[serde(flatten)]
    pub config: Map<String, Json>,
}

/// The registries, or repositories of a registry, that an entry is for.
///
/// `registry.example.org:5000` is this registry; `*.example.org` all whose name ends so, on the usual port; `*` each and every
/// one. A path behind it narrows it to the repositories under this path: `registry.example.org/team`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct RegistryPattern {
    text: String,
    host: HostPattern,
    path: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum HostPattern {
    Any,
    Below(String),
    Exactly(String),
}

/// A text that is no [`RegistryPattern`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` names no registry: {problem}")]
pub struct RegistryPatternError {
    text: String,
    problem: String,
}

impl RegistryPattern {
    /// Parses a pattern; a scheme in front is skipped.
    ///
    /// # Errors
    ///
    /// If the part before the path is no registry and not one with a `*` for its first label.
    pub fn parse(text: &str) -> Result<Self, RegistryPatternError> {
        let fail = |problem: String| RegistryPatternError {
            text: text.to_owned(),
            problem,
        };
        let bare = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"));
        let bare = bare.unwrap_or(text);
        let (host, path) = bare.split_once('/').unwrap_or((bare, ""));
        let host = match host.strip_prefix('*') {
            Some("") => HostPattern::Any,
            Some(rest) => match rest.strip_prefix('.') {
                Some(domain) if !domain.contains('*') => HostPattern::Below(canonical(domain)),
                _ => {
                    return Err(fail(
                        "`*` stands alone, or for the first label of a name".into(),
                    ));
                }
            },
            None => {
                let registry = Registry::parse(host).map_err(|error| fail(error.to_string()))?;
                HostPattern::Exactly(canonical(&registry.to_string()))
            }
        };
        let path = path
            .split('/')
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect();
        Ok(Self {
            text: text.to_owned(),
            host,
            path,
        })
    }

    /// Whether a repository of a registry is meant.
    pub fn matches(&self, registry: &str, repository: &str) -> bool {
        let registry = canonical(registry);
        let host = match &self.host {
            HostPattern::Any => true,
            HostPattern::Exactly(host) => *host == registry,
            HostPattern::Below(domain) => registry
                .strip_suffix(domain.as_str())
                .is_some_and(|rest| rest.ends_with('.')),
        };
        let mut parts = repository.split('/');
        host && self.path.iter().all(|part| parts.next() == Some(part))
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl TryFrom<String> for RegistryPattern {
    type Error = RegistryPatternError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

/// One spelling for a registry, whichever name of Docker Hub and whichever case is used.
fn canonical(registry: &str) -> String {
    match Registry::parse(registry) {
        Ok(registry) if registry.is_docker_hub() => "docker.io".to_owned(),
        _ => registry.to_ascii_lowercase(),
    }
}

/// What became of an [`AuthEntry`] when a credential was looked for.
#[derive(Debug)]
pub struct AuthStep<'p> {
    /// The entry.
    pub entry: &'p AuthEntry,
    /// The plugin's source that it means, if it means one.
    pub source: Option<&'p str>,
    /// What its plugin answered.
    pub answer: AuthAnswer,
}

/// The answer of an [`AuthStep`].
#[derive(Debug)]
pub enum AuthAnswer {
    /// The entry is for other registries or repositories.
    OtherRegistry,
    /// The plugin has none.
    NoCredential,
    /// The plugin has one.
    Found(Credential),
    /// There should be one, and it cannot be had.
    Failed(Diagnostic),
    /// The search had ended before.
    NotAsked,
}

/// Everybody who may have credentials.
pub(crate) struct Chain {
    pub(crate) plugins: Vec<Plugin>,
    entries: Vec<AuthEntry>,
    services: Arc<dyn Services>,
    known: Mutex<HashMap<Query, Option<Credential>>>,
}

/// Registry, repository, actions. The actions are part of it: who may pull with an answer may not be able to push with it.
type Query = (String, String, Vec<String>);

impl Chain {
    pub(crate) fn new(
        plugins: Vec<Plugin>,
        entries: Vec<AuthEntry>,
        services: Arc<dyn Services>,
    ) -> Self {
        Self {
            plugins,
            entries,
            services,
            known: Mutex::default(),
        }
    }

    /// The first credential that anybody has: entries in their order, then the program itself.
    ///
    /// What was found, also that nobody has any, is remembered; errors are not. `asker` is the plugin that wants it, if one does.
    pub(crate) fn credential(
        &self,
        asker: Option<&str>,
        registry: &str,
        repository: &str,
        actions: &[&str],
    ) -> Result<Option<Credential>, Diagnostic> {
        let mut sorted: Vec<_> = actions.iter().map(|&action| action.to_owned()).collect();
        sorted.sort();
        let query = (canonical(registry), repository.to_owned(), sorted);
        if let Some(known) = self.known().get(&query) {
            return Ok(known.clone());
        }
        // Not under the lock: a source takes its time. Two threads that ask at once get the same answer from two questions.
        let mut found = None;
        for step in self.search(asker, registry, repository, actions)? {
            match step.answer {
                AuthAnswer::Found(credential) => found = Some(credential),
                AuthAnswer::Failed(error) => return Err(error),
                AuthAnswer::OtherRegistry | AuthAnswer::NoCredential | AuthAnswer::NotAsked => {}
            }
        }
        if found.is_none() {
            found = self.services.credential(registry, repository, actions)?;
        }
        self.known().insert(query, found.clone());
        Ok(found)
    }

    /// Asks one entry after the other until one has a credential or should have one, and tells what each said.
    pub(crate) fn search(
        &self,
        asker: Option<&str>,
        registry: &str,
        repository: &str,
        actions: &[&str],
    ) -> Result<Vec<AuthStep<'_>>, Diagnostic> {
        let _asking = Asking::begin()?;
        let mut steps: Vec<AuthStep<'_>> = Vec::new();
        let mut is_over = false;
        for entry in &self.entries {
            let answer = if is_over {
                AuthAnswer::NotAsked
            } else if !entry.registry.matches(registry, repository) {
                AuthAnswer::OtherRegistry
            } else {
                let found = self
                    .check_open(asker, entry)
                    .and_then(|()| self.ask(entry, registry, repository, actions));
                is_over = !matches!(found, Ok(None));
                match found {
                    Ok(None) => AuthAnswer::NoCredential,
                    Ok(Some(credential)) => AuthAnswer::Found(credential),
                    Err(error) => AuthAnswer::Failed(error),
                }
            };
            steps.push(AuthStep {
                entry,
                source: self.source(entry).ok().map(|(_, source)| source),
                answer,
            });
        }
        Ok(steps)
    }

    /// Refuses to ask a plugin that wants a credential of itself before it is open: each would wait for the other.
    fn check_open(&self, asker: Option<&str>, entry: &AuthEntry) -> Result<(), Diagnostic> {
        match self.source(entry) {
            Ok((plugin, source)) if asker == Some(&entry.plugin) && plugin.is_opening() => {
                let did = format!("asked in `open` for a credential that its own `{source}` gives");
                Err(plugin.fault(&did))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn ask(
        &self,
        entry: &AuthEntry,
        registry: &str,
        repository: &str,
        actions: &[&str],
    ) -> Result<Option<Credential>, Diagnostic> {
        let (plugin, source) = self.source(entry)?;
        let input = json!({
            "source": source,
            "config": entry.config,
            "registry": registry,
            "repository": repository,
            "actions": actions,
        });
        let found = plugin.call("auth.credential", &input)?;
        if found.is_null() {
            return Ok(None);
        }
        // What it is stays unsaid: it may hold a password.
        let fault = || plugin.fault(&format!("gave no credential as the answer of `{source}`"));
        credential::from_json(found).ok_or_else(fault).map(Some)
    }

    /// The plugin and the source that an entry means.
    pub(crate) fn source<'a>(
        &'a self,
        entry: &'a AuthEntry,
    ) -> Result<(&'a Plugin, &'a str), Diagnostic> {
        let fail = |what: String, hint: String| {
            Diagnostic::new(
                Kind::Invalid,
                format!(
                    "the `[[auth]]` entry for `{}` {what}",
                    entry.registry.as_str()
                ),
            )
            .hint(hint)
        };
        let named = |plugin: &&Plugin| plugin.description().name == entry.plugin;
        let Some(plugin) = self.plugins.iter().find(named) else {
            let what = format!("names the plugin `{}`, which was not found", entry.plugin);
            return Err(fail(
                what,
                "`bindery plugin list` shows the plugins there are".into(),
            ));
        };
        let sources = &plugin.description().auth;
        let all = sources.join(", ");
        match (&entry.source, &sources[..]) {
            (_, []) => Err(fail(
                format!(
                    "names the plugin `{}`, which has no credentials",
                    entry.plugin
                ),
                "`bindery plugin show` tells what a plugin provides".into(),
            )),
            (None, [only]) => Ok((plugin, only)),
            (None, _) => Err(fail(
                format!(
                    "does not say which source of plugin `{}` it means",
                    entry.plugin
                ),
                format!("add `source`, one of: {all}"),
            )),
            (Some(source), _) if sources.contains(source) => Ok((plugin, source)),
            (Some(source), _) => Err(fail(
                format!(
                    "names `{source}`, which plugin `{}` does not have",
                    entry.plugin
                ),
                format!("known sources: {all}"),
            )),
        }
    }

    pub(crate) fn entries(&self) -> &[AuthEntry] {
        &self.entries
    }

    fn known(&self) -> MutexGuard<'_, HashMap<Query, Option<Credential>>> {
        // Nothing that is done under the lock leaves the map half changed.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

thread_local! {
    static IS_ASKING: Cell<bool> = const { Cell::new(false) };
}

/// Held while sources are asked on this thread: a source that asks for a credential itself would go round in circles.
struct Asking;

/// Whether a source of credentials is at work on this thread.
pub(crate) fn is_asking() -> bool {
    IS_ASKING.get()
}

/// Says so of a thread that works on for another.
pub(crate) fn set_asking(asking: bool) {
    IS_ASKING.set(asking);
}

impl Asking {
    fn begin() -> Result<Self, Diagnostic> {
        if IS_ASKING.replace(true) {
            return Err(Diagnostic::new(
                Kind::Failed,
                "a source of credentials asked for a credential",
            )
            .hint("a source has to find its credentials without the host"));
        }
        Ok(Self)
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        IS_ASKING.set(false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, registry: &str, repository: &str, expected: bool) {
        let found = RegistryPattern::parse(pattern)
            .unwrap()
            .matches(registry, repository);
        assert_eq!(found, expected, "{pattern} for {registry}/{repository}");
    }

    #[test]
    fn a_registry_is_matched_whole() {
        check("registry.example.org", "registry.example.org", "app", true);
        check("Registry.Example.org", "registry.example.ORG", "app", true);
        check(
            "registry.example.org",
            "registry.example.org:5000",
            "app",
            false,
        );
        check(
            "registry.example.org",
            "registry.example.org.evil.net",
            "app",
            false,
        );
        check("example.org", "registry.example.org", "app", false);
        check("localhost:5000", "localhost:5000", "app", true);
        check(
            "https://registry.example.org/",
            "registry.example.org",
            "app",
            true,
        );
    }

    #[test]
    fn docker_hub_has_many_names() {
        check("docker.io", "registry-1.docker.io", "library/redis", true);
        check("registry-1.docker.io", "docker.io", "library/redis", true);
        check("index.docker.io", "docker.io", "library/redis", true);
    }

    #[test]
    fn a_star_stands_for_labels_in_front_or_for_all() {
        check("*", "anything:1", "app", true);
        check("*.example.org", "registry.example.org", "app", true);
        check("*.example.org", "a.b.example.org", "app", true);
        check("*.example.org", "example.org", "app", false);
        check("*.example.org", "evilexample.org", "app", false);
        check("*.example.org", "registry.example.org:5000", "app", false);
        check(
            "*.example.org:5000",
            "registry.example.org:5000",
            "app",
            true,
        );
    }

    #[test]
    fn a_path_narrows_to_whole_components() {
        check("r.example.org/team", "r.example.org", "team/app", true);
        check("r.example.org/team/", "r.example.org", "team", true);
        check("r.example.org/team", "r.example.org", "teams/app", false);
        check("r.example.org/team/app", "r.example.org", "team", false);
    }

    #[test]
    fn what_names_no_registry_is_refused() {
        for bad in ["", "*foo", "a.*.b", "*.*", "user@host", "host:port"] {
            assert!(RegistryPattern::parse(bad).is_err(), "{bad:?}");
        }
    }
}
