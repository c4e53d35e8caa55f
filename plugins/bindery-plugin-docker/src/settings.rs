//! What the user set: how connections are made, and the `[registry]` tables.

use std::collections::BTreeMap;

use bindery_plugin::{Error, Setup, serde};
use bindery_reference::Registry;
use bindery_registry::http::{Level, Log};
use bindery_registry::{Network, Options, RegistrySettings};

/// The plugin's own section, which has no keys.
#[derive(serde::Deserialize)]
#[serde(crate = "bindery_plugin::serde", deny_unknown_fields)]
struct Config {}

/// What all clients of this plugin have in common.
pub(crate) struct Settings {
    pub(crate) options: Options,
    pub(crate) jobs: usize,
}

impl Settings {
    pub(crate) fn read(setup: &Setup) -> Result<Self, Error> {
        let Config {} = setup.config()?;
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
        Ok(Self {
            options,
            jobs: network.jobs.get(),
        })
    }
}
