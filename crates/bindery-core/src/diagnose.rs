//! Diagnosis of an object: every problem, open ref and note, each with its path.

use crate::error::{Segment, path_text};
use crate::interpolate::evaluate;
use crate::meter::evaluation;
use crate::model::{Content, Scopes};
use crate::observe::Trace;
use crate::template::tags;
use crate::{Error, Object, Origin, Ref, Type, Value, repr};

/// All problems at which a check or an interpolation would stop.
#[derive(Clone, Debug, Default)]
pub struct Diagnosis {
    /// Values that do not fit their types, required fields without a value, templates that cannot be evaluated; in the order of
    /// fields and elements.
    pub problems: Vec<PartProblem>,
    /// Refs that stay open, in the order of fields and elements, with duplicates.
    pub open: Vec<OpenRef>,
    /// Valid parts that are probably mistakes: numbers that lose their fraction (Q19), open refs that lose their leading dot (Q03).
    pub notes: Vec<PartProblem>,
}

/// Error or note about a part of an object.
#[derive(Clone, Debug)]
pub struct PartProblem {
    /// Path of the part, as in `task.processes[0].cmdline`; empty for the object itself.
    pub path: String,
    /// Message, in the words of the original.
    pub message: String,
    /// Position of the value.
    pub origin: Option<Origin>,
    /// Advice for the user.
    pub hint: Option<String>,
}

/// Ref that stays open in a part of an object.
#[derive(Clone, Debug)]
pub struct OpenRef {
    /// Path of the part, as in `task.processes[0].cmdline`.
    pub path: String,
    /// Ref.
    pub reference: Ref,
    /// Position of the text that holds the ref.
    pub origin: Option<Origin>,
    /// Message of the type check that fails because of the ref; `None` for texts, which may hold open refs.
    pub check: Option<String>,
}

impl Object {
    /// Diagnoses every part, where [`Object::check`] and [`Object::interpolate`] stop at the first problem.
    pub fn diagnose(&self) -> Diagnosis {
        let mut walk = Walk::default();
        evaluation(|| walk.visit(self, &Scopes::default()));
        walk.found
    }
}

#[derive(Default)]
struct Walk {
    path: Vec<Segment>,
    found: Diagnosis,
}

impl Walk {
    fn within(&mut self, segment: Segment, part: &Object, scopes: &Scopes) {
        self.path.push(segment);
        self.visit(part, scopes);
        self.path.pop();
    }

    fn problem(&mut self, message: String, origin: Option<Origin>) {
        self.found.problems.push(PartProblem {
            path: path_text(self.path.iter()),
            message,
            origin,
            hint: None,
        });
    }

    fn error(&mut self, error: &Error, origin: Option<Origin>) {
        self.found.problems.push(PartProblem {
            path: path_text(self.path.iter()),
            message: error.message().to_owned(),
            origin: error.origin().or(origin),
            hint: error.hint().map(str::to_owned),
        });
    }

    fn visit(&mut self, object: &Object, outer: &Scopes) {
        if object.is_settled() {
            return;
        }
        let scopes = object.own_scopes().then(outer);
        match object.content() {
            Content::Leaf(raw) => self.leaf(object, raw, &scopes),
            Content::Choice(raw) => self.choice(object, raw, &scopes),
            Content::List(elements) => {
                for (index, element) in elements.iter().enumerate() {
                    self.within(Segment::Element(index), element, &scopes);
                }
            }
            Content::Map(entries) => {
                for (key, value) in entries.iter() {
                    let shown = match key.content() {
                        Content::Leaf(Value::String(text)) => text.to_string(),
                        Content::Leaf(raw) => crate::repr::value(raw).unwrap_or_default(),
                        _ => String::new(),
                    };
                    self.within(Segment::Key(shown.clone()), key, &scopes);
                    self.within(Segment::Key(shown), value, &scopes);
                }
            }
            Content::Struct(values) => {
                let Type::Struct(ty) = object.ty() else {
                    unreachable!("only structs hold fields");
                };
                let scopes = object.inner_scopes(scopes);
                for ((name, field), value) in ty.fields().iter().zip(values.iter()) {
                    match value {
                        Some(value) => {
                            self.within(Segment::Field(name.to_string()), value, &scopes);
                        }
                        None if field.is_required() => {
                            let message = format!("{}[{name}] is required.", ty.name());
                            self.path.push(Segment::Field(name.to_string()));
                            self.problem(message, object.origin());
                            self.path.pop();
                        }
                        None => {}
                    }
                }
            }
        }
    }

    fn leaf(&mut self, object: &Object, raw: &Value, scopes: &Scopes) {
        let origin = match raw {
            Value::String(text) => text.origin().or(object.origin()),
            _ => object.origin(),
        };
        match evaluate(object.ty(), raw, scopes, object.origin(), &mut Trace::off()) {
            Err(error) => self.error(&error, origin),
            Ok(evaluated) if evaluated.unbound.is_empty() => {
                if let (Type::Integer, Value::Float(given)) = (object.ty(), raw)
                    && given.fract() != 0.0
                {
                    self.note(
                        format!(
                            "{} is truncated to {}",
                            repr::float(*given),
                            repr::value(&evaluated.value).unwrap_or_default()
                        ),
                        origin,
                        "an Integer takes whole numbers; write one",
                    );
                }
            }
            Ok(evaluated) => {
                self.dotted(raw, &evaluated.unbound, origin);
                let check = object
                    .check_value(&evaluated)
                    .message_if_failed()
                    .map(str::to_owned);
                let path = path_text(self.path.iter());
                for reference in evaluated.unbound {
                    self.found.open.push(OpenRef {
                        path: path.clone(),
                        reference,
                        origin,
                        check: check.clone(),
                    });
                }
            }
        }
    }

    /// Notes refs that were written with a leading dot, which the output lacks.
    fn dotted(&mut self, raw: &Value, unbound: &[Ref], origin: Option<Origin>) {
        let Value::String(text) = raw else { return };
        for tag in tags(text) {
            let body = &text[tag.start + 2..tag.end - 2];
            let Some(address) = body.strip_prefix('.') else {
                continue;
            };
            if unbound.iter().any(|open| open.address() == address) {
                self.note(
                    format!("`{{{{{body}}}}}` stays as `{{{{{address}}}}}`, without its dot"),
                    origin,
                    &crate::resolve::as_text(body),
                );
            }
        }
    }

    fn note(&mut self, message: String, origin: Option<Origin>, hint: &str) {
        self.found.notes.push(PartProblem {
            path: path_text(self.path.iter()),
            message,
            origin,
            hint: Some(hint.to_owned()),
        });
    }

    /// Visits a Choice as the alternative that its check takes. If no alternative passes and the value was given as an object of
    /// one of them, visits this object.
    fn choice(&mut self, object: &Object, raw: &Value, scopes: &Scopes) {
        match object.passing_alternative(raw, scopes) {
            Ok(Ok(part)) => self.visit(&part, scopes),
            Ok(Err(check)) => self.problem(check.message().to_owned(), object.origin()),
            Err(error) => self.error(&error, object.origin()),
        }
    }
}
