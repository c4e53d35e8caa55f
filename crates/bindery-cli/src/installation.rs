//! Settings of a machine and a user, and the plugins that the settings select.

use std::path::PathBuf;
use std::sync::Arc;

use bindery_cluster::{Cluster, ClusterNotFound, Clusters, ReadError};
use bindery_credentials::{CredentialFiles, Helpers};
use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use bindery_host::{NameKind, PluginSet, ReservedNames, SearchPath, Selection, Settings};
use bindery_registry::Network;
use once_cell::sync::OnceCell;

use crate::args::Options;
use crate::configuration::Configuration;
use crate::environment::Environment;
use crate::plugins;
use crate::report::print_warning;
use crate::services::{LazyClusters, Services, Verbosity};

/// Returns true if the program itself uses a name of this kind, so that no plugin can have the name.
pub type IsTaken = fn(NameKind, &str) -> bool;

/// Environment, configuration, clusters and plugins, as the global options select them. Files are read when they are first needed, once.
pub struct Installation<'o> {
    pub options: &'o Options,
    pub environment: Environment,
    pub services: Arc<Services>,
    clusters: Arc<LazyClusters>,
    configuration: OnceCell<Configuration>,
    plugins: OnceCell<PluginSet>,
    is_taken: IsTaken,
}

impl<'o> Installation<'o> {
    /// Reads the environment variables, and no file.
    pub fn new(options: &'o Options, is_taken: IsTaken) -> Self {
        let environment = Environment::read();
        let clusters = Arc::new(LazyClusters::new(environment.cluster_folders()));
        let services = Services::new(
            Arc::clone(&clusters),
            environment.cache_folder(),
            CredentialFiles::new(
                environment.credential_places(options.auth_file.as_deref()),
                Helpers::new(environment.program_path()),
                print_warning,
            ),
            Verbosity::from_count(options.verbose),
        );
        Self {
            options,
            environment,
            services: Arc::new(services),
            clusters,
            configuration: OnceCell::new(),
            plugins: OnceCell::new(),
            is_taken,
        }
    }

    /// Returns the settings of all configuration files, with the options of the command line.
    pub fn configuration(&self) -> Result<&Configuration, Diagnostics> {
        self.configuration.get_or_try_init(|| {
            let mut configuration = match &self.options.config {
                Some(file) => Configuration::read_named(file)?,
                None => Configuration::read(&self.environment.configuration_files())?,
            };
            for option in &self.options.plugin_option {
                option.apply(&mut configuration.sections);
            }
            Ok(configuration)
        })
    }

    /// Returns the clusters of all files.
    pub fn clusters(&self) -> Result<&Clusters, Diagnostics> {
        self.clusters
            .get()
            .map_err(|error| clusters_error(&error).into())
    }

    /// Returns the cluster `name`.
    pub fn cluster(&self, name: &str) -> Result<&Cluster, Diagnostics> {
        let unknown = |error: ClusterNotFound| {
            Diagnostic::new(Kind::Invalid, error.to_string())
                .hint(self.clusters.hint())
                .into()
        };
        self.clusters()?.get(name).map_err(unknown)
    }

    /// Returns the plugins on the search path with the default mode of a run and without the options of plugins. No plugin is loaded yet.
    ///
    /// # Errors
    ///
    /// If a plugin that the user named cannot be used, or a file is not the pinned one.
    pub fn plugins(&self) -> Result<&PluginSet, Diagnostics> {
        self.plugins.get_or_try_init(|| {
            let settings = self.plugin_settings(&self.network(false)?)?;
            let plugins = self.find_plugins(self.search_path()?, settings)?;
            plugins::check_pins(&plugins, self.configuration()?)?;
            Ok(plugins)
        })
    }

    /// Returns the settings of plugins that use `network`.
    pub fn plugin_settings(&self, network: &Network) -> Result<Settings, Diagnostics> {
        let configuration = self.configuration()?;
        Ok(Settings {
            selection: Selection {
                order: configuration.plugins.order.clone(),
                only: self.options.only_plugins.clone(),
                deny: self.options.deny_plugins.clone(),
                reserved: ReservedNames::new(self.is_taken),
            },
            programs: plugins::programs(configuration, &self.environment)?,
            auth: configuration.auth.clone(),
            isolate: self.options.isolate.then(plugins::server).transpose()?,
            limits: configuration.limits.plugins,
            input: plugins::input(configuration, network),
        })
    }

    /// Returns the settings of connections, for this program and its plugins.
    pub fn network(&self, offline: bool) -> Result<Network, Diagnostics> {
        let defaults = Network::default();
        let options = self.options;
        Ok(Network {
            jobs: options.jobs.unwrap_or(defaults.jobs),
            offline,
            proxies: self.environment.proxies(),
            times: self.configuration()?.limits.network.clone(),
            trust: self.environment.trust(),
            cache: options.cache.folder(self.environment.cache_folder()),
            max_age_seconds: options.cache.max_age.map(|age| age.as_secs()),
        })
    }

    /// Returns the folders and files that are searched for plugins.
    fn search_path(&self) -> Result<SearchPath, Diagnostics> {
        let folders = &self.options.plugin_dir;
        if let Some(missing) = folders.iter().find(|path| !path.exists()) {
            let message = format!("there is no plugin folder `{}`", missing.display());
            return Err(Diagnostic::new(Kind::Invalid, message).into());
        }
        Ok(plugins::search_path(folders, self.configuration()?))
    }

    /// Returns the plugin of one library, as if the library were on the search path. The plugin is not loaded yet.
    pub fn plugin_of_file(
        &self,
        file: PathBuf,
        settings: Settings,
    ) -> Result<PluginSet, Diagnostics> {
        let search = SearchPath {
            files: vec![file],
            folders: Vec::new(),
        };
        self.find_plugins(search, settings)
    }

    fn find_plugins(
        &self,
        search: SearchPath,
        settings: Settings,
    ) -> Result<PluginSet, Diagnostics> {
        let services = Arc::clone(&self.services) as Arc<dyn bindery_host::Services>;
        PluginSet::find(&search, settings, services)
            .map_err(|error| plugins::library_error(&error).into())
    }
}

fn clusters_error(error: &ReadError) -> Diagnostic {
    let (file, position) = error.place();
    Diagnostic::new(Kind::Invalid, error.to_string())
        .at(file, position)
        .sources_of(error)
}
