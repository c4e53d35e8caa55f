//! Many references at a registry that is not near, beside curl, which does no more than ask.

use std::time::Duration;

use bindery_fake_registry::{Counts, Fault, Image, Options, Registry};
use bindery_tests::{Bindery, Program, find};

use crate::contender::{Contender, machine, part};

const ROUNDS: usize = 5;
const REFERENCES: usize = 1_000;
const REPOSITORIES: usize = 200;
const DISTANCE: Duration = Duration::from_millis(20);
const USER: &str = "alice";
const PASSWORD: &str = "secret";

/// How many there are, how many are asked for at a time, and how much of curl's time that may take.
const CASES: [(usize, usize, Option<f64>); 3] = [
    (100, 16, None),
    (REFERENCES, 16, Some(1.15)),
    (REFERENCES, 64, Some(1.3)),
];

/// How much of the anonymous time it may take with tokens.
const OF_ANONYMOUS: f64 = 2.0;

/// A registry with a thousand images, each of another digest, in two hundred repositories.
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

    /// A user who has the list of references `numbers` as `references`, and may read them.
    fn user(&self, numbers: impl Iterator<Item = usize>) -> Bindery {
        let address = self.registry.address();
        let lines = numbers.map(|number| {
            let (repository, tag) = name(number);
            format!("{address}/{repository}:{tag}\n")
        });
        let user = Bindery::new()
            .docker_login(&address, USER, PASSWORD)
            .installed();
        user.write("references", &lines.collect::<String>());
        user
    }

    /// What was asked for since the last time.
    fn counts(&self) -> Counts {
        let counts = self.registry.counts();
        self.registry.forget_requests();
        counts
    }
}

/// Neighbours in the list are in different repositories, as in what people write.
fn name(number: usize) -> (String, String) {
    (
        format!("bench/app-{:04}", number % REPOSITORIES),
        format!("v{}", number / REPOSITORIES),
    )
}

fn resolve(name: &str, user: Bindery, jobs: usize) -> Contender {
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
}

pub fn run() {
    println!(
        "| references, 20 ms away | median | of the time of | part | at most | manifest requests | token requests | connections |\n\
         |---|---|---|---|---|---|---|---|"
    );
    let open = Far::new(Options::anonymous());
    let guarded = Far::new(Options::token_for(USER, PASSWORD));
    for (references, jobs, bar) in CASES {
        compare(&open, &guarded, references, jobs, bar);
    }
    repeated(&open);
    println!(
        "\nMedians of {ROUNDS} interleaved rounds of {}, each from the start of the process to its end, over plain HTTP on \
         loopback against bindery-fake-registry, which waits {} ms before each answer. Distinct references in up to {REPOSITORIES} \
         repositories, or 100 of them ten times. Requests and connections are the server's count of the last round; every \
         round gave the right digests. curl is `curl --parallel --head` of the same addresses, and checks nothing.\n",
        machine(),
        DISTANCE.as_millis()
    );
}

fn compare(open: &Far, guarded: &Far, references: usize, jobs: usize, bar: Option<f64>) {
    let mut ours = resolve(
        &format!("{references}, anonymous, {jobs} jobs"),
        open.user(0..references),
        jobs,
    );
    let mut with_tokens = resolve(
        &format!("{references}, with tokens, {jobs} jobs"),
        guarded.user(0..references),
        jobs,
    );
    let mut curl = curl(open, references, jobs);
    let [open_digests, guarded_digests] = [open, guarded].map(|it| &it.digests[..references]);
    let each = references as u64;
    let mut counted = [Counts::default(); 3];
    for _ in 0..ROUNDS {
        counted[0] = round(&mut ours, open, open_digests);
        assert_eq!(counted[0].manifests, each, "each is asked for once");
        counted[1] = round(&mut with_tokens, guarded, guarded_digests);
        if let Some(curl) = &mut curl {
            open.counts();
            curl.run();
            counted[2] = open.counts();
            assert_eq!(counted[2].manifests, each, "curl asks for each once");
        }
    }
    let theirs = curl.as_ref().map(Contender::median);
    row(&ours, "curl", theirs, bar, counted[0]);
    row(
        &with_tokens,
        "anonymous",
        Some(ours.median()),
        bar.map(|_| OF_ANONYMOUS),
        counted[1],
    );
    if let Some(curl) = &curl {
        row(curl, "-", None, None, counted[2]);
    }
}

/// A hundred references, each of them ten times.
fn repeated(open: &Far) {
    let numbers = || (0..REFERENCES).map(|number| number % 100);
    let digests: Vec<String> = numbers()
        .map(|number| open.digests[number].clone())
        .collect();
    let mut ours = resolve(
        "1000, anonymous, of which 900 repeat",
        open.user(numbers()),
        16,
    );
    let mut counted = Counts::default();
    for _ in 0..ROUNDS {
        counted = round(&mut ours, open, &digests);
        assert_eq!(
            counted.manifests, 100,
            "what repeats is not asked for again"
        );
    }
    row(&ours, "-", None, None, counted);
}

/// One run that gives these digests, and what it asked for.
fn round(contender: &mut Contender, far: &Far, digests: &[String]) -> Counts {
    far.counts();
    let output = contender.run();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        said.lines().eq(digests),
        "{}: other digests, or in another order",
        contender.name
    );
    far.counts()
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
            // The folder has to live as long as this.
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

fn row(contender: &Contender, peer: &str, theirs: Option<f64>, bar: Option<f64>, counted: Counts) {
    let Counts {
        manifests,
        tokens,
        connections,
        ..
    } = counted;
    println!(
        "| {} | {:.3} s | {peer} | {} | {manifests} | {tokens} | {connections} |",
        contender.name,
        contender.median(),
        part(contender.median(), theirs, bar)
    );
}
