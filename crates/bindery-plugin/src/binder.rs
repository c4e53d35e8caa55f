//! Binders: answers to refs.

use bindery_abi::{
    Request,
    stable::{ROption, RString},
};

use serde_json::json;

use crate::{BindError, BindErrorKind, Host, Json, Map, guard::guard};

/// Resolves the refs that match a pattern.
pub trait Binder: Send + Sync + 'static {
    /// Name, unique among all binders, as in `docker.image`. Lock files contain it, so it must never change.
    const NAME: &'static str;

    /// Pattern of the refs: names, and a pattern in brackets per index, where `*` matches any text: `docker.image[*][*]`.
    ///
    /// A ref that continues after the match, as in `{{docker.pinned[web][1.4].tag}}`, dereferences into the answer.
    const PATTERN: &'static str;

    /// Answers one ref.
    ///
    /// Within a run the host asks once for each ref and cluster. The answer may contain refs of a later binder.
    ///
    /// # Errors
    ///
    /// If the ref cannot be bound; the host reports the errors of all refs together.
    fn bind(&self, host: &Host, found: &Match) -> Result<Answer, BindError>;

    /// Answers many refs: one answer per match, in the order of the matches.
    ///
    /// Override this method if one request for many refs is cheaper than a request for each.
    fn bind_batch(&self, host: &Host, found: &[Match]) -> Vec<Result<Answer, BindError>> {
        let answer = |found| match host.cancelled() {
            true => Err(BindError::new(
                BindErrorKind::Cancelled,
                "cancelled before it was asked",
            )),
            false => guard(Self::NAME, || self.bind(host, found)),
        };
        found.iter().map(answer).collect()
    }

    /// Whether [`Binder::review`] checks anything. If false, the host does not load the plugin for a review.
    const REVIEWS: bool = false;

    /// Checks the answer of an earlier run, from the lock file, before it is used in place of a new one. Sends no request: there may be no
    /// network, and the user wants to keep the answer.
    ///
    /// A lock file can be edited, merged badly, or copied from another project, and a cluster can move to another registry. A review finds
    /// the errors that follow from the ref, the cluster and the recalled answer alone.
    ///
    /// # Errors
    ///
    /// If this binder could not have given the answer to this ref.
    fn review(&self, _host: &Host, _found: &Match, _recalled: &Answer) -> Result<(), BindError> {
        Ok(())
    }
}

/// Ref that matches the pattern of a binder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    address: String,
    parts: Vec<String>,
    indices: Vec<usize>,
    cluster: Option<String>,
}

impl Match {
    /// Returns the text of an index: `greeting[en]` has `en` at 0. Names between indices are not counted.
    ///
    /// # Panics
    ///
    /// If the pattern of the binder has fewer indices.
    #[allow(
        clippy::should_implement_trait,
        reason = "`found.index(0)` reads better than `found[0]`"
    )]
    pub fn index(&self, number: usize) -> &str {
        match self
            .indices
            .get(number)
            .and_then(|&part| self.parts.get(part))
        {
            Some(text) => text,
            None => panic!("`{}` has no index {number}", self.address),
        }
    }

    /// Returns the matched part of the ref as written in the template: `docker.image[web][1.4]`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Returns the texts of all components, including the root: `docker`, `image`, `web`, `1.4`.
    pub fn parts(&self) -> &[String] {
        &self.parts
    }

    /// Returns the name of the job's cluster, if it is known; [`Host::cluster`] returns the keys of the cluster.
    pub fn cluster(&self) -> Option<&str> {
        self.cluster.as_deref()
    }

    /// Finds the indices along the address, in which each component except the root follows a dot or a bracket.
    pub(crate) fn new(address: String, parts: Vec<String>, cluster: Option<String>) -> Self {
        let mut indices = Vec::new();
        let mut at = parts.first().map_or(0, String::len);
        for (number, part) in parts.iter().enumerate().skip(1) {
            let bracket = address.as_bytes().get(at) == Some(&b'[');
            if bracket {
                indices.push(number);
            }
            at += part.len() + if bracket { 2 } else { 1 };
        }
        Self {
            address,
            parts,
            indices,
            cluster,
        }
    }
}

impl From<Request> for Match {
    fn from(request: Request) -> Self {
        let cluster = String::from(request.cluster);
        Self::new(
            request.address.into(),
            request.parts.into_iter().map(Into::into).collect(),
            (!cluster.is_empty()).then_some(cluster),
        )
    }
}

/// Value that a ref is bound to.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    value: Json,
    evidence: Option<Json>,
}

