//! One reference on its way to its registry: the scheme, the request, and what follows a refusal.

use std::sync::Arc;

use bindery_http::header::{ACCEPT, ACCEPT_ENCODING, HeaderValue};
use bindery_http::{Error as HttpError, Method, NoAnswer, Request, Response, StatusCode, Url};

use crate::authorization::{Shown, denial};
use crate::client::{LONGEST_ANSWER, Shared, schemes};
use crate::error::{Denial, Error};
use crate::host::{Scheme, Want};
use crate::mirrors::Mirror;
use crate::oci::{ACCEPT_INDEX, ACCEPT_MANIFESTS};
use crate::subject::{Part, Subject};
use crate::token::{Demand, ScopeSet};

pub(crate) struct Session<'a> {
    pub(crate) shared: &'a Shared,
    /// What is asked for, with the registry that is asked: at a mirror it is the mirror.
    pub(crate) reference: Arc<Subject>,
    /// The mirror that is asked, if it is one.
    pub(crate) mirror: Option<Mirror<'a>>,
    /// The page of a list that is asked for, if it is not the first.
    page: Option<Url>,
}

/// An answer, and as whom it was asked for.
pub(crate) struct Reply {
    pub(crate) method: Method,
    pub(crate) response: Response,
    pub(crate) user: Option<Arc<str>>,
    /// Why it is a 401, if it is one.
    pub(crate) denial: Option<Denial>,
}

impl<'a> Session<'a> {
    pub(crate) fn new(shared: &'a Shared, subject: Subject) -> Self {
        Self {
            shared,
            reference: Arc::new(subject),
            mirror: None,
            page: None,
        }
    }

    /// Asks a mirror, as whoever we are to the mirror's own host.
    pub(crate) fn at_mirror(shared: &'a Shared, subject: Subject, mirror: Mirror<'a>) -> Self {
        Self {
            shared,
            reference: Arc::new(Subject {
                registry: mirror.endpoint.registry.clone(),
                ..subject
            }),
            mirror: Some(mirror),
            page: None,
        }
    }

    /// The same list, at another of its pages, whose address must be the registry's own.
    pub(crate) fn at(&self, page: Url) -> Self {
        Self {
            shared: self.shared,
            reference: Arc::clone(&self.reference),
            mirror: self.mirror.clone(),
            page: Some(page),
        }
    }

    /// The registry's name, for messages.
    pub(crate) fn registry_name(&self) -> Arc<str> {
        self.reference.registry.to_string().into()
    }

    /// Asks for what this is about, in the registry's scheme.
    ///
    /// Where the scheme is not known, a server that answers in another protocol is asked once more in the other scheme.
    pub(crate) async fn ask(&self, method: Method) -> Result<Reply, Error> {
        if let Some(plain_http) = self
            .mirror
            .as_ref()
            .and_then(|mirror| mirror.endpoint.plain_http)
        {
            return self.ask_in(Scheme::of(plain_http), method).await;
        }
        let hosts = &self.shared.hosts;
        let registry = &self.reference.registry;
        if let Some(scheme) = hosts.scheme(registry) {
            return self.ask_in(scheme, method).await;
        }
        let candidates = schemes(self.shared, &self.reference);
        let (first, second) = (candidates[0], candidates.get(1).copied());
        let outcome = self.ask_in(first, method.clone()).await;
        let Some(second) = second.filter(|_| speaks_otherwise(first, &outcome)) else {
            if outcome.is_ok() {
                hosts.learn_scheme(registry, first);
            }
            return outcome;
        };
        let other = self.ask_in(second, method).await;
        match &other {
            Ok(_) => hosts.learn_scheme(registry, second),
            // It speaks neither: the first answer tells more.
            Err(Error::NoAnswer { source, .. }) if !is_about_tls(source) => return outcome,
            Err(_) => {}
        }
        other
    }

