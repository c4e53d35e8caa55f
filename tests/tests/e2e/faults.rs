//! Faults of registries. Each has its own message and exit code, ends in time, leaves the output file unchanged, and reveals no
//! secret.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bindery_fake_registry::{
    Access, Account, Fault, Image, Options, Registry, TokenField, TokenService,
};
use bindery_tests::{Bindery, Ran};

use crate::images::job;

const USER: &str = "alice";
const PASSWORD: &str = "canary-of-the-password";

/// Longest time of a command whose requests are repeated: four waits of at most 3 s together, on a slow machine.
const REPEATED: Duration = Duration::from_secs(20);

/// Longest time of every other command.
const AT_ONCE: Duration = Duration::from_secs(10);

/// One fault, with the expected exit code.
struct FaultCase {
    name: &'static str,
    access: Access,
    faults: Vec<Fault>,
    within: Duration,
    code: i32,
    /// Settings of the user.
    settings: &'static str,
    /// Requested platform.
    platform: Option<&'static str>,
}

impl FaultCase {
    /// Fault of manifests, at a registry that requires a password.
    fn new<const N: usize>(name: &'static str, code: i32, faults: [Fault; N]) -> Self {
        Self {
            name,
            access: Access::Basic(vec![Account::new(USER, PASSWORD)]),
            faults: faults.to_vec(),
            within: AT_ONCE,
            code,
            settings: "",
            platform: None,
        }
    }

    /// Fault of tokens.
    fn of_tokens<const N: usize>(
        name: &'static str,
        code: i32,
        service: TokenService,
        faults: [Fault; N],
    ) -> Self {
        Self {
            access: Access::Token(service),
            ..Self::new(name, code, faults)
        }
    }

    /// Adds settings with short limits on time.
    fn impatient(mut self, settings: &'static str) -> Self {
        self.settings = settings;
        self
    }

    /// Requests the image for a platform.
    fn for_platform(mut self, platform: &'static str) -> Self {
        self.platform = Some(platform);
        self
    }

    fn repeated(mut self) -> Self {
        self.within = REPEATED;
        self
    }
}

fn tokens() -> TokenService {
    TokenService {
        accounts: vec![Account::new(USER, PASSWORD)],
        anonymous: false,
        ..TokenService::default()
    }
}

/// Fault: token responses have this body.
fn token_body(body: &str) -> Fault {
    Fault::status(200)
        .path("/token")
        .header("content-type", "application/json")
        .body(body)
}

/// Fault: manifests have these bytes, and responses have no digest.
fn manifest_body(body: &str) -> Fault {
    Fault::status(200)
        .header("content-type", "application/vnd.oci.image.manifest.v1+json")
        .body(body)
        .method("GET")
}

