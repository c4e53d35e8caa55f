//! `cargo xtask tidy`: rules that the sources and pages of the workspace keep, with their lists and limits.
//!
//! `edges.txt` has the allowed dependencies between packages, `circles.txt` the circles of modules that are left, `limits.txt`
//! the numbers. Each complaint names a file and says what to do.

mod circles;
mod comments;
mod complaint;
mod dialect;
mod edges;
mod file_names;
mod frozen;
mod heads;
mod limits;
mod locks;
mod manifests;
mod modules;
mod names;
mod report;
mod rust;
mod sources;
mod tokens;
mod workspace;

use crate::failure::Failure;
use complaint::Complaint;
use report::Report;

/// Checks the whole workspace. With `is_verbose` it also prints the figures of every package.
pub(crate) fn run(is_verbose: bool) -> Result<(), Failure> {
    let members = workspace::members()?;
    let mut report = Report::new(is_verbose);
    let mut complaints = edges::check(&members, &edges::from_cargo()?);
    for member in &members {
        complaints.extend(manifests::check(member));
        complaints.extend(sources::check(member));
    }
    complaints.extend(sources::check_parser_users(&members));
    complaints.extend(circles::check(&members));
    complaints.extend(frozen::run()?);
    complaints.extend(locks::run()?);
    complaints.extend(check_texts(&mut report)?);
    report.print();
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

/// Checks the rules for every Rust file and every page, including other workspaces in this repository.
fn check_texts(report: &mut Report) -> Result<Vec<Complaint>, Failure> {
    let sources = workspace::files(".rs")?;
    let pages = workspace::files(".md")?;
    let mut complaints = heads::check(&sources)?;
    complaints.extend(file_names::check(&sources)?);
    complaints.extend(comments::check(&sources, report)?);
    complaints.extend(dialect::check(&sources, &pages, report)?);
    Ok(complaints)
}
