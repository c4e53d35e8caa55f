//! Circles of modules within a crate: files that use each other, directly or through others.
//!
//! A file uses another if it imports or names something that the other defines, however many re-exports are between them.
//! Declarations of modules and re-exports are not uses: a file that only hands on names ties nothing together. Nor are tests.
//! `circles.txt` lists the circles that are still there. The list only shrinks.

use std::collections::{BTreeMap, BTreeSet};

use crate::tidy::complaint::Complaint;
use crate::tidy::modules::{Module, codes, modules};
use crate::tidy::names::{Target, exports, resolve};
use crate::tidy::workspace::{Member, Source};

/// Path of the list, for messages.
const PATH: &str = "xtask/src/tidy/circles.txt";

/// The list itself; its head says how it is written.
const LIST: &str = include_str!("circles.txt");

/// Circle of files, by their paths below `src`.
type Circle = BTreeSet<String>;

/// Uses of files by files, each with the names that cause it.
type Arrows = BTreeMap<(usize, usize), BTreeSet<String>>;

/// Compares the circles of all members with the list.
pub(crate) fn check(members: &[Member]) -> Vec<Complaint> {
    let mut listed: BTreeMap<&str, Vec<Circle>> = BTreeMap::new();
    for (package, circle) in read(LIST) {
        listed.entry(package).or_default().push(circle);
    }
    let mut complaints = Vec::new();
    for member in members {
        let listed = listed.remove(member.name.as_str()).unwrap_or_default();
        complaints.extend(check_member(member, &listed));
    }
    complaints.extend(listed.keys().map(|package| Complaint {
        place: PATH.to_owned(),
        what: format!("`{package}` is not a package of the workspace"),
        advice: "take its lines out".to_owned(),
    }));
    complaints
}

/// Reads lines like `bindery-loader: eval/mod.rs value.rs`.
fn read(list: &str) -> impl Iterator<Item = (&str, Circle)> {
    let lines = list.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| {
        let (package, files) = line.split_once(':')?;
        let files = files.split_whitespace().map(str::to_owned);
        Some((package, files.collect()))
    })
}

fn check_member(member: &Member, listed: &[Circle]) -> Vec<Complaint> {
    let folder = format!("{}/src", member.folder);
    let below = format!("{folder}/");
    let sources: Vec<&Source> = member
        .sources
        .iter()
        .filter(|source| source.path.starts_with(&below))
        .collect();
    let codes = codes(&sources);
    let arrows = arrows(&modules(&folder, &sources, &codes));
    let name = |file: usize| sources[file].path[below.len()..].to_owned();
    let mut complaints = Vec::new();
    let mut found = Vec::new();
    for files in circles(sources.len(), &arrows) {
        let circle: Circle = files.iter().map(|file| name(*file)).collect();
        if !listed.iter().any(|known| circle.is_subset(known)) {
            complaints.push(Complaint {
                place: format!("{}{}", below, circle.first().map_or("", String::as_str)),
                what: format!(
                    "{} files use each other in a circle: {}",
                    circle.len(),
                    explain(&files, &arrows, &name)
                ),
                advice:
                    "move what two of them need into a file below both, or pass it as an argument"
                        .to_owned(),
            });
        }
        found.push(circle);
    }
    for known in listed.iter().filter(|known| !found.contains(known)) {
        let left: Vec<String> = found
            .iter()
            .filter(|circle| circle.is_subset(known))
            .map(|circle| line(&member.name, circle))
            .collect();
        complaints.push(Complaint {
            place: PATH.to_owned(),
            what: format!(
                "this circle is smaller now, or gone: `{}`",
                line(&member.name, known)
            ),
            advice: if left.is_empty() {
                "take the line out".to_owned()
            } else {
                format!("replace the line by:\n{}", left.join("\n"))
            },
        });
    }
    complaints
}

fn line(package: &str, circle: &Circle) -> String {
    let files: Vec<&str> = circle.iter().map(String::as_str).collect();
    format!("{package}: {}", files.join(" "))
}