fn troubles() -> Vec<FaultCase> {
    // The first response is the challenge; the fault begins with the request that has the password.
    let head_refused = || Fault::head_refused().skip(1);
    let status = |status| Fault::status(status).skip(1);
    let lie = format!("sha256:{:064}", 0);
    vec![
        FaultCase::new(
            "lying header",
            4,
            [head_refused(), Fault::wrong_digest(&lie)],
        ),
        FaultCase::new(
            "bytes changed on the way",
            4,
            [head_refused(), Fault::corrupt()],
        ),
        FaultCase::new(
            "429 without end",
            4,
            [status(429).header("retry-after", "0")],
        )
        .repeated(),
        FaultCase::new(
            "429 for an hour",
            4,
            [status(429).header("retry-after", "3600")],
        ),
        FaultCase::new(
            "429 for longer than anybody waits",
            4,
            [status(429).header("retry-after", "5")],
        )
        .impatient("[limits]\nretry_seconds = 2\n"),
        FaultCase::new(
            "a body drop by drop",
            7,
            [
                head_refused(),
                Fault::drip(Duration::from_millis(100)).method("GET"),
            ],
        )
        .impatient("[limits]\nrequest_seconds = 2\n"),
        FaultCase::new(
            "no answer at all",
            7,
            [Fault::delay(Duration::from_secs(3600)).skip(1)],
        )
        .impatient("[limits]\nconnect_seconds = 1\nanswer_seconds = 1\n"),
        FaultCase::new("no image for the platform", 4, []).for_platform("linux/s390x"),
        FaultCase::new("503 without end", 4, [status(503)]).repeated(),
        FaultCase::new(
            "connection cut before the answer",
            7,
            [Fault::cut_in_head(0).skip(1)],
        )
        .repeated(),
        FaultCase::new("head cut", 7, [Fault::cut_in_head(30).skip(1)]).repeated(),
        FaultCase::new(
            "body cut",
            7,
            [head_refused(), Fault::cut_in_body(100).method("GET")],
        )
        .repeated(),
        FaultCase::new(
            "redirects in a circle",
            4,
            [Fault::redirect(307, "/v2/team/app/manifests/1").skip(1)],
        ),
        FaultCase::new(
            "redirect to a file",
            4,
            [Fault::redirect(302, "file:///etc/passwd").skip(1)],
        ),
        FaultCase::new(
            "10 GiB, as announced",
            4,
            [head_refused(), Fault::filler(10 << 30).method("GET")],
        ),
        FaultCase::new(
            "a body without end",
            4,
            [head_refused(), Fault::endless().method("GET")],
        ),
        FaultCase::new(
            "malformed JSON",
            4,
            [head_refused(), manifest_body("{\"a\":")],
        ),
        FaultCase::new(
            "JSON that is no manifest",
            4,
            [head_refused(), manifest_body("[1, 2]")],
        ),
        FaultCase::new(
            "a page instead of a manifest",
            4,
            [status(200)
                .header("content-type", "text/html")
                .body("<html>Welcome</html>")],
        ),
        FaultCase::new(
            "a page instead of an error",
            4,
            [status(418)
                .header("content-type", "text/html")
                .body("<html>I am a teapot</html>")],
        ),
        FaultCase::new("forbidden", 30, [status(403)]),
        FaultCase::new(
            "a challenge of another kind",
            4,
            [Fault::challenges(["Negotiate"])],
        ),
        FaultCase::new("401 without a challenge", 4, [Fault::status(401)]),
        FaultCase::of_tokens(
            "a token that ends at once",
            30,
            TokenService {
                lifetime: Duration::ZERO,
                ..tokens()
            },
            [],
        ),
        FaultCase::of_tokens(
            "a token for nothing",
            30,
            TokenService {
                accounts: vec![Account::new(USER, PASSWORD).only(["other/*"])],
                ..tokens()
            },
            [],
        ),
        FaultCase::of_tokens(
            "no token in the answer",
            4,
            TokenService {
                field: TokenField::Neither,
                ..tokens()
            },
            [],
        ),
        FaultCase::of_tokens(
            "a token answer that is no JSON",
            4,
            tokens(),
            [token_body("{\"token\":")],
        ),
        FaultCase::of_tokens(
            "a token that fits in no header",
            4,
            tokens(),
            [token_body("{\"token\": \"canary-of-a-token\\n\"}")],
        ),
        FaultCase::of_tokens(
            "a token answer without end",
            4,
            tokens(),
            [Fault::endless().path("/token")],
        ),
        FaultCase::of_tokens(
            "503 for tokens",
            4,
            tokens(),
            [Fault::status(503).path("/token")],
        )
        .repeated(),
        FaultCase::of_tokens(
            "429 for tokens",
            4,
            tokens(),
            [Fault::status(429)
                .path("/token")
                .header("retry-after", "3600")],
        ),
        FaultCase::of_tokens(
            "the token server refuses the password",
            30,
            TokenService {
                accounts: vec![Account::new(USER, "another")],
                ..tokens()
            },
            [],
        ),
        FaultCase::of_tokens(
            "tokens at no address",
            4,
            TokenService {
                realm: Some("/token?password=canary-of-a-realm".to_owned()),
                ..tokens()
            },
            [],
        ),
        FaultCase::of_tokens(
            "no token server",
            7,
            TokenService {
                // Only the superuser could listen on port 1.
                realm: Some("http://127.0.0.1:1/token".to_owned()),
                ..tokens()
            },
            [],
        ),
    ]
}

