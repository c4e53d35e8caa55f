//! Request bodies.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bindery_secret::Secret;
use hyper::body::{Bytes, Frame, SizeHint};
use tokio::io::{AsyncRead, ReadBuf};

/// Size of the pieces in which a stream is read and sent, in bytes.
const PIECE: usize = 64 << 10;

/// Body of a request.
#[derive(Clone, Debug, Default)]
pub enum Body {
    /// No body.
    #[default]
    Empty,
    /// Names and values as `application/x-www-form-urlencoded`. Sent to the origin of the request only.
    Form(Secret),
    /// Bytes in memory.
    Bytes(Bytes),
    /// Bytes that are read while they are sent.
    Stream(BodySource),
}

/// Bytes of a request body that are read while they are sent, in constant memory.
#[derive(Clone)]
pub struct BodySource {
    length: Option<u64>,
    open: Arc<Open>,
}

type Reader = Box<dyn AsyncRead + Send + Sync + Unpin>;

type Open = dyn Fn() -> io::Result<Reader> + Send + Sync;

impl BodySource {
    /// Creates a source that may be sent again after a redirect: `open` returns a reader at the first byte.
    ///
    /// With a `length` in bytes the request has a `Content-Length`: a reader that ends earlier is an error, and no bytes after the length
    /// are sent. Without it the body is sent in chunks (RFC 9112, section 7.1).
    pub fn new<R: AsyncRead + Send + Sync + Unpin + 'static>(
        length: Option<u64>,
        open: impl Fn() -> io::Result<R> + Send + Sync + 'static,
    ) -> Self {
        let open = move || open().map(|reader| Box::new(reader) as Reader);
        Self {
            length,
            open: Arc::new(open),
        }
    }

    /// Creates a source that can be read once. A redirect of a request with this body is an error.
    pub fn once(
        length: Option<u64>,
        reader: impl AsyncRead + Send + Sync + Unpin + 'static,
    ) -> Self {
        let reader: Mutex<Option<Reader>> = Mutex::new(Some(Box::new(reader)));
        let open = move || {
            let mut reader = reader.lock().unwrap_or_else(PoisonError::into_inner);
            reader.take().ok_or_else(|| {
                io::Error::other("the body was read once already and cannot be sent again")
            })
        };
        Self {
            length,
            open: Arc::new(open),
        }
    }

    /// Opens the source and returns the body to send, which reports to `progress`.
    pub(crate) fn open(&self, progress: &mut Progress) -> io::Result<reqwest::Body> {
        let count = Arc::new(AtomicU64::new(0));
        progress.count = Some(Arc::clone(&count));
        Ok(reqwest::Body::wrap(Pieces {
            reader: (self.open)()?,
            left: self.length,
            has_ended: false,
            count,
        }))
    }
}

impl fmt::Debug for BodySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodySource")
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

/// Number of bytes of a streamed body that were handed to the connection.
#[derive(Default)]
pub(crate) struct Progress {
    count: Option<Arc<AtomicU64>>,
}

impl Progress {
    /// Returns the number of bytes; 0 if the body is not a stream.
    pub(crate) fn bytes(&self) -> u64 {
        let count = self.count.as_ref();
        count.map_or(0, |count| count.load(Ordering::Relaxed))
    }
}

/// An open source, as the HTTP library reads it.
struct Pieces {
    reader: Reader,
    /// Bytes of the promised length that were not read yet.
    left: Option<u64>,
    has_ended: bool,
    count: Arc<AtomicU64>,
}

impl hyper::body::Body for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let this = self.get_mut();
        if this.has_ended {
            return Poll::Ready(None);
        }
        let size = this.left.map_or(PIECE, |left| {
            usize::try_from(left).map_or(PIECE, |left| left.min(PIECE))
        });
        let mut piece = vec![0; size];
        let mut buffer = ReadBuf::new(&mut piece);
        if let Err(error) = ready!(Pin::new(&mut this.reader).poll_read(cx, &mut buffer)) {
            this.has_ended = true;
            return Poll::Ready(Some(Err(error)));
        }
        let read = buffer.filled().len();
        this.has_ended = read == 0;
        if let Some(left) = &mut this.left {
            if read == 0 && *left > 0 {
                let error = io::Error::other("the body ended before its length");
                return Poll::Ready(Some(Err(error)));
            }
            *left -= read as u64;
        }
        if read == 0 {
            return Poll::Ready(None);
        }
        this.count.fetch_add(read as u64, Ordering::Relaxed);
        piece.truncate(read);
        Poll::Ready(Some(Ok(Frame::data(Bytes::from(piece)))))
    }

    fn is_end_stream(&self) -> bool {
        self.has_ended || self.left == Some(0)
    }

    fn size_hint(&self) -> SizeHint {
        self.left.map_or_else(SizeHint::new, SizeHint::with_exact)
    }
}
