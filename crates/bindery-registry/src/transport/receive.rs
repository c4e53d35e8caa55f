//! Ways of receiving a response: whole, or as a stream.

use std::future::Future;

use bindery_http::{BodyReader, Client, Error as HttpError, Request, Response};

/// Size up to which the body of a response with status 400 or more is read, in bytes.
const ERROR_BODY: usize = 64 << 10;

/// Way of receiving a response.
pub(super) trait Receive: Copy + Send + Sync {
    /// Body of the response.
    type Body: Send;

    /// Sends a request and receives the response.
    fn send(
        self,
        http: &Client,
        request: &Request,
    ) -> impl Future<Output = Result<Response<Self::Body>, HttpError>> + Send;
}

/// Reads the whole body, up to the limit of the request.
#[derive(Clone, Copy)]
pub(super) struct Whole;

impl Receive for Whole {
    type Body = Vec<u8>;

    async fn send(self, http: &Client, request: &Request) -> Result<Response, HttpError> {
        http.fetch(request).await
    }
}

/// Leaves the body to the caller, except that of a response with status 400 or more.
#[derive(Clone, Copy)]
pub(super) struct Streamed;

/// Body of a response that was received as a stream.
pub(crate) enum OpenBody {
    /// Reader of the content.
    Reader(BodyReader),
    /// Start of the body of a response with status 400 or more.
    Error(Vec<u8>),
}

impl Receive for Streamed {
    type Body = OpenBody;

    async fn send(self, http: &Client, request: &Request) -> Result<Response<OpenBody>, HttpError> {
        let Response {
            status,
            headers,
            url,
            body,
        } = http.send(request).await?;
        let body = if status.as_u16() >= 400 {
            OpenBody::Error(read_start(body).await)
        } else {
            OpenBody::Reader(body)
        };
        Ok(Response {
            status,
            headers,
            url,
            body,
        })
    }
}

/// Reads the start of a body, as far as it arrives.
async fn read_start(mut body: BodyReader) -> Vec<u8> {
    let mut start = Vec::new();
    while let Ok(Some(chunk)) = body.chunk().await {
        let room = ERROR_BODY - start.len();
        start.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if start.len() == ERROR_BODY {
            break;
        }
    }
    start
}
