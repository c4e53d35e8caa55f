//! Checks of the arguments of built-in functions.

use crate::values::Args;
use crate::values::exception::type_error;
use crate::values::{Outcome, Raised, Str, Value};

impl Args {
    /// Makes positional arguments.
    pub fn new(pos: Vec<Value>) -> Self {
        Self {
            pos,
            ..Self::default()
        }
    }

    /// Makes one positional argument.
    pub fn one(value: Value) -> Self {
        Self::new(vec![value])
    }

    fn no_keywords(&self, what: &str) -> Outcome<()> {
        if self.kw.is_empty() {
            Ok(())
        } else {
            Err(type_error(format!("{what}() takes no keyword arguments")))
        }
    }

    /// Checks that there are no arguments.
    ///
    /// # Errors
    ///
    /// `TypeError` in CPython's words; `what` is the name of the function.
    pub fn none(self, what: &str) -> Outcome<()> {
        self.no_keywords(what)?;
        match self.pos.len() {
            0 => Ok(()),
            given => Err(type_error(format!(
                "{what}() takes no arguments ({given} given)"
            ))),
        }
    }

    /// Returns the only argument.
    ///
    /// # Errors
    ///
    /// `TypeError` for any other number of arguments.
    pub fn single(self, what: &str) -> Outcome<Value> {
        let [value] = self.exactly(what)?;
        Ok(value)
    }

    /// Returns exactly `N` positional arguments.
    ///
    /// # Errors
    ///
    /// `TypeError` for any other number of arguments.
    pub fn exactly<const N: usize>(self, what: &str) -> Outcome<[Value; N]> {
        self.no_keywords(what)?;
        self.pos.try_into().map_err(|given: Vec<Value>| {
            type_error(match N {
                1 => format!(
                    "{what}() takes exactly one argument ({} given)",
                    given.len()
                ),
                _ => format!("{what} expected {N} arguments, got {}", given.len()),
            })
        })
    }

    /// Returns up to `N` positional arguments, at least `least`.
    ///
    /// # Errors
    ///
    /// `TypeError` for any other number of arguments.
    pub fn between<const N: usize>(self, what: &str, least: usize) -> Outcome<[Option<Value>; N]> {
        self.no_keywords(what)?;
        let given = self.pos.len();
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        if given < least {
            return Err(type_error(format!(
                "{what} expected at least {least} argument{}, got {given}",
                plural(least)
            )));
        }
        if given > N {
            return Err(type_error(format!(
                "{what} expected at most {N} argument{}, got {given}",
                plural(N)
            )));
        }
        let mut values = self.pos.into_iter();
        Ok(std::array::from_fn(|_| values.next()))
    }

    /// Returns arguments given by position or by name; the first `least` are required.
    ///
    /// # Errors
    ///
    /// `TypeError` for missing, unknown and repeated arguments.
    pub fn parameters<const N: usize>(
        self,
        what: &str,
        names: [&str; N],
        least: usize,
    ) -> Outcome<[Option<Value>; N]> {
        let given = self.pos.len() + self.kw.len();
        if self.pos.len() > N {
            let plural = if N == 1 { "" } else { "s" };
            return Err(type_error(format!(
                "{what}() takes at most {N} argument{plural} ({given} given)"
            )));
        }
        let mut values = self.pos.into_iter();
        let mut found: [Option<Value>; N] = std::array::from_fn(|_| values.next());
        for (name, value) in self.kw {
            let Some(index) = names.iter().position(|known| *known == &*name) else {
                return Err(unexpected_keyword(what, &name, &names));
            };
            if found[index].replace(value).is_some() {
                return Err(type_error(format!(
                    "argument for {what}() given by name ('{name}') and position ({})",
                    index + 1
                )));
            }
        }
        if let Some(index) = found[..least].iter().position(Option::is_none) {
            return Err(type_error(format!(
                "{what}() missing required argument '{}' (pos {})",
                names[index],
                index + 1
            )));
        }
        Ok(found)
    }

    /// Removes one keyword argument and returns its value.
    pub fn take_keyword(&mut self, name: &str) -> Option<Value> {
        let index = self.kw.iter().position(|(known, _)| &**known == name)?;
        Some(self.kw.remove(index).1)
    }

    /// Fails if keyword arguments are left.
    ///
    /// # Errors
    ///
    /// `TypeError` for the first of them; `known` are the names that exist.
    pub fn end_of_keywords(&self, what: &str, known: &[&str]) -> Outcome<()> {
        match self.kw.first() {
            None => Ok(()),
            Some((name, _)) => Err(unexpected_keyword(what, name, known)),
        }
    }
}

pub fn unexpected_keyword(what: &str, name: &str, known: &[&str]) -> Raised {
    let error = type_error(format!(
        "{what}() got an unexpected keyword argument '{name}'"
    ));
    match crate::suggest::closest(name, known.iter().copied()) {
        Some(close) => error.hint(format!("did you mean `{close}`?")),
        None => error,
    }
}

/// Returns a string argument.
///
/// # Errors
///
/// `TypeError` for any other value.
pub fn text(what: &str, value: &Value) -> Outcome<Str> {
    match value {
        Value::Str(text) => Ok(text.clone()),
        other => Err(type_error(format!(
            "{what} must be str, not {}",
            other.type_name()
        ))),
    }
}

/// Returns an integer argument within `i64`.
///
/// # Errors
///
/// `TypeError` for values of other types, `OverflowError` for larger integers.
pub fn integer(value: &Value) -> Outcome<i64> {
    match value {
        Value::Int(value) => Ok(*value),
        Value::Bool(value) => Ok(i64::from(*value)),
        Value::Big(_) => Err(Raised::new(
            crate::values::ExcKind::Overflow,
            "Python int too large to convert to C ssize_t",
        )),
        other => Err(type_error(format!(
            "'{}' object cannot be interpreted as an integer",
            other.type_name()
        ))),
    }
}
