//! Credentials for schedulers, by the authentication mechanism of the cluster.

use bindery_credentials::Credential;
use bindery_diagnostic::{Diagnostic, Kind};

use crate::call::Call;
use crate::plugin_set::PluginSet;
use crate::registry_pattern::RegistryPattern;
use crate::settings::AuthEntry;

/// Mechanism without credentials, unless a plugin has this mechanism.
const UNAUTHENTICATED: &str = "UNAUTHENTICATED";

/// Credential source of a mechanism.
pub struct AuthModule<'p> {
    plugins: &'p PluginSet,
    entry: AuthEntry,
}

impl PluginSet {
    /// Returns the credential source of the mechanism in a cluster's `auth_mechanism`; `None` for `UNAUTHENTICATED`.
    ///
    /// A client of a scheduler calls this once per connection. The settings of the source come from its first `[[auth]]` entry.
    ///
    /// # Errors
    ///
    /// If no plugin has the mechanism. The original client continued without authentication.
    pub fn auth_module(&self, mechanism: &str) -> Result<Option<AuthModule<'_>>, Diagnostic> {
        let all = self.iter().flat_map(|plugin| {
            let mechanisms = plugin.description().mechanisms.iter();
            mechanisms.map(move |mechanism| (plugin, mechanism))
        });
        let all: Vec<_> = all.collect();
        let found = all.iter().find(|(_, known)| known.name == mechanism);
        let Some((plugin, description)) = found else {
            if mechanism == UNAUTHENTICATED {
                return Ok(None);
            }
            let mut known: Vec<&str> = all.iter().map(|(_, known)| known.name.as_str()).collect();
            known.push(UNAUTHENTICATED);
            return Err(Diagnostic::new(
                Kind::Invalid,
                format!("no plugin has the auth mechanism `{mechanism}`"),
            )
            .hint(format!("known mechanisms: {}", known.join(", "))));
        };
        let name = &plugin.description().name;
        let has_source = |entry: &&AuthEntry| {
            let source = self.credentials().source(entry);
            source.is_ok_and(|(found, source)| {
                found.description().name == *name && source == description.source
            })
        };
        let entry = self.credentials().entries().iter().find(has_source);
        let entry = entry.cloned().unwrap_or_else(|| AuthEntry {
            plugin: name.clone(),
            source: Some(description.source.clone()),
            registry: RegistryPattern::parse("*").expect("`*` is a valid pattern"),
            config: serde_json::Map::new(),
        });
        Ok(Some(AuthModule {
            plugins: self,
            entry,
        }))
    }
}

impl AuthModule<'_> {
    /// Returns the name of the plugin.
    pub fn plugin(&self) -> &str {
        &self.entry.plugin
    }

    /// Returns the credential for the scheduler at `host` or `host:port`.
    ///
    /// # Errors
    ///
    /// The error of the source.
    pub fn credential(&self, scheduler: &str) -> Result<Option<Credential>, Diagnostic> {
        let search = self.plugins.credentials();
        search.ask(&Call::new(), &self.entry, scheduler, "", &["call"])
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bindery_credentials::Credential;
    use serde_json::json;

    use crate::scripted::{RecordingServices, describe, plugins};
    use crate::settings::Settings;

    #[test]
    fn the_source_of_a_mechanism_receives_the_settings_of_its_entry() {
        let parts = json!({
            "auth": ["ticket", "other"],
            "mechanisms": [{"name": "KERBEROS", "source": "ticket"}],
        });
        let script = |method: &str, asked: serde_json::Value| {
            assert_eq!(method, "auth.credential");
            assert_eq!(asked["source"], "ticket");
            assert_eq!(
                (&asked["repository"], &asked["actions"]),
                (&json!(""), &json!(["call"]))
            );
            let registry = asked["registry"].as_str().unwrap();
            Ok(json!({"username": asked["config"]["as"], "password": registry}))
        };
        let entry = |source: &str| {
            let entry =
                json!({"plugin": "k", "source": source, "registry": "a.example.org", "as": source});
            serde_json::from_value(entry).unwrap()
        };
        let settings = Settings {
            auth: vec![entry("other"), entry("ticket")],
            ..Settings::default()
        };
        let scripts = vec![(describe("k", parts), script)];
        let plugins = plugins(scripts, settings, Arc::new(RecordingServices::default()));

        let module = plugins.auth_module("KERBEROS").unwrap().unwrap();
        let found = module.credential("scheduler.example.org:8081");
        let Some(Credential::Basic { username, password }) = found.unwrap() else {
            panic!("no account")
        };
        assert_eq!(
            (module.plugin(), username.as_str(), password.expose()),
            ("k", "ticket", "scheduler.example.org:8081")
        );
        assert!(plugins.auth_module("UNAUTHENTICATED").unwrap().is_none());
        let error = plugins.auth_module("kerberos").err().unwrap();
        assert_eq!(error.message, "no plugin has the auth mechanism `kerberos`");
        assert_eq!(
            error.hint.as_deref(),
            Some("known mechanisms: KERBEROS, UNAUTHENTICATED")
        );
    }
}
