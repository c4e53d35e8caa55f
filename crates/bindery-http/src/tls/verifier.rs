//! Verifiers of server certificates.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError as Problem, DigitallySignedStruct, Error, OtherError, SignatureScheme,
};

use crate::error::CertificateError;
use crate::tls::issuer::issuer_name;
use crate::tls::roots::Roots;

/// Verifier that reads the trusted authorities at the first certificate: plain http never opens their files.
#[derive(Debug)]
pub(crate) struct LazyVerifier {
    roots: Arc<Roots>,
    also: Vec<PathBuf>,
    provider: Arc<CryptoProvider>,
    inner: OnceLock<Result<Arc<WebPkiServerVerifier>, Error>>,
}

/// Error for a certificate whose chain ends at an authority that is not trusted.
#[derive(Clone, Debug, thiserror::Error)]
#[error("unknown authority")]
pub(crate) struct UnknownAuthority {
    pub(crate) issuer: Option<String>,
}

impl LazyVerifier {
    pub(crate) fn new(
        roots: Arc<Roots>,
        also: Vec<PathBuf>,
        provider: Arc<CryptoProvider>,
    ) -> Self {
        Self {
            roots,
            also,
            provider,
            inner: OnceLock::new(),
        }
    }

    fn inner(&self) -> Result<&WebPkiServerVerifier, Error> {
        let inner = self.inner.get_or_init(|| {
            let store = self
                .roots
                .with(&self.also)
                .map_err(other::<CertificateError>)?;
            WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(&self.provider))
                .build()
                .map_err(other)
        });
        inner.as_deref().map_err(Clone::clone)
    }
}

fn other<E: std::error::Error + Send + Sync + 'static>(error: E) -> Error {
    Error::InvalidCertificate(Problem::Other(OtherError(Arc::new(error))))
}

impl ServerCertVerifier for LazyVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.inner()?
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
            .map_err(|error| match error {
                Error::InvalidCertificate(Problem::UnknownIssuer) => other(UnknownAuthority {
                    issuer: issuer_name(intermediates.last().unwrap_or(end_entity)),
                }),
                error => error,
            })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

/// Verifier that accepts any certificate, for origins with `insecure`. The server must still prove that it has the key.
#[derive(Debug)]
pub(crate) struct AnyCertificate {
    provider: Arc<CryptoProvider>,
}

impl AnyCertificate {
    pub(crate) fn new(provider: Arc<CryptoProvider>) -> Self {
        Self { provider }
    }
}

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
