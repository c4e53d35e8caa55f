//! State that the handle and the server share.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::access::Access;
use crate::fault::Fault;
use crate::log::{Counts, Request};
use crate::store::Repository;
use crate::token::IssuedTokens;

/// Registry, as its handle and its server see it.
pub(crate) struct Shared {
    pub(crate) access: Access,
    pub(crate) address: SocketAddr,
    state: Mutex<State>,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) repositories: BTreeMap<String, Repository>,
    pub(crate) tokens: IssuedTokens,
    pub(crate) faults: Vec<Fault>,
    pub(crate) requests: Vec<Request>,
    pub(crate) counts: Counts,
}

impl Shared {
    pub(crate) fn new(access: Access, address: SocketAddr) -> Self {
        Self {
            access,
            address,
            state: Mutex::default(),
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
