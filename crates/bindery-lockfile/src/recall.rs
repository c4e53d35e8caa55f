//! Binder that answers from a lock file.

use std::rc::Rc;

use bindery_core::{Answer, Binder, Ref, Request};
use bindery_diagnostic::{Diagnostic, Kind};

use crate::entry::LockKey;
use crate::lockfile::Lockfile;

/// Use of a lock file: which refs are answered from it.
#[derive(Clone)]
pub enum RecallPolicy {
    /// Refs that have an entry; the binder is asked for the others.
    Known,
    /// All refs; a ref without an entry is an error, and the binder is not asked.
    Locked,
    /// Refs that have an entry, except refs for which the function returns true; the binder is asked for the others.
    Except(Rc<dyn Fn(&LockKey) -> bool>),
}

/// Binder that answers from a lock file as far as the policy permits, and asks another binder otherwise.
///
/// The other binder reviews recalled answers before they are used ([`Binder::review`]).
pub struct RecallingBinder<B> {
    binder: B,
    cluster: Option<String>,
    lockfile: Rc<Lockfile>,
    name: Rc<str>,
    policy: RecallPolicy,
}

impl<B: Binder> RecallingBinder<B> {
    /// Creates a binder that looks in `lockfile`, named `name` in messages, before it asks `binder` on behalf of `cluster`.
    pub fn new(
        binder: B,
        cluster: Option<&str>,
        lockfile: Rc<Lockfile>,
        name: Rc<str>,
        policy: RecallPolicy,
    ) -> Self {
        Self {
            binder,
            cluster: cluster.map(str::to_owned),
            lockfile,
            name,
            policy,
        }
    }

    fn recall(&self, key: &LockKey) -> Option<Answer> {
        match &self.policy {
            RecallPolicy::Except(anew) if anew(key) => None,
            _ => self.lockfile.get(key).map(|entry| entry.recall()),
        }
    }

    fn refused(&self, key: &LockKey, why: Diagnostic) -> Diagnostic {
        let line = self.lockfile.line(key);
        let place = line.map_or_else(String::new, |line| format!(":{line}"));
        Diagnostic {
            causes: std::iter::once(why.message).chain(why.causes).collect(),
            hint: why
                .hint
                .or_else(|| Some("run `bindery update` to ask the binder again".to_owned())),
            ..Diagnostic::new(
                why.kind,
                format!("the binder refused the entry at `{}{place}`", self.name),
            )
        }
    }

    fn missing(&self) -> Diagnostic {
        Diagnostic::new(
            Kind::Invalid,
            format!(
                "`{}` has no entry for the ref, and binders are not asked",
                self.name
            ),
        )
        .hint("run `bindery lock` to add missing entries".to_owned())
    }
}

impl<B: Binder> Binder for RecallingBinder<B> {
    fn name(&self) -> &str {
        self.binder.name()
    }

    fn claims(&self, reference: &Ref) -> Option<Ref> {
        self.binder.claims(reference)
    }

    fn bind(&self, requests: &[Request]) -> Vec<Result<Answer, Diagnostic>> {
        if self.lockfile.is_empty() && !matches!(self.policy, RecallPolicy::Locked) {
            return self.binder.bind(requests);
        }
        let mut keys = Vec::new();
        let mut recalled = Vec::new();
        let mut open = Vec::new();
        let is_recalled: Vec<bool> = requests
            .iter()
            .map(|request| {
                let key = LockKey {
                    address: request.address.address().to_owned(),
                    cluster: self.cluster.clone(),
                    binder: self.binder.name().to_owned(),
                };
                let answer = self.recall(&key);
                match &answer {
                    Some(answer) => {
                        keys.push(key);
                        recalled.push((request.clone(), answer.clone()));
                    }
                    None => open.push(request.clone()),
                }
                answer.is_some()
            })
            .collect();
        let reviews = if recalled.is_empty() {
            Vec::new()
        } else {
            self.binder.review(&recalled)
        };
        let asked = match &self.policy {
            _ if open.is_empty() => Vec::new(),
            RecallPolicy::Locked => open.iter().map(|_| Err(self.missing())).collect(),
            RecallPolicy::Known | RecallPolicy::Except(_) => self.binder.bind(&open),
        };
        let mut recalled =
            keys.into_iter()
                .zip(recalled)
                .zip(reviews)
                .map(|((key, (_, answer)), review)| match review {
                    Ok(()) => Ok(answer),
                    Err(why) => Err(self.refused(&key, why)),
                });
        let mut asked = asked.into_iter();
        // If the binder returns too few answers, the list is short, which the bind pass reports.
        is_recalled
            .into_iter()
            .map_while(|is_recalled| {
                if is_recalled {
                    recalled.next()
                } else {
                    asked.next()
                }
            })
            .collect()
    }

    fn review(&self, recalled: &[(Request, Answer)]) -> Vec<Result<(), Diagnostic>> {
        self.binder.review(recalled)
    }
}
