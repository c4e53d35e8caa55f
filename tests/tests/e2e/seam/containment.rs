//! Misbehaving plugins: an error names the plugin and the reason, and the program continues.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use bindery_tests::{Bindery, Ran};

use super::unruly;

/// Returns a user of the plugin `unruly`, with these further settings.
fn user(toml: &str) -> Bindery {
    let text = format!(
        "[plugins]\npath = [{:?}]\n{toml}",
        unruly().display().to_string()
    );
    Bindery::new().configure_fully(&text)
}

/// Binds the refs of a text.
fn bind(bindery: &Bindery, text: &str, options: &[&str]) -> Ran {
    bindery.write("text", text);
    let mut command = bindery.command(["render", "--text", "text"]);
    command.args(options);
    Ran::of(command)
}

/// Asserts that a ref is refused with this exit code and a message that contains these words, with every other ref of the text.
#[track_caller]
fn refuse(toml: &str, what: &str, options: &[&str], code: i32, words: &[&str]) {
    let bindery = user(toml);
    let told = bind(&bindery, &format!("{{{{unruly[{what}][x]}}}}"), options).failure(code);
    for word in words.iter().chain(&["unruly"]) {
        assert!(told.contains(word), "{what} {options:?}, {word}: {told}");
    }
    // The program continued and reported the error like any other.
    assert!(
        told.starts_with("error: ") && told.contains("\n  cause: "),
        "{told}"
    );
}

const SHORT: &str = "[limits]\nplugin_seconds = 1\n";

#[test]
fn the_wait_for_a_hanging_plugin_is_limited() {
    let what = "did not answer within 1 s";
    refuse(SHORT, "hang", &[], 4, &[what]);
    refuse(
        SHORT,
        "hang",
        &["--isolate"],
        4,
        &["did not answer `bind` within 1 s"],
    );
}

#[test]
fn an_isolated_plugin_ends_only_its_own_process() {
    for (what, how) in [
        ("exit", "exit status: 0"),
        ("abort", "signal: 6"),
        ("segfault", "signal: 11"),
    ] {
        let ended = "ended during `bind`";
        refuse("", what, &["--isolate"], 4, &[ended, how]);
    }
}

#[test]
fn an_answer_that_is_too_long_is_refused() {
    let limit = "[limits]\nplugin_answer = 1000000\n";
    for toml in ["", limit] {
        refuse(toml, "huge", &[], 4, &["gave an answer of 1048576"]);
        refuse(
            toml,
            "huge",
            &["--isolate"],
            4,
            &["wrote a line of more than"],
        );
    }
}

#[test]
fn panics_and_missing_answers_are_errors_in_either_process() {
    for options in [&[][..], &["--isolate"]] {
        refuse(
            "",
            "panic",
            options,
            4,
            &["panicked in `unruly`: x and more"],
        );
        let told = bind(&user(""), "{{short[a]}} {{short[b]}}", options).failure(4);
        assert!(told.contains("gave 1 answers to 2 refs"), "{told}");
    }
}

#[test]
fn a_panic_has_a_backtrace_on_request() {
    for (value, asked) in [("0", false), ("1", true)] {
        let bindery = user("").env("RUST_BACKTRACE", value);
        let told = bind(&bindery, "{{unruly[panic][x]}}", &[]).failure(4);
        assert_eq!(told.contains("stack backtrace:"), asked, "{value}: {told}");
        assert!(told.contains("panicked in `unruly`: x and more"), "{told}");
    }
}

#[test]
fn standard_output_of_a_plugin_is_not_part_of_the_result() {
    for options in [&[][..], &["--isolate"]] {
        let ran = bind(&user(""), "{{unruly[stray][noise]}}", options);
        assert_eq!(
            (ran.code, &*ran.stdout),
            (Some(0), "quiet"),
            "{options:?}: {ran:?}"
        );
    }
}

#[test]
fn an_abandoned_thread_does_not_delay_the_end() {
    for options in [&[][..], &["--isolate"]] {
        let ran = bind(&user(""), "{{unruly[thread][x]}}", options);
        assert_eq!(
            (ran.code, &*ran.stdout),
            (Some(0), "left"),
            "{options:?}: {ran:?}"
        );
    }
}

