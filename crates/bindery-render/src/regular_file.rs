//! Files that lie in a repository under names that Bindery gives. Whoever can change the repository may have put anything there.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// The bytes of a file, of which there may be so many; `None` if there is none.
///
/// # Errors
///
/// Also if it is a device or a pipe, which may never end or never begin.
pub fn read(path: &Path, longest: u64) -> io::Result<Option<Vec<u8>>> {
    let found = fs::metadata(path).and_then(|metadata| match metadata.is_file() {
        true => File::open(path),
        false => Err(io::Error::other("it is no regular file")),
    });
    let file = match found {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    if file.take(longest + 1).read_to_end(&mut bytes)? as u64 > longest {
        let message = format!("it has more than {longest} bytes");
        return Err(io::Error::other(message));
    }
    Ok(Some(bytes))
}
