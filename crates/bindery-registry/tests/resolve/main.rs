//! Client against a fake registry, which speaks the real protocol and fails on request.

mod authentication;
mod batch;
mod blobs;
mod cache;
mod errors;
mod large_blobs;
mod lists;
mod manifests;
mod mirrors;
mod platforms;
mod refresh;
mod schemes;

use std::error::Error as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bindery_credentials::{Credential, Keychain, KeychainError};
use bindery_fake_registry::Registry as Fake;
use bindery_http::{RetryPolicy, Settings};
use bindery_oci::Descriptor;
use bindery_reference::{Reference, Registry};
use bindery_registry::{Client, ClientOptions, Error, RegistrySettings};
use bindery_secret::Secret;

/// Part of every password in these tests; no output may contain it.
const CANARY: &str = "canary";

/// Keychain with one user for all registries, which records its calls.
#[derive(Default)]
struct OneUser {
    user: Option<(&'static str, &'static str)>,
    calls: Mutex<Vec<String>>,
}

impl Keychain for OneUser {
    fn credential(
        &self,
        registry: &Registry,
        repository: &str,
        actions: &[&str],
    ) -> Result<Option<Credential>, KeychainError> {
        self.calls
            .lock()
            .unwrap()
            .push(format!("{registry} {repository} {}", actions.join(",")));
        Ok(self.user.map(|(username, password)| Credential::Basic {
            username: username.to_owned(),
            password: Secret::new(password),
        }))
    }
}

/// Keychain with one credential for all registries.
struct OneCredential(Credential);

impl Keychain for OneCredential {
    fn credential(
        &self,
        _registry: &Registry,
        _repository: &str,
        _actions: &[&str],
    ) -> Result<Option<Credential>, KeychainError> {
        Ok(Some(self.0.clone()))
    }
}

/// Options with short pauses between the repetitions of a request.
fn quick() -> ClientOptions {
    ClientOptions {
        http: Settings {
            retry: RetryPolicy {
                base: Duration::from_millis(1),
                ..RetryPolicy::default()
            },
            ..Settings::default()
        },
        ..ClientOptions::default()
    }
}

fn anonymous() -> Client {
    Client::new(quick(), Arc::new(OneUser::default()))
}

fn user(name: &'static str, password: &'static str) -> (Client, Arc<OneUser>) {
    let keychain = Arc::new(OneUser {
        user: Some((name, password)),
        ..OneUser::default()
    });
    (Client::new(quick(), Arc::clone(&keychain) as _), keychain)
}

fn with_settings(fake: &Fake, settings: RegistrySettings) -> Client {
    let mut options = quick();
    options
        .registries
        .insert(Registry::parse(&fake.address()).unwrap(), settings);
    Client::new(options, Arc::new(OneUser::default()))
}

/// Returns the reference `name` in the registry `fake`.
fn reference(fake: &Fake, name: &str) -> Reference {
    Reference::parse(&format!("{}/{name}", fake.address())).unwrap()
}

async fn resolve(client: &Client, fake: &Fake, name: &str) -> Result<Descriptor, Error> {
    client.resolve(&reference(fake, name)).await
}

/// Asserts that `name` resolves to `digest`.
async fn check(client: &Client, fake: &Fake, name: &str, digest: &str) {
    match resolve(client, fake, name).await {
        Ok(descriptor) => assert_eq!(descriptor.digest.as_str(), digest),
        Err(error) => panic!("{}", report(fake, &error)),
    }
}

/// Returns the requests since the last call, in order.
fn lines(fake: &Fake) -> Vec<String> {
    let lines = fake
        .requests()
        .iter()
        .map(|request| request.line())
        .collect();
    fake.forget_requests();
    lines
}

/// Returns the error as a user sees it: message, causes, hint. Replaces ports.
fn report(fake: &Fake, error: &Error) -> String {
    assert!(!format!("{error:?}").contains(CANARY), "{error:?}");
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!("\n  cause: {error}"));
        cause = error.source();
    }
    if let Some(hint) = error.hint() {
        text.push_str(&format!("\nhint: {hint}"));
    }
    assert!(!text.contains(CANARY), "{text}");
    text.replace(&fake.address(), "registry:5000")
}
