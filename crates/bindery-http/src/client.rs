//! Client: requests with their redirects and repetitions.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bindery_secret::RedactedUrl;
use reqwest::{StatusCode, Url};
use tokio::time::{Instant, timeout};

use crate::body::Body;
use crate::body_reader::BodyReader;
use crate::destination::Destination;
use crate::error::{Error, NoAnswer, RedirectProblem};
use crate::exchange::{Exchange, ExchangeOutcome};
use crate::origin::Origin;
use crate::origin_pool::OriginPool;
use crate::redirect::without_user;
use crate::request::{Request, Response};
use crate::settings::Settings;
use crate::tls::Tls;

/// Maximum number of redirects.
const MAX_REDIRECTS: usize = 10;

/// Sends requests and keeps connections. Cheap to create and to clone; clones share the connections.
///
/// Runs on one current-thread tokio runtime with time and IO enabled: the connections belong to that runtime.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    settings: Arc<Settings>,
    tls: Tls,
    /// Created with the first request to each origin.
    pools: Mutex<HashMap<Origin, Arc<OriginPool>>>,
}

/// Time that one request may still spend.
struct Budget {
    /// Time for sending and for responses.
    work: Duration,
    /// Time for pauses, between attempts and because the origin asks for one.
    patience: Duration,
}

/// Last step of a request, which is repeated with it.
trait Finish {
    type Body;

    fn apply(
        &self,
        response: Response<BodyReader>,
    ) -> impl Future<Output = Result<Response<Self::Body>, Error>> + Send;
}

/// Reads the body, up to this many bytes.
struct Whole(u64);

/// Leaves the body to the caller.
struct Streamed;

impl Finish for Whole {
    type Body = Vec<u8>;

    async fn apply(&self, response: Response<BodyReader>) -> Result<Response, Error> {
        let Response {
            status,
            headers,
            url,
            body,
        } = response;
        let body = body.read_whole(status, &headers, self.0).await?;
        Ok(Response {
            status,
            headers,
            url,
            body,
        })
    }
}

impl Finish for Streamed {
    type Body = BodyReader;

    async fn apply(&self, response: Response<BodyReader>) -> Result<Response<BodyReader>, Error> {
        Ok(response)
    }
}

impl Client {
    /// Creates a client. Reads and checks nothing before the first request.
    pub fn new(settings: Settings) -> Self {
        let tls = Tls::new(settings.trust.clone(), settings.http2);
        Self {
            shared: Arc::new(Shared {
                settings: Arc::new(settings),
                tls,
                pools: Mutex::default(),
            }),
        }
    }

    /// Returns the settings of the client.
    pub fn settings(&self) -> &Settings {
        &self.shared.settings
    }

    /// Sends `request` and reads the whole response, up to the limit of the request.
    ///
    /// Follows redirects and repeats requests like [`Client::send`], also when the body of a response is cut. The whole exchange ends within
    /// [`Settings::request_timeout`].
    ///
    /// # Errors
    ///
    /// If there is no response in time, if the response is too long or redirects to an address that this client does not follow, and
    /// always with [`Settings::offline`]. A response with any status is `Ok`.
    pub async fn fetch(&self, request: &Request) -> Result<Response, Error> {
        self.repeat(request, &Whole(request.limit)).await
    }

    /// Sends `request` and returns the response as soon as its headers are complete; the body is read by the caller.
    ///
    /// Redirects follow the rules of RFC 9110, section 15.4, up to ten: `GET` and `HEAD` follow each kind, other methods 307 and 308.
    /// `GET` and `HEAD` are repeated as the [`crate::RetryPolicy`] says when the connection is cut before the end of the headers or the
    /// server has a temporary failure; a pause that a server asks for applies to all requests to its origin. If the origin has responded
    /// before, a cut may be due to a connection that was kept for too long, so the first one is repeated at once.
    ///
    /// The headers must be complete within [`Settings::request_timeout`]. The body has no limit in total, neither time nor size: it fails
    /// when no byte arrives for [`Settings::idle_timeout`].
    ///
    /// # Errors
    ///
    /// As [`Client::fetch`]; also if a redirect requires to send the body of the request again and the body cannot be read twice.
    pub async fn send(&self, request: &Request) -> Result<Response<BodyReader>, Error> {
        self.repeat(request, &Streamed).await
    }

