//! Reader who follows a page: a home folder, a shell, and a build of Bindery.

use std::env;
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;
use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use bindery_tests::{binary, plugin_folder};
use tempfile::TempDir;

use super::page::{NumberedStep, Step, lines_match, steps};

/// Commands at the beginning of a page that are replaced, with their replacements: the build is that of the tests. A page with
/// one of them begins at the top of a checkout, every other page in an empty folder with `bindery` on the path.
const AT_THE_TOP: [(&str, &str); 4] = [
    ("cargo build --release", "true"),
    (
        "cargo build --workspace --lib --bins --example registry",
        "true",
    ),
    ("cargo xtask demo", "target/debug/examples/demo"),
    ("cargo xtask test", "true"),
];

/// Time limit of a command.
const LIMIT: Duration = Duration::from_secs(300);

/// Mark around the status of a command and the folder of the shell.
const MARK: char = '\u{1e}';

/// Follows a page to its end. An error names the page, the line, and the difference.
pub(crate) fn follow(name: &str, text: &str) -> Result<(), String> {
    let at = |(line, what): (usize, String)| format!("{name}:{line}: {what}");
    let steps = steps(text).map_err(at)?;
    let at_the_top = matches!(
        steps.first(),
        Some((_, Step::Type { command, .. })) if in_place_of(command).is_some()
    );
    let mut reader = Reader::new(at_the_top);
    for (line, step) in steps {
        reader.take((line, step)).map_err(at)?;
    }
    Ok(())
}

fn in_place_of(command: &str) -> Option<&'static str> {
    let found = AT_THE_TOP.iter().find(|(written, _)| *written == command);
    found.map(|(_, run)| *run)
}

struct Reader {
    home: TempDir,
    shell: Child,
    stdin: ChildStdin,
    /// Output of the shell and of every process that it started.
    output: Receiver<Vec<u8>>,
    /// Folder of the shell.
    folder: PathBuf,
    /// Top of the checkout, for pages that begin there.
    top: Option<PathBuf>,
}

