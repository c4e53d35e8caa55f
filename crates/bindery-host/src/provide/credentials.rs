//! Search for credentials: the sources of plugins in order, then the program, and the results so far.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bindery_credentials::Credential;
use bindery_diagnostic::{Diagnostic, Kind};
use serde_json::json;

use crate::call::Call;
use crate::credential_json;
use crate::plugin::Plugin;
use crate::registry_pattern::canonical;
use crate::services::{CredentialFinder, Services};
use crate::settings::AuthEntry;

/// Result of an [`AuthEntry`] in a search for a credential.
#[derive(Debug)]
pub struct CredentialStep<'p> {
    /// The entry.
    pub entry: &'p AuthEntry,
    /// Credential source of the entry; `None` if the entry has no valid source.
    pub source: Option<&'p str>,
    /// Result of the source.
    pub result: StepResult,
}

/// Result of a [`CredentialStep`].
#[derive(Debug)]
pub enum StepResult {
    /// The entry is for other registries or repositories.
    OtherRegistry,
    /// The source has no credential.
    NoCredential,
    /// The source has a credential.
    Found(Credential),
    /// The source should have a credential and returned an error.
    Failed(Diagnostic),
    /// The search ended at an earlier entry.
    NotAsked,
}

/// Search for credentials over the plugins of a set.
pub(crate) struct CredentialSearch {
    plugins: Arc<[Plugin]>,
    entries: Vec<AuthEntry>,
    services: Arc<dyn Services>,
    known: Mutex<HashMap<Query, Option<Credential>>>,
}

/// Registry, repository and sorted actions. A credential for pulling may not be one for pushing.
type Query = (String, String, Vec<String>);

impl CredentialSearch {
    /// Creates a search over `plugins` by `entries`, and then by `services`.
    pub fn new(
        plugins: Arc<[Plugin]>,
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

    /// Returns the plugins that are searched.
    pub fn plugins(&self) -> Arc<[Plugin]> {
        Arc::clone(&self.plugins)
    }

    /// Returns the `[[auth]]` entries.
    pub fn entries(&self) -> &[AuthEntry] {
        &self.entries
    }

    /// Returns the errors of entries without a valid source.
    pub fn invalid_entries(&self) -> impl Iterator<Item = Diagnostic> {
        let sources = self.entries.iter().map(|entry| self.source(entry));
        sources.filter_map(Result::err)
    }

    /// Returns the first credential of the entries, in order, or else of the program.
    ///
    /// Remembers results, including the absence of a credential, but not errors. `asker` is the plugin that requests the credential
    /// during `call`; `None` if the program requests it.
    pub fn credential(
        &self,
        call: &Call,
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
        // A source that requests a credential could be asked for it again, without end.
        if call.is_for_credential() {
            return Err(Diagnostic::new(
                Kind::Failed,
                "a source of credentials asked for a credential",
            )
            .hint("find the credentials of a source without the host"));
        }
        // Not under the lock, since sources may be slow. Two threads may ask for one query at the same time.
        let mut found = None;
        for step in self.steps(asker, registry, repository, actions) {
            match step.result {
                StepResult::Found(credential) => found = Some(credential),
                StepResult::Failed(error) => return Err(error),
                StepResult::OtherRegistry | StepResult::NoCredential | StepResult::NotAsked => {}
            }
        }
        if found.is_none() {
            found = self.services.credential(registry, repository, actions)?;
        }
        self.known().insert(query, found.clone());
        Ok(found)
    }

    /// Asks the entries in order, up to the first with a credential or an error; returns one step for each entry.
    pub fn steps(
        &self,
        asker: Option<&str>,
        registry: &str,
        repository: &str,
        actions: &[&str],
    ) -> Vec<CredentialStep<'_>> {
        let mut steps = Vec::new();
        let mut is_over = false;
        for entry in &self.entries {
            let result = if is_over {
                StepResult::NotAsked
            } else if !entry.registry.matches(registry, repository) {
                StepResult::OtherRegistry
            } else {
                let call = Call::for_credential();
                let answer = self
                    .check_open(asker, entry)
                    .and_then(|()| self.ask(&call, entry, registry, repository, actions));
                is_over = !matches!(answer, Ok(None));
                match answer {
                    Ok(None) => StepResult::NoCredential,
                    Ok(Some(credential)) => StepResult::Found(credential),
                    Err(error) => StepResult::Failed(error),
                }
            };
            steps.push(CredentialStep {
                entry,
                source: self.source(entry).ok().map(|(_, source)| source),
                result,
            });
        }
        steps
    }

    /// Refuses to ask a plugin that requests a credential of its own source while it is being opened: each would wait for the other.
    fn check_open(&self, asker: Option<&str>, entry: &AuthEntry) -> Result<(), Diagnostic> {
        match self.source(entry) {
            Ok((plugin, source)) if asker == Some(&entry.plugin) && plugin.is_opening() => {
                let did = format!("asked in `open` for a credential that its own `{source}` gives");
                Err(plugin.fault(&did))
            }
            _ => Ok(()),
        }
    }

    /// Asks the source of one entry.
    pub fn ask(
        &self,
        call: &Arc<Call>,
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
        let answer = plugin.call_as(call, "auth.credential", &input)?;
        if answer.is_null() {
            return Ok(None);
        }
        // The answer is not part of the message: it may contain a password.
        let fault = || plugin.fault(&format!("gave no credential as the answer of `{source}`"));
        credential_json::from_json(answer)
            .ok_or_else(fault)
            .map(Some)
    }

    /// Returns the plugin and the source of an entry.
    pub fn source<'a>(&'a self, entry: &'a AuthEntry) -> Result<(&'a Plugin, &'a str), Diagnostic> {
        let fail = |problem: String, hint: String| {
            let entry = entry.registry.as_str();
            let message = format!("the `[[auth]]` entry for `{entry}` {problem}");
            Diagnostic::new(Kind::Invalid, message).hint(hint)
        };
        let name = &entry.plugin;
        let has_name = |plugin: &&Plugin| plugin.description().name == *name;
        let Some(plugin) = self.plugins.iter().find(has_name) else {
            return Err(fail(
                format!("names the plugin `{name}`, which was not found"),
                "`bindery plugin list` shows all plugins".into(),
            ));
        };
        let sources = &plugin.description().auth;
        let all = sources.join(", ");
        match (&entry.source, &sources[..]) {
            (_, []) => Err(fail(
                format!("names the plugin `{name}`, which has no credentials"),
                "`bindery plugin show` lists the parts of a plugin".into(),
            )),
            (None, [only]) => Ok((plugin, only)),
            (None, _) => Err(fail(
                format!("does not name a source of plugin `{name}`"),
                format!("add `source`, one of: {all}"),
            )),
            (Some(source), _) if sources.contains(source) => Ok((plugin, source)),
            (Some(source), _) => Err(fail(
                format!("names `{source}`, which plugin `{name}` does not have"),
                format!("known sources: {all}"),
            )),
        }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<Query, Option<Credential>>> {
        // No panic under the lock can leave the map half changed.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CredentialFinder for CredentialSearch {
    fn find(
        &self,
        call: &Call,
        plugin: &str,
        registry: &str,
        repository: &str,
        actions: &[&str],
    ) -> Result<Option<Credential>, Diagnostic> {
        self.credential(call, Some(plugin), registry, repository, actions)
    }
}
