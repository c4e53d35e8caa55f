//! Reasons of failures, from errors of the TLS library.

use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError as CertificateProblem, InvalidMessage};

use crate::error::{CertificateError, NoAnswer, ServerCertificate};
use crate::tls::client_certificate::CertificateResolver;
use crate::tls::verifier::UnknownAuthority;

/// Returns the reason for a TLS error.
///
/// # Errors
///
/// If the cause is a file that the settings name.
pub(crate) fn no_answer(
    error: &rustls::Error,
    certificate: &CertificateResolver,
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
            NoAnswer::ClientCertificate { sent: false }
        }
        rustls::Error::AlertReceived(alert) => match certificate.was_asked() {
            Some(sent) if is_about_certificate(*alert) => NoAnswer::ClientCertificate { sent },
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

/// Returns `registry.example.org` for `DnsName("registry.example.org")`, the form of the TLS library.
fn bare(name: &str) -> String {
    let inner = name.split_once('(').map_or(name, |(_, inner)| inner);
    inner.trim_end_matches(')').trim_matches('"').to_owned()
}

/// Returns whether servers send this alert when they reject the client certificate, or miss one.
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
