//! Faults: failures of chosen requests.

use std::time::Duration;

use crate::glob;

/// Failure of the requests that match it.
///
/// By default a fault applies to every request for a manifest or blob; [`Fault::method`], [`Fault::path`], [`Fault::skip`] and
/// [`Fault::times`] restrict it. Several faults may apply to the same request; if more than one of them replaces the response, the first
/// one that was added does.
#[derive(Clone, Debug)]
pub struct Fault {
    method: Option<String>,
    path: Option<String>,
    skip: usize,
    times: Option<usize>,
    pub(crate) effect: Effect,
}

#[derive(Clone, Debug)]
pub(crate) enum Effect {
    Respond {
        status: u16,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    },
    SetHeader(String, String),
    RemoveHeader(String),
    FlipByte,
    Fill(Option<u64>),
    Shorten(u64),
    Lengthen(u64),
    IgnoreRange,
    Drip(Duration),
    Delay(Duration),
    CutInHead(usize),
    CutInBody(usize),
}

impl Fault {
    fn new(effect: Effect) -> Self {
        Self {
            method: None,
            path: None,
            skip: 0,
            times: None,
            effect,
        }
    }

    /// Returns this status and an empty body; see [`Fault::header`] and [`Fault::body`].
    pub fn status(status: u16) -> Self {
        Self::new(Effect::Respond {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        })
    }

    /// Returns 401 with one `WWW-Authenticate` header for each challenge, in this order.
    pub fn challenges<const N: usize>(challenges: [&str; N]) -> Self {
        challenges
            .into_iter()
            .fold(Self::status(401), |fault, challenge| {
                fault.header("www-authenticate", challenge)
            })
    }

    /// Returns this redirect status (301, 302, 303, 307 or 308) and `Location`.
    pub fn redirect(status: u16, location: &str) -> Self {
        Self::status(status).header("location", location)
    }

    /// Returns 405 for `HEAD`, like some proxies.
    pub fn head_refused() -> Self {
        Self::status(405).header("allow", "GET").method("HEAD")
    }

    /// Leaves out the header `Docker-Content-Digest`.
    pub fn missing_digest() -> Self {
        Self::new(Effect::RemoveHeader("docker-content-digest".to_owned()))
    }

    /// Sends this value as `Docker-Content-Digest`.
    pub fn wrong_digest(value: &str) -> Self {
        Self::set_header("docker-content-digest", value)
    }

    /// Sends the usual response with this header set to this value.
    pub fn set_header(name: &str, value: &str) -> Self {
        Self::new(Effect::SetHeader(name.to_owned(), value.to_owned()))
    }

    /// Sends the usual response without this header.
    pub fn remove_header(name: &str) -> Self {
        Self::new(Effect::RemoveHeader(name.to_owned()))
    }

    /// Sends the usual response with the last byte of the body changed.
    pub fn corrupt() -> Self {
        Self::new(Effect::FlipByte)
    }

    /// Sends the usual response without the last `count` bytes of the body, with the `Content-Length` of the shorter body.
    pub fn shorten(count: u64) -> Self {
        Self::new(Effect::Shorten(count))
    }

    /// Sends the usual response with `count` spaces after the body, with the `Content-Length` of the longer body.
    pub fn lengthen(count: u64) -> Self {
        Self::new(Effect::Lengthen(count))
    }

    /// Sends the whole body in response to a request for a range, like a server without support for ranges.
    pub fn ignore_range() -> Self {
        Self::new(Effect::IgnoreRange)
    }

    /// Sends the usual response with a body of `length` spaces and a matching `Content-Length`.
    ///
    /// The body is generated while it is sent, so it may be larger than the memory.
    pub fn filler(length: u64) -> Self {
        Self::new(Effect::Fill(Some(length)))
    }

    /// Sends the usual response with a body of spaces that never ends, without a `Content-Length`.
    pub fn endless() -> Self {
        Self::new(Effect::Fill(None))
    }

    /// Sends the usual response with a pause before each byte of the body.
    pub fn drip(pause: Duration) -> Self {
        Self::new(Effect::Drip(pause))
    }

