//! What a registry is shown: a password, or a token that is fetched for it.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bindery_credentials::Credential;
use bindery_http::header::WWW_AUTHENTICATE;
use bindery_http::{Request, Response, StatusCode, Url};
use bindery_secret::{RedactedUrl, Secret};

use crate::answer::Answer;
use crate::error::{Denial, Error};
use crate::host::{Scheme, Want};
use crate::session::Session;
use crate::token::{Demand, Fetched, Held, Key, ScopeSet, TokenResponse};

/// The most bytes of a token server's answer.
const LONGEST_TOKEN: u64 = 1 << 20;

/// What a token server is told about who asks.
const CLIENT_ID: &str = "bindery";

/// What was shown with a request.
pub(crate) struct Shown {
    pub(crate) header: Secret,
    pub(crate) user: Option<Arc<str>>,
    /// The token behind it, if it is one.
    pub(crate) token: Option<(Key, Held)>,
}

impl Session<'_> {
    /// What to show to a registry with these wants; `None` if it wants a password and none is known.
    ///
    /// `refused` is the token that the registry has just not taken.
    pub(crate) async fn show(
        &self,
        scheme: Scheme,
        want: &Want,
        scopes: &ScopeSet,
        refused: Option<&(Key, Held)>,
    ) -> Result<Option<Shown>, Error> {
        let credential = self.credential()?;
        let user: Option<Arc<str>> = credential
            .as_ref()
            .and_then(Credential::username)
            .map(Arc::from);
        if let Some(Credential::Registry { token }) = &credential {
            return Ok(Some(Shown {
                header: bearer(token),
                user,
                token: None,
            }));
        }
        let Want::Token { realm, service } = want else {
            return Ok(credential.as_ref().and_then(basic).map(|header| Shown {
                header,
                user,
                token: None,
            }));
        };
        let key = Key {
            realm: realm.to_string(),
            service: service.clone(),
            scopes: scopes.clone(),
            who: self.shared.tokens.who(credential.as_ref()),
        };
        // One that was fetched for this very request will not get better by fetching it again.
        let refused = refused.filter(|(old, _)| *old == key);
        if let Some((_, held)) = refused.filter(|(_, held)| held.is_fresh) {
            return Ok(Some(Shown::token(key, held.clone(), user)));
        }
        // The realm came over a connection that may have changed since, from https to http.
        self.guard_realm(scheme, realm)?;
        let fetch = async {
            let (shared, credential) = (self.shared, credential.as_ref());
            // What an earlier run left is of no use once it is refused.
            if refused.is_none()
                && let Some(response) = shared.disk.token(&key, credential)
            {
                let is_fresh = false;
                return Ok(Fetched { response, is_fresh });
            }
            let response = self.fetch_token(&key, realm, credential).await?;
            let is_fresh = true;
            Ok(Fetched { response, is_fresh })
        };
        let held = self
            .shared
            .tokens
            .get(&key, refused.map(|(_, held)| held.generation), fetch)
            .await?;
        Ok(Some(Shown::token(key, held, user)))
    }

    /// Keeps for later runs the token that a registry has just taken, if it is new. What it did not take is of no use.
    pub(crate) fn keep(&self, shown: Option<&Shown>) {
        let Some((key, held)) = shown.and_then(|shown| shown.token.as_ref()) else {
            return;
        };
        if held.is_fresh
            && let Ok(credential) = self.credential()
        {
            let disk = &self.shared.disk;
            disk.keep_token(key, credential.as_ref(), &held.token, held.life);
        }
    }

    /// Asks a token server: with a `POST` if we have a token for it, else in the `GET` form of Docker's token authentication,
    /// which every server has.
    ///
    /// A refresh token that the server gave out before goes first, and is forgotten when it is refused. A server that takes no
    /// `POST` is shown an identity token as the password of nobody, which is what its user name `<token>` means.
    async fn fetch_token(
        &self,
        key: &Key,
        realm: &Url,
        credential: Option<&Credential>,
    ) -> Result<TokenResponse, Error> {
        let tokens = &self.shared.tokens;
        if tokens.takes_post(key) {
            let given = tokens.refresh_token(key);
            let identity = match credential {
                Some(Credential::Identity { token }) => Some(token.clone()),
                _ => None,
            };
            let candidates = [(given, true), (identity, false)];
            for (token, is_given) in candidates {
                let Some(token) = token else { continue };
                let request = token_by_post(key, realm, &token);
                let response = self.ask_token_server(realm, &request).await?;
                match response.status {
                    StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => {
                        tokens.takes_no_post(key);
                        break;
                    }
                    StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED if is_given => {
                        tokens.set_refresh_token(key, None);
                    }
                    _ => return self.read_token(key, realm, credential, &request, &response),
                }
            }
        }
        let request = token_by_get(key, realm, credential);
        let response = self.ask_token_server(realm, &request).await?;
        self.read_token(key, realm, credential, &request, &response)
    }

    async fn ask_token_server(&self, realm: &Url, request: &Request) -> Result<Response, Error> {
        let answer = self.shared.http.fetch(request).await;
        answer.map_err(|error| {
            self.no_answer(RedactedUrl::new(realm.as_str()).as_str().into(), error)
        })
    }

    fn read_token(
        &self,
        key: &Key,
        realm: &Url,
        credential: Option<&Credential>,
        request: &Request,
        response: &Response,
    ) -> Result<TokenResponse, Error> {
        let server: Arc<str> = RedactedUrl::new(realm.as_str()).as_str().into();
        let reference = Arc::clone(&self.reference);
        let source = || Arc::new(Answer::of(request.method.clone(), response));
        match response.status.as_u16() {
            200 => {
                let found =
                    TokenResponse::parse(&response.body).map_err(|source| Error::NoToken {
                        reference,
                        realm: RedactedUrl::new(realm.as_str()),
                        source,
                    })?;
                if let (Some(_), Some(token)) = (credential, &found.refresh_token) {
                    self.shared
                        .tokens
                        .set_refresh_token(key, Some(token.clone()));
                }
                Ok(found)
            }
            // OAuth 2 says 400 of a token that ended.
            400 if source().code.as_deref() != Some("invalid_grant") => Err(Error::Unexpected {
                server,
                reference,
                source: source(),
            }),
            400 | 401 | 403 => Err(Error::Denied {
                reference,
                user: credential.and_then(Credential::username).map(Arc::from),
                why: match credential {
                    Some(_) => Denial::WrongCredential { server },
                    None => Denial::NoCredential,
                },
                source: source(),
            }),
            429 => Err(Error::RateLimited {
                reference,
                retry_after: bindery_http::retry_after(&response.headers),
                source: source(),
            }),
            _ => Err(Error::Unexpected {
                server,
                reference,
                source: source(),
            }),
        }
    }

    fn credential(&self) -> Result<Option<Credential>, Error> {
        let (registry, repository) = (&self.reference.registry, &self.reference.repository);
        if let Some(known) = self.shared.hosts.credential(registry, repository.as_str()) {
            return Ok(known);
        }
        let found = self
            .shared
            .keychain
            .credential(registry, repository.as_str(), &["pull"]);
        let found = found.map_err(|source| Error::Keychain {
            registry: self.registry_name(),
            source,
        })?;
        self.shared
            .hosts
            .learn_credential(registry, repository.as_str(), found.clone());
        Ok(found)
    }

    pub(crate) fn demand(&self, response: &Response) -> Result<Demand, Error> {
        let values: Vec<_> = response
            .headers
            .get_all(WWW_AUTHENTICATE)
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
            .collect();
        Demand::choose(values.iter().map(String::as_str)).map_err(|source| Error::Challenge {
            registry: self.registry_name(),
            source,
        })
    }

    /// The address of a token server, if it is one that we go to.
    pub(crate) fn realm(&self, scheme: Scheme, text: &str) -> Result<Url, Error> {
        let mut realm = match text.parse::<Url>() {
            Ok(url) if matches!(url.scheme(), "http" | "https") => url,
            _ => {
                return Err(Error::RealmAddress {
                    registry: self.registry_name(),
                    realm: RedactedUrl::new(text),
                });
            }
        };
        realm.set_fragment(None);
        self.guard_realm(scheme, &realm)?;
        Ok(realm)
    }

    /// Credentials and tokens travel without TLS only where the registry itself does without, or is on this machine, or somebody
    /// said that it is all right.
    fn guard_realm(&self, scheme: Scheme, realm: &Url) -> Result<(), Error> {
        let registry = &self.reference.registry;
        let insecure = self
            .shared
            .options
            .registry(registry)
            .is_some_and(|settings| settings.insecure);
        if realm.scheme() == "https" || scheme == Scheme::Http || registry.is_loopback() || insecure
        {
            return Ok(());
        }
        Err(Error::Realm {
            registry: self.registry_name(),
            realm: RedactedUrl::new(realm.as_str()),
        })
    }
}

