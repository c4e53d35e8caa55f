//! Session of a command: settings, clusters, plugins and the registry client.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::{Arc, Once};
use std::time::{SystemTime, UNIX_EPOCH};

use bindery_cluster::{Cluster, Clusters};
use bindery_credentials::CredentialFiles;
use bindery_diagnostic::{Diagnostic, Diagnostics, Kind, Subject};
use bindery_host::{OptionValue, Plugin, PluginSet, Settings};
use bindery_lockfile::{AnswerSource, Timestamp};
use bindery_registry::{Client, Network};
use bindery_render::{
    BinderSource, Definitions, EntryWriter, LoaderOptions, Prelude, Renderer, StockNames,
};
use once_cell::sync::OnceCell;
use tokio::runtime::{Builder, Runtime};

use crate::args::Sandbox;
use crate::configuration::Configuration;
use crate::environment::Environment;
use crate::installation::Installation;
use crate::plugins;
use crate::registry::{self, Credentials};

/// Properties of a run that follow from its command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mode {
    /// No network connection is made.
    pub offline: bool,
    /// Answers are recorded, so that binders return all their evidence.
    pub record: bool,
}

/// Options of plugins on the command line, by plugin and option.
pub type PluginOptions = BTreeMap<String, BTreeMap<String, OptionValue>>;

/// Services of the program for one command. Immutable; files are read and plugins are found when they are first needed, once. May be shared
/// with other threads.
pub struct Session<'o> {
    installation: Installation<'o>,
    mode: Mode,
    plugin_options: PluginOptions,
    network: OnceCell<Network>,
    plugins: OnceCell<PluginSet>,
    /// Runs when the problems of the plugins are printed.
    report_plugins: Once,
    /// Runs when the problems of their names for job files are printed.
    report_definitions: Once,
    /// Never dropped: the end of the process is the fastest way to close connections.
    runtime: OnceCell<ManuallyDrop<Runtime>>,
}

impl<'o> Session<'o> {
    /// Creates a session. Reads no file.
    pub fn open(installation: Installation<'o>, mode: Mode, plugin_options: PluginOptions) -> Self {
        Self {
            installation,
            mode,
            plugin_options,
            network: OnceCell::new(),
            plugins: OnceCell::new(),
            report_plugins: Once::new(),
            report_definitions: Once::new(),
            runtime: OnceCell::new(),
        }
    }

    /// Returns true if no network connection is made.
    pub fn is_offline(&self) -> bool {
        self.mode.offline
    }

    /// Returns the settings of all configuration files.
    pub fn configuration(&self) -> Result<&Configuration, Diagnostics> {
        self.installation.configuration()
    }

    /// Returns the environment of the process.
    pub fn environment(&self) -> &Environment {
        &self.installation.environment
    }

    /// Returns the clusters of all files.
    pub fn clusters(&self) -> Result<&Clusters, Diagnostics> {
        self.installation.clusters()
    }

    /// Returns the cluster `name`.
    pub fn cluster(&self, name: &str) -> Result<&Cluster, Diagnostics> {
        self.installation.cluster(name)
    }

    /// Returns the plugins on the search path. No plugin is loaded yet.
    pub fn plugins(&self) -> Result<&PluginSet, Diagnostics> {
        self.plugins.get_or_try_init(|| {
            let plugins = self.installation.plugins()?;
            Ok(plugins.with_settings(self.plugin_settings()?))
        })
    }

    /// Returns the plugins for a command that uses them. Prints the problems of the search once.
    pub fn usable_plugins(&self) -> Result<&PluginSet, Diagnostics> {
        let plugins = self.plugins()?;
        self.report_plugins
            .call_once(|| plugins::warn(plugins.problems()));
        Ok(plugins)
    }

    /// Returns the plugin of one library, as if the library were on the search path. The plugin is not loaded yet.
    pub fn plugin_of_file(&self, file: PathBuf) -> Result<PluginSet, Diagnostics> {
        self.installation
            .plugin_of_file(file, self.plugin_settings()?)
    }

    /// Returns the settings of plugins.
    pub fn plugin_settings(&self) -> Result<Settings, Diagnostics> {
        let mut settings = self.installation.plugin_settings(self.network()?)?;
        settings.input.record = self.mode.record;
        settings.input.options.clone_from(&self.plugin_options);
        Ok(settings)
    }

