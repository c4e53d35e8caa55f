//! Client certificate, and whether the server asked for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::sign::CertifiedKey;

/// Sends the client certificate, if there is one, and records whether the server asked for it: few servers name a missing certificate as
/// the reason of a refusal.
#[derive(Debug)]
pub(crate) struct CertificateResolver {
    pair: Option<Arc<CertifiedKey>>,
    was_asked: AtomicBool,
}

impl CertificateResolver {
    pub(crate) fn new(pair: Option<CertifiedKey>) -> Self {
        Self {
            pair: pair.map(Arc::new),
            was_asked: AtomicBool::new(false),
        }
    }

    /// Returns `None` if the server asked for no certificate, else whether one was sent.
    pub(crate) fn was_asked(&self) -> Option<bool> {
        self.was_asked
            .load(Ordering::Relaxed)
            .then_some(self.pair.is_some())
    }
}

impl ResolvesClientCert for CertificateResolver {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.was_asked.store(true, Ordering::Relaxed);
        self.pair.clone()
    }

    fn has_certs(&self) -> bool {
        self.pair.is_some()
    }
}
