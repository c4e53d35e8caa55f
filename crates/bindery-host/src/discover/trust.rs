//! Whether others than the caller and root could have put code where a plugin is taken from.

use std::{
    collections::HashMap,
    ffi::OsStr,
    fs::{self, File, Metadata},
    io::{self, Read},
    os::unix::{
        ffi::OsStrExt,
        fs::{MetadataExt, PermissionsExt},
    },
    path::{Component, Path, PathBuf},
};

const WRITABLE_BY_GROUP: u32 = 0o020;
const WRITABLE_BY_ALL: u32 = 0o002;
/// In a folder with this bit nobody can replace what belongs to others.
const STICKY: u32 = 0o1000;

/// How many links are followed on the way to one file; the system gives up at as many.
const LINKS: usize = 40;

/// How many scripts run each other at most; the system refuses more.
const INTERPRETERS: usize = 5;

/// How many bytes of a script are looked at for who runs it; the system looks at as many.
const FIRST_LINE: u64 = 256;

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
        match path.parent() {
            Some(folder) => self.check_folder(folder),
            None => Ok(Ok(())),
        }
    }

    /// Refuses a file that is used as it is called, if somebody else can write it or turn a link on the way to it; it is followed
    /// anew then, since programs may look at how they are called.
    ///
    /// `path` is absolute.
    pub fn check_named(&mut self, path: &Path) -> io::Result<Result<(), String>> {
        let (file, links_in) = follow(path)?;
        for folder in links_in {
            if let Err(why) = self.check_folder(&folder)? {
                return Ok(Err(format!("is reached by a link that {why}")));
            }
        }
        self.check(&file)
    }

    /// The same of a program, and of what runs it if it is a script.
    pub fn check_program(&mut self, path: &Path) -> io::Result<Result<(), String>> {
        let mut path = path.to_owned();
        for run_by in 0..=INTERPRETERS {
            let checked = match self.check_named(&path) {
                // It is told where the program is started, unless somebody may put one there until then.
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
                let found = self.trusted.objection_to_folder(folder)?;
                self.folders.insert(folder.to_owned(), found.clone());
                found
            }
        };
        Ok(why.map_or(Ok(()), Err))
    }
}

/// The file that is meant by an absolute path, and the folders in which there are links on the way to it.
fn follow(path: &Path) -> io::Result<(PathBuf, Vec<PathBuf>)> {
    let mut links_in = Vec::new();
    let mut at = PathBuf::from("/");
    // The next part stands last.
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
        if links_in.len() == LINKS {
            return Err(io::Error::other("too many links on the way"));
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

/// The names in a path, the last one first.
fn parts(path: &Path) -> Vec<PathBuf> {
    let parts = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(PathBuf::from(name)),
        Component::ParentDir => Some(PathBuf::from("..")),
        _ => None,
    });
    parts.rev().collect()
}

/// The program that the system runs a script with, by its whole path. What cannot be read is no script.
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
    Some(PathBuf::from(OsStr::from_bytes(program))).filter(|it| it.is_absolute())
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

/// The group that an account has to itself.
fn own_group(user: u32) -> Option<u32> {
    if user == 0 {
        return Some(0);
    }
    let read = |file| fs::read_to_string(file).ok();
    own_group_in(user, &read("/etc/passwd")?, &read("/etc/group")?)
}

/// The same by these databases of accounts and of groups.
fn own_group_in(user: u32, accounts: &str, groups: &str) -> Option<u32> {
    let of_accounts = accounts.lines().filter_map(|account| {
        let mut fields = account.split(':');
        let name = fields.next()?;
        let user: u32 = fields.nth(1)?.parse().ok()?;
        let group: u32 = fields.next()?.parse().ok()?;
        Some((name, user, group))
    });
    let of_accounts: Vec<_> = of_accounts.collect();
    let (name, _, own) = *of_accounts.iter().find(|(_, other, _)| *other == user)?;
    let is_shared = of_accounts
        .iter()
        .any(|(_, other, group)| *group == own && *other != user);
    let mut members = groups.lines().filter_map(|group| {
        let mut fields = group.split(':').skip(2);
        let is_it = fields.next()?.parse() == Ok(own);
        is_it.then(|| fields.next().unwrap_or_default())
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
    fn a_group_is_an_account_s_own_if_nobody_else_is_in_it() {
        let accounts = "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/:/bin/sh\n\
                        bob:x:1001:100::/:/bin/sh\neve:x:1002:100::/:/bin/sh\ncy:x:1003:1003::/:/bin/sh\n";
        let groups = "users:x:100:\nann:x:1000:ann\ncy:x:1003:cy,eve\n";
        let own = |user| own_group_in(user, accounts, groups);
        assert_eq!(own(1000), Some(1000));
        // All accounts may have one group, and others may be let into somebody's.
        assert_eq!((own(1001), own(1003)), (None, None));
        assert_eq!(own(4711), None);
    }

    /// A folder that everybody can write to, in one that nobody else can.
    fn open_folder() -> (tempfile::TempDir, PathBuf) {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().canonicalize().unwrap().join("open");
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, PermissionsExt::from_mode(0o777)).unwrap();
        (root, folder)
    }

    #[test]
    fn a_link_that_others_could_turn_is_refused_wherever_it_leads() {
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
            "is reached by a link that lies in `{}`, which can be written by everybody",
            open.display()
        );
        for name in ["open/sh", "open/bin/sh", "far", "open/../open/sh"] {
            assert_eq!(check(name).unwrap(), Err(why.clone()), "{name}");
        }
        assert!(check("round").is_err() && check("gone").is_err());
    }

    #[test]
    fn a_script_is_trusted_no_more_than_what_runs_it() {
        let (root, open) = open_folder();
        let script = root.path().join("script");
        let check = |text: &str| {
            fs::write(&script, text).unwrap();
            Trust::new().check_program(&script)
        };
        for fine in [
            "",
            "#!",
            "#!/bin/sh",
            "#! /bin/sh -e\nexit\n",
            "#!sh\n",
            "#!/gone/sh\n",
            "\0",
        ] {
            assert_eq!(check(fine).unwrap(), Ok(()), "{fine:?}");
        }
        let interpreter = open.join("sh");
        let why = format!(
            "is run by `{}`, which lies in `{}`, which can be written by everybody",
            interpreter.display(),
            open.display()
        );
        // Before it is there and when it is.
        for _ in 0..2 {
            let found = check(&format!("#!  {}\t-e\n", interpreter.display()));
            assert_eq!(found.unwrap(), Err(why.clone()));
            fs::copy("/bin/sh", &interpreter).unwrap();
        }
    }

    #[test]
    fn what_belongs_to_somebody_else_is_refused_unless_that_is_root() {
        let me = rustix::process::geteuid().as_raw();
        let expected = (me != 0).then_some("belongs to somebody else");
        assert_eq!(of_owner(me + 1, |_| None, 0o600), expected);
        assert_eq!(own_group(0), Some(0));
    }
}
