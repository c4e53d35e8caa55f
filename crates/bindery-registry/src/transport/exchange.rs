//! Exchange with one server about one resource: scheme, authorization, and responses.

use std::sync::Arc;

use bindery_http::header::{ACCEPT, ACCEPT_ENCODING, HeaderValue, RANGE};
use bindery_http::{Error as HttpError, Method, Response, StatusCode, Url};
use bindery_reference::Registry;
use bindery_token::Action;

use crate::endpoint::Endpoint;
use crate::error::{Denial, Error, ErrorDetail, ErrorSource, Missing};
use crate::resource::Resource;
use crate::transport::authorization::{Authorization, Authorizer, denial};
use crate::transport::receive::{OpenBody, Receive, Streamed, Whole};
use crate::transport::response::ErrorResponse;
use crate::transport::scheme::{self, Scheme};
use crate::transport::state::Transport;

/// Maximum size of a response in memory, in bytes. Registries must accept manifests of 4 MiB; known manifests are far smaller.
const MAX_RESPONSE: u64 = 8 << 20;

/// Exchange with a registry, or with one of its mirrors, about one resource.
pub(crate) struct Exchange<'t> {
    pub(crate) transport: &'t Transport,
    /// Resource, with the registry or mirror that receives the requests.
    pub(crate) resource: Arc<Resource>,
    actions: &'t [Action],
    mirror: Option<Mirror<'t>>,
}

/// Mirror of a registry.
struct Mirror<'t> {
    endpoint: &'t Endpoint,
    /// Registry whose content the mirror has.
    upstream: Registry,
}

/// Request for the resource of an exchange.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// `Accept` header.
    pub(crate) accept: &'static str,
    /// Address of a further page of the resource, which must be at the registry.
    pub(crate) page: Option<Url>,
    /// Offset of the first byte that is needed; 0 requests the whole content.
    pub(crate) start: u64,
}

impl Request {
    /// Creates a `GET`.
    pub(crate) fn get(accept: &'static str) -> Self {
        Self {
            method: Method::GET,
            accept,
            page: None,
            start: 0,
        }
    }

    /// Creates a `HEAD`.
    pub(crate) fn head(accept: &'static str) -> Self {
        Self {
            method: Method::HEAD,
            ..Self::get(accept)
        }
    }
}

/// Response, and the authorization that its request had.
pub(crate) struct Reply<B = Vec<u8>> {
    pub(crate) method: Method,
    pub(crate) response: Response<B>,
    user: Option<Arc<str>>,
    /// Reason for a 401 or 403.
    denial: Denial,
}

impl<'t> Exchange<'t> {
    /// Creates an exchange with the registry of `resource`.
    pub(crate) fn new(
        transport: &'t Transport,
        resource: Arc<Resource>,
        actions: &'t [Action],
    ) -> Self {
        Self {
            transport,
            resource,
            actions,
            mirror: None,
        }
    }

    /// Creates an exchange with a mirror, which uses the credentials and settings of the host of the mirror.
    pub(super) fn at_mirror(
        transport: &'t Transport,
        resource: &Resource,
        actions: &'t [Action],
        endpoint: &'t Endpoint,
    ) -> Self {
        Self {
            transport,
            resource: Arc::new(resource.at(&endpoint.registry)),
            actions,
            mirror: Some(Mirror {
                endpoint,
                upstream: resource.registry().clone(),
            }),
        }
    }

