//! Modules of a crate, with the names each defines, imports and uses.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::tidy::rust;
use crate::tidy::tokens::{Token, after_brackets, after_item, tokens};
use crate::tidy::workspace::Source;

/// Segments of a path, as `["crate", "lock", "Entry"]`.
pub(crate) type Path<'c> = Vec<&'c str>;

/// Module of a crate: a file, or a block `mod name { … }` within one.
#[derive(Debug, Default)]
pub(crate) struct Module<'c> {
    /// Position of its file among the sources.
    pub(crate) file: usize,
    /// Module around it; the root of the crate has none.
    pub(crate) parent: Option<usize>,
    /// Modules that it declares.
    pub(crate) children: BTreeMap<&'c str, usize>,
    /// Imports and re-exports, including imports within functions.
    pub(crate) uses: Vec<Use<'c>>,
    /// Items that it defines itself.
    pub(crate) definitions: BTreeSet<&'c str>,
    /// Paths of two or more segments outside of imports.
    pub(crate) paths: Vec<Path<'c>>,
    /// Words outside of imports, apart from methods, fields and later segments of paths.
    pub(crate) words: BTreeSet<&'c str>,
}

/// One name of an import.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Use<'c> {
    /// Imported path.
    pub(crate) path: Path<'c>,
    /// Name in this module; `*` for all names of a module.
    pub(crate) alias: &'c str,
    /// Whether it is `pub`, to any degree.
    pub(crate) is_public: bool,
}

/// Returns the code of each source, for `modules` to read.
pub(crate) fn codes(sources: &[&Source]) -> Vec<String> {
    let code = |source: &&Source| rust::code_only(&source.text);
    sources.iter().map(code).collect()
}

/// Returns the modules that the crate's root leads to, tests excluded. The first one is the root itself.
///
/// `folder` is the crate's folder with `/src`; `codes` belong to `sources`, one to one.
pub(crate) fn modules<'c>(
    folder: &str,
    sources: &[&Source],
    codes: &'c [String],
) -> Vec<Module<'c>> {
    let find = |path: &str| sources.iter().position(|source| source.path == path);
    let root = ["lib.rs", "main.rs"];
    let Some(file) = root
        .iter()
        .find_map(|name| find(&format!("{folder}/{name}")))
    else {
        return Vec::new();
    };
    let mut all = vec![Module {
        file,
        ..Module::default()
    }];
    // Modules whose file is still to be read, with the folder of the files of their children.
    let mut open = vec![(0, folder.to_owned())];
    while let Some((module, folder)) = open.pop() {
        let tokens = tokens(&codes[all[module].file]);
        let mut reader = Reader {
            tokens,
            all: &mut all,
            declared: Vec::new(),
        };
        reader.file(module, &folder);
        for (parent, name, folder) in reader.declared {
            let folder = format!("{folder}/{name}");
            let file = find(&format!("{folder}.rs")).or_else(|| find(&format!("{folder}/mod.rs")));
            if let Some(file) = file {
                let child = add(&mut all, parent, name, file);
                open.push((child, folder));
            }
        }
    }
    all
}

fn add<'c>(all: &mut Vec<Module<'c>>, parent: usize, name: &'c str, file: usize) -> usize {
    let child = all.len();
    all.push(Module {
        file,
        parent: Some(parent),
        ..Module::default()
    });
    all[parent].children.insert(name, child);
    child
}

/// Reads the modules of one file.
struct Reader<'c, 'm> {
    tokens: Vec<Token<'c>>,
    all: &'m mut Vec<Module<'c>>,
    /// Modules in other files: parent, name, and folder of the file.
    declared: Vec<(usize, &'c str, String)>,
}

impl<'c> Reader<'c, '_> {
    fn file(&mut self, module: usize, folder: &str) {
        self.block(module, folder, 0, self.tokens.len());
    }

