//! Version 1 of the plugin interface: `crates/bindery-abi`, compared with the published copy in `tests/abi-v1`.

use crate::failure::Failure;
use crate::tidy::complaint::Complaint;
use crate::tidy::rust;
use crate::tidy::workspace::{self, Member};

const OURS: &str = "crates/bindery-abi";
const COPY: &str = "tests/abi-v1/bindery-abi";

/// Cost of a change.
const COST: &str = "a host with another one refuses every plugin that was built before";

/// Alternative to a change.
const ADVICE: &str = "restore it, and add new abilities as a method of `call`, or as a version 2 next to it; see docs/reference/plugin-versions.md";

/// Compares the code of the interface with its copy, without comments and tests, and the versions that a host compares.
pub(crate) fn run() -> Result<Vec<Complaint>, Failure> {
    let (ours, copy) = (workspace::package(OURS)?, workspace::package(COPY)?);
    Ok(check(&ours, &copy, &workspace::text("Cargo.toml")?))
}

/// `root` is the manifest of the workspace, which has the version of abi_stable.
fn check(ours: &Member, copy: &Member, root: &str) -> Vec<Complaint> {
    let place = format!("{}/Cargo.toml", ours.folder);
    let mut complaints = Vec::new();
    complaints.extend(compare_lines(
        &place,
        "version = ",
        &ours.manifest,
        &copy.manifest,
    ));
    complaints.extend(compare_lines(
        "Cargo.toml",
        "abi_stable = ",
        root,
        &copy.manifest,
    ));
    for source in &copy.sources {
        let name = source.path.strip_prefix(&copy.folder).unwrap_or_default();
        let path = format!("{}{name}", ours.folder);
        let found = ours.sources.iter().find(|source| source.path == path);
        let text = found.map_or("", |source| &source.text);
        if let Some((line, what)) = difference(text, &source.text) {
            complaints.push(Complaint {
                place: format!("{path}:{line}"),
                what: format!("version 1 of the plugin interface is frozen, and this is not as in {COPY}: {what}; {COST}"),
                advice: ADVICE.to_owned(),
            });
        }
    }
    complaints
}

/// Compares the lines of two manifests that begin with `start`.
fn compare_lines(place: &str, start: &str, ours: &str, copy: &str) -> Option<Complaint> {
    let find = |manifest: &str| {
        let mut lines = manifest.lines().enumerate();
        lines
            .find(|(_, line)| line.starts_with(start))
            .map(|(number, line)| (number + 1, line.to_owned()))
    };
    let (number, found) = find(ours).unwrap_or_default();
    let (_, expected) = find(copy).unwrap_or_default();
    (found != expected).then(|| Complaint {
        place: format!("{place}:{number}"),
        what: format!(
            "version 1 of the plugin interface is frozen with `{expected}`, not `{found}`; {COST}"
        ),
        advice: ADVICE.to_owned(),
    })
}

