//! Authentication: challenges, and the check of credentials and tokens.

use bindery_token::{Action, Challenge, ScopeSet};

use crate::access::{Access, TokenService};
use crate::incoming::Incoming;
use crate::reply::Reply;
use crate::state::{Shared, State};
use crate::token::{Caller, TokenStatus, identify};

/// Returns the response to a request that is not authorized, or `None` if it is.
pub(crate) fn refusal(
    state: &State,
    shared: &Shared,
    request: &Incoming,
    repository: Option<&str>,
) -> Option<Reply> {
    let unauthorized = |challenge: &str| {
        Some(
            Reply::error(401, "UNAUTHORIZED", "authentication required")
                .with("www-authenticate", challenge),
        )
    };
    match &shared.access {
        Access::Anonymous => None,
        Access::Basic(accounts) => match identify(request.authorization(), accounts) {
            Caller::Known(account) if repository.is_none_or(|name| account.may_pull(name)) => None,
            Caller::Known(_) => Some(Reply::error(
                403,
                "DENIED",
                "requested access to the resource is denied",
            )),
            Caller::Anonymous | Caller::WrongCredential => {
                unauthorized("Basic realm=\"fake-registry\"")
            }
        },
        Access::Token(service) => {
            let challenge = |error: Option<&str>| {
                let mut challenge =
                    bearer_challenge(service, shared, request, repository).to_string();
                if let Some(error) = error {
                    challenge.push_str(&format!(",error=\"{error}\""));
                }
                challenge
            };
            let status = request
                .bearer()
                .map(|token| state.tokens.status(token, repository));
            match status {
                Some(TokenStatus::Sufficient) => None,
                Some(TokenStatus::Insufficient) => {
                    unauthorized(&challenge(Some("insufficient_scope")))
                }
                Some(TokenStatus::Invalid) => unauthorized(&challenge(Some("invalid_token"))),
                None => unauthorized(&challenge(None)),
            }
        }
    }
}

fn bearer_challenge(
    service: &TokenService,
    shared: &Shared,
    request: &Incoming,
    repository: Option<&str>,
) -> Challenge {
    let own_realm = || format!("http://{}/token", shared.address);
    let actions: &[Action] = match request.method.as_str() {
        "GET" | "HEAD" => &[Action::Pull],
        _ => &[Action::Pull, Action::Push],
    };
    let repository = repository.and_then(|repository| repository.parse().ok());
    let scopes = repository.map(|repository| ScopeSet::repository(&repository, actions));
    Challenge::Bearer {
        realm: service.realm.clone().unwrap_or_else(own_realm),
        service: service.service.clone(),
        scopes: scopes.unwrap_or_default(),
    }
}
