//! What a client is told before its first request.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use bindery_http::{ClientCertificate, OriginSettings};
use bindery_reference::Registry;
use serde::{Deserialize, Serialize};

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
}
