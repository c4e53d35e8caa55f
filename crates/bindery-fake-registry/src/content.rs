//! Bodies of answers: bytes as a rule, and what no honest server sends.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::body::{Body, Bytes, HttpBody};
use http_body::Frame;
use tokio::time::{Instant, Sleep, sleep_until};

/// The body of an answer before it is sent.
pub(crate) struct Content {
    source: Source,
    /// The time from one byte to the next.
    pause: Option<Duration>,
}

enum Source {
    Bytes(Vec<u8>),
    /// So many spaces; without a number they never end.
    Spaces(Option<u64>),
}

const SPACES: &[u8] = &[b' '; 16 << 10];

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Self {
            source: Source::Bytes(bytes),
            pause: None,
        }
    }
}

impl Content {
    pub(crate) fn flip_last_byte(&mut self) {
        if let Source::Bytes(bytes) = &mut self.source
            && let Some(last) = bytes.last_mut()
        {
            *last ^= 1;
        }
    }

    pub(crate) fn fill(&mut self, length: Option<u64>) {
        self.source = Source::Spaces(length);
    }

    pub(crate) fn drip(&mut self, pause: Duration) {
        self.pause = Some(pause);
    }

    /// How long it is, if it ends.
    pub(crate) fn length(&self) -> Option<u64> {
        match &self.source {
            Source::Bytes(bytes) => Some(bytes.len() as u64),
            Source::Spaces(length) => *length,
        }
    }

    pub(crate) fn into_body(self) -> Body {
        match (self.source, self.pause) {
            (Source::Bytes(bytes), None) => Body::from(bytes),
            (source, pause) => Body::new(Stream {
                source,
                drip: pause.map(|pause| (pause, Box::pin(sleep_until(Instant::now() + pause)))),
            }),
        }
    }
}

/// A body that is made while it is sent. Its length is not told to the HTTP library, which otherwise insists on its own header.
struct Stream {
    source: Source,
    drip: Option<(Duration, Pin<Box<Sleep>>)>,
}

impl Source {
    /// Takes up to `most` bytes; none if nothing is left.
    fn take(&mut self, most: usize) -> Bytes {
        match self {
            Self::Bytes(bytes) => Bytes::from_iter(bytes.drain(..most.min(bytes.len()))),
            Self::Spaces(left) => {
                let most = most.min(SPACES.len());
                let taken = left.map_or(most, |left| {
                    usize::try_from(left).map_or(most, |left| left.min(most))
                });
                if let Some(left) = left {
                    *left -= taken as u64;
                }
                Bytes::from_static(&SPACES[..taken])
            }
        }
    }
}

impl HttpBody for Stream {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let mut most = usize::MAX;
        if let Some((pause, sleep)) = &mut self.drip {
            ready!(sleep.as_mut().poll(context));
            let next = sleep.deadline() + *pause;
            sleep.as_mut().reset(next);
            most = 1;
        }
        let bytes = self.source.take(most);
        Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
    }
}
