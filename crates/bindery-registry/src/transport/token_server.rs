//! Requests to a token server.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bindery_credentials::Credential;
use bindery_http::{Request, Response, StatusCode, Url};
use bindery_secret::{RedactedUrl, Secret};
use bindery_token::{TokenRequest, TokenResponse};

use crate::error::{Denial, Error, ErrorDetail, ErrorSource};
use crate::resource::Resource;
use crate::transport::response::ErrorResponse;
use crate::transport::state::Transport;
use crate::transport::tokens::TokenKey;

/// Maximum size of a token response, in bytes.
const MAX_TOKEN_RESPONSE: u64 = 1 << 20;

/// Name of this program in token requests.
const CLIENT_ID: &str = "bindery";

/// Token server of a registry, and the credential that is sent to it.
pub(super) struct TokenServer<'a> {
    pub(super) transport: &'a Transport,
    /// Resource that the token is for.
    pub(super) resource: &'a Arc<Resource>,
    pub(super) realm: &'a Url,
    pub(super) credential: Option<&'a Credential>,
}

impl TokenServer<'_> {
    /// Requests a token: with `POST` if there is a refresh or identity token, else with `GET`, which every token server supports.
    ///
    /// A refresh token that the server issued before is sent first, and deleted if it is rejected. A server without `POST` receives an
    /// identity token as the password of the user `<token>`, by Docker's convention.
    pub(super) async fn fetch(&self, key: &TokenKey) -> Result<TokenResponse, Error> {
        let tokens = &self.transport.tokens;
        if tokens.may_post(key) {
            let issued = tokens.refresh_token(key);
            let identity = match self.credential {
                Some(Credential::Identity { token }) => Some(token.clone()),
                _ => None,
            };
            for (token, is_issued) in [(issued, true), (identity, false)] {
                let Some(token) = token else { continue };
                let request = self.post(key, &token);
                let response = self.send(&request).await?;
                match response.status {
                    StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => {
                        tokens.set_without_post(key);
                        break;
                    }
                    StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED if is_issued => {
                        tokens.set_refresh_token(key, None);
                    }
                    _ => return self.read(key, &request, &response),
                }
            }
        }
        let request = self.get(key);
        let response = self.send(&request).await?;
        self.read(key, &request, &response)
    }

    async fn send(&self, request: &Request) -> Result<Response, Error> {
        let response = self.transport.http.fetch(request).await;
        response.map_err(|error| Error::http(self.resource, error).at_server(self.name()))
    }

    /// Returns the address of the server for messages.
    fn name(&self) -> Arc<str> {
        RedactedUrl::new(self.realm.as_str()).as_str().into()
    }

    fn read(
        &self,
        key: &TokenKey,
        request: &Request,
        response: &Response,
    ) -> Result<TokenResponse, Error> {
        let fail = |detail| Error::new(self.resource, detail).at_server(self.name());
        if response.status == StatusCode::OK {
            let token = TokenResponse::parse(&response.body)
                .map_err(|error| fail(ErrorDetail::NoToken).because(ErrorSource::Token(error)))?;
            if let (Some(_), Some(refresh_token)) = (self.credential, &token.refresh_token) {
                let tokens = &self.transport.tokens;
                tokens.set_refresh_token(key, Some(refresh_token.clone()));
            }
            return Ok(token);
        }
        let response = ErrorResponse::new(request.method.clone(), response);
        let detail = match response.status.as_u16() {
            // OAuth 2 answers 400 to an expired token.
            400 if response.code.as_deref() != Some("invalid_grant") => {
                ErrorDetail::UnexpectedResponse
            }
            400 | 401 | 403 => ErrorDetail::Denied {
                user: self
                    .credential
                    .and_then(Credential::username)
                    .map(Arc::from),
                reason: match self.credential {
                    Some(_) => Denial::WrongCredential,
                    None => Denial::NoCredential,
                },
            },
            429 => ErrorDetail::RateLimited {
                retry_after: response.retry_after,
            },
            _ => ErrorDetail::UnexpectedResponse,
        };
        Err(fail(detail).because(ErrorSource::Response(response)))
    }

    fn request(&self, key: &TokenKey) -> TokenRequest {
        TokenRequest {
            service: key.service.clone(),
            scopes: key.scopes.clone(),
            client_id: Some(CLIENT_ID.to_owned()),
            account: None,
        }
    }

    fn get(&self, key: &TokenKey) -> Request {
        let mut request = self.request(key);
        if let Some(Credential::Basic { username, password }) = self.credential
            && !username.is_empty()
            && !password.is_empty()
        {
            request.account = Some(username.clone());
        }
        let mut url = self.realm.clone();
        url.query_pairs_mut().extend_pairs(request.query());
        Request {
            authorization: self.credential.and_then(basic_for_token_server),
            limit: MAX_TOKEN_RESPONSE,
            ..Request::get(url)
        }
    }

    fn post(&self, key: &TokenKey, refresh_token: &Secret) -> Request {
        let request = self.request(key);
        let form = request.refresh_form(refresh_token);
        let fields = form.each_ref().map(|(name, value)| (*name, &**value));
        Request {
            limit: MAX_TOKEN_RESPONSE,
            ..Request::post_form(self.realm.clone(), &fields)
        }
    }
}

/// Returns the `Authorization` header with user name and password, if `credential` has them.
pub(super) fn basic(credential: &Credential) -> Option<Secret> {
    let Credential::Basic { username, password } = credential else {
        return None;
    };
    let pair = format!("{username}:{}", password.expose());
    Some(Secret::from(format!("Basic {}", STANDARD.encode(pair))))
}

/// Returns the `Authorization` header with a bearer token.
pub(super) fn bearer(token: &Secret) -> Secret {
    Secret::from(format!("Bearer {}", token.expose()))
}

/// Returns the `Authorization` header for a `GET` to a token server.
fn basic_for_token_server(credential: &Credential) -> Option<Secret> {
    match credential {
        Credential::Identity { token } => basic(&Credential::Basic {
            username: "<token>".to_owned(),
            password: token.clone(),
        }),
        other => basic(other),
    }
}
