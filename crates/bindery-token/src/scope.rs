//! What a token allows: actions on resources.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A set of scopes in one form: each resource once, resources and actions in order.
///
/// A scope is `type:name:action,action`; the name may itself hold colons. What does not have this form is kept as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ScopeSet(Vec<String>);

impl ScopeSet {
    /// Parses scopes with blanks between them.
    pub fn parse(text: &str) -> Self {
        let mut actions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for scope in text.split_ascii_whitespace() {
            let (resource, asked) = match scope.rsplit_once(':') {
                Some((resource, asked)) if resource.contains(':') => (resource, asked),
                _ => (scope, ""),
            };
            actions
                .entry(resource)
                .or_default()
                .extend(asked.split(',').filter(|action| !action.is_empty()));
        }
        let write = |(resource, actions): (&str, BTreeSet<&str>)| {
            if actions.is_empty() {
                return resource.to_owned();
            }
            format!("{resource}:{}", Vec::from_iter(actions).join(","))
        };
        Self(actions.into_iter().map(write).collect())
    }

    /// The scope for reading a repository.
    pub fn pull(repository: &str) -> Self {
        Self(vec![format!("repository:{repository}:pull")])
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each scope, as in `repository:team/app:pull`.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(ScopeSet::parse(text).to_string(), expected, "from {text:?}");
    }

    #[test]
    fn one_form_for_the_same_rights() {
        check("repository:a:push,pull", "repository:a:pull,push");
        check(
            "repository:a:pull repository:a:push",
            "repository:a:pull,push",
        );
        check(
            "repository:b:pull  repository:a:pull",
            "repository:a:pull repository:b:pull",
        );
        check("", "");
    }

    #[test]
    fn names_may_hold_colons() {
        check("repository:host:5000/a:pull", "repository:host:5000/a:pull");
        check("registry:catalog:*", "registry:catalog:*");
    }

    #[test]
    fn other_forms_are_kept() {
        check("profile", "profile");
        check("a:b", "a:b");
    }

    #[test]
    fn reading_a_repository_is_one_scope() {
        assert_eq!(
            ScopeSet::pull("a/b"),
            ScopeSet::parse("repository:a/b:pull")
        );
    }
}
