//! What commands share. Nothing is read before a command asks for it, and nothing is read twice.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use bindery_cluster::{Cluster, ClusterNotFound, Clusters, ReadError};
use bindery_credentials::{Helpers, Places};
use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use bindery_host::{LibraryError, Plugins, SearchPath, Settings};
use bindery_lockfile::{Source, Timestamp};
use bindery_registry::{Client, Network};
use bindery_render::{
    BinderSource, Definitions, EntryWriter, LoaderOptions, Prelude, Renderer, StockNames,
};
use clap::{ArgAction, Args, FromArgMatches};
use once_cell::sync::OnceCell;
use serde_json::{Map, Value};

use crate::args::{CacheOptions, PluginOption, Sandbox};
use crate::configuration::Configuration;
use crate::environment::Environment;
use crate::registry::{self, Credentials};
use crate::report::warn;
use crate::services::{LazyClusters, Services, Verbosity};
use crate::{network, plugins};

/// Options that every command takes.
#[derive(Args, Debug, PartialEq)]
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

/// What can be told of a command line before the plugins are known that have a part in it.
pub struct Typed {
    /// The options that every command takes.
    pub options: Options,
    /// The first word that is no option.
    pub noun: Option<OsString>,
}

impl Options {
    /// Reads the options where they are written out; what else there is, is nobody's mistake yet.
    pub fn typed(arguments: &[OsString]) -> Typed {
        let mut command = Self::augment_args(clap::Command::new("bindery"))
            .no_binary_name(true)
            .disable_help_flag(true);
        let takes_value = |word: &OsStr| {
            let name = word.to_str()?.strip_prefix("--")?;
            let (name, value) = name
                .split_once('=')
                .map_or((name, None), |it| (it.0, Some(it.1)));
            let mut options = command.get_arguments();
            let option = options.find(|it| it.get_long() == Some(name))?;
            Some(option.get_action().takes_values() && value.is_none())
        };
        let is_short = |word: &OsStr| {
            let flags = word.to_str().and_then(|word| word.strip_prefix('-'));
            let is_flag = |short| {
                let mut options = command.get_arguments();
                options.any(|it| it.get_short() == Some(short) && !it.get_action().takes_values())
            };
            flags.is_some_and(|flags| !flags.is_empty() && flags.chars().all(is_flag))
        };
        let mut ours = Vec::new();
        let mut noun = None;
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            if argument == "--" {
                break;
            }
            match takes_value(argument) {
                Some(takes_value) => {
                    ours.push(argument);
                    ours.extend(takes_value.then(|| arguments.next()).flatten());
                }
                None if is_short(argument) => ours.push(argument),
                None if argument.as_bytes().starts_with(b"-") => {}
                None => {
                    noun.get_or_insert(argument);
                }
            }
        }
        let mut read = |words: Vec<&OsString>| {
            let matches = command.try_get_matches_from_mut(words).ok()?;
            Self::from_arg_matches(&matches).ok()
        };
        // What is wrong with them is told when all is parsed.
        let options = read(ours)
            .or_else(|| read(Vec::new()))
            .expect("no option is required");
        Typed {
            options,
            noun: noun.cloned(),
        }
    }
}

