//! Search for a credential in several sources.

use std::collections::HashSet;
use std::io::ErrorKind;
use std::sync::{Mutex, OnceLock, PoisonError};

use bindery_diagnostic::{Diagnostic, Kind};
use bindery_reference::Registry;

use crate::credential::Credential;
use crate::docker_config::DockerConfig;
use crate::error::KeychainError;
use crate::helper::Helpers;
use crate::keychain::Keychain;
use crate::source::CredentialSource;

type Warn = dyn Fn(&Diagnostic) + Send + Sync;

/// Keychain that searches several sources in order; the first one with an entry wins.
///
/// Reads each source at most once, at the first search that reaches it.
pub struct CredentialFiles {
    sources: Vec<(CredentialSource, OnceLock<Contents>)>,
    helpers: Helpers,
    warn: Box<Warn>,
    /// Failures so far, which are not reported again.
    failures: Mutex<Vec<(Registry, KeychainError)>>,
}

/// Result of reading a source.
enum Contents {
    Absent,
    Config(DockerConfig),
    Unusable(KeychainError),
}

/// One step of a search: a source or a helper, and the outcome there.
#[derive(Debug)]
pub struct SearchStep<'s> {
    /// Source that was searched, or that names the helper.
    pub source: &'s CredentialSource,
    /// Credential helper that was asked, if the step is not about the source itself.
    pub helper: Option<String>,
    /// Outcome of the step.
    pub outcome: SearchOutcome,
}

/// Outcome of a [`SearchStep`].
#[derive(Debug)]
pub enum SearchOutcome {
    /// The file does not exist.
    Absent,
    /// The source has no entry for the registry and repository.
    NoEntry,
    /// The source has a credential.
    Found {
        /// Key of the entry, or server name that the helper knows.
        key: String,
        /// Credential.
        credential: Credential,
    },
    /// A credential may exist, but cannot be read.
    Failed(KeychainError),
    /// An earlier step ended the search.
    NotAsked,
}

impl SearchOutcome {
    fn from_entry(entry: Option<(String, Credential)>) -> Self {
        match entry {
            Some((key, credential)) => Self::Found { key, credential },
            None => Self::NoEntry,
        }
    }
}

impl<'s> SearchStep<'s> {
    fn new(source: &'s CredentialSource, outcome: SearchOutcome) -> Self {
        Self {
            source,
            helper: None,
            outcome,
        }
    }

    /// Returns whether the search ends here: with a credential, or with the failure of a required source.
    pub fn ends_search(&self) -> bool {
        match self.outcome {
            SearchOutcome::Found { .. } | SearchOutcome::NotAsked => true,
            SearchOutcome::Failed(_) => self.source.is_required && self.helper.is_none(),
            SearchOutcome::Absent | SearchOutcome::NoEntry => false,
        }
    }
}

impl CredentialFiles {
    /// Creates a keychain that searches `sources` in order. A file that is named twice counts at its first position.
    ///
    /// `warn` receives problems that do not end the search, each one once. Their messages contain no secrets.
    pub fn new(
        sources: impl IntoIterator<Item = CredentialSource>,
        helpers: Helpers,
        warn: impl Fn(&Diagnostic) + Send + Sync + 'static,
    ) -> Self {
        let mut paths = HashSet::new();
        let sources = sources
            .into_iter()
            .filter(|source| source.path().is_none_or(|path| paths.insert(path.clone())))
            .map(|source| (source, OnceLock::new()));
        Self {
            sources: sources.collect(),
            helpers,
            warn: Box::new(warn),
            failures: Mutex::default(),
        }
    }

    /// Iterates over the sources in order.
    pub fn iter(&self) -> impl Iterator<Item = &CredentialSource> {
        self.sources.iter().map(|(source, _)| source)
    }

    /// Searches the sources until one has a credential, and returns all steps, including those that were not reached.
    ///
    /// Warns about unusual contents of a file. Failures are only in the steps.
    pub fn search(&self, registry: &Registry, repository: &str) -> Vec<SearchStep<'_>> {
        let mut steps: Vec<SearchStep<'_>> = Vec::new();
        for (source, contents) in &self.sources {
            if steps.last().is_some_and(SearchStep::ends_search) {
                steps.push(SearchStep::new(source, SearchOutcome::NotAsked));
                continue;
            }
            match contents.get_or_init(|| self.read(source)) {
                Contents::Absent => steps.push(SearchStep::new(source, SearchOutcome::Absent)),
                Contents::Unusable(error) => {
                    let outcome = SearchOutcome::Failed(error.clone());
                    steps.push(SearchStep::new(source, outcome));
                }
                Contents::Config(config) => {
                    steps.extend(self.ask_helper(source, config, registry));
                    if !steps.last().is_some_and(SearchStep::ends_search) {
                        let entry = config.find(registry, repository);
                        let entry =
                            entry.map(|(key, credential)| (key.to_owned(), credential.clone()));
                        steps.push(SearchStep::new(source, SearchOutcome::from_entry(entry)));
                    }
                }
            }
        }
        steps
    }

    fn ask_helper<'s>(
        &self,
        source: &'s CredentialSource,
        config: &DockerConfig,
        registry: &Registry,
    ) -> Option<SearchStep<'s>> {
        let name = config.helper(registry)?;
        let entry = self.helpers.get(name, &config.servers(registry));
        Some(SearchStep {
            source,
            helper: Some(Helpers::program(name)),
            outcome: entry.map_or_else(SearchOutcome::Failed, SearchOutcome::from_entry),
        })
    }

    /// Returns the failures of all searches so far that did not end the search, each with the registry it was for. A registry may deny
    /// access later because of them.
    pub fn failures(&self) -> Vec<(Registry, KeychainError)> {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.clone()
    }

    fn read(&self, source: &CredentialSource) -> Contents {
        let is_absent = |error: &KeychainError| {
            matches!(error, KeychainError::Read { source, .. }
                if matches!(source.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory))
        };
        match source.read() {
            Ok(config) => {
                config.warnings().iter().for_each(&self.warn);
                Contents::Config(config)
            }
            Err(error) if is_absent(&error) && !source.is_required => Contents::Absent,
            Err(error) => Contents::Unusable(error),
        }
    }

    /// Records a failure, and warns about it unless there was a warning with this text before.
    fn note_failure(&self, registry: &Registry, error: KeychainError) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let line = error.to_line();
        let mut same = failures
            .iter()
            .filter(|(_, known)| known.to_line() == line)
            .peekable();
        if same.peek().is_none() {
            let mut warning = Diagnostic::new(Kind::Invalid, &line);
            warning.hint = error.hint();
            (self.warn)(&warning);
        }
        if same.all(|(known, _)| known != registry) {
            failures.push((registry.clone(), error));
        }
    }
}

impl Keychain for CredentialFiles {
    /// Returns the first credential of a [search](CredentialFiles::search). Warns about failures that do not end the search.
    ///
    /// # Errors
    ///
    /// If a required source cannot be used.
    fn credential(
        &self,
        registry: &Registry,
        repository: &str,
        _: &[&str],
    ) -> Result<Option<Credential>, KeychainError> {
        for step in self.search(registry, repository) {
            let is_last = step.ends_search();
            match step.outcome {
                SearchOutcome::Found { credential, .. } => return Ok(Some(credential)),
                SearchOutcome::Failed(error) if is_last => return Err(error),
                SearchOutcome::Failed(error) => self.note_failure(registry, error),
                SearchOutcome::Absent | SearchOutcome::NoEntry | SearchOutcome::NotAsked => {}
            }
        }
        Ok(None)
    }
}
