//! List of the tags of a repository.

use std::collections::BTreeSet;
use std::sync::Arc;

use bindery_http::Response;
use bindery_reference::{Registry, Repository, Tag};
use bindery_token::Action;
use serde::Deserialize;

use crate::backend::Backend;
use crate::error::{Error, ListError};
use crate::pages;
use crate::resource::Resource;
use crate::transport::Exchange;

/// Page of a list of tags.
#[derive(Deserialize)]
struct TagPage {
    #[serde(default)]
    tags: Option<Vec<String>>,
}

/// Returns all tags of a repository, sorted by their bytes.
pub(crate) async fn list(
    backend: &Backend,
    registry: &Registry,
    repository: &Repository,
) -> Result<BTreeSet<Tag>, Error> {
    let resource = Arc::new(Resource::Tags {
        registry: registry.clone(),
        repository: repository.clone(),
    });
    let exchange = Exchange::new(&backend.transport, resource, &[Action::Pull]);
    let invalid = |error| pages::invalid(&exchange, error);
    let mut tags = BTreeSet::new();
    let read = |response: Response| {
        let page: TagPage = serde_json::from_slice(&response.body)
            .map_err(|error| invalid(ListError::Malformed(error.to_string())))?;
        for text in page.tags.unwrap_or_default() {
            tags.insert(Tag::parse(&text).map_err(|error| invalid(ListError::Tag(error)))?);
        }
        Ok(tags.len())
    };
    pages::fetch_all(&exchange, "application/json", read).await?;
    Ok(tags)
}
