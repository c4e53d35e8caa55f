//! The certificate of this side, and whether the server wanted one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::sign::CertifiedKey;

/// Shows our certificate where there is one, and remembers whether it was asked for: servers seldom say that this was the matter.
#[derive(Debug)]
pub(crate) struct Shown {
    pair: Option<Arc<CertifiedKey>>,
    was_asked: AtomicBool,
}

impl Shown {
    pub(crate) fn new(pair: Option<CertifiedKey>) -> Self {
        Self {
            pair: pair.map(Arc::new),
            was_asked: AtomicBool::new(false),
        }
    }

    /// Whether the server asked for a certificate; and if so, whether it was shown one.
    pub(crate) fn was_asked(&self) -> Option<bool> {
        self.was_asked
            .load(Ordering::Relaxed)
            .then_some(self.pair.is_some())
    }
}

impl ResolvesClientCert for Shown {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.was_asked.store(true, Ordering::Relaxed);
        self.pair.clone()
    }

    fn has_certs(&self) -> bool {
        self.pair.is_some()
    }
}
