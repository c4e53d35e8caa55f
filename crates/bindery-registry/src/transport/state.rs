//! State that all requests of a client share.

use std::collections::BTreeMap;
use std::sync::Arc;

use bindery_credentials::Keychain;
use bindery_http::Origin;
use bindery_reference::Registry;

use crate::cache::SavedTokens;
use crate::settings::{RegistrySettings, settings_of};
use crate::transport::known_hosts::KnownHosts;
use crate::transport::tokens::Tokens;

/// Connections, tokens, and facts about registries.
pub(crate) struct Transport {
    pub(crate) http: bindery_http::Client,
    pub(super) keychain: Arc<dyn Keychain>,
    pub(super) known_hosts: KnownHosts,
    pub(super) tokens: Tokens,
    pub(super) saved_tokens: SavedTokens,
    registries: BTreeMap<Registry, RegistrySettings>,
}

impl Transport {
    pub(crate) fn new(
        mut http: bindery_http::Settings,
        registries: BTreeMap<Registry, RegistrySettings>,
        keychain: Arc<dyn Keychain>,
        saved_tokens: SavedTokens,
    ) -> Self {
        for (registry, settings) in &registries {
            let Some(origin_settings) = settings.origin_settings() else {
                continue;
            };
            // A name that is not a valid address is reported by the first request.
            if let Ok(url) = format!("https://{}/", registry.api_host()).parse() {
                http.origins.insert(Origin::of(&url), origin_settings);
            }
        }
        Self {
            http: bindery_http::Client::new(http),
            keychain,
            known_hosts: KnownHosts::default(),
            tokens: Tokens::default(),
            saved_tokens,
            registries,
        }
    }

    /// Returns the settings of `registry`.
    pub(crate) fn settings(&self, registry: &Registry) -> Option<&RegistrySettings> {
        settings_of(&self.registries, registry)
    }
}
