//! Versions of external packages: `tests/abi-v1` is built without a network, so it can only use versions of the workspace.

use std::collections::BTreeSet;

use crate::failure::Failure;
use crate::tidy::complaint::Complaint;
use crate::tidy::workspace;

const OURS: &str = "Cargo.lock";
const APART: &str = "tests/abi-v1/Cargo.lock";

/// Compares the lock file of `tests/abi-v1` with the lock file of the workspace.
pub(crate) fn run() -> Result<Vec<Complaint>, Failure> {
    Ok(check(&workspace::text(OURS)?, &workspace::text(APART)?))
}

fn check(ours: &str, apart: &str) -> Vec<Complaint> {
    let there: BTreeSet<_> = packages(ours)
        .map(|(_, name, version)| (name, version))
        .collect();
    packages(apart)
        .filter(|(_, name, version)| !there.contains(&(*name, *version)))
        .map(|(line, name, version)| Complaint {
            place: format!("{APART}:{line}"),
            what: format!("{name} {version} is not in {OURS}, so a build without a network cannot find it"),
            advice: format!(
                "take a version of the workspace: `cargo update --manifest-path tests/abi-v1/Cargo.toml {name}@{version} --precise VERSION`"
            ),
        })
        .collect()
}

/// Returns line, name and version of each external package.
fn packages(lock: &str) -> impl Iterator<Item = (usize, &str, &str)> {
    let lines: Vec<&str> = lock.lines().collect();
    (0..lines.len()).filter_map(move |at| {
        let value = |place: usize, key: &str| {
            let line: &str = lines.get(place)?;
            line.strip_prefix(key)?
                .strip_prefix(" = \"")?
                .strip_suffix('"')
        };
        value(at + 2, "source")?;
        Some((at + 1, value(at, "name")?, value(at + 1, "version")?))
    })
}

#[cfg(test)]
mod tests {
    use super::check;

    const OURS: &str = "[[package]]\nname = \"ours\"\nversion = \"0.0.0\"\n\n[[package]]\nname = \"syn\"\nversion = \"1.0.109\"\nsource = \"registry\"\n\n[[package]]\nname = \"syn\"\nversion = \"3.0.9\"\nsource = \"registry\"\n";

    #[test]
    fn external_packages_are_those_of_the_workspace() {
        let apart = OURS.replace("\"ours\"", "\"apart\"");
        assert_eq!(check(OURS, &apart), []);
        let found = check(OURS, &apart.replace("3.0.9", "3.0.10"));
        let [complaint] = &found[..] else {
            panic!("{found:?}")
        };
        assert_eq!(complaint.place, "tests/abi-v1/Cargo.lock:11");
        assert!(
            complaint
                .what
                .starts_with("syn 3.0.10 is not in Cargo.lock")
        );
        assert!(complaint.advice.contains("syn@3.0.10 --precise"));
    }
}
