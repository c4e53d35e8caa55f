//! Addresses that a response points to: redirects and next pages.
//!
//! Each rule on the origins of these addresses is here.

use bindery_secret::RedactedUrl;
use reqwest::header::{HeaderMap, LINK, LOCATION};
use reqwest::{Method, StatusCode, Url};

use crate::body::Body;
use crate::error::RedirectProblem;
use crate::link;
use crate::origin::Origin;
use crate::request::Request;

/// Returns the target of a redirect that `request` follows, or `None` if the response is the final one.
///
/// `GET` and `HEAD` follow 301, 302, 303, 307 and 308 (RFC 9110, section 15.4). Other methods follow 307 and 308, which keep method
/// and body; a form is not sent a second time.
pub(crate) fn target(
    request: &Request,
    url: &Url,
    status: StatusCode,
    headers: &HeaderMap,
) -> Result<Option<Url>, RedirectProblem> {
    let is_read = request.method == Method::GET || request.method == Method::HEAD;
    let is_followed = match status.as_u16() {
        301..=303 => is_read,
        307 | 308 => is_read || !matches!(request.body, Body::Form(_)),
        _ => false,
    };
    let location = headers.get(LOCATION).and_then(|value| value.to_str().ok());
    let Some(location) = location.filter(|_| is_followed) else {
        return Ok(None);
    };
    match url.join(location) {
        Ok(next) if !matches!(next.scheme(), "http" | "https") => {
            Err(RedirectProblem::NotHttp(RedactedUrl::new(location)))
        }
        Ok(next) if url.scheme() == "https" && next.scheme() == "http" => {
            Err(RedirectProblem::Downgrade(RedactedUrl::new(next.as_str())))
        }
        Ok(next) => Ok(Some(without_user(next))),
        Err(_) => Err(RedirectProblem::NotHttp(RedactedUrl::new(location))),
    }
}

/// Returns the address of the next page of a list (`Link` with the relation `next`, RFC 8288), or `None` on the last page.
///
/// `url` is the address that sent the page, and `owner` the one that the caller's authorization belongs to.
///
/// # Errors
///
/// The target as written, if it is invalid or at another origin than `owner`: the request for the next page has the same authorization.
pub fn next_page(headers: &HeaderMap, url: &Url, owner: &Url) -> Result<Option<Url>, RedactedUrl> {
    let mut values = headers.get_all(LINK).iter();
    let target = values.find_map(|value| link::next(value.to_str().ok()?));
    let Some(target) = target else {
        return Ok(None);
    };
    match url.join(target) {
        Ok(next) if Origin::of(&next) == Origin::of(owner) => Ok(Some(next)),
        _ => Err(RedactedUrl::new(target)),
    }
}

/// Removes user name and password, which the HTTP library would send as a credential.
pub(crate) fn without_user(mut url: Url) -> Url {
    if !url.username().is_empty() || url.password().is_some() {
        // Both fail only for addresses without a host, which have no user either.
        let _ = url.set_username("");
        let _ = url.set_password(None);
    }
    url
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;
    use crate::body::BodySource;

    const FROM: &str = "https://a.example/v2/";

    #[track_caller]
    fn check(method: Method, body: Body, status: u16, location: &str, expected: Option<&str>) {
        let url: Url = FROM.parse().unwrap();
        let request = Request {
            body,
            ..Request::new(method, url.clone())
        };
        let headers = HeaderMap::from_iter([(LOCATION, HeaderValue::from_str(location).unwrap())]);
        let status = StatusCode::from_u16(status).unwrap();
        let next = target(&request, &url, status, &headers).unwrap();
        assert_eq!(next.as_ref().map(Url::as_str), expected, "{request:?}");
    }

    #[test]
    fn reads_follow_every_redirect() {
        for status in [301, 302, 303, 307, 308] {
            let next = Some("https://b.example/x");
            check(
                Method::GET,
                Body::Empty,
                status,
                "https://u:p@b.example/x",
                next,
            );
            check(Method::HEAD, Body::Empty, status, "//b.example/x", next);
        }
        check(Method::GET, Body::Empty, 304, "/x", None);
    }

    #[test]
    fn writes_follow_redirects_that_keep_the_method() {
        let next = Some("https://a.example/x");
        let source = || Body::Stream(BodySource::once(None, tokio::io::empty()));
        check(Method::PUT, source(), 307, "/x", next);
        check(Method::POST, Body::Empty, 308, "/x", next);
        check(Method::PUT, source(), 302, "/x", None);
        check(
            Method::POST,
            Body::Form("a=b".to_owned().into()),
            307,
            "/x",
            None,
        );
    }

    #[test]
    fn the_next_page_is_at_the_owner() {
        let url: Url = FROM.parse().unwrap();
        let page = |link: &str| {
            let headers = HeaderMap::from_iter([(LINK, HeaderValue::from_str(link).unwrap())]);
            let next = next_page(&headers, &url, &url);
            next.map(|next| next.map(String::from))
                .map_err(|target| target.to_string())
        };
        assert_eq!(
            page("<p?last=x>; rel=next"),
            Ok(Some("https://a.example/v2/p?last=x".to_owned()))
        );
        assert_eq!(page("<p>; rel=last"), Ok(None));
        let elsewhere = "https://b.example/p";
        assert_eq!(
            page(&format!("<{elsewhere}>; rel=next")),
            Err(elsewhere.to_owned())
        );
    }
}
