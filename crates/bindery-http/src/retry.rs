//! Retry policy: which requests are repeated, and after which wait.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// Number and pace of the attempts for a request without a useful response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Maximum number of attempts, including the first.
    pub attempts: u32,
    /// Maximum wait before the first repetition; doubles with each further one.
    pub base: Duration,
    /// Maximum wait between two attempts.
    pub cap: Duration,
    /// Maximum total wait of one request: between its attempts, and in pauses that the server asked other requests to make. If a server
    /// asks for more, the caller receives its response.
    pub patience: Duration,
}

impl Default for RetryPolicy {
    /// Returns a policy with five attempts and waits of up to 0.2, 0.4, 0.8 and 1.6 seconds, or up to a minute in total if the server asks
    /// for it.
    fn default() -> Self {
        Self {
            attempts: 5,
            base: Duration::from_millis(200),
            cap: Duration::from_secs(30),
            patience: Duration::from_secs(60),
        }
    }
}

impl RetryPolicy {
    /// Returns a policy without repetitions.
    pub fn never() -> Self {
        Self {
            attempts: 1,
            ..Self::default()
        }
    }

    /// Returns the wait after a response with `status` and `headers` to attempt number `attempt` (from 1), at most `left`. Returns `None` if
    /// the response is final.
    pub(crate) fn after_response(
        &self,
        attempt: u32,
        status: StatusCode,
        headers: &HeaderMap,
        left: Duration,
    ) -> Option<Duration> {
        let is_temporary = matches!(status.as_u16(), 408 | 425 | 429 | 500 | 502 | 503 | 504);
        if !is_temporary || attempt >= self.attempts {
            return None;
        }
        let jitter = self.jitter(attempt);
        match retry_after(headers) {
            Some(asked) if asked > left => None,
            Some(asked) => Some(asked.saturating_add(jitter).min(left)),
            None => Some(jitter.min(left)),
        }
    }

    /// Returns the wait after attempt number `attempt` (from 1) if its connection was cut, or `None` after the last attempt.
    pub(crate) fn after_cut(&self, attempt: u32) -> Option<Duration> {
        (attempt < self.attempts).then(|| self.jitter(attempt))
    }

    /// Returns a random wait that grows with the number of the attempt, so that clients with the same instruction do not return at once.
    pub(crate) fn jitter(&self, attempt: u32) -> Duration {
        self.backoff(attempt, random())
    }

    /// Returns `random` (0 to 1) times the doubled base: full jitter.
    fn backoff(&self, attempt: u32, random: f64) -> Duration {
        let doubled = self.base.saturating_mul(1 << (attempt - 1).min(16));
        doubled.min(self.cap).mul_f64(random)
    }
}

/// Returns the wait that the server asks for (`Retry-After`, in seconds or as a date), from now.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(SystemTime::now()).unwrap_or_default())
}

/// Returns a number from 0 to 1. The random seed of each `RandomState` is good enough to spread clients.
fn random() -> f64 {
    let bits = RandomState::new().build_hasher().finish() >> 11;
    bits as f64 / (1u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn headers(retry_after: &str) -> HeaderMap {
        HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_str(retry_after).unwrap())])
    }

    #[track_caller]
    fn check_backoff(attempt: u32, longest_millis: u64) {
        let policy = RetryPolicy::default();
        assert_eq!(
            policy.backoff(attempt, 1.0),
            Duration::from_millis(longest_millis)
        );
        assert_eq!(policy.backoff(attempt, 0.0), Duration::ZERO);
    }

    #[test]
    fn waits_double_up_to_the_cap() {
        check_backoff(1, 200);
        check_backoff(2, 400);
        check_backoff(4, 1_600);
        check_backoff(9, 30_000);
        check_backoff(4_000_000, 30_000);
    }

    #[test]
    fn random_numbers_are_between_zero_and_one() {
        let numbers: Vec<f64> = (0..100).map(|_| random()).collect();
        assert!(numbers.iter().all(|x| (0.0..1.0).contains(x)));
        assert!(numbers.iter().any(|x| *x != numbers[0]));
    }

    #[test]
    fn only_temporary_failures_are_repeated_up_to_the_limit() {
        let policy = RetryPolicy::default();
        let is_repeated = |status: u16, attempt| {
            let status = StatusCode::from_u16(status).unwrap();
            policy
                .after_response(attempt, status, &HeaderMap::new(), policy.patience)
                .is_some()
        };
        for status in [408, 425, 429, 500, 502, 503, 504] {
            assert!(
                is_repeated(status, 1) && is_repeated(status, 4) && !is_repeated(status, 5),
                "{status}"
            );
        }
        for status in [200, 301, 400, 401, 403, 404, 405, 501] {
            assert!(!is_repeated(status, 1), "{status}");
        }
        assert!(policy.after_cut(4).is_some() && policy.after_cut(5).is_none());
        assert!(RetryPolicy::never().after_cut(1).is_none());
    }

    #[test]
    fn the_requested_wait_is_respected_up_to_a_limit() {
        let policy = RetryPolicy::default();
        let status = StatusCode::TOO_MANY_REQUESTS;
        let wait = |asked, left| {
            policy.after_response(1, status, &headers(asked), Duration::from_secs(left))
        };
        let seconds = Duration::from_secs;
        let jittered = wait("7", 60).unwrap();
        assert!(
            jittered >= seconds(7) && jittered <= seconds(7) + policy.base,
            "{jittered:?}"
        );
        assert_eq!(wait("7", 7), Some(seconds(7)));
        assert_eq!(wait("8", 7), None);
        assert_eq!(wait("0", 0), Some(Duration::ZERO));
    }

    #[test]
    fn a_date_becomes_a_wait_from_now() {
        let later = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(3600));
        let wait = retry_after(&headers(&later)).unwrap();
        assert!((3590..=3600).contains(&wait.as_secs()), "{wait:?}");
        assert_eq!(
            retry_after(&headers("Wed, 21 Oct 2015 07:28:00 GMT")),
            Some(Duration::ZERO)
        );
        assert_eq!(retry_after(&headers("soon")), None);
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }
}