    /// Responds after this time. Requests wait concurrently: on the path `*` the fault simulates a distant server.
    pub fn delay(time: Duration) -> Self {
        Self::new(Effect::Delay(time))
    }

    /// Closes the connection after this many bytes of the head of the response; 0 sends no response.
    pub fn cut_in_head(bytes: usize) -> Self {
        Self::new(Effect::CutInHead(bytes))
    }

    /// Closes the connection after the head and this many bytes of the body.
    pub fn cut_in_body(bytes: usize) -> Self {
        Self::new(Effect::CutInBody(bytes))
    }

    /// Adds a header to the response of the fault.
    ///
    /// # Panics
    ///
    /// If the fault does not replace the response; [`Fault::set_header`] is a separate fault.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let Effect::Respond { headers, .. } = &mut self.effect else {
            panic!("the fault has no response for the header `{name}`");
        };
        headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets the body of the response of the fault.
    ///
    /// # Panics
    ///
    /// If the fault does not replace the response.
    pub fn body(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        let Effect::Respond { body, .. } = &mut self.effect else {
            panic!("the fault has no response for a body");
        };
        *body = bytes.into();
        self
    }

    /// Restricts the fault to requests with this method.
    pub fn method(mut self, method: &str) -> Self {
        self.method = Some(method.to_owned());
        self
    }

    /// Restricts the fault to requests whose whole path matches (`*` matches any text): `/v2/team/app/manifests/*`, `/token`.
    pub fn path(mut self, pattern: &str) -> Self {
        self.path = Some(pattern.to_owned());
        self
    }

    /// Skips the first `count` matching requests.
    pub fn skip(mut self, count: usize) -> Self {
        self.skip = count;
        self
    }

    /// Removes the fault after `count` requests.
    pub fn times(mut self, count: usize) -> Self {
        self.times = Some(count);
        self
    }

    /// Returns whether the fault applies to this request, and counts the request.
    fn applies(&mut self, method: &str, path: &str) -> bool {
        let path_matches = match &self.path {
            Some(pattern) => glob::matches(pattern, path),
            None => path.contains("/manifests/") || path.contains("/blobs/"),
        };
        if !path_matches
            || self
                .method
                .as_deref()
                .is_some_and(|wanted| wanted != method)
        {
            return false;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        match &mut self.times {
            None => true,
            Some(0) => false,
            Some(left) => {
                *left -= 1;
                true
            }
        }
    }
}

/// Returns the effects on this request, in the order in which the faults were added.
pub(crate) fn effects(faults: &mut [Fault], method: &str, path: &str) -> Vec<Effect> {
    faults
        .iter_mut()
        .filter_map(|fault| fault.applies(method, path).then(|| fault.effect.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Fault, effects};

    #[test]
    fn skip_and_times_count_matching_requests_only() {
        let mut faults = [Fault::status(503)
            .method("HEAD")
            .path("/v2/a/manifests/*")
            .skip(1)
            .times(2)];
        let mut applies = |method, path| !effects(&mut faults, method, path).is_empty();
        assert!(!applies("GET", "/v2/a/manifests/1"));
        assert!(!applies("HEAD", "/v2/b/manifests/1"));
        assert!(!applies("HEAD", "/v2/a/manifests/1"), "skipped");
        assert!(applies("HEAD", "/v2/a/manifests/1"));
        assert!(applies("HEAD", "/v2/a/manifests/2"));
        assert!(!applies("HEAD", "/v2/a/manifests/1"), "used up");
    }

    #[test]
    fn a_fault_without_a_path_applies_to_manifests_and_blobs() {
        let mut faults = [Fault::status(500)];
        let mut applies = |path| !effects(&mut faults, "GET", path).is_empty();
        assert!(applies("/v2/a/b/manifests/1"));
        assert!(applies("/v2/a/blobs/sha256:00"));
        assert!(!applies("/v2/"));
        assert!(!applies("/v2/a/tags/list"));
        assert!(!applies("/token"));
    }
}
