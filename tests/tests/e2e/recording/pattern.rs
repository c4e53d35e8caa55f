//! Pattern for tests in Rust, shown in `docs/how-to/test-job-files.md` and compared with that page.

use std::path::Path;
use std::process::Command;

#[test]
fn jobs_render_as_recorded() {
    insta::glob!("jobs/*.aurora", |file| {
        insta::assert_snapshot!(render(file));
    });
}

/// Renders a job file; returns the jobs, or the error.
fn render(file: &Path) -> String {
    let folder = file.parent().expect("a file is in a folder");
    let ran = Command::new(bindery_tests::binary())
        .current_dir(folder)
        .args(["render", "--replay", "bindery.fixture.jsonl"])
        .arg(file.file_name().expect("a file has a name"))
        .env("LOGNAME", "tester")
        .output()
        .expect("bindery is installed");
    let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
    text(ran.stdout) + &text(ran.stderr)
}
