//! What holds for every request of a run, as one value: a program fills it in, and its plugins are given the same.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use bindery_http::{Proxies, RetryPolicy, Settings, TrustSettings};
use serde::{Deserialize, Serialize};

/// How requests are sent, whatever registry they go to.
///
/// It crosses to plugins as JSON, so that a client in a plugin behaves as the program's own. Keys that are missing have their
/// default, and those that a later program adds are skipped.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Network {
    /// How many references are asked for at a time, and how many connections to one host there are at most.
    pub jobs: NonZeroUsize,
    /// Whether nobody is asked anything.
    pub offline: bool,
    /// By way of whom registries are reached.
    pub proxies: Proxies,
    /// How long is waited for what.
    pub times: Times,
    /// Whose certificates are believed.
    pub trust: TrustSettings,
    /// A folder for what registries answered, which all clients of this user share. `None`: nothing is kept.
    pub cache: Option<PathBuf>,
    /// How old the answer to a tag may be that is kept there. `None`: registries are asked.
    pub max_age_seconds: Option<u64>,
}

/// The longest times that are waited, in whole seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Times {
    /// For a connection, TLS included.
    pub connect_seconds: u64,
    /// For the beginning of an answer, and between two parts of it.
    pub answer_seconds: u64,
    /// For a request as a whole, redirects and repetitions included, but not the waits between these.
    pub request_seconds: u64,
    /// Between the repetitions of a request, altogether; a server that asks for more patience has its refusal reported.
    pub retry_seconds: u64,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            jobs: NonZeroUsize::new(16).expect("it is not nought"),
            offline: false,
            proxies: Proxies::default(),
            times: Times::default(),
            trust: TrustSettings::default(),
            cache: None,
            max_age_seconds: None,
        }
    }
}

impl Default for Times {
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
    /// The same, as the HTTP client reads it.
    pub(crate) fn http(&self) -> Settings {
        let Times {
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
    fn a_plugin_is_given_what_the_program_has() {
        let network = Network {
            jobs: NonZeroUsize::new(3).unwrap(),
            offline: true,
            proxies: Proxies {
                https: Some(Secret::new("http://al:canary@proxy.example:3128")),
                none_for: "a.example".into(),
                ..Proxies::default()
            },
            times: Times {
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
    fn what_a_program_does_not_say_has_its_default() {
        let read: Network = serde_json::from_str(r#"{"later": 1, "times": {}}"#).unwrap();
        let default = Network::default();
        assert_eq!(format!("{read:?}"), format!("{default:?}"));
        // No limit makes a client panic.
        let endless = r#"{"times": {"connect_seconds": 18446744073709551615, "answer_seconds": 18446744073709551615}}"#;
        serde_json::from_str::<Network>(endless).unwrap().http();
    }
}
