//! The client: one request, with its redirects and repetitions.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bindery_secret::{RedactedUrl, Secret};
use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, LOCATION};
use reqwest::{Method, StatusCode, Url, redirect};
use tokio::time::{Instant, sleep_until, timeout};

use crate::error::{Error, NoAnswer, RedirectProblem};
use crate::origin::Origin;
use crate::request::{Request, Response};
use crate::resolve::Resolver;
use crate::settings::Settings;
use crate::tls::Tls;

/// How many redirects are followed.
const MOST_REDIRECTS: usize = 10;

/// How much is kept of the body of an answer with status 400 or more; it is read for its message only.
const ERROR_BODY: u64 = 64 << 10;

/// The media type of a form.
const FORM: &str = "application/x-www-form-urlencoded";

/// Sends requests and keeps connections. Cheap to make and to clone; clones share the connections.
///
/// Use it on one current-thread tokio runtime with time and IO enabled: the connections live there.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    settings: Settings,
    tls: Tls,
    /// One client of the HTTP library for each origin that has settings of its own, and one for all others. Made on first use.
    pools: Mutex<HashMap<Option<Origin>, reqwest::Client>>,
    /// Origins that asked for patience, and until when.
    pauses: Mutex<HashMap<Origin, Instant>>,
}

impl Client {
    /// A client with these settings. Nothing is read or checked before the first request.
    pub fn new(settings: Settings) -> Self {
        let tls = Tls::new(settings.trust.clone(), settings.http2);
        Self {
            shared: Arc::new(Shared {
                settings,
                tls,
                pools: Mutex::default(),
                pauses: Mutex::default(),
            }),
        }
    }

    /// The settings it was made with.
    pub fn settings(&self) -> &Settings {
        &self.shared.settings
    }

    /// Sends `request` and reads the whole answer.
    ///
    /// `GET` and `HEAD` follow up to ten redirects, and are repeated as the [`crate::RetryPolicy`] says when the connection is
    /// cut or the server is in passing trouble; when one request is told to wait, all others to that origin do.
    ///
    /// # Errors
    ///
    /// If there is no answer, it is too long, or it points where this client does not go. An answer with any status is `Ok`.
    pub async fn fetch(&self, request: &Request) -> Result<Response, Error> {
        let policy = &self.shared.settings.retry;
        let origin = Origin::of(&request.url);
        let mut attempt = 1;
        loop {
            self.shared.wait_for_pause(&origin).await;
            let outcome = self.follow(request).await;
            let wait = match &outcome {
                _ if !request.is_repeatable() => None,
                Ok(response) => {
                    let wait = policy.after_answer(attempt, response.status, &response.headers);
                    if let (Some(wait), StatusCode::TOO_MANY_REQUESTS) = (wait, response.status) {
                        self.shared.pause(&origin, wait);
                    }
                    wait
                }
                Err(Error::NoAnswer { reason, .. }) if reason.is_passing() => {
                    policy.after_cut(attempt)
                }
                Err(_) => None,
            };
            let Some(wait) = wait else { return outcome };
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }

    /// Sends `request` once, and once more for each redirect.
    async fn follow(&self, request: &Request) -> Result<Response, Error> {
        let mut url = without_user(request.url.clone());
        let mut authorization = request.authorization.as_ref();
        for _ in 0..=MOST_REDIRECTS {
            let hop = Hop {
                client: self,
                request,
                url: &url,
            };
            let response = hop.send(authorization).await?;
            let Some(next) = hop.redirect(&response)? else {
                return hop.read(response).await;
            };
            // Once dropped it stays dropped, also if a later redirect leads back.
            if Origin::of(&next) != Origin::of(&url) {
                authorization = None;
            }
            url = next;
        }
        Err(Error::Redirect {
            method: request.method.clone(),
            url: RedactedUrl::new(url.as_str()),
            problem: RedirectProblem::TooMany(MOST_REDIRECTS),
        })
    }
}

impl Shared {
    fn pool(&self, origin: Origin) -> Result<reqwest::Client, Error> {
        let own = self.settings.origins.get(&origin);
        let key = own.map(|_| origin);
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pool) = pools.get(&key) {
            return Ok(pool.clone());
        }
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(self.tls.config(own)?)
            .dns_resolver(Arc::new(Resolver))
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .user_agent(self.settings.user_agent.as_str())
            .connect_timeout(self.settings.connect_timeout);
        if !self.settings.http2 {
            builder = builder.http1_only();
        }
        let pool = builder.build().map_err(|error| Error::Unsendable {
            what: "the user agent",
            source: Arc::new(error),
        })?;
        pools.insert(key, pool.clone());
        Ok(pool)
    }

    fn pause(&self, origin: &Origin, wait: Duration) {
        let until = Instant::now() + wait;
        let mut pauses = self.pauses.lock().unwrap_or_else(PoisonError::into_inner);
        let pause = pauses.entry(origin.clone()).or_insert(until);
        *pause = until.max(*pause);
    }

    async fn wait_for_pause(&self, origin: &Origin) {
        let until = self
            .pauses
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(origin)
            .copied();
        if let Some(until) = until {
            sleep_until(until).await;
        }
    }
}

/// One request on its way to one address.
struct Hop<'a> {
    client: &'a Client,
    request: &'a Request,
    url: &'a Url,
}

