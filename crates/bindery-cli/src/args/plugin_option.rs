//! `--plugin-option NAME.KEY=VALUE`: a key of a plugin's section for one run.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde_json::{Map, Value};

use crate::configuration::toml_value;

/// Key of `[plugin.NAME]` and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct PluginOption {
    plugin: String,
    key: String,
    value: Value,
}

impl PluginOption {
    /// Sets the key in `sections`, the `[plugin.NAME]` tables of the configuration.
    pub fn apply(&self, sections: &mut BTreeMap<String, Map<String, Value>>) {
        sections
            .entry(self.plugin.clone())
            .or_default()
            .insert(self.key.clone(), self.value.clone());
    }
}

impl FromStr for PluginOption {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('=').and_then(|(name, value)| {
            // The name of a plugin may contain dots, a key does not.
            let (plugin, key) = name.trim().rsplit_once('.')?;
            (!plugin.is_empty() && !key.is_empty()).then_some((plugin, key, value))
        });
        let Some((plugin, key, value)) = parts else {
            return Err("write `NAME.KEY=VALUE`, as in `docker.form=tag`".to_owned());
        };
        Ok(Self {
            plugin: plugin.to_owned(),
            key: key.to_owned(),
            value: toml_value(value).unwrap_or_else(|| value.into()),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(text: &str, plugin: &str, key: &str, value: Value) {
        let expected = PluginOption {
            plugin: plugin.to_owned(),
            key: key.to_owned(),
            value,
        };
        assert_eq!(text.parse(), Ok(expected), "from {text:?}");
    }

    #[test]
    fn values_are_toml_or_text() {
        check("docker.jobs=5", "docker", "jobs", json!(5));
        check("docker.form=tag-host", "docker", "form", json!("tag-host"));
        check("docker.form=\"tag\"", "docker", "form", json!("tag"));
        check("a.b.list=[\"x\", true]", "a.b", "list", json!(["x", true]));
        check("a.t={ k = 1.5 }", "a", "t", json!({"k": 1.5}));
        check("a.path=/x=y", "a", "path", json!("/x=y"));
        check("a.empty=", "a", "empty", json!(""));
        check("a.text=1\nb = 2", "a", "text", json!("1\nb = 2"));
        check("a.text=1 # one", "a", "text", json!("1 # one"));
    }

    #[test]
    fn texts_of_another_form_are_refused() {
        for text in ["docker.form", "form=tag", ".form=tag", "docker.=tag", ""] {
            assert!(text.parse::<PluginOption>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn options_replace_keys_of_the_configuration() {
        let mut sections = BTreeMap::new();
        for text in ["docker.jobs=5", "docker.form=tag", "docker.jobs=6"] {
            text.parse::<PluginOption>().unwrap().apply(&mut sections);
        }
        assert_eq!(
            json!(sections),
            json!({"docker": {"jobs": 6, "form": "tag"}})
        );
    }
}
