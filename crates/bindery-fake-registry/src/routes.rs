//! One request: kept, disturbed where a fault says so, answered.

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{ConnectInfo, State as Extract},
    http::{
        HeaderMap, HeaderName, HeaderValue, Request as HttpRequest, Response, StatusCode, header,
    },
};
use serde_json::{Value, json};

use crate::{
    access::{Access, TokenService},
    content::Content,
    fault::{Effect, effects},
    image::{Format, digest_of},
    log::Request,
    registry::{Shared, State},
    store::{Manifest, Repository},
    token::{self, Caller, Worth},
    wire::Peer,
};

pub(crate) async fn handle(
    Extract(shared): Extract<Arc<Shared>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: HttpRequest<Body>,
) -> Response<Body> {
    let asked = Asked::read(request).await;
    let (number, effects) = {
        let mut state = shared.state();
        let effects = effects(&mut state.faults, &asked.method, &asked.path);
        state.counts.add(&asked.path);
        state.requests.push(asked.logged(peer.connection));
        (state.requests.len() - 1, effects)
    };

    let mut own = None;
    let mut cut = None;
    let mut delay = Duration::ZERO;
    for effect in &effects {
        match effect {
            Effect::Delay(time) => delay += *time,
            Effect::Answer {
                status,
                headers,
                body,
            } if own.is_none() => {
                let answer = Answer {
                    status: *status,
                    headers: headers.clone(),
                    body: Content::from(body.clone()),
                };
                own = Some(answer);
            }
            Effect::CutInHead(_) | Effect::CutInBody(_) if cut.is_none() => {
                cut = Some(effect.clone())
            }
            _ => {}
        }
    }
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    let mut answer = own.unwrap_or_else(|| answer(&shared, &asked));
    for effect in effects {
        answer.apply(effect);
    }
    match cut {
        Some(Effect::CutInHead(bytes)) => peer.cut_in_head(bytes),
        Some(Effect::CutInBody(bytes)) => peer.cut_in_body(bytes),
        _ => {}
    }
    if !matches!(cut, Some(Effect::CutInHead(_)))
        && let Some(kept) = shared.state().requests.get_mut(number)
    {
        kept.status = Some(answer.status);
    }
    answer.into_response(asked.is_head())
}

/// The parts of a request that matter here.
struct Asked {
    method: String,
    path: String,
    query: String,
    headers: HeaderMap,
    form: String,
}

/// More than any form has.
const LONGEST_FORM: usize = 1 << 20;

impl Asked {
    async fn read(request: HttpRequest<Body>) -> Self {
        let (head, body) = request.into_parts();
        // A body that breaks off is as good as none: nobody answers to it.
        let body = axum::body::to_bytes(body, LONGEST_FORM)
            .await
            .unwrap_or_default();
        Self {
            method: head.method.as_str().to_owned(),
            path: head.uri.path().to_owned(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            headers: head.headers,
            form: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    fn is_head(&self) -> bool {
        self.method == "HEAD"
    }

    fn authorization(&self) -> Option<&str> {
        self.headers.get(header::AUTHORIZATION)?.to_str().ok()
    }

    /// The text behind `Bearer`.
    fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.authorization()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token)
    }

    fn logged(&self, connection: u64) -> Request {
        Request {
            method: self.method.clone(),
            path: self.path.clone(),
            query: self.query.clone(),
            connection,
            authorization: self.headers.get(header::AUTHORIZATION).map(|value| {
                String::from_utf8_lossy(value.as_bytes())
                    .split(' ')
                    .next()
                    .unwrap_or("")
                    .to_lowercase()
            }),
            status: None,
            form: token::fields(&self.form)
                .into_iter()
                .map(|(name, value)| match name.as_str() {
                    "password" | "refresh_token" => (name, "***".to_owned()),
                    _ => (name, value),
                })
                .collect(),
            headers: self
                .headers
                .iter()
                .filter(|(name, _)| *name != header::AUTHORIZATION)
                .map(|(name, value)| {
                    (
                        name.to_string(),
                        String::from_utf8_lossy(value.as_bytes()).into_owned(),
                    )
                })
                .collect(),
        }
    }

    /// Whether this media type is named in `Accept`. Wildcards count for nothing, as in distribution 2.8.
    fn accepts(&self, media_type: &str) -> bool {
        self.headers
            .get_all(header::ACCEPT)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|one| {
                one.split(';')
                    .next()
                    .unwrap_or("")
                    .trim()
                    .eq_ignore_ascii_case(media_type)
            })
    }
}

struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Content,
}

impl Answer {
    fn new(status: u16, content_type: &str, body: Vec<u8>) -> Self {
        Self {
            status,
            headers: vec![("content-type".to_owned(), content_type.to_owned())],
            body: Content::from(body),
        }
    }

    fn json(status: u16, document: &Value) -> Self {
        Self::new(
            status,
            "application/json; charset=utf-8",
            document.to_string().into_bytes(),
        )
    }

    /// An error in the form of the distribution specification.
    fn error(status: u16, code: &str, message: &str) -> Self {
        Self::json(
            status,
            &json!({ "errors": [{ "code": code, "message": message, "detail": null }] }),
        )
    }

    /// What the real one says to a path it does not know.
    fn unknown_path() -> Self {
        Self::new(
            404,
            "text/plain; charset=utf-8",
            b"404 page not found\n".to_vec(),
        )
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn apply(&mut self, effect: Effect) {
        match effect {
            Effect::SetHeader(name, value) => {
                self.headers
                    .retain(|(known, _)| !known.eq_ignore_ascii_case(&name));
                self.headers.push((name, value));
            }
            Effect::RemoveHeader(name) => self
                .headers
                .retain(|(known, _)| !known.eq_ignore_ascii_case(&name)),
            Effect::FlipByte => self.body.flip_last_byte(),
            Effect::Fill(length) => self.body.fill(length),
            Effect::Drip(pause) => self.body.drip(pause),
            Effect::Answer { .. }
            | Effect::Delay(_)
            | Effect::CutInHead(_)
            | Effect::CutInBody(_) => {}
        }
    }

    /// # Panics
    ///
    /// If a fault carries a status or header that HTTP does not allow: a mistake in the test, seen as a closed connection.
    fn into_response(self, is_head: bool) -> Response<Body> {
        let length = self.body.length();
        let mut response = Response::new(if is_head {
            Body::empty()
        } else {
            self.body.into_body()
        });
        *response.status_mut() =
            StatusCode::from_u16(self.status).expect("a fault's status is a valid one");
        let headers = response.headers_mut();
        headers.insert(
            "docker-distribution-api-version",
            HeaderValue::from_static("registry/2.0"),
        );
        if let Some(length) = length.filter(|_| self.status != 304) {
            headers.insert(header::CONTENT_LENGTH, length.into());
        }
        for (name, value) in self.headers {
            let name = HeaderName::try_from(name).expect("a fault's header has a valid name");
            headers.append(
                name,
                HeaderValue::try_from(value).expect("a fault's header has a valid value"),
            );
        }
        response
    }
}

/// The answer of a registry in good health.
fn answer(shared: &Shared, asked: &Asked) -> Answer {
    let mut state = shared.state();
    if asked.path == "/token" {
        return token_answer(&mut state, shared, asked);
    }
    let Some(route) = Route::parse(&asked.path) else {
        return Answer::unknown_path();
    };
    if let Some(refusal) = refusal(&state, shared, asked, route.repository()) {
        return refusal;
    }
    if !matches!(asked.method.as_str(), "GET" | "HEAD") {
        return Answer::error(405, "UNSUPPORTED", "The operation is unsupported.")
            .with("allow", "GET, HEAD");
    }
    match route {
        Route::Version => Answer::json(200, &json!({})),
        Route::Manifest(name, reference) => {
            manifest(state.repositories.get(name), reference, asked)
        }
        Route::Blob(name, digest) => blob(state.repositories.get(name), digest),
        Route::Tags(name) => tags(state.repositories.get(name), name),
    }
}

enum Route<'a> {
    Version,
    Manifest(&'a str, &'a str),
    Blob(&'a str, &'a str),
    Tags(&'a str),
}

impl<'a> Route<'a> {
    fn parse(path: &'a str) -> Option<Self> {
        let rest = path.strip_prefix("/v2/")?;
        if rest.is_empty() {
            return Some(Self::Version);
        }
        if let Some(name) = rest.strip_suffix("/tags/list") {
            return Some(Self::Tags(name));
        }
        let (before, last) = rest.rsplit_once('/')?;
        let (name, kind) = before.rsplit_once('/')?;
        match kind {
            "manifests" => Some(Self::Manifest(name, last)),
            "blobs" => Some(Self::Blob(name, last)),
            _ => None,
        }
    }

