//! Binders: what they are asked, what they answer.

use bindery_abi::{
    Request,
    stable::{ROption, RString},
};

use serde_json::json;

use crate::{BindError, BindErrorKind, Host, Json, Map, guard::guard};

/// Resolves the refs that match a pattern.
pub trait Binder: Send + Sync + 'static {
    /// The name, unique among all binders: `docker.image`. Lockfiles hold it, so never change it.
    const NAME: &'static str;

    /// Which refs it binds: names, and one pattern in brackets per index, `*` for any text: `docker.image[*][*]`.
    ///
    /// A ref that goes on behind the match, as in `{{docker.pinned[web][1.4].tag}}`, dereferences into the answer.
    const PATTERN: &'static str;

    /// Answers one ref.
    ///
    /// Within one run the host asks for a ref once per cluster. The answer may hold refs for a binder that comes later.
    ///
    /// # Errors
    ///
    /// Whatever keeps the ref from being bound; the host reports the errors of all refs together.
    fn bind(&self, host: &Host, found: &Match) -> Result<Answer, BindError>;

    /// Answers many refs: one answer per match, in the same order.
    ///
    /// Override it if asking for many at once is cheaper than one after the other.
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

    /// Whether [`Binder::review`] looks at anything; if not, the host does not open the plugin for it.
    const REVIEWS: bool = false;

    /// Looks at the answer of an earlier run, which the lockfile kept, before it is used in place of a new one. Nothing is
    /// asked for it: it may be that there is no network, and there was a reason to keep the answer.
    ///
    /// A lockfile can be edited, merged badly, or come from elsewhere, and a cluster can move to another registry. What can be
    /// told from the ref, the cluster and the recalled answer alone should be told here.
    ///
    /// # Errors
    ///
    /// If the answer is none that this binder could have given to this ref.
    fn review(&self, _host: &Host, _found: &Match, _recalled: &Answer) -> Result<(), BindError> {
        Ok(())
    }
}

/// A ref that matches a binder's pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    address: String,
    parts: Vec<String>,
    indices: Vec<usize>,
    cluster: Option<String>,
}

impl Match {
    /// The text of an index: `greeting[en]` has `en` at 0. Names between the indices are not counted.
    ///
    /// # Panics
    ///
    /// If there is no such index: as many as the binder's pattern has are always there.
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

    /// The matched part of the ref as it stands in the template: `docker.image[web][1.4]`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The texts of all components, the root included: `docker`, `image`, `web`, `1.4`.
    pub fn parts(&self) -> &[String] {
        &self.parts
    }

    /// The cluster that the job is for, if it is known; [`Host::cluster`] tells more.
    pub fn cluster(&self) -> Option<&str> {
        self.cluster.as_deref()
    }

    /// Finds the indices by walking along the address, where each component but the root has a dot or a bracket in front.
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

/// What a ref is bound to.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    value: Json,
    evidence: Option<Json>,
}

impl Answer {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            value: Json::String(text.into()),
            evidence: None,
        }
    }

    /// A struct: the rest of the ref names one of its fields.
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

    /// Adds what the lockfile keeps beside the answer, for whoever reviews it: what was asked in full, what was seen.
    ///
    /// Never a secret, and nothing that differs when the answer does not, such as a time. The member `metadata` of an object is
    /// [`Answer::with_metadata`]'s.
    pub fn with_evidence(mut self, evidence: impl Into<Json>) -> Self {
        let metadata = self.evidence.as_mut().and_then(take_metadata);
        self.evidence = Some(evidence.into());
        match metadata {
            Some(metadata) => self.put_metadata(metadata),
            None => self,
        }
    }

    /// Has every job that uses the answer say `value` under `key` in its metadata, behind what its file says there: where it came
    /// from, what it is. Like all of a job's texts, `value` may hold refs. It is part of the evidence, so that a recalled answer
    /// brings it as well.
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

    /// The value: a string or an object.
    pub fn value(&self) -> &Json {
        &self.value
    }

    /// The evidence.
    pub fn evidence(&self) -> Option<&Json> {
        self.evidence.as_ref()
    }
}

/// The member of the evidence that holds what jobs say of themselves.
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
    /// Only for what this crate wrote itself.
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
    fn indices_are_what_stands_in_brackets() {
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
