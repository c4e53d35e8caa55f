//! One reference, from a cold process to its digest, beside skopeo.

use bindery_fake_registry::{Image, Options, Registry};
use bindery_tests::{Bindery, Guard, Policy, RealRegistry, Skopeo, TokenServer};

use crate::contender::{Contender, machine, part, verdict};

const RUNS: usize = 21;
const REPOSITORY: &str = "bench/app";
const TAG: &str = "1";
const USER: &str = "alice";
const PASSWORD: &str = "secret";

/// How much of skopeo's time a resolve may take.
const OF_SKOPEO: f64 = 0.25;

/// How much memory a resolve may take, in MiB.
const MEMORY: f64 = 12.0;

/// A registry on loopback, real if there is one; with tokens, if `tokens` gives them.
enum Server<'a> {
    Real(RealRegistry, &'a str),
    Fake(Registry, &'a str),
}

impl<'a> Server<'a> {
    fn open() -> Self {
        match RealRegistry::start(Guard::Anonymous) {
            Some(registry) => Self::Real(registry, "anonymous"),
            None => Self::Fake(Registry::start(Options::anonymous()), "anonymous"),
        }
    }

    fn with_tokens(tokens: Option<&TokenServer>) -> Self {
        let real = tokens.and_then(|tokens| RealRegistry::start(Guard::Token(tokens)));
        match real {
            Some(registry) => Self::Real(registry, "with tokens"),
            None => {
                let options = Options::token_for(USER, PASSWORD);
                Self::Fake(Registry::start(options), "with tokens")
            }
        }
    }

    fn address(&self) -> String {
        match self {
            Self::Real(registry, _) => registry.address().to_owned(),
            Self::Fake(registry, _) => registry.address(),
        }
    }

    fn push(&self, image: &Image) -> String {
        match self {
            Self::Real(registry, _) => registry.push(REPOSITORY, TAG, image),
            Self::Fake(registry, _) => registry.push(REPOSITORY, TAG, image),
        }
    }

    fn access(&self) -> &'a str {
        match self {
            Self::Real(_, access) | Self::Fake(_, access) => access,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Real(..) => "docker-registry",
            Self::Fake(..) => "bindery-fake-registry (docker-registry is not installed)",
        }
    }
}

pub fn run() {
    let policy = Policy::default().user(USER, PASSWORD, "*");
    let tokens = TokenServer::start(policy);
    println!(
        "| one reference, whole process | median | of skopeo's time | at most | peak memory | at most |\n|---|---|---|---|---|---|"
    );
    let servers = [Server::open(), Server::with_tokens(tokens.as_ref())];
    for server in &servers {
        compare(server);
    }
    let [open, guarded] = servers.each_ref().map(Server::name);
    println!(
        "\n{RUNS} interleaved runs of {}, there and back, after one that does not count, each from the start of the process to its end and with \
         nothing kept from an earlier one, over plain HTTP on loopback against {open} and, with tokens, {guarded}. Every run gave the right digest. Memory is the \
         resident set of a run of its own, as GNU time tells it.\n",
        machine()
    );
}

fn compare(server: &Server<'_>) {
    let digest = server.push(&Image::oci("bench"));
    let address = server.address();
    let reference = format!("{address}/{REPOSITORY}:{TAG}");
    let user = || {
        Bindery::new()
            .devcluster(&address)
            .docker_login(&address, USER, PASSWORD)
            .installed()
    };
    let (resolving, rendering) = (user(), user());
    rendering.write("one.aurora", &job_file());
    let named = reference.clone();
    let mut contenders = vec![
        Contender::new("`bindery image resolve`", move || {
            resolving.command(["image", "resolve", "--no-cache", &named])
        }),
        Contender::new("`bindery render` of a file with it", move || {
            rendering.command(["render", "--no-cache", "one.aurora"])
        }),
    ];
    if let Some(skopeo) = Skopeo::find() {
        let skopeo = skopeo.with_credential(USER, PASSWORD);
        contenders.push(Contender::new("`skopeo inspect --no-tags`", move || {
            skopeo.inspect(&reference)
        }));
    }
    for round in 0..=RUNS {
        // There and back: what runs before a process decides what it finds in the processor's caches.
        contenders.reverse();
        for contender in &mut contenders {
            let output = contender.run();
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(said.contains(&digest), "{} gave:\n{said}", contender.name);
            if round == 0 {
                contender.seconds.clear();
            }
        }
    }

    // An even number of turns, so that they stand as they were.
    let skopeo = contenders.get(2).map(Contender::median);
    for (position, contender) in contenders.iter().enumerate() {
        let judged = position == 0;
        let part = part(
            contender.median(),
            skopeo.filter(|_| position < 2),
            judged.then_some(OF_SKOPEO),
        );
        let memory = match contender.peak_memory() {
            Some(peak) if judged => format!("{peak:.1} MiB | {}", verdict(peak, MEMORY, " MiB")),
            Some(peak) => format!("{peak:.1} MiB | -"),
            None => "- | -".to_owned(),
        };
        println!(
            "| {}, {} | {:.2} ms | {part} | {memory} |",
            contender.name,
            server.access(),
            contender.median() * 1e3
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