    /// Returns the mirror of the exchange, or `None` for the registry itself.
    pub(super) fn mirror(&self) -> Option<&'t Endpoint> {
        self.mirror.as_ref().map(|mirror| mirror.endpoint)
    }

    /// Sends a request and reads the whole response.
    pub(crate) async fn fetch(&self, request: &Request) -> Result<Reply, Error> {
        self.send(request, Whole).await
    }

    /// Sends a request and returns the response before its body is read, unless the response reports an error.
    pub(crate) async fn open(&self, request: &Request) -> Result<Reply<OpenBody>, Error> {
        self.send(request, Streamed).await
    }

    /// Sends a request in the scheme of the registry.
    ///
    /// If the scheme is not known, and the server responds in another protocol, the request is sent again in the other scheme.
    async fn send<R: Receive>(
        &self,
        request: &Request,
        receive: R,
    ) -> Result<Reply<R::Body>, Error> {
        let mirror = self.mirror.as_ref();
        if let Some(plain_http) = mirror.and_then(|mirror| mirror.endpoint.plain_http) {
            let scheme = Scheme::from_setting(plain_http);
            return self.send_in(scheme, request, receive).await;
        }
        let known = &self.transport.known_hosts;
        let registry = self.resource.registry();
        if let Some(scheme) = known.scheme(registry) {
            return self.send_in(scheme, request, receive).await;
        }
        let candidates = self.candidates();
        let (first, second) = (candidates[0], candidates.get(1).copied());
        let outcome = self.send_in(first, request, receive).await;
        let response = outcome.as_ref().map(|reply| &reply.response);
        let Some(second) = second.filter(|_| scheme::expects_other(first, response)) else {
            if outcome.is_ok() {
                known.set_scheme(registry, first);
            }
            return outcome;
        };
        let other = self.send_in(second, request, receive).await;
        match &other {
            Ok(_) => known.set_scheme(registry, second),
            // The server supports neither scheme: the first outcome explains more.
            Err(error) if scheme::supports_neither(error) => return outcome,
            Err(_) => {}
        }
        other
    }

    /// Sends a request in `scheme`, with the authorization that the registry requires.
    async fn send_in<R: Receive>(
        &self,
        scheme: Scheme,
        request: &Request,
        receive: R,
    ) -> Result<Reply<R::Body>, Error> {
        let mut request = self.http_request(scheme, request)?;
        let authorizer = Authorizer {
            transport: self.transport,
            resource: &self.resource,
            actions: self.actions,
            scheme,
        };
        let known = &self.transport.known_hosts;
        let mut authorization = match known.auth_scheme(self.resource.registry()) {
            None => None,
            Some(auth_scheme) => {
                let scope = authorizer.default_scope();
                authorizer.authorize(&auth_scheme, &scope, None).await?
            }
        };
        let mut rejections = 0;
        let mut challenge = None;
        loop {
            request.authorization = authorization
                .as_ref()
                .map(|authorization| authorization.header.clone());
            let response = receive.send(&self.transport.http, &request).await;
            let response = response.map_err(|error| Error::http(&self.resource, error))?;
            if response.status != StatusCode::UNAUTHORIZED {
                if response.status != StatusCode::FORBIDDEN {
                    authorizer.save_token(authorization.as_ref());
                }
                return Ok(Reply::new(request.method, response, authorization, None));
            }
            rejections += 1;
            let (auth_scheme, scopes) = match (authorizer.challenge(&response), challenge.take()) {
                (Ok(challenge), _) | (Err(_), Some(challenge)) => challenge,
                (Err(error), None) => return Err(error),
            };
            let rejected = authorization.as_ref();
            // A second rejection counts only if the token may be one that an earlier run saved, and has expired since.
            let may_be_expired = rejected.is_some_and(Authorization::may_be_expired);
            let may_improve = rejections == 1 || rejections == 2 && may_be_expired;
            let better = if may_improve {
                authorizer
                    .authorize(&auth_scheme, &scopes, rejected)
                    .await?
            } else {
                None
            };
            let Some(better) = better.filter(|better| !better.is_same_as(rejected)) else {
                let denial = denial(&auth_scheme, rejected, &scopes);
                return Ok(Reply::new(
                    request.method,
                    response,
                    authorization,
                    Some(denial),
                ));
            };
            authorization = Some(better);
            challenge = Some((auth_scheme, scopes));
        }
    }

    fn http_request(
        &self,
        scheme: Scheme,
        request: &Request,
    ) -> Result<bindery_http::Request, Error> {
        let url = match &request.page {
            Some(page) => page.clone(),
            None => self.url(scheme)?,
        };
        let mut http = bindery_http::Request {
            method: request.method.clone(),
            limit: MAX_RESPONSE,
            // If a mirror fails, another server has the resource.
            insist: self.mirror.is_none(),
            ..bindery_http::Request::get(url)
        };
        let headers = &mut http.headers;
        headers.insert(ACCEPT, HeaderValue::from_static(request.accept));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        if request.start > 0 {
            let range = format!("bytes={}-", request.start);
            let range = HeaderValue::try_from(range).expect("a number is valid in a header");
            headers.insert(RANGE, range);
        }
        Ok(http)
    }

    /// Returns the address of the resource, in the scheme that earlier requests have shown.
    pub(crate) fn address(&self) -> Result<Url, Error> {
        let known = self.transport.known_hosts.scheme(self.resource.registry());
        self.url(known.unwrap_or(self.candidates()[0]))
    }

    fn candidates(&self) -> &'static [Scheme] {
        let registry = self.resource.registry();
        scheme::candidates(registry, self.transport.settings(registry))
    }

    fn url(&self, scheme: Scheme) -> Result<Url, Error> {
        let registry = self.resource.registry();
        let path = match &self.mirror {
            Some(mirror) => mirror.endpoint.path.as_deref(),
            None => self
                .transport
                .settings(registry)
                .and_then(|settings| settings.path.as_deref()),
        };
        let path = match path {
            Some(path) => format!("/{}", path.trim_matches('/')),
            None => String::new(),
        };
        let text = format!(
            "{}://{}{path}/v2/{}",
            scheme.as_str(),
            registry.api_host(),
            self.resource.path()
        );
        let mut url: Url = text.parse().map_err(|source| {
            let error = HttpError::Unsendable {
                what: "the registry's name",
                source: Arc::new(source),
            };
            Error::http(&self.resource, error)
        })?;
        if let Some(mirror) = &self.mirror {
            url.query_pairs_mut().append_pair("ns", &mirror.namespace());
        }
        Ok(url)
    }

    /// Returns the error that a response with another status than 200 means.
    pub(crate) fn refusal(&self, reply: Reply) -> Error {
        let response = ErrorResponse::new(reply.method, &reply.response);
        let detail = match response.status.as_u16() {
            404 if response.is_unsupported_format() => ErrorDetail::UnsupportedFormat,
            404 => ErrorDetail::NotFound(match (response.code.as_deref(), &*self.resource) {
                (Some("NAME_UNKNOWN"), _) | (_, Resource::Tags { .. }) => Missing::Repository,
                _ => Missing::Content,
            }),
            401 | 403 => ErrorDetail::Denied {
                user: reply.user,
                reason: reply.denial,
            },
            429 => ErrorDetail::RateLimited {
                retry_after: response.retry_after,
            },
            _ => ErrorDetail::UnexpectedResponse,
        };
        self.fail(detail).because(ErrorSource::Response(response))
    }

    /// Returns an error about the resource.
    pub(crate) fn fail(&self, detail: ErrorDetail) -> Error {
        Error::new(&self.resource, detail)
    }
}

impl Mirror<'_> {
    /// Returns the registry that a mirror of several registries should use (OCI distribution specification 1.1, "Registry Proxying").
    fn namespace(&self) -> String {
        if self.upstream.is_docker_hub() {
            Registry::docker_hub().to_string()
        } else {
            self.upstream.to_string()
        }
    }
}

impl<B> Reply<B> {
    fn new(
        method: Method,
        response: Response<B>,
        authorization: Option<Authorization>,
        denial: Option<Denial>,
    ) -> Self {
        let denial = denial.unwrap_or_else(|| Denial::NotAuthorized {
            scope: authorization
                .as_ref()
                .and_then(Authorization::scopes)
                .map(ToString::to_string),
        });
        Self {
            method,
            response,
            user: authorization.and_then(|authorization| authorization.user),
            denial,
        }
    }

    /// Returns the reply with another body.
    pub(crate) fn with_body<C>(self, body: C) -> (B, Reply<C>) {
        let Response {
            status,
            headers,
            url,
            body: former,
        } = self.response;
        let response = Response {
            status,
            headers,
            url,
            body,
        };
        let reply = Reply {
            method: self.method,
            response,
            user: self.user,
            denial: self.denial,
        };
        (former, reply)
    }
}
