//! Many references at the same time.

use std::collections::HashMap;
use std::panic;
use std::sync::Arc;

use bindery_reference::{Reference, Registry, Repository};
use tokio::task::JoinSet;

use crate::backend::Backend;
use crate::error::Error;
use crate::platform_choice::{self, ImageQuery, ResolvedImage};

/// Resolves all `references`, each distinct one once and at most `jobs` at the same time. The results are in the order of the references.
///
/// References of one repository are spread over the batch, so that few of them wait for the same token.
pub(crate) async fn resolve_all(
    backend: &Arc<Backend>,
    references: &[Reference],
    query: &ImageQuery,
    jobs: usize,
) -> Vec<Result<ResolvedImage, Error>> {
    // Distinct references, each with the number of references of its repository before it.
    let mut distinct: Vec<(usize, &Reference)> = Vec::new();
    let mut positions: HashMap<(&Registry, &Repository, &str), usize> = HashMap::new();
    let mut in_repository: HashMap<(&Registry, &Repository), usize> = HashMap::new();
    let asked: Vec<usize> = references
        .iter()
        .map(|reference| {
            let repository = (&reference.registry, &reference.repository);
            let key = (repository.0, repository.1, reference.manifest_name());
            *positions.entry(key).or_insert_with(|| {
                let count = in_repository.entry(repository).or_default();
                distinct.push((*count, reference));
                *count += 1;
                distinct.len() - 1
            })
        })
        .collect();

    let mut results: Vec<Option<Result<ResolvedImage, Error>>> = vec![None; distinct.len()];
    let mut order: Vec<usize> = (0..distinct.len()).collect();
    order.sort_by_key(|position| distinct[*position].0);
    let mut waiting = order.into_iter();
    let mut running = JoinSet::new();
    let query = Arc::new(query.clone());
    loop {
        while running.len() < jobs.max(1)
            && let Some(position) = waiting.next()
        {
            let (backend, query) = (Arc::clone(backend), Arc::clone(&query));
            let reference = distinct[position].1.clone();
            running.spawn(async move {
                let result = platform_choice::resolve(&backend, &reference, &query).await;
                (position, result)
            });
        }
        match running.join_next().await {
            None => break,
            Some(Ok((position, result))) => results[position] = Some(result),
            Some(Err(error)) => match error.try_into_panic() {
                Ok(payload) => panic::resume_unwind(payload),
                Err(error) => unreachable!("no task is cancelled: {error}"),
            },
        }
    }
    asked
        .into_iter()
        .map(|position| {
            let result = results[position].clone();
            result.expect("each task has stored its result")
        })
        .collect()
}
