//! All plugins of a run.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Weak},
    time::Duration,
};

use bindery_cluster::Trait;
use bindery_credentials::Credential;
use bindery_diagnostic::Diagnostic;
use serde_json::{Map, Value as Json};

use crate::{
    AuthEntry, AuthStep, Description, Environment, LibraryError, Plugin, PluginBinder, Program,
    Provision, Reason, SearchPath, Services,
    discover::inspect::{Inspected, Origin, inspect},
    discover::names as clash,
    discover::search::Candidate,
    discover::trust::Trust,
    provide::credentials::Chain,
    services::Bridge,
};

/// What the user set for plugins.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Names of plugins whose binders are asked first, in this order; the others follow by name.
    pub order: Vec<String>,
    /// Each plugin's own section, by its name.
    pub plugins: BTreeMap<String, Json>,
    /// The `[registry."host:port"]` tables, which every plugin gets.
    pub registries: Map<String, Json>,
    /// The `[limits]` table, which every plugin gets.
    pub limits: Json,
    /// How connections are made, whatever host they go to; every plugin gets it.
    pub network: Json,
    /// Whether binders collect all that a lockfile keeps beside an answer, also where that costs requests.
    pub record: bool,
    /// The `[[auth]]` entries, in order.
    pub auth: Vec<AuthEntry>,
    /// The `[exec]` tables: programs that are plugins.
    pub programs: Vec<ProgramEntry>,
    /// The plugins that may be used, if not all.
    pub only: Option<Vec<String>>,
    /// Plugins that may not be used.
    pub deny: Vec<String>,
    /// Where libraries are run, if not in this process: a program with its arguments, to which the library's path is added, that
    /// calls [`crate::serve`].
    pub isolate: Option<Vec<PathBuf>>,
    /// How long a plugin may take to open, to answer a batch, or to answer a call.
    pub time_limit: Duration,
    /// The most bytes that a plugin may answer at once.
    pub longest_answer: usize,
    /// What the command line gave of each plugin's own options, by plugin and option: a text, or `true`.
    pub options: BTreeMap<String, Map<String, Json>>,
    /// Whether the program itself uses a name, so that no plugin can have it.
    pub taken: fn(Provision, &str) -> bool,
}

/// A program that is a plugin, as `bindery.toml` describes it.
#[derive(Clone, Debug)]
pub struct ProgramEntry {
    /// What it provides.
    pub description: Description,
    /// The program and its arguments; the program is a path.
    pub command: Vec<PathBuf>,
    /// The variables of its environment.
    pub environment: Vec<(String, String)>,
    /// How long it may take for a batch or a call, if not as long as every plugin.
    pub time_limit: Option<Duration>,
}

impl Settings {
    fn allows(&self, plugin: &str) -> bool {
        let is_it = |name: &String| name == plugin;
        self.only.as_ref().is_none_or(|only| only.iter().any(is_it)) && !self.deny.iter().any(is_it)
    }
}

impl ProgramEntry {
    /// The files among its arguments, such as a script.
    fn files(&self) -> impl Iterator<Item = &Path> {
        let arguments = self.command.iter().skip(1).map(PathBuf::as_path);
        arguments.filter(|argument| argument.is_absolute() && argument.exists())
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            order: Vec::new(),
            plugins: BTreeMap::new(),
            registries: Map::new(),
            limits: Json::Null,
            network: Json::Null,
            record: false,
            auth: Vec::new(),
            programs: Vec::new(),
            only: None,
            deny: Vec::new(),
            isolate: None,
            time_limit: Duration::from_secs(300),
            longest_answer: 64 << 20,
            options: BTreeMap::new(),
            taken: |_, _| false,
        }
    }
}

/// The plugins that were found. Cheap to clone; libraries are loaded when something is asked of them.
#[derive(Clone)]
pub struct Plugins {
    chain: Arc<Chain>,
    problems: Arc<[Problem]>,
    services: Arc<dyn Services>,
}

