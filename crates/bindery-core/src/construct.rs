//! Construction of objects from plain data: calls of types.

use std::rc::Rc;

use crate::model::Content;
use crate::resolve::has_refs;
use crate::{Error, ErrorKind, Object, Origin, StructType, Text, Type, Value, repr};

impl Type {
    /// Creates an object from the arguments of a call. Keeps values as given; they are coerced on evaluation. Checks only Enum
    /// texts, field names and the shapes of composites.
    ///
    /// `origin` is the position of the call.
    ///
    /// # Errors
    ///
    /// `Type` for a wrong number of arguments, `Value` for an invalid Enum text or container input, `Attribute` for an unknown
    /// field, `NotMapping` for a struct made from anything but a mapping.
    pub fn construct(
        &self,
        arguments: &[Value],
        keywords: &[(Rc<str>, Value)],
        origin: Option<Origin>,
    ) -> Result<Object, Error> {
        match self {
            Type::Struct(ty) => structure(ty, arguments, keywords, origin),
            Type::Map(_) => {
                if let Some((name, _)) = keywords.first() {
                    return Err(
                        self.call_error(&format!("got an unexpected keyword argument '{name}'"))
                    );
                }
                self.make_map(arguments, origin)
            }
            _ => match (arguments, keywords) {
                ([value], []) => self.make(value, origin),
                (_, [(name, _), ..]) => {
                    Err(self.call_error(&format!("got an unexpected keyword argument '{name}'")))
                }
                _ => Err(self.call_error(&format!(
                    "takes 1 argument but {} were given",
                    arguments.len()
                ))),
            },
        }
        .and_then(Object::within_depth)
        .map_err(|error| error.at(origin))
    }

    fn call_error(&self, what: &str) -> Error {
        Error::new(ErrorKind::Type, format!("{}() {what}", self.name()))
    }

    /// Returns `value` as an object of this type: unchanged if it already is one, otherwise newly created.
    pub(crate) fn adopt(&self, value: &Value) -> Result<Object, Error> {
        match value {
            Value::Object(object) if self.holds(object) => Ok(object.clone()),
            Value::String(text) => self.make(value, text.origin()),
            Value::Object(object) => self.make(value, object.origin()),
            _ => self.make(value, None),
        }
    }

    /// Creates an object from the plain data of an object. If the data is an object itself, the original wraps it a second time
    /// (Q30).
    pub(crate) fn remake(&self, raw: &Value) -> Result<Object, Error> {
        match raw {
            Value::Object(object) => self.make(raw, object.origin()),
            _ => self.adopt(raw),
        }
    }

    /// Creates an object from one argument.
    fn make(&self, value: &Value, origin: Option<Origin>) -> Result<Object, Error> {
        let object = |content| Ok(Object::new(self.clone(), content, origin));
        match self {
            Type::String | Type::Integer | Type::Float | Type::Boolean => {
                object(Content::Leaf(value.clone()))
            }
            Type::Enum(ty) => {
                match value {
                    Value::String(text) => {
                        // An escape is not a ref and is compared as written.
                        if !has_refs(text)? && !ty.values.iter().any(|listed| **listed == **text) {
                            return Err(not_listed(ty).at(text.origin()));
                        }
                    }
                    Value::Boolean(_) | Value::Integer(_) | Value::Float(_) => {
                        return Err(not_listed(ty));
                    }
                    other => {
                        return Err(Error::new(
                            ErrorKind::Coercion,
                            format!("Cannot coerce '{}' to String", repr::display(other)?),
                        ));
                    }
                }
                object(Content::Leaf(value.clone()))
            }
            Type::Choice(_) => object(Content::Choice(value.clone())),
            Type::List(ty) => match value {
                Value::List(items) | Value::Tuple(items) => {
                    let elements: Result<Rc<[Object]>, Error> =
                        items.iter().map(|item| ty.element.adopt(item)).collect();
                    object(Content::List(elements?))
                }
                Value::Opaque(opaque) if opaque.type_name == "generator" => Err(Error::new(
                    ErrorKind::Type,
                    format!("{} cannot be made from a generator", self.name()),
                )
                .with_hint("write a list: [… for … in …]")),
                other => {
                    let error = Error::new(
                        ErrorKind::Value,
                        format!(
                            "ListContainer expects an iterable, got {}",
                            repr::value(other)?
                        ),
                    );
                    Err(match other {
                        Value::Opaque(_) => error.with_hint("make a list of it: `list(...)`"),
                        _ => error,
                    })
                }
            },
            Type::Map(_) => self.make_map(std::slice::from_ref(value), origin),
            Type::Struct(ty) => structure(ty, std::slice::from_ref(value), &[], origin),
        }
    }

    /// Creates a map from no argument, one mapping, or any number of two-element sequences.
    fn make_map(&self, arguments: &[Value], origin: Option<Origin>) -> Result<Object, Error> {
        let Type::Map(ty) = self else {
            unreachable!("only called for maps");
        };
        let mut entries = Vec::new();
        let mut put = |key: &Value, value: &Value| -> Result<(), Error> {
            entries.push((ty.key.adopt(key)?, ty.value.adopt(value)?));
            Ok(())
        };
        match arguments {
            [Value::Map(given)] => {
                for (key, value) in given.iter() {
                    put(key, value)?;
                }
            }
            _ => {
                for argument in arguments {
                    let (key, value) = pair(argument)?.ok_or_else(|| {
                        let shown = repr::value(&Value::tuple(arguments));
                        match shown {
                            Ok(shown) => Error::new(
                                ErrorKind::Value,
                                format!("Unexpected input to MapContainer: {shown}"),
                            ),
                            Err(error) => error,
                        }
                    })?;
                    put(&key, &value)?;
                }
            }
        }
        Ok(Object::new(
            self.clone(),
            Content::Map(entries.into()),
            origin,
        ))
    }
}

