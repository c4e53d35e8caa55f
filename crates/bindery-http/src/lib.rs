//! HTTP client: TLS, redirects that drop credentials, limits, retries and time-outs.
//!
//! A [`Client`] costs nothing until it is used: it reads no certificate before a server shows one, starts no thread, and runs on the
//! current-thread runtime of its caller. It reads no environment variables; a program passes their values (such as `SSL_CERT_FILE`)
//! with [`Settings`].
//!
//! Guarantees:
//!
//! - `Authorization` goes only to the origin it was given for; a redirect to another scheme, host or port drops it.
//! - A redirect never leads from https to http. `GET` and `HEAD` follow each kind of redirect, other methods those that keep the method.
//! - A response longer than the limit of the request is an error, not a large allocation.
//! - Bodies arrive as they were sent: they are not decompressed, since digests cover the bytes on the wire.
//! - Only `GET` and `HEAD` are repeated, a bounded number of times, and no sooner than the server asks for.
//! - A small exchange ([`Client::fetch`]) ends in bounded time. A stream ([`Client::send`]) fails when no byte moves for a while, and ends
//!   without an error only if it is complete.
//! - The number of requests to one host at a time is bounded.
//! - Requests to this machine never go through a proxy, and no message shows the password of a proxy.
//!
//! Start at [`Client::fetch`].

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod body;
mod body_reader;
mod client;
mod destination;
mod error;
mod exchange;
mod link;
mod log;
mod origin;
mod origin_pool;
mod proxy;
mod redirect;
mod request;
mod resolve;
mod retry;
mod settings;
mod tls;

pub use body::{Body, BodySource};
pub use body_reader::BodyReader;
pub use client::Client;
pub use error::{CertificateError, Error, NoAnswer, RedirectProblem, ServerCertificate};
pub use log::{Level, Log};
pub use origin::Origin;
pub use proxy::Proxies;
pub use redirect::next_page;
pub use request::{Request, Response};
pub use retry::{RetryPolicy, retry_after};
pub use settings::{ClientCertificate, OriginSettings, Settings, TrustSettings};

pub use hyper::body::Bytes;
pub use reqwest::{Method, StatusCode, Url, header};
