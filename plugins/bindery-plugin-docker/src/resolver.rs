//! Resolver: asks registries for the images of a batch, and keeps the results.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bindery_diagnostic::Kind;
use bindery_oci::Descriptor;
use bindery_plugin::{Answer, BindError, BindErrorKind, Error, Host, Match, Setup, json};
use bindery_reference::{Digest, Form, Reference};
use bindery_registry::{Client, Error as RegistryError, ResolvedImage};
use once_cell::sync::OnceCell;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use crate::image_request::{ClusterRegistry, ImageRequest, with_hint};
use crate::keychain::HostKeychain;
use crate::settings::Settings;

/// Interval at which the host is asked whether the call was cancelled.
const CANCEL_CHECK: Duration = Duration::from_millis(100);

/// State that both binders share, so that a name and a tag mean the same image to both while the plugin is open.
pub(crate) struct Resolver {
    host: Host,
    settings: Settings,
    /// Runtime of the calling thread, created for the first request.
    runtime: OnceCell<Runtime>,
    /// Clients by the address of a registry, which may determine the scheme.
    clients: Mutex<HashMap<String, Client>>,
    resolved: Mutex<HashMap<ImageRequest, ResolvedImage>>,
}

/// Image of a request, with the form of its name.
pub(crate) struct Resolved<'a> {
    pub(crate) request: &'a ImageRequest,
    pub(crate) image: &'a ResolvedImage,
    form: Form,
}

impl Resolver {
    pub(crate) fn open(setup: &Setup) -> Result<Self, Error> {
        Ok(Self {
            host: setup.host().clone(),
            settings: Settings::read(setup)?,
            runtime: OnceCell::new(),
            clients: Mutex::default(),
            resolved: Mutex::default(),
        })
    }

