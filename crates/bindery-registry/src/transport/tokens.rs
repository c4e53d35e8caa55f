//! Tokens in hand: one for each purpose, fetched once however many requests wait for it.

use std::collections::hash_map::RandomState;
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bindery_credentials::Credential;
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
    pub(crate) who: Who,
}

/// Tells credentials apart, for as long as the process runs, without holding one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Who(Option<u64>);

/// Realm, service, and who asks there.
type Account = (String, Option<String>, Who);

/// A token as it came: from its server, or from an earlier run.
pub(crate) struct Fetched {
    pub(crate) response: TokenResponse,
    /// Whether the server gave it just now.
    pub(crate) is_fresh: bool,
}

/// A token that was handed out.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) token: Secret,
    /// How long it is good for, from when it was fetched.
    pub(crate) life: Duration,
    /// Which of the tokens that this key has had.
    pub(crate) generation: u64,
    /// Whether it was fetched for the one who got it, and not long ago for somebody else.
    pub(crate) is_fresh: bool,
}

#[derive(Default)]
pub(crate) struct Cache {
    slots: Mutex<HashMap<Key, Arc<tokio::sync::Mutex<Slot>>>>,
    /// Refresh tokens that servers gave out.
    refresh_tokens: Mutex<HashMap<Account, Secret>>,
    /// Realms that take no `POST`.
    without_post: Mutex<HashSet<String>>,
    /// What makes the numbers of [`Who`] worthless to others.
    salt: RandomState,
}

#[derive(Default)]
struct Slot {
    generation: u64,
    token: Option<(Secret, Instant)>,
    failure: Option<(Error, Instant)>,
}

impl Cache {
    /// Who asks with this credential.
    pub(crate) fn who(&self, credential: Option<&Credential>) -> Who {
        Who(credential.map(|credential| match credential {
            Credential::Basic { username, password } => {
                self.salt.hash_one(("basic", username, password.expose()))
            }
            Credential::Identity { token } => self.salt.hash_one(("identity", token.expose())),
            Credential::Registry { token } => self.salt.hash_one(("registry", token.expose())),
        }))
    }

    /// The refresh token that the server gave out for this key's credential.
    pub(crate) fn refresh_token(&self, key: &Key) -> Option<Secret> {
        let known = self.refresh_tokens.lock();
        let known = known.unwrap_or_else(PoisonError::into_inner);
        known.get(&key.account()).cloned()
    }

    /// Keeps a refresh token in place of the one before, or forgets that one.
    pub(crate) fn set_refresh_token(&self, key: &Key, token: Option<Secret>) {
        let known = self.refresh_tokens.lock();
        let mut known = known.unwrap_or_else(PoisonError::into_inner);
        match token {
            Some(token) => known.insert(key.account(), token),
            None => known.remove(&key.account()),
        };
    }

    /// Whether this realm may take a `POST`.
    pub(crate) fn takes_post(&self, key: &Key) -> bool {
        let without = self.without_post.lock();
        !without
            .unwrap_or_else(PoisonError::into_inner)
            .contains(&key.realm)
    }

    /// Remembers that this realm takes no `POST`.
    pub(crate) fn takes_no_post(&self, key: &Key) {
        let without = self.without_post.lock();
        without
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key.realm.clone());
    }

    /// The token for `key`: the one in hand, unless its time is over or it is of the `refused` generation; else what `fetch`
    /// brings. Who waits while another fetches gets that one's token, or its failure.
    pub(crate) async fn get(
        &self,
        key: &Key,
        refused: Option<u64>,
        fetch: impl Future<Output = Result<Fetched, Error>>,
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
                life: until.saturating_duration_since(Instant::now()),
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
            Ok(Fetched { response, is_fresh }) => {
                slot.generation += 1;
                slot.token = Some((response.token.clone(), Instant::now() + response.use_for()));
                slot.failure = None;
                Ok(Held {
                    token: response.token,
                    life: response.life,
                    generation: slot.generation,
                    is_fresh,
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

impl Key {
    fn account(&self) -> Account {
        (self.realm.clone(), self.service.clone(), self.who)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::error::Error;

    fn key() -> Key {
        Key {
            realm: "https://h/token".into(),
            service: None,
            scopes: ScopeSet::pull("a"),
            who: Who(None),
        }
    }

    /// Fetches token number `fetched`, after the others had a chance to run.
    async fn fetch(fetched: &Cell<u32>, life: Duration) -> Result<Fetched, Error> {
        tokio::task::yield_now().await;
        fetched.set(fetched.get() + 1);
        Ok(Fetched {
            response: TokenResponse {
                token: Secret::from(fetched.get().to_string()),
                life,
                refresh_token: None,
            },
            is_fresh: true,
        })
    }

    async fn fail(fetched: &Cell<u32>) -> Result<Fetched, Error> {
        tokio::task::yield_now().await;
        fetched.set(fetched.get() + 1);
        Err(Error::Realm {
            registry: "r".into(),
            realm: bindery_secret::RedactedUrl::new(&fetched.get().to_string()),
        })
    }

    #[test]
    fn credentials_are_told_apart_by_all_of_them() {
        let cache = Cache::default();
        let basic = |username: &str, password| Credential::Basic {
            username: username.into(),
            password: Secret::new(password),
        };
        let token = || Secret::new("b");
        let who: HashSet<Who> = [
            cache.who(None),
            cache.who(Some(&basic("a", "b"))),
            cache.who(Some(&basic("a", "c"))),
            cache.who(Some(&basic("ab", ""))),
            cache.who(Some(&Credential::Identity { token: token() })),
            cache.who(Some(&Credential::Registry { token: token() })),
        ]
        .into();
        assert_eq!(who.len(), 6);
        assert_eq!(
            cache.who(Some(&basic("a", "b"))),
            cache.who(Some(&basic("a", "b")))
        );
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
            who: Who(Some(1)),
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
