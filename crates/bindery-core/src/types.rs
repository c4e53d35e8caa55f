//! Types of template objects: declaration, names and sameness.

use std::cell::OnceCell;
use std::fmt;
use std::rc::Rc;

use crate::model::FieldDefault;
use crate::{
    ChoiceType, EnumType, Error, ErrorKind, Field, ListType, MapType, Object, StructType, Type,
    Value, repr,
};

impl Field {
    /// Creates a field that may be absent.
    pub fn optional(ty: Type) -> Self {
        Field {
            ty: ty.embedded(),
            required: false,
            default: None,
        }
    }

    /// Creates a field without which a check fails.
    pub fn required(ty: Type) -> Self {
        Field {
            required: true,
            ..Field::optional(ty)
        }
    }

    /// Creates a field with the default `value`; [`Value::Empty`] makes the field optional.
    ///
    /// # Errors
    ///
    /// The errors of creating an object of the type from the value.
    pub fn default(ty: Type, value: &Value) -> Result<Self, Error> {
        let mut field = Field::optional(ty);
        if !matches!(value, Value::Empty) {
            let given = field.ty.adopt(value)?;
            let raw = given.get()?;
            let object = field.ty.remake(&raw)?;
            // The original evaluates the default again for every type that the struct becomes part of.
            object.get()?;
            field.default = Some(FieldDefault { raw, object });
        }
        Ok(field)
    }

    /// Returns the type of the field's values.
    pub fn ty(&self) -> &Type {
        &self.ty
    }

    /// Returns whether a check fails without the field.
    pub fn is_required(&self) -> bool {
        self.required
    }
}

impl StructType {
    fn new(name: Rc<str>, schema_name: Rc<str>, fields: Vec<(Rc<str>, Field)>) -> Self {
        let positions = fields
            .iter()
            .enumerate()
            .map(|(position, (name, _))| (Rc::clone(name), position))
            .collect();
        let depths = fields.iter().map(|(_, field)| field.ty.depth());
        StructType {
            name,
            schema_name,
            depth: 1 + depths.max().unwrap_or(0),
            fields,
            positions,
            sorted: OnceCell::new(),
        }
    }

    /// Returns the name of the type.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn schema_name(&self) -> &str {
        &self.schema_name
    }

    /// Returns the fields in the order in which they are checked and printed.
    pub fn fields(&self) -> &[(Rc<str>, Field)] {
        &self.fields
    }

    pub(crate) fn position(&self, field: &str) -> Option<usize> {
        /// Maximum number of fields for which a linear search is faster.
        const FEW: usize = 8;
        if self.fields.len() <= FEW {
            return self.fields.iter().position(|(name, _)| **name == *field);
        }
        self.positions.get(field).copied()
    }

    /// Returns the type as other types hold it: under the name of its schema, with fields in alphabetical order (Q20, Q23).
    fn sorted(self: &Rc<Self>) -> Rc<StructType> {
        let is_sorted = self.fields.windows(2).all(|pair| pair[0].0 < pair[1].0);
        if is_sorted && self.name == self.schema_name {
            return Rc::clone(self);
        }
        Rc::clone(self.sorted.get_or_init(|| {
            let mut fields = self.fields.clone();
            fields.sort_by(|a, b| a.0.cmp(&b.0));
            let name = &self.schema_name;
            Rc::new(StructType::new(Rc::clone(name), Rc::clone(name), fields))
        }))
    }

    /// Returns whether fields, types, kinds and plain defaults are equal. Ignores the names of the structs.
    pub(crate) fn same_schema(self: &Rc<Self>, other: &Rc<Self>) -> bool {
        if Rc::ptr_eq(self, other) {
            return true;
        }
        let (a, b) = (self.sorted(), other.sorted());
        Rc::ptr_eq(&a, &b)
            || a.fields.len() == b.fields.len()
                && a.fields
                    .iter()
                    .zip(&b.fields)
                    .all(|((a_name, a), (b_name, b))| {
                        a_name == b_name
                            && a.required == b.required
                            && match (&a.default, &b.default) {
                                (None, None) => true,
                                (Some(a), Some(b)) => a.raw.python_eq(&b.raw),
                                _ => false,
                            }
                            && a.ty.same(&b.ty)
                    })
    }
}

impl Type {
    /// Returns the type of lists of `element`.
    pub fn list(element: Type) -> Type {
        let element = element.embedded();
        Type::List(Rc::new(ListType {
            name: format!("{}List", element.name()).into(),
            depth: 1 + element.depth(),
            element,
        }))
    }

    /// Returns the type of maps from `key` to `value`.
    pub fn map(key: Type, value: Type) -> Type {
        let (key, value) = (key.embedded(), value.embedded());
        Type::Map(Rc::new(MapType {
            name: format!("{}{}Map", key.name(), value.name()).into(),
            depth: 1 + key.depth().max(value.depth()),
            key,
            value,
        }))
    }

