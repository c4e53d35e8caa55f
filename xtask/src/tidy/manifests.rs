//! Common properties of every `Cargo.toml`.

use crate::tidy::complaint::Complaint;
use crate::tidy::workspace::Member;

/// Checks that dependencies and lints come from the workspace.
pub(crate) fn check(member: &Member) -> Vec<Complaint> {
    let place = |line: usize| format!("{}/Cargo.toml:{line}", member.folder);
    let mut complaints = Vec::new();
    let mut section = "";
    for (number, line) in member.manifest.lines().enumerate() {
        if line.starts_with('[') {
            section = line;
        } else if section.ends_with("dependencies]")
            && line.contains('=')
            && !line.starts_with('#')
            && !line.contains("workspace = true")
            && !line.contains("path = ")
        {
            complaints.push(Complaint {
                place: place(number + 1),
                what: format!("a dependency that does not come from the workspace: `{line}`"),
                advice: "put version and features into [workspace.dependencies], and write `NAME.workspace = true` here".to_owned(),
            });
        }
    }
    if !member.manifest.contains("[lints]\nworkspace = true\n") {
        complaints.push(Complaint {
            place: place(1),
            what: "the lints of the workspace are not enabled".to_owned(),
            advice: "add `[lints]` with `workspace = true`".to_owned(),
        });
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::workspace::Member;

    #[track_caller]
    fn places(manifest: &str, expected: &[&str]) {
        let member = Member {
            name: "bindery-x".to_owned(),
            folder: "crates/bindery-x".to_owned(),
            manifest: manifest.to_owned(),
            sources: Vec::new(),
        };
        let found: Vec<String> = check(&member).into_iter().map(|one| one.place).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn versions_belong_to_the_workspace() {
        places(
            "[dependencies]\nserde.workspace = true\n[lints]\nworkspace = true\n",
            &[],
        );
        places(
            "[lints]\nworkspace = true\n\n[dev-dependencies]\n# a = 1\nserde = \"1\"\nours = { path = \"../ours\" }\n",
            &["crates/bindery-x/Cargo.toml:6"],
        );
    }

    #[test]
    fn lints_are_enabled() {
        places(
            "[package]\nname = \"bindery-x\"\n",
            &["crates/bindery-x/Cargo.toml:1"],
        );
    }
}
