//! Folder of small files, readable only by this user and bounded in number and size.

use std::fs::{self, DirBuilder, Permissions};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::SystemTime;

use serde::Serialize;
use tempfile::NamedTempFile;

/// Number of writes after which old files are removed.
const SWEEP_INTERVAL: u32 = 64;

/// Maximum size of a file that is read, in bytes.
const MAX_FILE: u64 = 4 << 20;

/// Limits of a folder. Above them the oldest files are removed until a quarter is free.
#[derive(Clone, Copy)]
pub(crate) struct Bounds {
    /// Number of files.
    pub(crate) entries: usize,
    /// Total size in bytes.
    pub(crate) bytes: u64,
}

/// One folder of the cache.
pub(crate) struct Folder {
    path: PathBuf,
    bounds: Bounds,
    /// Whether the folder exists and is private; set by the first write.
    is_ready: OnceLock<bool>,
    writes: AtomicU32,
}

impl Folder {
    pub(crate) fn new(path: PathBuf, bounds: Bounds) -> Self {
        Self {
            path,
            bounds,
            is_ready: OnceLock::new(),
            // Starts at a different number in each process, so that processes with a single write sweep too.
            writes: AtomicU32::new(std::process::id()),
        }
    }

    pub(crate) fn read(&self, name: &str) -> Option<Vec<u8>> {
        let file = fs::File::open(self.path.join(name)).ok()?;
        let mut bytes = Vec::new();
        file.take(MAX_FILE + 1).read_to_end(&mut bytes).ok()?;
        (bytes.len() as u64 <= MAX_FILE).then_some(bytes)
    }

    /// Replaces a file atomically. Ignores failures.
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
        if write().is_some() && self.is_sweep_due() {
            self.sweep();
        }
    }

    fn is_sweep_due(&self) -> bool {
        let writes = self.writes.fetch_add(1, Ordering::Relaxed);
        writes.is_multiple_of(SWEEP_INTERVAL)
    }

    pub(crate) fn write_json(&self, name: &str, value: &impl Serialize) {
        if let Ok(text) = serde_json::to_vec(value) {
            self.write(name, &text);
        }
    }

    pub(crate) fn remove(&self, name: &str) {
        // Another process may have removed the file.
        let _ = fs::remove_file(self.path.join(name));
    }

    /// Removes the oldest files if the folder exceeds its bounds. Temporary files of killed processes are removed in the same way.
    fn sweep(&self) {
        let Ok(entries) = fs::read_dir(&self.path) else {
            return;
        };
        let mut files: Vec<(SystemTime, u64, PathBuf)> = entries
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let metadata = entry.metadata().ok().filter(fs::Metadata::is_file)?;
                Some((metadata.modified().ok()?, metadata.len(), entry.path()))
            })
            .collect();
        let mut bytes: u64 = files.iter().map(|(_, size, _)| size).sum();
        let mut count = files.len();
        if count <= self.bounds.entries && bytes <= self.bounds.bytes {
            return;
        }
        files.sort();
        for (_, size, path) in files {
            if count <= self.bounds.entries / 4 * 3 && bytes <= self.bounds.bytes / 4 * 3 {
                return;
            }
            let _ = fs::remove_file(path);
            count -= 1;
            bytes -= size;
        }
    }
}

/// Creates a temporary file in `folder` that only this user can read.
pub(crate) fn private_file(folder: &Path) -> Option<NamedTempFile> {
    tempfile::Builder::new()
        .permissions(Permissions::from_mode(0o600))
        .tempfile_in(folder)
        .ok()
}

/// Creates a folder and its missing parents, readable only by this user. Removes the permissions of others from an existing folder,
/// which fails if another user owns it.
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

    fn set_modified(folder: &Path, name: &str, seconds: u64) {
        let time = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        fs::File::options()
            .write(true)
            .open(folder.join(name))
            .unwrap()
            .set_modified(time)
            .unwrap();
    }

    #[test]
    fn the_oldest_files_are_removed_when_there_are_too_many() {
        let root = tempfile::tempdir().unwrap();
        let bounds = Bounds {
            entries: 8,
            bytes: 1000,
        };
        let folder = Folder::new(root.path().into(), bounds);
        for at in 0..9 {
            folder.write(&format!("{at}"), b"x");
            set_modified(root.path(), &format!("{at}"), 1000 - at);
        }
        folder.sweep();
        assert_eq!(names(root.path()), ["0", "1", "2", "3", "4", "5"]);
        folder.write("large", &[0; 999]);
        folder.sweep();
        assert_eq!(
            names(root.path()),
            [""; 0],
            "a single file exceeds the bounds"
        );
        folder.write("small", &[0; 700]);
        folder.sweep();
        assert_eq!(names(root.path()), ["small"]);
    }

    #[test]
    fn writes_sweep_the_folder() {
        let root = tempfile::tempdir().unwrap();
        let bounds = Bounds {
            entries: 8,
            bytes: 1000,
        };
        let folder = Folder::new(root.path().into(), bounds);
        for at in 0..500 {
            folder.write(&format!("{at}"), b"x");
        }
        assert!(names(root.path()).len() <= 8 + SWEEP_INTERVAL as usize);
    }

    #[test]
    fn an_existing_folder_becomes_private() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("open");
        fs::create_dir(&path).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o777)).unwrap();
        make_private(&path).unwrap();
        let mode = path.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}
