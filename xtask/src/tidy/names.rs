//! Resolution of paths to the files that define what they name.

use std::collections::BTreeSet;

use crate::tidy::modules::{Module, Use};

/// Thing that a path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// Module, by its position.
    Module(usize),
    /// Item in a file, by the file's position among the sources.
    Item(usize),
}

/// Longest chain of imports that is followed; imports can lead in a circle.
const MOST_IMPORTS: usize = 16;

/// Returns what `path` names within `module`; `None` if it leads out of the crate.
pub(crate) fn resolve(all: &[Module<'_>], module: usize, path: &[&str]) -> Option<Target> {
    lookup(all, module, path, MOST_IMPORTS)
}

fn lookup(all: &[Module<'_>], module: usize, path: &[&str], imports: usize) -> Option<Target> {
    let (first, rest) = path.split_first()?;
    let start = match *first {
        "crate" => 0,
        "self" => module,
        "super" => all[module].parent?,
        _ => return member(all, module, path, imports),
    };
    match rest.first() {
        None => Some(Target::Module(start)),
        Some(&"super") => lookup(all, start, rest, imports),
        Some(_) => member(all, start, rest, imports).or(Some(Target::Item(all[start].file))),
    }
}

/// Resolves a path whose first segment is a name in `module`.
fn member(all: &[Module<'_>], module: usize, path: &[&str], imports: usize) -> Option<Target> {
    let (name, rest) = path.split_first()?;
    let here = &all[module];
    let child = here.children.get(name).copied();
    if let Some(child) = child
        && !rest.is_empty()
    {
        return member(all, child, rest, imports).or(Some(Target::Item(all[child].file)));
    }
    if here.definitions.contains(name) {
        return Some(Target::Item(here.file));
    }
    let imports = imports.checked_sub(1)?;
    // A module may have the name of an item that it exports: `mod lock; pub use lock::lock;`.
    let alias = here
        .uses
        .iter()
        .find(|one| one.alias == *name && !(one.path.len() == 1 && one.path.first() == Some(name)));
    if let Some(one) = alias
        && let Some(target) = through(all, module, one, rest, imports)
    {
        return Some(target);
    }
    if let Some(child) = child {
        return Some(Target::Module(child));
    }
    here.uses
        .iter()
        .filter(|one| one.alias == "*")
        .find_map(|one| match lookup(all, module, &one.path, imports)? {
            Target::Module(other) if other != module => member(all, other, path, imports),
            _ => None,
        })
}

/// Resolves a path that begins with an imported name.
fn through(
    all: &[Module<'_>],
    module: usize,
    import: &Use<'_>,
    rest: &[&str],
    imports: usize,
) -> Option<Target> {
    let whole: Vec<&str> = import.path.iter().chain(rest).copied().collect();
    lookup(all, module, &whole, imports)
}

/// Returns the names that `use MODULE::*` brings in.
pub(crate) fn exports<'c>(all: &[Module<'c>], module: usize) -> BTreeSet<&'c str> {
    let here = &all[module];
    let aliases = here.uses.iter().map(|one| one.alias);
    let mut names: BTreeSet<&str> = aliases
        .filter(|alias| !["*", "_"].contains(alias))
        .collect();
    names.extend(&here.definitions);
    names.extend(here.children.keys());
    for one in here.uses.iter().filter(|one| one.alias == "*") {
        if let Some(Target::Module(other)) = resolve(all, module, &one.path)
            && other != module
            && !all[other].uses.iter().any(|back| back.alias == "*")
        {
            names.extend(exports(all, other));
        }
    }
    names
}
