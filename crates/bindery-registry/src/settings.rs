//! What a client is told before its first request.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use bindery_http::{ClientCertificate, OriginSettings};
use bindery_reference::Registry;
use serde::{Deserialize, Serialize};

use crate::endpoint::Endpoint;
use crate::network::Network;

/// How a [`crate::Client`] behaves.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How requests are sent.
    pub http: bindery_http::Settings,
    /// What is known of single registries.
    pub registries: BTreeMap<Registry, RegistrySettings>,
    /// A folder of this client's own for what later runs may use; it need not exist. `None`: nothing is kept.
    pub cache: Option<PathBuf>,
    /// How old a tag's answer may be that an earlier run was given. `None`: registries are asked, and no answer is kept.
    pub max_age: Option<Duration>,
}

impl Options {
    /// The options that the settings of a run amount to.
    pub fn new(network: &Network, registries: BTreeMap<Registry, RegistrySettings>) -> Self {
        Self {
            http: network.http(),
            registries,
            cache: network.cache.clone(),
            max_age: network.max_age_seconds.map(Duration::from_secs),
        }
    }
}

/// What is known of one registry: the `[registry."host:port"]` table of `bindery.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RegistrySettings {
    /// Whether it speaks http without TLS. If neither is said: https, but for a registry on this machine, which is asked in http
    /// first.
    pub plain_http: Option<bool>,
    /// Whether any certificate is believed, and http is used if there is no TLS.
    pub insecure: bool,
    /// A PEM file with the authority of its certificate.
    pub ca: Option<PathBuf>,
    /// A PEM file with a certificate to show.
    pub cert: Option<PathBuf>,
    /// A PEM file with the key of `cert`, if that file does not hold it.
    pub key: Option<PathBuf>,
    /// A path in front of `/v2/`, if the registry is not at the root of its host.
    pub path: Option<String>,
    /// Who is asked before the registry itself, in order; for what is known of a mirror's own host there is another table.
    pub mirrors: Vec<Endpoint>,
}

impl RegistrySettings {
    /// The part that concerns connections; `None` if nothing differs from other origins.
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

impl Options {
    /// Adds what an address says to what else is known of its registry. The address wins.
    pub fn apply(&mut self, endpoint: &Endpoint) {
        let mut settings = self
            .registry(&endpoint.registry)
            .cloned()
            .unwrap_or_default();
        settings.plain_http = endpoint.plain_http.or(settings.plain_http);
        settings.path = endpoint.path.clone().or(settings.path);
        self.registries.insert(endpoint.registry.clone(), settings);
    }

    /// What is known of `registry`; Docker Hub is found under each of its names.
    pub(crate) fn registry(&self, registry: &Registry) -> Option<&RegistrySettings> {
        let same = |known: &&Registry| registry.is_docker_hub() && known.is_docker_hub();
        self.registries.get(registry).or_else(|| {
            let known = self.registries.keys().find(same)?;
            self.registries.get(known)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read() {
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
        let error = serde_json::from_str::<RegistrySettings>(r#"{"plainhttp":true}"#).unwrap_err();
        assert!(
            error.to_string().contains("unknown field `plainhttp`"),
            "{error}"
        );
    }

    #[test]
    fn a_certificate_may_hold_its_key() {
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
    fn docker_hub_is_known_under_each_name() {
        let mut options = Options::default();
        let settings = RegistrySettings {
            insecure: true,
            ..RegistrySettings::default()
        };
        options
            .registries
            .insert(Registry::docker_hub(), settings.clone());
        let known = |name| options.registry(&Registry::parse(name).unwrap());
        assert_eq!(known("registry-1.docker.io"), Some(&settings));
        assert_eq!(known("quay.io"), None);
    }

    #[test]
    fn an_address_wins_over_other_settings() {
        let mut options = Options::default();
        let settings = RegistrySettings {
            plain_http: Some(true),
            insecure: true,
            ..RegistrySettings::default()
        };
        options.registries.insert(Registry::docker_hub(), settings);
        let mut apply = |address: &str| {
            let endpoint = Endpoint::parse(address).unwrap();
            options.apply(&endpoint);
            let found = options.registry(&endpoint.registry).unwrap();
            (found.plain_http, found.insecure, found.path.clone())
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
