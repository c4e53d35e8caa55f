//! The client: one request, with its redirects and repetitions.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bindery_secret::{RedactedUrl, Secret};
use reqwest::header::{
    AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION, WARNING,
};
use reqwest::{Method, StatusCode, Url};
use tokio::task::yield_now;
use tokio::time::{Instant, timeout};

use crate::error::{Error, NoAnswer, RedirectProblem};
use crate::lane::Lane;
use crate::log::Level;
use crate::origin::Origin;
use crate::request::{Request, Response};
use crate::settings::Settings;
use crate::tls::Tls;

/// How many redirects are followed.
const MOST_REDIRECTS: usize = 10;

/// How much is kept of the body of an answer with status 400 or more; it is read for its message only.
const ERROR_BODY: u64 = 64 << 10;

/// How many characters of a server's warning are shown; the specification allows as many bytes.
const LONGEST_WARNING: usize = 4096;

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
    /// Made when the origin is first asked.
    lanes: Mutex<HashMap<Origin, Arc<Lane>>>,
}

/// What one request may still spend.
struct Budget {
    /// On being sent and answered.
    work: Duration,
    /// On waiting, between attempts and for others.
    patience: Duration,
}

impl Client {
    /// A client with these settings. Nothing is read or checked before the first request.
    pub fn new(settings: Settings) -> Self {
        let tls = Tls::new(settings.trust.clone(), settings.http2);
        Self {
            shared: Arc::new(Shared {
                settings,
                tls,
                lanes: Mutex::default(),
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
    /// cut or the server is in passing trouble; when one request is told to wait, all others to that origin do. If the origin has
    /// answered before, a cut may mean no more than that a connection was kept for too long, so the first is repeated at once.
    ///
    /// # Errors
    ///
    /// If there is no answer in time, it is too long, or it points where this client does not go; and always if the settings say
    /// `offline`. An answer with any status is `Ok`.
    pub async fn fetch(&self, request: &Request) -> Result<Response, Error> {
        let settings = &self.shared.settings;
        if settings.offline {
            return Err(Error::Offline {
                method: request.method.clone(),
                url: request.redacted_url(),
            });
        }
        let policy = &settings.retry;
        let lane = self.shared.lane(&request.url)?;
        let mut left = Budget {
            work: settings.request_timeout,
            patience: policy.patience,
        };
        let mut attempt = 1;
        let mut may_be_stale = lane.has_answered();
        loop {
            let outcome = self.follow(request, &mut left).await;
            let wait = match &outcome {
                _ if !request.is_repeatable() => None,
                Ok(_) if !request.insist => None,
                Ok(response) => {
                    let (status, headers) = (response.status, &response.headers);
                    let wait = policy.after_answer(attempt, status, headers, left.patience);
                    if let (Some(wait), StatusCode::TOO_MANY_REQUESTS) = (wait, status) {
                        self.shared.lane(&response.url)?.pause(wait);
                    }
                    wait
                }
                Err(Error::NoAnswer { reason, .. }) if reason.is_passing() => {
                    if std::mem::take(&mut may_be_stale) {
                        continue;
                    }
                    policy
                        .after_cut(attempt)
                        .filter(|_| request.insist)
                        .map(|wait| wait.min(left.patience))
                }
                Err(_) => None,
            };
            let Some(wait) = wait else { return outcome };
            left.patience -= wait;
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }

    /// Sends `request` once, and once more for each redirect.
    async fn follow(&self, request: &Request, left: &mut Budget) -> Result<Response, Error> {
        let settings = &self.shared.settings;
        let mut url = without_user(request.url.clone());
        let mut authorization = request.authorization.as_ref();
        for _ in 0..=MOST_REDIRECTS {
            let lane = self.shared.lane(&url)?;
            lane.wait_for_pause(&mut left.patience, settings.retry.jitter(1))
                .await;
            let place = lane.enter().await;
            let hop = Hop {
                settings,
                lane: &lane,
                request,
                url: &url,
            };
            let begin = Instant::now();
            let outcome = match timeout(left.work, hop.exchange(authorization)).await {
                Ok(outcome) => outcome,
                Err(_) => Err(hop.silence(NoAnswer::Slow(settings.request_timeout))),
            };
            let took = begin.elapsed();
            left.work = left.work.saturating_sub(took);
            hop.tell(&outcome, took);
            // The task of the connection takes it back before the next request looks for one.
            yield_now().await;
            drop(place);
            let next = match outcome? {
                Outcome::Answer(response) => return Ok(response),
                Outcome::Redirect(_, next) => next,
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
    fn lane(&self, url: &Url) -> Result<Arc<Lane>, Error> {
        let origin = Origin::of(url);
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lane) = lanes.get(&origin) {
            return Ok(Arc::clone(lane));
        }
        let own = self.settings.origins.get(&origin).cloned();
        let (tls, shown) = self.tls.config(&origin, own.unwrap_or_default())?;
        let route = self.settings.proxies.route(url)?;
        let lane = Arc::new(Lane::new(&self.settings, tls, shown, route)?);
        lanes.insert(origin, Arc::clone(&lane));
        Ok(lane)
    }
}

/// What came of one request to one address.
enum Outcome {
    Answer(Response),
    Redirect(StatusCode, Url),
}

/// One request on its way to one address.
struct Hop<'a> {
    settings: &'a Settings,
    lane: &'a Lane,
    request: &'a Request,
    url: &'a Url,
}

impl Hop<'_> {
    async fn exchange(&self, authorization: Option<&Secret>) -> Result<Outcome, Error> {
        let response = self.send(authorization).await?;
        if response.status() == StatusCode::PROXY_AUTHENTICATION_REQUIRED
            && self.lane.proxy.is_some()
        {
            return Err(self.silence(NoAnswer::ProxyRefused { status: Some(407) }));
        }
        self.lane.note_answer();
        self.tell_warnings(response.headers());
        match self.redirect(&response)? {
            Some(next) => Ok(Outcome::Redirect(response.status(), next)),
            None => self.read(response).await.map(Outcome::Answer),
        }
    }

    async fn send(&self, authorization: Option<&Secret>) -> Result<reqwest::Response, Error> {
        let settings = self.settings;
        let mut builder = self
            .lane
            .connections
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
        let limit = settings
            .connect_timeout
            .saturating_add(settings.response_timeout);
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
            let idle = self.settings.idle_timeout;
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

    /// One line on how the request went.
    fn tell(&self, outcome: &Result<Outcome, Error>, took: Duration) {
        let (method, url, took) = (&self.request.method, self.redacted_url(), took.as_millis());
        let status = |status: StatusCode| format!("{method} {url} {} {took} ms", status.as_u16());
        let line = match outcome {
            Ok(Outcome::Answer(response)) => status(response.status),
            Ok(Outcome::Redirect(code, _)) => status(*code),
            Err(Error::NoAnswer { reason, .. }) => {
                format!("{method} {url} no answer {took} ms: {reason}")
            }
            Err(error) => format!("{method} {url} failed {took} ms: {error}"),
        };
        self.settings.log.tell(Level::Info, &line);
    }

    /// What the server wants people to know (`Warning: 299 - "text"`, OCI distribution specification 1.1, "Warnings").
    fn tell_warnings(&self, headers: &HeaderMap) {
        for value in headers.get_all(WARNING) {
            let value = String::from_utf8_lossy(value.as_bytes());
            if let Some(text) = warning(&value) {
                let line = format!("`{}` says: {text}", Origin::of(self.url));
                self.settings.log.tell_once(Level::Warn, line);
            }
        }
    }

    fn no_answer(&self, error: &reqwest::Error) -> Error {
        match NoAnswer::from_library(error, self.settings, &self.lane.shown) {
            // Some servers that get no certificate hang up without a word.
            Ok(NoAnswer::Cut) if !self.lane.has_answered() => {
                self.silence(match self.lane.shown.was_asked() {
                    Some(shown) => NoAnswer::ClientCertificate { shown },
                    None => NoAnswer::Cut,
                })
            }
            Ok(reason) => self.silence(reason),
            Err(error) => Error::Certificates(error),
        }
    }

    fn silence(&self, reason: NoAnswer) -> Error {
        Error::NoAnswer {
            method: self.request.method.clone(),
            url: self.redacted_url(),
            proxy: self.lane.proxy.clone(),
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

/// The text of a warning with the code 299 and without an agent; all others are for caches.
fn warning(value: &str) -> Option<String> {
    let quoted = value.trim().strip_prefix("299 - \"")?.strip_suffix('"')?;
    let mut text = String::new();
    let mut rest = quoted.chars();
    while let Some(next) = rest.next() {
        let next = match next {
            '\\' => rest.next()?,
            '"' => return None,
            next => next,
        };
        text.push(if next.is_control() { ' ' } else { next });
    }
    Some(text.chars().take(LONGEST_WARNING).collect())
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

    #[track_caller]
    fn check(value: &str, text: Option<&str>) {
        assert_eq!(warning(value).as_deref(), text, "from {value}");
    }

    #[test]
    fn only_warnings_for_people_are_shown() {
        check(r#"299 - "go \"soon\", a\\b""#, Some(r#"go "soon", a\b"#));
        check("299 - \"a\tb\"", Some("a b"));
        check(r#"110 cache "stale""#, None);
        check(r#"299 - "a" "Wed, 21 Oct 2015 07:28:00 GMT""#, None);
        check("299 - a", None);
        let long = format!("299 - \"{}\"", "x".repeat(9000));
        check(&long, Some(&"x".repeat(LONGEST_WARNING)));
    }
}
