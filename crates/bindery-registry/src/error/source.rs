//! Sources of errors.

use std::error::Error as StdError;

use bindery_credentials::KeychainError;
use bindery_oci::{ManifestError, UnsupportedAlgorithm};
use bindery_token::{ChallengeError, TokenResponseError};

use crate::error::detail::ListError;
use crate::transport::response::ErrorResponse;

/// Typed source of an error.
#[derive(Clone, Debug)]
pub(crate) enum ErrorSource {
    Response(ErrorResponse),
    Http(bindery_http::Error),
    Manifest(ManifestError),
    Algorithm(UnsupportedAlgorithm),
    List(ListError),
    Challenge(ChallengeError),
    Token(TokenResponseError),
    Keychain(KeychainError),
}

impl ErrorSource {
    pub(crate) fn as_error(&self) -> &(dyn StdError + 'static) {
        match self {
            Self::Response(source) => source,
            Self::Http(source) => source,
            Self::Manifest(source) => source,
            Self::Algorithm(source) => source,
            Self::List(source) => source,
            Self::Challenge(source) => source,
            Self::Token(source) => source,
            Self::Keychain(source) => source,
        }
    }

    pub(crate) fn response(&self) -> Option<&ErrorResponse> {
        match self {
            Self::Response(response) => Some(response),
            _ => None,
        }
    }

    pub(crate) fn http(&self) -> Option<&bindery_http::Error> {
        match self {
            Self::Http(error) => Some(error),
            _ => None,
        }
    }

    pub(crate) fn keychain(&self) -> Option<&KeychainError> {
        match self {
            Self::Keychain(error) => Some(error),
            _ => None,
        }
    }
}
