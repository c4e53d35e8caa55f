//! What goes wrong, for which requests, and how often.

use std::time::Duration;

use crate::glob;

/// One thing that goes wrong for the requests it matches.
///
/// By default it hits every request for a manifest or blob, for ever; [`Fault::method`], [`Fault::path`], [`Fault::skip`]
/// and [`Fault::times`] narrow it down. Several faults may hit the same request; if more than one of them gives an answer
/// of its own, the one that was added first does.
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
    Answer {
        status: u16,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    },
    SetHeader(String, String),
    RemoveHeader(String),
    FlipByte,
    Fill(Option<u64>),
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

    /// Answers with this status and an empty body; see [`Fault::header`] and [`Fault::body`].
    pub fn status(status: u16) -> Self {
        Self::new(Effect::Answer {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        })
    }

    /// Answers 401 with these `WWW-Authenticate` headers, one each, in this order.
    pub fn challenges<const N: usize>(challenges: [&str; N]) -> Self {
        challenges
            .into_iter()
            .fold(Self::status(401), |fault, one| {
                fault.header("www-authenticate", one)
            })
    }

    /// Answers with this redirect status (301, 302, 303, 307 or 308) and `Location`.
    pub fn redirect(status: u16, location: &str) -> Self {
        Self::status(status).header("location", location)
    }

    /// Answers 405 to `HEAD`, as some proxies do.
    pub fn head_refused() -> Self {
        Self::status(405).header("allow", "GET").method("HEAD")
    }

    /// Leaves out `Docker-Content-Digest`.
    pub fn missing_digest() -> Self {
        Self::new(Effect::RemoveHeader("docker-content-digest".to_owned()))
    }

    /// Sends this as `Docker-Content-Digest`.
    pub fn wrong_digest(value: &str) -> Self {
        Self::set_header("docker-content-digest", value)
    }

    /// Answers as usual, but with this header set to this value.
    pub fn set_header(name: &str, value: &str) -> Self {
        Self::new(Effect::SetHeader(name.to_owned(), value.to_owned()))
    }

    /// Answers as usual, but without this header.
    pub fn remove_header(name: &str) -> Self {
        Self::new(Effect::RemoveHeader(name.to_owned()))
    }

    /// Answers as usual, but with the last byte of the body changed.
    pub fn corrupt() -> Self {
        Self::new(Effect::FlipByte)
    }

    /// Answers as usual, but with a body of this many bytes, all of them spaces, and a `Content-Length` to match.
    ///
    /// Nothing of it is kept in memory, so that it may be longer than that.
    pub fn filler(length: u64) -> Self {
        Self::new(Effect::Fill(Some(length)))
    }

    /// Answers as usual, but with a body of spaces that never ends, and so without a `Content-Length`.
    pub fn endless() -> Self {
        Self::new(Effect::Fill(None))
    }

    /// Answers as usual, but sends the body byte by byte, one each `pause`.
    pub fn drip(pause: Duration) -> Self {
        Self::new(Effect::Drip(pause))
    }

    /// Answers only after this time; with an hour, in effect never. Requests wait beside one another: on the path `*` it is the
    /// way to a distant server.
    pub fn delay(time: Duration) -> Self {
        Self::new(Effect::Delay(time))
    }

    /// Closes the connection after this many bytes of the answer's head; 0 is no answer at all.
    pub fn cut_in_head(bytes: usize) -> Self {
        Self::new(Effect::CutInHead(bytes))
    }

    /// Closes the connection after the head and this many bytes of the body.
    pub fn cut_in_body(bytes: usize) -> Self {
        Self::new(Effect::CutInBody(bytes))
    }

    /// Adds a header to the fault's own answer.
    ///
    /// # Panics
    ///
    /// If the fault has no answer of its own; [`Fault::set_header`] is a fault of its own.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let Effect::Answer { headers, .. } = &mut self.effect else {
            panic!("this fault gives no answer of its own that could take the header `{name}`");
        };
        headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Gives the fault's own answer a body.
    ///
    /// # Panics
    ///
    /// If the fault has no answer of its own, such as a delay.
    pub fn body(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        let Effect::Answer { body, .. } = &mut self.effect else {
            panic!("this fault gives no answer of its own that could take a body");
        };
        *body = bytes.into();
        self
    }

    /// Hits only requests with this method.
    pub fn method(mut self, method: &str) -> Self {
        self.method = Some(method.to_owned());
        self
    }

    /// Hits only requests whose whole path matches (`*` is any text): `/v2/team/app/manifests/*`, `/token`.
    pub fn path(mut self, pattern: &str) -> Self {
        self.path = Some(pattern.to_owned());
        self
    }

    /// Leaves the first `count` matching requests alone.
    pub fn skip(mut self, count: usize) -> Self {
        self.skip = count;
        self
    }

    /// Goes away after it has hit `count` requests.
    pub fn times(mut self, count: usize) -> Self {
        self.times = Some(count);
        self
    }

    /// Whether this request is hit; counts it.
    fn hits(&mut self, method: &str, path: &str) -> bool {
        let right_path = match &self.path {
            Some(pattern) => glob::matches(pattern, path),
            None => path.contains("/manifests/") || path.contains("/blobs/"),
        };
        if !right_path
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

/// The effects that hit this request, in the order in which the faults were added.
pub(crate) fn effects(faults: &mut [Fault], method: &str, path: &str) -> Vec<Effect> {
    faults
        .iter_mut()
        .filter_map(|fault| fault.hits(method, path).then(|| fault.effect.clone()))
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
        let mut hit = |method, path| !effects(&mut faults, method, path).is_empty();
        assert!(!hit("GET", "/v2/a/manifests/1"));
        assert!(!hit("HEAD", "/v2/b/manifests/1"));
        assert!(!hit("HEAD", "/v2/a/manifests/1"), "skipped");
        assert!(hit("HEAD", "/v2/a/manifests/1"));
        assert!(hit("HEAD", "/v2/a/manifests/2"));
        assert!(!hit("HEAD", "/v2/a/manifests/1"), "used up");
    }

    #[test]
    fn manifests_and_blobs_are_hit_unless_a_path_is_given() {
        let mut faults = [Fault::status(500)];
        let mut hit = |path| !effects(&mut faults, "GET", path).is_empty();
        assert!(hit("/v2/a/b/manifests/1"));
        assert!(hit("/v2/a/blobs/sha256:00"));
        assert!(!hit("/v2/"));
        assert!(!hit("/v2/a/tags/list"));
        assert!(!hit("/token"));
    }
}
