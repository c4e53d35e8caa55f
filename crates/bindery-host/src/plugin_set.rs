//! All plugins of a run.

use std::sync::{Arc, Weak};

use bindery_cluster::Trait;
use bindery_credentials::Credential;
use bindery_diagnostic::Diagnostic;

use crate::call::Call;
use crate::discover::find::{Discovered, find};
use crate::discover::inspect::Inspected;
use crate::discover::search::SearchPath;
use crate::error::LibraryError;
use crate::plugin::Plugin;
use crate::problem::PluginProblem;
use crate::provide::binder::PluginBinder;
use crate::provide::credentials::{CredentialSearch, CredentialStep};
use crate::services::{CredentialFinder, HostHandle, Services};
use crate::settings::Settings;

/// Plugins in the order in which their binders are asked. Cheap to clone; plugins are opened when they are first called.
#[derive(Clone)]
pub struct PluginSet {
    plugins: Arc<[Plugin]>,
    credentials: Arc<CredentialSearch>,
    problems: Arc<[PluginProblem]>,
    services: Arc<dyn Services>,
}

impl PluginSet {
    /// Finds plugins and inspects their files. Loads and starts nothing.
    ///
    /// # Errors
    ///
    /// If a library or program that the user named cannot be used. A library in a searched folder is a [`PluginProblem`] instead.
    pub fn find(
        search: &SearchPath,
        settings: Settings,
        services: Arc<dyn Services>,
    ) -> Result<Self, LibraryError> {
        Ok(Self::new(find(search, &settings)?, settings, services))
    }

    /// Creates the set of these plugins, in this order.
    pub(crate) fn new(
        discovered: Discovered,
        settings: Settings,
        services: Arc<dyn Services>,
    ) -> Self {
        let Discovered {
            plugins,
            mut problems,
        } = discovered;
        let (plugins, credentials) = connect(plugins, &settings, &services);
        problems.extend(credentials.invalid_entries().map(PluginProblem::Auth));
        Self {
            plugins,
            credentials,
            problems: problems.into(),
            services,
        }
    }

    /// Returns the same plugins, not opened yet, with other settings. Reads no file again.
    #[must_use]
    pub fn with_settings(&self, settings: Settings) -> Self {
        let inspected = self.iter().map(|plugin| plugin.inspected().clone());
        let (plugins, credentials) = connect(inspected.collect(), &settings, &self.services);
        Self {
            plugins,
            credentials,
            problems: Arc::clone(&self.problems),
            services: Arc::clone(&self.services),
        }
    }

    /// Returns the problems that were found.
    pub fn problems(&self) -> &[PluginProblem] {
        &self.problems
    }

    /// Iterates over the plugins in the order in which their binders are asked.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Plugin> {
        self.plugins.iter()
    }

    /// Returns the plugin with this name.
    pub fn get(&self, name: &str) -> Option<&Plugin> {
        self.iter().find(|plugin| plugin.description().name == name)
    }

    /// Returns the binders for jobs on a cluster, in the order in which they are asked.
    ///
    /// The binder of a plugin that cannot be opened returns the error when it is asked.
    pub fn binders(&self, cluster: Option<&str>) -> Vec<PluginBinder> {
        let of_plugin = |(index, plugin): (usize, &Plugin)| {
            let binders = plugin.description().binders.iter();
            let create =
                move |binder| PluginBinder::new(Arc::clone(&self.plugins), index, binder, cluster);
            binders.map(create).collect::<Vec<_>>()
        };
        self.iter().enumerate().flat_map(of_plugin).collect()
    }

    /// Iterates over the cluster traits of all plugins, with the name of the plugin.
    pub fn trait_declarations(&self) -> impl Iterator<Item = (&str, &Trait)> {
        self.iter().flat_map(|plugin| {
            let description = plugin.description();
            let traits = description.traits.iter();
            traits.map(|declared| (description.name.as_str(), declared))
        })
    }

    /// Returns the first credential that a plugin has, in the order of the `[[auth]]` entries, or else the program itself.
    ///
    /// Results are remembered for the life of the set, errors are not.
    ///
    /// # Errors
    ///
    /// If a plugin or the program should have a credential and cannot provide it; no other plugin is asked then.
    pub fn credential(
        &self,
        registry: &str,
        repository: &str,
        actions: &[&str],
    ) -> Result<Option<Credential>, Diagnostic> {
        let call = Call::default();
        self.credentials
            .credential(&call, None, registry, repository, actions)
    }

    /// Returns the result of each `[[auth]]` entry, up to the first with a credential or an error. Remembers nothing.
    pub fn search_credential(
        &self,
        registry: &str,
        repository: &str,
        actions: &[&str],
    ) -> Vec<CredentialStep<'_>> {
        self.credentials.steps(None, registry, repository, actions)
    }

    /// Returns the search for credentials.
    pub(crate) fn credentials(&self) -> &CredentialSearch {
        &self.credentials
    }
}

/// Creates the plugins and the search for credentials, which refer to each other.
fn connect(
    plugins: Vec<Inspected>,
    settings: &Settings,
    services: &Arc<dyn Services>,
) -> (Arc<[Plugin]>, Arc<CredentialSearch>) {
    let credentials = Arc::new_cyclic(|search: &Weak<CredentialSearch>| {
        let finder: Weak<dyn CredentialFinder> = search.clone();
        let create = |inspected: Inspected| {
            let host = HostHandle::new(
                &inspected.description,
                Arc::clone(services),
                Some(Weak::clone(&finder)),
            );
            Plugin::new(inspected, settings, host)
        };
        let plugins: Arc<[Plugin]> = plugins.into_iter().map(create).collect();
        CredentialSearch::new(plugins, settings.auth.clone(), Arc::clone(services))
    });
    (credentials.plugins(), credentials)
}
