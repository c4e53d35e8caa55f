//! One ref of one cluster, and what it was bound to.

use bindery_core::{Answer, Evidence, Value};
use serde_json::{Map, Value as Json};

use crate::error::UnkeepableError;
use crate::json;
use crate::timestamp::Timestamp;

/// Which ref an entry is for. Where in a file it stands plays no part.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The part of the ref that the binder claims, as in `docker.image[web][1.4]`.
    pub address: String,
    /// The cluster of the jobs, if they have one: binders may answer otherwise for another.
    pub cluster: Option<String>,
    /// Name of the binder, as in `docker.image`.
    pub binder: String,
}

/// What a ref was bound to, and how that came about.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// A text or an object.
    pub(crate) answer: Json,
    /// What the binder saw.
    pub(crate) evidence: Map<String, Json>,
    /// Who answered.
    pub source: Option<Source>,
    /// When this answer was first seen.
    pub first_seen: Timestamp,
}

/// Who answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Name of the plugin.
    pub plugin: String,
    /// Its version.
    pub version: String,
    /// The SHA-256 of its file, in lower-case hexadecimal digits.
    pub sha256: String,
}

impl Entry {
    /// What a binder answered just now.
    ///
    /// # Errors
    ///
    /// If the answer holds what TOML has no form for, such as null.
    pub fn new(
        answer: &Answer,
        source: Option<Source>,
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

    /// The answer, as the binder gave it.
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

    /// The answer as JSON: a text or an object.
    pub fn answer(&self) -> &Json {
        &self.answer
    }

    /// What the ref was bound to.
    pub fn value(&self) -> Value {
        json::to_value(&self.answer)
    }

    /// A text among the evidence, by its name.
    pub fn evidence(&self, name: &str) -> Option<&str> {
        self.evidence.get(name)?.as_str()
    }

    /// Whether the other one answers the same, with the same metadata for jobs, whoever did, whenever, and whatever else was seen.
    pub fn answers_as(&self, other: &Entry) -> bool {
        self.answer == other.answer
            && self.evidence.get("metadata") == other.evidence.get("metadata")
    }

    /// The same with the digest `new` wherever the evidence's digest stands, as a whole or by its hexadecimal digits alone, and
    /// first seen at `now`. What else was seen, of an image that nobody has asked about, is dropped but for its name.
    ///
    /// `None` if the evidence has no digest.
    pub fn with_digest(&self, new: &str, now: Timestamp) -> Option<Self> {
        let old = self.evidence("digest")?;
        let hex = |digest: &str| {
            digest
                .split_once(':')
                .map_or_else(String::new, |it| it.1.into())
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
