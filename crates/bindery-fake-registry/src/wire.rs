//! Connections that can be cut at a chosen byte of a response.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

use crate::state::Shared;

/// Listener whose connections are numbered and can be cut.
pub(crate) struct WireListener {
    listener: TcpListener,
    shared: Arc<Shared>,
    accepted: u64,
}

impl WireListener {
    pub(crate) fn new(listener: TcpListener, shared: Arc<Shared>) -> Self {
        Self {
            listener,
            shared,
            accepted: 0,
        }
    }
}

impl Listener for WireListener {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.listener).await;
        self.accepted += 1;
        self.shared.state().counts.connections += 1;
        let peer = Peer {
            connection: self.accepted,
            cut: Arc::default(),
        };
        (Wire { stream, peer }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// Connection of a request, as its handler sees it.
#[derive(Clone)]
pub(crate) struct Peer {
    pub(crate) connection: u64,
    cut: Arc<Mutex<Option<Cut>>>,
}

impl Peer {
    /// Cuts the connection after this many bytes of the head of the response.
    pub(crate) fn cut_in_head(&self, bytes: usize) {
        self.arm(Cut {
            seen: END_OF_HEAD.len(),
            left: bytes,
        });
    }

    /// Cuts the connection after the whole head and this many bytes of the body.
    pub(crate) fn cut_in_body(&self, bytes: usize) {
        self.arm(Cut {
            seen: 0,
            left: bytes,
        });
    }

    fn arm(&self, cut: Cut) {
        *self.cut.lock().unwrap_or_else(PoisonError::into_inner) = Some(cut);
    }
}

impl Connected<IncomingStream<'_, WireListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, WireListener>) -> Self {
        stream.io().peer.clone()
    }
}

const END_OF_HEAD: &[u8] = b"\r\n\r\n";

/// Position of a cut: `left` bytes after [`END_OF_HEAD`], the first `seen` bytes of which have passed.
struct Cut {
    seen: usize,
    left: usize,
}

impl Cut {
    /// Returns how many of `bytes` may pass.
    fn admits(&self, bytes: &[u8]) -> usize {
        let mut seen = self.seen;
        for (at, byte) in bytes.iter().enumerate() {
            if seen == END_OF_HEAD.len() {
                return bytes.len().min(at + self.left);
            }
            seen = advance(seen, *byte);
        }
        bytes.len()
    }

    /// Records bytes that have passed.
    fn record(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if self.seen == END_OF_HEAD.len() {
                self.left = self.left.saturating_sub(1);
            } else {
                self.seen = advance(self.seen, *byte);
            }
        }
    }

    fn is_due(&self) -> bool {
        self.seen == END_OF_HEAD.len() && self.left == 0
    }
}

fn advance(seen: usize, byte: u8) -> usize {
    if END_OF_HEAD[seen] == byte {
        seen + 1
    } else {
        usize::from(byte == END_OF_HEAD[0])
    }
}

/// TCP connection that can be cut.
pub(crate) struct Wire {
    stream: TcpStream,
    peer: Peer,
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let peer = self.peer.clone();
        let mut armed = peer.cut.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(cut) = armed.as_mut() else {
            return Pin::new(&mut self.stream).poll_write(context, bytes);
        };
        if cut.is_due() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        let admitted = cut.admits(bytes);
        let written =
            std::task::ready!(Pin::new(&mut self.stream).poll_write(context, &bytes[..admitted]))?;
        cut.record(&bytes[..written]);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::Cut;

    #[track_caller]
    fn check(mut cut: Cut, writes: &[&[u8]], passed: usize) {
        let mut total = 0;
        for bytes in writes {
            if cut.is_due() {
                break;
            }
            let admitted = cut.admits(bytes);
            cut.record(&bytes[..admitted]);
            total += admitted;
        }
        assert_eq!(total, passed);
        assert!(cut.is_due());
    }

    #[test]
    fn the_body_begins_after_the_empty_line() {
        check(Cut { seen: 0, left: 2 }, &[b"H: a\r\n\r\nbody"], 10);
        check(
            Cut { seen: 0, left: 2 },
            &[b"H: a\r", b"\n\r", b"\nb", b"ody"],
            10,
        );
        check(Cut { seen: 0, left: 0 }, &[b"a\r\r\n\r\nb"], 6);
    }

    #[test]
    fn a_cut_in_the_head_counts_from_the_first_byte() {
        check(Cut { seen: 4, left: 5 }, &[b"HTTP/1.1 200 OK\r\n"], 5);
    }
}
