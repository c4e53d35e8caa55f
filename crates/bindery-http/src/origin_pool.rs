//! Connections to one origin, and the state that its responses set.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bindery_secret::RedactedUrl;
use reqwest::redirect;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};

use crate::error::Error;
use crate::resolve::Resolver;
use crate::settings::Settings;
use crate::tls::CertificateResolver;

/// Connections to one origin, with the limits and pauses that apply to all of them.
pub(crate) struct OriginPool {
    pub(crate) connections: reqwest::Client,
    /// Proxy of all connections.
    pub(crate) proxy: Option<RedactedUrl>,
    /// Client certificate, and whether the server asked for it.
    pub(crate) certificate: Arc<CertificateResolver>,
    free: Arc<Semaphore>,
    has_responded: AtomicBool,
    /// End of the pause that the origin asked for.
    pause: Mutex<Option<Instant>>,
}

impl OriginPool {
    pub(crate) fn new(
        settings: &Settings,
        tls: rustls::ClientConfig,
        certificate: Arc<CertificateResolver>,
        route: Option<crate::proxy::Route>,
    ) -> Result<Self, Error> {
        let most = settings.connections.get();
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .dns_resolver(Arc::new(Resolver))
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .user_agent(settings.user_agent.as_str())
            .pool_max_idle_per_host(most)
            .connect_timeout(settings.connect_timeout);
        if !settings.http2 {
            builder = builder.http1_only();
        }
        let mut proxy = None;
        if let Some(route) = route {
            builder = builder.proxy(route.proxy);
            proxy = Some(route.address);
        }
        let connections = builder.build().map_err(|error| Error::Unsendable {
            what: "the user agent",
            source: Arc::new(error),
        })?;
        Ok(Self {
            connections,
            proxy,
            certificate,
            free: Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS))),
            has_responded: AtomicBool::new(false),
            pause: Mutex::default(),
        })
    }

    /// Waits until another request to the origin may start.
    pub(crate) async fn enter(&self) -> OwnedSemaphorePermit {
        Arc::clone(&self.free)
            .acquire_owned()
            .await
            .expect("the semaphore is never closed")
    }

    pub(crate) fn note_response(&self) {
        self.has_responded.store(true, Ordering::Relaxed);
    }

    pub(crate) fn has_responded(&self) -> bool {
        self.has_responded.load(Ordering::Relaxed)
    }

    /// Makes requests wait for `wait`, from now on.
    pub(crate) fn pause(&self, wait: Duration) {
        let until = Instant::now() + wait;
        let mut pause = self.pause.lock().unwrap_or_else(PoisonError::into_inner);
        *pause = Some(pause.map_or(until, |pause| pause.max(until)));
    }

    /// Waits for the end of a pause, and then for `jitter`, so that requests do not start all at once. Waits at most for `left`, which is
    /// reduced by the wait.
    pub(crate) async fn wait_for_pause(&self, left: &mut Duration, jitter: Duration) {
        let pause = *self.pause.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let Some(until) = pause.filter(|until| *until > now) else {
            return;
        };
        let wait = (until - now).saturating_add(jitter).min(*left);
        *left -= wait;
        sleep_until(now + wait).await;
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

    use super::*;
    use crate::origin::Origin;
    use crate::tls::Tls;

    fn pool() -> OriginPool {
        let settings = Settings::default();
        let origin = Origin::of(&"http://a.example".parse().unwrap());
        let tls = Tls::new(settings.trust.clone(), false);
        let (config, certificate) = tls.config(&origin, Default::default()).unwrap();
        OriginPool::new(&settings, config, certificate, None).unwrap()
    }

    async fn waits(pool: &OriginPool, mut left: Duration) -> bool {
        let waiting = pool.wait_for_pause(&mut left, Duration::ZERO);
        timeout(Duration::ZERO, waiting).await.is_err()
    }

    #[tokio::test]
    async fn a_pause_delays_requests_up_to_their_patience() {
        let pool = pool();
        let hour = Duration::from_secs(3600);
        assert!(!waits(&pool, hour).await);
        pool.pause(hour);
        pool.pause(Duration::ZERO);
        assert!(waits(&pool, hour).await);
        assert!(!waits(&pool, Duration::ZERO).await);
    }

    #[tokio::test]
    async fn a_wait_reduces_the_patience() {
        let pool = pool();
        let moment = Duration::from_millis(2);
        pool.pause(moment);
        let mut left = moment;
        pool.wait_for_pause(&mut left, moment).await;
        assert_eq!(left, Duration::ZERO);
    }
}