    /// Returns the Enum type that a call of `Enum` with these arguments declares: `Enum('A', 'B')`, named `Enum_A_B`, or
    /// `Enum('Name', ('A', 'B'))`, with a list or a tuple (Q28).
    ///
    /// # Errors
    ///
    /// `Value` if an argument is not a text.
    pub fn enumeration(arguments: &[Value]) -> Result<Type, Error> {
        let texts = |values: &[Value]| {
            values
                .iter()
                .map(|value| match value {
                    Value::String(text) => Ok(Rc::clone(text.shared())),
                    other => Err(Error::new(
                        ErrorKind::Value,
                        format!("Enum values must be texts, got {}", repr::value(other)?),
                    )),
                })
                .collect::<Result<Vec<_>, Error>>()
        };
        if let [
            Value::String(name),
            Value::Tuple(values) | Value::List(values),
        ] = arguments
        {
            return Ok(Type::Enum(Rc::new(EnumType {
                name: Rc::clone(name.shared()),
                values: texts(values)?,
            })));
        }
        let values = texts(arguments)?;
        Ok(Type::Enum(Rc::new(EnumType {
            name: format!("Enum_{}", values.join("_")).into(),
            values,
        })))
    }

    /// Returns a Choice type; the default name consists of the names of its alternatives.
    pub fn choice(name: Option<&str>, alternatives: Vec<Type>) -> Type {
        let alternatives: Vec<Type> = alternatives.iter().map(Type::embedded).collect();
        let name: Rc<str> = match name {
            Some(name) => name.into(),
            None => {
                let names: Vec<_> = alternatives.iter().map(Type::name).collect();
                format!("Choice_{}", names.join("_")).into()
            }
        };
        let depths = alternatives.iter().map(Type::depth);
        Type::Choice(Rc::new(ChoiceType {
            name,
            depth: 1 + depths.max().unwrap_or(0),
            alternatives,
        }))
    }

    /// Returns a struct type with fields in declared order.
    pub fn structure(name: &str, fields: Vec<(Rc<str>, Field)>) -> Type {
        let name: Rc<str> = name.into();
        Type::Struct(Rc::new(StructType::new(Rc::clone(&name), name, fields)))
    }

    /// Returns a subclass of this struct type: its schema under another name, not accepted in place of the parent (Q20).
    ///
    /// # Errors
    ///
    /// `Type` if this is not a struct type.
    pub fn subclass(&self, name: &str) -> Result<Type, Error> {
        let Type::Struct(parent) = self else {
            return Err(Error::new(
                ErrorKind::Type,
                format!("{} is not a struct and cannot be derived from", self.name()),
            ));
        };
        Ok(Type::Struct(Rc::new(StructType::new(
            name.into(),
            Rc::clone(&parent.schema_name),
            parent.fields.clone(),
        ))))
    }

    /// Returns the name of the type: `String`, `IntegerList`, `StringIntegerMap`, or the declared name.
    pub fn name(&self) -> &str {
        match self {
            Type::String => "String",
            Type::Integer => "Integer",
            Type::Float => "Float",
            Type::Boolean => "Boolean",
            Type::Enum(ty) => &ty.name,
            Type::Choice(ty) => &ty.name,
            Type::List(ty) => &ty.name,
            Type::Map(ty) => &ty.name,
            Type::Struct(ty) => &ty.name,
        }
    }

    /// Maximum nesting of types: operations on types recurse, and names grow with every level. Code that creates types for a
    /// program must refuse deeper ones.
    pub const MAX_DEPTH: usize = 100;

    /// Returns the number of types nested in one another; 0 for a simple type.
    pub fn depth(&self) -> usize {
        match self {
            Type::String | Type::Integer | Type::Float | Type::Boolean | Type::Enum(_) => 0,
            Type::Choice(ty) => ty.depth,
            Type::List(ty) => ty.depth,
            Type::Map(ty) => ty.depth,
            Type::Struct(ty) => ty.depth,
        }
    }

    /// Returns whether a value of `other` is a value of this type: same name and same parameters.
    pub fn same(&self, other: &Type) -> bool {
        match (self, other) {
            (Type::String, Type::String)
            | (Type::Integer, Type::Integer)
            | (Type::Float, Type::Float)
            | (Type::Boolean, Type::Boolean) => true,
            (Type::Enum(a), Type::Enum(b)) => Rc::ptr_eq(a, b) || a == b,
            (Type::Choice(a), Type::Choice(b)) => {
                Rc::ptr_eq(a, b)
                    || a.name == b.name
                        && a.alternatives.len() == b.alternatives.len()
                        && a.alternatives
                            .iter()
                            .zip(&b.alternatives)
                            .all(|(a, b)| a.same(b))
            }
            (Type::List(a), Type::List(b)) => Rc::ptr_eq(a, b) || a.element.same(&b.element),
            (Type::Map(a), Type::Map(b)) => {
                Rc::ptr_eq(a, b) || a.key.same(&b.key) && a.value.same(&b.value)
            }
            (Type::Struct(a), Type::Struct(b)) => {
                Rc::ptr_eq(a, b)
                    || a.name == b.name && a.schema_name == b.schema_name && a.same_schema(b)
            }
            _ => false,
        }
    }

    /// Returns whether `object` is accepted unchanged where this type is expected.
    pub(crate) fn holds(&self, object: &Object) -> bool {
        self.same(object.ty())
    }

    /// Returns the type as other types hold it.
    fn embedded(&self) -> Type {
        match self {
            Type::Struct(ty) => Type::Struct(ty.sorted()),
            other => other.clone(),
        }
    }

    /// Returns whether values of the type hold no other objects, unlike lists, maps, structs and choices.
    pub fn is_simple(&self) -> bool {
        matches!(
            self,
            Type::String | Type::Integer | Type::Float | Type::Boolean | Type::Enum(_)
        )
    }
}

impl fmt::Debug for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
