//! Rules for the words of sources.

use crate::tidy::complaint::Complaint;
use crate::tidy::rust;
use crate::tidy::workspace::{Member, Source};

/// Crates of the dynamic library boundary.
const SEAM: [&str; 3] = ["bindery-abi", "bindery-plugin", "bindery-host"];

/// Words that some sources may not use.
struct Rule {
    words: &'static [&'static str],
    /// Whether the rule holds for this member.
    binds: fn(&Member) -> bool,
    /// Whether the rule holds for tests and examples too.
    tests_too: bool,
    what: &'static str,
    advice: &'static str,
}

const RULES: [Rule; 8] = [
    Rule {
        words: &["unsafe"],
        binds: |member| !SEAM.contains(&member.name.as_str()),
        tests_too: true,
        what: "unsafe code outside of the seam",
        advice: "only bindery-abi, bindery-plugin and bindery-host hold unsafe code; find a safe way, or move it there",
    },
    Rule {
        words: &["abi_stable"],
        binds: |member| !SEAM.contains(&member.name.as_str()),
        tests_too: true,
        what: "the ABI technology is used outside of the seam",
        advice: "go through bindery-plugin or bindery-host",
    },
    Rule {
        words: &["thread::sleep"],
        binds: |_| true,
        tests_too: true,
        what: "sleeping",
        advice: "wait for the event itself: a line, a channel, the end of a process",
    },
    Rule {
        words: &["#[ignore", "#[should_panic"],
        binds: |_| true,
        tests_too: true,
        what: "a test that does not run, or that passes with any panic",
        advice: "return early with a message where a program is missing; compare the error's text",
    },
    Rule {
        words: &["todo!", "unimplemented!", "dbg!"],
        binds: |_| true,
        tests_too: true,
        what: "unfinished code",
        advice: "finish it, or return an error for the unsupported case",
    },
    Rule {
        words: &[
            "std::fs",
            "std::env",
            "std::net",
            "std::process",
            "std::io",
            "fs::",
            "env::",
            "SystemTime",
            "Instant",
        ],
        binds: |member| member.name == "bindery-core",
        tests_too: false,
        what: "bindery-core performs no IO and reads no clock, environment or file",
        advice: "take the value as an argument, and let the caller look it up",
    },
    Rule {
        words: &[
            "println!",
            "print!",
            "eprintln!",
            "eprint!",
            "process::exit",
        ],
        binds: is_library,
        tests_too: false,
        what: "only bindery-cli writes to the terminal and ends the process",
        advice: "return the value or the error; a plugin logs through its host",
    },
    Rule {
        words: &["env::var", "env::var_os", "env::vars", "env::vars_os"],
        binds: |member| is_library(member) && member.name != "bindery-plugin-auth",
        tests_too: false,
        what: "only bindery-cli reads environment variables (and bindery-plugin-auth the one that its entry names)",
        advice: "take the value as an argument",
    },
];

fn is_library(member: &Member) -> bool {
    (member.folder.starts_with("crates/") || member.folder.starts_with("plugins/"))
        && ![
            "bindery-cli",
            "bindery-fake-registry",
            "bindery-conformance",
        ]
        .contains(&member.name.as_str())
}

/// Checks the files of one member.
pub(crate) fn check(member: &Member) -> Vec<Complaint> {
    let mut complaints: Vec<Complaint> = member
        .sources
        .iter()
        .flat_map(|source| in_source(member, source))
        .collect();
    complaints.extend(at_root(member));
    complaints
}

fn in_source(member: &Member, source: &Source) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    if !source.text.starts_with("//!") {
        complaints.push(Complaint {
            place: format!("{}:1", source.path),
            what: "no head".to_owned(),
            advice: "begin with a line `//!` that names the purpose of the file".to_owned(),
        });
    }
    let code = rust::code_only(&source.text);
    let shipped = if source.path.starts_with(&format!("{}/src/", member.folder)) {
        rust::without_tests(&code)
    } else {
        ""
    };
    for rule in RULES.iter().filter(|rule| (rule.binds)(member)) {
        let lines = if rule.tests_too {
            code.as_str()
        } else {
            shipped
        };
        for (number, line) in lines.lines().enumerate() {
            if let Some(word) = rule.words.iter().find(|word| rust::names(line, word)) {
                complaints.push(Complaint {
                    place: format!("{}:{}", source.path, number + 1),
                    what: format!("{} (`{word}`)", rule.what),
                    advice: rule.advice.to_owned(),
                });
            }
        }
    }
    complaints
}

/// Checks that the crate forbids unsafe code, so that the compiler finds uses that a search for words misses.
fn at_root(member: &Member) -> Option<Complaint> {
    // `export_plugin!` expands to unsafe attributes.
    let exempt = SEAM.contains(&member.name.as_str()) || member.is_plugin();
    let root = member.root()?;
    (!exempt && !root.text.contains("#![forbid(unsafe_code)]")).then(|| Complaint {
        place: format!("{}:1", root.path),
        what: "unsafe code is not forbidden".to_owned(),
        advice: "add `#![forbid(unsafe_code)]` below the head".to_owned(),
    })
}

