//! Many references at once: each asked for once, some at a time, answers in the order asked.

use std::collections::HashMap;
use std::panic;
use std::sync::Arc;

use bindery_reference::{Reference, Registry, Repository};
use tokio::task::JoinSet;

use crate::client::Client;
use crate::error::Error;
use crate::image::{Image, Wish};

impl Client {
    /// Finds the images of all `references` as [`Client::image`] does, at most `jobs` of them at a time, each distinct one once.
    ///
    /// The results are in the order of the references. One failure does not stop the others. Those of one repository are asked for
    /// apart from each other, so that few of them wait for the same token.
    pub async fn resolve_all(
        &self,
        references: &[Reference],
        wish: &Wish,
        jobs: usize,
    ) -> Vec<Result<Image, Error>> {
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

        let mut answers: Vec<Option<Result<Image, Error>>> = vec![None; distinct.len()];
        let mut order: Vec<usize> = (0..distinct.len()).collect();
        order.sort_by_key(|position| distinct[*position].0);
        let mut waiting = order.into_iter();
        let mut running = JoinSet::new();
        let wish = Arc::new(wish.clone());
        loop {
            while running.len() < jobs.max(1)
                && let Some(position) = waiting.next()
            {
                let (client, reference) = (self.clone(), distinct[position].1.clone());
                let wish = Arc::clone(&wish);
                running.spawn(async move { (position, client.image(&reference, &wish).await) });
            }
            match running.join_next().await {
                None => break,
                Some(Ok((position, answer))) => answers[position] = Some(answer),
                Some(Err(error)) => match error.try_into_panic() {
                    Ok(payload) => panic::resume_unwind(payload),
                    Err(error) => unreachable!("a task ended that nobody cancels: {error}"),
                },
            }
        }
        asked
            .into_iter()
            .map(|position| {
                answers[position]
                    .clone()
                    .expect("each task has stored its answer")
            })
            .collect()
    }
}
