//! Reading files of a repository with a limit.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use bindery_diagnostic::{Diagnostic, Kind};

/// Reads a regular file of at most `limit` bytes. Returns `None` if the file does not exist.
///
/// A repository may contain anything under the name of a lock file or a snapshot.
///
/// # Errors
///
/// If the file is larger, or is a device or a pipe, which may never end.
pub fn read_regular_file(path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let opened = fs::metadata(path).and_then(|metadata| {
        if metadata.is_file() {
            File::open(path)
        } else {
            Err(io::Error::other("not a regular file"))
        }
    });
    let file = match opened {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    if file.take(limit + 1).read_to_end(&mut bytes)? as u64 > limit {
        let message = format!("the file has more than {limit} bytes");
        return Err(io::Error::other(message));
    }
    Ok(Some(bytes))
}

/// Reads a file of UTF-8 text.
pub(crate) fn read_text(file: &Path) -> Result<String, Diagnostic> {
    let invalid = |message: &str| {
        let message = format!("{message} `{}`", file.display());
        Diagnostic::new(Kind::Invalid, message)
    };
    let bytes = fs::read(file).map_err(|error| invalid("cannot read").cause(error))?;
    String::from_utf8(bytes).map_err(|error| invalid("invalid UTF-8 in").cause(error.utf8_error()))
}
