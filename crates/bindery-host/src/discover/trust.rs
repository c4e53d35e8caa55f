//! Ownership checks: whether a user other than the caller and root could have written a plugin.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Component, Path, PathBuf};

const WRITABLE_BY_GROUP: u32 = 0o020;
const WRITABLE_BY_ALL: u32 = 0o002;
/// Mode bit of folders in which users can replace only their own files.
const STICKY: u32 = 0o1000;

/// Maximum number of links in a path, as in the system.
const MAX_LINKS: usize = 40;

/// Maximum number of scripts that run each other, as in the system.
const MAX_INTERPRETERS: usize = 5;

/// Number of bytes in which a script must name its interpreter, as in the system.
const FIRST_LINE: u64 = 256;

/// Trusted owners, and the results for the folders checked so far.
pub(crate) struct Trust {
    owners: TrustedOwners,
    /// Objection to the files in each folder, if any.
    folders: HashMap<PathBuf, Option<String>>,
}

/// Owners that a file may have: a user, and root.
struct TrustedOwners {
    user: u32,
    /// Returns the group of which the given account is the only member.
    group_of: fn(u32) -> Option<u32>,
}

impl Trust {
    /// Creates checks that trust the caller and root.
    pub fn new() -> Self {
        let owners = TrustedOwners {
            user: rustix::process::geteuid().as_raw(),
            group_of: own_group,
        };
        Self {
            owners,
            folders: HashMap::new(),
        }
    }

    /// Refuses a file if another user can write to the file, its folder, or a folder above; the inner `Err` holds the objection.
    ///
    /// `path` is absolute and contains no links. Results for folders are kept.
    pub fn check(&mut self, path: &Path) -> io::Result<Result<(), String>> {
        if let Some(why) = self.owners.objection(&fs::metadata(path)?, 0) {
            return Ok(Err(why.to_owned()));
        }
        match path.parent() {
            Some(folder) => self.check_folder(folder),
            None => Ok(Ok(())),
        }
    }

    /// Refuses a file as [`check`](Self::check) does, and also if another user can change a link in its path.
    ///
    /// For files that are opened by this path later, when the links are followed again. `path` is absolute.
    pub fn check_named(&mut self, path: &Path) -> io::Result<Result<(), String>> {
        let (file, links_in) = follow(path)?;
        for folder in links_in {
            if let Err(why) = self.check_folder(&folder)? {
                return Ok(Err(format!("is reached by a link that {why}")));
            }
        }
        self.check(&file)
    }

    /// Refuses a program as [`check_named`](Self::check_named) does, and also if the interpreter of a script is refused.
    pub fn check_program(&mut self, path: &Path) -> io::Result<Result<(), String>> {
        let mut path = path.to_owned();
        for run_by in 0..=MAX_INTERPRETERS {
            let checked = match self.check_named(&path) {
                // A missing interpreter is reported when the program starts, unless another user could create it until then.
                Err(error) if run_by > 0 && error.kind() == io::ErrorKind::NotFound => {
                    let mut above = path.ancestors().skip(1);
                    let folder = above.find(|folder| folder.exists());
                    folder.map_or(Ok(Ok(())), |folder| self.check_folder(folder))
                }
                checked => checked,
            };
            if let Err(why) = checked? {
                return Ok(Err(match run_by {
                    0 => why,
                    _ => format!("is run by `{}`, which {why}", path.display()),
                }));
            }
            match interpreter(&path) {
                Some(interpreter) => path = interpreter,
                None => break,
            }
        }
        Ok(Ok(()))
    }

    fn check_folder(&mut self, folder: &Path) -> io::Result<Result<(), String>> {
        let why = match self.folders.get(folder) {
            Some(known) => known.clone(),
            None => {
                let found = self.owners.objection_to_folder(folder)?;
                self.folders.insert(folder.to_owned(), found.clone());
                found
            }
        };
        Ok(why.map_or(Ok(()), Err))
    }
}

/// Resolves an absolute path; returns the file and the folders that contain the links of the path.
fn follow(path: &Path) -> io::Result<(PathBuf, Vec<PathBuf>)> {
    let mut links_in = Vec::new();
    let mut at = PathBuf::from("/");
    // In reverse: the next part is the last item.
    let mut left = parts(path);
    while let Some(part) = left.pop() {
        if part.as_os_str() == ".." {
            at.pop();
            continue;
        }
        let next = at.join(&part);
        if !fs::symlink_metadata(&next)?.is_symlink() {
            at = next;
            continue;
        }
        if links_in.len() == MAX_LINKS {
            return Err(io::Error::other("too many links in the path"));
        }
        let target = fs::read_link(&next)?;
        links_in.push(at.clone());
        if target.is_absolute() {
            at = PathBuf::from("/");
        }
        left.extend(parts(&target));
    }
    Ok((at, links_in))
}

