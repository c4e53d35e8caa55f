//! Call of a helper function.

use std::rc::Rc;

use bindery_core::{Error, ErrorKind, Origin, Value};

use crate::schema::types::Schema;

/// Call of a helper function.
pub(crate) struct Call<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) name: &'static str,
    pub(crate) arguments: &'a [Value],
    pub(crate) keywords: &'a [(Rc<str>, Value)],
    pub(crate) origin: Option<Origin>,
}

impl Call<'_> {
    pub(crate) fn type_error(&self, what: &str) -> Error {
        Error::new(ErrorKind::Type, format!("{}() {what}", self.name)).at(self.origin)
    }

    /// Returns the arguments with these names, passed by position or by keyword; each is required.
    pub(crate) fn named<const N: usize>(&self, names: [&str; N]) -> Result<[Value; N], Error> {
        if self.arguments.len() > N {
            return Err(self.type_error(&format!(
                "takes {N} arguments but {} were given",
                self.arguments.len()
            )));
        }
        let mut values: [Option<Value>; N] =
            std::array::from_fn(|at| self.arguments.get(at).cloned());
        for (keyword, value) in self.keywords {
            let at = names
                .iter()
                .position(|name| *name == &**keyword)
                .ok_or_else(|| {
                    self.type_error(&format!("got an unexpected keyword argument '{keyword}'"))
                })?;
            if values[at].replace(value.clone()).is_some() {
                return Err(
                    self.type_error(&format!("got multiple values for argument '{keyword}'"))
                );
            }
        }
        if let Some(at) = values.iter().position(Option::is_none) {
            return Err(self.type_error(&format!("missing argument: '{}'", names[at])));
        }
        Ok(values.map(|value| value.expect("the loop above found no missing argument")))
    }

    /// Returns the arguments of a function that takes no keywords.
    pub(crate) fn positional(&self) -> Result<&[Value], Error> {
        match self.keywords.first() {
            None => Ok(self.arguments),
            Some((name, _)) => {
                Err(self.type_error(&format!("got an unexpected keyword argument '{name}'")))
            }
        }
    }
}
