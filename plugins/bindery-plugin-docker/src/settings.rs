//! What the user set: how connections are made, the `[registry]` tables, and this plugin's own section.

use std::collections::BTreeMap;

use bindery_plugin::{Error, Setup, serde};
use bindery_reference::{Form, Registry};
use bindery_registry::http::{Level, Log};
use bindery_registry::{Network, Options, Platform, PlatformError, RegistrySettings, Wish};

/// The plugin's own section.
#[derive(Default, serde::Deserialize)]
#[serde(crate = "bindery_plugin::serde", deny_unknown_fields, default)]
struct Config {
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
        let network: Network = setup.network()?;
        let tables = setup.registries::<BTreeMap<String, RegistrySettings>>()?;
        let registries = tables.into_iter().map(|(name, settings)| {
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
            Ok((registry, settings))
        });
        let mut options = Options::new(&network, registries.collect::<Result<_, Error>>()?);
        let host = setup.host().clone();
        options.http.log = Log::new(move |level, line| match level {
            Level::Info => host.info(line),
            Level::Warn => host.warn(line),
        });
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
            jobs: network.jobs.get(),
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
