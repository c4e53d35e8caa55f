//! Allowed dependencies: the table `edges.txt`, compared with the output of cargo.

use std::collections::BTreeMap;

use crate::cargo;
use crate::failure::Failure;
use crate::tidy::complaint::Complaint;
use crate::tidy::workspace::Member;

/// Table of allowed dependencies; its head explains the format.
const TABLE: &str = include_str!("edges.txt");

/// Packages of the workspace that a package may depend on.
struct Row<'a> {
    name: &'a str,
    /// Dependencies of the shipped code.
    ships: Vec<&'a str>,
    /// Further dependencies of tests and examples.
    tests: Vec<&'a str>,
}

fn rows(table: &str) -> Vec<Row<'_>> {
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, rest)| {
            let (ships, tests) = rest.split_once("; tests:").unwrap_or((rest, ""));
            Row {
                name,
                ships: ships.split_whitespace().collect(),
                tests: tests.split_whitespace().collect(),
            }
        })
        .collect()
}

/// External packages that only these packages may use.
const OUTSIDE: [(&str, &[&str], &str); 10] = [
    (
        "abi_stable",
        &["bindery-abi", "bindery-plugin", "bindery-host"],
        "a change of the ABI technology must touch the seam only",
    ),
    (
        "libloading",
        &["bindery-host"],
        "libraries are opened by the host",
    ),
    (
        "reqwest",
        &["bindery-http"],
        "outgoing connections are opened by bindery-http",
    ),
    (
        "rustls",
        &["bindery-http"],
        "outgoing connections are opened by bindery-http",
    ),
    (
        "hyper",
        &["bindery-http"],
        "outgoing connections are opened by bindery-http",
    ),
    (
        "ruff_python_ast",
        &["bindery-python"],
        "the parser\'s types stay within the evaluator",
    ),
    (
        "ruff_python_parser",
        &["bindery-python"],
        "the parser\'s types stay within the evaluator",
    ),
    (
        "ruff_text_size",
        &["bindery-python"],
        "the parser\'s types stay within the evaluator",
    ),
    (
        "clap",
        &["bindery-cli"],
        "only the binary has a command line",
    ),
    (
        "axum",
        &["bindery-fake-registry"],
        "only the fake registry is a server",
    ),
];

/// Dependencies of each package, ours and external ones.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Edges {
    ships: BTreeMap<String, Vec<String>>,
    tests: BTreeMap<String, Vec<String>>,
}

/// Reads the dependencies from `cargo tree`.
pub(crate) fn from_cargo() -> Result<Edges, Failure> {
    let tree = |kinds: &str| {
        cargo::output(
            "tree",
            &[
                "--workspace",
                "--depth",
                "1",
                "--prefix",
                "depth",
                "--format",
                "{p}",
                "--no-dedupe",
                "--edges",
                kinds,
            ],
        )
    };
    Ok(Edges {
        ships: parse(&tree("normal,build")?),
        tests: parse(&tree("dev")?),
    })
}

/// Reads lines like `0bindery-core v0.0.0 (/path)` and, below each, `1regex v1.13.1`.
fn parse(tree: &str) -> BTreeMap<String, Vec<String>> {
    let mut edges: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut from = String::new();
    for line in tree.lines() {
        let name = |rest: &str| rest.split(' ').next().unwrap_or(rest).to_owned();
        if let Some(rest) = line.strip_prefix('0') {
            from = name(rest);
            edges.entry(from.clone()).or_default();
        } else if let Some(rest) = line.strip_prefix('1') {
            edges.entry(from.clone()).or_default().push(name(rest));
        }
    }
    edges
}

/// Compares the dependencies with the table.
pub(crate) fn check(members: &[Member], edges: &Edges) -> Vec<Complaint> {
    let ours = |name: &String| members.iter().any(|member| member.name == *name);
    let rows = rows(TABLE);
    let mut complaints = Vec::new();
    for member in members {
        let place = format!("{}/Cargo.toml", member.folder);
        let Some(row) = rows.iter().find(|row| row.name == member.name) else {
            complaints.push(Complaint {
                place,
                what: format!(
                    "`{}` has no row in the table of allowed dependencies",
                    member.name
                ),
                advice: "add one to xtask/src/tidy/edges.txt, and give the reason in the commit"
                    .to_owned(),
            });
            continue;
        };
        let none = Vec::new();
        let ships = edges.ships.get(&member.name).unwrap_or(&none);
        let tests = edges.tests.get(&member.name).unwrap_or(&none);
        for (wanted, kind, allowed) in ships
            .iter()
            .map(|one| (one, "depend on", row.ships.contains(&one.as_str())))
            .chain(tests.iter().map(|one| {
                let allowed =
                    row.ships.contains(&one.as_str()) || row.tests.contains(&one.as_str());
                (one, "depend in its tests on", allowed)
            }))
        {
            if ours(wanted) && !allowed {
                complaints.push(Complaint {
                    place: place.clone(),
                    what: format!("`{}` may not {kind} `{wanted}`{}", member.name, users(member, wanted)),
                    advice: "remove the dependency; or, if the arrow is right, add it to xtask/src/tidy/edges.txt \
                             and give the reason in the commit"
                        .to_owned(),
                });
            }
            let outside = OUTSIDE.iter().find(|(package, _, _)| package == wanted);
            if let Some((package, users, reason)) = outside
                && !users.contains(&member.name.as_str())
            {
                complaints.push(Complaint {
                    place: place.clone(),
                    what: format!("`{}` may not {kind} `{package}`: {reason}", member.name),
                    advice: format!("go through {}", users.join(" or ")),
                });
            }
        }
    }
    complaints
}

