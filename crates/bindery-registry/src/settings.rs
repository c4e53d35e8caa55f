//! Settings of a client and of single registries.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use bindery_http::{ClientCertificate, OriginSettings};
use bindery_reference::Registry;
use serde::{Deserialize, Serialize};

use crate::endpoint::Endpoint;
use crate::network::Network;

/// Options of a [`crate::Client`].
#[derive(Clone, Debug, Default)]
pub struct ClientOptions {
    /// Settings of connections and requests.
    pub http: bindery_http::Settings,
    /// Settings of single registries.
    pub registries: BTreeMap<Registry, RegistrySettings>,
    /// Folder of the cache, which need not exist. `None` disables the cache.
    pub cache: Option<PathBuf>,
    /// Maximum age of a resolved tag from the cache. `None` disables the cache for tags.
    pub max_age: Option<Duration>,
}

impl ClientOptions {
    /// Creates options from the settings of a run.
    pub fn new(network: &Network, registries: BTreeMap<Registry, RegistrySettings>) -> Self {
        Self {
            http: network.http(),
            registries,
            cache: network.cache.clone(),
            max_age: network.max_age_seconds.map(Duration::from_secs),
        }
    }
}

/// Settings of one registry: the `[registry."host:port"]` table of `bindery.toml`.
///
/// Plugins receive the same table as JSON. Keys without a value are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RegistrySettings {
    /// Whether the registry is reached without TLS. The default is `false`, except that a registry on this machine is tried without TLS
    /// first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plain_http: Option<bool>,
    /// Whether every certificate is accepted, and http is used if the registry does not support TLS.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub insecure: bool,
    /// PEM file with the certificate authority of the registry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca: Option<PathBuf>,
    /// PEM file with the client certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cert: Option<PathBuf>,
    /// PEM file with the key of `cert`, if `cert` does not contain it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<PathBuf>,
    /// Path in front of `/v2/`, if the registry is not at the root of its host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Mirrors, which are asked before the registry, in order. The host of a mirror has its own table.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mirrors: Vec<Endpoint>,
}

impl RegistrySettings {
    /// Returns the settings of connections to the registry; `None` if all have their defaults.
    pub(crate) fn origin_settings(&self) -> Option<OriginSettings> {
        let settings = OriginSettings {
            insecure: self.insecure,
            ca: self.ca.iter().cloned().collect(),
            client_certificate: self.cert.as_ref().map(|certificate| ClientCertificate {
                certificate: certificate.clone(),
                key: self.key.as_ref().unwrap_or(certificate).clone(),
            }),
        };
        (settings != OriginSettings::default()).then_some(settings)
    }
}

/// Returns the settings of `registry`. Docker Hub is found under each of its names.
pub(crate) fn settings_of<'s>(
    registries: &'s BTreeMap<Registry, RegistrySettings>,
    registry: &Registry,
) -> Option<&'s RegistrySettings> {
    let is_hub = |known: &&Registry| registry.is_docker_hub() && known.is_docker_hub();
    registries.get(registry).or_else(|| {
        let known = registries.keys().find(is_hub)?;
        registries.get(known)
    })
}

impl ClientOptions {
    /// Adds scheme and path of an address to the settings of its registry, in place of other values.
    pub fn apply(&mut self, endpoint: &Endpoint) {
        let settings = settings_of(&self.registries, &endpoint.registry);
        let mut settings = settings.cloned().unwrap_or_default();
        settings.plain_http = endpoint.plain_http.or(settings.plain_http);
        settings.path = endpoint.path.clone().or(settings.path);
        self.registries.insert(endpoint.registry.clone(), settings);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read_and_written() {
        let settings: RegistrySettings =
            serde_json::from_str(r#"{"plain_http":true,"ca":"/x/ca.pem"}"#).unwrap();
        assert_eq!(
            settings,
            RegistrySettings {
                plain_http: Some(true),
                ca: Some("/x/ca.pem".into()),
                ..RegistrySettings::default()
            }
        );
        let written = serde_json::to_string(&settings).unwrap();
        assert_eq!(written, r#"{"plain_http":true,"ca":"/x/ca.pem"}"#);
        let error = serde_json::from_str::<RegistrySettings>(r#"{"plainhttp":true}"#).unwrap_err();
        assert!(
            error.to_string().contains("unknown field `plainhttp`"),
            "{error}"
        );
    }

    #[test]
    fn a_certificate_file_may_contain_the_key() {
        let pair = |key: Option<&str>| {
            let settings = RegistrySettings {
                cert: Some("c.pem".into()),
                key: key.map(PathBuf::from),
                ..RegistrySettings::default()
            };
            settings
                .origin_settings()
                .unwrap()
                .client_certificate
                .unwrap()
                .key
        };
        assert_eq!(
            (pair(None), pair(Some("k.pem"))),
            ("c.pem".into(), "k.pem".into())
        );
        assert_eq!(RegistrySettings::default().origin_settings(), None);
    }

    #[test]
    fn docker_hub_is_found_under_each_name() {
        let mut options = ClientOptions::default();
        let settings = RegistrySettings {
            insecure: true,
            ..RegistrySettings::default()
        };
        options
            .registries
            .insert(Registry::docker_hub(), settings.clone());
        let registries = &options.registries;
        let known = |name| settings_of(registries, &Registry::parse(name).unwrap());
        assert_eq!(known("registry-1.docker.io"), Some(&settings));
        assert_eq!(known("quay.io"), None);
    }

    #[test]
    fn an_address_overrides_other_settings() {
        let mut options = ClientOptions::default();
        let settings = RegistrySettings {
            plain_http: Some(true),
            insecure: true,
            ..RegistrySettings::default()
        };
        options.registries.insert(Registry::docker_hub(), settings);
        let mut apply = |address: &str| {
            let endpoint = Endpoint::parse(address).unwrap();
            options.apply(&endpoint);
            let settings = settings_of(&options.registries, &endpoint.registry).unwrap();
            (
                settings.plain_http,
                settings.insecure,
                settings.path.clone(),
            )
        };
        assert_eq!(apply("index.docker.io"), (Some(true), true, None));
        assert_eq!(
            apply("https://registry-1.docker.io/sub"),
            (Some(false), true, Some("sub".into()))
        );
        assert_eq!(apply("http://other"), (Some(true), false, None));
    }

    #[test]
    fn mirrors_are_addresses() {
        let read = |text: &str| serde_json::from_str::<RegistrySettings>(text);
        let settings = read(r#"{"mirrors":["https://m.example/hub","n.example:5000"]}"#).unwrap();
        let mirrors: Vec<_> = settings.mirrors.iter().map(ToString::to_string).collect();
        assert_eq!(mirrors, ["https://m.example/hub", "n.example:5000"]);
        let error = read(r#"{"mirrors":["https://al:canary@m.example"]}"#).unwrap_err();
        assert!(error.to_string().contains("user name"), "{error}");
        assert!(!error.to_string().contains("canary"), "{error}");
    }
}
