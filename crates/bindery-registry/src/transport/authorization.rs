//! Authorization of a request: user name and password, or a token.

use std::sync::Arc;

use bindery_credentials::Credential;
use bindery_http::header::WWW_AUTHENTICATE;
use bindery_http::{Response, Url};
use bindery_secret::{RedactedUrl, Secret};
use bindery_token::{Action, Challenge, ScopeSet};

use crate::cache::TokenPurpose;
use crate::error::{Denial, Error, ErrorDetail, ErrorSource};
use crate::resource::Resource;
use crate::transport::known_hosts::AuthScheme;
use crate::transport::scheme::Scheme;
use crate::transport::state::Transport;
use crate::transport::token_server::{TokenServer, basic, bearer};
use crate::transport::tokens::{FetchedToken, HeldToken, TokenKey};

/// `Authorization` header of a request, and where it comes from.
pub(super) struct Authorization {
    pub(super) header: Secret,
    pub(super) user: Option<Arc<str>>,
    /// Token in the header, unless it is a password or a token that the keychain returned.
    token: Option<(TokenKey, HeldToken)>,
}

/// Finds the authorization for actions on a resource.
pub(super) struct Authorizer<'a> {
    pub(super) transport: &'a Transport,
    pub(super) resource: &'a Arc<Resource>,
    pub(super) actions: &'a [Action],
    /// Scheme of the connection to the registry.
    pub(super) scheme: Scheme,
}