    /// Sends `request`, applies `finish` to the response, and repeats both while that may help.
    async fn repeat<F: Finish>(
        &self,
        request: &Request,
        finish: &F,
    ) -> Result<Response<F::Body>, Error> {
        let settings = &self.shared.settings;
        if settings.offline {
            return Err(Error::Offline {
                method: request.method.clone(),
                url: request.redacted_url(),
            });
        }
        let policy = &settings.retry;
        let pool = self.shared.pool(&request.url)?;
        let mut left = Budget {
            work: settings.request_timeout,
            patience: policy.patience,
        };
        let mut attempt = 1;
        let mut may_be_stale = pool.has_responded();
        loop {
            let outcome = self.follow(request, finish, &mut left).await;
            let wait = match &outcome {
                _ if !request.is_repeatable() => None,
                Ok(_) if !request.insist => None,
                Ok(response) => {
                    let (status, headers) = (response.status, &response.headers);
                    let wait = policy.after_response(attempt, status, headers, left.patience);
                    if let (Some(wait), StatusCode::TOO_MANY_REQUESTS) = (wait, status) {
                        self.shared.pool(&response.url)?.pause(wait);
                    }
                    wait
                }
                Err(Error::NoAnswer { reason, .. }) if reason.is_temporary() => {
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
            drop(outcome);
            left.patience -= wait;
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }

    /// Sends `request` once, and once more for each redirect, and applies `finish` to the last response.
    async fn follow<F: Finish>(
        &self,
        request: &Request,
        finish: &F,
        left: &mut Budget,
    ) -> Result<Response<F::Body>, Error> {
        let settings = &self.shared.settings;
        let mut url = without_user(request.url.clone());
        let mut authorization = request.authorization.as_ref();
        for _ in 0..=MAX_REDIRECTS {
            let pool = self.shared.pool(&url)?;
            pool.wait_for_pause(&mut left.patience, settings.retry.jitter(1))
                .await;
            let permit = pool.enter().await;
            let exchange = Exchange {
                request,
                destination: Arc::new(Destination {
                    settings: Arc::clone(settings),
                    pool,
                    method: request.method.clone(),
                    url: url.clone(),
                }),
            };
            let begin = Instant::now();
            let work = async {
                Ok(match exchange.send(authorization, permit).await? {
                    ExchangeOutcome::Response(response) => {
                        ExchangeOutcome::Response(finish.apply(response).await?)
                    }
                    ExchangeOutcome::Redirect(status, next) => {
                        ExchangeOutcome::Redirect(status, next)
                    }
                })
            };
            // A stream takes as long as its size needs; the exchange itself fails when nothing moves.
            let limit = match request.body {
                Body::Stream(_) => Duration::MAX,
                _ => left.work,
            };
            let outcome = match timeout(limit, work).await {
                Ok(outcome) => outcome,
                Err(_) => Err(exchange
                    .destination
                    .no_answer(NoAnswer::Slow(settings.request_timeout))),
            };
            let took = begin.elapsed();
            left.work = left.work.saturating_sub(took);
            exchange.log(&outcome, took);
            let next = match outcome? {
                ExchangeOutcome::Response(response) => return Ok(response),
                ExchangeOutcome::Redirect(_, next) => next,
            };
            // Once dropped, the authorization stays dropped, also if a later redirect leads back.
            if Origin::of(&next) != Origin::of(&url) {
                authorization = None;
            }
            url = next;
        }
        Err(Error::Redirect {
            method: request.method.clone(),
            url: RedactedUrl::new(url.as_str()),
            problem: RedirectProblem::TooMany(MAX_REDIRECTS),
        })
    }
}

impl Shared {
    fn pool(&self, url: &Url) -> Result<Arc<OriginPool>, Error> {
        let origin = Origin::of(url);
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pool) = pools.get(&origin) {
            return Ok(Arc::clone(pool));
        }
        let own = self.settings.origins.get(&origin).cloned();
        let (tls, certificate) = self.tls.config(&origin, own.unwrap_or_default())?;
        let route = self.settings.proxies.route(url)?;
        let pool = Arc::new(OriginPool::new(&self.settings, tls, certificate, route)?);
        pools.insert(origin, Arc::clone(&pool));
        Ok(pool)
    }
}