/// Returns the first line of `ours` that differs from `copy`, and the difference.
fn difference(ours: &str, copy: &str) -> Option<(usize, String)> {
    let lines = |text: &str| -> Vec<(usize, String)> {
        let code = rust::without_comments(text);
        let shipped = rust::without_tests(&code);
        let lines = shipped.lines().map(|line| line.trim().to_owned());
        let numbered = lines.enumerate().map(|(at, line)| (at + 1, line));
        numbered.filter(|(_, line)| !line.is_empty()).collect()
    };
    let (ours, copy) = (lines(ours), lines(copy));
    let length = ours.len().max(copy.len());
    let last = ours.last().map_or(1, |(number, _)| *number);
    (0..length).find_map(|at| match (ours.get(at), copy.get(at)) {
        (Some((_, line)), Some((_, other))) if line == other => None,
        (Some((number, line)), Some((_, other))) => {
            Some((*number, format!("`{line}` instead of `{other}`")))
        }
        (Some((number, line)), None) => Some((*number, format!("`{line}` is new"))),
        (None, other) => {
            let (_, other) = other?;
            Some((last, format!("`{other}` is missing behind it")))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{COPY, OURS, check};
    use crate::tidy::workspace::{Member, Source};

    const ROOT: &str = "[workspace.dependencies]\nabi_stable = { version = \"=0.11.3\" }\n";

    fn member(folder: &str, manifest: &str, table: &str) -> Member {
        Member {
            name: "bindery-abi".to_owned(),
            folder: folder.to_owned(),
            manifest: manifest.to_owned(),
            sources: vec![Source {
                path: format!("{folder}/src/table.rs"),
                text: table.to_owned(),
            }],
        }
    }

    const PUBLISHED: &str = "//! Head.\n\ntrait Host {\n    /// Logs.\n    fn log(&self);\n}\nconst KIND: &str = \"plugin\";\n";

    /// Checks places and descriptions of all differences, each up to the cost.
    #[track_caller]
    fn refused(version: &str, root: &str, table: &str, expected: &[(&str, &str)]) {
        let ours = member(OURS, &format!("[package]\nversion = {version:?}\n"), table);
        let manifest =
            "version = \"1.0.0\"\n[dependencies]\nabi_stable = { version = \"=0.11.3\" }\n";
        let copy = member(COPY, manifest, PUBLISHED);
        let found = check(&ours, &copy, root);
        for complaint in &found {
            assert!(complaint.what.contains("refuses every plugin"));
            assert!(complaint.advice.contains("a method of `call`"));
        }
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|one| (one.place.as_str(), one.what.split(';').next().unwrap()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn comments_and_tests_may_differ() {
        let table = "//! Another head.\n\n// Why.\ntrait Host {\n    fn log(&self);\n}\nconst KIND: &str = \"plugin\";\n#[cfg(test)]\nmod tests;\n";
        refused("1.0.0", ROOT, table, &[]);
    }

    #[test]
    fn code_and_texts_stay() {
        let place = "crates/bindery-abi/src/table.rs";
        let frozen = "version 1 of the plugin interface is frozen, and this is not as in tests/abi-v1/bindery-abi:";
        let check = |from: &str, to: &str, line: &str, what: &str| {
            let table = PUBLISHED.replace(from, to);
            let (place, what) = (format!("{place}:{line}"), format!("{frozen} {what}"));
            refused("1.0.0", ROOT, &table, &[(&place, &what)]);
        };
        check(
            "log(&self)",
            "log(&self, level: u8)",
            "5",
            "`fn log(&self, level: u8)",
        );
        check(
            "\"plugin\"",
            "\"plug\"",
            "7",
            "`const KIND: &str = \"plug\"",
        );
        check(
            "}\nconst",
            "    fn more(&self)\n}\nconst",
            "6",
            "`fn more(&self)` instead of `}`",
        );
        check(
            "const KIND: &str = \"plugin\";\n",
            "",
            "6",
            "`const KIND: &str = \"plugin\"",
        );
        check(
            "\"plugin\";\n",
            "\"plugin\";\nconst MORE: u8 = 1\n",
            "8",
            "`const MORE: u8 = 1` is new",
        );
    }

    #[test]
    fn the_versions_that_hosts_compare_stay() {
        refused(
            "1.0.1",
            ROOT,
            PUBLISHED,
            &[(
                "crates/bindery-abi/Cargo.toml:2",
                "version 1 of the plugin interface is frozen with `version = \"1.0.0\"`, not `version = \"1.0.1\"`",
            )],
        );
        refused(
            "1.0.0",
            &ROOT.replace("=0.11.3", "0.12"),
            PUBLISHED,
            &[(
                "Cargo.toml:2",
                "version 1 of the plugin interface is frozen with `abi_stable = { version = \"=0.11.3\" }`, not `abi_stable = { version = \"0.12\" }`",
            )],
        );
    }
}
