//! Settings of the user: connections, the `[registry]` tables, and the section of this plugin.

use std::collections::BTreeMap;

use bindery_http::{Level, Log};
use bindery_oci::{Platform, PlatformError};
use bindery_plugin::{Error, Setup, serde};
use bindery_reference::{Form, Registry};
use bindery_registry::{ClientOptions, ImageQuery, Network, RegistrySettings};

/// Section of this plugin in the configuration.
#[derive(Default, serde::Deserialize)]
#[serde(crate = "bindery_plugin::serde", deny_unknown_fields, default)]
struct Config {
    /// Platform whose image is chosen from an index.
    platform: Option<String>,
    /// Platforms that every image must support.
    require_platforms: Vec<String>,
    /// Form of image names, for all clusters.
    form: Option<String>,
}

/// Settings of all clients of this plugin.
pub(crate) struct Settings {
    pub(crate) options: ClientOptions,
    /// Number of images that are resolved at the same time.
    pub(crate) jobs: usize,
    pub(crate) query: ImageQuery,
    pub(crate) form: Option<Form>,
}

impl Settings {
    pub(crate) fn read(setup: &Setup) -> Result<Self, Error> {
        let config: Config = setup.config()?;
        let network: Network = setup.network()?;
        let mut options = ClientOptions::new(&network, registries(setup)?);
        let host = setup.host().clone();
        options.http.log = Log::new(move |level, line| match level {
            Level::Info => host.info(line),
            Level::Warn => host.warn(line),
        });
        let platform = |key: &'static str| {
            move |text: &String| {
                Platform::parse(text)
                    .map_err(|error: PlatformError| invalid(key).because(&error).hint(error.hint()))
            }
        };
        let required = config.require_platforms.iter();
        let required = required.map(platform("require_platforms"));
        let form = config.form.as_deref().map(str::parse::<Form>).transpose();
        Ok(Self {
            options,
            jobs: network.jobs.get(),
            query: ImageQuery {
                platform: config
                    .platform
                    .as_ref()
                    .map(platform("platform"))
                    .transpose()?,
                required: required.collect::<Result<_, _>>()?,
                platforms: setup.record(),
                verify: false,
            },
            form: form.map_err(|error| invalid("form").because(&error))?,
        })
    }
}

/// Returns the `[registry]` tables.
fn registries(setup: &Setup) -> Result<BTreeMap<Registry, RegistrySettings>, Error> {
    let tables = setup.registries::<BTreeMap<String, RegistrySettings>>()?;
    let registries = tables.into_iter().map(|(name, settings)| {
        let registry = Registry::parse(&name).map_err(|error| {
            let hint = error.hint();
            let hint = hint.unwrap_or_else(|| "write `host` or `host:port`".to_owned());
            let message = format!("the table `[registry.\"{name}\"]` does not name a registry");
            Error::invalid(message).because(&error).hint(hint)
        })?;
        Ok((registry, settings))
    });
    registries.collect()
}

fn invalid(key: &str) -> Error {
    Error::invalid(format!("invalid `plugin.docker.{key}`"))
}
