//! Response bodies that are read in pieces.

use std::fmt;
use std::sync::Arc;

use hyper::body::Bytes;
use reqwest::header::{CONTENT_LENGTH, HeaderMap};
use reqwest::{Method, StatusCode};
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::yield_now;
use tokio::time::timeout;

use crate::destination::Destination;
use crate::error::{Error, NoAnswer};

/// Size up to which the body of a response with status 400 or more is kept, in bytes; only its message is of interest.
const ERROR_BODY: u64 = 64 << 10;

/// Body of a response, read piece by piece.
///
/// Counts as a request under way until it is dropped. Dropping it before its end closes the connection.
pub struct BodyReader {
    destination: Arc<Destination>,
    response: reqwest::Response,
    // Dropped after `response`: the connection is free before the next request may use it.
    _permit: OwnedSemaphorePermit,
}

impl BodyReader {
    pub(crate) fn new(
        destination: Arc<Destination>,
        response: reqwest::Response,
        permit: OwnedSemaphorePermit,
    ) -> Self {
        Self {
            destination,
            response,
            _permit: permit,
        }
    }

    /// Returns the next bytes as they arrived, or `None` at the end of the body.
    ///
    /// # Errors
    ///
    /// If the connection ends before the body does, as its `Content-Length` or chunks say, or if no byte arrives for
    /// [`crate::Settings::idle_timeout`].
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let idle = self.destination.settings.idle_timeout;
        match timeout(idle, self.response.chunk()).await {
            Ok(Ok(chunk)) => Ok(chunk),
            Ok(Err(error)) => Err(self.destination.failure(&error)),
            Err(_) => Err(self.destination.no_answer(NoAnswer::Stalled(idle))),
        }
    }

    /// Reads the body to its end, at most `limit` bytes; of a response with status 400 or more, the first 64 KiB.
    pub(crate) async fn read_whole(
        mut self,
        status: StatusCode,
        headers: &HeaderMap,
        limit: u64,
    ) -> Result<Vec<u8>, Error> {
        let mut body = Vec::new();
        if self.destination.method != Method::HEAD {
            let is_refusal = status.as_u16() >= 400;
            let limit = if is_refusal { ERROR_BODY } else { limit };
            let length = headers
                .get(CONTENT_LENGTH)
                .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
            if !is_refusal && length.is_some_and(|length| length > limit) {
                return Err(self.destination.too_large(limit));
            }
            while let Some(chunk) = self.chunk().await? {
                let room = usize::try_from(limit).unwrap_or(usize::MAX) - body.len();
                if chunk.len() > room {
                    if !is_refusal {
                        return Err(self.destination.too_large(limit));
                    }
                    body.extend_from_slice(&chunk[..room]);
                    break;
                }
                body.extend_from_slice(&chunk);
            }
        }
        let Self {
            response, _permit, ..
        } = self;
        drop(response);
        // The task of the connection takes the connection back before the next request looks for one.
        yield_now().await;
        Ok(body)
    }
}

impl fmt::Debug for BodyReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodyReader")
            .field("url", &self.destination.redacted_url())
            .finish_non_exhaustive()
    }
}
