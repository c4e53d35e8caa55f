//! Sources of errors.

use std::error::Error as StdError;
use std::fmt;

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

/// Chain of causes of which only the texts are known.
#[derive(Clone, Debug)]
pub(super) struct TextChain {
    text: String,
    next: Option<Box<TextChain>>,
}

impl TextChain {
    /// Creates a chain of `texts`, the nearest cause first. Returns `None` for an empty list.
    pub(super) fn new(texts: Vec<String>) -> Option<Self> {
        let link = |next: Option<Self>, text| {
            Some(Self {
                text,
                next: next.map(Box::new),
            })
        };
        texts.into_iter().rev().fold(None, link)
    }
}

impl fmt::Display for TextChain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl StdError for TextChain {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(self.next.as_deref()?)
    }
}