/// Returns the names in a path in reverse order.
fn parts(path: &Path) -> Vec<PathBuf> {
    let parts = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(PathBuf::from(name)),
        Component::ParentDir => Some(PathBuf::from("..")),
        _ => None,
    });
    parts.rev().collect()
}

/// Returns the absolute path of a script's interpreter; `None` for other files and files that cannot be read.
fn interpreter(file: &Path) -> Option<PathBuf> {
    let mut start = Vec::new();
    File::open(file)
        .ok()?
        .take(FIRST_LINE)
        .read_to_end(&mut start)
        .ok()?;
    let line = start.strip_prefix(b"#!")?;
    let line = line.split(|byte| *byte == b'\n').next()?;
    let mut words = line.split(|byte| b" \t\r".contains(byte));
    let program = words.find(|word| !word.is_empty())?;
    Some(PathBuf::from(OsStr::from_bytes(program))).filter(|program| program.is_absolute())
}

impl TrustedOwners {
    /// Returns the objection to files in this folder, if any.
    fn objection_to_folder(&self, folder: &Path) -> io::Result<Option<String>> {
        for (above, part) in folder.ancestors().enumerate() {
            if let Some(why) = self.objection(&fs::metadata(part)?, above + 1) {
                return Ok(Some(format!("is in `{}`, which {why}", part.display())));
            }
        }
        Ok(None)
    }

    /// Returns the objection to a file (`depth` 0), its folder (1) or a folder above (2 and more), if any.
    fn objection(&self, metadata: &Metadata, depth: usize) -> Option<&'static str> {
        let (owner, mode) = (metadata.uid(), metadata.permissions().mode());
        if owner != self.user && owner != 0 {
            return Some("belongs to another user");
        }
        // Files that others add to a folder above the searched one are never used.
        let guarded = depth > 1 && mode & STICKY != 0;
        if mode & WRITABLE_BY_ALL != 0 && !guarded {
            return Some("is writable by everyone");
        }
        let own = (self.group_of)(owner) == Some(metadata.gid());
        if mode & WRITABLE_BY_GROUP != 0 && !own && !guarded {
            return Some("is writable by a group other than its owner's own");
        }
        None
    }
}

/// Returns the group of which the account is the only member.
fn own_group(user: u32) -> Option<u32> {
    if user == 0 {
        return Some(0);
    }
    let read = |file| fs::read_to_string(file).ok();
    own_group_in(user, &read("/etc/passwd")?, &read("/etc/group")?)
}

