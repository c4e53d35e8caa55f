//! Tokens in hand: one for each purpose, fetched once however many requests wait for it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use bindery_secret::Secret;

use crate::error::Error;
use crate::token::response::TokenResponse;
use crate::token::scope::ScopeSet;

/// What a token is good for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) realm: String,
    pub(crate) service: Option<String>,
    pub(crate) scopes: ScopeSet,
    pub(crate) user: Option<String>,
}

/// A token that was handed out.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) token: Secret,
    /// Which of the tokens that this key has had.
    pub(crate) generation: u64,
    /// Whether it was fetched for the one who got it, and not long ago for somebody else.
    pub(crate) is_fresh: bool,
}

#[derive(Default)]
pub(crate) struct Cache {
    slots: Mutex<HashMap<Key, Arc<tokio::sync::Mutex<Slot>>>>,
}

#[derive(Default)]
struct Slot {
    generation: u64,
    token: Option<(Secret, Instant)>,
    failure: Option<(Error, Instant)>,
}

impl Cache {
    /// The token for `key`: the one in hand, unless its time is over or it is of the `refused` generation; else what `fetch`
    /// brings. Who waits while another fetches gets that one's token, or its failure.
    pub(crate) async fn get(
        &self,
        key: &Key,
        refused: Option<u64>,
        fetch: impl Future<Output = Result<TokenResponse, Error>>,
    ) -> Result<Held, Error> {
        let asked_at = Instant::now();
        let slot = {
            let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(slots.entry(key.clone()).or_default())
        };
        let mut slot = slot.lock().await;
        if let Some((token, until)) = &slot.token
            && Instant::now() < *until
            && refused != Some(slot.generation)
        {
            return Ok(Held {
                token: token.clone(),
                generation: slot.generation,
                is_fresh: false,
            });
        }
        if let Some((error, at)) = &slot.failure
            && *at >= asked_at
        {
            return Err(error.clone());
        }
        match fetch.await {
            Ok(response) => {
                slot.generation += 1;
                slot.token = Some((response.token.clone(), Instant::now() + response.use_for()));
                slot.failure = None;
                Ok(Held {
                    token: response.token,
                    generation: slot.generation,
                    is_fresh: true,
                })
            }
            Err(error) => {
                slot.token = None;
                slot.failure = Some((error.clone(), Instant::now()));
                Err(error)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::time::Duration;

    use super::*;
    use crate::error::Error;

    fn key() -> Key {
        Key {
            realm: "https://h/token".into(),
            service: None,
            scopes: ScopeSet::pull("a"),
            user: None,
        }
    }

    /// Fetches token number `fetched`, after the others had a chance to run.
    async fn fetch(fetched: &Cell<u32>, life: Duration) -> Result<TokenResponse, Error> {
        tokio::task::yield_now().await;
        fetched.set(fetched.get() + 1);
        Ok(TokenResponse {
            token: Secret::from(fetched.get().to_string()),
            life,
        })
    }

    async fn fail(fetched: &Cell<u32>) -> Result<TokenResponse, Error> {
        tokio::task::yield_now().await;
        fetched.set(fetched.get() + 1);
        Err(Error::Realm {
            registry: "r".into(),
            realm: bindery_secret::RedactedUrl::new(&fetched.get().to_string()),
        })
    }

    #[tokio::test]
    async fn those_who_wait_share_one_token() {
        let (cache, key, fetched) = (Cache::default(), key(), Cell::new(0));
        let get = || async {
            cache
                .get(&key, None, fetch(&fetched, Duration::from_secs(60)))
                .await
                .unwrap()
        };
        let (a, b, c) = tokio::join!(get(), get(), get());
        assert_eq!(
            [a.token.expose(), b.token.expose(), c.token.expose()],
            ["1", "1", "1"]
        );
        assert_eq!([a.is_fresh, b.is_fresh, c.is_fresh], [true, false, false]);
        let other = Key {
            user: Some("alice".into()),
            ..key.clone()
        };
        let other = cache
            .get(&other, None, fetch(&fetched, Duration::from_secs(60)))
            .await
            .unwrap();
        assert_eq!(other.token.expose(), "2");
    }

    #[tokio::test]
    async fn a_refused_token_is_fetched_again_once() {
        let (cache, key, fetched) = (Cache::default(), key(), Cell::new(0));
        let get = |refused| {
            let (cache, key, fetched) = (&cache, &key, &fetched);
            async move {
                cache
                    .get(key, refused, fetch(fetched, Duration::from_secs(60)))
                    .await
                    .unwrap()
            }
        };
        let first = get(None).await;
        let (a, b) = tokio::join!(get(Some(first.generation)), get(Some(first.generation)));
        assert_eq!(
            (a.token.expose(), b.token.expose(), fetched.get()),
            ("2", "2", 2)
        );
    }

    #[tokio::test]
    async fn a_token_whose_time_is_over_is_fetched_again() {
        let (cache, key, fetched) = (Cache::default(), key(), Cell::new(0));
        for expected in ["1", "2"] {
            let held = cache
                .get(&key, None, fetch(&fetched, Duration::ZERO))
                .await
                .unwrap();
            assert_eq!(held.token.expose(), expected);
        }
    }

    #[tokio::test]
    async fn those_who_wait_share_a_failure_and_later_ones_try_again() {
        let (cache, key, fetched) = (Cache::default(), key(), Cell::new(0));
        let get = || async {
            cache
                .get(&key, None, fail(&fetched))
                .await
                .unwrap_err()
                .to_string()
        };
        let (a, b) = tokio::join!(get(), get());
        assert_eq!((a == b, fetched.get()), (true, 1));
        get().await;
        assert_eq!(fetched.get(), 2);
    }
}
