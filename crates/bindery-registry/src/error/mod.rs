//! Error of a request to a registry.

mod detail;
mod hint;
mod message;
mod source;

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use bindery_diagnostic::{CauseChain, Diagnostic, Kind, Subject};

use crate::error::message::Message;
use crate::resource::Resource;
use crate::transport::response::ErrorResponse;

pub use detail::{Denial, ErrorDetail, ListError, Missing};
pub(crate) use source::ErrorSource;

/// Error of a request to a registry.
///
/// The message names registry, repository and tag; the request and the text of the server are in `source()`. If mirrors failed before
/// the registry did, each of them is a further cause, and everything else describes the failure of the registry.
#[derive(Clone)]
pub struct Error(Arc<Parts>);

#[derive(Clone, Debug)]
struct Parts {
    detail: ErrorDetail,
    /// Resource that was requested, with the registry or mirror that received the request.
    resource: Arc<Resource>,
    /// Registry or token server that received the request.
    server: Arc<str>,
    source: Option<ErrorSource>,
    /// All causes, if mirrors failed too.
    causes: Option<CauseChain>,
}

impl Error {
    /// Creates the error of a request to the registry itself.
    pub(crate) fn new(resource: &Arc<Resource>, detail: ErrorDetail) -> Self {
        Self(Arc::new(Parts {
            detail,
            resource: Arc::clone(resource),
            server: resource.registry().to_string().into(),
            source: None,
            causes: None,
        }))
    }

    /// Creates the error of a request without a usable response.
    pub(crate) fn http(resource: &Arc<Resource>, error: bindery_http::Error) -> Self {
        let detail = match error {
            bindery_http::Error::NoAnswer { .. } => ErrorDetail::NoAnswer,
            _ => ErrorDetail::Request,
        };
        Self::new(resource, detail).because(ErrorSource::Http(error))
    }

    /// Returns the error with its source.
    pub(crate) fn because(self, source: ErrorSource) -> Self {
        self.change(|parts| parts.source = Some(source))
    }

    /// Returns the error with another server than the registry: its token server.
    pub(crate) fn at_server(self, server: Arc<str>) -> Self {
        self.change(|parts| parts.server = server)
    }

    /// Returns the error with the failures of mirrors after its own causes.
    pub(crate) fn after_mirrors(self, failures: Vec<String>) -> Self {
        if failures.is_empty() {
            return self;
        }
        let mut texts = self.causes();
        texts.extend(failures);
        self.change(|parts| parts.causes = CauseChain::new(texts))
    }

    fn change(self, change: impl FnOnce(&mut Parts)) -> Self {
        let mut parts = Arc::unwrap_or_clone(self.0);
        change(&mut parts);
        Self(Arc::new(parts))
    }

    /// Returns the texts of the causes, the nearest first.
    pub(crate) fn causes(&self) -> Vec<String> {
        let mut texts = Vec::new();
        let mut cause = self.source();
        while let Some(error) = cause {
            texts.push(error.to_string());
            cause = error.source();
        }
        texts
    }

    /// Returns the failure.
    pub fn detail(&self) -> &ErrorDetail {
        &self.0.detail
    }

    /// Returns the resource that was requested.
    pub fn resource(&self) -> &Resource {
        &self.0.resource
    }

    /// Returns the response of the registry or token server, if the error is about one.
    pub fn response(&self) -> Option<&ErrorResponse> {
        self.0.source.as_ref()?.response()
    }

    pub(crate) fn http_source(&self) -> Option<&bindery_http::Error> {
        self.0.source.as_ref()?.http()
    }

    /// Returns whether the server closed the connection before the response was complete.
    pub(crate) fn is_cut(&self) -> bool {
        matches!(
            self.http_source(),
            Some(bindery_http::Error::NoAnswer {
                reason: bindery_http::NoAnswer::Cut,
                ..
            })
        )
    }

    /// Returns the kind, which decides the exit code of a program that ends with this error.
    pub fn kind(&self) -> Kind {
        match self.detail() {
            ErrorDetail::NotFound(_) | ErrorDetail::NoPlatform { .. } => Kind::NotFound,
            ErrorDetail::Denied { .. } => Kind::Denied,
            ErrorDetail::NoAnswer => Kind::NoAnswer,
            // A request that was not sent has no response either.
            ErrorDetail::Request
                if matches!(
                    self.http_source(),
                    Some(bindery_http::Error::Offline { .. })
                ) =>
            {
                Kind::NoAnswer
            }
            ErrorDetail::DigestMismatch { .. } | ErrorDetail::SizeMismatch { .. } => Kind::Content,
            ErrorDetail::Keychain => Kind::Invalid,
            _ => Kind::Failed,
        }
    }

    /// Returns advice for the user.
    pub fn hint(&self) -> Option<String> {
        let parts = &*self.0;
        hint::hint(&parts.detail, &parts.resource, parts.source.as_ref())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts {
            detail,
            resource,
            server,
            ..
        } = &*self.0;
        let message = Message {
            detail,
            resource,
            server,
        };
        message.fmt(f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.causes {
            Some(causes) => Some(causes),
            None => self.0.source.as_ref().map(ErrorSource::as_error),
        }
    }
}

impl From<&Error> for Diagnostic {
    fn from(error: &Error) -> Self {
        let registry = error.resource().registry().to_string();
        let mut diagnostic =
            Self::from_error(error.kind(), error).about(Subject::Registry(registry));
        diagnostic.hint = error.hint();
        diagnostic
    }
}
