//! How servers prove who they are.

mod folder;
mod issuer;
mod roots;
mod shown;
mod verifier;

use std::path::PathBuf;
use std::sync::Arc;

use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{
    AlertDescription, CertificateError as CertificateProblem, ClientConfig, InvalidMessage,
};

use crate::error::{NoAnswer, ServerCertificate};
use crate::origin::Origin;
use crate::settings::{ClientCertificate, OriginSettings, TrustSettings};
use crate::tls::roots::Roots;
pub(crate) use crate::tls::shown::Shown;
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

    /// The configuration for an origin with these settings of its own. Only if it is one for TLS, the folders of certificates are
    /// looked into.
    pub(crate) fn config(
        &self,
        origin: &Origin,
        mut own: OriginSettings,
    ) -> Result<(ClientConfig, Arc<Shown>), CertificateError> {
        let provider = Arc::new(ring::default_provider());
        if origin.is_https() {
            folder::add_to(&mut own, self.roots.folders(), origin)?;
        }
        let pair = match &own.client_certificate {
            Some(files) if origin.is_https() => Some(read_pair(files, &provider)?),
            _ => None,
        };
        let shown = Arc::new(Shown::new(pair));
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .expect("the provider has suites for both versions")
            .dangerous()
            .with_custom_certificate_verifier(if own.insecure {
                Arc::new(AnyCertificate::new(provider))
            } else {
                Arc::new(LazyVerifier::new(Arc::clone(&self.roots), own.ca, provider))
            });
        let mut config = builder.with_client_cert_resolver(Arc::clone(&shown) as _);
        if self.http2 {
            config.alpn_protocols.push(b"h2".to_vec());
        }
        config.alpn_protocols.push(b"http/1.1".to_vec());
        Ok((config, shown))
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
    /// In a folder of certificates, one of a certificate and its key is missing.
    #[error("`{}` is there without `{}`", found.display(), missing.display())]
    Single {
        /// The file that is there.
        found: PathBuf,
        /// The file that is not.
        missing: PathBuf,
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
            CertificateError::Single { .. } => {
                "put both into the folder, or none; an authority's certificate is called `.crt` there".into()
            }
            CertificateError::Pair { .. } => "name the key that belongs to the certificate".into(),
        })
    }
}

/// What a TLS error means for people; an error if it stems from a file that the settings name.
pub(crate) fn tls_problem(
    error: &rustls::Error,
    shown: &Shown,
) -> Result<NoAnswer, CertificateError> {
    Ok(match error {
        rustls::Error::InvalidCertificate(CertificateProblem::Other(other)) => {
            if let Some(unusable) = other.0.downcast_ref::<CertificateError>() {
                return Err(unusable.clone());
            }
            match other.0.downcast_ref::<UnknownAuthority>() {
                Some(unknown) => NoAnswer::UnknownAuthority {
                    issuer: unknown.issuer.clone(),
                },
                None => NoAnswer::Certificate(ServerCertificate::Other(other.0.to_string())),
            }
        }
        rustls::Error::InvalidCertificate(problem) => {
            NoAnswer::Certificate(server_certificate(problem))
        }
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => NoAnswer::NotTls,
        rustls::Error::InvalidMessage(InvalidMessage::UnknownProtocolVersion) => NoAnswer::NotTls,
        rustls::Error::AlertReceived(AlertDescription::CertificateRequired) => {
            NoAnswer::ClientCertificate { shown: false }
        }
        rustls::Error::AlertReceived(alert) => match shown.was_asked() {
            Some(shown) if is_about_certificate(*alert) => NoAnswer::ClientCertificate { shown },
            _ => NoAnswer::Tls(error.to_string()),
        },
        other => NoAnswer::Tls(other.to_string()),
    })
}

fn server_certificate(problem: &CertificateProblem) -> ServerCertificate {
    let days = |from: UnixTime, to: UnixTime| to.as_secs().saturating_sub(from.as_secs()) / 86_400;
    match problem {
        CertificateProblem::NotValidForNameContext { presented, .. } if presented.is_empty() => {
            ServerCertificate::NamesOnlyInSubject
        }
        CertificateProblem::NotValidForNameContext {
            expected,
            presented,
        } => ServerCertificate::OtherHost {
            host: expected.to_str().into_owned(),
            names: presented.iter().map(|name| bare(name)).collect(),
        },
        CertificateProblem::ExpiredContext { time, not_after } => ServerCertificate::Expired {
            days: days(*not_after, *time),
        },
        CertificateProblem::NotValidYetContext { time, not_before } => {
            ServerCertificate::NotYetValid {
                days: days(*time, *not_before),
            }
        }
        _ => ServerCertificate::Other(problem.to_string()),
    }
}

/// `registry.example.org` of the library's `DnsName("registry.example.org")`.
fn bare(name: &str) -> String {
    let inner = name.split_once('(').map_or(name, |(_, inner)| inner);
    inner.trim_end_matches(')').trim_matches('"').to_owned()
}

/// What servers say in their different ways when they do not like our certificate, or the lack of one.
fn is_about_certificate(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::HandshakeFailure
            | AlertDescription::NoCertificate
            | AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied
            | AlertDescription::DecryptError
    )
}