impl Authorizer<'_> {
    /// Returns the authorization that `auth_scheme` requires, or `None` if it requires a password and the keychain has none.
    ///
    /// `rejected` is the authorization that the registry has just rejected.
    pub(super) async fn authorize(
        &self,
        auth_scheme: &AuthScheme,
        scopes: &ScopeSet,
        rejected: Option<&Authorization>,
    ) -> Result<Option<Authorization>, Error> {
        let credential = self.credential()?;
        let username = credential.as_ref().and_then(Credential::username);
        let user: Option<Arc<str>> = username.map(Arc::from);
        let without_token = |header, user| Authorization {
            header,
            user,
            token: None,
        };
        if let Some(Credential::Registry { token }) = &credential {
            return Ok(Some(without_token(bearer(token), user)));
        }
        let AuthScheme::Bearer { realm, service } = auth_scheme else {
            let header = credential.as_ref().and_then(basic);
            return Ok(header.map(|header| without_token(header, user)));
        };
        let key = TokenKey {
            realm: realm.to_string(),
            service: service.clone(),
            scopes: scopes.clone(),
            identity: self.transport.tokens.identity(credential.as_ref()),
        };
        let rejected = rejected.and_then(|rejected| rejected.token.as_ref());
        let rejected = rejected.filter(|(rejected_key, _)| *rejected_key == key);
        // A token that was issued for this request and rejected would be issued again with the same rights.
        if let Some((_, token)) = rejected.filter(|(_, token)| token.is_fresh) {
            return Ok(Some(Authorization::with_token(key, token.clone(), user)));
        }
        // The realm was received over a connection that may have been https, while this one is http.
        self.check_realm(realm)?;
        let fetch = async {
            // A rejected token may be the one that an earlier run saved.
            if rejected.is_none()
                && let Some(response) = self
                    .transport
                    .saved_tokens
                    .load(&key.purpose(credential.as_ref()))
            {
                let is_fresh = false;
                return Ok(FetchedToken { response, is_fresh });
            }
            let server = TokenServer {
                transport: self.transport,
                resource: self.resource,
                realm,
                credential: credential.as_ref(),
            };
            let response = server.fetch(&key).await?;
            let is_fresh = true;
            Ok(FetchedToken { response, is_fresh })
        };
        let generation = rejected.map(|(_, token)| token.generation);
        let token = self.transport.tokens.get(&key, generation, fetch).await?;
        Ok(Some(Authorization::with_token(key, token, user)))
    }

    /// Saves a token for later runs, if it was issued for this request and the registry has accepted it.
    pub(super) fn save_token(&self, accepted: Option<&Authorization>) {
        let Some((key, token)) = accepted.and_then(|accepted| accepted.token.as_ref()) else {
            return;
        };
        if token.is_fresh
            && let Ok(credential) = self.credential()
        {
            let purpose = key.purpose(credential.as_ref());
            let saved = &self.transport.saved_tokens;
            saved.save(&purpose, &token.token, token.lifetime);
        }
    }

    fn credential(&self) -> Result<Option<Credential>, Error> {
        let (registry, repository) = (self.resource.registry(), self.resource.repository());
        let known = &self.transport.known_hosts;
        if let Some(credential) = known.credential(registry, repository, self.actions) {
            return Ok(credential);
        }
        let actions: Vec<_> = self.actions.iter().map(|action| action.as_str()).collect();
        let keychain = &self.transport.keychain;
        let credential = keychain
            .credential(registry, repository.as_str(), &actions)
            .map_err(|error| self.fail(ErrorDetail::Keychain, ErrorSource::Keychain(error)))?;
        known.set_credential(registry, repository, self.actions, credential.clone());
        Ok(credential)
    }

    /// Returns the authentication scheme that a 401 response requires, and the scopes of its token. Records the scheme for later requests.
    pub(super) fn challenge<B>(
        &self,
        response: &Response<B>,
    ) -> Result<(Arc<AuthScheme>, ScopeSet), Error> {
        let values: Vec<_> = response
            .headers
            .get_all(WWW_AUTHENTICATE)
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()))
            .collect();
        let challenge = Challenge::choose(values.iter().map(|value| &**value));
        let challenge = challenge.map_err(|error| {
            self.fail(ErrorDetail::InvalidChallenge, ErrorSource::Challenge(error))
        })?;
        let (auth_scheme, scopes) = match challenge {
            Challenge::Basic => (AuthScheme::Basic, ScopeSet::default()),
            Challenge::Bearer {
                realm,
                service,
                scopes,
            } => {
                let realm = self.realm(&realm)?;
                let scopes = if scopes.is_empty() {
                    self.default_scope()
                } else {
                    scopes
                };
                (AuthScheme::Bearer { realm, service }, scopes)
            }
        };
        let auth_scheme = Arc::new(auth_scheme);
        let known = &self.transport.known_hosts;
        known.set_auth_scheme(self.resource.registry(), Arc::clone(&auth_scheme));
        Ok((auth_scheme, scopes))
    }

    /// Returns the scope for the actions of the request, which is used until a challenge names another one.
    pub(super) fn default_scope(&self) -> ScopeSet {
        ScopeSet::repository(self.resource.repository(), self.actions)
    }

    /// Returns the address of a token server, if this client may send a request there.
    fn realm(&self, text: &str) -> Result<Url, Error> {
        let mut realm = match text.parse::<Url>() {
            Ok(url) if matches!(url.scheme(), "http" | "https") => url,
            _ => {
                let realm = RedactedUrl::new(text);
                return Err(Error::new(
                    self.resource,
                    ErrorDetail::InvalidRealm { realm },
                ));
            }
        };
        realm.set_fragment(None);
        self.check_realm(&realm)?;
        Ok(realm)
    }

    /// Checks that a token server is protected by TLS, unless the registry itself is not, or is on this machine, or the user allows it.
    fn check_realm(&self, realm: &Url) -> Result<(), Error> {
        let registry = self.resource.registry();
        let settings = self.transport.settings(registry);
        let is_insecure = settings.is_some_and(|settings| settings.insecure);
        if realm.scheme() == "https"
            || self.scheme == Scheme::Http
            || registry.is_loopback()
            || is_insecure
        {
            return Ok(());
        }
        let realm = RedactedUrl::new(realm.as_str());
        Err(Error::new(
            self.resource,
            ErrorDetail::InsecureRealm { realm },
        ))
    }

    fn fail(&self, detail: ErrorDetail, source: ErrorSource) -> Error {
        Error::new(self.resource, detail).because(source)
    }
}