#[test]
fn an_isolated_plugin_may_ask_for_its_own_credential() {
    let bindery = user("[[auth]]\nplugin = \"unruly\"\nsource = \"counting\"\nregistry = \"*\"\n");
    for options in [&[][..], &["--isolate"]] {
        let ran = bind(&bindery, "{{unruly[login][registry.example.org]}}", options);
        assert_eq!(ran.success(), "user1", "{options:?}");
    }
}

#[test]
fn asking_for_ones_own_credential_while_opening_fails_at_once() {
    let bindery = user(
        "[plugin.unruly]\nopen = \"login\"\n\
         [[auth]]\nplugin = \"unruly\"\nsource = \"circular\"\nregistry = \"*\"\n",
    );
    for options in [&[][..], &["--isolate"]] {
        // The other error would come after the five minutes that a plugin may take.
        let told = bind(&bindery, "{{unruly[x][a].text}}", options).failure(4);
        let why = "cannot be opened: plugin `unruly` asked in `open` for a credential that its own `circular` gives";
        assert!(told.contains(why), "{options:?}: {told}");
    }
}

#[test]
fn services_of_the_host_reach_isolated_plugins() {
    let bindery = user("")
        .clusters(r#"[{"name": "west", "storage_owner": "me", "storage_bucket": "shelf"}]"#);
    let text =
        "{{unruly[cluster][west]}} {{unruly[login][registry.example.org]}} {{unruly[folder][x]}}";
    let run = |options: &[&str]| bind(&bindery, text, options);
    let here = run(&["--cluster", "west"]);
    let there = run(&["--cluster", "west", "--isolate"]);
    assert_eq!(here, there);
    assert!(here.stdout.starts_with("shelf anonymous "), "{here:?}");
    assert!(
        here.stderr.contains("plugin `unruly`: line one of west"),
        "{here:?}"
    );
}

#[test]
fn plugins_are_chosen_and_denied_by_name() {
    let run = |options: &[&str]| bind(&user(""), "{{unruly[x][a].text}}", options).success();
    assert_eq!(run(&[]), "a");
    assert_eq!(run(&["--only-plugins", "docker,unruly"]), "a");
    let open = "{{unruly[x][a].text}}";
    assert_eq!(run(&["--only-plugins", "docker"]), open);
    assert_eq!(run(&["--deny-plugins", "unruly"]), open);
}

/// Returns a folder with a copy of the plugin `unruly`, with these modes.
fn copy(root: &Path, folder_mode: u32, file_mode: u32) -> std::path::PathBuf {
    let folder = root.join("plugins");
    fs::create_dir(&folder).unwrap();
    let file = folder.join("libbindery_plugin_copy.so");
    fs::copy(unruly(), &file).unwrap();
    let set =
        |path: &Path, mode| fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    set(&file, file_mode);
    set(&folder, folder_mode);
    file
}

#[test]
fn files_that_other_users_can_write_are_not_loaded() {
    for (folder_mode, file_mode, why) in [
        (0o755, 0o666, "it is writable by everyone"),
        (0o777, 0o644, "which is writable by everyone"),
        (0o1777, 0o644, "which is writable by everyone"),
    ] {
        let root = tempfile::tempdir().unwrap();
        let file = copy(root.path(), folder_mode, file_mode);
        let bindery = Bindery::new().configure_fully("");
        let told = bind(
            &bindery,
            "{{unruly[x][a].text}}",
            &["--plugin-dir", &file.display().to_string()],
        )
        .failure(8);
        assert!(
            told.contains("is not trusted") && told.contains(why),
            "{told}"
        );
        let checked = bindery.run(["plugin", "check", &file.display().to_string()]);
        let told = checked.failure(8);
        assert!(told.contains(why), "{told}");
        // A library found by search is skipped with a warning.
        let folder = file.parent().unwrap().display().to_string();
        let ran = bind(
            &bindery,
            "{{unruly[x][a].text}}",
            &["--plugin-dir", &folder],
        );
        assert_eq!(ran.stdout, "{{unruly[x][a].text}}");
        assert!(ran.stderr.contains("is not trusted"), "{ran:?}");
    }
    let root = tempfile::tempdir().unwrap();
    let folder = copy(root.path(), 0o755, 0o644)
        .parent()
        .unwrap()
        .display()
        .to_string();
    let bindery = Bindery::new().configure_fully("");
    let ran = bind(
        &bindery,
        "{{unruly[x][a].text}}",
        &["--plugin-dir", &folder],
    );
    assert_eq!((&*ran.stdout, ran.stderr.contains("trusted")), ("a", false));
}

#[test]
fn a_hostile_repository_gains_nothing() {
    let bindery = Bindery::new().configure_fully("");
    // Everything that a repository can contain: settings, libraries, programs, clusters, links to other folders, and includes of
    // them.
    let library = fs::read(unruly()).unwrap();
    for place in [
        "libbindery_plugin_evil.so",
        "plugins/libbindery_plugin_evil.so",
        "lib/bindery/plugins/libbindery_plugin_evil.so",
        ".config/bindery/plugins/libbindery_plugin_evil.so",
    ] {
        let file = bindery.write(place, "");
        fs::write(file, &library).unwrap();
    }
    let script = bindery.write("evil.sh", "#!/bin/sh\ntouch \"$0.ran\"\n");
    fs::set_permissions(&script, PermissionsExt::from_mode(0o755)).unwrap();
    let toml = "[plugins]\npath = [\".\"]\n[exec.evil]\ncommand = [\"./evil.sh\"]\nbinders.unruly = \"unruly[*][*]\"\n";
    for place in [
        "bindery.toml",
        ".bindery.toml",
        ".config/bindery/bindery.toml",
        "bindery/bindery.toml",
    ] {
        bindery.write(place, toml);
    }
    bindery.write(
        "clusters.json",
        "[{\"name\": \"devcluster\", \"docker_registry\": \"http://evil.example\"}]",
    );
    let secret = bindery.home().join("secret.aurora");
    fs::write(&secret, "password = 'canary'").unwrap();
    std::os::unix::fs::symlink(&secret, bindery.home().join("work/link.aurora")).unwrap();
    bindery.write(
        "hostile.aurora",
        "jobs = [Job(cluster = 'devcluster', role = 'r', environment = 'devel', name = 'n',\n  \
         task = SimpleTask('t', 'echo {{unruly[x][a].text}}'))]\n",
    );
    let told = bindery.run(["render", "hostile.aurora"]).failure(3);
    assert!(
        told.contains("nothing binds ref `unruly[x][a].text`"),
        "{told}"
    );
    assert!(!bindery.home().join("work/evil.sh.ran").exists());
    for include in [
        "../secret.aurora",
        "link.aurora",
        "../config/bindery/bindery.toml",
    ] {
        bindery.write(
            "include.aurora",
            &format!("include('{include}')\njobs = [password]\n"),
        );
        let told = bindery.run(["render", "include.aurora"]).failure(3);
        assert!(!told.contains("canary"), "{told}");
    }
    assert_eq!(
        bindery
            .run(["plugin", "list", "--output", "json"])
            .success()
            .matches("evil")
            .count(),
        0
    );
    assert!(!bindery.run(["cluster", "list"]).success().contains("evil"));
}

#[test]
fn devices_and_pipes_in_a_repository_are_refused() {
    let endless = |name: &str| {
        let bindery = Bindery::new();
        std::os::unix::fs::symlink("/dev/zero", bindery.home().join("work").join(name)).unwrap();
        bindery
    };
    let silent = |name: &str| {
        let bindery = Bindery::new();
        let made = Command::new("mkfifo")
            .arg(bindery.home().join("work").join(name))
            .status();
        assert!(made.unwrap().success());
        bindery
    };
    for bindery in [endless("a.aurora.snap.json"), silent("a.aurora.snap.json")] {
        bindery.write("a.aurora", "jobs = []\n");
        let ran = bindery.run(["test", "."]);
        let why = "cannot read the snapshot `./a.aurora.snap.json`\n  cause: not a regular file";
        assert_eq!(ran.code, Some(3), "{ran:?}");
        assert!(ran.stderr.contains(why), "{ran:?}");
    }
    for bindery in [endless("bindery.lock"), silent("bindery.lock")] {
        let told = bind(&bindery, "{{a[b]}}", &[]).failure(3);
        let why = "cannot read the lock file `bindery.lock`\n  cause: not a regular file";
        assert!(told.contains(why), "{told}");
    }
}
