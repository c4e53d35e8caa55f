//! `[limits]`: bounds on job files, network connections and plugins.

use std::collections::BTreeMap;
use std::time::Duration;

use bindery_diagnostic::Diagnostic;
use bindery_host::PluginLimits;
use bindery_registry::Timeouts;

/// Keys of the table.
pub const KEYS: &[&str] = &[
    "answer_seconds",
    "connect_seconds",
    "request_seconds",
    "retry_seconds",
    "chain",
    "depth",
    "nesting",
    "output",
    "plugin_answer",
    "plugin_seconds",
    "source",
    "steps",
    "string",
    "text",
    "values",
];

/// Bounds, with the defaults for keys that no file sets.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    /// Bounds on the evaluation of a job file.
    pub evaluation: bindery_loader::Limits,
    /// Timeouts of network connections.
    pub network: Timeouts,
    /// Bounds on plugins.
    pub plugins: PluginLimits,
    /// Keys that a file sets, as plugins receive them.
    pub configured: BTreeMap<String, u64>,
}

impl Limits {
    /// Sets a key to the value that `read` returns. Returns false if the key is unknown.
    pub fn set(
        &mut self,
        key: &str,
        read: impl FnOnce() -> Result<u64, Diagnostic>,
    ) -> Result<bool, Diagnostic> {
        if !KEYS.contains(&key) {
            return Ok(false);
        }
        let value = read()?;
        let size = usize::try_from(value).unwrap_or(usize::MAX);
        match key {
            "answer_seconds" => self.network.answer_seconds = value,
            "connect_seconds" => self.network.connect_seconds = value,
            "request_seconds" => self.network.request_seconds = value,
            "retry_seconds" => self.network.retry_seconds = value,
            "chain" => self.evaluation.chain = size,
            "depth" => self.evaluation.depth = size,
            "nesting" => self.evaluation.nesting = size,
            "output" => self.evaluation.output = size,
            "plugin_answer" => self.plugins.answer_bytes = size,
            "plugin_seconds" => self.plugins.time = Duration::from_secs(value),
            "source" => self.evaluation.source = size,
            "steps" => self.evaluation.steps = value,
            "string" => self.evaluation.string = size,
            "text" => self.evaluation.text = size,
            "values" => self.evaluation.values = size,
            unset => unreachable!("`{unset}` is a key without a limit"),
        }
        self.configured.insert(key.to_owned(), value);
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_sets_a_limit() {
        let mut limits = Limits::default();
        for key in KEYS {
            assert_eq!(limits.set(key, || Ok(1)), Ok(true), "{key}");
        }
        assert_eq!(limits.configured.len(), KEYS.len());
        assert_eq!(limits.set("unknown", || Ok(1)), Ok(false));
    }
}
