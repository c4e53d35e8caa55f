//! Bind pass: asks binders for the refs that objects leave open.

use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;

use bindery_diagnostic::{Diagnostic, Kind};

use crate::{Answer, BindObserver, Binder, Error, Object, Origin, Ref, Request, Value};

/// Bound ref with its answer.
#[derive(Clone, Debug)]
pub struct BoundRef {
    /// Name of the binder.
    pub binder: String,
    /// Ref.
    pub address: Ref,
    /// Answer.
    pub answer: Answer,
}

/// Error for a ref that a binder claims and could not answer.
#[derive(Clone, Debug, thiserror::Error)]
#[error("binder `{binder}` could not bind `{}`", address.address())]
pub struct BindError {
    /// Name of the binder.
    pub binder: String,
    /// Ref.
    pub address: Ref,
    /// Position of the first text that holds the ref.
    pub origin: Option<Origin>,
    /// Error of the binder.
    pub source: Diagnostic,
}

/// Result of a bind pass.
#[derive(Debug)]
pub struct Bound {
    /// Objects with their answers bound to them, in the order of the arguments. An object whose interpolation failed has its error
    /// instead.
    pub objects: Vec<Result<Object, Error>>,
    /// Distinct answered refs, in the order of binders and then of addresses.
    pub answers: Vec<BoundRef>,
    /// Positions in `answers` that each object uses, in ascending order.
    pub uses: Vec<Vec<usize>>,
    /// Distinct refs that were claimed and not answered, in the order of binders and then of addresses.
    pub errors: Vec<BindError>,
}

/// Asks each binder once, in order, for the refs that the objects leave open at that point.
///
/// An answer may hold refs of a later binder; refs of an earlier binder stay open (Q38). The first binder that claims a ref answers
/// it. All objects share one batch per binder, so objects of different clusters need separate passes.
pub fn bind_all<B: Binder>(objects: &[Object], binders: &[B]) -> Bound {
    let mut bound = Bound {
        objects: objects.iter().cloned().map(Ok).collect(),
        answers: Vec::new(),
        uses: vec![Vec::new(); objects.len()],
        errors: Vec::new(),
    };
    for binder in binders {
        bound.ask(binder);
    }
    bound
}

/// Binds as [`bind_all`] does and passes each binding of a ref in the bound objects to `observer`, object by object.
///
/// Interpolates each bound object once more; [`bind_all`] itself has no cost for observation. An object whose interpolation fails
/// passes the bindings before the error.
pub fn bind_all_observed<B: Binder>(
    objects: &[Object],
    binders: &[B],
    observer: &mut dyn BindObserver,
) -> Bound {
    let bound = bind_all(objects, binders);
    for (position, object) in bound.objects.iter().enumerate() {
        if let Ok(object) = object {
            // The steps after the bind pass interpolate the object again and report the error.
            let _ = object.interpolate_observed(|binding| observer.binding(position, &binding));
        }
    }
    bound
}

impl Bound {
    fn ask(&mut self, binder: &dyn Binder) {
        // Sorted by address, so that order and duplicates in the objects do not matter.
        let mut requests: BTreeMap<Rc<str>, Request> = BTreeMap::new();
        let mut asked_by: Vec<Vec<Rc<str>>> = Vec::with_capacity(self.objects.len());
        for slot in &mut self.objects {
            let mut asked = Vec::new();
            let mut seen = HashSet::new();
            if let Ok(object) = slot {
                match object.interpolate() {
                    Ok((_, unbound)) => {
                        for open in &unbound {
                            let Some(address) = binder.claims(&open.reference) else {
                                continue;
                            };
                            let key = address.key();
                            requests
                                .entry(Rc::clone(&key))
                                .or_insert_with(|| Request::new(address, open.origin));
                            if seen.insert(Rc::clone(&key)) {
                                asked.push(key);
                            }
                        }
                    }
                    Err(error) => *slot = Err(error),
                }
            }
            asked_by.push(asked);
        }
        if requests.is_empty() {
            return;
        }
        let first = self.answers.len();
        let bindings = ask(binder, requests, &mut self.answers, &mut self.errors);
        // Both are sorted by address, and each answered ref was recorded once.
        let positions: BTreeMap<&Rc<str>, usize> = bindings.keys().zip(first..).collect();
        let slots = self.objects.iter_mut().zip(&mut self.uses);
        for ((slot, uses), asked) in slots.zip(asked_by) {
            let used = uses.len();
            uses.extend(asked.iter().filter_map(|key| positions.get(key)));
            uses[used..].sort_unstable();
            let Ok(object) = slot else { continue };
            let answered: Vec<(Value, Value)> = asked
                .iter()
                .filter_map(|key| {
                    let answer = bindings.get(key)?;
                    Some((Value::string(Rc::clone(key)), answer.clone()))
                })
                .collect();
            if !answered.is_empty() {
                *slot = object.bind_answers(binder.name(), &Value::Map(answered.into()));
            }
        }
    }
}