/// Returns the files of `member` that name `wanted`.
fn users(member: &Member, wanted: &str) -> String {
    let word = wanted.replace('-', "_");
    let files: Vec<&str> = member
        .sources
        .iter()
        .filter(|source| source.text.contains(&word))
        .map(|source| source.path.as_str())
        .collect();
    if files.is_empty() {
        String::new()
    } else {
        format!(", which is named in {}", files.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::{Edges, TABLE, check, parse, rows};
    use crate::tidy::workspace::{Member, Source};

    fn member(name: &str, text: &str) -> Member {
        let folder = format!("crates/{name}");
        let sources = vec![Source {
            path: format!("{folder}/src/lib.rs"),
            text: text.to_owned(),
        }];
        Member {
            name: name.to_owned(),
            folder,
            manifest: String::new(),
            sources,
        }
    }

    fn edges(ships: &str, tests: &str) -> Edges {
        Edges {
            ships: parse(ships),
            tests: parse(tests),
        }
    }

    #[track_caller]
    fn refused(ships: &str, tests: &str, what: &[&str]) {
        let members = [
            member("bindery-core", "use bindery_http::Client;"),
            member("bindery-http", ""),
            member("bindery-secret", ""),
        ];
        let found: Vec<String> = check(&members, &edges(ships, tests))
            .into_iter()
            .map(|one| one.what)
            .collect();
        assert_eq!(found, what);
    }

    #[test]
    fn allowed_arrows_pass() {
        refused(
            "0bindery-http v0.0.0 (/p)\n1bindery-secret v0.0.0 (/p)\n1reqwest v0.13.5\n",
            "0bindery-http v0.0.0\n1tempfile v3\n",
            &[],
        );
    }

    #[test]
    fn an_arrow_that_is_not_in_the_table_names_its_users() {
        refused(
            "0bindery-core v0.0.0 (/p)\n1bindery-http v0.0.0 (/p)\n",
            "",
            &[
                "`bindery-core` may not depend on `bindery-http`, which is named in crates/bindery-core/src/lib.rs",
            ],
        );
    }

    #[test]
    fn tests_have_a_column_of_their_own() {
        refused(
            "",
            "0bindery-secret v0.0.0 (/p)\n1bindery-http v0.0.0 (/p)\n",
            &["`bindery-secret` may not depend in its tests on `bindery-http`"],
        );
    }

    #[test]
    fn packages_of_others_have_their_users() {
        refused(
            "0bindery-core v0.0.0 (/p)\n1reqwest v0.13.5\n",
            "",
            &[
                "`bindery-core` may not depend on `reqwest`: outgoing connections are opened by bindery-http",
            ],
        );
    }

    #[test]
    fn a_member_without_a_row_is_reported() {
        let complaints = check(&[member("bindery-new", "")], &Edges::default());
        assert_eq!(
            complaints[0].what,
            "`bindery-new` has no row in the table of allowed dependencies"
        );
    }

    #[test]
    fn a_row_has_a_name_and_two_lists() {
        let table = "# a: b\n\na:\nb: a\nc: a b; tests: d\n";
        let read: Vec<_> = rows(table)
            .into_iter()
            .map(|row| (row.name, row.ships, row.tests))
            .collect();
        assert_eq!(
            read,
            [
                ("a", vec![], vec![]),
                ("b", vec!["a"], vec![]),
                ("c", vec!["a", "b"], vec!["d"])
            ]
        );
    }

    #[test]
    fn shipped_code_does_not_depend_on_the_workshop_nor_a_plugin_on_the_inside() {
        for row in rows(TABLE) {
            let workshop = ["bindery-tests", "xtask"].contains(&row.name);
            assert!(
                workshop || !row.ships.contains(&"bindery-fake-registry"),
                "{}",
                row.name
            );
            if row.name.starts_with("bindery-plugin-") {
                for inside in [
                    "bindery-core",
                    "bindery-job",
                    "bindery-host",
                    "bindery-loader",
                ] {
                    assert!(!row.ships.contains(&inside), "{}", row.name);
                }
            }
        }
    }
}
