//! Handler: records a request, applies faults, and responds.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{ConnectInfo, State as Extract};
use axum::http::{Request as HttpRequest, Response};
use serde_json::json;

use crate::access::Access;
use crate::challenge::refusal;
use crate::content::Content;
use crate::fault::{Effect, effects};
use crate::incoming::Incoming;
use crate::reply::Reply;
use crate::resources::{self, Route};
use crate::state::{Shared, State};
use crate::token;
use crate::wire::Peer;

pub(crate) async fn handle(
    Extract(shared): Extract<Arc<Shared>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: HttpRequest<Body>,
) -> Response<Body> {
    let request = Incoming::read(request).await;
    let (number, effects) = {
        let mut state = shared.state();
        let effects = effects(&mut state.faults, &request.method, &request.path);
        state.counts.add(&request.path);
        state.requests.push(request.record(peer.connection));
        (state.requests.len() - 1, effects)
    };

    let mut reply = None;
    let mut cut = None;
    let mut delay = Duration::ZERO;
    let mut ignores_range = false;
    for effect in &effects {
        match effect {
            Effect::Delay(time) => delay += *time,
            Effect::Respond {
                status,
                headers,
                body,
            } if reply.is_none() => {
                reply = Some(Reply {
                    status: *status,
                    headers: headers.clone(),
                    body: Content::from(body.clone()),
                });
            }
            Effect::CutInHead(_) | Effect::CutInBody(_) if cut.is_none() => {
                cut = Some(effect.clone());
            }
            Effect::IgnoreRange => ignores_range = true,
            _ => {}
        }
    }
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    let range_start = request.range_start().filter(|_| !ignores_range);
    let mut reply = reply.unwrap_or_else(|| respond(&shared, &request, range_start));
    for effect in effects {
        reply.apply(effect);
    }
    match cut {
        Some(Effect::CutInHead(bytes)) => peer.cut_in_head(bytes),
        Some(Effect::CutInBody(bytes)) => peer.cut_in_body(bytes),
        _ => {}
    }
    if !matches!(cut, Some(Effect::CutInHead(_)))
        && let Some(recorded) = shared.state().requests.get_mut(number)
    {
        recorded.status = Some(reply.status);
    }
    reply.into_response(request.is_head())
}

/// Returns the response of a registry without faults.
fn respond(shared: &Shared, request: &Incoming, range_start: Option<u64>) -> Reply {
    let mut state = shared.state();
    if request.path == "/token" {
        return issue_token(&mut state, shared, request);
    }
    let Some(route) = Route::parse(&request.path) else {
        return Reply::unknown_path();
    };
    if let Some(refusal) = refusal(&state, shared, request, route.repository()) {
        return refusal;
    }
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return Reply::error(405, "UNSUPPORTED", "The operation is unsupported.")
            .with("allow", "GET, HEAD");
    }
    let repository = route
        .repository()
        .and_then(|name| state.repositories.get(name));
    match route {
        Route::Version => Reply::json(200, &json!({})),
        Route::Manifest(name, reference) => {
            resources::manifest(repository, name, reference, request)
        }
        Route::Blob(_, digest) => resources::blob(repository, digest, range_start),
        Route::Tags(name) => resources::tags(repository, name),
    }
}

fn issue_token(state: &mut State, shared: &Shared, request: &Incoming) -> Reply {
    let Access::Token(service) = &shared.access else {
        return Reply::unknown_path();
    };
    let tokens = &mut state.tokens;
    let (status, document) = match request.method.as_str() {
        "GET" => token::get(tokens, service, &request.query, request.authorization()),
        "POST" if service.takes_post => token::post(tokens, service, &request.form),
        _ => return Reply::new(405, "text/plain", Vec::new()).with("allow", "GET"),
    };
    let reply = Reply::json(status, &document);
    if status == 401 {
        reply.with("www-authenticate", "Basic realm=\"fake-registry\"")
    } else {
        reply
    }
}
