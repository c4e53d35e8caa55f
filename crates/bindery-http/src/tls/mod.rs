//! TLS configuration of each origin: trusted authorities, and the client certificate.

mod client_certificate;
mod folder;
mod issuer;
mod problem;
mod roots;
mod verifier;

use std::path::PathBuf;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

use crate::error::CertificateError;
use crate::origin::Origin;
use crate::settings::{ClientCertificate, OriginSettings, TrustSettings};
pub(crate) use crate::tls::client_certificate::CertificateResolver;
pub(crate) use crate::tls::problem::no_answer;
use crate::tls::roots::Roots;
use crate::tls::verifier::{AnyCertificate, LazyVerifier};

/// Factory of TLS configurations. Reads no root certificate itself.
pub(crate) struct Tls {
    roots: Arc<Roots>,
    http2: bool,
}

impl Tls {
    pub(crate) fn new(trust: TrustSettings, http2: bool) -> Self {
        Self {
            roots: Arc::new(Roots::new(trust)),
            http2,
        }
    }

    /// Returns the configuration for `origin`, whose own settings are `own`. Reads the certificate folders only if the origin uses TLS.
    pub(crate) fn config(
        &self,
        origin: &Origin,
        mut own: OriginSettings,
    ) -> Result<(ClientConfig, Arc<CertificateResolver>), CertificateError> {
        let provider = Arc::new(ring::default_provider());
        if origin.is_https() {
            folder::add_to(&mut own, self.roots.folders(), origin)?;
        }
        let pair = match &own.client_certificate {
            Some(files) if origin.is_https() => Some(read_pair(files, &provider)?),
            _ => None,
        };
        let certificate = Arc::new(CertificateResolver::new(pair));
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .expect("the provider has suites for both versions")
            .dangerous()
            .with_custom_certificate_verifier(if own.insecure {
                Arc::new(AnyCertificate::new(provider))
            } else {
                Arc::new(LazyVerifier::new(Arc::clone(&self.roots), own.ca, provider))
            });
        let mut config = builder.with_client_cert_resolver(Arc::clone(&certificate) as _);
        if self.http2 {
            config.alpn_protocols.push(b"h2".to_vec());
        }
        config.alpn_protocols.push(b"http/1.1".to_vec());
        Ok((config, certificate))
    }
}

fn read_pair(
    files: &ClientCertificate,
    provider: &CryptoProvider,
) -> Result<CertifiedKey, CertificateError> {
    let unreadable = |path: &PathBuf, error: &pem::Error| CertificateError::Unreadable {
        path: path.clone(),
        problem: error.to_string(),
    };
    let chain = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unreadable(&files.certificate, &error))?;
    if chain.is_empty() {
        return Err(CertificateError::Empty {
            path: files.certificate.clone(),
        });
    }
    let key =
        PrivateKeyDer::from_pem_file(&files.key).map_err(|error| unreadable(&files.key, &error))?;
    CertifiedKey::from_der(chain, key, provider).map_err(|error| CertificateError::Pair {
        certificate: files.certificate.clone(),
        key: files.key.clone(),
        problem: error.to_string(),
    })
}
