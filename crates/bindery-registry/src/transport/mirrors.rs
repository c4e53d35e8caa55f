//! Whom to ask for what a registry has: its mirrors in order, and the registry itself at last.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use bindery_http::Level;
use bindery_reference::Registry;

use crate::client::{Shared, is_cut};
use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorKind};
use crate::session::Session;
use crate::subject::Subject;

/// A mirror, and whose.
#[derive(Clone)]
pub(crate) struct Mirror<'a> {
    pub(crate) endpoint: &'a Endpoint,
    registry: Registry,
}

impl Mirror<'_> {
    /// What a proxy of several registries is told which one is meant (OCI distribution specification 1.1, "Registry Proxying").
    pub(crate) fn namespace(&self) -> String {
        if self.registry.is_docker_hub() {
            Registry::docker_hub().to_string()
        } else {
            self.registry.to_string()
        }
    }
}

/// The way from the first mirror to the registry.
///
/// An answer ends it. A mirror without one is passed over, whatever the reason: it may lag behind, lack a repository, or be
/// down, and only the registry itself says what holds. Nor is it asked again when its trouble may pass.
pub(crate) struct Way<'a> {
    shared: &'a Shared,
    subject: Subject,
    /// Those that are still to be asked, the next one last.
    mirrors: Vec<&'a Endpoint>,
    session: Session<'a>,
    passed: Vec<String>,
}

impl<'a> Way<'a> {
    pub(crate) fn new(shared: &'a Shared, subject: Subject) -> Self {
        let settings = shared.options.registry(&subject.registry);
        let mut mirrors: Vec<_> = settings
            .filter(|_| !shared.http.settings().offline)
            .map(|settings| settings.mirrors.iter().rev().collect())
            .unwrap_or_default();
        let session = next(shared, &subject, &mut mirrors);
        Self {
            shared,
            subject,
            mirrors,
            session,
            passed: Vec::new(),
        }
    }

    /// Whom to ask now.
    pub(crate) fn session(&self) -> &Session<'a> {
        &self.session
    }

    /// Takes what came of asking; `None` if somebody else is to be asked.
    pub(crate) fn settle<T>(&mut self, outcome: Result<T, Error>) -> Option<Result<T, Error>> {
        let error = match outcome {
            Ok(found) => return Some(Ok(found)),
            Err(error) => error,
        };
        let Some(mirror) = &self.session.mirror else {
            return Some(Err(match std::mem::take(&mut self.passed) {
                passed if passed.is_empty() => error,
                passed => Error::AfterMirrors {
                    source: Arc::new(Cause::of(&error, passed)),
                    own: Arc::new(error),
                },
            }));
        };
        let mut why = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            why.push_str(&format!(": {error}"));
            cause = error.source();
        }
        let passed = format!("the mirror {} was passed over: {why}", mirror.endpoint);
        self.shared.http.settings().log.tell(
            match error.kind() {
                ErrorKind::Failed if !is_trouble_of_theirs(&error) => Level::Warn,
                _ => Level::Info,
            },
            &passed,
        );
        if error.kind() == ErrorKind::NoAnswer && !is_cut(&error) {
            self.shared.hosts.learn_silence(&mirror.endpoint.registry);
        }
        self.passed.push(passed);
        self.session = next(self.shared, &self.subject, &mut self.mirrors);
        None
    }
}

/// The next that is to be asked. A mirror that did not answer once in this run is not waited for again.
fn next<'a>(shared: &'a Shared, subject: &Subject, mirrors: &mut Vec<&'a Endpoint>) -> Session<'a> {
    while let Some(endpoint) = mirrors.pop() {
        if !shared.hosts.is_silent(&endpoint.registry) {
            let registry = subject.registry.clone();
            let mirror = Mirror { endpoint, registry };
            return Session::at_mirror(shared, subject.clone(), mirror);
        }
    }
    Session::new(shared, subject.clone())
}

fn is_trouble_of_theirs(error: &Error) -> bool {
    match error {
        Error::RateLimited { .. } => true,
        Error::Unexpected { source, .. } => source.status.is_server_error(),
        _ => false,
    }
}

/// A link in a chain of causes that are known by their words.
#[derive(Clone, Debug)]
pub struct Cause {
    text: String,
    next: Option<Box<Cause>>,
}

impl Cause {
    /// The causes of `error`, and then these.
    fn of(error: &Error, others: Vec<String>) -> Self {
        let mut texts = Vec::new();
        let mut cause = error.source();
        while let Some(error) = cause {
            texts.push(error.to_string());
            cause = error.source();
        }
        texts.extend(others);
        let link = |next, text| Some(Box::new(Cause { text, next }));
        *texts
            .into_iter()
            .rev()
            .fold(None, link)
            .expect("there is a mirror among them")
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl StdError for Cause {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(self.next.as_deref()?)
    }
}
