//! Sources of credentials for schedulers, by the mechanism that a cluster names.

use bindery_credentials::Credential;
use bindery_diagnostic::{Diagnostic, Kind};

use crate::{AuthEntry, Plugins, RegistryPattern};

/// The mechanism that needs no credentials, if no plugin says otherwise.
const UNAUTHENTICATED: &str = "UNAUTHENTICATED";

/// What answers for a mechanism.
pub struct AuthModule<'p> {
    plugins: &'p Plugins,
    entry: AuthEntry,
}

impl Plugins {
    /// What answers for the mechanism that a cluster's `auth_mechanism` names; `None` for `UNAUTHENTICATED`.
    ///
    /// A client of schedulers asks it once per connection. The source's settings are those of its first `[[auth]]` entry.
    ///
    /// # Errors
    ///
    /// If no plugin has the mechanism. The original client went on without any authentication then.
    pub fn auth_module(&self, mechanism: &str) -> Result<Option<AuthModule<'_>>, Diagnostic> {
        let all = self.iter().flat_map(|plugin| {
            let mechanisms = plugin.description().mechanisms.iter();
            mechanisms.map(move |it| (plugin, it))
        });
        let all: Vec<_> = all.collect();
        let found = all.iter().find(|(_, it)| it.name == mechanism);
        let Some((plugin, described)) = found else {
            if mechanism == UNAUTHENTICATED {
                return Ok(None);
            }
            let mut known: Vec<&str> = all.iter().map(|(_, it)| it.name.as_str()).collect();
            known.push(UNAUTHENTICATED);
            return Err(Diagnostic::new(
                Kind::Invalid,
                format!("no plugin answers for the auth mechanism `{mechanism}`"),
            )
            .hint(format!("there are: {}", known.join(", "))));
        };
        let name = &plugin.description().name;
        let is_its = |entry: &&AuthEntry| {
            let source = self.chain().source(entry);
            source.is_ok_and(|(found, source)| {
                found.description().name == *name && source == described.source
            })
        };
        let entry = self.chain().entries().iter().find(is_its);
        let entry = entry.cloned().unwrap_or_else(|| AuthEntry {
            plugin: name.clone(),
            source: Some(described.source.clone()),
            registry: RegistryPattern::parse("*").expect("it stands for all"),
            config: serde_json::Map::new(),
        });
        Ok(Some(AuthModule {
            plugins: self,
            entry,
        }))
    }
}

impl AuthModule<'_> {
    /// The plugin that has it.
    pub fn plugin(&self) -> &str {
        &self.entry.plugin
    }

    /// The credential for the scheduler at this host, `host:port` where the port is not the usual one.
    ///
    /// # Errors
    ///
    /// Whatever the source says.
    pub fn credential(&self, scheduler: &str) -> Result<Option<Credential>, Diagnostic> {
        let chain = self.plugins.chain();
        chain.ask(&self.entry, scheduler, "", &["call"])
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bindery_credentials::Credential;
    use serde_json::json;

    use crate::{
        Settings,
        scripted::{Heard, described, plugins},
    };

    #[test]
    fn a_mechanism_is_answered_by_its_source_with_the_settings_of_its_entry() {
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
        let scripts = vec![(described("k", parts), script)];
        let plugins = plugins(scripts, settings, Arc::new(Heard::default()));

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
        assert_eq!(
            error.message,
            "no plugin answers for the auth mechanism `kerberos`"
        );
        assert_eq!(
            error.hint.as_deref(),
            Some("there are: KERBEROS, UNAUTHENTICATED")
        );
    }
}