/// Asks `binder` for a batch, sorted by address; records each result and returns the answers by address.
pub(crate) fn ask(
    binder: &dyn Binder,
    requests: BTreeMap<Rc<str>, Request>,
    answered: &mut Vec<BoundRef>,
    failed: &mut Vec<BindError>,
) -> BTreeMap<Rc<str>, Value> {
    let (keys, requests): (Vec<_>, Vec<_>) = requests.into_iter().unzip();
    let mut outcomes = binder.bind(&requests).into_iter();
    let mut answers = BTreeMap::new();
    for (key, request) in keys.into_iter().zip(requests) {
        let outcome = outcomes.next().unwrap_or_else(|| {
            Err(Diagnostic::new(
                Kind::Failed,
                "the binder returned fewer answers than requests".to_owned(),
            ))
        });
        let binder = binder.name().to_owned();
        let Request {
            address, origin, ..
        } = request;
        match outcome {
            Ok(answer) => {
                answers.insert(key, answer.value.clone());
                answered.push(BoundRef {
                    binder,
                    address,
                    answer,
                });
            }
            Err(source) => failed.push(BindError {
                binder,
                address,
                origin,
                source,
            }),
        }
    }
    answers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Matcher, Type};

    /// Binder that answers `prefix` followed by the last part, and an error for the part `missing`.
    struct Fixed {
        matcher: Matcher,
        prefix: &'static str,
        asked: Rc<std::cell::RefCell<Vec<String>>>,
    }

    impl Binder for Fixed {
        fn name(&self) -> &str {
            self.prefix
        }
        fn claims(&self, reference: &Ref) -> Option<Ref> {
            self.matcher.matches(reference)
        }
        fn bind(&self, requests: &[Request]) -> Vec<Result<Answer, Diagnostic>> {
            requests
                .iter()
                .map(|request| {
                    let last = request.parts.last().unwrap();
                    self.asked
                        .borrow_mut()
                        .push(request.address.address().to_owned());
                    if last == "missing" {
                        return Err(Diagnostic::new(Kind::NotFound, "no such thing".to_owned()));
                    }
                    let value = match last.as_str() {
                        "struct" => Value::map([("part", Value::string("deep"))]),
                        "empty" => Value::Map(Rc::new([])),
                        "back" => Value::string("{{a[1]}}"),
                        last => Value::string(format!("{}{last}", self.prefix)),
                    };
                    Ok(Answer::new(value))
                })
                .collect()
        }
    }

    fn pass(texts: &[&str]) -> (Vec<String>, Vec<String>, Bound) {
        let asked = Rc::default();
        let binder = |pattern: &str, prefix| -> Box<dyn Binder> {
            Box::new(Fixed {
                matcher: Matcher::parse(pattern).unwrap(),
                prefix,
                asked: Rc::clone(&asked),
            })
        };
        let objects: Vec<Object> = texts
            .iter()
            .map(|text| {
                Type::String
                    .construct(&[Value::string(*text)], &[], None)
                    .unwrap()
            })
            .collect();
        let bound = bind_all(
            &objects,
            &[binder("a[*]", "{{b[x]}}:"), binder("b[*]", "B")],
        );
        let shown = bound
            .objects
            .iter()
            .map(|object| object.as_ref().unwrap().display().unwrap())
            .collect();
        let asked = asked.borrow().clone();
        (shown, asked, bound)
    }

    #[test]
    fn each_distinct_ref_is_asked_for_once_in_order_of_address() {
        let (shown, asked, _) = pass(&["{{b[z]}} {{b[y]}} {{b[z]}}", "{{b[z]}}"]);
        assert_eq!(asked, ["b[y]", "b[z]"]);
        assert_eq!(shown, ["Bz By Bz", "Bz"]);
    }

    #[test]
    fn q38_answers_may_hold_refs_of_later_binders_only() {
        let (shown, asked, _) = pass(&["{{a[1]}}"]);
        assert_eq!(asked, ["a[1]", "b[x]"]);
        assert_eq!(shown, ["Bx:1"]);
        let (shown, asked, _) = pass(&["{{b[back]}} {{a[2]}}"]);
        assert_eq!(asked, ["a[2]", "b[back]", "b[x]"]);
        assert_eq!(shown, ["{{a[1]}} Bx:2"]);
    }

    #[test]
    fn q38_an_empty_answer_binds_nothing_and_what_was_answered_is_returned() {
        let (shown, _, bound) = pass(&["{{b[empty]}} {{b[y]}} {{b[empty].part}}"]);
        assert_eq!(shown, ["{{b[empty]}} By {{b[empty].part}}"]);
        let answered: Vec<_> = bound
            .answers
            .iter()
            .map(|answer| (answer.address.address(), answer.answer.value.as_str()))
            .collect();
        assert_eq!(answered, [("b[empty]", None), ("b[y]", Some("By"))]);
        assert!(bound.errors.is_empty());
    }

    #[test]
    fn the_rest_of_a_ref_reaches_into_a_struct_answer() {
        let (shown, _, _) = pass(&["{{b[struct].part}} {{b[struct].other}}"]);
        assert_eq!(shown, ["deep {{b[struct].other}}"]);
    }

    #[test]
    fn each_object_lists_the_answers_it_uses() {
        let (_, _, bound) = pass(&["{{b[z]}} {{a[1]}}", "{{b[missing]}}", "{{b[z]}} {{b[y]}}"]);
        let used: Vec<Vec<_>> = bound
            .uses
            .iter()
            .map(|uses| {
                let addresses = uses.iter().map(|&at| bound.answers[at].address.address());
                addresses.collect()
            })
            .collect();
        assert_eq!(
            used,
            [vec!["a[1]", "b[x]", "b[z]"], vec![], vec!["b[y]", "b[z]"]]
        );
    }

    #[test]
    fn failures_are_collected_and_leave_their_refs_open() {
        let (shown, _, bound) = pass(&["{{b[missing]}} {{b[y]}}", "{{c}}"]);
        assert_eq!(shown, ["{{b[missing]}} By", "{{c}}"]);
        let errors: Vec<_> = bound.errors.iter().map(ToString::to_string).collect();
        assert_eq!(errors, ["binder `B` could not bind `b[missing]`"]);
    }
}
