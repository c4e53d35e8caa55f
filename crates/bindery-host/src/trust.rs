//! Whether others than the caller and root could have put code where a plugin is taken from.

use std::{
    collections::HashMap,
    fs::{self, Metadata},
    io,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

const WRITABLE_BY_GROUP: u32 = 0o020;
const WRITABLE_BY_ALL: u32 = 0o002;
/// In a folder with this bit nobody can replace what belongs to others.
const STICKY: u32 = 0o1000;

/// Who files must belong to, and what was found of the folders they lie in.
pub(crate) struct Trust {
    trusted: Trusted,
    /// Why nothing in a folder is trusted, if so.
    folders: HashMap<PathBuf, Option<String>>,
}

/// Who a file must belong to.
struct Trusted {
    user: u32,
    /// Of an account, its own group, in which nobody else is.
    group_of: fn(u32) -> Option<u32>,
}

impl Trust {
    /// Trust in the caller and in root.
    pub fn new() -> Self {
        let trusted = Trusted {
            user: rustix::process::geteuid().as_raw(),
            group_of: own_group,
        };
        Self {
            trusted,
            folders: HashMap::new(),
        }
    }

    /// Refuses a file if somebody else can write it, its folder, or a folder above that: `Err` tells what and why. What was
    /// found of a folder is kept.
    ///
    /// `path` is absolute and has no links in it.
    pub fn check(&mut self, path: &Path) -> io::Result<Result<(), String>> {
        if let Some(why) = self.trusted.objection(&fs::metadata(path)?, 0) {
            return Ok(Err(why.to_owned()));
        }
        let Some(folder) = path.parent() else {
            return Ok(Ok(()));
        };
        let why = match self.folders.get(folder) {
            Some(known) => known.clone(),
            None => {
                let found = self.trusted.objection_to_folder(folder)?;
                self.folders.insert(folder.to_owned(), found.clone());
                found
            }
        };
        Ok(why.map_or(Ok(()), Err))
    }
}

impl Trusted {
    /// What is wrong with what lies in this folder.
    fn objection_to_folder(&self, folder: &Path) -> io::Result<Option<String>> {
        for (above, part) in folder.ancestors().enumerate() {
            if let Some(why) = self.objection(&fs::metadata(part)?, above + 1) {
                return Ok(Some(format!("lies in `{}`, which {why}", part.display())));
            }
        }
        Ok(None)
    }

    /// What is wrong with the file itself (`depth` 0), its folder (1) or one above.
    fn objection(&self, metadata: &Metadata, depth: usize) -> Option<&'static str> {
        let (owner, mode) = (metadata.uid(), metadata.permissions().mode());
        if owner != self.user && owner != 0 {
            return Some("belongs to somebody else");
        }
        // Above the folder that is searched, nothing is taken that was merely added.
        let guarded = depth > 1 && mode & STICKY != 0;
        if mode & WRITABLE_BY_ALL != 0 && !guarded {
            return Some("can be written by everybody");
        }
        let own = (self.group_of)(owner) == Some(metadata.gid());
        if mode & WRITABLE_BY_GROUP != 0 && !own && !guarded {
            return Some("can be written by a group that is not its owner's own");
        }
        None
    }
}

/// The group that an account has in the account database.
fn own_group(user: u32) -> Option<u32> {
    if user == 0 {
        return Some(0);
    }
    let accounts = fs::read_to_string("/etc/passwd").ok()?;
    accounts.lines().find_map(|account| {
        let mut fields = account.split(':').skip(2);
        let is_it = fields.next()?.parse() == Ok(user);
        let group = fields.next()?.parse().ok()?;
        is_it.then_some(group)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong with a library of this mode in a folder of this mode.
    fn objection(folder_mode: u32, file_mode: u32) -> Option<String> {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().canonicalize().unwrap().join("plugins");
        let file = folder.join("libbindery_plugin_x.so");
        fs::create_dir(&folder).unwrap();
        fs::write(&file, "").unwrap();
        let set = |path: &Path, mode| fs::set_permissions(path, PermissionsExt::from_mode(mode));
        set(&file, file_mode).unwrap();
        set(&folder, folder_mode).unwrap();
        let why = Trust::new().check(&file).unwrap().err()?;
        Some(why.replace(&*folder.to_string_lossy(), "FOLDER"))
    }

    #[test]
    fn what_others_can_write_is_refused() {
        assert_eq!(objection(0o755, 0o644), None);
        assert_eq!(objection(0o700, 0o700), None);
        let everybody = "can be written by everybody";
        assert_eq!(objection(0o755, 0o666).as_deref(), Some(everybody));
        let folder = format!("lies in `FOLDER`, which {everybody}");
        assert_eq!(objection(0o777, 0o644), Some(folder.clone()));
        // In such a folder nobody can replace a library, but anybody can add one.
        assert_eq!(objection(0o1777, 0o644), Some(folder));
    }

    /// What is wrong with a file of this owner, to whom these groups are given.
    fn of_owner(user: u32, group_of: fn(u32) -> Option<u32>, mode: u32) -> Option<&'static str> {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::set_permissions(file.path(), PermissionsExt::from_mode(mode)).unwrap();
        let metadata = fs::metadata(file.path()).unwrap();
        Trusted { user, group_of }.objection(&metadata, 0)
    }

    #[test]
    fn a_group_may_write_if_it_is_the_owner_s_own() {
        let me = rustix::process::geteuid().as_raw();
        fn mine(_: u32) -> Option<u32> {
            Some(rustix::process::getegid().as_raw())
        }
        fn other(_: u32) -> Option<u32> {
            None
        }
        assert_eq!(of_owner(me, mine, 0o664), None);
        let why = "can be written by a group that is not its owner's own";
        assert_eq!(of_owner(me, other, 0o664), Some(why));
        assert_eq!(of_owner(me, other, 0o644), None);
    }

    #[test]
    fn what_belongs_to_somebody_else_is_refused_unless_that_is_root() {
        let me = rustix::process::geteuid().as_raw();
        let expected = (me != 0).then_some("belongs to somebody else");
        assert_eq!(of_owner(me + 1, |_| None, 0o600), expected);
        assert_eq!(own_group(0), Some(0));
    }
}
