//! Entry of a lock file: the answer to one ref of one cluster.

use bindery_core::{Answer, Evidence, Value};
use serde_json::{Map, Value as Json};

use crate::error::UnkeepableError;
use crate::json;
use crate::timestamp::Timestamp;

/// Key of an entry. The position of the ref in a job file is not part of the key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LockKey {
    /// Part of the ref that the binder claims, as in `docker.image[web][1.4]`.
    pub address: String,
    /// Cluster of the jobs, if they have one: binders may answer differently for other clusters.
    pub cluster: Option<String>,
    /// Name of the binder, as in `docker.image`.
    pub binder: String,
}

/// Answer to a ref, with its evidence.
#[derive(Clone, Debug, PartialEq)]
pub struct LockEntry {
    /// Text or object.
    pub(crate) answer: Json,
    /// Evidence for the answer.
    pub(crate) evidence: Map<String, Json>,
    /// Plugin that answered.
    pub source: Option<AnswerSource>,
    /// Time when this answer was first recorded.
    pub first_seen: Timestamp,
}

/// Plugin that gave an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerSource {
    /// Name of the plugin.
    pub plugin: String,
    /// Version of the plugin.
    pub version: String,
    /// SHA-256 of the plugin's file, in lower-case hexadecimal digits.
    pub sha256: String,
}

impl LockEntry {
    /// Creates an entry for a new answer.
    ///
    /// # Errors
    ///
    /// If TOML cannot hold the answer, for instance because of a null.
    pub fn new(
        answer: &Answer,
        source: Option<AnswerSource>,
        first_seen: Timestamp,
    ) -> Result<Self, UnkeepableError> {
        let evidence = match answer.evidence.value().and_then(json::of_evidence) {
            Some(Json::Object(members)) => members,
            Some(other) => Map::from_iter([("seen".to_owned(), other)]),
            None => Map::new(),
        };
        Ok(Self {
            answer: json::of_value(&answer.value)?,
            evidence,
            source,
            first_seen,
        })
    }

    /// Returns the answer as the binder gave it.
    pub fn recall(&self) -> Answer {
        let evidence = if self.evidence.is_empty() {
            Evidence::default()
        } else {
            Evidence::from(json::object_to_value(&self.evidence))
        };
        Answer {
            value: self.value(),
            evidence,
        }
    }

    /// Returns the answer as JSON: a text or an object.
    pub fn answer(&self) -> &Json {
        &self.answer
    }

    /// Returns the value of the answer.
    pub fn value(&self) -> Value {
        json::to_value(&self.answer)
    }

    /// Returns the member `name` of the evidence, if it is a text.
    pub fn evidence(&self, name: &str) -> Option<&str> {
        self.evidence.get(name)?.as_str()
    }

    /// Returns whether the entries have equal answers and equal metadata for jobs. Ignores plugin, time and other evidence.
    pub fn answers_as(&self, other: &LockEntry) -> bool {
        self.answer == other.answer
            && self.evidence.get("metadata") == other.evidence.get("metadata")
    }

    /// Returns the entry with `new` in place of the digest of its evidence, both whole digests and their hexadecimal digits, and
    /// first recorded at `now`. Keeps only the evidence that names the image, since the other evidence is about the old image.
    ///
    /// Returns `None` if the evidence has no digest.
    pub fn with_digest(&self, new: &str, now: Timestamp) -> Option<Self> {
        let old = self.evidence("digest")?;
        let hex = |digest: &str| {
            digest
                .split_once(':')
                .map_or_else(String::new, |(_, hex)| hex.into())
        };
        let (old_hex, new_hex) = (hex(old), hex(new));
        let replace = |text: &str| {
            if old_hex.is_empty() {
                text.replace(old, new)
            } else {
                text.replace(&old_hex, &new_hex)
            }
        };
        let mut evidence = Map::new();
        for (name, value) in &self.evidence {
            if let "asked" | "registry" | "digest" | "metadata" = name.as_str() {
                evidence.insert(name.clone(), json::map_texts(value, &replace));
            }
        }
        Some(Self {
            answer: json::map_texts(&self.answer, &replace),
            evidence,
            source: self.source.clone(),
            first_seen: now,
        })
    }
}
