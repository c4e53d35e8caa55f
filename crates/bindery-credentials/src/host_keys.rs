//! Keys of entries in Docker configurations, matched with registries.
//!
//! Docker writes hosts as keys, in older files with a scheme and a path. Podman also writes hosts with the path of a repository.

use std::collections::BTreeMap;

use bindery_reference::Registry;

/// Hosts of Docker Hub in keys, the one that helpers know first.
pub(crate) const DOCKER_HUB: [&str; 3] = ["docker.io", "index.docker.io", "registry-1.docker.io"];

/// Returns the useful entry for `repository` in `registry`, and its key: the entry with the longest path, else the entry for the host.
pub(crate) fn find_path<'m, T>(
    entries: &'m BTreeMap<String, T>,
    registry: &Registry,
    repository: &str,
    is_useful: impl Fn(&T) -> bool,
) -> Option<(&'m str, &'m T)> {
    let host = registry.to_string();
    let hosts = hosts(registry, &host);
    let mut path = Some(repository);
    while let Some(prefix) = path {
        for host in &hosts {
            let matches = |key: &str| {
                key.get(..host.len())
                    .is_some_and(|begin| begin.eq_ignore_ascii_case(host))
                    && key[host.len()..].strip_prefix('/') == Some(prefix)
            };
            let mut entries = entries.iter();
            if let Some((key, entry)) =
                entries.find(|(key, entry)| matches(key) && is_useful(entry))
            {
                return Some((key, entry));
            }
        }
        path = prefix.rsplit_once('/').map(|(shorter, _)| shorter);
    }
    find_host(entries, registry, is_useful)
}

/// Returns the first useful entry for the host of `registry`, and its key. A key with the same port wins over a key that adds or omits the
/// default port.
pub(crate) fn find_host<'m, T>(
    entries: &'m BTreeMap<String, T>,
    registry: &Registry,
    is_useful: impl Fn(&T) -> bool,
) -> Option<(&'m str, &'m T)> {
    let host = registry.to_string();
    let hosts = hosts(registry, &host);
    let is_exact = |key: &str| {
        let mut hosts = hosts.iter();
        hosts.any(|host| host_of(key).eq_ignore_ascii_case(host))
    };
    let is_default_port = |key: &str| {
        let key = host_of(key);
        let (with, without) = match registry.port() {
            Some(443) => (host.as_str(), key),
            None => (key, host.as_str()),
            Some(_) => return false,
        };
        with.strip_suffix(":443")
            .is_some_and(|host| host.eq_ignore_ascii_case(without))
    };
    let find = |matches: &dyn Fn(&str) -> bool| {
        let mut entries = entries.iter();
        entries.find(|(key, entry)| is_useful(entry) && matches(key))
    };
    find(&is_exact)
        .or_else(|| find(&is_default_port))
        .map(|(key, entry)| (key.as_str(), entry))
}

/// Returns the hosts that keys for `registry` contain; `host` is the text of the registry.
fn hosts<'h>(registry: &Registry, host: &'h str) -> Vec<&'h str> {
    if registry.is_docker_hub() {
        DOCKER_HUB.to_vec()
    } else {
        vec![host]
    }
}

/// Returns the host in a key, without a scheme and without the path of older keys.
fn host_of(key: &str) -> &str {
    let bare = ["https://", "http://"]
        .iter()
        .find_map(|scheme| key.strip_prefix(scheme));
    match bare {
        Some(rest) => rest.split('/').next().unwrap_or_default(),
        None => ["/v1/", "/v2/", "/v1", "/v2", "/"]
            .iter()
            .find_map(|path| key.strip_suffix(path))
            .unwrap_or(key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks which of `users` (key, user) is found for `repository` in `registry`.
    #[track_caller]
    fn check(users: &[(&str, &str)], registry: &str, repository: &str, expected: Option<&str>) {
        let entries = users.iter().map(|(key, user)| ((*key).to_owned(), *user));
        let entries = BTreeMap::from_iter(entries);
        let registry = Registry::parse(registry).unwrap();
        let entry = find_path(&entries, &registry, repository, |_| true);
        assert_eq!(
            entry.map(|(_, user)| *user),
            expected,
            "{registry}/{repository} in {users:?}"
        );
    }

    #[test]
    fn hosts_match_with_their_port_in_any_case() {
        let users = [("h.example", "plain"), ("h.example:5000", "port")];
        check(&users, "h.example", "a", Some("plain"));
        check(&users, "H.Example:5000", "a", Some("port"));
        check(&users, "h.example:5001", "a", None);
        check(&users, "other.example", "a", None);
        check(&[("H.EXAMPLE", "u")], "h.example", "a", Some("u"));
    }

    #[test]
    fn the_default_port_is_optional() {
        check(&[("h.example:443", "u")], "h.example", "a", Some("u"));
        check(&[("h.example", "u")], "h.example:443", "a", Some("u"));
        check(
            &[("h.example:443", "a"), ("h.example", "b")],
            "h.example",
            "a",
            Some("b"),
        );
        check(&[("h.example:80", "u")], "h.example", "a", None);
    }

    #[test]
    fn older_keys_have_a_scheme_and_a_path() {
        for key in [
            "https://h.example",
            "https://h.example/v1/",
            "http://h.example/v2/",
            "h.example/v1/",
            "h.example/",
        ] {
            check(&[(key, "u")], "h.example", "team/app", Some("u"));
        }
    }

    #[test]
    fn the_longest_path_wins() {
        let users = [
            ("h.example", "host"),
            ("h.example/team", "team"),
            ("h.example/team/app", "app"),
            ("https://h.example/v1/", "old"),
        ];
        check(&users, "h.example", "team/app", Some("app"));
        check(&users, "h.example", "team/app/x", Some("app"));
        check(&users, "h.example", "team/other", Some("team"));
        check(&users, "h.example", "teams/other", Some("host"));
        check(&[("h.example/team", "team")], "h.example", "other", None);
    }

    #[test]
    fn docker_hub_has_several_names() {
        for key in [
            "https://index.docker.io/v1/",
            "docker.io",
            "index.docker.io",
            "https://registry-1.docker.io/v2/",
        ] {
            let users = [(key, "u")];
            check(&users, "docker.io", "library/x", Some("u"));
            check(&users, "registry-1.docker.io", "library/x", Some("u"));
        }
        check(
            &[("docker.io/team", "t"), ("docker.io", "u")],
            "docker.io",
            "team/x",
            Some("t"),
        );
        check(
            &[("https://index.docker.io/v1/", "u")],
            "quay.io",
            "library/x",
            None,
        );
    }
}
