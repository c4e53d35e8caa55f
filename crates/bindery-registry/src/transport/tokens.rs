//! Tokens in memory: one for each purpose, fetched once for all requests that wait for it.

use std::collections::hash_map::RandomState;
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bindery_credentials::Credential;
use bindery_secret::Secret;
use bindery_token::{ScopeSet, TokenResponse};

use crate::error::Error;

/// Purpose of a token.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TokenKey {
    pub(crate) realm: String,
    pub(crate) service: Option<String>,
    pub(crate) scopes: ScopeSet,
    pub(crate) identity: Identity,
}

/// Fingerprint of a credential, valid for one process. Does not contain the credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Identity(Option<u64>);

/// Realm, service and identity of a client of a token server.
type Account = (String, Option<String>, Identity);

/// Token from its server or from an earlier run.
pub(crate) struct FetchedToken {
    pub(crate) response: TokenResponse,
    /// Whether the token was issued just now.
    pub(crate) is_fresh: bool,
}

/// Token for a request.
#[derive(Clone, Debug)]
pub(crate) struct HeldToken {
    pub(crate) token: Secret,
    /// Lifetime that was left when the token was returned.
    pub(crate) lifetime: Duration,
    /// Number of the token among all tokens of its key.
    pub(crate) generation: u64,
    /// Whether the token was issued for this request, and not for an earlier one.
    pub(crate) is_fresh: bool,
}

/// Tokens and refresh tokens of one client.
#[derive(Default)]
pub(crate) struct Tokens {
    slots: Mutex<HashMap<TokenKey, Arc<tokio::sync::Mutex<Slot>>>>,
    /// Refresh tokens that servers issued.
    refresh_tokens: Mutex<HashMap<Account, Secret>>,
    /// Realms that do not support `POST`.
    without_post: Mutex<HashSet<String>>,
    /// Key of the fingerprints in [`Identity`], so that they are of no use elsewhere.
    salt: RandomState,
}

#[derive(Default)]
struct Slot {
    generation: u64,
    token: Option<(Secret, Instant)>,
    failure: Option<(Error, Instant)>,
}

impl Tokens {
    /// Returns the fingerprint of a credential.
    pub(crate) fn identity(&self, credential: Option<&Credential>) -> Identity {
        Identity(credential.map(|credential| match credential {
            Credential::Basic { username, password } => {
                self.salt.hash_one(("basic", username, password.expose()))
            }
            Credential::Identity { token } => self.salt.hash_one(("identity", token.expose())),
            Credential::Registry { token } => self.salt.hash_one(("registry", token.expose())),
        }))
    }

    /// Returns the refresh token that the server issued for the identity of `key`.
    pub(crate) fn refresh_token(&self, key: &TokenKey) -> Option<Secret> {
        let tokens = self.refresh_tokens.lock();
        let tokens = tokens.unwrap_or_else(PoisonError::into_inner);
        tokens.get(&key.account()).cloned()
    }

    /// Replaces the refresh token for the identity of `key`, or deletes it.
    pub(crate) fn set_refresh_token(&self, key: &TokenKey, token: Option<Secret>) {
        let tokens = self.refresh_tokens.lock();
        let mut tokens = tokens.unwrap_or_else(PoisonError::into_inner);
        match token {
            Some(token) => tokens.insert(key.account(), token),
            None => tokens.remove(&key.account()),
        };
    }

    /// Returns whether the realm of `key` may support `POST`.
    pub(crate) fn may_post(&self, key: &TokenKey) -> bool {
        let without = self.without_post.lock();
        !without
            .unwrap_or_else(PoisonError::into_inner)
            .contains(&key.realm)
    }

