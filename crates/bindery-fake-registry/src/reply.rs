//! Responses before they are sent, and the effects of faults on them.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::content::Content;
use crate::fault::Effect;

/// Response before it is sent.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Content,
}

impl Reply {
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Content>) -> Self {
        Self {
            status,
            headers: vec![("content-type".to_owned(), content_type.to_owned())],
            body: body.into(),
        }
    }

    pub(crate) fn json(status: u16, document: &Value) -> Self {
        Self::new(
            status,
            "application/json; charset=utf-8",
            document.to_string().into_bytes(),
        )
    }

    /// Creates an error in the format of the distribution specification.
    pub(crate) fn error(status: u16, code: &str, message: &str) -> Self {
        Self::json(
            status,
            &json!({ "errors": [{ "code": code, "message": message, "detail": null }] }),
        )
    }

    /// Creates the response of distribution 2.8 to an unknown path.
    pub(crate) fn unknown_path() -> Self {
        Self::new(
            404,
            "text/plain; charset=utf-8",
            b"404 page not found\n".to_vec(),
        )
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn apply(&mut self, effect: Effect) {
        match effect {
            Effect::SetHeader(name, value) => {
                self.remove_header(&name);
                self.headers.push((name, value));
            }
            Effect::RemoveHeader(name) => self.remove_header(&name),
            Effect::FlipByte => self.body.flip_last_byte(),
            Effect::Fill(length) => self.body.fill(length),
            Effect::Shorten(count) => self.body.shorten(count),
            Effect::Lengthen(count) => self.body.lengthen(count),
            Effect::Drip(pause) => self.body.drip(pause),
            Effect::Respond { .. }
            | Effect::IgnoreRange
            | Effect::Delay(_)
            | Effect::CutInHead(_)
            | Effect::CutInBody(_) => {}
        }
    }

    fn remove_header(&mut self, name: &str) {
        self.headers
            .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    }

    /// # Panics
    ///
    /// If a fault has a status or header that HTTP does not allow. The client sees a closed connection.
    pub(crate) fn into_response(self, is_head: bool) -> Response<Body> {
        let length = self.body.length();
        let mut response = Response::new(if is_head {
            Body::empty()
        } else {
            self.body.into_body()
        });
        *response.status_mut() =
            StatusCode::from_u16(self.status).expect("the status of a fault is valid");
        let headers = response.headers_mut();
        headers.insert(
            "docker-distribution-api-version",
            HeaderValue::from_static("registry/2.0"),
        );
        if let Some(length) = length.filter(|_| self.status != 304) {
            headers.insert(header::CONTENT_LENGTH, length.into());
        }
        for (name, value) in self.headers {
            let name = HeaderName::try_from(name).expect("the header of a fault has a valid name");
            let value =
                HeaderValue::try_from(value).expect("the header of a fault has a valid value");
            headers.append(name, value);
        }
        response
    }
}
