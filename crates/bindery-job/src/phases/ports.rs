//! The ports that the scheduler has to allocate for a job.

use std::collections::{BTreeMap, BTreeSet};

use bindery_core::{Component, Ref};

use crate::phases::fields::number_in;

/// The name in `thermos.ports[name]`; `None` for another ref, an error for another ref below `thermos.ports`.
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

/// A ref below `thermos.ports` that names no port by an index.
pub(crate) struct NotByName;

/// Where names lead in an announcer's portmap.
pub(crate) struct Portmap(BTreeMap<String, Port>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Port {
    Static,
    Named(String),
}

/// Names that lead to each other.
pub(crate) struct Cycle;

impl Portmap {
    /// Follows every name to its end.
    pub(crate) fn resolve(entries: &[(String, String)]) -> Result<Self, Cycle> {
        // Equal names: the last has it.
        let given: BTreeMap<&str, &str> = entries
            .iter()
            .map(|(name, port)| (&**name, &**port))
            .collect();
        let mut resolved = BTreeMap::new();
        for name in given.keys() {
            let mut at = *name;
            let mut steps = 0;
            let port = loop {
                let Some(next) = given.get(at) else {
                    break Port::Named(at.to_owned());
                };
                if is_static(next) {
                    break Port::Static;
                }
                steps += 1;
                if steps > given.len() {
                    return Err(Cycle);
                }
                at = next;
            };
            resolved.insert((*name).to_owned(), port);
        }
        Ok(Portmap(resolved))
    }

    /// The names to allocate: what the map leads to, and what the processes ask for, one step through the map.
    pub(crate) fn allocated(&self, asked: &BTreeSet<String>) -> BTreeSet<String> {
        let ends = self.0.values().cloned();
        let asked = asked.iter().map(|name| match self.0.get(name) {
            Some(port) => port.clone(),
            None => Port::Named(name.clone()),
        });
        ends.chain(asked)
            .filter_map(|port| match port {
                Port::Named(name) => Some(name),
                Port::Static => None,
            })
            .collect()
    }
}

/// Whether a port is given by its number.
pub(crate) fn is_static(port: &str) -> bool {
    number_in(port).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(portmap: &[(&str, &str)], asked: &[&str], expected: &[&str]) {
        let entries: Vec<(String, String)> = portmap
            .iter()
            .map(|(name, port)| ((*name).to_owned(), (*port).to_owned()))
            .collect();
        let asked = asked.iter().map(|name| (*name).to_owned()).collect();
        let found = match Portmap::resolve(&entries) {
            Ok(portmap) => portmap.allocated(&asked),
            Err(Cycle) => BTreeSet::from(["cycle".to_owned()]),
        };
        assert!(found.iter().eq(expected), "{found:?} from {portmap:?}");
    }

    #[test]
    fn an_alias_asks_for_its_target_alone() {
        check(&[("aurora", "http")], &[], &["http"]);
        check(
            &[("aurora", "http"), ("alias", "aurora")],
            &["alias", "http"],
            &["http"],
        );
        check(&[], &["b", "a", "b"], &["a", "b"]);
    }

    #[test]
    fn numbers_are_not_asked_for() {
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
    fn ports_are_named_by_an_index() {
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
