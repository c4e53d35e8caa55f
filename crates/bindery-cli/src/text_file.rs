//! Files of any kind, whose refs are bound and which else stay as they are.

use std::path::{Path, PathBuf};

use bindery_core::{BoundText, Origin, bind_text};

use crate::{
    context::Context,
    job_file::read_text,
    lock::Lock,
    report::{Failures, Place},
    unbound,
};

/// Binds the refs of `file` that binders claim, for `cluster`.
pub fn bind(
    file: &Path,
    cluster: Option<&str>,
    context: &Context<'_>,
    lock: &Lock,
) -> Result<BoundText, Failures> {
    let text = read_text(file)?;
    let bound = bind_text(&text, &lock.before(context.binders(cluster)?, cluster));
    let place = |origin| Some(place(file.to_owned(), &text, origin));
    Failures::check(unbound::failures(&bound.errors, place))?;
    Ok(bound)
}

/// The origin of a ref in a text is the byte at which its tag begins.
fn place(file: PathBuf, text: &str, origin: Origin) -> Place {
    let before = &text[..text.floor_char_boundary(origin.0 as usize)];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.matches('\n').count() + 1;
    let column = before[line_start..].chars().count() + 1;
    Place {
        file,
        position: Some((line, column)),
        line: text[line_start..].lines().next().map(str::to_owned),
    }
}
