//! Blobs: content of any size, read as a verified stream.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bindery_diagnostic::Kind;
use bindery_http::header::{CONTENT_LENGTH, CONTENT_RANGE, TRANSFER_ENCODING};
use bindery_http::{BodyReader, Bytes, Response, StatusCode};
use bindery_oci::{Descriptor, Hasher};
use bindery_reference::{Registry, Repository};
use bindery_token::Action;

use crate::backend::Backend;
use crate::error::{Error, ErrorDetail, ErrorSource};
use crate::resource::Resource;
use crate::transport::{Exchange, MirrorFallback, OpenBody, Request};

/// `Accept` header of requests for blobs.
const ACCEPT: &str = "*/*";

/// Maximum number of consecutive requests that bring no further byte.
const MAX_STALLS: u32 = 5;

/// Maximum pause before a request, after one that brought no further byte.
const MAX_PAUSE: Duration = Duration::from_secs(10);

const PULL: &[Action] = &[Action::Pull];

/// Reader of a blob, which verifies digest and size.
///
/// The reader holds at most two pieces of the content, each as it arrived from the connection. After a cut it continues with a request for
/// the rest (`Range`, RFC 9110, section 14.2); if the server ignores the range, it skips the bytes that it has. It gives up after five
/// consecutive requests without a further byte.
pub struct BlobReader {
    backend: Arc<Backend>,
    registry: Registry,
    /// Blob, at the server that sends it: the registry or one of its mirrors.
    resource: Arc<Resource>,
    descriptor: Descriptor,
    hasher: Hasher,
    /// Number of bytes received, including the held piece.
    received: u64,
    /// Last piece that was received. It is returned after the next one has arrived, or the whole blob is verified.
    held: Option<Bytes>,
    body: Option<OpenBlob>,
    /// Number of consecutive requests without a further byte.
    stalls: u32,
    end: Option<Result<(), Error>>,
}

/// Response that is being read.
struct OpenBlob {
    reader: BodyReader,
    /// Number of bytes to skip, because the server ignored the range.
    skip: u64,
    /// Whether the end of the body is marked, so that a cut is not taken for the end.
    has_marked_end: bool,
}

/// Opens a blob. Sends the first request, so that a missing blob is an error here.
pub(crate) async fn open(
    backend: &Arc<Backend>,
    registry: &Registry,
    repository: &Repository,
    descriptor: &Descriptor,
) -> Result<BlobReader, Error> {
    let resource = Arc::new(Resource::Blob {
        registry: registry.clone(),
        repository: repository.clone(),
        digest: descriptor.digest.clone(),
    });
    let hasher = Hasher::new(descriptor.digest.algorithm()).map_err(|error| {
        let error = ErrorSource::Algorithm(error);
        Error::new(&resource, ErrorDetail::UnsupportedDigest).because(error)
    })?;
    let mut reader = BlobReader {
        backend: Arc::clone(backend),
        registry: registry.clone(),
        resource,
        descriptor: descriptor.clone(),
        hasher,
        received: 0,
        held: None,
        body: None,
        stalls: 0,
        end: None,
    };
    reader.body = reader.request().await?;
    Ok(reader)
}

