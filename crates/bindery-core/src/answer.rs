//! Answers of binders, and the evidence for them.

use crate::Value;
use crate::json::{self, JsonError, Style};

/// Answer of a binder to a request.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Text, which may hold refs of later binders, or mapping, into which the rest of the ref reaches.
    pub value: Value,
    /// Evidence, for people and for the lock file.
    pub evidence: Evidence,
}

impl Answer {
    /// Creates an answer without evidence.
    pub fn new(value: Value) -> Self {
        Self {
            value,
            evidence: Evidence::default(),
        }
    }

    /// Returns the metadata for the jobs that use the answer; see [`Evidence::metadata`].
    pub fn metadata(&self) -> Vec<(String, String)> {
        self.evidence.metadata()
    }
}

/// Evidence for an answer: JSON data about how the binder found it, or nothing.
///
/// Parsed once, where the answer enters the program. A member `metadata` has a fixed meaning; all others are the binder's.
#[derive(Clone, Debug, Default)]
pub struct Evidence(Option<Value>);

impl Evidence {
    /// Parses evidence from JSON text.
    ///
    /// # Errors
    ///
    /// As [`json::parse`].
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        json::parse(text).map(Self::from)
    }

    /// Returns the data; `None` if the binder gave no evidence.
    pub fn value(&self) -> Option<&Value> {
        self.0.as_ref()
    }

    /// Returns the JSON text of the data; `None` if the binder gave no evidence.
    pub fn to_json(&self) -> Option<String> {
        json::write(self.value()?, Style::default()).ok()
    }

    /// Returns the metadata for the jobs that use the answer: keys and values, in the order of the evidence.
    ///
    /// Reads `{"metadata": [{"key": .., "value": ..}]}` and skips entries of any other form. Metadata is part of the evidence so that
    /// a recalled answer keeps it.
    pub fn metadata(&self) -> Vec<(String, String)> {
        let Some(Value::List(entries)) = self.value().and_then(|data| data.entry("metadata"))
        else {
            return Vec::new();
        };
        let text = |entry: &Value, name| Some(entry.entry(name)?.as_str()?.to_owned());
        let pairs = entries.iter();
        pairs
            .filter_map(|entry| Some((text(entry, "key")?, text(entry, "value")?)))
            .collect()
    }
}

/// Wraps plain data that JSON can hold.
impl From<Value> for Evidence {
    fn from(data: Value) -> Self {
        Self(Some(data))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_part_of_the_evidence() {
        let metadata = |evidence: &str| Evidence::parse(evidence).unwrap().metadata();
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(
            metadata(
                r#"{"a": 1, "metadata": [{"key": "k", "value": "v"}, {"key": "k", "value": 5}, "x", {"key": "a", "value": ""}]}"#
            ),
            [pair("k", "v"), pair("a", "")]
        );
        assert_eq!(metadata("[1]"), []);
        assert_eq!(metadata(r#"{"metadata": "x"}"#), []);
        assert_eq!(Evidence::default().metadata(), []);
    }

    #[test]
    fn absent_evidence_differs_from_null() {
        assert_eq!(Evidence::default().to_json(), None);
        let null = Evidence::parse("null").unwrap();
        assert_eq!(null.to_json().as_deref(), Some("null"));
    }
}
