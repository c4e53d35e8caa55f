//! What holds for every request of a run, as one value: a program fills it in, and its plugins are given the same.

use std::num::NonZeroUsize;
use std::time::Duration;

use bindery_http::{Settings, TrustSettings};
use serde::{Deserialize, Serialize};

/// How requests are sent, whatever registry they go to.
///
/// It crosses to plugins as JSON, so that a client in a plugin behaves as the program's own. Keys that are missing have their
/// default, and those that a later program adds are skipped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Network {
    /// How many references are asked for at a time.
    pub jobs: NonZeroUsize,
    /// How long is waited for what.
    pub times: Times,
    /// Whose certificates are believed.
    pub trust: TrustSettings,
}

/// The longest times that are waited, in whole seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Times {
    /// For a connection, TLS included.
    pub connect_seconds: u64,
    /// For the beginning of an answer, and between two parts of it.
    pub answer_seconds: u64,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            jobs: NonZeroUsize::new(16).expect("it is not nought"),
            times: Times::default(),
            trust: TrustSettings::default(),
        }
    }
}

impl Default for Times {
    fn default() -> Self {
        Self {
            connect_seconds: 10,
            answer_seconds: 30,
        }
    }
}

impl Network {
    /// The same, as the HTTP client reads it.
    pub(crate) fn http(&self) -> Settings {
        let Times {
            connect_seconds,
            answer_seconds,
        } = self.times;
        Settings {
            connect_timeout: Duration::from_secs(connect_seconds),
            response_timeout: Duration::from_secs(answer_seconds),
            idle_timeout: Duration::from_secs(answer_seconds),
            trust: self.trust.clone(),
            ..Settings::default()
        }
    }
}