impl Reader {
    fn new(at_the_top: bool) -> Self {
        let home = tempfile::tempdir().unwrap();
        let place = home.path().canonicalize().unwrap();
        let (checkout, work) = (place.join("bindery"), place.join("reading"));
        let [debug, release] =
            ["debug", "release"].map(|profile| checkout.join("target").join(profile));
        build(&debug);
        build(&release);
        fs::create_dir(&work).unwrap();
        let folder = if at_the_top { &checkout } else { &work };

        // The toolchain itself: rustup's proxies would read the home folder. Debian's programs come before others for a similar
        // reason.
        let cargo = Path::new(env!("CARGO")).parent().unwrap();
        let mut path = vec![cargo.to_owned(), "/usr/bin".into(), "/bin".into()];
        path.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
        if !at_the_top {
            path.insert(0, release);
        }
        let real_home = env::var_os("HOME").map(|home| Path::new(&home).join(".cargo"));
        let cargo_home = env::var_os("CARGO_HOME").map(PathBuf::from).or(real_home);
        let mut shell = Command::new("sh")
            .current_dir(folder)
            .env_clear()
            .env("PATH", env::join_paths(path).unwrap())
            .env("HOME", &place)
            .env("USER", "reader")
            .env("LOGNAME", "reader")
            .env("CARGO_HOME", cargo_home.unwrap_or_default())
            .env("CARGO_NET_OFFLINE", "true")
            // Kept between runs and shared with other tests, so that external dependencies are built once.
            .env(
                "CARGO_BUILD_BUILD_DIR",
                concat!(env!("CARGO_TARGET_TMPDIR"), "/projects"),
            )
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // All processes of the group can be ended together.
            .process_group(0)
            .spawn()
            .unwrap();
        let (sender, output) = channel();
        let mut stdout = shell.stdout.take().unwrap();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = stdout.read(&mut buffer) {
                if sender.send(buffer[..read].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self {
            stdin: shell.stdin.take().unwrap(),
            shell,
            output,
            folder: folder.clone(),
            top: at_the_top.then_some(checkout),
            home,
        }
    }

    /// Runs a step. An error has the line of the step, or a later one.
    fn take(&mut self, (line, step): NumberedStep) -> Result<(), (usize, String)> {
        match step {
            Step::Save { file, text } => {
                let file = match file.strip_prefix("~/") {
                    Some(below) => self.home.path().join(below),
                    None => self.folder.join(&file),
                };
                fs::create_dir_all(file.parent().unwrap())
                    .and_then(|()| fs::write(&file, text))
                    .map_err(|error| (line, error.to_string()))
            }
            Step::Type { command, shown } => {
                let (printed, status) = self
                    .type_in(&command)
                    .map_err(|what| (line, format!("`{command}` {what}")))?;
                let found: Vec<&str> = printed.lines().collect();
                let fails = shown
                    .iter()
                    .flatten()
                    .any(|line| line.starts_with("error: "));
                if (status != 0) != fails {
                    let what = format!("`{command}` ends with {status}, and prints\n{printed}");
                    return Err((line, what));
                }
                match shown {
                    Some(shown) if !lines_match(&shown, &found) => {
                        let shown = shown.join("\n");
                        let what = format!("`{command}` prints\n{printed}\nand not\n{shown}");
                        Err((line, what))
                    }
                    _ => Ok(()),
                }
            }
        }
    }

    /// Runs a command, and returns its output and its exit code.
    fn type_in(&mut self, command: &str) -> Result<(String, i32), String> {
        let stands_for = match &self.top {
            Some(top) if *top == self.folder => in_place_of(command),
            _ => None,
        };
        let file = self.home.path().join(".typed");
        fs::write(&file, stands_for.unwrap_or(command)).unwrap();
        // The status is restored for the next command. Standard input belongs to this reader, not to the command.
        writeln!(
            self.stdin,
            ". '{}' 2>&1 </dev/null; set -- \"$?\"; printf '\\036%s %s\\036' \"$1\" \"$PWD\"; (exit \"$1\")",
            file.display()
        )
        .map_err(|_| "is typed into a shell that has ended".to_owned())?;
        let mut printed = Vec::new();
        let marks = |bytes: &[u8]| bytes.iter().filter(|&&byte| byte == MARK as u8).count();
        while marks(&printed) < 2 {
            match self.output.recv_timeout(LIMIT) {
                Ok(more) => printed.extend(more),
                Err(RecvTimeoutError::Timeout) => return Err("does not end".to_owned()),
                Err(RecvTimeoutError::Disconnected) => return Err("ends the shell".to_owned()),
            }
        }
        let text = String::from_utf8(printed).map_err(|_| "prints invalid UTF-8".to_owned())?;
        let mut parts = text.split(MARK);
        let printed = parts.next().unwrap_or_default().to_owned();
        let (status, folder) = parts.next().and_then(|line| line.split_once(' ')).unwrap();
        self.folder = PathBuf::from(folder);
        Ok((printed, status.parse().unwrap()))
    }
}

impl Drop for Reader {
    /// Ends the shell and all processes that it started.
    fn drop(&mut self) {
        let group = format!("kill -KILL -{}", self.shell.id());
        let _ = Command::new("sh").args(["-c", &group]).status();
        let _ = self.shell.wait();
    }
}

/// Fills a folder with the files that a build of the page would write.
fn build(folder: &Path) {
    let profile = binary().parent().unwrap().to_owned();
    let put = |file: &Path, folder: &Path| {
        let place = folder.join(file.file_name().unwrap());
        // A hard link, if both are on one file system: the files are large.
        fs::hard_link(file, &place)
            .or_else(|_| fs::copy(file, &place).map(drop))
            .unwrap_or_else(|error| panic!("`{}`: {error}", file.display()));
    };
    let examples = folder.join("examples");
    for folder in [&examples, &folder.join(".fingerprint")] {
        fs::create_dir_all(folder).unwrap();
    }
    put(&binary(), folder);
    for name in ["auth", "docker", "example", "traits"] {
        let file = format!("{DLL_PREFIX}bindery_plugin_{name}{DLL_SUFFIX}");
        put(&plugin_folder().join(file), folder);
    }
    for name in ["demo", "registry"] {
        put(&profile.join("examples").join(name), &examples);
    }
}

/// Asserts that a page fails at this line with this message.
#[track_caller]
fn fails(page: &str, words: &[&str]) {
    let why = follow("page.md", page).unwrap_err();
    for word in words {
        assert!(why.contains(word), "{word}: {why}");
    }
}

#[test]
fn a_difference_is_reported_with_page_and_line() {
    let console = |text: &str| format!("Text\n\n```console\n{text}\n```\n");
    fails(
        &console("$ echo a\nb"),
        &["page.md:4: `echo a` prints\na\n", "and not\nb"],
    );
    fails(
        &console("$ echo a\na\n$ echo b"),
        &["page.md:6: `echo b` prints"],
    );
    fails(&console("$ false"), &["page.md:4: `false` ends with 1"]);
    fails(
        &console("$ echo 'error: none'\nerror: none"),
        &["ends with 0"],
    );
    fails(&console("$ exit"), &["page.md:4: `exit` ends the shell"]);
    fails(
        "```sh\ntrue\nfalse\n```\n",
        &["page.md:3: `false` ends with 1"],
    );
    // The replacements hold at the top of a checkout only.
    fails(
        "```sh\ncargo xtask test\ncd target\ncargo xtask test\n```\n",
        &["page.md:4: "],
    );
}

#[test]
fn one_shell_runs_all_commands_and_files_are_saved_in_its_folder() {
    let page = "\
```sh
mkdir folder && cd folder
export NAME=text
sh -c 'exit 3' || true
```

```text deep/file
one
```

```text ~/.file
two
```

```console
$ cat \"$HOME/reading/folder/deep/file\" ~/.file; echo $NAME >&2
one
two
text
$ echo 'error: it is so' && sh -c 'exit 3'
error: it is so
$ echo $?
3
$ cat <<END
<$NAME>
END
<text>
```
";
    assert_eq!(follow("page.md", page), Ok(()));
}
