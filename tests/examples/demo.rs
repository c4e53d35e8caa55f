//! `cargo xtask demo`: renders a job file, with its image bound to the digest in a registry.
//!
//! The registry is in this process, on loopback, with one small image in it.

use std::env;
use std::path::Path;
use std::process::ExitCode;

use bindery_fake_registry::{Image, Options, Registry};
use bindery_tests::{Bindery, binary};

const REPOSITORY: &str = "library/python";
const TAG: &str = "3.12";

const JOB_FILE: &str = "\
hello = Process(
  name = 'hello',
  cmdline = 'python -m http.server {{thermos.ports[http]}}',
)

hello_task = Task(
  processes = [hello],
  resources = Resources(cpu = 0.5, ram = 64 * MB, disk = 64 * MB),
)

jobs = [
  Service(
    cluster = 'devcluster',
    role = 'www-data',
    environment = 'devel',
    name = 'hello',
    task = hello_task,
    container = Docker(
      image = '{{docker.image[library/python][3.12]}}',
    ),
  ),
]
";

fn main() -> ExitCode {
    let registry = Registry::start(Options::anonymous());
    let digest = registry.push(REPOSITORY, TAG, &Image::oci("hello"));
    let address = registry.address();
    println!(
        "A registry listens on {address}. The digest of {REPOSITORY}:{TAG} in it is\n{digest}.\n"
    );

    let bindery = Bindery::new().devcluster(&address);
    bindery.write("hello.aurora", JOB_FILE);
    let ran = bindery.run(["render", "hello.aurora"]);
    if ran.code != Some(0) {
        eprint!(
            "`bindery render hello.aurora` ended with {:?}:\n{}",
            ran.code, ran.stderr
        );
        return ExitCode::FAILURE;
    }
    print!(
        "{}",
        side_by_side(
            "hello.aurora",
            JOB_FILE,
            "bindery render hello.aurora",
            &ran.stdout
        )
    );

    println!("\nRequests of the registry:");
    for request in registry.requests() {
        let status = request
            .status
            .map_or("cut".to_owned(), |status| status.to_string());
        println!("  {} -> {status}", request.line());
    }

    let bound = format!("{address}/{REPOSITORY}@{digest}");
    if !ran.stdout.contains(&bound) {
        eprintln!("\nerror: the rendered job does not contain `{bound}`");
        return ExitCode::FAILURE;
    }
    println!(
        "\nBound to the digest in the registry:\n  {{{{docker.image[{REPOSITORY}][{TAG}]}}}}\n  {bound}"
    );
    let program = relative(&binary());
    println!(
        "
Try a file of your own:

  {program} render FILE

Every cluster of the file has to be defined in clusters.json, in $AURORA_CONFIG_ROOT (default: /etc/aurora) or in ~/.aurora.
Its key `docker_registry` names the registry of its images; the default is Docker Hub:

  [{{\"name\": \"devcluster\", \"docker_registry\": \"https://registry.example.org\"}}]

  {program} image resolve registry.example.org/team/app:1.4    the digest of one image
  {program} --help                                             everything else"
    );
    ExitCode::SUCCESS
}

/// Writes two texts in two columns under their titles. Only the left column has a width: no text is cut or wrapped.
fn side_by_side(left_title: &str, left: &str, right_title: &str, right: &str) -> String {
    let width = left
        .lines()
        .map(|line| line.chars().count())
        .fold(left_title.len(), usize::max);
    let mut text = format!(
        "{left_title:width$} | {right_title}\n{:-<width$}-|-{:-<width$}\n",
        "", ""
    );
    let rows = left.lines().count().max(right.lines().count());
    let blank = std::iter::repeat("");
    for (left, right) in left
        .lines()
        .chain(blank.clone())
        .zip(right.lines().chain(blank))
        .take(rows)
    {
        text.push_str(format!("{left:width$} | {right}").trim_end());
        text.push('\n');
    }
    text
}

/// Returns the path relative to the current folder, if it is below it.
fn relative(path: &Path) -> String {
    let here = env::current_dir().unwrap_or_default();
    path.strip_prefix(&here)
        .unwrap_or(path)
        .display()
        .to_string()
}
