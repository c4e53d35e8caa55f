//! The handle that test code holds: start, fill, disturb, look at what was asked.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
};

use axum::Router;
use tokio::{net::TcpListener, sync::oneshot};

use crate::{
    access::{Access, Options},
    fault::Fault,
    image::{Image, Index},
    log::{Counts, Request},
    routes,
    store::Repository,
    token::Book,
    wire::{Peer, WireListener},
};

/// A running registry; it stops, and its connections close, when this is dropped.
pub struct Registry {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What the handle and the server both see.
pub(crate) struct Shared {
    pub(crate) access: Access,
    pub(crate) address: SocketAddr,
    state: Mutex<State>,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) repositories: std::collections::BTreeMap<String, Repository>,
    pub(crate) tokens: Book,
    pub(crate) faults: Vec<Fault>,
    pub(crate) requests: Vec<Request>,
    pub(crate) counts: Counts,
}

impl Shared {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Registry {
    /// Listens on a free port of 127.0.0.1 and answers from now on.
    ///
    /// # Panics
    ///
    /// If no socket or thread can be had: a test cannot go on then.
    pub fn start(options: Options) -> Self {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .expect("loopback has a free port");
        listener
            .set_nonblocking(true)
            .expect("a fresh socket can be made non-blocking");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let shared = Arc::new(Shared {
            access: options.access,
            address,
            state: Mutex::default(),
        });
        let (stop, stopped) = oneshot::channel();
        let served = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("fake-registry".to_owned())
            .spawn(move || serve(listener, served, stopped))
            .expect("a thread can be started");
        Self {
            address,
            shared,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// Where it listens, as `127.0.0.1:PORT`.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Stores an image and points `tag` at it; returns the digest of its manifest.
    pub fn push(&self, repository: &str, tag: &str, image: &Image) -> String {
        self.put_blob(repository, &image.config);
        self.put_blob(repository, &image.layer);
        self.put_manifest(repository, Some(tag), image.media_type(), &image.manifest)
    }

    /// Stores an index with all its images and points `tag` at it; returns the digest of the index.
    pub fn push_index(&self, repository: &str, tag: &str, index: &Index) -> String {
        for image in &index.images {
            self.put_blob(repository, &image.config);
            self.put_blob(repository, &image.layer);
            self.put_manifest(repository, None, image.media_type(), &image.manifest);
        }
        self.put_manifest(repository, Some(tag), index.media_type(), &index.manifest)
    }

    /// Stores any bytes as a manifest, unchecked, and points `tag` at them; returns their digest.
    pub fn put_manifest(
        &self,
        repository: &str,
        tag: Option<&str>,
        media_type: &str,
        bytes: &[u8],
    ) -> String {
        self.with_repository(repository, |held| held.put_manifest(tag, media_type, bytes))
    }

    /// Stores any bytes as a blob; returns their digest.
    pub fn put_blob(&self, repository: &str, bytes: &[u8]) -> String {
        self.with_repository(repository, |held| held.put_blob(bytes))
    }

    /// Takes a tag away; what it pointed at stays.
    pub fn untag(&self, repository: &str, tag: &str) {
        self.with_repository(repository, |held| held.tags.remove(tag));
    }

    /// The digest that a tag points at now.
    pub fn digest(&self, repository: &str, tag: &str) -> Option<String> {
        self.shared
            .state()
            .repositories
            .get(repository)?
            .tags
            .get(tag)
            .cloned()
    }

    /// Adds something that goes wrong.
    pub fn fault(&self, fault: Fault) {
        self.shared.state().faults.push(fault);
    }

    /// Takes all faults away.
    pub fn heal(&self) {
        self.shared.state().faults.clear();
    }

    /// Every token that was given out and not ended, to see that none of them turns up where it should not.
    pub fn tokens(&self) -> Vec<String> {
        self.shared.state().tokens.texts()
    }

    /// Ends every token given out so far.
    pub fn expire_tokens(&self) {
        self.shared.state().tokens.clear();
    }

    /// Ends every refresh token given out so far; identity tokens of accounts stay.
    pub fn expire_refresh_tokens(&self) {
        self.shared.state().tokens.clear_refresh();
    }

    /// Every request since the start, or since [`Registry::forget_requests`], in the order of arrival.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.state().requests.clone()
    }

    /// How many requests and connections there were since the start, or since [`Registry::forget_requests`].
    ///
    /// Cheaper than [`Registry::requests`] where there were thousands.
    pub fn counts(&self) -> Counts {
        self.shared.state().counts
    }

    /// Forgets the requests so far.
    pub fn forget_requests(&self) {
        let mut state = self.shared.state();
        state.requests.clear();
        state.counts = Counts::default();
    }

    fn with_repository<T>(&self, name: &str, change: impl FnOnce(&mut Repository) -> T) -> T {
        change(
            self.shared
                .state()
                .repositories
                .entry(name.to_owned())
                .or_default(),
        )
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the server thread has already been printed; a second one while dropping would abort the test.
            let _ = thread.join();
        }
    }
}

/// Runs until the other end of `stopped` is gone. Connections still open end with the runtime.
fn serve(listener: std::net::TcpListener, shared: Arc<Shared>, stopped: oneshot::Receiver<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a current-thread runtime needs no more than a socket does");
    runtime.block_on(async {
        let listener = TcpListener::from_std(listener).expect("the socket is non-blocking");
        let listener = WireListener::new(listener, Arc::clone(&shared));
        let router = Router::new().fallback(routes::handle).with_state(shared);
        let service = router.into_make_service_with_connect_info::<Peer>();
        tokio::select! {
            _ = axum::serve(listener, service) => {}
            _ = stopped => {}
        }
    });
}
