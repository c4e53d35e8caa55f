//! Lists that a registry sends page by page.

use std::collections::HashSet;

use bindery_http::{Response, StatusCode, Url, next_page};
use bindery_secret::RedactedUrl;

use crate::error::{Error, ErrorDetail, ErrorSource, ListError};
use crate::resource::Resource;
use crate::transport::{Exchange, Request};

/// Maximum number of pages of a list.
const MAX_PAGES: usize = 10_000;

/// Maximum number of entries of a list.
const MAX_ENTRIES: usize = 1_000_000;

/// Fetches all pages of a list, in order. `read` takes each page and returns the number of entries so far.
pub(crate) async fn fetch_all(
    exchange: &Exchange<'_>,
    accept: &'static str,
    mut read: impl FnMut(Response) -> Result<usize, Error>,
) -> Result<(), Error> {
    let mut seen: HashSet<Url> = HashSet::new();
    let mut request = Request::get(accept);
    for _ in 0..MAX_PAGES {
        let reply = exchange.fetch(&request).await?;
        let address = exchange.address()?;
        let is_first = seen.is_empty() && matches!(*exchange.resource, Resource::Tags { .. });
        if is_first && reply.response.status == StatusCode::BAD_REQUEST {
            // Some servers reject a large page size, in place of sending smaller pages.
            let mut without_size = address.clone();
            without_size.set_query(None);
            seen.insert(without_size.clone());
            request.page = Some(without_size);
            continue;
        }
        if reply.response.status != StatusCode::OK {
            return Err(exchange.refusal(reply));
        }
        let Response { headers, url, .. } = &reply.response;
        let next = next_page(headers, url, &address)
            .map_err(|target| invalid(exchange, ListError::OtherServer(target)))?;
        seen.insert(reply.response.url.clone());
        if read(reply.response)? > MAX_ENTRIES {
            return Err(invalid(exchange, ListError::TooLong("a million entries")));
        }
        let Some(next) = next else { return Ok(()) };
        if !seen.insert(next.clone()) {
            let error = ListError::Loop(RedactedUrl::new(next.as_str()));
            return Err(invalid(exchange, error));
        }
        request.page = Some(next);
    }
    Err(invalid(exchange, ListError::TooLong("10000 pages")))
}

/// Returns the error for a list that is malformed or does not end.
pub(crate) fn invalid(exchange: &Exchange<'_>, error: ListError) -> Error {
    let error = ErrorSource::List(error);
    exchange.fail(ErrorDetail::InvalidList).because(error)
}