    async fn ask_in(&self, scheme: Scheme, method: Method) -> Result<Reply, Error> {
        let url = match &self.page {
            Some(page) => page.clone(),
            None => self.url(scheme)?,
        };
        let mut request = Request {
            method,
            limit: LONGEST_ANSWER,
            // After a mirror there is somebody else to ask.
            insist: self.mirror.is_none(),
            ..Request::get(url)
        };
        let accept = match self.reference.part {
            Part::Manifest => ACCEPT_MANIFESTS,
            Part::Referrers => ACCEPT_INDEX,
            Part::Tags => "application/json",
            Part::Blob => "*/*",
        };
        let headers = &mut request.headers;
        headers.insert(ACCEPT, HeaderValue::from_static(accept));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));

        let mut shown = match self.shared.hosts.want(&self.reference.registry) {
            None => None,
            Some(want) => self.show(scheme, &want, &self.own_scope(), None).await?,
        };
        let mut refusals = 0;
        let mut asked = None;
        loop {
            let response = self.send(&mut request, shown.as_ref()).await?;
            if response.status != StatusCode::UNAUTHORIZED {
                if response.status != StatusCode::FORBIDDEN {
                    self.keep(shown.as_ref());
                }
                return Ok(self.reply(request.method, response, shown, None));
            }
            refusals += 1;
            let (want, scopes) = match (self.wanted(scheme, &response), asked.take()) {
                (Ok(wanted), _) | (Err(_), Some(wanted)) => wanted,
                (Err(error), None) => return Err(error),
            };
            let better = match refusals {
                1 => self.better(scheme, &want, &scopes, shown.as_ref()).await?,
                // A token of an earlier run may have ended; any other answer to what was shown stands.
                2 if shown.as_ref().is_some_and(Shown::may_have_ended) => {
                    self.better(scheme, &want, &scopes, shown.as_ref()).await?
                }
                _ => None,
            };
            let Some(better) = better else {
                let denial = denial(&want, shown.as_ref(), &scopes, &self.registry_name());
                return Ok(self.reply(request.method, response, shown, Some(denial)));
            };
            shown = Some(better);
            asked = Some((want, scopes));
        }
    }

    /// What the registry wants, by its refusal, and for which scopes; remembered for the requests that follow.
    fn wanted(&self, scheme: Scheme, refusal: &Response) -> Result<(Arc<Want>, ScopeSet), Error> {
        let (want, scopes) = match self.demand(refusal)? {
            Demand::Basic => (Want::Basic, ScopeSet::default()),
            Demand::Bearer {
                realm,
                service,
                scopes,
            } => {
                let realm = self.realm(scheme, &realm)?;
                let scopes = if scopes.is_empty() {
                    self.own_scope()
                } else {
                    scopes
                };
                (Want::Token { realm, service }, scopes)
            }
        };
        let want = Arc::new(want);
        self.shared
            .hosts
            .learn_want(&self.reference.registry, Arc::clone(&want));
        Ok((want, scopes))
    }

    /// Something to show that was not refused yet, if there is any.
    async fn better(
        &self,
        scheme: Scheme,
        want: &Want,
        scopes: &ScopeSet,
        shown: Option<&Shown>,
    ) -> Result<Option<Shown>, Error> {
        let refused = shown.and_then(|shown| shown.token.as_ref());
        let found = self.show(scheme, want, scopes, refused).await?;
        Ok(found.filter(|found| !found.is_no_better_than(shown)))
    }

    async fn send(&self, request: &mut Request, shown: Option<&Shown>) -> Result<Response, Error> {
        request.authorization = shown.map(|shown| shown.header.clone());
        self.shared
            .http
            .fetch(request)
            .await
            .map_err(|error| self.no_answer(self.registry_name(), error))
    }

    fn reply(
        &self,
        method: Method,
        response: Response,
        shown: Option<Shown>,
        denial: Option<Denial>,
    ) -> Reply {
        let denial = denial.or_else(|| {
            let scope = shown
                .as_ref()?
                .token
                .as_ref()
                .map(|(key, _)| key.scopes.to_string());
            Some(Denial::NotEnough { scope })
        });
        Reply {
            method,
            response,
            user: shown.and_then(|shown| shown.user),
            denial,
        }
    }

    /// The registry's address, in the scheme that it was found to speak.
    pub(crate) fn address(&self) -> Result<Url, Error> {
        let known = self.shared.hosts.scheme(&self.reference.registry);
        self.url(known.unwrap_or(schemes(self.shared, &self.reference)[0]))
    }

    pub(crate) fn own_scope(&self) -> ScopeSet {
        ScopeSet::pull(self.reference.repository.as_str())
    }

    fn url(&self, scheme: Scheme) -> Result<Url, Error> {
        let registry = &self.reference.registry;
        let path = match &self.mirror {
            Some(mirror) => mirror.endpoint.path.as_deref(),
            None => self
                .shared
                .options
                .registry(registry)
                .and_then(|settings| settings.path.as_deref()),
        };
        let path = match path {
            Some(path) => format!("/{}", path.trim_matches('/')),
            None => String::new(),
        };
        let text = format!(
            "{}://{}{path}/v2/{}",
            scheme.as_str(),
            registry.api_host(),
            self.reference.path()
        );
        let mut url: Url = text.parse().map_err(|source| {
            let source = HttpError::Unsendable {
                what: "the registry's name",
                source: Arc::new(source),
            };
            self.no_answer(self.registry_name(), source)
        })?;
        if let Some(mirror) = &self.mirror {
            url.query_pairs_mut().append_pair("ns", &mirror.namespace());
        }
        Ok(url)
    }

    pub(crate) fn no_answer(&self, server: Arc<str>, error: HttpError) -> Error {
        let reference = Arc::clone(&self.reference);
        let source = Arc::new(error);
        match *source {
            HttpError::NoAnswer { .. } => Error::NoAnswer {
                server,
                reference,
                source,
            },
            _ => Error::Exchange {
                server,
                reference,
                source,
            },
        }
    }
}

/// Whether the outcome in one scheme is that of a server which expects the other.
fn speaks_otherwise(scheme: Scheme, outcome: &Result<Reply, Error>) -> bool {
    match (scheme, outcome) {
        // Some servers tell in plain http, by 400, that they expect TLS; a registry would call itself one.
        (Scheme::Http, Ok(reply)) => {
            let response = &reply.response;
            response.status == StatusCode::BAD_REQUEST
                && response.header("docker-distribution-api-version").is_none()
        }
        (Scheme::Https, Ok(_)) => false,
        (Scheme::Http, Err(Error::NoAnswer { source, .. })) => {
            matches!(reason(source), Some(NoAnswer::NotHttp | NoAnswer::Cut))
        }
        (Scheme::Https, Err(Error::NoAnswer { source, .. })) => {
            matches!(reason(source), Some(NoAnswer::NotTls | NoAnswer::Cut))
        }
        (_, Err(_)) => false,
    }
}

/// Whether the trouble shows that the server does speak TLS.
fn is_about_tls(error: &HttpError) -> bool {
    matches!(
        reason(error),
        Some(
            NoAnswer::UnknownAuthority { .. }
                | NoAnswer::Certificate(_)
                | NoAnswer::ClientCertificate { .. }
                | NoAnswer::Tls(_)
        )
    )
}

fn reason(error: &HttpError) -> Option<&NoAnswer> {
    match error {
        HttpError::NoAnswer { reason, .. } => Some(reason),
        _ => None,
    }
}
