//! Type checks.

use crate::error::Segment;
use crate::interpolate::{Evaluated, evaluate};
use crate::meter::{count_part, evaluation};
use crate::model::{Content, Scopes};
use crate::observe::Trace;
use crate::{Error, ErrorKind, Object, Type, Value, repr};

/// Result of a type check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeCheck(Option<String>);

impl TypeCheck {
    const PASSED: TypeCheck = TypeCheck(None);

    fn failed(message: impl Into<String>) -> Self {
        TypeCheck(Some(message.into()))
    }

    /// Returns whether the check passed.
    pub fn ok(&self) -> bool {
        self.0.is_none()
    }

    pub(crate) fn message_if_failed(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// Returns the first problem; empty if the check passed.
    pub fn message(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }
}

impl Object {
    /// Checks required fields and coercions; stops at the first problem. Unresolved refs pass in texts (Q01) and fail in other
    /// simple objects.
    ///
    /// # Errors
    ///
    /// `InvalidRef` for a tag that is not a valid ref.
    pub fn check(&self) -> Result<TypeCheck, Error> {
        evaluation(|| self.check_in(&Scopes::default()))
    }

    fn check_in(&self, outer: &Scopes) -> Result<TypeCheck, Error> {
        count_part();
        if self.is_settled() {
            return Ok(TypeCheck::PASSED);
        }
        let scopes = self.own_scopes().then(outer);
        match self.content() {
            Content::Leaf(raw) => self.check_leaf(raw, &scopes),
            Content::Choice(raw) => self.check_choice(raw, &scopes),
            Content::List(elements) => {
                for (index, element) in elements.iter().enumerate() {
                    let check = element
                        .check_in(&scopes)
                        .map_err(|error| error.within(Segment::Element(index)))?;
                    if !check.ok() {
                        return Ok(TypeCheck::failed(format!(
                            "Element in {} failed check: {}",
                            self.ty().name(),
                            check.message()
                        )));
                    }
                }
                Ok(TypeCheck::PASSED)
            }
            Content::Map(entries) => {
                for (key, value) in entries.iter() {
                    let (of_key, of_value) = (key.check_in(&scopes)?, value.check_in(&scopes)?);
                    // Keys and values are printed without the scopes of the map; a failure to print is an error (Q41).
                    if !of_key.ok() {
                        return Ok(TypeCheck::failed(format!(
                            "{} key {} failed check: {}",
                            self.ty().name(),
                            key.display()?,
                            of_key.message()
                        )));
                    }
                    if !of_value.ok() {
                        return Ok(TypeCheck::failed(format!(
                            "{}[{}] value {} failed check: {}",
                            self.ty().name(),
                            key.display()?,
                            value.display()?,
                            of_value.message()
                        )));
                    }
                }
                Ok(TypeCheck::PASSED)
            }
            Content::Struct(values) => {
                let Type::Struct(ty) = self.ty() else {
                    unreachable!("only structs hold fields");
                };
                let scopes = self.inner_scopes(scopes);
                for ((name, field), value) in ty.fields().iter().zip(values.iter()) {
                    let Some(value) = value else {
                        if field.required {
                            return Ok(TypeCheck::failed(format!(
                                "{}[{name}] is required.",
                                self.ty().name()
                            )));
                        }
                        continue;
                    };
                    let check = value
                        .check_in(&scopes)
                        .map_err(|error| error.within(Segment::Field(name.to_string())))?;
                    if !check.ok() {
                        return Ok(TypeCheck::failed(format!(
                            "{}[{name}] failed: {}",
                            self.ty().name(),
                            check.message()
                        )));
                    }
                }
                Ok(TypeCheck::PASSED)
            }
        }
    }

    fn check_leaf(&self, raw: &Value, scopes: &Scopes) -> Result<TypeCheck, Error> {
        let evaluated = match evaluate(self.ty(), raw, scopes, self.origin(), &mut Trace::off()) {
            Ok(evaluated) => evaluated,
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::Coercion | ErrorKind::Uninterpolatable
                ) =>
            {
                return Ok(TypeCheck::failed(format!(
                    "Unable to interpolate: {}",
                    error.message()
                )));
            }
            Err(error) => return Err(error),
        };
        Ok(self.check_value(&evaluated))
    }

    /// Returns the type check of a simple object with this value.
    pub(crate) fn check_value(&self, evaluated: &Evaluated) -> TypeCheck {
        let text = match &evaluated.value {
            Value::String(text) if !evaluated.unbound.is_empty() => text,
            _ => return TypeCheck::PASSED,
        };
        let shown = repr::string(text);
        match self.ty() {
            Type::Integer => TypeCheck::failed(format!("{shown} not an integer")),
            Type::Float => TypeCheck::failed(format!("{shown} not a float")),
            Type::Boolean => TypeCheck::failed(format!("{shown} not a boolean")),
            Type::Enum(ty) => TypeCheck::failed(format!(
                "{shown} not in the enumeration ({})",
                ty.values.join(", ")
            )),
            _ => TypeCheck::PASSED,
        }
    }

    fn check_choice(&self, raw: &Value, scopes: &Scopes) -> Result<TypeCheck, Error> {
        match self.try_alternatives(raw, scopes)? {
            Ok(_) => Ok(TypeCheck::PASSED),
            Err((check, _)) => Ok(check),
        }
    }

    /// Returns the alternative of a Choice that passes its check, or the given object of a listed type even if its check fails;
    /// otherwise the failed check.
    pub(crate) fn passing_alternative(
        &self,
        raw: &Value,
        scopes: &Scopes,
    ) -> Result<Result<Object, TypeCheck>, Error> {
        Ok(match self.try_alternatives(raw, scopes)? {
            Ok(part) | Err((_, Some(part))) => Ok(part),
            Err((check, None)) => Err(check),
        })
    }

    /// Returns the first alternative that passes; otherwise the failed check, and the object if it was given for a listed type.
    fn try_alternatives(
        &self,
        raw: &Value,
        scopes: &Scopes,
    ) -> Result<Result<Object, (TypeCheck, Option<Object>)>, Error> {
        let Type::Choice(ty) = self.ty() else {
            unreachable!("only choices hold a choice");
        };
        for alternative in &ty.alternatives {
            let Some(candidate) = alternative.candidate(raw)? else {
                continue;
            };
            match candidate.object.check_in(scopes) {
                Ok(check) if check.ok() => return Ok(Ok(candidate.object)),
                // The original crashes on an object of a listed type that fails its check (Q17).
                Ok(check) if candidate.is_given => {
                    return Ok(Err((check, Some(candidate.object))));
                }
                Ok(_) => {}
                Err(error) if error.kind().is_value_error() && !candidate.is_given => {}
                Err(error) => return Err(error),
            }
        }
        let check = TypeCheck::failed(format!(
            "{} typecheck failed: value {} did not match any of its alternatives",
            ty.name,
            repr::display(raw)?
        ));
        Ok(Err((check, None)))
    }
}
