//! What commands share. Nothing is read before a command asks for it, and nothing is read twice.

use std::{
    num::NonZeroUsize,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use bindery_cluster::{Cluster, ClusterNotFound, Clusters, ReadError};
use bindery_credentials::{Helpers, Places};
use bindery_host::{LibraryError, PluginBinder, Plugins, SearchPath, Settings};
use bindery_registry::{Client, Network};
use clap::{ArgAction, Args};
use once_cell::sync::OnceCell;

use crate::{
    caching::CacheOptions,
    configuration::Configuration,
    environment::Environment,
    exit::ExitStatus,
    network,
    plugin_option::PluginOption,
    plugins,
    registry::{self, Credentials},
    report::{Failure, Failures, warn},
    services::{LazyClusters, Services, Verbosity},
};

/// Options that every command takes.
#[derive(Args)]
pub struct Options {
    /// Read this configuration file instead of /etc/bindery/bindery.toml and ~/.config/bindery/bindery.toml
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        help_heading = "Global options"
    )]
    config: Option<PathBuf>,
    /// Search this folder for plugins before all others; a file counts as a plugin, whatever its name; may be repeated
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        help_heading = "Global options"
    )]
    plugin_dir: Vec<PathBuf>,
    /// Ask for so many references at a time, over at most so many connections to one host; 16 if not given
    #[arg(long, global = true, value_name = "N", help_heading = "Global options")]
    jobs: Option<NonZeroUsize>,
    /// Tell on standard error what happens, each request to a registry on a line; twice for what plugins tell their authors
    #[arg(
        short,
        long,
        global = true,
        action = ArgAction::Count,
        help_heading = "Global options"
    )]
    verbose: u8,
    /// Set one key of `[plugin.NAME]` for this run, over what the configuration says; VALUE is TOML, else a text; may be repeated
    #[arg(
        long,
        global = true,
        value_name = "NAME.KEY=VALUE",
        help_heading = "Global options"
    )]
    plugin_option: Vec<PluginOption>,
    #[command(flatten)]
    cache: CacheOptions,
    /// Look for credentials in this file first, of the form of Docker's config.json; `-` for standard input
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        help_heading = "Global options"
    )]
    auth_file: Option<PathBuf>,
    /// Use no plugin but these; names separated by commas
    #[arg(
        long,
        global = true,
        value_name = "NAMES",
        value_delimiter = ',',
        help_heading = "Global options"
    )]
    only_plugins: Option<Vec<String>>,
    /// Use none of these plugins; names separated by commas
    #[arg(
        long,
        global = true,
        value_name = "NAMES",
        value_delimiter = ',',
        help_heading = "Global options"
    )]
    deny_plugins: Vec<String>,
    /// Run plugins in processes of their own, so that a crash of one is an error
    #[arg(long, global = true, help_heading = "Global options")]
    isolate: bool,
}

/// The settings, clusters and plugins of this run. May be shared with other threads.
pub struct Context<'o> {
    options: &'o Options,
    environment: Environment,
    clusters: Arc<LazyClusters>,
    services: Arc<Services>,
    configuration: OnceCell<Configuration>,
    network: OnceCell<Network>,
    plugins: OnceCell<Plugins>,
    offline: AtomicBool,
    record: AtomicBool,
}

impl<'o> Context<'o> {
    /// Takes note of the environment and reads no file.
    pub fn new(options: &'o Options) -> Self {
        let environment = Environment::read();
        let clusters = Arc::new(LazyClusters::new(environment.cluster_folders()));
        let services = Services::new(
            Arc::clone(&clusters),
            environment.cache_folder(),
            Places::new(
                environment.credential_places(options.auth_file.as_deref()),
                Helpers::new(environment.program_path()),
                warn,
            ),
            Verbosity::of(options.verbose),
        );
        Self {
            options,
            environment,
            clusters,
            services: Arc::new(services),
            configuration: OnceCell::new(),
            network: OnceCell::new(),
            plugins: OnceCell::new(),
            offline: AtomicBool::new(false),
            record: AtomicBool::new(false),
        }
    }

    /// From now on no connection is made; to be said before plugins or the registry client are asked for.
    pub fn stay_offline(&self) {
        self.offline.store(true, Ordering::Relaxed);
    }

    /// Whether no connection is made.
    pub fn is_offline(&self) -> bool {
        self.offline.load(Ordering::Relaxed)
    }

    /// From now on answers are written down, so that binders give all their evidence; to be said before plugins are asked for.
    pub fn record(&self) {
        self.record.store(true, Ordering::Relaxed);
    }

    /// The settings of all configuration files.
    pub fn configuration(&self) -> Result<&Configuration, Failures> {
        self.configuration.get_or_try_init(|| {
            let mut found = match &self.options.config {
                Some(file) => Configuration::read_named(file)?,
                None => Configuration::read(&self.environment.configuration_files())?,
            };
            for option in &self.options.plugin_option {
                option.apply(&mut found.sections);
            }
            Ok(found)
        })
    }

    /// The clusters of all files.
    pub fn clusters(&self) -> Result<&Clusters, Failures> {
        self.clusters
            .get()
            .map_err(|error| unreadable(&error).into())
    }

