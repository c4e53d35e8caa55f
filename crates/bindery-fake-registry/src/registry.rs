//! Handle of a running registry, for test code.

use std::net::{Ipv4Addr, SocketAddr, TcpListener as StdListener};
use std::sync::Arc;
use std::thread::JoinHandle;

use axum::Router;
use bindery_oci::sha256_of;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::access::Options;
use crate::fault::Fault;
use crate::handler;
use crate::image::{Image, Index};
use crate::log::{Counts, Request};
use crate::state::Shared;
use crate::store::{Blob, GeneratedBlob, Repository};
use crate::wire::{Peer, WireListener};

/// Running registry. Dropping the value stops it and closes its connections.
pub struct Registry {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Registry {
    /// Starts a registry on a free port of 127.0.0.1.
    ///
    /// # Panics
    ///
    /// If no socket or thread is available.
    pub fn start(options: Options) -> Self {
        let listener =
            StdListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
        listener
            .set_nonblocking(true)
            .expect("a fresh socket can be made non-blocking");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let shared = Arc::new(Shared::new(options.access, address));
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

    /// Returns the address of the registry, `127.0.0.1:PORT`.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Stores an image under `tag`. Returns the digest of its manifest.
    pub fn push(&self, repository: &str, tag: &str, image: &Image) -> String {
        self.put_blob(repository, &image.config);
        self.put_blob(repository, &image.layer);
        self.put_manifest(repository, Some(tag), image.media_type(), &image.manifest)
    }

    /// Stores an index and its images under `tag`. Returns the digest of the index.
    pub fn push_index(&self, repository: &str, tag: &str, index: &Index) -> String {
        for image in &index.images {
            self.put_blob(repository, &image.config);
            self.put_blob(repository, &image.layer);
            self.put_manifest(repository, None, image.media_type(), &image.manifest);
        }
        self.put_manifest(repository, Some(tag), index.media_type(), &index.manifest)
    }

    /// Stores bytes as a manifest under `tag`, without checks. Returns their digest.
    pub fn put_manifest(
        &self,
        repository: &str,
        tag: Option<&str>,
        media_type: &str,
        bytes: &[u8],
    ) -> String {
        self.with_repository(repository, |repository| {
            repository.put_manifest(tag, media_type, bytes).to_string()
        })
    }

    /// Stores bytes as a blob. Returns their digest.
    pub fn put_blob(&self, repository: &str, bytes: &[u8]) -> String {
        let digest = sha256_of(bytes);
        let blob = Blob::Bytes(bytes.to_vec().into());
        self.with_repository(repository, |repository| {
            repository.put_blob(digest.clone(), blob);
        });
        digest.to_string()
    }

    /// Stores a blob whose bytes are generated while they are sent, under `digest`, without a check; see [`GeneratedBlob::digest`].
    ///
    /// # Panics
    ///
    /// If the digest is malformed.
    pub fn put_generated_blob(&self, repository: &str, digest: &str, blob: GeneratedBlob) {
        let digest = digest.parse().expect("a test passes a valid digest");
        self.with_repository(repository, |repository| {
            repository.put_blob(digest, Blob::Generated(blob));
        });
    }

    /// Removes a tag; its manifest remains.
    pub fn untag(&self, repository: &str, tag: &str) {
        self.with_repository(repository, |repository| repository.tags.remove(tag));
    }

    /// Returns the digest that a tag names.
    pub fn digest(&self, repository: &str, tag: &str) -> Option<String> {
        let state = self.shared.state();
        let digest = state.repositories.get(repository)?.tags.get(tag)?;
        Some(digest.to_string())
    }

    /// Adds a fault.
    pub fn fault(&self, fault: Fault) {
        self.shared.state().faults.push(fault);
    }

    /// Removes all faults.
    pub fn heal(&self) {
        self.shared.state().faults.clear();
    }

    /// Returns every token that is valid, so that a test can check where none of them must appear.
    pub fn tokens(&self) -> Vec<String> {
        self.shared.state().tokens.texts()
    }

    /// Revokes every token.
    pub fn expire_tokens(&self) {
        self.shared.state().tokens.clear();
    }

    /// Revokes every refresh token; identity tokens of accounts remain valid.
    pub fn expire_refresh_tokens(&self) {
        self.shared.state().tokens.clear_refresh();
    }

    /// Returns every request since the start or the last [`Registry::forget_requests`], in the order of arrival.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.state().requests.clone()
    }

    /// Returns the number of requests and connections since the start or the last [`Registry::forget_requests`].
    ///
    /// Cheaper than [`Registry::requests`] for thousands of requests.
    pub fn counts(&self) -> Counts {
        self.shared.state().counts
    }

    /// Deletes the recorded requests.
    pub fn forget_requests(&self) {
        let mut state = self.shared.state();
        state.requests.clear();
        state.counts = Counts::default();
    }

    fn with_repository<T>(&self, name: &str, change: impl FnOnce(&mut Repository) -> T) -> T {
        let mut state = self.shared.state();
        change(state.repositories.entry(name.to_owned()).or_default())
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the server thread was printed by that thread; a second one in `drop` would abort the test.
            let _ = thread.join();
        }
    }
}

/// Serves until the other end of `stopped` is dropped. Open connections end with the runtime.
fn serve(listener: StdListener, shared: Arc<Shared>, stopped: oneshot::Receiver<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a current-thread runtime needs no more than a socket does");
    runtime.block_on(async {
        let listener = TcpListener::from_std(listener).expect("the socket is non-blocking");
        let listener = WireListener::new(listener, Arc::clone(&shared));
        let router = Router::new().fallback(handler::handle).with_state(shared);
        let service = router.into_make_service_with_connect_info::<Peer>();
        tokio::select! {
            _ = axum::serve(listener, service) => {}
            _ = stopped => {}
        }
    });
}