impl Hop<'_> {
    async fn send(&self, authorization: Option<&Secret>) -> Result<reqwest::Response, Error> {
        let settings = self.client.settings();
        let pool = self.client.shared.pool(Origin::of(self.url))?;
        let mut builder = pool
            .request(self.request.method.clone(), self.url.clone())
            .headers(self.request.headers.clone());
        if let Some(authorization) = authorization {
            let mut value = HeaderValue::from_str(authorization.expose()).map_err(|error| {
                Error::Unsendable {
                    what: "the credential",
                    source: Arc::new(error),
                }
            })?;
            value.set_sensitive(true);
            builder = builder.header(AUTHORIZATION, value);
        }
        if let Some(form) = &self.request.form {
            builder = builder
                .header(CONTENT_TYPE, FORM)
                .body(form.expose().to_owned());
        }
        // The time for the connection is limited by the HTTP library; here it is added, not counted twice.
        let limit = settings.connect_timeout + settings.response_timeout;
        match timeout(limit, builder.send()).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(self.no_answer(&error)),
            Err(_) => Err(self.silence(NoAnswer::ResponseTimeout(limit))),
        }
    }

    /// Where `response` points to, if it is a redirect that this request follows.
    fn redirect(&self, response: &reqwest::Response) -> Result<Option<Url>, Error> {
        if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308)
            || !self.request.is_repeatable()
        {
            return Ok(None);
        }
        let location = response
            .headers()
            .get(LOCATION)
            .and_then(|value| value.to_str().ok());
        let Some(location) = location else {
            return Ok(None);
        };
        let problem = match self.url.join(location) {
            Ok(next) if !matches!(next.scheme(), "http" | "https") => {
                RedirectProblem::NotHttp(RedactedUrl::new(location))
            }
            Ok(next) if self.url.scheme() == "https" && next.scheme() == "http" => {
                RedirectProblem::Downgrade(RedactedUrl::new(next.as_str()))
            }
            Ok(next) => return Ok(Some(without_user(next))),
            Err(_) => RedirectProblem::NotHttp(RedactedUrl::new(location)),
        };
        Err(Error::Redirect {
            method: self.request.method.clone(),
            url: self.redacted_url(),
            problem,
        })
    }

    async fn read(&self, mut response: reqwest::Response) -> Result<Response, Error> {
        let status = response.status();
        let headers = response.headers().clone();
        let mut body = Vec::new();
        if self.request.method != Method::HEAD {
            let is_refusal = status.as_u16() >= 400;
            let limit = if is_refusal {
                ERROR_BODY
            } else {
                self.request.limit
            };
            let told = headers
                .get(CONTENT_LENGTH)
                .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
            if !is_refusal && told.is_some_and(|told| told > limit) {
                return Err(self.too_large());
            }
            let idle = self.client.settings().idle_timeout;
            loop {
                let chunk = match timeout(idle, response.chunk()).await {
                    Ok(Ok(Some(chunk))) => chunk,
                    Ok(Ok(None)) => break,
                    Ok(Err(error)) => return Err(self.no_answer(&error)),
                    Err(_) => return Err(self.silence(NoAnswer::Stalled(idle))),
                };
                let room = usize::try_from(limit).unwrap_or(usize::MAX) - body.len();
                if chunk.len() > room {
                    if !is_refusal {
                        return Err(self.too_large());
                    }
                    body.extend_from_slice(&chunk[..room]);
                    break;
                }
                body.extend_from_slice(&chunk);
            }
        }
        Ok(Response {
            status,
            headers,
            url: self.url.clone(),
            body,
        })
    }

    fn no_answer(&self, error: &reqwest::Error) -> Error {
        match NoAnswer::from_library(error, self.client.settings()) {
            Ok(reason) => self.silence(reason),
            Err(error) => Error::Certificates(error),
        }
    }

    fn silence(&self, reason: NoAnswer) -> Error {
        Error::NoAnswer {
            method: self.request.method.clone(),
            url: self.redacted_url(),
            reason,
        }
    }

    fn too_large(&self) -> Error {
        Error::TooLarge {
            method: self.request.method.clone(),
            url: self.redacted_url(),
            limit: self.request.limit,
        }
    }

    fn redacted_url(&self) -> RedactedUrl {
        RedactedUrl::new(self.url.as_str())
    }
}

/// The HTTP library would send a user name in an address as a credential.
fn without_user(mut url: Url) -> Url {
    if !url.username().is_empty() || url.password().is_some() {
        // Both fail only for addresses without a host, which have no user either.
        let _ = url.set_username("");
        let _ = url.set_password(None);
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(url: &str) -> Origin {
        Origin::of(&url.parse().unwrap())
    }

    async fn waits(client: &Client, origin: &Origin) -> bool {
        timeout(Duration::ZERO, client.shared.wait_for_pause(origin))
            .await
            .is_err()
    }

    #[tokio::test]
    async fn one_request_told_to_wait_makes_all_to_that_origin_wait() {
        let client = Client::new(Settings::default());
        let (told, other) = (origin("http://a.example/x"), origin("http://b.example/x"));
        assert!(!waits(&client, &told).await);
        client.shared.pause(&told, Duration::from_secs(3600));
        client.shared.pause(&told, Duration::ZERO);
        assert!(waits(&client, &origin("http://a.example/y")).await);
        assert!(!waits(&client, &other).await);
    }
}