/// Returns the group of which the account is the only member, according to `/etc/passwd` and `/etc/group`.
fn own_group_in(user: u32, accounts: &str, groups: &str) -> Option<u32> {
    let accounts = accounts.lines().filter_map(|account| {
        let mut fields = account.split(':');
        let name = fields.next()?;
        let user: u32 = fields.nth(1)?.parse().ok()?;
        let group: u32 = fields.next()?.parse().ok()?;
        Some((name, user, group))
    });
    let accounts: Vec<_> = accounts.collect();
    let (name, _, own) = *accounts.iter().find(|(_, other, _)| *other == user)?;
    let is_shared = accounts
        .iter()
        .any(|(_, other, group)| *group == own && *other != user);
    let mut members = groups.lines().filter_map(|group| {
        let mut fields = group.split(':').skip(2);
        let is_own = fields.next()?.parse() == Ok(own);
        is_own.then(|| fields.next().unwrap_or_default())
    });
    let has_others = members.any(|members| {
        let mut members = members.split(',').map(str::trim);
        members.any(|member| !member.is_empty() && member != name)
    });
    (!is_shared && !has_others).then_some(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the objection to a library of `file_mode` in a folder of `folder_mode`.
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
    fn files_that_others_can_write_are_refused() {
        assert_eq!(objection(0o755, 0o644), None);
        assert_eq!(objection(0o700, 0o700), None);
        let everybody = "is writable by everyone";
        assert_eq!(objection(0o755, 0o666).as_deref(), Some(everybody));
        let folder = format!("is in `FOLDER`, which {everybody}");
        assert_eq!(objection(0o777, 0o644), Some(folder.clone()));
        // In a sticky folder no other user can replace a library, but each can add one.
        assert_eq!(objection(0o1777, 0o644), Some(folder));
    }

    /// Returns the objection to a file of this test's user if `user` is trusted.
    fn of_owner(user: u32, group_of: fn(u32) -> Option<u32>, mode: u32) -> Option<&'static str> {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::set_permissions(file.path(), PermissionsExt::from_mode(mode)).unwrap();
        let metadata = fs::metadata(file.path()).unwrap();
        TrustedOwners { user, group_of }.objection(&metadata, 0)
    }

    #[test]
    fn the_owner_s_own_group_may_write() {
        let me = rustix::process::geteuid().as_raw();
        fn mine(_: u32) -> Option<u32> {
            Some(rustix::process::getegid().as_raw())
        }
        fn other(_: u32) -> Option<u32> {
            None
        }
        assert_eq!(of_owner(me, mine, 0o664), None);
        let why = "is writable by a group other than its owner's own";
        assert_eq!(of_owner(me, other, 0o664), Some(why));
        assert_eq!(of_owner(me, other, 0o644), None);
    }

    #[test]
    fn an_own_group_has_one_member() {
        let accounts = "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/:/bin/sh\n\
                        bob:x:1001:100::/:/bin/sh\neve:x:1002:100::/:/bin/sh\ncy:x:1003:1003::/:/bin/sh\n";
        let groups = "users:x:100:\nann:x:1000:ann\ncy:x:1003:cy,eve\n";
        let own = |user| own_group_in(user, accounts, groups);
        assert_eq!(own(1000), Some(1000));
        // A group of several accounts, and a group with an additional member.
        assert_eq!((own(1001), own(1003)), (None, None));
        assert_eq!(own(4711), None);
    }

    /// Creates a folder that everyone can write to, in a folder that only this user can write to.
    fn open_folder() -> (tempfile::TempDir, PathBuf) {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().canonicalize().unwrap().join("open");
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, PermissionsExt::from_mode(0o777)).unwrap();
        (root, folder)
    }

    #[test]
    fn links_that_others_could_change_are_refused() {
        let (root, open) = open_folder();
        let kept = open.with_file_name("kept");
        let link = |from: &Path, to: &Path| std::os::unix::fs::symlink(to, from).unwrap();
        link(&open.join("sh"), Path::new("/bin/sh"));
        link(&open.join("bin"), Path::new("/bin"));
        link(&kept, Path::new("../../../../../../../bin/sh"));
        link(&kept.with_file_name("far"), &open.join("sh"));
        link(&kept.with_file_name("round"), &kept.with_file_name("round"));
        let check = |name: &str| Trust::new().check_named(&root.path().join(name));
        assert_eq!(check("kept").unwrap(), Ok(()));
        let why = format!(
            "is reached by a link that is in `{}`, which is writable by everyone",
            open.display()
        );
        for name in ["open/sh", "open/bin/sh", "far", "open/../open/sh"] {
            assert_eq!(check(name).unwrap(), Err(why.clone()), "{name}");
        }
        assert!(check("round").is_err() && check("gone").is_err());
    }

    #[test]
    fn the_interpreter_of_a_script_is_checked() {
        let (root, open) = open_folder();
        let script = root.path().join("script");
        let check = |text: &str| {
            fs::write(&script, text).unwrap();
            Trust::new().check_program(&script)
        };
        for trusted in [
            "",
            "#!",
            "#!/bin/sh",
            "#! /bin/sh -e\nexit\n",
            "#!sh\n",
            "#!/gone/sh\n",
            "\0",
        ] {
            assert_eq!(check(trusted).unwrap(), Ok(()), "{trusted:?}");
        }
        let interpreter = open.join("sh");
        let why = format!(
            "is run by `{}`, which is in `{}`, which is writable by everyone",
            interpreter.display(),
            open.display()
        );
        // Without and with the interpreter.
        for _ in 0..2 {
            let found = check(&format!("#!  {}\t-e\n", interpreter.display()));
            assert_eq!(found.unwrap(), Err(why.clone()));
            fs::copy("/bin/sh", &interpreter).unwrap();
        }
    }

    #[test]
    fn files_of_other_users_but_root_are_refused() {
        let me = rustix::process::geteuid().as_raw();
        let expected = (me != 0).then_some("belongs to another user");
        assert_eq!(of_owner(me + 1, |_| None, 0o600), expected);
        assert_eq!(own_group(0), Some(0));
    }
}
