//! Scopes: the actions on resources that a token allows.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use bindery_reference::Repository;

/// Action on a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Read manifests, blobs and lists.
    Pull,
    /// Write manifests and blobs.
    Push,
    /// Delete manifests and tags.
    Delete,
}

impl Action {
    /// Returns the word for the action in a scope.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pull => "pull",
            Self::Push => "push",
            Self::Delete => "delete",
        }
    }
}

/// Scope in its parts, `type:name:action,action`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope<'a> {
    /// Type of the resource: `repository` or `registry`.
    pub resource_type: &'a str,
    /// Name of the resource, which may contain colons.
    pub name: &'a str,
    /// Actions, separated by commas.
    actions: &'a str,
}

impl<'a> Scope<'a> {
    /// Parses a scope. Returns `None` if `text` has fewer than two colons.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (resource, actions) = text.rsplit_once(':')?;
        let (resource_type, name) = resource.split_once(':')?;
        Some(Self {
            resource_type,
            name,
            actions,
        })
    }

    /// Iterates over the actions.
    pub fn actions(&self) -> impl Iterator<Item = &'a str> {
        self.actions.split(',').filter(|action| !action.is_empty())
    }

    /// Returns whether the scope includes `action`, by name or as `*`.
    pub fn includes(&self, action: Action) -> bool {
        self.actions()
            .any(|known| known == "*" || known == action.as_str())
    }
}

/// Set of scopes in canonical form: each resource once, resources and actions sorted.
///
/// A text that is not of the form `type:name:action,action` is kept unchanged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ScopeSet(Vec<String>);

impl ScopeSet {
    /// Parses scopes separated by blanks.
    pub fn parse(text: &str) -> Self {
        let mut actions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for scope in text.split_ascii_whitespace() {
            let (resource, requested) = match scope.rsplit_once(':') {
                Some((resource, requested)) if resource.contains(':') => (resource, requested),
                _ => (scope, ""),
            };
            actions
                .entry(resource)
                .or_default()
                .extend(requested.split(',').filter(|action| !action.is_empty()));
        }
        let write = |(resource, actions): (&str, BTreeSet<&str>)| {
            if actions.is_empty() {
                return resource.to_owned();
            }
            format!("{resource}:{}", Vec::from_iter(actions).join(","))
        };
        Self(actions.into_iter().map(write).collect())
    }

    /// Creates the scope for `actions` on a repository.
    pub fn repository(repository: &Repository, actions: &[Action]) -> Self {
        if let [action] = actions {
            return Self(vec![format!("repository:{repository}:{}", action.as_str())]);
        }
        let actions: BTreeSet<_> = actions.iter().map(|action| action.as_str()).collect();
        let actions = Vec::from_iter(actions).join(",");
        Self::parse(&format!("repository:{repository}:{actions}"))
    }

    /// Returns whether the set has no scopes.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Iterates over the scopes as texts, as in `repository:team/app:pull`.
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
    fn equal_rights_have_one_form() {
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
    fn names_may_contain_colons() {
        check("repository:host:5000/a:pull", "repository:host:5000/a:pull");
        check("registry:catalog:*", "registry:catalog:*");
    }

    #[test]
    fn other_texts_are_kept() {
        check("profile", "profile");
        check("a:b", "a:b");
    }

    #[test]
    fn actions_on_a_repository_are_one_scope() {
        let repository = Repository::parse("a/b").unwrap();
        let scope = |actions| ScopeSet::repository(&repository, actions).to_string();
        assert_eq!(scope(&[Action::Pull]), "repository:a/b:pull");
        assert_eq!(
            scope(&[Action::Push, Action::Pull]),
            "repository:a/b:pull,push"
        );
    }

    #[test]
    fn a_scope_has_three_parts() {
        let scope = Scope::parse("repository:host:5000/app:pull,push").unwrap();
        assert_eq!(
            (scope.resource_type, scope.name),
            ("repository", "host:5000/app")
        );
        assert!(scope.includes(Action::Pull) && !scope.includes(Action::Delete));
        assert!(
            Scope::parse("registry:catalog:*")
                .unwrap()
                .includes(Action::Delete)
        );
        assert_eq!(Scope::parse("profile"), None);
        assert_eq!(Scope::parse("a:b"), None);
    }
}
