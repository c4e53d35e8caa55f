//! Facts about registries that earlier requests have shown.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bindery_credentials::Credential;
use bindery_http::Url;
use bindery_reference::{Registry, Repository};
use bindery_token::Action;

use crate::transport::scheme::Scheme;

/// Authentication scheme that a registry requires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AuthScheme {
    /// User name and password with every request.
    Basic,
    /// Bearer token from `realm` for `service`.
    Bearer { realm: Url, service: Option<String> },
}

/// Facts about each registry, for the requests that follow.
#[derive(Default)]
pub(crate) struct KnownHosts {
    hosts: Mutex<HashMap<Registry, Host>>,
}

#[derive(Clone, Default)]
struct Host {
    scheme: Option<Scheme>,
    auth_scheme: Option<Arc<AuthScheme>>,
    /// Whether the host, as a mirror, gave no response.
    is_silent: bool,
    credentials: HashMap<Repository, Vec<KnownCredential>>,
}

/// Result of the keychain for actions on a repository.
#[derive(Clone)]
struct KnownCredential {
    actions: Box<[Action]>,
    credential: Option<Credential>,
}

impl KnownHosts {
    pub(crate) fn scheme(&self, registry: &Registry) -> Option<Scheme> {
        self.read(registry, |host| host.scheme)
    }

    pub(crate) fn set_scheme(&self, registry: &Registry, scheme: Scheme) {
        self.write(registry, |host| host.scheme = Some(scheme));
    }

    pub(crate) fn auth_scheme(&self, registry: &Registry) -> Option<Arc<AuthScheme>> {
        self.read(registry, |host| host.auth_scheme.clone())
    }

    pub(crate) fn set_auth_scheme(&self, registry: &Registry, auth_scheme: Arc<AuthScheme>) {
        self.write(registry, |host| host.auth_scheme = Some(auth_scheme));
    }

    pub(crate) fn is_silent(&self, registry: &Registry) -> bool {
        self.read(registry, |host| Some(host.is_silent)) == Some(true)
    }

    pub(crate) fn set_silent(&self, registry: &Registry) {
        self.write(registry, |host| host.is_silent = true);
    }

    /// Returns the result of the keychain for a repository, if the keychain was asked before.
    pub(crate) fn credential(
        &self,
        registry: &Registry,
        repository: &Repository,
        actions: &[Action],
    ) -> Option<Option<Credential>> {
        self.read(registry, |host| {
            let known = host.credentials.get(repository)?;
            let known = known.iter().find(|known| *known.actions == *actions)?;
            Some(known.credential.clone())
        })
    }

    pub(crate) fn set_credential(
        &self,
        registry: &Registry,
        repository: &Repository,
        actions: &[Action],
        credential: Option<Credential>,
    ) {
        self.write(registry, |host| {
            let known = host.credentials.entry(repository.clone()).or_default();
            known.push(KnownCredential {
                actions: actions.into(),
                credential,
            });
        });
    }

    fn read<T>(&self, registry: &Registry, read: impl FnOnce(&Host) -> Option<T>) -> Option<T> {
        let hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        hosts.get(registry).and_then(read)
    }

    fn write(&self, registry: &Registry, write: impl FnOnce(&mut Host)) {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        write(hosts.entry(registry.clone()).or_default());
    }
}
