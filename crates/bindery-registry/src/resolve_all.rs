//! Many references at once: each asked for once, some at a time, answers in the order asked.

use std::collections::HashMap;
use std::panic;

use bindery_reference::{Reference, Registry};
use tokio::task::JoinSet;

use crate::client::Client;
use crate::error::Error;
use crate::oci::Descriptor;

impl Client {
    /// Resolves all `references`, at most `jobs` of them at a time, each distinct one once.
    ///
    /// The results are in the order of the references. One failure does not stop the others.
    pub async fn resolve_all(
        &self,
        references: &[Reference],
        jobs: usize,
    ) -> Vec<Result<Descriptor, Error>> {
        let mut distinct: Vec<&Reference> = Vec::new();
        let mut positions: HashMap<(&Registry, &str, &str), usize> = HashMap::new();
        let asked: Vec<usize> = references
            .iter()
            .map(|reference| {
                let key = (
                    &reference.registry,
                    reference.repository.as_str(),
                    reference.manifest_name(),
                );
                *positions.entry(key).or_insert_with(|| {
                    distinct.push(reference);
                    distinct.len() - 1
                })
            })
            .collect();

        let mut answers: Vec<Option<Result<Descriptor, Error>>> = vec![None; distinct.len()];
        let mut waiting = distinct.into_iter().enumerate();
        let mut running = JoinSet::new();
        loop {
            while running.len() < jobs.max(1)
                && let Some((position, reference)) = waiting.next()
            {
                let (client, reference) = (self.clone(), reference.clone());
                running.spawn(async move { (position, client.resolve(&reference).await) });
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
