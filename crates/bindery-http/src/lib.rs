//! The one way out: TLS, redirects that drop credentials, limits, retry, time-outs.
//!
//! A [`Client`] costs nothing until it is used: no certificate is read before a server shows one, no thread is started, and
//! everything runs on the caller's current-thread runtime. Nothing is read from the environment; what a program takes from
//! there (as `SSL_CERT_FILE`) it hands in with [`Settings`].
//!
//! What it guards:
//!
//! - `Authorization` goes to the origin it was given for and nowhere else; a redirect to another scheme, host or port loses it.
//! - A redirect never leads from https to http, and only `GET` and `HEAD` follow any.
//! - An answer longer than the request's limit is an error, not a large allocation.
//! - Bodies arrive as they were sent: nothing is decompressed, since digests are over the bytes on the wire.
//! - Only `GET` and `HEAD` are repeated, a bounded number of times, and no sooner than the server asks for.
//! - Every request ends in bounded time, and only so many to one host are under way at a time.
//! - This machine is never reached by way of a proxy, and no message shows the proxy's password.
//!
//! Start at [`Client::fetch`].

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod client;
mod error;
mod lane;
mod log;
mod origin;
mod proxy;
mod request;
mod resolve;
mod retry;
mod settings;
mod tls;

pub use client::Client;
pub use error::{Error, NoAnswer, RedirectProblem, ServerCertificate};
pub use log::{Level, Log};
pub use origin::Origin;
pub use proxy::Proxies;
pub use request::{Request, Response};
pub use retry::{RetryPolicy, retry_after};
pub use settings::{ClientCertificate, OriginSettings, Settings, TrustSettings};
pub use tls::CertificateError;

pub use reqwest::{Method, StatusCode, Url, header};