impl Answer {
    /// Creates an answer with a text.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            value: Json::String(text.into()),
            evidence: None,
        }
    }

    /// Creates an answer with a struct: the rest of the ref names one of its fields.
    pub fn structure<K: Into<String>, V: Into<Json>>(
        fields: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let fields = fields
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()));
        Self {
            value: Json::Object(fields.collect::<Map<_, _>>()),
            evidence: None,
        }
    }

    /// Adds evidence, which the lock file keeps with the answer for reviewers: the full request, and the observed response.
    ///
    /// Evidence contains no secret, and nothing that changes while the answer stays the same, such as a time. Its member `metadata` belongs to
    /// [`Answer::with_metadata`].
    pub fn with_evidence(mut self, evidence: impl Into<Json>) -> Self {
        let metadata = self.evidence.as_mut().and_then(take_metadata);
        self.evidence = Some(evidence.into());
        match metadata {
            Some(metadata) => self.put_metadata(metadata),
            None => self,
        }
    }

    /// Adds `value` under `key` to the metadata of every job that uses the answer, after the metadata of its file. Like every text of a job,
    /// `value` may contain refs. Metadata is part of the evidence, so a recalled answer has it too.
    ///
    /// ```
    /// # use bindery_plugin::{Answer, json};
    /// let answer = Answer::text("http://files/web-1.4").with_metadata("release", "web/1.4");
    /// let metadata = json!([{"key": "release", "value": "web/1.4"}]);
    /// assert_eq!(answer.evidence(), Some(&json!({"metadata": metadata})));
    /// ```
    pub fn with_metadata(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        let metadata = self.evidence.as_mut().and_then(take_metadata);
        let mut entries = match metadata {
            Some(Json::Array(entries)) => entries,
            _ => Vec::new(),
        };
        entries.push(json!({"key": key.into(), "value": value.into()}));
        self.put_metadata(Json::Array(entries))
    }

    fn put_metadata(mut self, metadata: Json) -> Self {
        let mut members = match self.evidence.take() {
            Some(Json::Object(members)) => members,
            Some(other) => Map::from_iter([("seen".to_owned(), other)]),
            None => Map::new(),
        };
        members.insert(METADATA.to_owned(), metadata);
        self.evidence = Some(Json::Object(members));
        self
    }

    pub(crate) fn new(value: Json, evidence: Option<Json>) -> Self {
        Self { value, evidence }
    }

    /// Returns the value: a string or an object.
    pub fn value(&self) -> &Json {
        &self.value
    }

    /// Returns the evidence.
    pub fn evidence(&self) -> Option<&Json> {
        self.evidence.as_ref()
    }
}

/// Member of the evidence with metadata for jobs.
const METADATA: &str = "metadata";

fn take_metadata(evidence: &mut Json) -> Option<Json> {
    evidence.as_object_mut()?.remove(METADATA)
}

impl From<Answer> for bindery_abi::Answer {
    fn from(answer: Answer) -> Self {
        Self {
            value: RString::from(answer.value.to_string()),
            evidence: ROption::from(answer.evidence.map(|json| RString::from(json.to_string()))),
        }
    }
}

impl From<bindery_abi::Answer> for Answer {
    /// Reads JSON that this crate has written.
    fn from(answer: bindery_abi::Answer) -> Self {
        let json = |text: RString| serde_json::from_str(&text).expect("an answer is JSON");
        Self {
            value: json(answer.value),
            evidence: answer.evidence.into_option().map(json),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(address: &str, parts: &[&str], indices: &[&str]) {
        let parts = parts.iter().map(|&part| part.to_owned()).collect();
        let found = Match::new(address.to_owned(), parts, None);
        let all: Vec<_> = (0..found.indices.len())
            .map(|number| found.index(number))
            .collect();
        assert_eq!(all, indices, "of {address}");
    }

    #[test]
    fn metadata_is_a_member_of_the_evidence_whatever_came_first() {
        let metadata = json!([{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]);
        let answer = |evidence: Json| {
            let before = Answer::text("x").with_evidence(evidence.clone());
            let before = before.with_metadata("a", "1").with_metadata("b", "2");
            let between = Answer::text("x").with_metadata("a", "1");
            let between = between.with_evidence(evidence).with_metadata("b", "2");
            assert_eq!(before, between);
            before.evidence().cloned()
        };
        assert_eq!(
            answer(json!({"asked": "y"})),
            Some(json!({"asked": "y", "metadata": metadata}))
        );
        assert_eq!(
            answer(json!(["y"])),
            Some(json!({"seen": ["y"], "metadata": metadata}))
        );
        let alone = Answer::text("x").with_metadata("a", "1");
        assert_eq!(
            alone.evidence(),
            Some(&json!({"metadata": [{"key": "a", "value": "1"}]}))
        );
    }

    #[test]
    fn indices_are_the_texts_in_brackets() {
        check("greeting[en]", &["greeting", "en"], &["en"]);
        check(
            "docker.image[a.b/c][1.2]",
            &["docker", "image", "a.b/c", "1.2"],
            &["a.b/c", "1.2"],
        );
        check("a[b].c[d]", &["a", "b", "c", "d"], &["b", "d"]);
        check("a.b", &["a", "b"], &[]);
        check("a[ü]", &["a", "ü"], &["ü"]);
    }
}