    /// Records that the realm of `key` does not support `POST`.
    pub(crate) fn set_without_post(&self, key: &TokenKey) {
        let without = self.without_post.lock();
        without
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key.realm.clone());
    }

    /// Returns the token for `key`: the one in memory, unless it has expired or is of the `rejected` generation, else the result of
    /// `fetch`. Callers that wait for the fetch of another caller share its result.
    pub(crate) async fn get(
        &self,
        key: &TokenKey,
        rejected: Option<u64>,
        fetch: impl Future<Output = Result<FetchedToken, Error>>,
    ) -> Result<HeldToken, Error> {
        let started = Instant::now();
        let slot = {
            let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(slots.entry(key.clone()).or_default())
        };
        let mut slot = slot.lock().await;
        if let Some((token, until)) = &slot.token
            && Instant::now() < *until
            && rejected != Some(slot.generation)
        {
            return Ok(HeldToken {
                token: token.clone(),
                lifetime: until.saturating_duration_since(Instant::now()),
                generation: slot.generation,
                is_fresh: false,
            });
        }
        if let Some((error, at)) = &slot.failure
            && *at >= started
        {
            return Err(error.clone());
        }
        match fetch.await {
            Ok(FetchedToken { response, is_fresh }) => {
                slot.generation += 1;
                slot.token = Some((
                    response.token.clone(),
                    Instant::now() + response.renew_after(),
                ));
                slot.failure = None;
                Ok(HeldToken {
                    token: response.token,
                    lifetime: response.lifetime,
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

impl TokenKey {
    fn account(&self) -> Account {
        (self.realm.clone(), self.service.clone(), self.identity)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::error::ErrorDetail;
    use crate::resource::Resource;

    fn key() -> TokenKey {
        TokenKey {
            realm: "https://h/token".into(),
            service: None,
            scopes: ScopeSet::parse("repository:a:pull"),
            identity: Identity(None),
        }
    }

    /// Fetches token number `fetched`, after other tasks could run.
    async fn fetch(fetched: &Cell<u32>, lifetime: Duration) -> Result<FetchedToken, Error> {
        tokio::task::yield_now().await;
        fetched.set(fetched.get() + 1);
        Ok(FetchedToken {
            response: TokenResponse {
                token: Secret::from(fetched.get().to_string()),
                lifetime,
                refresh_token: None,
            },
            is_fresh: true,
        })
    }

    async fn fail(fetched: &Cell<u32>) -> Result<FetchedToken, Error> {
        tokio::task::yield_now().await;
        fetched.set(fetched.get() + 1);
        let resource = Resource::manifest(&"r.example/a".parse().unwrap());
        let realm = bindery_secret::RedactedUrl::new(&fetched.get().to_string());
        let detail = ErrorDetail::InvalidRealm { realm };
        Err(Error::new(&Arc::new(resource), detail))
    }

    #[test]
    fn each_credential_has_its_own_identity() {
        let tokens = Tokens::default();
        let basic = |username: &str, password| Credential::Basic {
            username: username.into(),
            password: Secret::new(password),
        };
        let token = || Secret::new("b");
        let identities: HashSet<Identity> = [
            tokens.identity(None),
            tokens.identity(Some(&basic("a", "b"))),
            tokens.identity(Some(&basic("a", "c"))),
            tokens.identity(Some(&basic("ab", ""))),
            tokens.identity(Some(&Credential::Identity { token: token() })),
            tokens.identity(Some(&Credential::Registry { token: token() })),
        ]
        .into();
        assert_eq!(identities.len(), 6);
        assert_eq!(
            tokens.identity(Some(&basic("a", "b"))),
            tokens.identity(Some(&basic("a", "b")))
        );
    }

    #[tokio::test]
    async fn waiting_callers_share_one_token() {
        let (tokens, key, fetched) = (Tokens::default(), key(), Cell::new(0));
        let get = || async {
            tokens
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
        let other = TokenKey {
            identity: Identity(Some(1)),
            ..key.clone()
        };
        let other = tokens
            .get(&other, None, fetch(&fetched, Duration::from_secs(60)))
            .await
            .unwrap();
        assert_eq!(other.token.expose(), "2");
    }

    #[tokio::test]
    async fn a_rejected_token_is_replaced_once() {
        let (tokens, key, fetched) = (Tokens::default(), key(), Cell::new(0));
        let get = |rejected| {
            let (tokens, key, fetched) = (&tokens, &key, &fetched);
            async move {
                tokens
                    .get(key, rejected, fetch(fetched, Duration::from_secs(60)))
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
    async fn an_expired_token_is_replaced() {
        let (tokens, key, fetched) = (Tokens::default(), key(), Cell::new(0));
        for expected in ["1", "2"] {
            let held = tokens
                .get(&key, None, fetch(&fetched, Duration::ZERO))
                .await
                .unwrap();
            assert_eq!(held.token.expose(), expected);
        }
    }

    #[tokio::test]
    async fn waiting_callers_share_a_failure_and_later_ones_try_again() {
        let (tokens, key, fetched) = (Tokens::default(), key(), Cell::new(0));
        let get = || async {
            tokens
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
