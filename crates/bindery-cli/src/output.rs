//! Output: data on standard output and in files.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::OnceLock;

use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use bindery_host::Work;
use clap::{Args, ValueEnum};
use serde::Serialize;

/// Format of the result of a command.
#[derive(Args)]
pub struct Output {
    /// Print text, or JSON in the documented schema
    #[arg(long, value_name = "FORM", default_value = "text")]
    output: Form,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    Text,
    Json,
}

impl Output {
    /// Returns true for JSON.
    pub fn is_json(&self) -> bool {
        self.output == Form::Json
    }

    /// Writes `document` as JSON, or as the text that `text` returns.
    pub fn write<T: Serialize>(
        &self,
        document: &T,
        text: impl FnOnce(&T) -> String,
    ) -> Result<(), Diagnostics> {
        match self.output {
            Form::Text => print(&text(document)),
            Form::Json => {
                let json = serde_json::to_string_pretty(document).map_err(|error| {
                    Diagnostic::new(Kind::Internal, "cannot write the result as JSON").cause(error)
                })?;
                print(&format!("{json}\n"))
            }
        }
    }
}

/// Standard output of the process before [`shield`].
static SHIELDED: OnceLock<File> = OnceLock::new();

/// Reserves standard output for the program: libraries that write to standard output write to standard error from now on.
pub fn shield() {
    if is_shielded() {
        return;
    }
    let Ok(kept) = io::stdout().as_fd().try_clone_to_owned() else {
        // Standard output is closed.
        return;
    };
    if rustix::stdio::dup2_stdout(io::stderr()).is_ok() {
        SHIELDED.get_or_init(|| File::from(kept));
    }
}

/// Returns true after [`shield`].
pub fn is_shielded() -> bool {
    SHIELDED.get().is_some()
}

/// Returns standard output.
pub fn stdout() -> Box<dyn Write + Send> {
    match SHIELDED.get().and_then(|kept| kept.try_clone().ok()) {
        Some(kept) => Box::new(kept),
        None => Box::new(io::stdout()),
    }
}

/// Writes text to standard output.
pub fn print(text: &str) -> Result<(), Diagnostics> {
    print_bytes(text.as_bytes())
}

/// Writes to standard output. A reader that closes the output early, as `head` does, is not an error.
pub fn print_bytes(bytes: &[u8]) -> Result<(), Diagnostics> {
    let mut out = stdout();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Diagnostic::new(
            Kind::Internal,
            "cannot write to standard output",
        )
        .cause(error)
        .into()),
        _ => Ok(()),
    }
}

/// Writes a file or fails without a trace: a temporary file in the same folder is renamed.
pub fn write_file(file: &Path, bytes: &[u8]) -> Result<(), Diagnostics> {
    let failed = |error: io::Error| {
        Diagnostic::new(Kind::Internal, format!("cannot write `{}`", file.display())).cause(error)
    };
    let _work = Work::begin();
    let folder = match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let mut temporary = tempfile::Builder::new()
        .prefix(".bindery-")
        .permissions(std::fs::Permissions::from_mode(0o666))
        .tempfile_in(folder)
        .map_err(failed)?;
    temporary
        .write_all(bytes)
        .and_then(|()| temporary.as_file().sync_all())
        .map_err(failed)?;
    temporary
        .persist(file)
        .map_err(|error| failed(error.error))?;
    Ok(())
}

/// Formats rows: columns have the width of their widest cell and two blanks between them; lines have no trailing blanks.
pub fn columns(rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..rows.iter().map(Vec::len).max().unwrap_or(0))
        .map(width)
        .collect();
    let line = |row: &Vec<String>| {
        let cells = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let rows = [
            vec!["a".to_owned(), "bb".to_owned()],
            vec!["äöü".to_owned(), String::new()],
            vec!["c".to_owned()],
        ];
        assert_eq!(columns(&rows), "a    bb\näöü\nc\n");
        assert_eq!(columns(&[]), "");
    }
}
