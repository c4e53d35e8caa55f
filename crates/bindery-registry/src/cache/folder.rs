//! A folder of small files that only this user can read, bounded in number and size.

use std::fs::{self, DirBuilder, Permissions};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::SystemTime;

use serde::Serialize;
use tempfile::NamedTempFile;

/// Every how many writes the folder is looked through.
const SWEEP_EVERY: u32 = 64;

/// The largest file that is read.
const LARGEST: u64 = 4 << 20;

/// How much a folder may hold. Beyond that the oldest files go, until a quarter is free.
#[derive(Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) entries: usize,
    pub(crate) bytes: u64,
}

pub(crate) struct Folder {
    path: PathBuf,
    bounds: Bounds,
    /// Whether it is there, and for this user alone.
    is_ready: OnceLock<bool>,
    writes: AtomicU32,
}

impl Folder {
    pub(crate) fn new(path: PathBuf, bounds: Bounds) -> Self {
        Self {
            path,
            bounds,
            is_ready: OnceLock::new(),
            // Processes that write once each take turns as well.
            writes: AtomicU32::new(std::process::id()),
        }
    }

    pub(crate) fn read(&self, name: &str) -> Option<Vec<u8>> {
        let file = fs::File::open(self.path.join(name)).ok()?;
        let mut bytes = Vec::new();
        file.take(LARGEST + 1).read_to_end(&mut bytes).ok()?;
        (bytes.len() as u64 <= LARGEST).then_some(bytes)
    }

    /// Writes a file as a whole: others see the one before or this one. To fail is no error.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        let is_ready = || make_private(&self.path).is_some();
        if !self.is_ready.get_or_init(is_ready) {
            return;
        }
        let write = || {
            let mut temporary = private_file(&self.path)?;
            temporary.write_all(bytes).ok()?;
            temporary.persist(self.path.join(name)).ok()
        };
        if write().is_some() && self.is_turn() {
            self.sweep();
        }
    }

    fn is_turn(&self) -> bool {
        let writes = self.writes.fetch_add(1, Ordering::Relaxed);
        writes.is_multiple_of(SWEEP_EVERY)
    }

    pub(crate) fn write_json(&self, name: &str, value: &impl Serialize) {
        if let Ok(text) = serde_json::to_vec(value) {
            self.write(name, &text);
        }
    }

    pub(crate) fn remove(&self, name: &str) {
        // Another process may have been faster.
        let _ = fs::remove_file(self.path.join(name));
    }

    /// Removes the oldest files if there are too many. What a process that was killed left behind grows old like the rest.
    fn sweep(&self) {
        let Ok(listed) = fs::read_dir(&self.path) else {
            return;
        };
        let mut files: Vec<(SystemTime, u64, PathBuf)> = listed
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let known = entry.metadata().ok().filter(fs::Metadata::is_file)?;
                Some((known.modified().ok()?, known.len(), entry.path()))
            })
            .collect();
        let mut bytes: u64 = files.iter().map(|(_, size, _)| size).sum();
        let mut entries = files.len();
        if entries <= self.bounds.entries && bytes <= self.bounds.bytes {
            return;
        }
        files.sort();
        for (_, size, path) in files {
            if entries <= self.bounds.entries / 4 * 3 && bytes <= self.bounds.bytes / 4 * 3 {
                return;
            }
            let _ = fs::remove_file(path);
            entries -= 1;
            bytes -= size;
        }
    }
}

/// A new file in `folder` that only this user can read, for `persist`.
pub(crate) fn private_file(folder: &Path) -> Option<NamedTempFile> {
    tempfile::Builder::new()
        .permissions(Permissions::from_mode(0o600))
        .tempfile_in(folder)
        .ok()
}

/// Makes a folder, and those above it that are missing, for this user alone. One that is there and open to others is closed; that
/// fails, and the cache is not used, if it is not ours.
pub(crate) fn make_private(folder: &Path) -> Option<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .ok()?;
    if fs::metadata(folder).ok()?.permissions().mode() & 0o077 != 0 {
        fs::set_permissions(folder, Permissions::from_mode(0o700)).ok()?;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn aged(folder: &Path, name: &str, seconds: u64) {
        let time = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        fs::File::options()
            .write(true)
            .open(folder.join(name))
            .unwrap()
            .set_modified(time)
            .unwrap();
    }

    #[test]
    fn the_oldest_files_go_when_there_are_too_many() {
        let root = tempfile::tempdir().unwrap();
        let bounds = Bounds {
            entries: 8,
            bytes: 1000,
        };
        let folder = Folder::new(root.path().into(), bounds);
        for at in 0..9 {
            folder.write(&format!("{at}"), b"x");
            aged(root.path(), &format!("{at}"), 1000 - at);
        }
        folder.sweep();
        assert_eq!(names(root.path()), ["0", "1", "2", "3", "4", "5"]);
        folder.write("large", &[0; 999]);
        folder.sweep();
        assert_eq!(names(root.path()), [""; 0], "one file alone is too large");
        folder.write("small", &[0; 700]);
        folder.sweep();
        assert_eq!(names(root.path()), ["small"]);
    }

    #[test]
    fn many_writes_look_through_the_folder_themselves() {
        let root = tempfile::tempdir().unwrap();
        let bounds = Bounds {
            entries: 8,
            bytes: 1000,
        };
        let folder = Folder::new(root.path().into(), bounds);
        for at in 0..500 {
            folder.write(&format!("{at}"), b"x");
        }
        assert!(names(root.path()).len() <= 8 + SWEEP_EVERY as usize);
    }

    #[test]
    fn a_folder_that_is_open_to_others_is_closed() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("open");
        fs::create_dir(&path).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o777)).unwrap();
        make_private(&path).unwrap();
        let mode = path.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}