    fn word(&self, at: usize) -> Option<&'c str> {
        match self.tokens.get(at) {
            Some(Token::Word(word)) => Some(word),
            _ => None,
        }
    }

    fn is(&self, at: usize, sign: char) -> bool {
        self.tokens.get(at) == Some(&Token::Sign(sign))
    }

    /// Reads the tokens of a module between two positions.
    fn block(&mut self, module: usize, folder: &str, start: usize, end: usize) {
        let mut depth = 0_usize;
        let mut at = start;
        while at < end {
            match self.tokens[at] {
                Token::Sign('#') if self.is_test_attribute(at) => {
                    at = after_item(&self.tokens, at);
                }
                Token::Sign('{') => {
                    depth += 1;
                    at += 1;
                }
                Token::Sign('}') => {
                    depth = depth.saturating_sub(1);
                    at += 1;
                }
                Token::Word("mod") if self.word(at + 1).is_some() => {
                    at = self.module(module, folder, at);
                }
                Token::Word("use") => {
                    let is_public = at > start && self.is_public(at);
                    let mut tree = Vec::new();
                    at = self.use_tree(at + 1, &mut Vec::new(), &mut tree);
                    let uses = tree.into_iter().map(|(path, alias)| Use {
                        path,
                        alias,
                        is_public,
                    });
                    self.all[module].uses.extend(uses);
                }
                Token::Word(word) => at = self.name(module, word, at, depth),
                _ => at += 1,
            }
        }
    }

    /// Whether `#[cfg(test)]` or `#[cfg(all(test, …))]` begins at `at`.
    fn is_test_attribute(&self, at: usize) -> bool {
        let inside = at + usize::from(self.is(at + 1, '!'));
        let words = |from: usize| self.word(from);
        let is_cfg = self.is(inside + 1, '[') && words(inside + 2) == Some("cfg");
        is_cfg
            && (words(inside + 4) == Some("test")
                || (words(inside + 4) == Some("all") && words(inside + 6) == Some("test")))
    }

    /// Whether the item whose keyword is at `at` is `pub`, or `pub(…)`.
    fn is_public(&self, at: usize) -> bool {
        self.word(at - 1) == Some("pub")
            || (self.is(at - 1, ')')
                && (2..8).any(|back| at >= back && self.word(at - back) == Some("pub")))
    }

    /// Reads `mod name;` or `mod name { … }`, and returns the position after it.
    fn module(&mut self, module: usize, folder: &str, at: usize) -> usize {
        let Some(name) = self.word(at + 1) else {
            return at + 1;
        };
        if self.is(at + 2, ';') {
            self.declared.push((module, name, folder.to_owned()));
            return at + 3;
        }
        if !self.is(at + 2, '{') {
            return at + 1;
        }
        let end = after_brackets(&self.tokens, at + 2);
        let file = self.all[module].file;
        let child = add(self.all, module, name, file);
        self.block(child, &format!("{folder}/{name}"), at + 3, end - 1);
        end
    }

    /// Reads `a::{b, c as d}` into one path with one alias per name, and returns the position after it.
    fn use_tree(
        &self,
        mut at: usize,
        prefix: &mut Path<'c>,
        tree: &mut Vec<(Path<'c>, &'c str)>,
    ) -> usize {
        let length = prefix.len();
        loop {
            match self.tokens.get(at) {
                Some(Token::Word(word)) => {
                    prefix.push(word);
                    at += 1;
                    if self.tokens.get(at) == Some(&Token::Separator) {
                        at += 1;
                        continue;
                    }
                    let mut alias = *word;
                    if *word == "self" {
                        prefix.pop();
                        alias = prefix.last().copied().unwrap_or("self");
                    }
                    if self.word(at) == Some("as") {
                        alias = self.word(at + 1).unwrap_or("_");
                        at += 2;
                    }
                    tree.push((prefix.clone(), alias));
                }
                Some(Token::Sign('*')) => {
                    tree.push((prefix.clone(), "*"));
                    at += 1;
                }
                Some(Token::Sign('{')) => {
                    at += 1;
                    while at < self.tokens.len() && !self.is(at, '}') {
                        at = self.use_tree(at, prefix, tree);
                        at += usize::from(self.is(at, ','));
                    }
                    at += 1;
                }
                // An absolute path, as in `use ::std::fs`.
                Some(Token::Separator) => {
                    at += 1;
                    continue;
                }
                _ => at += 1,
            }
            prefix.truncate(length);
            return at;
        }
    }

    /// Reads a definition, a path or a plain word, and returns the position after it.
    fn name(&mut self, module: usize, word: &'c str, at: usize, depth: usize) -> usize {
        if word == "macro_rules" && self.is(at + 1, '!') {
            let name = self.word(at + 2);
            self.all[module].definitions.extend(name);
            return at + 3;
        }
        if DEFINING.contains(&word)
            && depth == 0
            && let Some(name) = self.word(at + 1)
            && !DEFINING.contains(&name)
        {
            self.all[module].definitions.insert(name);
            return at + 2;
        }
        let before = at.checked_sub(1).map(|before| self.tokens[before]);
        let follows = matches!(before, Some(Token::Separator | Token::Sign('.')));
        let mut path = vec![word];
        let mut after = at + 1;
        while self.tokens.get(after) == Some(&Token::Separator) {
            let Some(next) = self.word(after + 1) else {
                break;
            };
            path.push(next);
            after += 2;
        }
        let is_visibility = word == "crate" && path.len() == 1 || before == Some(Token::Word("in"));
        if !follows && !is_visibility {
            self.all[module].words.insert(word);
            if path.len() > 1 {
                self.all[module].paths.push(path);
            }
        }
        after
    }
}

