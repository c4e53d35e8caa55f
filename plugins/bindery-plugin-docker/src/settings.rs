//! What the user set: in this plugin's own section, and in the `[registry]` tables.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use bindery_plugin::{Error, Setup, serde};
use bindery_reference::{Form, Registry};
use bindery_registry::{Options, Platform, PlatformError, RegistrySettings, Wish};

/// How many refs are asked for at a time if the user does not say.
const JOBS: usize = 16;

/// The plugin's own section.
#[derive(Default, serde::Deserialize)]
#[serde(crate = "bindery_plugin::serde", deny_unknown_fields, default)]
struct Config {
    /// How many refs are asked for at a time.
    jobs: Option<usize>,
    /// How long a connection may take, in seconds.
    connect_timeout: Option<u32>,
    /// How long a registry may take to answer, in seconds.
    response_timeout: Option<u32>,
    /// The platform whose image is meant where there are several.
    platform: Option<String>,
    /// Platforms that every image must be there for.
    require_platforms: Vec<String>,
    /// In which form an image is named, whatever its cluster says.
    form: Option<String>,
}

/// What all clients of this plugin have in common.
pub(crate) struct Settings {
    pub(crate) options: Options,
    pub(crate) jobs: usize,
    pub(crate) wish: Wish,
    pub(crate) form: Option<Form>,
}

impl Settings {
    pub(crate) fn read(setup: &Setup) -> Result<Self, Error> {
        let config: Config = setup.config()?;
        let mut options = Options {
            cache: setup.registry_cache().map(Path::to_owned),
            max_age: setup.max_age(),
            ..Options::default()
        };
        options.http.trust.file.clone_from(&setup.trust().file);
        options
            .http
            .trust
            .directory
            .clone_from(&setup.trust().directory);
        let seconds = |time: u32| Duration::from_secs(time.into());
        if let Some(time) = config.connect_timeout {
            options.http.connect_timeout = seconds(time);
        }
        if let Some(time) = config.response_timeout {
            options.http.response_timeout = seconds(time);
        }
        for (name, settings) in setup.registries::<BTreeMap<String, RegistrySettings>>()? {
            let registry = Registry::parse(&name).map_err(|error| {
                let hint = error
                    .hint()
                    .unwrap_or_else(|| "write `host` or `host:port`".to_owned());
                Error::invalid(format!(
                    "the name of the table `[registry.\"{name}\"]` is no registry"
                ))
                .because(&error)
                .hint(hint)
            })?;
            options.registries.insert(registry, settings);
        }
        let platform = |key: &'static str| {
            move |text: &String| {
                Platform::parse(text).map_err(|error: PlatformError| {
                    unusable(key).because(&error).hint(error.hint())
                })
            }
        };
        let required = config
            .require_platforms
            .iter()
            .map(platform("require_platforms"));
        let form = config.form.as_deref().map(str::parse::<Form>).transpose();
        Ok(Self {
            options,
            jobs: config.jobs.unwrap_or(JOBS).max(1),
            wish: Wish {
                platform: config
                    .platform
                    .as_ref()
                    .map(platform("platform"))
                    .transpose()?,
                required: required.collect::<Result<_, _>>()?,
                platforms: setup.record(),
                verify: false,
            },
            form: form.map_err(|error| unusable("form").because(&error))?,
        })
    }
}

fn unusable(key: &str) -> Error {
    Error::invalid(format!("`plugin.docker.{key}` cannot be used"))
}
