//! `cargo xtask tidy`: what the crates promise each other, checked.
//!
//! Who may depend on whom is a table; what a source may name is a list of rules. Each complaint names the file and what to do.

mod edges;
mod frozen;
mod locks;
mod manifests;
mod rust;
mod sources;
mod workspace;

use crate::Failure;

/// Something that is not as promised.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Complaint {
    /// The file, from the top of the workspace, with a line if there is one.
    pub(crate) place: String,
    /// What is wrong.
    pub(crate) what: String,
    /// What to do.
    pub(crate) advice: String,
}

/// Checks the whole workspace.
pub(crate) fn run() -> Result<(), Failure> {
    let members = workspace::members()?;
    let mut complaints = edges::check(&members, &edges::found()?);
    for member in &members {
        complaints.extend(manifests::check(member));
        complaints.extend(sources::check(member));
    }
    complaints.extend(sources::check_parser_users(&members));
    complaints.extend(frozen::run()?);
    complaints.extend(locks::run()?);
    complaints.sort();
    if complaints.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = complaints
        .iter()
        .map(|one| format!("{}: {}\n    {}", one.place, one.what, one.advice))
        .collect();
    Err(format!(
        "{}\ntidy: {} to put right",
        lines.join("\n"),
        complaints.len()
    )
    .into())
}
