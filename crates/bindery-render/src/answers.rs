//! Answers of binders under the keys of a lock file.

use bindery_core::{Answer, BoundRef};
use bindery_lockfile::LockKey;

/// Answer of a binder, with the key of its entry in a lock file.
#[derive(Clone, Debug)]
pub struct KeyedAnswer {
    /// Binder, cluster and address of the ref.
    pub key: LockKey,
    /// The answer.
    pub answer: Answer,
}

impl KeyedAnswer {
    /// Returns the answers for `cluster` with their keys.
    pub(crate) fn of_cluster<'a>(
        cluster: Option<&'a str>,
        answers: Vec<BoundRef>,
    ) -> impl Iterator<Item = Self> + 'a {
        answers.into_iter().map(move |bound| Self {
            key: LockKey {
                address: bound.address.address().to_owned(),
                cluster: cluster.map(str::to_owned),
                binder: bound.binder,
            },
            answer: bound.answer,
        })
    }
}
