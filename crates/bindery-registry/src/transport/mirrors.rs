//! Fallback from the mirrors of a registry to the registry itself.

use std::sync::Arc;

use bindery_diagnostic::Kind;
use bindery_http::Level;
use bindery_token::Action;

use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorDetail};
use crate::resource::Resource;
use crate::transport::exchange::Exchange;
use crate::transport::state::Transport;

/// Order of servers for a resource: the mirrors of its registry, then the registry.
///
/// The first success ends the fallback. Every failure of a mirror leads to the next server, for any reason: a mirror may be
/// outdated, incomplete or down, and only the registry itself is authoritative. A request to a mirror is not repeated.
pub(crate) struct MirrorFallback<'t> {
    transport: &'t Transport,
    resource: Arc<Resource>,
    actions: &'t [Action],
    /// Mirrors that have not been asked, the next one last.
    mirrors: Vec<&'t Endpoint>,
    exchange: Exchange<'t>,
    /// Messages about the mirrors that failed.
    failures: Vec<String>,
}

impl<'t> MirrorFallback<'t> {
    pub(crate) fn new(transport: &'t Transport, resource: Resource, actions: &'t [Action]) -> Self {
        let resource = Arc::new(resource);
        let mut mirrors: Vec<_> = transport
            .settings(resource.registry())
            .filter(|_| !transport.http.settings().offline)
            .map(|settings| settings.mirrors.iter().rev().collect())
            .unwrap_or_default();
        let exchange = next(transport, &resource, actions, &mut mirrors);
        Self {
            transport,
            resource,
            actions,
            mirrors,
            exchange,
            failures: Vec::new(),
        }
    }

    /// Returns the exchange with the server to ask now.
    pub(crate) fn exchange(&self) -> &Exchange<'t> {
        &self.exchange
    }

    /// Takes the outcome of the current exchange. Returns the outcome of the whole, or `None` if the next server is to be asked.
    pub(crate) fn settle<T>(&mut self, outcome: Result<T, Error>) -> Option<Result<T, Error>> {
        let error = match outcome {
            Ok(value) => return Some(Ok(value)),
            Err(error) => error,
        };
        let Some(mirror) = self.exchange.mirror() else {
            let failures = std::mem::take(&mut self.failures);
            return Some(Err(error.after_mirrors(failures)));
        };
        let mut reason = error.to_string();
        for cause in error.causes() {
            reason.push_str(": ");
            reason.push_str(&cause);
        }
        let failure = format!("the mirror {mirror} was passed over: {reason}");
        let level = match error.kind() {
            Kind::NotFound | Kind::Denied | Kind::NoAnswer => Level::Info,
            _ if is_temporary(&error) => Level::Info,
            _ => Level::Warn,
        };
        self.transport.http.settings().log.log(level, &failure);
        if error.kind() == Kind::NoAnswer && !error.is_cut() {
            self.transport.known_hosts.set_silent(&mirror.registry);
        }
        self.failures.push(failure);
        self.exchange = next(
            self.transport,
            &self.resource,
            self.actions,
            &mut self.mirrors,
        );
        None
    }
}

/// Returns the exchange with the next server. Skips mirrors that gave no response in this run.
fn next<'t>(
    transport: &'t Transport,
    resource: &Arc<Resource>,
    actions: &'t [Action],
    mirrors: &mut Vec<&'t Endpoint>,
) -> Exchange<'t> {
    while let Some(endpoint) = mirrors.pop() {
        if !transport.known_hosts.is_silent(&endpoint.registry) {
            return Exchange::at_mirror(transport, resource, actions, endpoint);
        }
    }
    Exchange::new(transport, Arc::clone(resource), actions)
}

fn is_temporary(error: &Error) -> bool {
    match error.detail() {
        ErrorDetail::RateLimited { .. } => true,
        ErrorDetail::UnexpectedResponse => error
            .response()
            .is_some_and(|response| response.status.is_server_error()),
        _ => false,
    }
}
