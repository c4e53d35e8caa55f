//! Transport: requests for resources, with the scheme, credential and token that a registry requires.
//!
//! Knows addresses, status codes and authentication, and nothing of manifests: the callers choose media types and read the responses.
//! The actions that a request needs (pull, push, delete) are parameters, and decide the scope of its token.
//!
//! Start at [`MirrorFallback`], which is the way to the resources of a registry with mirrors, and at [`Exchange`] for a single server.

mod authorization;
mod exchange;
mod known_hosts;
mod mirrors;
mod receive;
pub(crate) mod response;
mod scheme;
mod state;
mod token_server;
mod tokens;

pub(crate) use exchange::{Exchange, Request};
pub(crate) use mirrors::MirrorFallback;
pub(crate) use receive::OpenBody;
pub(crate) use state::Transport;