/// Something about the plugins that a user should know, although work can go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// A library on the path cannot be used.
    #[error("{0}")]
    Unusable(LibraryError),
    /// A folder on the path cannot be read.
    #[error("the plugin folder `{}` cannot be read: {error}", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Two libraries hold a plugin of this name; the second is not used.
    #[error("plugin `{plugin}` of `{}` is hidden by the one of `{}`", hidden.display(), by.display())]
    Hidden {
        /// The plugin.
        plugin: String,
        /// The library that is not used.
        hidden: PathBuf,
        /// The one that is.
        by: PathBuf,
    },
    /// Two plugins have a binder of this name; the second is not used.
    #[error("binder `{binder}` of plugin `{hidden}` is hidden by that of plugin `{by}`")]
    HiddenBinder {
        /// The binder.
        binder: String,
        /// The plugin whose binder is not used.
        hidden: String,
        /// The plugin whose binder is.
        by: String,
    },
    /// A plugin provides something under a name that somebody else has; it is not used.
    #[error("{what} of plugin `{hidden}` cannot be used: {by} has that name")]
    HiddenPart {
        /// What it is, with its name.
        what: String,
        /// The plugin whose part is not used.
        hidden: String,
        /// Who has the name.
        by: String,
    },
    /// A name that a plugin has for job files cannot be made; they do without.
    #[error("the name `{name}` of plugin `{plugin}` for job files cannot be used: {message}")]
    Definition {
        /// The name.
        name: String,
        /// The plugin.
        plugin: String,
        /// Why.
        message: String,
    },
    /// An `[[auth]]` entry means nobody.
    #[error("{0}")]
    Auth(Diagnostic),
}

impl Problem {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Unusable(error) => error.hint(),
            Self::Folder { .. } => "check the folder's permissions".into(),
            Self::Hidden { .. } => "remove one of the files, or reorder the plugin path".into(),
            Self::HiddenBinder { .. } => {
                "remove one of the plugins, or name one first in `order`".into()
            }
            Self::HiddenPart { by, .. } if by.starts_with("plugin") => {
                "remove one of the plugins, or name one first in `order`".into()
            }
            Self::HiddenPart { .. } | Self::Definition { .. } => {
                "ask the plugin's author for a version that fits this release of bindery".into()
            }
            Self::Auth(error) => error.hint.clone().unwrap_or_default(),
        }
    }
}

impl Plugins {
    /// Looks for plugins and reads what their files say. Nothing is loaded.
    ///
    /// # Errors
    ///
    /// If a library that the user named cannot be used. One that merely lies on the path is a [`Problem`].
    pub fn find(
        search: &SearchPath,
        settings: Settings,
        services: Arc<dyn Services>,
    ) -> Result<Self, LibraryError> {
        let mut problems = Vec::new();
        let mut found = Vec::new();
        let (candidates, unreadable) = search.candidates();
        for (folder, error) in unreadable {
            problems.push(Problem::Folder { folder, error });
        }
        let mut trust = Trust::new();
        let trusted = |path: &Path, checked: io::Result<Result<(), String>>| {
            let reason = match checked {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(why)) => Reason::Untrusted(why),
                Err(error) => Reason::Unreadable(error),
            };
            Err(LibraryError::of(path, reason))
        };
        for candidate in candidates {
            // `path` is how the file was named, `file` the same without links, under which it is loaded.
            let Candidate { path, file, .. } = &candidate;
            match trusted(path, trust.check(file)).and_then(|()| inspect(path, file)) {
                Ok(inspected) => found.push(inspected),
                Err(error) if candidate.explicit => return Err(error),
                Err(error) => problems.push(Problem::Unusable(error)),
            }
        }

        for entry in &settings.programs {
            let program = &entry.command[0];
            trusted(program, trust.check_program(program))?;
            for path in entry.files() {
                trusted(path, trust.check_named(path))?;
            }
            found.push(Inspected {
                file: entry.command[0].clone(),
                description: entry.description.clone(),
                origin: Origin::Program(Program {
                    command: entry.command.clone(),
                    environment: Environment::Only(entry.environment.clone()),
                    time_limit: entry.time_limit.unwrap_or(settings.time_limit),
                    longest_line: settings.longest_answer,
                }),
            });
        }

        found.retain(|plugin| settings.allows(&plugin.description.name));

