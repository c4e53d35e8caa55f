//! Many references of a distant registry, compared with curl, which only sends the requests.

use std::process::Output;
use std::time::Duration;

use bindery_fake_registry::{Counts, Fault, Image, Options, Registry};
use bindery_tests::{Bindery, Build, Program, find};

use crate::Builds;
use crate::contender::{Contender, Ours, machine, part};

const ROUNDS: usize = 5;
const REFERENCES: usize = 1_000;
const REPOSITORIES: usize = 200;
const DISTANCE: Duration = Duration::from_millis(20);
const USER: &str = "alice";
const PASSWORD: &str = "secret";

/// Number of references, number of requests at a time, and largest ratio to curl.
const CASES: [(usize, usize, Option<f64>); 3] = [
    (100, 16, None),
    (REFERENCES, 16, Some(1.15)),
    (REFERENCES, 64, Some(1.3)),
];

/// Largest ratio of a run with tokens to an anonymous run.
const OF_ANONYMOUS: f64 = 2.0;

/// Registry with a thousand images in two hundred repositories, all with different digests.
struct Far {
    registry: Registry,
    digests: Vec<String>,
}

impl Far {
    fn new(options: Options) -> Self {
        let registry = Registry::start(options);
        let digests = (0..REFERENCES)
            .map(|number| {
                let (repository, tag) = name(number);
                registry.push(&repository, &tag, &Image::oci(&number.to_string()))
            })
            .collect();
        registry.fault(Fault::delay(DISTANCE).path("*"));
        Self { registry, digests }
    }

    /// Returns a user who may read the references `numbers`, and has them in the file `references`.
    fn user(&self, build: &Build, numbers: impl Iterator<Item = usize>) -> Bindery {
        let address = self.registry.address();
        let lines = numbers.map(|number| {
            let (repository, tag) = name(number);
            format!("{address}/{repository}:{tag}\n")
        });
        let user = Bindery::of(build)
            .docker_login(&address, USER, PASSWORD)
            .installed();
        user.write("references", &lines.collect::<String>());
        user
    }

    /// Returns the counts of requests since the last call.
    fn counts(&self) -> Counts {
        let counts = self.registry.counts();
        self.registry.forget_requests();
        counts
    }
}

/// Neighbours in the list are in different repositories, as in lists of real deployments.
fn name(number: usize) -> (String, String) {
    (
        format!("bench/app-{:04}", number % REPOSITORIES),
        format!("v{}", number / REPOSITORIES),
    )
}

/// Resolves the references `numbers`.
fn resolve(
    name: &str,
    far: &Far,
    builds: &Builds,
    numbers: impl Iterator<Item = usize> + Clone,
    jobs: usize,
) -> Ours {
    Ours::new(builds, |build| {
        let user = far.user(build, numbers.clone());
        Contender::new(name, move || {
            let jobs = format!("--jobs={jobs}");
            user.command([
                "image",
                "resolve",
                "--no-cache",
                &jobs,
                "--from",
                "references",
            ])
        })
    })
}

pub fn run(builds: &Builds) {
    println!(
        "| references, 20 ms away | median | of the time of | part | at most | manifest requests | token requests | connections | of the older build |\n\
         |---|---|---|---|---|---|---|---|---|"
    );
    let rounds = builds.rounds(ROUNDS);
    let open = Far::new(Options::anonymous());
    let guarded = Far::new(Options::token_for(USER, PASSWORD));
    for case in CASES {
        compare(&open, &guarded, builds, rounds, case);
    }
    repeated(&open, builds, rounds);
    println!(
        "\nMedians of {rounds} interleaved rounds of {}, each from the start of the process to its end, over plain HTTP on \
         loopback against bindery-fake-registry, which waits {} ms before each response. Distinct references in up to {REPOSITORIES} \
         repositories, or 100 references ten times. Requests and connections are the server's count of the last round; every \
         round printed the right digests. curl is `curl --parallel --head` of these addresses, and checks nothing.\n",
        machine(builds),
        DISTANCE.as_millis()
    );
}