/// Keywords before the name of an item.
const DEFINING: [&str; 10] = [
    "const", "enum", "fn", "static", "struct", "trait", "type", "union", "unsafe", "async",
];

#[cfg(test)]
mod tests {
    use super::{codes, modules};
    use crate::tidy::workspace::Source;

    fn source(path: &str, text: &str) -> Source {
        Source {
            path: format!("x/src/{path}"),
            text: text.to_owned(),
        }
    }

    /// Describes each module in one line: its children, imports, definitions and paths.
    #[track_caller]
    fn check(files: &[(&str, &str)], expected: &[&str]) {
        let sources: Vec<Source> = files
            .iter()
            .map(|(path, text)| source(path, text))
            .collect();
        let sources: Vec<&Source> = sources.iter().collect();
        let codes = codes(&sources);
        let lines: Vec<String> = modules("x/src", &sources, &codes)
            .iter()
            .map(|module| {
                let uses = module.uses.iter().map(|one| {
                    let mark = if one.is_public { "pub " } else { "" };
                    format!("{mark}{} as {}", one.path.join("::"), one.alias)
                });
                format!(
                    "{} | {} | {} | {} | {}",
                    files[module.file].0,
                    module
                        .children
                        .keys()
                        .copied()
                        .collect::<Vec<_>>()
                        .join(" "),
                    uses.collect::<Vec<_>>().join(", "),
                    module
                        .definitions
                        .iter()
                        .copied()
                        .collect::<Vec<_>>()
                        .join(" "),
                    module
                        .paths
                        .iter()
                        .map(|path| path.join("::"))
                        .collect::<Vec<_>>()
                        .join(" "),
                )
            })
            .collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn modules_are_files_and_blocks() {
        check(
            &[
                (
                    "lib.rs",
                    "mod a; pub mod c { mod d; struct E; } mod missing;",
                ),
                ("a/mod.rs", "mod b;"),
                ("a/b.rs", ""),
                ("c/d.rs", ""),
                ("stray.rs", ""),
            ],
            &[
                "lib.rs | a c |  |  | ",
                "lib.rs | d |  | E | ",
                "a/mod.rs | b |  |  | ",
                "c/d.rs |  |  |  | ",
                "a/b.rs |  |  |  | ",
            ],
        );
    }

    #[test]
    fn imports_have_a_path_and_an_alias() {
        check(
            &[(
                "lib.rs",
                "use a::{b, c::{self, D as E}, f::*}; pub(crate) use g::H; pub use i::j; use k as _;",
            )],
            &[
                "lib.rs |  | a::b as b, a::c as c, a::c::D as E, a::f as *, pub g::H as H, pub i::j as j, k as _ |  | ",
            ],
        );
    }

    #[test]
    fn paths_and_definitions_are_read_outside_of_tests() {
        check(
            &[(
                "lib.rs",
                "pub(in crate::a) const fn f() { let x = y.collect::<B>(); crate::a::c(); fn inner() {} }\n\
                 #[cfg(test)] use super::Secret;\n\
                 #[cfg(all(test, unix))] mod tests { crate::t::t(); }\n\
                 macro_rules! m { () => { $crate::n::o } }",
            )],
            &["lib.rs |  |  | f m | crate::a::c crate::n::o"],
        );
    }
}