/// Returns the two elements of a sequence; a text of two characters is a sequence, too (Q29).
fn pair(value: &Value) -> Result<Option<(Value, Value)>, Error> {
    match value {
        Value::List(items) | Value::Tuple(items) => Ok(match &**items {
            [key, value] => Some((key.clone(), value.clone())),
            _ => None,
        }),
        Value::Map(entries) => Ok(match &**entries {
            [(first, _), (second, _)] => Some((first.clone(), second.clone())),
            _ => None,
        }),
        Value::String(text) => {
            let mut characters = text.chars();
            Ok(
                match (characters.next(), characters.next(), characters.next()) {
                    (Some(key), Some(value), None) => {
                        let part = |c: char| {
                            Value::String(Text::with_origin(c.to_string(), text.origin()))
                        };
                        Some((part(key), part(value)))
                    }
                    _ => None,
                },
            )
        }
        Value::Object(object) if matches!(object.ty(), Type::List(_) | Type::Map(_)) => {
            Err(Error::new(
                ErrorKind::Type,
                format!("a Map cannot be made from {}", object.ty().name()),
            ))
        }
        Value::Opaque(opaque) if opaque.type_name == "generator" => Err(Error::new(
            ErrorKind::Type,
            "a Map cannot be made from a generator",
        )),
        _ => Ok(None),
    }
}

fn not_listed(ty: &crate::EnumType) -> Error {
    Error::new(
        ErrorKind::Value,
        format!(
            "{} only accepts the following values: {}",
            ty.name,
            ty.values.join(", ")
        ),
    )
}

fn structure(
    ty: &Rc<StructType>,
    arguments: &[Value],
    keywords: &[(Rc<str>, Value)],
    origin: Option<Origin>,
) -> Result<Object, Error> {
    let mut values: Vec<Option<Object>> = ty
        .fields()
        .iter()
        .map(|(_, field)| field.default.as_ref().map(|d| d.object.clone()))
        .collect();
    for argument in arguments {
        let Value::Map(entries) = argument else {
            // An object that cannot be printed is not a mapping either.
            let shown = repr::value(argument).unwrap_or_else(|_| argument.type_name().to_owned());
            return Err(Error::new(
                ErrorKind::NotMapping,
                format!("Expected dictionary argument, got {shown}"),
            ));
        };
        if entries.iter().any(|(key, _)| key.as_str().is_none()) {
            return Err(Error::new(ErrorKind::Type, "keywords must be strings"));
        }
        for (key, value) in entries.iter() {
            set(ty, &mut values, key.as_str().unwrap_or_default(), value)?;
        }
    }
    for (name, value) in keywords {
        set(ty, &mut values, name, value)?;
    }
    Ok(Object::new(
        Type::Struct(Rc::clone(ty)),
        Content::Struct(values.into()),
        origin,
    ))
}

fn set(
    ty: &StructType,
    values: &mut [Option<Object>],
    name: &str,
    value: &Value,
) -> Result<(), Error> {
    let position = ty.position(name).ok_or_else(|| {
        Error::new(
            ErrorKind::Attribute,
            format!("Unknown schema attribute {name}"),
        )
    })?;
    values[position] = match value {
        Value::Empty => None,
        value => Some(ty.fields()[position].1.ty.adopt(value)?),
    };
    Ok(())
}

impl Object {
    /// Returns a copy of a list with further elements at its end; keeps the scopes.
    ///
    /// # Errors
    ///
    /// As [`Type::construct`]; `Type` if this object is not a list.
    pub fn extended(&self, items: &[Value]) -> Result<Object, Error> {
        let (Type::List(ty), Content::List(elements)) = (self.ty(), self.content()) else {
            return Err(self.wrong_kind("is not a list"));
        };
        let mut elements = elements.to_vec();
        for item in items {
            elements.push(ty.element.adopt(item)?);
        }
        Object::with_scopes(
            self.ty().clone(),
            Content::List(elements.into()),
            self.own_scopes().clone(),
            self.origin(),
        )
        .within_depth()
    }

    /// Returns a copy of a struct with other field values; keeps the scopes.
    ///
    /// # Errors
    ///
    /// As [`Type::construct`]; `Type` if this object is not a struct.
    pub fn with(&self, keywords: &[(Rc<str>, Value)]) -> Result<Object, Error> {
        let (Type::Struct(ty), Content::Struct(values)) = (self.ty(), self.content()) else {
            return Err(self.wrong_kind("is not callable"));
        };
        let mut values = values.to_vec();
        for (name, value) in keywords {
            set(ty, &mut values, name, value)?;
        }
        Object::with_scopes(
            self.ty().clone(),
            Content::Struct(values.into()),
            self.own_scopes().clone(),
            self.origin(),
        )
        .within_depth()
    }
}
