//! Interpolation: expands an object as far as its scopes resolve its refs.

use std::rc::Rc;

use crate::coerce::{coerce, failure};
use crate::error::Segment;
use crate::hash::HashSet;
use crate::meter::{count_part, evaluation};
use crate::model::{Content, Scopes};
use crate::observe::Trace;
use crate::resolve::{has_refs, resolve};
use crate::template::may_hold_tags;
use crate::{ChoiceType, Error, ErrorKind, Object, Origin, Ref, RefBinding, Type, Value};

/// Ref that no scope resolves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unbound {
    /// Ref.
    pub reference: Ref,
    /// Position of the text that holds the ref.
    pub origin: Option<Origin>,
}

/// Value of a simple object: coerced, or a text if refs are left.
pub(crate) struct Evaluated {
    pub(crate) value: Value,
    pub(crate) unbound: Vec<Ref>,
}

/// Evaluates the raw value of a simple object.
pub(crate) fn evaluate(
    ty: &Type,
    raw: &Value,
    scopes: &Scopes,
    origin: Option<Origin>,
    trace: &mut Trace,
) -> Result<Evaluated, Error> {
    count_part();
    let Value::String(text) = raw else {
        return Ok(Evaluated {
            value: coerce(ty, raw).map_err(|error| error.at(origin))?,
            unbound: Vec::new(),
        });
    };
    let resolved = resolve(text, scopes, origin, trace).map_err(|error| error.at(origin))?;
    let value = Value::String(resolved.text);
    let placed = |error: Error| error.at(text.origin()).at(origin);
    let value = if resolved.unbound.is_empty() {
        coerce(ty, &value).map_err(placed)?
    } else {
        // The original creates an open Enum again from its text, with the check of the constructor.
        if let (Type::Enum(_), Value::String(open)) = (ty, &value) {
            has_refs(open).map_err(placed)?;
        }
        value
    };
    Ok(Evaluated {
        value,
        unbound: resolved.unbound,
    })
}

impl Object {
    /// Returns the object expanded as far as its scopes resolve its refs, and the unresolved refs. A simple object lists its refs
    /// in order of appearance and with duplicates; a composite lists each ref once, in order of first appearance.
    ///
    /// A fully resolved part keeps its scopes, all other parts lose them. A Choice becomes the alternative it takes.
    ///
    /// # Errors
    ///
    /// `InvalidRef` for a tag that is not a valid ref, `Coercion` for a resolved value that its type cannot hold,
    /// `Uninterpolatable` for a template whose expansion does not end.
    pub fn interpolate(&self) -> Result<(Object, Vec<Unbound>), Error> {
        self.interpolate_traced(&mut Trace::off())
    }

    /// Interpolates as [`Object::interpolate`] does and passes each binding of a ref to `observer`, even if interpolation fails.
    ///
    /// Bindings are passed in order of lookup; see [`BindObserver::binding`](crate::BindObserver::binding).
    ///
    /// # Errors
    ///
    /// As [`Object::interpolate`].
    pub fn interpolate_observed(
        &self,
        observer: impl FnMut(RefBinding),
    ) -> Result<(Object, Vec<Unbound>), Error> {
        let mut trace = Trace::on();
        let interpolated = self.interpolate_traced(&mut trace);
        trace.into_bindings().into_iter().for_each(observer);
        interpolated
    }

    fn interpolate_traced(&self, trace: &mut Trace) -> Result<(Object, Vec<Unbound>), Error> {
        let mut unbound = Vec::new();
        let object = evaluation(|| self.interpolate_in(&Scopes::default(), &mut unbound, trace))?;
        // A Choice has become its alternative.
        if !object.ty().is_simple() {
            let mut seen = HashSet::default();
            unbound.retain(|u: &Unbound| seen.insert(u.reference.clone()));
        }
        Ok((object, unbound))
    }