    fn repository(&self) -> Option<&'a str> {
        match *self {
            Self::Version => None,
            Self::Manifest(name, _) | Self::Blob(name, _) | Self::Tags(name) => Some(name),
        }
    }
}

fn token_answer(state: &mut State, shared: &Shared, asked: &Asked) -> Answer {
    let Access::Token(service) = &shared.access else {
        return Answer::unknown_path();
    };
    let (status, document) = match asked.method.as_str() {
        "GET" => token::answer(
            &mut state.tokens,
            service,
            &asked.query,
            asked.authorization(),
        ),
        "POST" if service.takes_post => token::answer_post(&mut state.tokens, service, &asked.form),
        _ => return Answer::new(405, "text/plain", Vec::new()).with("allow", "GET"),
    };
    let answer = Answer::json(status, &document);
    if status == 401 {
        answer.with("www-authenticate", "Basic realm=\"fake-registry\"")
    } else {
        answer
    }
}

/// What keeps this request from being answered, if anything does.
fn refusal(
    state: &State,
    shared: &Shared,
    asked: &Asked,
    repository: Option<&str>,
) -> Option<Answer> {
    let unauthorized = |challenge: &str| {
        Some(
            Answer::error(401, "UNAUTHORIZED", "authentication required")
                .with("www-authenticate", challenge),
        )
    };
    match &shared.access {
        Access::Anonymous => None,
        Access::Basic(accounts) => match token::caller(asked.authorization(), accounts) {
            Caller::Known(account) if repository.is_none_or(|name| account.may_pull(name)) => None,
            Caller::Known(_) => Some(Answer::error(
                403,
                "DENIED",
                "requested access to the resource is denied",
            )),
            Caller::Nobody | Caller::Impostor => unauthorized("Basic realm=\"fake-registry\""),
        },
        Access::Token(service) => {
            let challenge =
                |error: Option<&str>| bearer_challenge(service, shared, asked, repository, error);
            match asked
                .bearer()
                .map(|token| state.tokens.worth(token, repository))
            {
                Some(Worth::Enough) => None,
                Some(Worth::TooLittle) => unauthorized(&challenge(Some("insufficient_scope"))),
                Some(Worth::Nothing) => unauthorized(&challenge(Some("invalid_token"))),
                None => unauthorized(&challenge(None)),
            }
        }
    }
}

fn bearer_challenge(
    service: &TokenService,
    shared: &Shared,
    asked: &Asked,
    repository: Option<&str>,
    error: Option<&str>,
) -> String {
    let own = || format!("http://{}/token", shared.address);
    let mut challenge = format!(
        "Bearer realm=\"{}\"",
        service.realm.clone().unwrap_or_else(own)
    );
    if let Some(service) = &service.service {
        challenge.push_str(&format!(",service=\"{service}\""));
    }
    if let Some(repository) = repository {
        let actions = if matches!(asked.method.as_str(), "GET" | "HEAD") {
            "pull"
        } else {
            "pull,push"
        };
        challenge.push_str(&format!(",scope=\"repository:{repository}:{actions}\""));
    }
    if let Some(error) = error {
        challenge.push_str(&format!(",error=\"{error}\""));
    }
    challenge
}

