//! Whole processes against a real registry on loopback, beside skopeo.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use bindery_fake_registry::{Image, Options, Registry};
use bindery_tests::{Bindery, Guard, RealRegistry, Skopeo};

const RUNS: usize = 21;
const REPOSITORY: &str = "bench/app";
const TAG: &str = "1";

/// A registry on loopback, real if there is one.
enum Server {
    Real(RealRegistry),
    Fake(Registry),
}

impl Server {
    fn start() -> Self {
        match RealRegistry::start(Guard::Anonymous) {
            Some(registry) => Self::Real(registry),
            None => Self::Fake(Registry::start(Options::anonymous())),
        }
    }

    fn address(&self) -> String {
        match self {
            Self::Real(registry) => registry.address().to_owned(),
            Self::Fake(registry) => registry.address(),
        }
    }

    fn push(&self, image: &Image) -> String {
        match self {
            Self::Real(registry) => registry.push(REPOSITORY, TAG, image),
            Self::Fake(registry) => registry.push(REPOSITORY, TAG, image),
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Real(_) => "docker-registry, in memory",
            Self::Fake(_) => "bindery-fake-registry (docker-registry is not installed)",
        }
    }
}

/// One thing that is timed.
struct Contender {
    name: &'static str,
    make: Box<dyn Fn() -> Command>,
    times: Vec<Duration>,
}

impl Contender {
    fn new(name: &'static str, make: impl Fn() -> Command + 'static) -> Self {
        Self {
            name,
            make: Box::new(make),
            times: Vec::new(),
        }
    }

    /// From the start of the process to its end, its output read.
    fn run(&self, digest: &str) -> Duration {
        let mut command = (self.make)();
        let start = Instant::now();
        let output = command
            .output()
            .unwrap_or_else(|error| panic!("{} could not be run: {error}", self.name));
        let time = start.elapsed();
        let said = String::from_utf8_lossy(&output.stdout);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && said.contains(digest),
            "{} gave:\n{said}\n{complaint}",
            self.name
        );
        time
    }

    fn median(&self) -> Duration {
        let mut sorted = self.times.clone();
        sorted.sort();
        sorted[sorted.len() / 2]
    }
}

pub fn run() {
    let server = Server::start();
    let digest = server.push(&Image::oci("bench"));
    let reference = format!("{}/{REPOSITORY}:{TAG}", server.address());

    let bindery = || {
        let bindery = Bindery::new().devcluster(&server.address());
        bindery.write("one.aurora", &job_file());
        bindery
    };
    let (rendering, resolving) = (bindery(), bindery());
    let named = reference.clone();
    let mut contenders = vec![
        Contender::new("`bindery render` of a file with one ref", move || {
            rendering.command(["render", "one.aurora"])
        }),
        Contender::new("`bindery image resolve` of one reference", move || {
            resolving.command(["image", "resolve", &named])
        }),
    ];
    if let Some(skopeo) = Skopeo::find() {
        contenders.push(Contender::new("`skopeo inspect --no-tags`", move || {
            skopeo.inspect(&reference)
        }));
    }

    for contender in &contenders {
        contender.run(&digest);
    }
    for _ in 0..RUNS {
        for contender in &mut contenders {
            let time = contender.run(&digest);
            contender.times.push(time);
        }
    }
    report(&contenders, &server);
}

fn report(contenders: &[Contender], server: &Server) {
    let peer = contenders
        .iter()
        .find(|contender| contender.name.contains("skopeo"))
        .map(Contender::median);
    println!("| whole process | median | fastest | of skopeo's time |\n|---|---|---|---|");
    for contender in contenders {
        let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
        let fastest = contender.times.iter().min().copied().unwrap_or_default();
        let ratio = peer.map_or("-".to_owned(), |peer| {
            format!(
                "{:.0} %",
                100.0 * contender.median().as_secs_f64() / peer.as_secs_f64()
            )
        });
        let (median, fastest) = (milliseconds(contender.median()), milliseconds(fastest));
        println!(
            "| {} | {median:.2} ms | {fastest:.2} ms | {ratio} |",
            contender.name
        );
    }
    println!(
        "\n{RUNS} interleaved runs of {} after one that does not count, each from the start of the process to its end, \
         over plain HTTP on loopback against {}; {} processors. Every run gave the right digest.",
        crate::build(),
        server.name(),
        std::thread::available_parallelism().map_or(1, usize::from),
    );
    if peer.is_none() {
        println!(
            "skopeo is not installed, so there is nothing to compare with (Debian package `skopeo`)."
        );
    }
}

fn job_file() -> String {
    format!(
        "task = Task(
  processes = [Process(name = 'p', cmdline = 'true')],
  resources = Resources(cpu = 1, ram = 64 * MB, disk = 64 * MB),
)
jobs = [
  Service(
    cluster = 'devcluster', role = 'bench', environment = 'devel', name = 'one', task = task,
    container = Docker(image = '{{{{docker.image[{REPOSITORY}][{TAG}]}}}}'),
  ),
]
"
    )
}
