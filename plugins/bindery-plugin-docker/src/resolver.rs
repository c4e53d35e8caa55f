//! Asks the registries for a batch, and remembers what they said.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bindery_plugin::{Answer, BindError, BindErrorKind, Error, Host, Match, Setup, json};
use bindery_reference::{Digest, Form, Reference};
use bindery_registry::{Client, Descriptor, Error as RegistryError, ErrorKind, Image};
use once_cell::sync::OnceCell;
use tokio::runtime::{Builder, Runtime};

use crate::keychain::HostKeychain;
use crate::question::{Place, Question};
use crate::settings::Settings;

/// How often the host is asked whether the user wants an end.
const CANCEL_CHECK: Duration = Duration::from_millis(100);

/// What both binders share, so that a name and a tag mean the same image to both for as long as the plugin is open.
pub(crate) struct Resolver {
    host: Host,
    settings: Settings,
    /// A runtime of the calling thread, made for the first ref that is asked for.
    runtime: OnceCell<Runtime>,
    /// One client for each address that a cluster has for its registry: the address may settle how to speak with it.
    clients: Mutex<HashMap<String, Client>>,
    resolved: Mutex<HashMap<Question, Image>>,
}

/// What a registry said.
pub(crate) struct Resolved<'a> {
    pub(crate) question: &'a Question,
    pub(crate) image: &'a Image,
    /// How it is to be named.
    pub(crate) form: Form,
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

    /// Answers each of `found`, in their order; `write` makes the answer's value.
    pub(crate) fn resolve(
        &self,
        host: &Host,
        found: &[Match],
        write: impl Fn(&Resolved<'_>) -> Answer,
    ) -> Vec<Result<Answer, BindError>> {
        let questions = self.questions(host, found);
        let open = self.open_questions(questions.iter().flatten().map(|(question, _)| question));
        let failures = match self.ask(host, open) {
            Ok(failures) => failures,
            Err(error) => return found.iter().map(|_| Err(error.clone())).collect(),
        };
        let resolved = self.resolved.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = |asked: Result<(Question, Form), BindError>| {
            let (question, form) = asked?;
            match (resolved.get(&question), failures.get(&question)) {
                (Some(image), _) => {
                    let resolved = Resolved {
                        question: &question,
                        image,
                        form,
                    };
                    Ok(write(&resolved).with_evidence(resolved.evidence()))
                }
                (None, Some(error)) => Err(explain(&question, error)),
                (None, None) => Err(BindError::new(
                    BindErrorKind::Cancelled,
                    "cancelled before the registry answered",
                )),
            }
        };
        questions.into_iter().map(answer).collect()
    }

    /// Looks at an answer that an earlier run gave to `found`: it has to be for the image that is asked for now, and what `write`
    /// makes of the digest that was seen then.
    pub(crate) fn review(
        &self,
        host: &Host,
        found: &Match,
        recalled: &Answer,
        write: impl Fn(&Resolved<'_>) -> Answer,
    ) -> Result<(), BindError> {
        let place = Place::of(host, found.cluster())?;
        let question = place.question(found.index(0), found.index(1))?;
        let seen = |name: &str| Some(recalled.evidence()?.get(name)?.as_str()?.to_owned());
        let asked = seen("asked").unwrap_or_default();
        if asked != question.reference.to_string() {
            let now = &question.reference;
            let message = format!("it answers for `{asked}`, and `{now}` is asked for");
            return Err(BindError::invalid(message));
        }
        let digest = seen("digest").unwrap_or_default();
        let digest = Digest::parse(&digest).map_err(|error| {
            BindError::invalid(format!("its evidence has no digest of `{asked}`")).because(&error)
        })?;
        let image = Image {
            descriptor: Descriptor {
                media_type: None,
                digest,
                size: None,
            },
            platforms: None,
        };
        // How images are named may have changed since, which changes no image.
        let is_it = |form| {
            let resolved = Resolved {
                question: &question,
                image: &image,
                form,
            };
            write(&resolved).value() == recalled.value()
        };
        if !Form::ALL.into_iter().any(is_it) {
            let message = format!("its answer is not `{asked}` with the digest that was seen");
            return Err(BindError::invalid(message));
        }
        Ok(())
    }

    /// What each of `found` asks, and how the answer is to be named. A cluster is looked up once.
    fn questions(&self, host: &Host, found: &[Match]) -> Vec<Result<(Question, Form), BindError>> {
        let mut places: HashMap<Option<&str>, Result<Place, BindError>> = HashMap::new();
        let mut questions = Vec::with_capacity(found.len());
        for found in found {
            let place = places.entry(found.cluster()).or_insert_with(|| {
                let place = Place::of(host, found.cluster())?;
                self.make_client(&place, found.cluster().unwrap_or_default());
                Ok(place)
            });
            questions.push(match place {
                Ok(place) => {
                    let form = self.settings.form.or(place.form()).unwrap_or_default();
                    let question = place.question(found.index(0), found.index(1));
                    question.map(|question| (question, form))
                }
                Err(error) => Err(error.clone()),
            });
        }
        questions
    }

    fn make_client(&self, place: &Place, cluster: &str) {
        let endpoint = place.endpoint();
        let address = place.address();
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

    /// Those questions that have no answer yet, by the client to ask, each once.
    fn open_questions<'a>(
        &self,
        questions: impl Iterator<Item = &'a Question>,
    ) -> HashMap<String, Vec<Question>> {
        let resolved = self.resolved.lock().unwrap_or_else(PoisonError::into_inner);
        let mut open: HashMap<String, Vec<Question>> = HashMap::new();
        for question in questions.filter(|question| !resolved.contains_key(question)) {
            let same = open.entry(question.address.clone()).or_default();
            if !same.contains(question) {
                same.push(question.clone());
            }
        }
        open
    }

    /// Asks all at once, stores what was said, and gives back what went wrong. If the user wants an end, some have neither.
    fn ask(
        &self,
        host: &Host,
        open: HashMap<String, Vec<Question>>,
    ) -> Result<HashMap<Question, RegistryError>, BindError> {
        let mut failures = HashMap::new();
        if open.is_empty() {
            return Ok(failures);
        }
        let runtime = self.runtime.get_or_try_init(|| {
            let made = Builder::new_current_thread()
                .enable_io()
                .enable_time()
                .build();
            made.map_err(|error| {
                BindError::failed("no connections can be made in this process").because(&error)
            })
        })?;
        let answers = runtime.block_on(async {
            tokio::select! {
                answers = self.ask_all(open) => answers,
                () = until_cancelled(host) => Vec::new(),
            }
        });
        let mut resolved = self.resolved.lock().unwrap_or_else(PoisonError::into_inner);
        for (question, answer) in answers {
            match answer {
                Ok(image) => {
                    let (reference, digest) = (&question.reference, &image.descriptor.digest);
                    host.info(&format!("resolved `{reference}` to `{digest}`"));
                    resolved.insert(question, image);
                }
                Err(error) => {
                    failures.insert(question, error);
                }
            }
        }
        Ok(failures)
    }

    async fn ask_all(
        &self,
        open: HashMap<String, Vec<Question>>,
    ) -> Vec<(Question, Result<Image, RegistryError>)> {
        let jobs = self.settings.jobs;
        let mut running = tokio::task::JoinSet::new();
        for (address, questions) in open {
            let client = self
                .clients
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .get(&address)
                .cloned();
            let client = client.expect("a client was made with the question");
            let wish = self.settings.wish.clone();
            running.spawn(async move {
                let references: Vec<Reference> = questions
                    .iter()
                    .map(|question| question.reference.clone())
                    .collect();
                let answers = client.resolve_all(&references, &wish, jobs).await;
                questions.into_iter().zip(answers).collect::<Vec<_>>()
            });
        }
        running.join_all().await.into_iter().flatten().collect()
    }
}

async fn until_cancelled(host: &Host) {
    while !host.cancelled() {
        tokio::time::sleep(CANCEL_CHECK).await;
    }
}

impl Resolved<'_> {
    /// The image with its digest, named as the cluster or the user wants it.
    pub(crate) fn named(&self) -> String {
        self.form
            .write(&self.question.reference, &self.image.descriptor.digest)
    }

    /// What the lockfile keeps for whoever reviews the answer.
    fn evidence(&self) -> bindery_plugin::Json {
        let descriptor = &self.image.descriptor;
        let mut evidence = json!({
            "asked": self.question.reference.to_string(),
            "registry": self.question.reference.registry.to_string(),
            "digest": descriptor.digest.as_str(),
            "media_type": descriptor.media_type.as_ref().map(|kind| kind.as_str()),
        });
        if let Some(platforms) = &self.image.platforms {
            let platforms = platforms.iter().map(ToString::to_string);
            evidence["platforms"] = platforms.collect::<Vec<_>>().into();
        }
        evidence
    }
}

/// A registry client's error, in the words of the seam.
fn explain(question: &Question, error: &RegistryError) -> BindError {
    let kind = match error.kind() {
        ErrorKind::NotFound => BindErrorKind::NotFound,
        ErrorKind::Denied => BindErrorKind::Denied,
        ErrorKind::NoAnswer => BindErrorKind::NoAnswer,
        _ if matches!(error, RegistryError::Keychain { .. }) => BindErrorKind::Invalid,
        _ => BindErrorKind::Failed,
    };
    let mut told = BindError::new(kind, error.to_string());
    if let Some(cause) = std::error::Error::source(error) {
        told = told.because(cause);
    }
    let misplaced = question.registry_in_name().filter(|_| kind != BindErrorKind::NoAnswer).map(|registry| {
        format!("a ref names no registry, the cluster's `docker_registry` does: leave `{registry}/` out")
    });
    match misplaced.or_else(|| error.hint()) {
        Some(hint) => told.hint(hint),
        None => told,
    }
}
