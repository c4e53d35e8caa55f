//! Shared state of a client: transport and caches.

use std::sync::Arc;
use std::time::Duration;

use bindery_credentials::Keychain;

use crate::cache::{Cache, SavedDocuments, SavedTags};
use crate::resource::Resource;
use crate::settings::ClientOptions;
use crate::transport::Transport;

/// Transport and caches that clones of a client share.
pub(crate) struct Backend {
    pub(crate) transport: Transport,
    pub(crate) documents: SavedDocuments,
    tags: SavedTags,
    max_age: Option<Duration>,
}

impl Backend {
    pub(crate) fn new(options: ClientOptions, keychain: Arc<dyn Keychain>) -> Self {
        let Cache {
            documents,
            tokens,
            tags,
        } = Cache::new(options.cache);
        Self {
            transport: Transport::new(options.http, options.registries, keychain, tokens),
            documents,
            tags,
            max_age: options.max_age,
        }
    }

    /// Returns the saved tags and their maximum age, if saved tags are used.
    pub(crate) fn tags(&self) -> Option<(&SavedTags, Duration)> {
        Some((&self.tags, self.max_age?))
    }

    /// Returns the address of the registry of `resource`, under which its tags are saved.
    pub(crate) fn server(&self, resource: &Resource) -> String {
        let registry = resource.registry();
        let settings = self.transport.settings(registry);
        let path = settings.and_then(|settings| settings.path.as_deref());
        format!("{}/{}", registry.api_host(), path.unwrap_or_default())
    }
}