/// Output of `image resolve` and `render`.
struct Output {
    resolve: String,
    render: String,
    /// Whether the password was sent: otherwise the test for secrets proves nothing.
    password_sent: bool,
}

impl FaultCase {
    fn outcome(self) -> Output {
        let registry = Registry::start(Options {
            access: self.access,
        });
        registry.push("team/app", "1", &Image::oci("app"));
        let address = registry.address();
        let bindery = Bindery::new()
            .devcluster(&address)
            .docker_login(&address, USER, PASSWORD)
            .configure(&match self.platform {
                Some(platform) => format!("[plugin.docker]\nplatform = {platform:?}\n"),
                None => self.settings.to_owned(),
            });
        let locked = bindery.write("bindery.lock", "version = 1\n");
        bindery.write(
            "job.aurora",
            &job("Docker(image = '{{docker.image[team/app][1]}}')"),
        );
        let output = bindery.write("out.json", "as it was");
        let mut password_sent = true;
        let mut run = |arguments: &[&str]| {
            registry.heal();
            for fault in &self.faults {
                registry.fault(fault.clone());
            }
            let start = Instant::now();
            let mut command = bindery.command([]);
            command.args(arguments);
            let ran = Ran::within(self.within, command);
            let requests = registry.requests();
            assert!(
                requests.len() <= 30,
                "{}: {} requests in {:?}",
                self.name,
                requests.len(),
                start.elapsed()
            );
            let schemes = requests
                .iter()
                .filter_map(|request| request.authorization.as_deref());
            password_sent &= schemes.into_iter().any(|scheme| scheme == "basic");
            registry.forget_requests();
            assert_eq!(
                (ran.code, ran.stdout.as_str()),
                (Some(self.code), ""),
                "{}: {}",
                self.name,
                ran.stderr
            );
            ran.stderr
        };
        let reference = format!("{address}/team/app:1");
        let mut resolve = vec!["image", "resolve", &reference, "--output=json"];
        resolve.extend(
            self.platform
                .iter()
                .flat_map(|platform| ["--platform", platform]),
        );
        let resolve = run(&resolve);
        let render = run(&["render", "job.aurora", "--to-file", "out.json"]);
        let lock = run(&["lock", "job.aurora"]);
        assert_eq!(
            fs::read_to_string(locked).unwrap(),
            "version = 1\n",
            "{}: the lock file was touched",
            self.name
        );

        assert_eq!(
            fs::read_to_string(output).unwrap(),
            "as it was",
            "{}: the output was touched",
            self.name
        );
        let mut secrets = registry.tokens();
        secrets.extend([
            "canary".to_owned(),
            STANDARD.encode(format!("{USER}:{PASSWORD}")),
        ]);
        for secret in &secrets {
            for said in [&resolve, &render, &lock] {
                assert!(!said.contains(secret.as_str()), "{}: {said}", self.name);
            }
            assert_eq!(
                files_with(bindery.home(), secret),
                [] as [String; 0],
                "{}",
                self.name
            );
        }
        let hide = |text: String| text.replace(&address, "[REGISTRY]");
        Output {
            resolve: hide(resolve),
            render: hide(render),
            password_sent,
        }
    }
}

/// Returns the parts of an error, without the labels `error:` and `cause:`.
fn parts(said: &str) -> impl Iterator<Item = &str> {
    said.lines()
        .filter_map(|line| Some(line.split_once(": ")?.1))
}

/// Returns the files below a folder that contain a text, apart from the file with the login.
fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else if !path.ends_with(".docker/config.json") {
            let bytes = fs::read(&path).unwrap();
            let held = bytes
                .windows(text.len())
                .any(|window| window == text.as_bytes());
            if held || path.to_string_lossy().contains(text) {
                found.push(path.display().to_string());
            }
        }
    }
    found
}

