//! What belongs to one origin: the connections to it, and what its answers have taught.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bindery_secret::RedactedUrl;
use reqwest::redirect;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until};

use crate::error::Error;
use crate::resolve::Resolver;
use crate::settings::Settings;
use crate::tls::Shown;

pub(crate) struct Lane {
    pub(crate) connections: reqwest::Client,
    /// The proxy that all connections go through.
    pub(crate) proxy: Option<RedactedUrl>,
    /// What became of our certificate.
    pub(crate) shown: Arc<Shown>,
    free: Semaphore,
    has_answered: AtomicBool,
    /// Until when the origin wants to be left alone.
    pause: Mutex<Option<Instant>>,
}

impl Lane {
    pub(crate) fn new(
        settings: &Settings,
        tls: rustls::ClientConfig,
        shown: Arc<Shown>,
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
            shown,
            free: Semaphore::new(most.min(Semaphore::MAX_PERMITS)),
            has_answered: AtomicBool::new(false),
            pause: Mutex::default(),
        })
    }

    /// Waits until one more request may be under way.
    pub(crate) async fn enter(&self) -> SemaphorePermit<'_> {
        self.free
            .acquire()
            .await
            .expect("the semaphore is never closed")
    }

    pub(crate) fn note_answer(&self) {
        self.has_answered.store(true, Ordering::Relaxed);
    }

    pub(crate) fn has_answered(&self) -> bool {
        self.has_answered.load(Ordering::Relaxed)
    }

    /// From now on requests wait for so long.
    pub(crate) fn pause(&self, wait: Duration) {
        let until = Instant::now() + wait;
        let mut pause = self.pause.lock().unwrap_or_else(PoisonError::into_inner);
        *pause = Some(pause.map_or(until, |pause| pause.max(until)));
    }

    /// Waits for the end of a pause, and a moment of `jitter` so that not all go on at once; at most as long as `left`, which
    /// becomes less by it.
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

    fn lane() -> Lane {
        let settings = Settings::default();
        let origin = Origin::of(&"http://a.example".parse().unwrap());
        let tls = Tls::new(settings.trust.clone(), false);
        let (config, shown) = tls.config(&origin, Default::default()).unwrap();
        Lane::new(&settings, config, shown, None).unwrap()
    }

    async fn waits(lane: &Lane, mut left: Duration) -> bool {
        let waiting = lane.wait_for_pause(&mut left, Duration::ZERO);
        timeout(Duration::ZERO, waiting).await.is_err()
    }

    #[tokio::test]
    async fn a_pause_holds_all_back_as_long_as_they_have_patience() {
        let lane = lane();
        let hour = Duration::from_secs(3600);
        assert!(!waits(&lane, hour).await);
        lane.pause(hour);
        lane.pause(Duration::ZERO);
        assert!(waits(&lane, hour).await);
        assert!(!waits(&lane, Duration::ZERO).await);
    }

    #[tokio::test]
    async fn what_was_waited_is_used_up() {
        let lane = lane();
        let moment = Duration::from_millis(2);
        lane.pause(moment);
        let mut left = moment;
        lane.wait_for_pause(&mut left, moment).await;
        assert_eq!(left, Duration::ZERO);
    }
}