        let mut used: Vec<Inspected> = Vec::new();
        for plugin in found {
            let name = &plugin.description.name;
            match used.iter().find(|used| used.description.name == *name) {
                None => used.push(plugin),
                Some(first) => problems.push(Problem::Hidden {
                    plugin: name.clone(),
                    hidden: plugin.file,
                    by: first.file.clone(),
                }),
            }
        }
        used.sort_by_cached_key(|plugin| {
            let name = plugin.description.name.clone();
            let rank = settings.order.iter().position(|first| *first == name);
            (rank.unwrap_or(usize::MAX), name)
        });
        let mut binders: BTreeMap<String, String> = BTreeMap::new();
        for plugin in &mut used {
            let name = &plugin.description.name;
            plugin
                .description
                .binders
                .retain(|binder| match binders.get(&binder.name) {
                    None => {
                        binders.insert(binder.name.clone(), name.clone());
                        true
                    }
                    Some(by) => {
                        problems.push(Problem::HiddenBinder {
                            binder: binder.name.clone(),
                            hidden: name.clone(),
                            by: by.clone(),
                        });
                        false
                    }
                });
        }

        problems.extend(clash::settle(&mut used, settings.taken));

        Ok(Self::of(used, problems, settings, services))
    }

    /// These plugins, in this order.
    pub(crate) fn of(
        plugins: Vec<Inspected>,
        mut problems: Vec<Problem>,
        settings: Settings,
        services: Arc<dyn Services>,
    ) -> Self {
        let chain = chain(plugins, &settings, &services);
        let wrong = chain
            .entries()
            .iter()
            .filter_map(|entry| chain.source(entry).err());
        problems.extend(wrong.map(Problem::Auth));
        Self {
            chain,
            problems: problems.into(),
            services,
        }
    }

    /// The same plugins, to be opened with these settings. None of them is open; no file is read again.
    #[must_use]
    pub fn with_settings(&self, settings: Settings) -> Self {
        let found = self.iter().map(|plugin| plugin.inspected().clone());
        Self {
            chain: chain(found.collect(), &settings, &self.services),
            problems: Arc::clone(&self.problems),
            services: Arc::clone(&self.services),
        }
    }

    pub(crate) fn chain(&self) -> &Chain {
        &self.chain
    }

    /// What a user should know about the search.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The plugins in the order in which their binders are asked.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Plugin> {
        self.chain.plugins.iter()
    }

    /// The plugin of this name.
    pub fn get(&self, name: &str) -> Option<&Plugin> {
        self.iter().find(|plugin| plugin.description().name == name)
    }

    /// All binders, in the order in which they are to be asked, for a job on this cluster.
    ///
    /// A binder that cannot work, because its plugin cannot be opened, says so when it is asked.
    pub fn binders(&self, cluster: Option<&str>) -> Vec<PluginBinder> {
        let of_plugin = |(place, plugin): (usize, &Plugin)| {
            let binders = plugin.description().binders.iter();
            let make = move |binder| PluginBinder::new(self.chain.clone(), place, binder, cluster);
            binders.map(make).collect::<Vec<_>>()
        };
        self.iter().enumerate().flat_map(of_plugin).collect()
    }

    /// The cluster traits that plugins declare, each with the name of its plugin.
    pub fn trait_declarations(&self) -> impl Iterator<Item = (&str, &Trait)> {
        self.iter().flat_map(|plugin| {
            let description = plugin.description();
            description
                .traits
                .iter()
                .map(|group| (description.name.as_str(), group))
        })
    }

    /// The first credential that a plugin, by the `[[auth]]` entries in their order, or else the program itself has.
    ///
    /// The answer is remembered for the life of these plugins, errors are not.
    ///
    /// # Errors
    ///
    /// If somebody should have one and could not give it; nobody else is asked then.
    pub fn credential(
        &self,
        registry: &str,
        repository: &str,
        actions: &[&str],
    ) -> Result<Option<Credential>, Diagnostic> {
        self.chain.credential(None, registry, repository, actions)
    }

    /// What each of the `[[auth]]` entries answers, up to the first that has a credential or should have one. Nothing of it is
    /// remembered.
    ///
    /// # Errors
    ///
    /// If a source of credentials asks for this.
    pub fn search_credential(
        &self,
        registry: &str,
        repository: &str,
        actions: &[&str],
    ) -> Result<Vec<AuthStep<'_>>, Diagnostic> {
        self.chain.search(None, registry, repository, actions)
    }
}

fn chain(plugins: Vec<Inspected>, settings: &Settings, services: &Arc<dyn Services>) -> Arc<Chain> {
    Arc::new_cyclic(|chain: &Weak<Chain>| {
        let plugins = plugins.into_iter().map(|plugin| {
            let bridge = Bridge::new(&plugin.description, services.clone(), chain.clone());
            Plugin::new(plugin, settings, bridge)
        });
        Chain::new(plugins.collect(), settings.auth.clone(), services.clone())
    })
}
