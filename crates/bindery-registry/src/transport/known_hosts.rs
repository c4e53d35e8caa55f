//! What is found out about a registry while speaking with it, for the requests that follow.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bindery_credentials::Credential;
use bindery_http::Url;
use bindery_reference::Registry;

/// How a registry is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Http,
    Https,
}

impl Scheme {
    pub(crate) fn of(plain_http: bool) -> Self {
        if plain_http {
            Scheme::Http
        } else {
            Scheme::Https
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        }
    }
}

/// What a registry wants with each request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Want {
    /// User and password.
    Basic,
    /// A token from here, for this service.
    Token { realm: Url, service: Option<String> },
}

/// What is known so far.
#[derive(Default)]
pub(crate) struct Hosts {
    known: Mutex<HashMap<Registry, Known>>,
}

#[derive(Clone, Default)]
struct Known {
    scheme: Option<Scheme>,
    want: Option<Arc<Want>>,
    /// Whether it gave no answer, as a mirror.
    is_silent: bool,
    /// By repository; `None` where nobody knows a credential.
    credentials: HashMap<String, Option<Credential>>,
}

impl Hosts {
    pub(crate) fn scheme(&self, registry: &Registry) -> Option<Scheme> {
        self.look(registry, |known| known.scheme)
    }

    pub(crate) fn learn_scheme(&self, registry: &Registry, scheme: Scheme) {
        self.change(registry, |known| known.scheme = Some(scheme));
    }

    pub(crate) fn want(&self, registry: &Registry) -> Option<Arc<Want>> {
        self.look(registry, |known| known.want.clone())
    }

    pub(crate) fn learn_want(&self, registry: &Registry, want: Arc<Want>) {
        self.change(registry, |known| known.want = Some(want));
    }

    pub(crate) fn is_silent(&self, registry: &Registry) -> bool {
        self.look(registry, |known| Some(known.is_silent)) == Some(true)
    }

    pub(crate) fn learn_silence(&self, registry: &Registry) {
        self.change(registry, |known| known.is_silent = true);
    }

    /// The credential for a repository, if it was asked for before.
    pub(crate) fn credential(
        &self,
        registry: &Registry,
        repository: &str,
    ) -> Option<Option<Credential>> {
        self.look(registry, |known| known.credentials.get(repository).cloned())
    }

    pub(crate) fn learn_credential(
        &self,
        registry: &Registry,
        repository: &str,
        credential: Option<Credential>,
    ) {
        self.change(registry, |known| {
            known.credentials.insert(repository.to_owned(), credential);
        });
    }

    fn look<T>(&self, registry: &Registry, read: impl FnOnce(&Known) -> Option<T>) -> Option<T> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(registry).and_then(read)
    }

    fn change(&self, registry: &Registry, write: impl FnOnce(&mut Known)) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        write(known.entry(registry.clone()).or_default());
    }
}