impl BlobReader {
    /// Returns the next piece of the content, or `None` at its end.
    ///
    /// The last piece is returned after digest and size of the whole blob are verified: a caller that has received the last byte, or
    /// `None`, has the right content. Every call after an error returns the same error.
    ///
    /// # Errors
    ///
    /// `DigestMismatch` or `SizeMismatch` if the content is not that of the descriptor; the error of the last request if the reader cannot
    /// continue after a cut.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            match &self.end {
                Some(Ok(())) => return Ok(self.held.take()),
                Some(Err(error)) => return Err(error.clone()),
                None => {}
            }
            let end = match self.receive().await {
                Ok(Some(piece)) => match self.add(&piece) {
                    Ok(()) => {
                        if let Some(former) = self.held.replace(piece) {
                            return Ok(Some(former));
                        }
                        continue;
                    }
                    Err(error) => Err(error),
                },
                Ok(None) => self.verify(),
                Err(error) => Err(error),
            };
            self.body = None;
            self.end = Some(end);
        }
    }

    /// Returns the number of bytes that were received so far, including a piece that was not returned yet.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// Receives the next piece. Sends further requests after a cut.
    async fn receive(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            let Some(body) = &mut self.body else {
                if !self.resume().await? {
                    return Ok(None);
                }
                continue;
            };
            match body.reader.chunk().await {
                Ok(Some(mut piece)) => {
                    let skipped = body.skip.min(piece.len() as u64);
                    body.skip -= skipped;
                    let piece = piece.split_off(skipped as usize);
                    if !piece.is_empty() {
                        self.stalls = 0;
                        return Ok(Some(piece));
                    }
                }
                Ok(None) if !body.has_marked_end && self.is_incomplete() && !self.is_stuck() => {
                    self.body = None;
                }
                Ok(None) => return Ok(None),
                // The connection was cut after the last byte, and before the mark of the end.
                Err(_) if self.descriptor.size == Some(self.received) => return Ok(None),
                Err(error) => {
                    let error = Error::http(&self.resource, error);
                    if error.kind() != Kind::NoAnswer || self.is_stuck() {
                        return Err(error);
                    }
                    self.body = None;
                }
            }
        }
    }

    /// Requests the rest of the blob. Returns false if the server reports that no byte is missing.
    async fn resume(&mut self) -> Result<bool, Error> {
        loop {
            self.stalls += 1;
            if self.stalls > 1 {
                tokio::time::sleep(self.pause()).await;
            }
            match self.request().await {
                Ok(body) => {
                    self.body = body;
                    return Ok(self.body.is_some());
                }
                Err(error) if error.kind() == Kind::NoAnswer && !self.is_stuck() => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Returns whether too many requests brought no further byte.
    fn is_stuck(&self) -> bool {
        self.stalls >= MAX_STALLS
    }

    /// Returns the pause before the next request, which doubles with each request that brings no further byte.
    fn pause(&self) -> Duration {
        let base = self.backend.transport.http.settings().retry.base;
        let doublings = self.stalls.saturating_sub(2).min(16);
        base.saturating_mul(1 << doublings).min(MAX_PAUSE)
    }

    /// Requests the blob from the first byte that is missing. Returns `None` if the server reports that no byte is missing.
    ///
    /// Mirrors are asked first, except after a request that brought no further byte.
    async fn request(&mut self) -> Result<Option<OpenBlob>, Error> {
        let request = Request {
            start: self.received,
            ..Request::get(ACCEPT)
        };
        let blob = Resource::Blob {
            registry: self.registry.clone(),
            repository: self.resource.repository().clone(),
            digest: self.descriptor.digest.clone(),
        };
        let transport = &self.backend.transport;
        if self.stalls > 1 {
            let exchange = Exchange::new(transport, Arc::new(blob), PULL);
            let body = open_at(&exchange, &request).await?;
            self.resource = exchange.resource;
            return Ok(body);
        }
        let mut servers = MirrorFallback::new(transport, blob, PULL);
        loop {
            let outcome = open_at(servers.exchange(), &request).await;
            let resource = Arc::clone(&servers.exchange().resource);
            if let Some(outcome) = servers.settle(outcome) {
                self.resource = resource;
                return outcome;
            }
        }
    }

    /// Adds a piece to the digest, unless the content is longer than its descriptor states.
    fn add(&mut self, piece: &Bytes) -> Result<(), Error> {
        self.received += piece.len() as u64;
        match self.descriptor.size {
            Some(size) if self.received > size => Err(self.size_mismatch(size)),
            _ => {
                self.hasher.update(piece);
                Ok(())
            }
        }
    }

    /// Verifies size and digest of the content.
    fn verify(&self) -> Result<(), Error> {
        if let Some(size) = self.descriptor.size
            && size != self.received
        {
            return Err(self.size_mismatch(size));
        }
        let actual = self.hasher.clone().finish();
        if actual == self.descriptor.digest {
            return Ok(());
        }
        let expected = self.descriptor.digest.clone();
        let detail = ErrorDetail::DigestMismatch { expected, actual };
        Err(Error::new(&self.resource, detail))
    }

    fn size_mismatch(&self, expected: u64) -> Error {
        let actual = self.received;
        Error::new(
            &self.resource,
            ErrorDetail::SizeMismatch { expected, actual },
        )
    }

    /// Returns whether bytes are missing, as far as the descriptor states the size.
    fn is_incomplete(&self) -> bool {
        self.descriptor
            .size
            .is_some_and(|size| self.received < size)
    }
}

/// Requests a blob from one server. Returns `None` if the server reports that the content ends before the requested range.
async fn open_at(exchange: &Exchange<'_>, request: &Request) -> Result<Option<OpenBlob>, Error> {
    let (body, reply) = exchange.open(request).await?.with_body(Vec::new());
    let response = &reply.response;
    let range = content_range(response);
    let reader = match body {
        OpenBody::Reader(reader) => reader,
        OpenBody::Error(bytes) => {
            if response.status == StatusCode::RANGE_NOT_SATISFIABLE
                && range == Some((None, Some(request.start)))
            {
                return Ok(None);
            }
            let (_, reply) = reply.with_body(bytes);
            return Err(exchange.refusal(reply));
        }
    };
    let skip = match response.status {
        StatusCode::OK => request.start,
        StatusCode::PARTIAL_CONTENT
            if range.and_then(|(start, _)| start) == Some(request.start) =>
        {
            0
        }
        _ => return Err(exchange.refusal(reply)),
    };
    let headers = &response.headers;
    Ok(Some(OpenBlob {
        reader,
        skip,
        has_marked_end: headers.contains_key(CONTENT_LENGTH)
            || headers.contains_key(TRANSFER_ENCODING),
    }))
}

/// Returns the first byte and the size of the content in a `Content-Range` header: `bytes 5-9/10` or `bytes */10`.
fn content_range(response: &Response) -> Option<(Option<u64>, Option<u64>)> {
    let range = response.headers.get(CONTENT_RANGE)?.to_str().ok()?;
    let (range, size) = range.trim().strip_prefix("bytes ")?.split_once('/')?;
    let start = range.split('-').next().and_then(|text| text.parse().ok());
    Some((start, size.parse().ok()))
}

impl fmt::Debug for BlobReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlobReader")
            .field("resource", &self.resource)
            .field("received", &self.received)
            .finish_non_exhaustive()
    }
}
