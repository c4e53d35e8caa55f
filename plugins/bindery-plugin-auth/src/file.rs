//! Files with a secret.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use bindery_plugin::Error;

/// Maximum size of a file in bytes, more than any password.
const LIMIT: u64 = 64 * 1024;

/// Returns the text of a file without the last line break.
///
/// Only warns if other users may read the file: the mode of mounted secrets often cannot be changed.
pub(crate) fn read(path: &Path, warn: &dyn Fn(&str)) -> Result<String, Error> {
    let name = path.display();
    if !path.is_absolute() {
        return Err(Error::invalid(format!("the path `{name}` is not absolute"))
            .hint("write the whole path in the `[[auth]]` entry, so that it holds in any folder"));
    }
    let mut bytes = Vec::new();
    contents(path, &mut bytes, warn).map_err(|error| {
        Error::invalid(format!("cannot read file `{name}`: {error}"))
            .hint("check the path in the `[[auth]]` entry, and the file's permissions")
    })?;
    if bytes.len() as u64 > LIMIT {
        return Err(
            Error::invalid(format!("file `{name}` is too long for a credential"))
                .hint("check the path in the `[[auth]]` entry"),
        );
    }
    let mut text = String::from_utf8(bytes).map_err(|_| {
        Error::invalid(format!("file `{name}` is not UTF-8"))
            .hint("check the path in the `[[auth]]` entry")
    })?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    if text.is_empty() {
        return Err(Error::invalid(format!("file `{name}` is empty"))
            .hint("write the secret into it, or change the `[[auth]]` entry that names it"));
    }
    Ok(text)
}

fn contents(path: &Path, bytes: &mut Vec<u8>, warn: &dyn Fn(&str)) -> io::Result<()> {
    // Checked before opening: opening a pipe would wait for a writer.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    let file = File::open(path)?;
    if let Some(mode) = open_to_others(&file.metadata()?) {
        warn(&format!(
            "file `{}` holds a secret and can be read by others (mode {mode:03o}): `chmod 600` it",
            path.display()
        ));
    }
    file.take(LIMIT + 1).read_to_end(bytes)?;
    Ok(())
}

/// Returns the permissions of a file, if group or others may read it.
#[cfg(unix)]
fn open_to_others(metadata: &fs::Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;

    let mode = metadata.permissions().mode() & 0o777;
    (mode & 0o044 != 0).then_some(mode)
}

#[cfg(not(unix))]
fn open_to_others(_metadata: &fs::Metadata) -> Option<u32> {
    None
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// Reads a file with these contents and this mode; returns the result and the warnings.
    fn read_file(contents: &[u8], mode: u32) -> (Result<String, String>, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        fs::write(&path, contents).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let warnings = RefCell::new(Vec::new());
        let text = read(&path, &|warning| {
            warnings.borrow_mut().push(warning.to_owned())
        });
        let place = folder.path().display().to_string();
        let filter = |text: &str| text.replace(&place, "");
        let warnings = warnings
            .borrow()
            .iter()
            .map(|warning| filter(warning))
            .collect();
        (text.map_err(|error| filter(error.message())), warnings)
    }

    #[track_caller]
    fn check(contents: &[u8], expected: Result<&str, &str>) {
        let (text, warnings) = read_file(contents, 0o600);
        assert_eq!(text.as_deref().map_err(String::as_str), expected);
        assert!(warnings.is_empty(), "{warnings:?}");
    }

    #[test]
    fn only_the_last_line_end_is_dropped() {
        check(b"me:secret", Ok("me:secret"));
        check(b"me:secret\n", Ok("me:secret"));
        check(b"me:secret\r\n", Ok("me:secret"));
        check(b" me: secret \n\n", Ok(" me: secret \n"));
    }

    #[test]
    fn files_without_text_are_refused() {
        check(b"", Err("file `/secret` is empty"));
        check(b"\n", Err("file `/secret` is empty"));
        check(b"\xff", Err("file `/secret` is not UTF-8"));
        check(
            &[b'x'; 70_000],
            Err("file `/secret` is too long for a credential"),
        );
    }

    #[test]
    fn a_file_that_others_can_read_is_read_with_a_warning() {
        for mode in [0o644, 0o640, 0o604] {
            let (text, warnings) = read_file(b"me:secret", mode);
            assert_eq!(text.as_deref(), Ok("me:secret"));
            let expected = format!(
                "file `/secret` holds a secret and can be read by others (mode {mode:o}): `chmod 600` it"
            );
            assert_eq!(warnings, [expected]);
        }
    }

    #[test]
    fn paths_must_be_absolute_and_of_regular_files() {
        let fails = |path: &str| {
            read(Path::new(path), &|_| ())
                .unwrap_err()
                .message()
                .to_owned()
        };
        assert_eq!(fails("secret"), "the path `secret` is not absolute");
        assert_eq!(fails("/"), "cannot read file `/`: not a regular file");
        assert!(fails("/no/such/file").starts_with("cannot read file `/no/such/file`: "));
    }
}