/// A manifest in the form that distribution 2.8 would give to this `Accept`.
fn manifest(repository: Option<&Repository>, reference: &str, asked: &Asked) -> Answer {
    let unknown = || Answer::error(404, "MANIFEST_UNKNOWN", "manifest unknown");
    let Some((repository, found)) =
        repository.and_then(|held| Some((held, held.manifest(reference)?)))
    else {
        return unknown();
    };
    let by_tag = !reference.contains(':');
    let converted;
    let mut given = found;
    if !asked.accepts(&found.media_type) {
        let media_type = found.media_type.as_str();
        for (format, what) in [
            (Format::Oci.manifest(), "OCI manifest"),
            (Format::Oci.index(), "OCI index"),
        ] {
            if media_type == format {
                let message = format!("{what} found, but accept header does not support {what}s");
                return Answer::error(404, "MANIFEST_UNKNOWN", &message);
            }
        }
        if by_tag && media_type == Format::Docker.index() {
            match child_for_amd64(repository, found) {
                Some(child) => given = child,
                None => return unknown(),
            }
        }
        if by_tag
            && given.media_type == Format::Docker.manifest()
            && !asked.accepts(Format::Docker.manifest())
        {
            converted = schema_1(given, asked, reference);
            given = &converted;
        }
    }
    let etag = format!("\"{}\"", given.digest);
    if asked
        .headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|value| value.as_bytes() == etag.as_bytes())
    {
        return Answer {
            status: 304,
            headers: vec![("etag".to_owned(), etag)],
            body: Content::from(Vec::new()),
        };
    }
    Answer::new(200, &given.media_type, given.bytes.clone())
        .with("docker-content-digest", &given.digest)
        .with("etag", &etag)
}

/// What a client gets from a manifest list that it does not accept.
fn child_for_amd64<'a>(repository: &'a Repository, list: &Manifest) -> Option<&'a Manifest> {
    let document: Value = serde_json::from_slice(&list.bytes).ok()?;
    let entry = document["manifests"].as_array()?.iter().find(|entry| {
        entry["platform"]["architecture"] == "amd64" && entry["platform"]["os"] == "linux"
    })?;
    repository.manifest(entry["digest"].as_str()?)
}

/// A schema 1 document made on the fly, with a digest under which nothing can be pulled. Unsigned, unlike the real one's.
fn schema_1(image: &Manifest, asked: &Asked, tag: &str) -> Manifest {
    let document: Value = serde_json::from_slice(&image.bytes).unwrap_or_default();
    let layers: Vec<Value> = document["layers"]
        .as_array()
        .into_iter()
        .flatten()
        .rev()
        .map(|layer| json!({ "blobSum": layer["digest"] }))
        .collect();
    let history: Vec<Value> = layers
        .iter()
        .map(|_| json!({ "v1Compatibility": "{}" }))
        .collect();
    let name = Route::parse(&asked.path)
        .and_then(|route| route.repository())
        .unwrap_or_default();
    let bytes = json!({
        "schemaVersion": 1,
        "name": name,
        "tag": tag,
        "architecture": "amd64",
        "fsLayers": layers,
        "history": history,
    })
    .to_string()
    .into_bytes();
    Manifest {
        media_type: "application/vnd.docker.distribution.manifest.v1+json".to_owned(),
        digest: digest_of(&bytes),
        bytes,
    }
}

fn blob(repository: Option<&Repository>, digest: &str) -> Answer {
    match repository.and_then(|held| held.blobs.get(digest)) {
        Some(bytes) => Answer::new(200, "application/octet-stream", bytes.clone())
            .with("docker-content-digest", digest),
        None => Answer::error(404, "BLOB_UNKNOWN", "blob unknown to registry"),
    }
}

fn tags(repository: Option<&Repository>, name: &str) -> Answer {
    match repository {
        Some(held) => Answer::json(
            200,
            &json!({ "name": name, "tags": held.tags.keys().collect::<Vec<_>>() }),
        ),
        None => Answer::error(404, "NAME_UNKNOWN", "repository name not known to registry"),
    }
}
