//! Projects that `bindery plugin new` writes: they pass their own tests and bind a job without changes.

use std::collections::BTreeSet;
use std::env::consts::DLL_SUFFIX;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use bindery_tests::{Bindery, Program, Ran, find};

/// Job that each project binds.
const JOB: &str =
    "jobs = [Job(cluster = 'devcluster', role = 'r', environment = 'devel', name = 'n',
  task = SimpleTask('t', 'echo {{site[en]}}'))]\n";

fn user() -> Bindery {
    let bindery = Bindery::new().clusters(r#"[{"name": "devcluster"}]"#);
    bindery.write("a.aurora", JOB);
    bindery
}

fn project(bindery: &Bindery) -> PathBuf {
    bindery.home().join("work/site")
}

/// Returns the table for `bindery.toml` from the project's README, with the path of this project.
fn exec_of(bindery: &Bindery) -> String {
    let readme = fs::read_to_string(project(bindery).join("README.md")).unwrap();
    let table = readme.split_once("```toml\n").unwrap().1;
    let table = table.split_once("```\n").unwrap().0;
    table.replace("/WHOLE/PATH", &project(bindery).display().to_string())
}

#[track_caller]
fn check_rendered(bindery: &Bindery, options: &[&str]) {
    let mut command = bindery.command(["render", "a.aurora"]);
    command.args(options);
    let text = Ran::of(command).success();
    assert!(text.contains("\"echo hello\""), "{text}");
}

fn check_program(lang: &str, program: &Path, extension: &str) {
    let bindery = user();
    let made = bindery.run(["plugin", "new", "--lang", lang, "site"]);
    assert_eq!(made.success(), "site/README.md\n");
    let project = project(&bindery);
    let mut test = Command::new(program);
    test.arg(project.join(format!("test_site.{extension}")))
        .env("PYTHONDONTWRITEBYTECODE", "1");
    Ran::of(test).success();
    let mode = fs::metadata(project.join(format!("site.{extension}"))).unwrap();
    assert_eq!(mode.permissions().mode() & 0o500, 0o500);

    let toml = exec_of(&bindery);
    let bindery = bindery.configure(&toml);
    check_rendered(&bindery, &[]);
    let fit = bindery.run(["plugin", "check"]).success();
    assert!(fit.contains("(plugin `site`) is fit"), "{fit}");
}

#[test]
fn a_plugin_in_sh_passes_its_tests_and_binds() {
    check_program("sh", Path::new("/bin/sh"), "sh");
}

#[test]
fn a_plugin_in_python_passes_its_tests_and_binds() {
    if let Some(python) = find(Program::Python) {
        check_program("python", &python, "py");
    }
}

/// Runs cargo in the project, without a network.
fn cargo(project: &Path, verb: &str) -> Ran {
    let mut command = Command::new(env!("CARGO"));
    // Kept between runs, so that external dependencies are built once.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("projects");
    command
        .args([verb, "--offline", "--quiet"])
        .current_dir(project)
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_PROFILE_DEV_DEBUG", "0");
    Ran::of(command)
}

#[test]
fn a_plugin_in_rust_passes_its_tests_and_binds() {
    let bindery = user();
    let made = bindery.run(["plugin", "new", "--lang", "rust", "site"]);
    assert_eq!(made.success(), "site/README.md\n");
    let project = project(&bindery);
    cargo(&project, "build").success();
    let tested = cargo(&project, "test").success();
    assert!(tested.contains("2 passed"), "{tested}");

    let library = format!("libbindery_plugin_site{DLL_SUFFIX}");
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).join("projects/debug");
    fs::copy(built.join(&library), project.join(&library)).unwrap();
    check_rendered(&bindery, &["--plugin-dir", "site"]);
    check_rendered(&bindery, &["--plugin-dir", "site", "--isolate"]);
    let file = format!("site/{library}");
    bindery.run(["plugin", "check", &file]).success();

    // The project with the kit of this checkout.
    let kit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let kit = kit.to_str().unwrap();
    let new = [
        "plugin", "new", "--lang", "rust", "site", "--dir", "other", "--kit", kit,
    ];
    bindery.run(new).success();
    let other = bindery.home().join("work/other");
    assert!(!other.join("vendor").exists());
    cargo(&other, "test").success();
}

#[test]
fn an_existing_folder_is_not_changed() {
    let bindery = user();
    bindery.write("site/mine", "mine");
    let error = bindery
        .run(["plugin", "new", "--lang", "sh", "site"])
        .failure(5);
    assert_eq!(
        error,
        "error: `site` already exists\nhint: name another folder with `--dir`\n"
    );
    let names = |folder: &Path| -> BTreeSet<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    };
    assert_eq!(names(&project(&bindery)), ["mine".to_owned()].into());

    // A project that cannot be written leaves no files.
    let new = [
        "plugin",
        "new",
        "--lang",
        "sh",
        "site",
        "--dir",
        "gone/site",
    ];
    let error = bindery.run(new).failure(1);
    assert!(
        error.starts_with("error: cannot write `gone/site`\n"),
        "{error}"
    );
    let work = bindery.home().join("work");
    let all = ["a.aurora".to_owned(), "site".to_owned()];
    assert_eq!(names(&work), all.into());
}

#[test]
fn wrong_arguments_are_usage_errors() {
    let bindery = user();
    let error = bindery
        .run(["plugin", "new", "--lang", "sh", "my-site"])
        .failure(5);
    assert!(error.contains("a lower-case letter comes first"), "{error}");
    let error = bindery
        .run(["plugin", "new", "--lang", "sh", "site", "--kit", "."])
        .failure(5);
    assert_eq!(error, "error: `--kit` is for plugins in Rust\n");
    let error = bindery
        .run(["plugin", "new", "--lang", "rust", "site", "--kit", "."])
        .failure(5);
    assert!(
        error.starts_with("error: there is no `bindery-plugin` in `.`\n"),
        "{error}"
    );
    assert!(!project(&bindery).exists());
}