/// The settings, clusters and plugins of this run. May be shared with other threads.
pub struct Context<'o> {
    options: &'o Options,
    environment: Environment,
    clusters: Arc<LazyClusters>,
    services: Arc<Services>,
    configuration: OnceCell<Configuration>,
    network: OnceCell<Network>,
    /// The plugins that were found, whoever has opened them; those of the command are opened with all settings.
    found: OnceCell<Plugins>,
    plugins: OnceCell<Plugins>,
    plugin_options: BTreeMap<String, Map<String, Value>>,
    /// Whether it was told what is wrong with them.
    told: AtomicBool,
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
            found: OnceCell::new(),
            plugins: OnceCell::new(),
            plugin_options: BTreeMap::new(),
            told: AtomicBool::new(false),
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
    pub fn configuration(&self) -> Result<&Configuration, Diagnostics> {
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
    pub fn clusters(&self) -> Result<&Clusters, Diagnostics> {
        self.clusters
            .get()
            .map_err(|error| unreadable(&error).into())
    }

    /// One cluster by its name.
    pub fn cluster(&self, name: &str) -> Result<&Cluster, Diagnostics> {
        self.clusters()?
            .get(name)
            .map_err(|error| self.unknown_cluster(&error).into())
    }

    /// The plugins on the search path, for what comes before the command: its options are not known to them. None of them is
    /// loaded yet. All have the file that is pinned, if one is.
    pub fn found(&self) -> Result<&Plugins, Diagnostics> {
        self.found.get_or_try_init(|| {
            let settings = self.settings_for(&self.network_now()?)?;
            let found = self.find(self.search_path()?, settings)?;
            plugins::check_pins(&found, self.configuration()?)?;
            Ok(found)
        })
    }

    /// The plugins on the search path, for the command. None of them is loaded yet.
    pub fn plugins(&self) -> Result<&Plugins, Diagnostics> {
        self.plugins
            .get_or_try_init(|| Ok(self.found()?.with_settings(self.plugin_settings()?)))
    }

    /// The plugins for a command that has something of them; what is wrong with any is told once.
    pub fn useful_plugins(&self) -> Result<&Plugins, Diagnostics> {
        let found = self.plugins()?;
        if !self.told.swap(true, Ordering::Relaxed) {
            plugins::warn(found.problems());
        }
        Ok(found)
    }

    /// What was given of the options of plugins; to be said before they are asked for.
    pub fn give_plugins(&mut self, options: BTreeMap<String, Map<String, Value>>) {
        self.plugin_options = options;
    }

    /// Returns a renderer with the permissions of `sandbox` that asks `binders`. The text that job files print goes to standard error.
    pub fn renderer<'r>(
        &'r self,
        sandbox: &Sandbox,
        binders: &'r dyn BinderSource,
    ) -> Result<Renderer<'r>, Diagnostics> {
        Ok(Renderer {
            loader: self.loader_options(sandbox)?,
            prelude: Prelude::with_additions(|names| self.definitions(names)),
            print: Rc::new(print_to_stderr),
            ..Renderer::new(binders)
        })
    }

    /// Returns the limits and permissions of a job file.
    pub fn loader_options(&self, sandbox: &Sandbox) -> Result<LoaderOptions, Diagnostics> {
        let environment = &self.environment;
        Ok(LoaderOptions {
            limits: evaluation_limits(&self.configuration()?.limits),
            user: environment.user(),
            environment: environment.variables(&sandbox.allow_env),
            readable: sandbox.allow_read.clone(),
            source_date_epoch: environment.source_date_epoch()?,
        })
    }

    /// Returns the names that plugins define for job files.
    fn definitions(&self, names: &StockNames<'_>) -> Result<Definitions, Diagnostics> {
        let first = !self.told.load(Ordering::Relaxed);
        let (definitions, problems) = self
            .useful_plugins()?
            .definitions(&|name| names.schema_type(name), &|name| {
                names.contains(name)
            });
        if first {
            plugins::warn(&problems);
        }
        Ok(definitions)
    }

    /// Returns a writer of lock file entries that are first seen now, or at `SOURCE_DATE_EPOCH`.
    pub fn entry_writer(&self) -> Result<EntryWriter<'_>, Diagnostics> {
        let epoch = self.environment.source_date_epoch()?;
        let seconds = epoch.and_then(|seconds| u64::try_from(seconds).ok());
        let seconds = seconds.or_else(|| {
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            now.ok().map(|now| now.as_secs())
        });
        let now = Timestamp::from_unix(seconds.unwrap_or_default())
            .map_err(|error| Diagnostic::new(Kind::Invalid, error.to_string()))?;
        Ok(EntryWriter::new(now, |binder| self.source_of(binder)))
    }

    /// Returns the plugin of a binder, with the hash of its file.
    fn source_of(&self, binder: &str) -> Result<Option<Source>, Diagnostics> {
        let has_it = |plugin: &&bindery_host::Plugin| {
            let mut binders = plugin.description().binders.iter();
            binders.any(|known| known.name == binder)
        };
        let Some(plugin) = self.plugins()?.iter().find(has_it) else {
            return Ok(None);
        };
        let sha256 = plugins::sha256(plugin.file()).map_err(|error| {
            let message = format!("cannot read plugin `{}`", plugin.file().display());
            Diagnostic::new(Kind::Internal, message).cause(error)
        })?;
        Ok(Some(Source {
            plugin: plugin.description().name.clone(),
            version: plugin.description().version.clone(),
            sha256,
        }))
    }

    /// Why what a plugin printed did not get to standard output.
    pub fn output_error(&self) -> Option<Diagnostics> {
        self.services.output_error()
    }

    /// What the environment says of this run.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// One library, described as if it were found on the search path; not loaded yet.
    pub fn plugins_of(&self, file: PathBuf) -> Result<Plugins, Diagnostics> {
        let search = SearchPath {
            files: vec![file],
            folders: Vec::new(),
        };
        self.find(search, self.plugin_settings()?)
    }

    /// What plugins are opened with.
    pub fn plugin_settings(&self) -> Result<Settings, Diagnostics> {
        self.settings_for(self.network()?)
    }

    fn settings_for(&self, network: &Network) -> Result<Settings, Diagnostics> {
        let configuration = self.configuration()?;
        Ok(Settings {
            record: self.record.load(Ordering::Relaxed),
            options: self.plugin_options.clone(),
            programs: plugins::programs(configuration, &self.environment)?,
            only: self.options.only_plugins.clone(),
            deny: self.options.deny_plugins.clone(),
            isolate: self.options.isolate.then(plugins::server).transpose()?,
            ..plugins::settings(configuration, network)
        })
    }

    /// How this run makes connections, in its plugins as well.
    pub fn network(&self) -> Result<&Network, Diagnostics> {
        self.network.get_or_try_init(|| self.network_now())
    }

    /// The same, as far as it is known by now.
    fn network_now(&self) -> Result<Network, Diagnostics> {
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
    }

    /// Where plugins are looked for.
    pub fn search_path(&self) -> Result<SearchPath, Diagnostics> {
        if let Some(missing) = self.options.plugin_dir.iter().find(|path| !path.exists()) {
            let message = format!("there is no plugin folder `{}`", missing.display());
            return Err(Diagnostic::new(Kind::Invalid, message).into());
        }
        Ok(plugins::search_path(
            &self.options.plugin_dir,
            self.configuration()?,
        ))
    }

    /// A registry client with the settings and credentials of this run.
    pub fn registry(&self) -> Result<Client, Diagnostics> {
        let configuration = self.configuration()?;
        let credentials = if configuration.auth.is_empty() {
            Credentials::Own(Arc::clone(&self.services))
        } else {
            Credentials::Plugins(self.useful_plugins()?.clone())
        };
        registry::client(
            configuration,
            self.network()?,
            self.services.request_log(),
            Arc::new(credentials),
        )
    }

    /// The same failure; a registry's refusal with what went wrong before, when a credential for it was looked for.
    pub fn explain_refusal(&self, failure: Diagnostic) -> Diagnostic {
        if failure.kind != Kind::Denied {
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

    fn find(&self, search: SearchPath, settings: Settings) -> Result<Plugins, Diagnostics> {
        let services = Arc::clone(&self.services) as Arc<dyn bindery_host::Services>;
        let found = Plugins::find(&search, settings, services);
        found.map_err(|error: LibraryError| plugins::unusable(&error).into())
    }

    fn unknown_cluster(&self, error: &ClusterNotFound) -> Diagnostic {
        Diagnostic::new(Kind::Invalid, error.to_string()).hint(self.clusters.hint())
    }
}

/// Prints the output of a job file. A closed standard error is ignored.
pub fn print_to_stderr(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Returns the limits of the evaluation that the `[limits]` table sets.
fn evaluation_limits(configured: &BTreeMap<String, u64>) -> bindery_loader::Limits {
    let mut limits = bindery_loader::Limits::default();
    for (name, limit) in configured {
        let size = usize::try_from(*limit).unwrap_or(usize::MAX);
        match name.as_str() {
            "source" => limits.source = size,
            "nesting" => limits.nesting = size,
            "chain" => limits.chain = size,
            "steps" => limits.steps = *limit,
            "depth" => limits.depth = size,
            "string" => limits.string = size,
            "text" => limits.text = size,
            "output" => limits.output = size,
            "values" => limits.values = size,
            // The others are for requests and plugins.
            _ => {}
        }
    }
    limits
}

fn unreadable(error: &ReadError) -> Diagnostic {
    let (file, position) = error.place();
    Diagnostic::new(Kind::Invalid, error.to_string())
        .at(file, position)
        .sources_of(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_before_the_rest_is_understood() {
        let check = |line: &str, config: Option<&str>, folders: &[&str], noun: Option<&str>| {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let found = Options::typed(&words);
            assert_eq!(found.options.config, config.map(PathBuf::from), "{line}");
            let folders: Vec<PathBuf> = folders.iter().map(PathBuf::from).collect();
            assert_eq!(found.options.plugin_dir, folders, "{line}");
            assert_eq!(found.noun, noun.map(OsString::from), "{line}");
        };
        check("render f", None, &[], Some("render"));
        check(
            "--config c plugin list --plugin-dir=a --plugin-dir b",
            Some("c"),
            &["a", "b"],
            Some("plugin"),
        );
        check("--other render --config", None, &[], Some("render"));
        check(
            "render --configure x -- --config c",
            None,
            &[],
            Some("render"),
        );
    }

    #[test]
    fn what_was_given_is_the_same_however_it_was_found() {
        let words = [
            "render",
            "-vv",
            "f",
            "--plugin-dir",
            "a",
            "--config=c",
            "--plugin-dir=b",
        ];
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        let line = [OsString::from("bindery")]
            .into_iter()
            .chain(words.iter().cloned());
        let matches = crate::commands::command(None, None)
            .try_get_matches_from(line)
            .unwrap();
        let options = Options::from_arg_matches(&matches).unwrap();
        assert_eq!(options.plugin_dir.len(), 2);
        assert_eq!(Options::typed(&words).options, options);
    }
}