impl Shown {
    fn token(key: Key, held: Held, user: Option<Arc<str>>) -> Self {
        Self {
            header: bearer(&held.token),
            user,
            token: Some((key, held)),
        }
    }

    /// Whether it is a token that was not fetched just now.
    pub(crate) fn may_have_ended(&self) -> bool {
        self.token.as_ref().is_some_and(|(_, held)| !held.is_fresh)
    }

    /// Whether this was refused already.
    pub(crate) fn is_no_better_than(&self, before: Option<&Shown>) -> bool {
        let Some(before) = before else { return false };
        match (&self.token, &before.token) {
            (None, None) => true,
            (Some((key, held)), Some((old, refused))) => {
                key == old && held.generation == refused.generation
            }
            _ => false,
        }
    }
}

/// Why a registry with this want answered 401 to what was shown.
pub(crate) fn denial(
    want: &Want,
    shown: Option<&Shown>,
    scopes: &ScopeSet,
    registry: &Arc<str>,
) -> Denial {
    match (want, shown) {
        (Want::Basic, None) => Denial::NoCredential,
        (Want::Basic, Some(_)) => Denial::WrongCredential {
            server: Arc::clone(registry),
        },
        (Want::Token { .. }, _) => Denial::NotEnough {
            scope: Some(scopes.to_string()),
        },
    }
}

