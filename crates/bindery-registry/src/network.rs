//! Network settings of a run, shared by a program and its plugins.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use bindery_http::{Proxies, RetryPolicy, Settings, TrustSettings};
use serde::{Deserialize, Serialize};

/// Network settings of a run, for all registries.
///
/// Plugins receive the settings as JSON, so that the clients of plugins behave like the client of the program. Missing keys have their
/// default; unknown keys of a later program are ignored.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Network {
    /// Number of references that are resolved at the same time, and of connections to one host.
    pub jobs: NonZeroUsize,
    /// Whether all requests are refused.
    pub offline: bool,
    /// Proxies.
    pub proxies: Proxies,
    /// Timeouts.
    pub times: Timeouts,
    /// Trusted certificate authorities.
    pub trust: TrustSettings,
    /// Folder of the cache, which all clients of this user share. `None` disables the cache.
    pub cache: Option<PathBuf>,
    /// Maximum age of a resolved tag from the cache, in seconds. `None` disables the cache for tags.
    pub max_age_seconds: Option<u64>,
}

/// Timeouts in seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Timeouts {
    /// Timeout of a connection, TLS handshake included.
    pub connect_seconds: u64,
    /// Timeout of the head of a response, and of each further part.
    pub answer_seconds: u64,
    /// Timeout of a whole request with its redirects and repetitions, without the pauses between them.
    pub request_seconds: u64,
    /// Total time of the pauses between the repetitions of a request. A longer `Retry-After` is reported as an error.
    pub retry_seconds: u64,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            jobs: NonZeroUsize::new(16).expect("16 is not zero"),
            offline: false,
            proxies: Proxies::default(),
            times: Timeouts::default(),
            trust: TrustSettings::default(),
            cache: None,
            max_age_seconds: None,
        }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect_seconds: 10,
            answer_seconds: 30,
            request_seconds: 120,
            retry_seconds: 60,
        }
    }
}

impl Network {
    /// Returns the settings of the HTTP client.
    pub(crate) fn http(&self) -> Settings {
        let Timeouts {
            connect_seconds,
            answer_seconds,
            request_seconds,
            retry_seconds,
        } = self.times;
        Settings {
            connect_timeout: Duration::from_secs(connect_seconds),
            response_timeout: Duration::from_secs(answer_seconds),
            idle_timeout: Duration::from_secs(answer_seconds),
            request_timeout: Duration::from_secs(request_seconds),
            connections: self.jobs,
            offline: self.offline,
            proxies: self.proxies.clone(),
            retry: RetryPolicy {
                patience: Duration::from_secs(retry_seconds),
                ..RetryPolicy::default()
            },
            trust: self.trust.clone(),
            ..Settings::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use bindery_secret::Secret;

    use super::*;

    #[test]
    fn a_plugin_receives_the_settings_of_the_program() {
        let network = Network {
            jobs: NonZeroUsize::new(3).unwrap(),
            offline: true,
            proxies: Proxies {
                https: Some(Secret::new("http://al:canary@proxy.example:3128")),
                none_for: "a.example".into(),
                ..Proxies::default()
            },
            times: Timeouts {
                connect_seconds: 1,
                answer_seconds: 2,
                request_seconds: 3,
                retry_seconds: 4,
            },
            trust: TrustSettings {
                folders: vec!["/certs.d".into()],
                ..TrustSettings::default()
            },
            cache: Some("/cache".into()),
            max_age_seconds: Some(5),
        };
        let json = serde_json::to_string(&network).unwrap();
        let read: Network = serde_json::from_str(&json).unwrap();
        assert_eq!(
            format!("{:?}", read.http()),
            format!("{:?}", network.http())
        );
        let proxy = |network: &Network| {
            let https = network.proxies.https.clone();
            https.map(|proxy| proxy.expose().to_owned())
        };
        assert_eq!(proxy(&read), proxy(&network));
        assert!(!format!("{network:?}").contains("canary"));
    }

    #[test]
    fn missing_keys_have_their_default() {
        let read: Network = serde_json::from_str(r#"{"later": 1, "times": {}}"#).unwrap();
        let default = Network::default();
        assert_eq!(format!("{read:?}"), format!("{default:?}"));
        // The largest timeout does not overflow.
        let endless = r#"{"times": {"connect_seconds": 18446744073709551615, "answer_seconds": 18446744073709551615}}"#;
        serde_json::from_str::<Network>(endless).unwrap().http();
    }
}
