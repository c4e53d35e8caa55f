//! Equality and order of objects.

use crate::interpolate::evaluate;
use crate::meter::evaluation;
use crate::model::Content;
use crate::observe::Trace;
use crate::{Error, Object, Type, Value};

impl Object {
    /// Returns whether two objects are equal: same type and equal values after interpolation. For structs only the schemas must be
    /// equal, not the names of the types (Q24). A NaN equals itself.
    ///
    /// # Errors
    ///
    /// The errors of interpolation.
    pub fn equals(&self, other: &Object) -> Result<bool, Error> {
        let comparable = match (self.ty(), other.ty()) {
            (Type::Struct(a), Type::Struct(b)) => a.same_schema(b),
            (a, b) => a.same(b),
        };
        if !comparable {
            return Ok(false);
        }
        if self.ty().is_simple() {
            return Ok(match (self.simple_value()?, other.simple_value()?) {
                (Value::Float(a), Value::Float(b)) => a == b || a.is_nan() && b.is_nan(),
                (a, b) => a.python_eq(&b),
            });
        }
        evaluation(|| {
            let (a, b) = (self.interpolate()?.0, other.interpolate()?.0);
            a.equals_interpolated(&b)
        })
    }

    fn equals_interpolated(&self, other: &Object) -> Result<bool, Error> {
        match (self.content(), other.content()) {
            (Content::List(a), Content::List(b)) => {
                if a.len() != b.len() {
                    return Ok(false);
                }
                for (a, b) in a.iter().zip(b.iter()) {
                    if !a.equals(b)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            (Content::Map(a), Content::Map(b)) => {
                if a.len() != b.len() {
                    return Ok(false);
                }
                for ((a_key, a), (b_key, b)) in a.iter().zip(b.iter()) {
                    if !(a_key.equals(b_key)? && a.equals(b)?) {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            (Content::Struct(values), Content::Struct(_)) => {
                for (name, value) in self.named(values) {
                    let same = match (value, other.field(name)) {
                        (None, None) => true,
                        (Some(a), Some(b)) => a.equals(b)?,
                        _ => false,
                    };
                    if !same {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            // A Choice was replaced by its alternative during interpolation.
            _ => self.equals(other),
        }
    }

    /// Returns whether this object sorts before `other`; `None` if this object is not simple, since only simple objects have an
    /// order. A simple object sorts before every object of another type, in both directions (Q26).
    ///
    /// # Errors
    ///
    /// The errors of interpolation.
    pub fn less(&self, other: &Object) -> Result<Option<bool>, Error> {
        if !self.ty().is_simple() {
            return Ok(None);
        }
        if !self.ty().same(other.ty()) {
            return Ok(Some(true));
        }
        Ok(Some(match (self.simple_value()?, other.simple_value()?) {
            (Value::Integer(a), Value::Integer(b)) => a < b,
            (Value::Float(a), Value::Float(b)) => a < b,
            (Value::Boolean(a), Value::Boolean(b)) => !a & b,
            (Value::String(a), Value::String(b)) => a.as_str() < b.as_str(),
            _ => false,
        }))
    }

    fn simple_value(&self) -> Result<Value, Error> {
        match self.content() {
            Content::Leaf(raw) => Ok(evaluate(
                self.ty(),
                raw,
                self.own_scopes(),
                self.origin(),
                &mut Trace::off(),
            )?
            .value),
            _ => unreachable!("only simple objects have a simple value"),
        }
    }
}