fn compare(
    open: &Far,
    guarded: &Far,
    builds: &Builds,
    rounds: usize,
    (references, jobs, bar): (usize, usize, Option<f64>),
) {
    let name = |access: &str| format!("{references}, {access}, {jobs} jobs");
    let mut ours = resolve(&name("anonymous"), open, builds, 0..references, jobs);
    let mut with_tokens = resolve(&name("with tokens"), guarded, builds, 0..references, jobs);
    let mut curl = curl(open, references, jobs);
    let [open_digests, guarded_digests] = [open, guarded].map(|far| &far.digests[..references]);
    let each = references as u64;
    let mut counted = [Counts::default(); 3];
    for _ in 0..rounds {
        counted[0] = round(&mut ours, open, open_digests);
        assert_eq!(counted[0].manifests, each, "one request per reference");
        counted[1] = round(&mut with_tokens, guarded, guarded_digests);
        if let Some(curl) = &mut curl {
            open.counts();
            curl.run();
            counted[2] = open.counts();
            assert_eq!(
                counted[2].manifests, each,
                "one request of curl per reference"
            );
        }
    }
    let theirs = curl.as_ref().map(Contender::median);
    row(
        &ours.current,
        "curl",
        theirs,
        bar,
        counted[0],
        &ours.of_older(),
    );
    row(
        &with_tokens.current,
        "anonymous",
        Some(ours.median()),
        bar.map(|_| OF_ANONYMOUS),
        counted[1],
        &with_tokens.of_older(),
    );
    if let Some(curl) = &curl {
        row(curl, "-", None, None, counted[2], "-");
    }
}

/// A hundred references, ten times each.
fn repeated(open: &Far, builds: &Builds, rounds: usize) {
    let numbers = (0..REFERENCES).map(|number| number % 100);
    let digests: Vec<String> = numbers
        .clone()
        .map(|number| open.digests[number].clone())
        .collect();
    let name = "1000, anonymous, 900 of them repeated";
    let mut ours = resolve(name, open, builds, numbers, 16);
    let mut counted = Counts::default();
    for _ in 0..rounds {
        counted = round(&mut ours, open, &digests);
        assert_eq!(counted.manifests, 100, "one request per distinct reference");
    }
    row(&ours.current, "-", None, None, counted, &ours.of_older());
}

/// Runs each build once, checks the digests, and returns the counts of one run.
fn round(ours: &mut Ours, far: &Far, digests: &[String]) -> Counts {
    let mut counted = Counts::default();
    far.counts();
    ours.run(|output: &Output| {
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.lines().eq(digests), "other digests, or another order");
        counted = far.counts();
    });
    counted
}

fn curl(far: &Far, references: usize, jobs: usize) -> Option<Contender> {
    let curl = find(Program::Curl)?;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("curl");
    let addresses = (0..references).map(|number| {
        let (repository, tag) = name(number);
        let address = far.registry.address();
        format!("url = \"http://{address}/v2/{repository}/manifests/{tag}\"\n")
    });
    std::fs::write(&file, addresses.collect::<String>()).expect("the folder can be written");
    Some(Contender::new(
        format!("{references}, curl, {jobs} jobs"),
        move || {
            // The closure owns the folder, so that it lives as long as the contender.
            let file = folder.path().join("curl");
            let mut command = std::process::Command::new(&curl);
            command
                .args(["--disable", "--silent", "--head", "--parallel"])
                .args(["--parallel-max", &jobs.to_string()])
                .args([
                    "--header",
                    "Accept: application/vnd.oci.image.manifest.v1+json",
                ])
                .arg("--config")
                .arg(file);
            command
        },
    ))
}

fn row(
    contender: &Contender,
    peer: &str,
    theirs: Option<f64>,
    bar: Option<f64>,
    counted: Counts,
    of_older: &str,
) {
    let Counts {
        manifests,
        tokens,
        connections,
        ..
    } = counted;
    println!(
        "| {} | {:.3} s | {peer} | {} | {manifests} | {tokens} | {connections} | {of_older} |",
        contender.name,
        contender.median(),
        part(contender.median(), theirs, bar)
    );
}
