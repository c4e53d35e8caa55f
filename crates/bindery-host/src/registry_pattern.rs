//! Patterns of registries and repositories.

use bindery_reference::Registry;
use serde::Deserialize;

/// Pattern of registries, or of repositories of a registry.
///
/// `registry.example.org:5000` matches this registry, `*.example.org` every registry below this domain on the default port, `*` every
/// registry. A path limits the pattern to the repositories below the path: `registry.example.org/team`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct RegistryPattern {
    text: String,
    host: HostPattern,
    path: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum HostPattern {
    Any,
    Below(String),
    Exactly(String),
}

/// Error for a text that is not a [`RegistryPattern`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a valid registry pattern: {problem}")]
pub struct RegistryPatternError {
    text: String,
    problem: String,
}

impl RegistryPattern {
    /// Parses a pattern. Ignores a scheme at the start.
    ///
    /// # Errors
    ///
    /// If the part before the path is neither a registry nor a registry with `*` as its first label.
    pub fn parse(text: &str) -> Result<Self, RegistryPatternError> {
        let fail = |problem: String| RegistryPatternError {
            text: text.to_owned(),
            problem,
        };
        let bare = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"));
        let bare = bare.unwrap_or(text);
        let (host, path) = bare.split_once('/').unwrap_or((bare, ""));
        let host = match host.strip_prefix('*') {
            Some("") => HostPattern::Any,
            Some(rest) => match rest.strip_prefix('.') {
                Some(domain) if !domain.contains('*') => HostPattern::Below(canonical(domain)),
                _ => {
                    return Err(fail("`*` must be the whole name or its first label".into()));
                }
            },
            None => {
                let registry = Registry::parse(host).map_err(|error| fail(error.to_string()))?;
                HostPattern::Exactly(canonical(&registry.to_string()))
            }
        };
        let path = path
            .split('/')
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect();
        Ok(Self {
            text: text.to_owned(),
            host,
            path,
        })
    }

    /// Returns whether the pattern matches a repository of a registry.
    pub fn matches(&self, registry: &str, repository: &str) -> bool {
        let registry = canonical(registry);
        let host = match &self.host {
            HostPattern::Any => true,
            HostPattern::Exactly(host) => *host == registry,
            HostPattern::Below(domain) => registry
                .strip_suffix(domain.as_str())
                .is_some_and(|rest| rest.ends_with('.')),
        };
        let mut parts = repository.split('/');
        host && self.path.iter().all(|part| parts.next() == Some(part))
    }

    /// Returns the text of the pattern.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl TryFrom<String> for RegistryPattern {
    type Error = RegistryPatternError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

/// Returns the registry in lower case, and one name for all names of Docker Hub.
pub(crate) fn canonical(registry: &str) -> String {
    match Registry::parse(registry) {
        Ok(registry) if registry.is_docker_hub() => "docker.io".to_owned(),
        _ => registry.to_ascii_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, registry: &str, repository: &str, expected: bool) {
        let found = RegistryPattern::parse(pattern)
            .unwrap()
            .matches(registry, repository);
        assert_eq!(found, expected, "{pattern} for {registry}/{repository}");
    }

    #[test]
    fn a_registry_matches_as_a_whole() {
        check("registry.example.org", "registry.example.org", "app", true);
        check("Registry.Example.org", "registry.example.ORG", "app", true);
        check(
            "registry.example.org",
            "registry.example.org:5000",
            "app",
            false,
        );
        check(
            "registry.example.org",
            "registry.example.org.evil.net",
            "app",
            false,
        );
        check("example.org", "registry.example.org", "app", false);
        check("localhost:5000", "localhost:5000", "app", true);
        check(
            "https://registry.example.org/",
            "registry.example.org",
            "app",
            true,
        );
    }

    #[test]
    fn all_names_of_docker_hub_match() {
        check("docker.io", "registry-1.docker.io", "library/redis", true);
        check("registry-1.docker.io", "docker.io", "library/redis", true);
        check("index.docker.io", "docker.io", "library/redis", true);
    }

    #[test]
    fn a_star_matches_first_labels_or_everything() {
        check("*", "anything:1", "app", true);
        check("*.example.org", "registry.example.org", "app", true);
        check("*.example.org", "a.b.example.org", "app", true);
        check("*.example.org", "example.org", "app", false);
        check("*.example.org", "evilexample.org", "app", false);
        check("*.example.org", "registry.example.org:5000", "app", false);
        check(
            "*.example.org:5000",
            "registry.example.org:5000",
            "app",
            true,
        );
    }

    #[test]
    fn a_path_matches_whole_components() {
        check("r.example.org/team", "r.example.org", "team/app", true);
        check("r.example.org/team/", "r.example.org", "team", true);
        check("r.example.org/team", "r.example.org", "teams/app", false);
        check("r.example.org/team/app", "r.example.org", "team", false);
    }

    #[test]
    fn invalid_patterns_are_refused() {
        for bad in ["", "*foo", "a.*.b", "*.*", "user@host", "host:port"] {
            assert!(RegistryPattern::parse(bad).is_err(), "{bad:?}");
        }
    }
}