/// Writes the arrows within a circle, one per line.
fn explain(circle: &[usize], arrows: &Arrows, name: &impl Fn(usize) -> String) -> String {
    let inside = |file: &usize| circle.contains(file);
    let lines = arrows
        .iter()
        .filter(|((from, to), _)| inside(from) && inside(to))
        .map(|((from, to), names)| {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            format!(
                "\n    {} -> {}: {}",
                name(*from),
                name(*to),
                names.join(", ")
            )
        });
    lines.collect()
}

/// Returns the uses among the files of a crate.
fn arrows(all: &[Module<'_>]) -> Arrows {
    let mut arrows = Arrows::new();
    for (position, module) in all.iter().enumerate() {
        let mut add = |target: Option<Target>, name: &str| {
            let to = match target {
                Some(Target::Item(file)) => file,
                Some(Target::Module(other)) => all[other].file,
                None => return,
            };
            if to != module.file {
                let names = arrows.entry((module.file, to)).or_default();
                names.insert(name.to_owned());
            }
        };
        let prefixes: BTreeSet<&str> = module
            .paths
            .iter()
            .map(|path| path[0])
            .chain(
                module
                    .uses
                    .iter()
                    .map(|one| one.path.first().copied().unwrap_or("")),
            )
            .collect();
        for one in &module.uses {
            let target = resolve(all, position, &one.path);
            match (one.alias, target) {
                ("*", Some(Target::Module(other))) if !one.is_public => {
                    let names = exports(all, other);
                    for name in names.intersection(&module.words) {
                        match resolve(all, other, &["self", name]) {
                            Some(Target::Module(_)) => {}
                            target => add(target, name),
                        }
                    }
                }
                // What is used of an imported module, and where it is defined, is seen at its paths.
                (alias, Some(Target::Module(_))) if prefixes.contains(alias) || one.is_public => {}
                (alias, target) if !one.is_public || module.words.contains(alias) => {
                    add(target, one.path.last().unwrap_or(&alias));
                }
                _ => {}
            }
        }
        for path in &module.paths {
            add(resolve(all, position, path), path.last().unwrap_or(&""));
        }
    }
    arrows
}

/// Returns the strongly connected sets of two or more files (Tarjan's algorithm), each sorted.
fn circles(files: usize, arrows: &Arrows) -> Vec<Vec<usize>> {
    let mut next = vec![Vec::new(); files];
    for (from, to) in arrows.keys() {
        next[*from].push(*to);
    }
    let mut search = Search {
        next,
        order: vec![0; files],
        lowest: vec![0; files],
        count: 0,
        path: Vec::new(),
        found: Vec::new(),
    };
    for file in 0..files {
        if search.order[file] == 0 {
            search.visit(file);
        }
    }
    search.found
}

struct Search {
    next: Vec<Vec<usize>>,
    /// Number of each file in the order of visits, from 1; 0 if it was not visited.
    order: Vec<usize>,
    /// Lowest number that can be reached from each file.
    lowest: Vec<usize>,
    count: usize,
    path: Vec<usize>,
    found: Vec<Vec<usize>>,
}

impl Search {
    fn visit(&mut self, file: usize) {
        self.count += 1;
        self.order[file] = self.count;
        self.lowest[file] = self.count;
        self.path.push(file);
        for at in 0..self.next[file].len() {
            let other = self.next[file][at];
            if self.order[other] == 0 {
                self.visit(other);
                self.lowest[file] = self.lowest[file].min(self.lowest[other]);
            } else if self.path.contains(&other) {
                self.lowest[file] = self.lowest[file].min(self.order[other]);
            }
        }
        if self.lowest[file] == self.order[file] {
            let start = self.path.iter().rposition(|one| *one == file).unwrap_or(0);
            let mut circle = self.path.split_off(start);
            if circle.len() > 1 {
                circle.sort_unstable();
                self.found.push(circle);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Circle, check_member, read};
    use crate::tidy::workspace::{Member, Source};

    fn member(files: &[(&str, &str)]) -> Member {
        let source = |(path, text): &(&str, &str)| Source {
            path: format!("crates/x/src/{path}"),
            text: (*text).to_owned(),
        };
        Member {
            name: "x".to_owned(),
            folder: "crates/x".to_owned(),
            manifest: String::new(),
            sources: files.iter().map(source).collect(),
        }
    }

    /// Checks the arrows of each circle, written as `a.rs -> b.rs: Name`.
    #[track_caller]
    fn check(files: &[(&str, &str)], expected: &[&str]) {
        let complaints = check_member(&member(files), &[]);
        let arrows: Vec<&str> = complaints
            .iter()
            .flat_map(|one| one.what.lines().skip(1).map(str::trim))
            .collect();
        assert_eq!(arrows, expected);
    }

    #[test]
    fn imports_and_paths_are_uses() {
        check(
            &[
                ("lib.rs", "mod a; mod b;"),
                ("a.rs", "use crate::b::B; pub struct A;"),
                (
                    "b.rs",
                    "pub struct B; fn f() -> super::a::A { super::a::A }",
                ),
            ],
            &["a.rs -> b.rs: B", "b.rs -> a.rs: A"],
        );
    }

    #[test]
    fn an_import_reaches_the_file_that_defines_the_name() {
        check(
            &[
                ("lib.rs", "mod a; mod b; pub use a::A; pub use b::*;"),
                ("a.rs", "use crate::B; pub struct A;"),
                ("b.rs", "use crate::A; pub struct B;"),
            ],
            &["a.rs -> b.rs: B", "b.rs -> a.rs: A"],
        );
    }

    #[test]
    fn a_parent_that_uses_its_child_is_tied_to_it() {
        check(
            &[
                ("lib.rs", "mod a;"),
                ("a/mod.rs", "mod b; use b::B; pub struct A(B);"),
                ("a/b.rs", "use super::A; pub struct B;"),
            ],
            &["a/mod.rs -> a/b.rs: B", "a/b.rs -> a/mod.rs: A"],
        );
        check(
            &[
                ("lib.rs", "mod a;"),
                ("a.rs", "mod b; pub use b::B; pub struct A(B);"),
                ("a/b.rs", "use super::*; pub struct B(A);"),
            ],
            &["a.rs -> a/b.rs: B", "a/b.rs -> a.rs: A"],
        );
    }

    #[test]
    fn declarations_re_exports_and_tests_are_not_uses() {
        check(
            &[
                ("lib.rs", "mod a; mod b; pub use a::A; pub fn f() {}"),
                (
                    "a.rs",
                    "use crate::f; pub struct A; #[cfg(test)] mod tests { use crate::b::B; }",
                ),
                ("b.rs", "use crate::a::A; pub struct B;"),
            ],
            &[],
        );
    }

    #[test]
    fn an_imported_module_is_used_where_its_names_are_defined() {
        check(
            &[
                ("lib.rs", "mod a; mod b;"),
                (
                    "a/mod.rs",
                    "pub mod c; pub mod d; pub use d::D; pub fn f() { crate::b::g() }",
                ),
                ("a/c.rs", "pub struct C;"),
                ("a/d.rs", "pub struct D;"),
                ("b.rs", "use crate::a; pub fn g() { a::c::C; a::D; }"),
            ],
            &[],
        );
    }

    fn circle(files: &[&str]) -> Circle {
        files.iter().map(|file| (*file).to_owned()).collect()
    }

    #[test]
    fn the_list_only_shrinks() {
        let two = [
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "use crate::b::B; pub struct A;"),
            ("b.rs", "use crate::a::A; pub struct B;"),
        ];
        let known = [circle(&["a.rs", "b.rs"])];
        assert_eq!(check_member(&member(&two), &known), []);

        let larger = [circle(&["a.rs", "b.rs", "lib.rs"])];
        let complaints = check_member(&member(&two), &larger);
        assert_eq!(
            complaints[0].what,
            "this circle is smaller now, or gone: `x: a.rs b.rs lib.rs`"
        );
        assert_eq!(complaints[0].advice, "replace the line by:\nx: a.rs b.rs");

        let complaints = check_member(&member(&two[..1]), &known);
        assert_eq!(complaints[0].advice, "take the line out");
    }

    #[test]
    fn a_line_has_a_package_and_files() {
        let lines: Vec<_> = read("# head: x\n\na: b.rs c/d.rs\n").collect();
        assert_eq!(lines, [("a", circle(&["b.rs", "c/d.rs"]))]);
    }
}