/// The `Authorization` header for a user name and password, if it is one.
fn basic(credential: &Credential) -> Option<Secret> {
    let Credential::Basic { username, password } = credential else {
        return None;
    };
    let pair = format!("{username}:{}", password.expose());
    Some(Secret::from(format!("Basic {}", STANDARD.encode(pair))))
}

fn bearer(token: &Secret) -> Secret {
    Secret::from(format!("Bearer {}", token.expose()))
}

/// The `Authorization` header for a token server without `POST`.
fn basic_at_token_server(credential: &Credential) -> Option<Secret> {
    match credential {
        Credential::Identity { token } => basic(&Credential::Basic {
            username: "<token>".to_owned(),
            password: token.clone(),
        }),
        other => basic(other),
    }
}

fn token_by_get(key: &Key, realm: &Url, credential: Option<&Credential>) -> Request {
    let mut url = realm.clone();
    {
        let mut query = url.query_pairs_mut();
        if let Some(service) = &key.service {
            query.append_pair("service", service);
        }
        for scope in key.scopes.iter() {
            query.append_pair("scope", scope);
        }
        query.append_pair("client_id", CLIENT_ID);
        if let Some(Credential::Basic { username, password }) = credential
            && !username.is_empty()
            && !password.is_empty()
        {
            query.append_pair("account", username);
        }
    }
    Request {
        authorization: credential.and_then(basic_at_token_server),
        limit: LONGEST_TOKEN,
        ..Request::get(url)
    }
}

/// The OAuth 2 form, with a refresh token.
fn token_by_post(key: &Key, realm: &Url, token: &Secret) -> Request {
    let scope = key.scopes.to_string();
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", token.expose()),
        ("service", key.service.as_deref().unwrap_or_default()),
        ("scope", &scope),
        ("client_id", CLIENT_ID),
    ];
    Request {
        limit: LONGEST_TOKEN,
        ..Request::post_form(realm.clone(), &fields)
    }
}

#[cfg(test)]
mod tests {
    use bindery_credentials::Anonymous;
    use bindery_reference::Registry;

    use super::*;
    use crate::client::Client;
    use crate::settings::{Options, RegistrySettings};
    use crate::subject::Subject;

    #[track_caller]
    fn check(
        registry: &str,
        scheme: Scheme,
        insecure: bool,
        realm: &str,
        expected: Result<&str, &str>,
    ) {
        let mut options = Options::default();
        let settings = RegistrySettings {
            insecure,
            ..RegistrySettings::default()
        };
        options
            .registries
            .insert(Registry::parse(registry).unwrap(), settings);
        let client = Client::new(options, Arc::new(Anonymous));
        let subject = Subject::manifest(&format!("{registry}/a").parse().unwrap());
        let found = Session::new(&client.shared, subject).realm(scheme, realm);
        let found = found
            .map(|url| url.to_string())
            .map_err(|error| error.to_string());
        assert_eq!(found, expected.map(str::to_owned).map_err(str::to_owned));
    }

    #[test]
    fn tokens_are_fetched_over_tls_unless_the_registry_does_without() {
        let realm = "http://auth.example/token";
        let refused = Err(
            "`r.example` has its tokens at `http://auth.example/token`, which is not protected by TLS",
        );
        check("r.example", Scheme::Https, false, realm, refused);
        check("r.example", Scheme::Https, true, realm, Ok(realm));
        check("r.example", Scheme::Http, false, realm, Ok(realm));
        check("localhost:5000", Scheme::Https, false, realm, Ok(realm));
        let protected = "https://auth.example/token?a=b";
        check("r.example", Scheme::Https, false, protected, Ok(protected));
    }

    #[test]
    fn a_realm_is_an_absolute_address_of_the_web() {
        for (realm, shown) in [
            ("/token", "/token"),
            ("file:///etc/passwd", "file:///etc/passwd"),
            ("//u:canary@h/", "//h/"),
        ] {
            let message = format!(
                "`r.example` has its tokens at `{shown}`, which is no http or https address"
            );
            check("r.example", Scheme::Https, false, realm, Err(&message));
        }
        check(
            "r.example",
            Scheme::Https,
            false,
            "https://h/t#x",
            Ok("https://h/t"),
        );
    }
}