#[test]
fn every_fault_ends_in_time_with_its_own_message_and_reveals_no_secret() {
    let mut outcomes = Vec::new();
    std::thread::scope(|scope| {
        let running: Vec<_> = troubles()
            .into_iter()
            .map(|trouble| {
                (
                    trouble.name,
                    trouble.code,
                    scope.spawn(|| trouble.outcome()),
                )
            })
            .collect();
        for (name, code, running) in running {
            outcomes.push((name, code, running.join().unwrap()));
        }
    });
    let mut document = String::new();
    let mut seen_before = BTreeMap::new();
    let mut unproven = Vec::new();
    for (name, code, outcome) in &outcomes {
        let text = match seen_before.get(&outcome.resolve) {
            Some(before) => format!("the same as: {before}\n"),
            None => outcome.resolve.clone(),
        };
        seen_before.entry(&outcome.resolve).or_insert(name);
        writeln!(document, "# {name}: {code}\n{text}").unwrap();
        for part in parts(&outcome.resolve) {
            let whole = parts(&outcome.render).any(|rendered| rendered == part);
            assert!(
                whole,
                "{name}: `render` does not say `{part}`:\n{}",
                outcome.render
            );
        }
        if !outcome.password_sent {
            unproven.push(*name);
        }
    }
    assert_eq!(
        unproven,
        [
            "a challenge of another kind",
            "401 without a challenge",
            "tokens at no address",
            "no token server"
        ],
        "nobody could have given a password away here"
    );
    crate::snapshot("faults", &document, &[]);
}

#[test]
fn missing_headers_and_passing_faults_are_made_up_for() {
    let digest = Image::oci("app").digest();
    let pages = "<html>busy</html>";
    for (name, faults) in [
        ("no digest header", vec![Fault::missing_digest()]),
        (
            "no digest in the header",
            vec![Fault::wrong_digest("sha256:xyz")],
        ),
        (
            "no content type",
            vec![
                Fault::remove_header("content-type"),
                Fault::missing_digest(),
            ],
        ),
        ("HEAD refused", vec![Fault::head_refused()]),
        ("HEAD cut", vec![Fault::cut_in_head(0).method("HEAD")]),
        ("503 twice", vec![Fault::status(503).body(pages).times(2)]),
        (
            "429 twice",
            vec![Fault::status(429).header("retry-after", "0").times(2)],
        ),
        (
            "cut once",
            vec![
                Fault::head_refused(),
                Fault::cut_in_body(10).skip(1).times(1),
            ],
        ),
        (
            "slow, but not too slow",
            vec![
                Fault::missing_digest(),
                Fault::drip(Duration::from_millis(1)),
            ],
        ),
    ] {
        let registry = Registry::start(Options::anonymous());
        registry.push("team/app", "1", &Image::oci("app"));
        for fault in faults {
            registry.fault(fault);
        }
        let reference = format!("{}/team/app:1", registry.address());
        let command = Bindery::new();
        let ran = Ran::within(REPEATED, command.command(["image", "resolve", &reference]));
        assert_eq!(ran.success(), format!("{digest}\n"), "{name}");
    }
}

#[test]
fn a_credential_does_not_follow_a_redirect_to_another_server() {
    let registry = Registry::start(Options::basic(USER, PASSWORD));
    let other = Registry::start(Options::anonymous());
    registry.push("team/app", "1", &Image::oci("app"));
    let digest = other.push("team/app", "1", &Image::oci("other"));
    let there = format!("http://{}/v2/team/app/manifests/1", other.address());
    registry.fault(Fault::redirect(307, &there).skip(1));
    let address = registry.address();
    let bindery = Bindery::new().docker_login(&address, USER, PASSWORD);
    let resolved = bindery.run(["image", "resolve", &format!("{address}/team/app:1")]);
    assert_eq!(resolved.success(), format!("{digest}\n"));
    let shown = |registry: &Registry| -> Vec<_> {
        let requests = registry.requests().into_iter();
        requests.map(|request| request.authorization).collect()
    };
    assert_eq!(shown(&registry), [None, Some("basic".to_owned())]);
    assert_eq!(shown(&other), [None]);
}