/// Checks that one module names the parser, whose interface changes with every release.
pub(crate) fn check_parser_users(members: &[Member]) -> Vec<Complaint> {
    let mut first: Option<(&str, &str)> = None;
    let mut complaints = Vec::new();
    for source in members.iter().flat_map(|member| &member.sources) {
        let code = rust::code_only(&source.text);
        let Some(line) = code
            .lines()
            .position(|line| line.contains("ruff_python_") || line.contains("ruff_text_size"))
        else {
            continue;
        };
        let module = module_of(&source.path);
        match first {
            None => first = Some((module, &source.path)),
            Some((known, _)) if known == module => {}
            Some((_, path)) => complaints.push(Complaint {
                place: format!("{}:{}", source.path, line + 1),
                what: format!("two modules name the parser, this one and {path}"),
                advice: "use the tree that the other module lowers the parser's tree to".to_owned(),
            }),
        }
    }
    complaints
}

/// Returns `crates/x/src/lower` for `crates/x/src/lower.rs`, `crates/x/src/lower/mod.rs` and `crates/x/src/lower/names.rs`.
fn module_of(path: &str) -> &str {
    let start = path.find("/src/").map_or(0, |at| at + "/src/".len());
    let end = path[start..]
        .find(['/', '.'])
        .map_or(path.len(), |at| start + at);
    &path[..end]
}

#[cfg(test)]
mod tests {
    use super::{check, check_parser_users};
    use crate::tidy::workspace::{Member, Source};

    fn member(folder: &str, files: &[(&str, &str)]) -> Member {
        let source = |&(name, text): &(&str, &str)| Source {
            path: format!("{folder}/{name}"),
            text: text.to_owned(),
        };
        Member {
            name: folder.rsplit('/').next().unwrap().to_owned(),
            folder: folder.to_owned(),
            manifest: String::new(),
            sources: files.iter().map(source).collect(),
        }
    }

    const HEAD: &str = "//! Head.\n#![forbid(unsafe_code)]\n";

    #[track_caller]
    fn refused(folder: &str, code: &str, expected: &[(&str, &str)]) {
        let member = member(folder, &[("src/lib.rs", &format!("{HEAD}{code}"))]);
        let found: Vec<(String, String)> = check(&member)
            .into_iter()
            .map(|one| (one.place, one.what))
            .collect();
        let expected: Vec<(String, String)> = expected
            .iter()
            .map(|(line, what)| (format!("{folder}/src/lib.rs:{line}"), (*what).to_owned()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn unsafe_code_stays_at_the_seam() {
        refused(
            "crates/bindery-http",
            "fn f() { unsafe { g() } }",
            &[("3", "unsafe code outside of the seam (`unsafe`)")],
        );
        refused("crates/bindery-host", "fn f() { unsafe { g() } }", &[]);
        refused(
            "crates/bindery-http",
            "// unsafe\nconst A: &str = \"unsafe\";",
            &[],
        );
    }

    #[test]
    fn every_crate_forbids_unsafe_code_and_every_file_has_a_head() {
        let bare = member("crates/bindery-http", &[("src/lib.rs", "mod a;\n")]);
        let found: Vec<String> = check(&bare).into_iter().map(|one| one.what).collect();
        assert_eq!(found, ["no head", "unsafe code is not forbidden"]);
    }

    #[test]
    fn core_performs_no_io() {
        let what =
            "bindery-core performs no IO and reads no clock, environment or file (`std::fs`)";
        refused("crates/bindery-core", "use std::fs::File;", &[("3", what)]);
        refused(
            "crates/bindery-core",
            "#[cfg(test)]\nuse std::fs::File;",
            &[],
        );
        refused("crates/bindery-loader", "use std::fs::File;", &[]);
    }

    #[test]
    fn libraries_do_not_print() {
        let what = "only bindery-cli writes to the terminal and ends the process (`println!`)";
        refused(
            "crates/bindery-job",
            "fn f() { println!() }",
            &[("3", what)],
        );
        refused("crates/bindery-cli", "fn f() { println!() }", &[]);
    }

    #[test]
    fn tests_run_and_do_not_sleep() {
        let sleeping = "sleeping (`thread::sleep`)";
        refused(
            "crates/bindery-job",
            "#[cfg(test)]\nfn f() { std::thread::sleep(x) }",
            &[("4", sleeping)],
        );
        let ignored = "a test that does not run, or that passes with any panic (`#[ignore`)";
        refused(
            "crates/bindery-job",
            "#[ignore = \"slow\"]",
            &[("3", ignored)],
        );
    }

    #[test]
    fn one_module_names_the_parser() {
        let inside = [
            ("src/lower.rs", "use ruff_python_ast::Expr;"),
            ("src/lower/names.rs", "use ruff_text_size::TextRange;"),
        ];
        assert_eq!(
            check_parser_users(&[member("crates/bindery-loader", &inside)]),
            []
        );
        let outside = [inside[0], ("src/value.rs", "\nuse ruff_python_ast::Stmt;")];
        let found = check_parser_users(&[member("crates/bindery-loader", &outside)]);
        assert_eq!(found[0].place, "crates/bindery-loader/src/value.rs:2");
    }
}