impl Authorization {
    fn with_token(key: TokenKey, token: HeldToken, user: Option<Arc<str>>) -> Self {
        Self {
            header: bearer(&token.token),
            user,
            token: Some((key, token)),
        }
    }

    /// Returns the scopes of the token, if there is one.
    pub(super) fn scopes(&self) -> Option<&ScopeSet> {
        self.token.as_ref().map(|(key, _)| &key.scopes)
    }

    /// Returns whether the header has a token that was issued for an earlier request, and so may have expired.
    pub(super) fn may_be_expired(&self) -> bool {
        self.token
            .as_ref()
            .is_some_and(|(_, token)| !token.is_fresh)
    }

    /// Returns whether this is the same authorization as `rejected`.
    pub(super) fn is_same_as(&self, rejected: Option<&Authorization>) -> bool {
        let Some(rejected) = rejected else {
            return false;
        };
        match (&self.token, &rejected.token) {
            (None, None) => true,
            (Some((key, token)), Some((rejected_key, rejected))) => {
                key == rejected_key && token.generation == rejected.generation
            }
            _ => false,
        }
    }
}

impl TokenKey {
    fn purpose<'a>(&'a self, credential: Option<&'a Credential>) -> TokenPurpose<'a> {
        TokenPurpose {
            realm: &self.realm,
            service: self.service.as_deref(),
            scopes: &self.scopes,
            credential,
        }
    }
}

/// Returns the reason for a 401 response to a request with this authorization.
pub(super) fn denial(
    auth_scheme: &AuthScheme,
    authorization: Option<&Authorization>,
    scopes: &ScopeSet,
) -> Denial {
    match (auth_scheme, authorization) {
        (AuthScheme::Basic, None) => Denial::NoCredential,
        (AuthScheme::Basic, Some(_)) => Denial::WrongCredential,
        (AuthScheme::Bearer { .. }, _) => Denial::NotAuthorized {
            scope: Some(scopes.to_string()),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use bindery_credentials::Anonymous;
    use bindery_reference::Registry;

    use super::*;
    use crate::cache::Cache;
    use crate::settings::RegistrySettings;

    #[track_caller]
    fn check(
        registry: &str,
        scheme: Scheme,
        insecure: bool,
        realm: &str,
        expected: Result<&str, &str>,
    ) {
        let settings = RegistrySettings {
            insecure,
            ..RegistrySettings::default()
        };
        let registries = BTreeMap::from([(Registry::parse(registry).unwrap(), settings)]);
        let transport = Transport::new(
            bindery_http::Settings::default(),
            registries,
            Arc::new(Anonymous),
            Cache::new(None).tokens,
        );
        let reference = format!("{registry}/a").parse().unwrap();
        let authorizer = Authorizer {
            transport: &transport,
            resource: &Arc::new(Resource::manifest(&reference)),
            actions: &[Action::Pull],
            scheme,
        };
        let actual = authorizer.realm(realm);
        let actual = actual
            .map(|url| url.to_string())
            .map_err(|error| error.to_string());
        assert_eq!(actual, expected.map(str::to_owned).map_err(str::to_owned));
    }

    #[test]
    fn tokens_are_fetched_over_tls_unless_the_registry_has_none() {
        let realm = "http://auth.example/token";
        let refused = Err(
            "the token server `http://auth.example/token` of `r.example` is not protected by TLS",
        );
        check("r.example", Scheme::Https, false, realm, refused);
        check("r.example", Scheme::Https, true, realm, Ok(realm));
        check("r.example", Scheme::Http, false, realm, Ok(realm));
        check("localhost:5000", Scheme::Https, false, realm, Ok(realm));
        let protected = "https://auth.example/token?a=b";
        check("r.example", Scheme::Https, false, protected, Ok(protected));
    }

    #[test]
    fn a_realm_is_an_absolute_http_or_https_url() {
        for (realm, redacted) in [
            ("/token", "/token"),
            ("file:///etc/passwd", "file:///etc/passwd"),
            ("//u:canary@h/", "//h/"),
        ] {
            let message = format!(
                "the token server `{redacted}` of `r.example` is not an http or https address"
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