    /// One cluster by its name.
    pub fn cluster(&self, name: &str) -> Result<&Cluster, Failures> {
        self.clusters()?
            .get(name)
            .map_err(|error| self.unknown_cluster(&error).into())
    }

    /// The plugins on the search path, none of them loaded yet. All have the file that is pinned, if one is.
    pub fn plugins(&self) -> Result<&Plugins, Failures> {
        self.plugins.get_or_try_init(|| {
            let found = self.find(self.search_path()?)?;
            plugins::check_pins(&found, self.configuration()?)?;
            Ok(found)
        })
    }

    /// The binders of all plugins, for jobs on this cluster; what is wrong with plugins is told once.
    pub fn binders(&self, cluster: Option<&str>) -> Result<Vec<PluginBinder>, Failures> {
        let first = self.plugins.get().is_none();
        let found = self.plugins()?;
        if first {
            plugins::warn(found.problems());
        }
        Ok(found.binders(cluster))
    }

    /// What the environment says of this run.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// One library, described as if it were found on the search path; not loaded yet.
    pub fn plugins_of(&self, file: PathBuf) -> Result<Plugins, Failures> {
        self.find(SearchPath {
            files: vec![file],
            folders: Vec::new(),
        })
    }

    /// What plugins are opened with.
    pub fn plugin_settings(&self) -> Result<Settings, Failures> {
        let configuration = self.configuration()?;
        Ok(Settings {
            record: self.record.load(Ordering::Relaxed),
            programs: plugins::programs(configuration, &self.environment)?,
            only: self.options.only_plugins.clone(),
            deny: self.options.deny_plugins.clone(),
            isolate: self.options.isolate.then(plugins::server).transpose()?,
            ..plugins::settings(configuration, self.network()?)
        })
    }

    /// How this run makes connections, in its plugins as well.
    pub fn network(&self) -> Result<&Network, Failures> {
        self.network.get_or_try_init(|| {
            let defaults = Network::default();
            Ok(Network {
                jobs: self.options.jobs.unwrap_or(defaults.jobs),
                offline: self.is_offline(),
                proxies: self.environment.proxies(),
                times: network::times(&self.configuration()?.limits),
                trust: self.environment.trust(),
                cache: self.options.cache.folder(&self.environment),
                max_age_seconds: self.options.cache.max_age().map(|age| age.as_secs()),
            })
        })
    }

    /// Where plugins are looked for.
    pub fn search_path(&self) -> Result<SearchPath, Failures> {
        if let Some(missing) = self.options.plugin_dir.iter().find(|path| !path.exists()) {
            let message = format!("there is no plugin folder `{}`", missing.display());
            return Err(Failure::new(ExitStatus::InvalidConfiguration, message).into());
        }
        Ok(plugins::search_path(
            &self.options.plugin_dir,
            self.configuration()?,
        ))
    }

    /// A registry client with the settings and credentials of this run.
    pub fn registry(&self) -> Result<Client, Failures> {
        let configuration = self.configuration()?;
        let credentials = if configuration.auth.is_empty() {
            Credentials::Own(Arc::clone(&self.services))
        } else {
            let found = self.plugins()?;
            plugins::warn(found.problems());
            Credentials::Plugins(found.clone())
        };
        registry::client(
            configuration,
            self.network()?,
            self.services.request_log(),
            Arc::new(credentials),
        )
    }

    /// The same failure; a registry's refusal with what went wrong before, when a credential for it was looked for.
    pub fn explain_refusal(&self, failure: Failure) -> Failure {
        if failure.status != ExitStatus::Refused {
            return failure;
        }
        let texts = [&failure.message].into_iter().chain(&failure.causes);
        let text: String = texts.map(String::as_str).collect::<Vec<_>>().join("\n");
        let troubles = self.logins().troubles();
        let own = troubles.iter().filter(|(registry, _)| {
            text.contains(&format!("`{registry}`")) || text.contains(&format!("`{registry}/"))
        });
        own.fold(failure, |failure, (_, trouble)| failure.cause(trouble))
    }

    /// Who finds credentials that no plugin has.
    pub fn logins(&self) -> &Places {
        self.services.logins()
    }

    /// Whether standard input is where credentials come from, and so cannot be anything else.
    pub fn reads_logins_from_standard_input(&self) -> bool {
        self.options.auth_file.as_deref() == Some(Path::new("-"))
    }

    fn find(&self, search: SearchPath) -> Result<Plugins, Failures> {
        let services = Arc::clone(&self.services) as Arc<dyn bindery_host::Services>;
        let found = Plugins::find(&search, self.plugin_settings()?, services);
        found.map_err(|error: LibraryError| plugins::unusable(&error).into())
    }

    fn unknown_cluster(&self, error: &ClusterNotFound) -> Failure {
        Failure::new(ExitStatus::InvalidConfiguration, error.to_string()).hint(self.clusters.hint())
    }
}

fn unreadable(error: &ReadError) -> Failure {
    let (file, position) = error.place();
    Failure::new(ExitStatus::InvalidConfiguration, error.to_string())
        .at(file, position)
        .sources_of(error)
}
