//! One reference, from a cold process to its digest, compared with skopeo and crane.

use std::env;
use std::process::{Command, Output};

use bindery_fake_registry::{Image, Options, Registry};
use bindery_tests::{Bindery, Build, Guard, Policy, RealRegistry, Skopeo, TokenServer};

use crate::Builds;
use crate::contender::{Contender, Ours, machine, part, verdict};

const RUNS: usize = 21;
const REPOSITORY: &str = "bench/app";
const TAG: &str = "1";
const USER: &str = "alice";
const PASSWORD: &str = "secret";

/// Largest ratio of a resolve to skopeo.
const OF_SKOPEO: f64 = 0.25;

/// Largest ratio of a resolve to crane.
const OF_CRANE: f64 = 0.35;

/// Largest peak memory of a resolve, in MiB.
const MEMORY: f64 = 12.0;

/// Access without a credential.
const ANONYMOUS: &str = "anonymous";

/// Registry on loopback, with how it is accessed; a real one if it is installed.
enum Server<'a> {
    Real(RealRegistry, &'a str),
    Fake(Registry, &'a str),
}

impl<'a> Server<'a> {
    fn open() -> Self {
        match RealRegistry::start(Guard::Anonymous) {
            Some(registry) => Self::Real(registry, ANONYMOUS),
            None => Self::Fake(Registry::start(Options::anonymous()), ANONYMOUS),
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

pub fn run(builds: &Builds) {
    let rounds = builds.rounds(RUNS);
    let policy = Policy::default().user(USER, PASSWORD, "*");
    let tokens = TokenServer::start(policy);
    println!(
        "| one reference, whole process | median | of skopeo's time | at most | of crane's time | at most | peak memory | at most | of the older build |\n|---|---|---|---|---|---|---|---|---|"
    );
    let servers = [Server::open(), Server::with_tokens(tokens.as_ref())];
    for server in &servers {
        compare(server, builds, rounds);
    }
    let [open, guarded] = servers.each_ref().map(Server::name);
    println!(
        "\n{rounds} interleaved runs of {}, in alternating order, after one that does not count; each from the start of the process to its \
         end and without a cache, over plain HTTP on loopback against {open} and, with tokens, {guarded}. Every run printed the right \
         digest. Memory is the resident set of another run, measured by GNU time.\n",
        machine(builds)
    );
}

fn compare(server: &Server<'_>, builds: &Builds, rounds: usize) {
    let digest = server.push(&Image::oci("bench"));
    let address = server.address();
    let reference = format!("{address}/{REPOSITORY}:{TAG}");
    let user = |build: &Build| {
        Bindery::of(build)
            .devcluster(&address)
            .docker_login(&address, USER, PASSWORD)
            .installed()
    };
    let mut resolve = Ours::new(builds, |build| {
        let (bindery, reference) = (user(build), reference.clone());
        Contender::new("`bindery image resolve`", move || {
            bindery.command(["image", "resolve", "--no-cache", &reference])
        })
    });
    let mut render = Ours::new(builds, |build| {
        let bindery = user(build);
        bindery.write("one.aurora", &job_file());
        Contender::new("`bindery render` of a file with it", move || {
            bindery.command(["render", "--no-cache", "one.aurora"])
        })
    });
    let mut peers = peers(server, &reference);
    let check = |output: &Output| {
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.contains(&digest), "no {digest} in:\n{text}");
    };
    for round in 0..=rounds {
        // There and back: the process before leaves the processor's caches as the next one finds them.
        let mut turn = |place: usize| match place {
            0 => resolve.run(check),
            1 => render.run(check),
            _ => peers
                .iter_mut()
                .flatten()
                .for_each(|peer| check(&peer.run())),
        };
        if round % 2 == 0 {
            (0..3).for_each(&mut turn);
        } else {
            (0..3).rev().for_each(&mut turn);
        }
        if round == 0 {
            resolve.clear();
            render.clear();
            peers
                .iter_mut()
                .flatten()
                .for_each(|peer| peer.seconds.clear());
        }
    }

    let theirs = peers
        .each_ref()
        .map(|peer| peer.as_ref().map(Contender::median));
    let access = server.access();
    let of_older = resolve.of_older();
    row(&resolve.current, access, theirs, true, &of_older);
    let of_older = render.of_older();
    row(&render.current, access, theirs, false, &of_older);
    for peer in peers.iter().flatten() {
        row(peer, access, [None, None], false, "-");
    }
}

/// Returns skopeo and crane, if they are installed. `BINDERY_CRANE` can name the file of crane, which Debian does not package. Crane refuses
/// a token server on loopback, so it takes part only without tokens.
fn peers(server: &Server<'_>, reference: &str) -> [Option<Contender>; 2] {
    let skopeo = Skopeo::find().map(|skopeo| {
        let skopeo = skopeo.with_credential(USER, PASSWORD);
        let reference = reference.to_owned();
        Contender::new("`skopeo inspect --no-tags`", move || {
            skopeo.inspect(&reference)
        })
    });
    let program = env::var_os("BINDERY_CRANE").unwrap_or_else(|| "crane".into());
    let is_installed = Command::new(&program).arg("version").output().is_ok();
    let crane = (is_installed && server.access() == ANONYMOUS).then(|| {
        let user = Bindery::new().docker_login(&server.address(), USER, PASSWORD);
        let reference = reference.to_owned();
        Contender::new("`crane digest`", move || {
            let mut command = Command::new(&program);
            command
                .args(["digest", "--insecure", &reference])
                .env_clear()
                .env("HOME", user.home())
                .env("DOCKER_CONFIG", user.home().join(".docker"));
            command
        })
    });
    [skopeo, crane]
}

/// Prints a row. `is_judged` compares it with the limits.
fn row(
    contender: &Contender,
    access: &str,
    theirs: [Option<f64>; 2],
    is_judged: bool,
    of_older: &str,
) {
    let memory = match contender.peak_memory() {
        Some(peak) if is_judged => format!("{peak:.1} MiB | {}", verdict(peak, MEMORY, " MiB")),
        Some(peak) => format!("{peak:.1} MiB | -"),
        None => "- | -".to_owned(),
    };
    let ours = contender.median();
    let [skopeo, crane] = theirs;
    println!(
        "| {}, {access} | {:.2} ms | {} | {} | {memory} | {of_older} |",
        contender.name,
        ours * 1e3,
        part(ours, skopeo, is_judged.then_some(OF_SKOPEO)),
        part(ours, crane, is_judged.then_some(OF_CRANE))
    );
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