    /// Returns the error of writing the output of a plugin, if one occurred.
    pub fn output_error(&self) -> Option<Diagnostics> {
        self.installation.services.output_error()
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
        let environment = self.environment();
        Ok(LoaderOptions {
            limits: self.configuration()?.limits.evaluation.clone(),
            user: environment.user(),
            environment: environment.variables(&sandbox.allow_env),
            readable: sandbox.allow_read.clone(),
            source_date_epoch: environment.source_date_epoch()?,
        })
    }

    /// Returns the names that plugins define for job files.
    fn definitions(&self, names: &StockNames<'_>) -> Result<Definitions, Diagnostics> {
        let (definitions, problems) = self
            .usable_plugins()?
            .definitions(&|name| names.schema_type(name), &|name| {
                names.contains(name)
            });
        self.report_definitions
            .call_once(|| plugins::warn(&problems));
        Ok(definitions)
    }

    /// Returns a writer of lock file entries that are first seen now, or at `SOURCE_DATE_EPOCH`.
    pub fn entry_writer(&self) -> Result<EntryWriter<'_>, Diagnostics> {
        let epoch = self.environment().source_date_epoch()?;
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
    fn source_of(&self, binder: &str) -> Result<Option<AnswerSource>, Diagnostics> {
        let provides = |plugin: &&Plugin| {
            let mut binders = plugin.description().binders.iter();
            binders.any(|known| known.name == binder)
        };
        let Some(plugin) = self.plugins()?.iter().find(provides) else {
            return Ok(None);
        };
        let sha256 = plugins::sha256(plugin.file()).map_err(|error| {
            let message = format!("cannot read plugin `{}`", plugin.file().display());
            Diagnostic::new(Kind::Internal, message).cause(error)
        })?;
        Ok(Some(AnswerSource {
            plugin: plugin.description().name.clone(),
            version: plugin.description().version.clone(),
            sha256,
        }))
    }

    /// Returns the settings of connections, for this program and its plugins.
    pub fn network(&self) -> Result<&Network, Diagnostics> {
        self.network
            .get_or_try_init(|| self.installation.network(self.mode.offline))
    }

    /// Returns a registry client with the settings and credentials of the user.
    pub fn registry(&self) -> Result<Client, Diagnostics> {
        let configuration = self.configuration()?;
        let services = &self.installation.services;
        let credentials = if configuration.auth.is_empty() {
            Credentials::Own(Arc::clone(services))
        } else {
            Credentials::Plugins(self.usable_plugins()?.clone())
        };
        Ok(registry::client(
            configuration.registries.clone(),
            self.network()?,
            services.request_log(),
            Arc::new(credentials),
        ))
    }

    /// Waits for a response of the registry client.
    pub fn wait_for<T>(&self, response: impl Future<Output = T>) -> Result<T, Diagnostic> {
        let runtime = self.runtime.get_or_try_init(|| {
            let runtime = Builder::new_current_thread().enable_all().build();
            runtime.map(ManuallyDrop::new)
        });
        let runtime = runtime.map_err(|error| {
            let message = "cannot set up network input and output";
            Diagnostic::new(Kind::Internal, message).cause(error)
        })?;
        Ok(runtime.block_on(response))
    }

    /// Returns the error of a registry that refused access with the failures of the search for a credential as causes. Other errors are
    /// unchanged.
    pub fn explain_refusal(&self, error: Diagnostic) -> Diagnostic {
        if error.kind != Kind::Denied {
            return error;
        }
        let failures = self.logins().failures().into_iter();
        let of_registry = failures.filter(|(registry, _)| match &error.subject {
            Some(Subject::Registry(subject)) => registry.to_string() == *subject,
            // An error of a plugin names no registry.
            _ => true,
        });
        let causes: Vec<String> = of_registry.map(|(_, failure)| failure.to_line()).collect();
        causes.into_iter().fold(error, Diagnostic::cause)
    }

    /// Returns the search for credentials outside of plugins.
    pub fn logins(&self) -> &CredentialFiles {
        self.installation.services.logins()
    }

    /// Returns true if credentials are read from standard input, so that nothing else can be.
    pub fn reads_logins_from_standard_input(&self) -> bool {
        self.installation.options.auth_file.as_deref() == Some(Path::new("-"))
    }
}

/// Prints the output of a job file. A closed standard error is ignored.
pub fn print_to_stderr(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
