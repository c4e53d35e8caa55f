//! One small binder in three languages, with the same results in a job.

mod sessions;

use std::path::{Path, PathBuf};

use bindery_tests::{Bindery, Program, Ran, find};

/// Job with two refs to the binder.
const JOB: &str =
    "jobs = [Job(cluster = 'devcluster', role = 'r', environment = 'devel', name = 'n',
  task = SimpleTask('greet', 'echo {{greeting[en]}} {{greeting[en]}}'))]\n";

/// Returns the path of an example of the documentation.
pub(crate) fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../docs/examples")
        .canonicalize()
        .unwrap()
        .join(name)
}

/// Returns the table that declares a program as a plugin. Its name is `salute`, so that the library of the same build can be
/// denied.
pub(crate) fn exec(command: &[&str]) -> String {
    format!("[exec.salute]\ncommand = {command:?}\nbinders.greeting = \"greeting[*]\"\n")
}

/// Returns the ways to run the binder: name, configuration and options. Languages that are missing on this machine are left out.
fn variants() -> Vec<(&'static str, String, Vec<&'static str>)> {
    let file = |name: &str| example(name).display().to_string();
    let program = vec!["--deny-plugins", "greeting"];
    let mut variants = vec![
        (
            "sh",
            exec(&["/bin/sh", &file("greeting.sh")]),
            program.clone(),
        ),
        ("library", String::new(), Vec::new()),
        ("isolated library", String::new(), vec!["--isolate"]),
    ];
    if let Some(python) = find(Program::Python) {
        let command = [&*python.display().to_string(), &file("greeting.py")];
        variants.push(("python", exec(&command), program));
    }
    variants
}

/// Runs a command with each variant, and checks each result with `expected`.
#[track_caller]
fn check(files: &[(&str, &str)], arguments: &[&str], expected: impl Fn(Ran)) {
    for (name, toml, options) in variants() {
        let bindery = Bindery::new()
            .clusters(r#"[{"name": "devcluster"}]"#)
            .configure(&toml);
        for (name, text) in files {
            bindery.write(name, text);
        }
        let mut command = bindery.command(["render"]);
        command.args(arguments).args(options);
        println!("with {name}");
        expected(Ran::of(command));
    }
}

#[test]
fn every_variant_answers_in_a_job() {
    check(&[("a.aurora", JOB)], &["a.aurora"], |ran| {
        let text = ran.success();
        assert!(text.contains("\"echo hello hello\""), "{text}");
    });
}

#[test]
fn every_variant_reports_one_error_for_its_ref_and_answers_the_others() {
    let text = "{{greeting[en]}} {{greeting[tlh]}} {{ this }} {{greeting[x/y-z.w]}}\n";
    check(&[("motd", text)], &["motd", "--text"], |ran| {
        assert_eq!(
            ran.failure(4),
            "error: binder `greeting` could not bind `greeting[tlh]`\n  at motd:1:18\n   | {{greeting[en]}} {{greeting[tlh]}} {{ this }} {{greeting[x/y-z.w]}}\n   |                  ^\n  cause: no greeting in `tlh`\nhint: known languages: en\n\
             error: binder `greeting` could not bind `greeting[x/y-z.w]`\n  at motd:1:47\n   | {{greeting[en]}} {{greeting[tlh]}} {{ this }} {{greeting[x/y-z.w]}}\n   |                                               ^\n  cause: no greeting in `x/y-z.w`\nhint: known languages: en\n"
        );
    });
}

#[test]
fn every_variant_writes_the_same_lock_file() {
    for (name, toml, options) in variants() {
        let bindery = Bindery::new()
            .clusters(r#"[{"name": "devcluster"}]"#)
            .configure(&toml);
        bindery.write("a.aurora", JOB);
        let mut lock = bindery.command(["lock", "a.aurora"]);
        lock.args(&options);
        assert_eq!(
            Ran::of(lock).success(),
            "greeting[en] is `hello` (greeting, devcluster)\n",
            "with {name}"
        );
    }
}

#[test]
fn the_examples_pass_their_own_tests() {
    let run = |program: &Path, test: &str| {
        let mut command = std::process::Command::new(program);
        command
            .arg(example(test))
            .env("PYTHONDONTWRITEBYTECODE", "1");
        Ran::of(command).success();
    };
    run(Path::new("/bin/sh"), "test_greeting.sh");
    if let Some(python) = find(Program::Python) {
        run(&python, "test_greeting.py");
    }
}

#[test]
fn a_relative_program_starts_at_the_folder_of_the_configuration_that_names_it() {
    let bindery = Bindery::new().clusters(r#"[{"name": "devcluster"}]"#);
    let new = ["plugin", "new", "--lang", "sh", "site"];
    bindery.run(new).success();
    let toml = "[exec.site]\ncommand = [\"site/site.sh\"]\nbinders.site = \"site[*]\"\n";
    bindery.write("site.toml", toml);
    bindery.write("motd", "{{site[en]}}\n");
    let render = ["render", "--text", "motd", "--config", "site.toml"];
    assert_eq!(bindery.run(render).success(), "hello\n");
}

#[test]
fn programs_are_checked_with_the_libraries() {
    let sound = exec(&["/bin/sh", &example("greeting.sh").display().to_string()]);
    let bindery = Bindery::new().configure(&sound);
    let told = bindery.run(["plugin", "check"]).success();
    assert!(told.contains("sh` (plugin `salute`) is fit\n"), "{told}");

    let bindery = bindery.configure(&exec(&["/bin/sh", "-c", "echo why >&2; exit 7"]));
    let ran = bindery.run(["plugin", "check"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    for words in [
        "(plugin `salute`) cannot be opened",
        "exit status: 7",
        "its standard error: why",
    ] {
        assert!(ran.stderr.contains(words), "{words}: {}", ran.stderr);
    }
}
