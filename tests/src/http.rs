//! HTTP client for fixtures, so that pushing an image does not depend on the code under test.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;

/// Response of a server.
pub(crate) struct Response {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Vec<u8>,
}

impl Response {
    /// Returns the value of the first header with this name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// Sends one request over a new connection. HTTP 1.0, so that the response is never chunked.
pub(crate) fn send(
    address: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> io::Result<Response> {
    let mut stream = TcpStream::connect(address)?;
    let mut head = format!(
        "{method} {path} HTTP/1.0\r\nHost: {address}\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    parse(&bytes).ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::InvalidData,
            format!("no HTTP response to {method} {path}"),
        )
    })
}

fn parse(bytes: &[u8]) -> Option<Response> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?.to_owned();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Response {
        status,
        head,
        body: bytes[end + 4..].to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_response_has_a_status_headers_and_a_body() {
        let response = parse(b"HTTP/1.0 201 Created\r\nLocation: /a:b\r\n\r\nbody").unwrap();
        assert_eq!(
            (
                response.status,
                response.header("location"),
                response.body.as_slice()
            ),
            (201, Some("/a:b"), &b"body"[..])
        );
        assert!(
            parse(b"HTTP/1.0 201 Created\r\nLocation: /a:b\r\n").is_none(),
            "the head is cut off"
        );
    }
}