    /// Returns one answer for each of `matches`, in their order; `write` creates the value of an answer.
    pub(crate) fn resolve(
        &self,
        matches: &[Match],
        write: impl Fn(&Resolved<'_>) -> Answer,
    ) -> Vec<Result<Answer, BindError>> {
        let requests = self.requests(matches);
        let open = self.open_requests(requests.iter().flatten().map(|(request, _)| request));
        let failures = match self.fetch(open) {
            Ok(failures) => failures,
            Err(error) => return matches.iter().map(|_| Err(error.clone())).collect(),
        };
        let resolved = self.resolved.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = |request: Result<(ImageRequest, Form), BindError>| {
            let (request, form) = request?;
            match (resolved.get(&request), failures.get(&request)) {
                (Some(image), _) => {
                    let resolved = Resolved {
                        request: &request,
                        image,
                        form,
                    };
                    Ok(write(&resolved).with_evidence(resolved.evidence()))
                }
                (None, Some(error)) => Err(bind_error(&request, error)),
                (None, None) => Err(BindError::new(
                    BindErrorKind::Cancelled,
                    "cancelled before the registry answered",
                )),
            }
        };
        requests.into_iter().map(answer).collect()
    }

    /// Checks a recalled answer: its evidence must be for the image that is requested now, and its value must be what `write` creates for
    /// the digest in the evidence.
    pub(crate) fn review(
        &self,
        found: &Match,
        recalled: &Answer,
        write: impl Fn(&Resolved<'_>) -> Answer,
    ) -> Result<(), BindError> {
        let registry = ClusterRegistry::find(&self.host, found.cluster())?;
        let request = registry.request(found.index(0), found.index(1))?;
        let evidence = |name: &str| Some(recalled.evidence()?.get(name)?.as_str()?.to_owned());
        let asked = evidence("asked").unwrap_or_default();
        if asked != request.reference.to_string() {
            let message = format!(
                "the answer is for `{asked}`, but `{}` is requested",
                request.reference
            );
            return Err(BindError::invalid(message));
        }
        let digest = Digest::parse(&evidence("digest").unwrap_or_default()).map_err(|error| {
            let message = format!("the evidence contains no digest of `{asked}`");
            BindError::invalid(message).because(&error)
        })?;
        let image = ResolvedImage {
            descriptor: Descriptor::new(digest),
            platforms: None,
        };
        // The form of names may have changed since, which does not change the image.
        let has_form = |form| {
            let resolved = Resolved {
                request: &request,
                image: &image,
                form,
            };
            write(&resolved).value() == recalled.value()
        };
        if !Form::ALL.into_iter().any(has_form) {
            let message = format!("the answer is not `{asked}` with the digest in its evidence");
            return Err(BindError::invalid(message));
        }
        Ok(())
    }

    /// Returns the request of each match, and the form of its answer. Looks up each cluster once.
    fn requests(&self, matches: &[Match]) -> Vec<Result<(ImageRequest, Form), BindError>> {
        let mut registries: HashMap<Option<&str>, Result<ClusterRegistry, BindError>> =
            HashMap::new();
        let mut requests = Vec::with_capacity(matches.len());
        for found in matches {
            let registry = registries.entry(found.cluster()).or_insert_with(|| {
                let registry = ClusterRegistry::find(&self.host, found.cluster())?;
                self.add_client(&registry, found.cluster().unwrap_or_default());
                Ok(registry)
            });
            requests.push(match registry {
                Ok(registry) => {
                    let form = self.settings.form.or(registry.form()).unwrap_or_default();
                    let request = registry.request(found.index(0), found.index(1));
                    request.map(|request| (request, form))
                }
                Err(error) => Err(error.clone()),
            });
        }
        requests
    }

    fn add_client(&self, registry: &ClusterRegistry, cluster: &str) {
        let endpoint = registry.endpoint();
        let address = registry.address();
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if clients.contains_key(address) {
            return;
        }
        let mut options = self.settings.options.clone();
        options.apply(endpoint);
        let keychain = Arc::new(HostKeychain(self.host.clone()));
        clients.insert(address.to_owned(), Client::new(options, keychain));
        self.host.debug(&format!(
            "cluster `{cluster}` has its images at `{}`",
            endpoint.registry
        ));
    }

    /// Returns the distinct requests that are not resolved yet, by the address of their registry.
    fn open_requests<'a>(
        &self,
        requests: impl Iterator<Item = &'a ImageRequest>,
    ) -> HashMap<String, Vec<ImageRequest>> {
        let resolved = self.resolved.lock().unwrap_or_else(PoisonError::into_inner);
        let mut open: HashMap<String, Vec<ImageRequest>> = HashMap::new();
        for request in requests.filter(|request| !resolved.contains_key(request)) {
            let at_address = open.entry(request.address.clone()).or_default();
            if !at_address.contains(request) {
                at_address.push(request.clone());
            }
        }
        open
    }

    /// Resolves all requests concurrently, stores the images, and returns the errors. After a cancellation, some requests have neither.
    fn fetch(
        &self,
        open: HashMap<String, Vec<ImageRequest>>,
    ) -> Result<HashMap<ImageRequest, RegistryError>, BindError> {
        let mut failures = HashMap::new();
        if open.is_empty() {
            return Ok(failures);
        }
        let runtime = self.runtime.get_or_try_init(|| {
            let runtime = Builder::new_current_thread()
                .enable_io()
                .enable_time()
                .build();
            runtime.map_err(|error| {
                BindError::failed("cannot create connections in this process").because(&error)
            })
        })?;
        let results = runtime.block_on(async {
            tokio::select! {
                results = self.fetch_all(open) => results,
                () = cancelled(&self.host) => Vec::new(),
            }
        });
        let mut resolved = self.resolved.lock().unwrap_or_else(PoisonError::into_inner);
        for (request, result) in results {
            match result {
                Ok(image) => {
                    let (reference, digest) = (&request.reference, &image.descriptor.digest);
                    let line = format!("resolved `{reference}` to `{digest}`");
                    self.host.info(&line);
                    resolved.insert(request, image);
                }
                Err(error) => {
                    failures.insert(request, error);
                }
            }
        }
        Ok(failures)
    }

    async fn fetch_all(
        &self,
        open: HashMap<String, Vec<ImageRequest>>,
    ) -> Vec<(ImageRequest, Result<ResolvedImage, RegistryError>)> {
        let jobs = self.settings.jobs;
        let mut running = JoinSet::new();
        for (address, requests) in open {
            let clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
            let client = clients.get(&address).cloned();
            let client = client.expect("the client was added with the request");
            drop(clients);
            let query = self.settings.query.clone();
            running.spawn(async move {
                let references: Vec<Reference> = requests
                    .iter()
                    .map(|request| request.reference.clone())
                    .collect();
                let results = client.resolve_all(&references, &query, jobs).await;
                requests.into_iter().zip(results).collect::<Vec<_>>()
            });
        }
        running.join_all().await.into_iter().flatten().collect()
    }
}

/// Waits until the call is cancelled.
async fn cancelled(host: &Host) {
    while !host.cancelled() {
        tokio::time::sleep(CANCEL_CHECK).await;
    }
}

impl Resolved<'_> {
    /// Returns the name of the image with its digest, in the form that the cluster or the user has chosen.
    pub(crate) fn to_text(&self) -> String {
        let digest = &self.image.descriptor.digest;
        self.form.write(&self.request.reference, digest)
    }

    /// Returns the evidence, which the lock file stores for reviewers of the answer.
    fn evidence(&self) -> bindery_plugin::Json {
        let descriptor = &self.image.descriptor;
        let mut evidence = json!({
            "asked": self.request.reference.to_string(),
            "registry": self.request.reference.registry.to_string(),
            "digest": descriptor.digest.as_str(),
            "media_type": descriptor.media_type.as_ref().map(|media_type| media_type.as_str()),
        });
        if let Some(platforms) = &self.image.platforms {
            let platforms = platforms.iter().map(ToString::to_string);
            evidence["platforms"] = platforms.collect::<Vec<_>>().into();
        }
        evidence
    }
}

/// Returns the error of the registry client as an error of the plugin interface.
fn bind_error(request: &ImageRequest, error: &RegistryError) -> BindError {
    let kind = match error.kind() {
        Kind::NotFound => BindErrorKind::NotFound,
        Kind::Denied => BindErrorKind::Denied,
        Kind::NoAnswer => BindErrorKind::NoAnswer,
        Kind::Invalid => BindErrorKind::Invalid,
        _ => BindErrorKind::Failed,
    };
    let mut bind_error = BindError::new(kind, error.to_string());
    if let Some(cause) = std::error::Error::source(error) {
        bind_error = bind_error.because(cause);
    }
    let registry_in_name = request
        .registry_in_name()
        .filter(|_| kind != BindErrorKind::NoAnswer);
    let hint = registry_in_name.map(|registry| {
        format!(
            "leave `{registry}/` out: the registry of a ref is the `docker_registry` of its cluster"
        )
    });
    with_hint(bind_error, hint.or_else(|| error.hint()))
}
