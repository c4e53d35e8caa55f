//! Ports that the scheduler allocates for a job.

use std::collections::{BTreeMap, BTreeSet};

use bindery_core::{Component, Ref};

use crate::Text;
use crate::phases::fields::parse_integer;

/// Returns the name in `thermos.ports[name]`, or `None` for a ref outside of `thermos.ports`.
pub(crate) fn name_of(reference: &Ref) -> Result<Option<&str>, NotByName> {
    let mut components = reference.components();
    let scope = [components.next(), components.next()];
    let thermos_ports = [
        Some(Component::Dereference("thermos")),
        Some(Component::Dereference("ports")),
    ];
    if scope != thermos_ports {
        return Ok(None);
    }
    match components.next() {
        Some(Component::Index(name)) => Ok(Some(name)),
        Some(Component::Dereference(_)) => Err(NotByName),
        None => Ok(None),
    }
}

/// Error for a ref below `thermos.ports` whose next step is not an index.
pub(crate) struct NotByName;

/// Announcer's portmap with every alias followed to its end.
pub(crate) struct Portmap(BTreeMap<String, Port>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Port {
    Static,
    Named(String),
}

/// Error for aliases that lead to each other.
pub(crate) struct Cycle;

impl Portmap {
    /// Follows every alias to its end.
    pub(crate) fn resolve(entries: &[(Text, Text)]) -> Result<Self, Cycle> {
        // Of equal names the last entry applies.
        let aliases: BTreeMap<&str, &str> = entries
            .iter()
            .map(|(name, port)| (name.as_str(), port.as_str()))
            .collect();
        let mut resolved = BTreeMap::new();
        for name in aliases.keys() {
            let mut at = *name;
            let mut steps = 0;
            let port = loop {
                let Some(next) = aliases.get(at) else {
                    break Port::Named(at.to_owned());
                };
                if is_static(next) {
                    break Port::Static;
                }
                steps += 1;
                if steps > aliases.len() {
                    return Err(Cycle);
                }
                at = next;
            };
            resolved.insert((*name).to_owned(), port);
        }
        Ok(Portmap(resolved))
    }

    /// Returns the names to allocate: the ends of the map, and the names that processes use, after one step through the map.
    pub(crate) fn allocated(&self, used: &BTreeSet<String>) -> BTreeSet<String> {
        let ends = self.0.values().cloned();
        let used = used.iter().map(|name| match self.0.get(name) {
            Some(port) => port.clone(),
            None => Port::Named(name.clone()),
        });
        ends.chain(used)
            .filter_map(|port| match port {
                Port::Named(name) => Some(name),
                Port::Static => None,
            })
            .collect()
    }
}

/// Returns whether a port is a number and not a name.
pub(crate) fn is_static(port: &str) -> bool {
    parse_integer(port).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(portmap: &[(&str, &str)], used: &[&str], expected: &[&str]) {
        let entries: Vec<(Text, Text)> = portmap
            .iter()
            .map(|(name, port)| ((*name).into(), (*port).into()))
            .collect();
        let used = used.iter().map(|name| (*name).to_owned()).collect();
        let names = match Portmap::resolve(&entries) {
            Ok(portmap) => portmap.allocated(&used),
            Err(Cycle) => BTreeSet::from(["cycle".to_owned()]),
        };
        assert!(names.iter().eq(expected), "{names:?} from {portmap:?}");
    }

    #[test]
    fn only_the_target_of_an_alias_is_allocated() {
        check(&[("aurora", "http")], &[], &["http"]);
        check(
            &[("aurora", "http"), ("alias", "aurora")],
            &["alias", "http"],
            &["http"],
        );
        check(&[], &["b", "a", "b"], &["a", "b"]);
    }

    #[test]
    fn numbers_are_not_allocated() {
        let portmap = [("http", "80"), ("https", " 443"), ("aurora", "https")];
        check(&portmap, &["http", "admin"], &["admin"]);
        check(&[("http", "8_0")], &[], &["8_0"]);
    }

    #[test]
    fn a_name_that_leads_to_itself_is_a_cycle() {
        check(&[("http", "http")], &[], &["cycle"]);
        check(&[("a", "b"), ("b", "a")], &[], &["cycle"]);
        check(&[("x", "a"), ("a", "a")], &[], &["cycle"]);
    }

    #[test]
    fn the_name_of_a_port_is_an_index() {
        let name = |address| match name_of(&Ref::from_address(address).unwrap()) {
            Ok(name) => name.map(str::to_owned),
            Err(NotByName) => Some("not by name".to_owned()),
        };
        assert_eq!(name("thermos.ports[http]"), Some("http".to_owned()));
        assert_eq!(name("thermos.ports.http"), Some("not by name".to_owned()));
        assert_eq!(name("thermos.ports"), None);
        assert_eq!(name("thermos.task_id"), None);
    }
}