    pub(crate) fn interpolate_in(
        &self,
        outer: &Scopes,
        unbound: &mut Vec<Unbound>,
        trace: &mut Trace,
    ) -> Result<Object, Error> {
        count_part();
        if self.is_settled() {
            return Ok(self.clone());
        }
        let remake = |content| Object::new(self.ty().clone(), content, self.origin());
        match self.content() {
            Content::Leaf(raw) => self.interpolate_leaf(raw, outer, unbound, trace),
            Content::Choice(raw) => {
                let Type::Choice(ty) = self.ty() else {
                    unreachable!("only choices hold a choice");
                };
                let scopes = self.own_scopes().then(outer);
                let (object, left) = self.take(ty, raw, &scopes, trace)?;
                unbound.extend(left);
                Ok(object)
            }
            Content::List(elements) => {
                let scopes = self.own_scopes().then(outer);
                let mut parts = Vec::with_capacity(elements.len());
                for (index, element) in elements.iter().enumerate() {
                    let part = element
                        .interpolate_part(&scopes, unbound, trace)
                        .map_err(|error| error.within(Segment::Element(index)))?;
                    parts.push(part);
                }
                Ok(remake(Content::List(parts.into())))
            }
            Content::Map(entries) => {
                let scopes = self.own_scopes().then(outer);
                let mut parts = Vec::with_capacity(entries.len());
                for (key, value) in entries.iter() {
                    let shown = || key.get().ok().and_then(|k| k.as_str().map(str::to_owned));
                    let within =
                        |error: Error| error.within(Segment::Key(shown().unwrap_or_default()));
                    parts.push((
                        key.interpolate_part(&scopes, unbound, trace)
                            .map_err(within)?,
                        value
                            .interpolate_part(&scopes, unbound, trace)
                            .map_err(within)?,
                    ));
                }
                Ok(remake(Content::Map(parts.into())))
            }
            Content::Struct(values) => {
                let scopes = self.inner_scopes(self.own_scopes().then(outer));
                let mut parts = Vec::with_capacity(values.len());
                for (name, value) in self.named(values) {
                    parts.push(match value {
                        None => None,
                        Some(value) => {
                            let part = value
                                .interpolate_part(&scopes, unbound, trace)
                                .map_err(|error| error.within(Segment::Field(name.to_string())))?;
                            Some(part)
                        }
                    });
                }
                Ok(remake(Content::Struct(parts.into())))
            }
        }
    }

    /// Interpolates a part of a composite. A Choice remains a Choice, with the object of its alternative as content.
    pub(crate) fn interpolate_part(
        &self,
        scopes: &Scopes,
        unbound: &mut Vec<Unbound>,
        trace: &mut Trace,
    ) -> Result<Object, Error> {
        let object = evaluation(|| self.interpolate_in(scopes, unbound, trace))?;
        Ok(match self.ty() {
            Type::Choice(_) => Object::new(
                self.ty().clone(),
                Content::Choice(Value::Object(object)),
                self.origin(),
            ),
            _ => object,
        })
    }

    fn interpolate_leaf(
        &self,
        raw: &Value,
        outer: &Scopes,
        unbound: &mut Vec<Unbound>,
        trace: &mut Trace,
    ) -> Result<Object, Error> {
        let Value::String(text) = raw else {
            let value = coerce(self.ty(), raw).map_err(|error| error.at(self.origin()))?;
            return Ok(Object::new(
                self.ty().clone(),
                Content::Leaf(value),
                self.origin(),
            ));
        };
        let scopes = self.own_scopes().then(outer);
        let evaluated = evaluate(self.ty(), raw, &scopes, self.origin(), trace)?;
        let resolved = evaluated.unbound.is_empty();
        let origin = text.origin().or(self.origin());
        unbound.extend(
            evaluated
                .unbound
                .into_iter()
                .map(|reference| Unbound { reference, origin }),
        );
        let scopes = match &evaluated.value {
            Value::String(text) if resolved && may_hold_tags(text) => scopes,
            _ => Scopes::default(),
        };
        Ok(Object::with_scopes(
            self.ty().clone(),
            Content::Leaf(evaluated.value),
            scopes,
            self.origin(),
        ))
    }

    /// Returns the first alternative that can be created from the value and interpolated, complete or not.
    fn take(
        &self,
        ty: &Rc<ChoiceType>,
        raw: &Value,
        scopes: &Scopes,
        trace: &mut Trace,
    ) -> Result<(Object, Vec<Unbound>), Error> {
        let traced = trace.len();
        for alternative in &ty.alternatives {
            let Some(candidate) = alternative.candidate(raw)? else {
                continue;
            };
            let mut unbound = Vec::new();
            match candidate.object.interpolate_in(scopes, &mut unbound, trace) {
                Ok(object) => return Ok((object, unbound)),
                // The error of a given object says more than the error of the Choice.
                Err(error) if error.kind().is_value_error() && !candidate.is_given => {
                    trace.truncate(traced);
                }
                Err(error) => return Err(error),
            }
        }
        Err(failure(&ty.name, raw)?.at(self.origin()))
    }
}

/// Value as an object of one alternative of a Choice.
pub(crate) struct Candidate {
    pub(crate) object: Object,
    /// The value is an object of the alternative's type, so no other alternative is tried.
    pub(crate) is_given: bool,
}

impl Type {
    /// Returns the value as an object of this alternative; `None` if it does not fit. The original ends with the error of a struct
    /// or map alternative; here the alternative does not match (Q17).
    pub(crate) fn candidate(&self, raw: &Value) -> Result<Option<Candidate>, Error> {
        if let Value::Object(object) = raw
            && self.holds(object)
        {
            return Ok(Some(Candidate {
                object: object.clone(),
                is_given: true,
            }));
        }
        match self.adopt(raw) {
            Ok(object) => Ok(Some(Candidate {
                object,
                is_given: false,
            })),
            Err(error)
                if error.kind().is_value_error()
                    || matches!(error.kind(), ErrorKind::Attribute | ErrorKind::Type) =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}
