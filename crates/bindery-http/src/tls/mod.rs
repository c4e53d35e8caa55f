//! How servers prove who they are.

mod issuer;
mod roots;
mod verifier;

use std::path::PathBuf;
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{CertificateError as CertificateProblem, ClientConfig, InvalidMessage};

use crate::error::NoAnswer;
use crate::settings::{ClientCertificate, OriginSettings, TrustSettings};
use crate::tls::roots::Roots;
use crate::tls::verifier::{AnyCertificate, LazyVerifier, UnknownAuthority};

/// Makes the TLS configuration of each origin; reads no root certificate itself.
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

    /// The configuration for an origin with settings of its `own`, or for all without.
    pub(crate) fn config(
        &self,
        own: Option<&OriginSettings>,
    ) -> Result<ClientConfig, CertificateError> {
        let provider = Arc::new(ring::default_provider());
        let own = own.cloned().unwrap_or_default();
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .expect("the provider has suites for both versions")
            .dangerous()
            .with_custom_certificate_verifier(if own.insecure {
                Arc::new(AnyCertificate::new(provider))
            } else {
                Arc::new(LazyVerifier::new(Arc::clone(&self.roots), own.ca, provider))
            });
        let mut config = match &own.client_certificate {
            None => builder.with_no_client_auth(),
            Some(files) => {
                let (chain, key) = read_pair(files)?;
                builder.with_client_auth_cert(chain, key).map_err(|error| {
                    CertificateError::Pair {
                        certificate: files.certificate.clone(),
                        key: files.key.clone(),
                        problem: error.to_string(),
                    }
                })?
            }
        };
        if self.http2 {
            config.alpn_protocols.push(b"h2".to_vec());
        }
        config.alpn_protocols.push(b"http/1.1".to_vec());
        Ok(config)
    }
}

fn read_pair(
    files: &ClientCertificate,
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), CertificateError> {
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
    Ok((chain, key))
}

/// Why a file with certificates or a key, named in the settings, cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// The file cannot be read, or is no PEM file.
    #[error("cannot read `{}`: {problem}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the reader says.
        problem: String,
    },
    /// The file holds nothing of what is looked for.
    #[error("no certificate in `{}`", path.display())]
    Empty {
        /// The file or folder.
        path: PathBuf,
    },
    /// A certificate and a key cannot be used together.
    #[error("certificate `{}` and key `{}` cannot be used together: {problem}", certificate.display(), key.display())]
    Pair {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// What is wrong.
        problem: String,
    },
}

impl CertificateError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            CertificateError::Unreadable { .. } => "check the path and who may read it".into(),
            CertificateError::Empty { .. } => {
                "a PEM file holds blocks that begin with `-----BEGIN CERTIFICATE-----`".into()
            }
            CertificateError::Pair { .. } => "name the key that belongs to the certificate".into(),
        })
    }
}

/// What a TLS error means for people; an error if it stems from a file that the settings name.
pub(crate) fn tls_problem(error: &rustls::Error) -> Result<NoAnswer, CertificateError> {
    Ok(match error {
        rustls::Error::InvalidCertificate(CertificateProblem::Other(other)) => {
            if let Some(unusable) = other.0.downcast_ref::<CertificateError>() {
                return Err(unusable.clone());
            }
            match other.0.downcast_ref::<UnknownAuthority>() {
                Some(unknown) => NoAnswer::UnknownAuthority {
                    issuer: unknown.issuer.clone(),
                },
                None => NoAnswer::Certificate(other.0.to_string()),
            }
        }
        rustls::Error::InvalidCertificate(problem) => NoAnswer::Certificate(match problem {
            CertificateProblem::NotValidForNameContext { presented, .. } if presented.is_empty() => {
                "it names its host only in the subject, where names no longer count, and not among its alternative names".into()
            }
            _ => problem.to_string(),
        }),
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => NoAnswer::NotTls,
        rustls::Error::InvalidMessage(InvalidMessage::UnknownProtocolVersion) => NoAnswer::NotTls,
        other => NoAnswer::Tls(other.to_string()),
    })
}
