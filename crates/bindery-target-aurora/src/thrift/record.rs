//! Structs and unions: the fields that are set.

use std::{cmp::Ordering, fmt};

use crate::thrift::{Field, Literal, Misfit, ShapeError, StructType, Type, Value};

/// A struct or a union of the table, with the fields that are set.
#[derive(Clone)]
pub struct Struct {
    ty: &'static StructType,
    /// In the order of the ids, which is the order of writing.
    fields: Vec<(&'static Field, Value)>,
}

impl Struct {
    /// One with nothing set but what has a default in the table.
    pub fn new(ty: &'static StructType) -> Self {
        let capacity = if ty.union { 1 } else { ty.fields.len() };
        let mut made = Self {
            ty,
            fields: Vec::with_capacity(capacity),
        };
        for field in ty.fields {
            if let Some(literal) = &field.default {
                let value = written_down(&field.ty, literal);
                made.put(field, value).expect("no union has a default");
            }
        }
        made
    }

    /// Sets a field, and gives the struct back: for building one in a chain of calls.
    ///
    /// # Errors
    ///
    /// As [`Struct::set`].
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Result<Self, ShapeError> {
        self.set(name, value)?;
        Ok(self)
    }

    /// As [`Struct::with`] if there is a value; else the struct as it is.
    ///
    /// # Errors
    ///
    /// As [`Struct::set`].
    pub fn with_some(
        self,
        name: &str,
        value: Option<impl Into<Value>>,
    ) -> Result<Self, ShapeError> {
        match value {
            Some(value) => self.with(name, value),
            None => Ok(self),
        }
    }

    /// Sets a field, or replaces what it holds.
    ///
    /// # Errors
    ///
    /// If there is no such field, if the value is not of its type, or if this is a union that holds another field. The
    /// struct is as before then.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) -> Result<(), ShapeError> {
        self.set_inside(name, value.into())
            .map_err(|error| error.within(self.ty.name))
    }

    /// As [`Struct::set`], but the path of an error begins with the dot before the field.
    pub(crate) fn set_inside(&mut self, name: &str, value: Value) -> Result<(), ShapeError> {
        let field = self.ty.field(name).ok_or_else(|| Misfit::UnknownField {
            owner: self.ty,
            field: name.to_owned(),
        })?;
        let place = |error: ShapeError| error.within(format_args!(".{}", field.name));
        let value = value.fit(&field.ty).map_err(place)?;
        self.put(field, value)
            .map_err(|misfit| place(misfit.into()))
    }

    /// Sets a field of this struct to a value that fits.
    pub(crate) fn put(&mut self, field: &'static Field, value: Value) -> Result<(), Misfit> {
        let found = self
            .fields
            .binary_search_by_key(&field.id, |(field, _)| field.id);
        match found {
            Ok(index) => self.fields[index].1 = value,
            Err(_) if self.ty.union && !self.fields.is_empty() => {
                return Err(Misfit::SecondField {
                    owner: self.ty,
                    present: self.fields[0].0.name,
                    added: field.name,
                });
            }
            Err(index) => self.fields.insert(index, (field, value)),
        }
        Ok(())
    }

    /// Its type.
    pub fn ty(&self) -> &'static StructType {
        self.ty
    }

    /// What the field of this name holds; `None` if it is not set, or if there is none.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let mut fields = self.fields();
        fields.find_map(|(field, value)| (field.name == name).then_some(value))
    }

    /// The fields that are set, in the order of their ids.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = (&'static Field, &Value)> {
        self.fields.iter().map(|(field, value)| (*field, value))
    }

    /// The fields that are set, in the order of their names.
    pub(crate) fn fields_by_name(&self) -> Vec<(&'static Field, &Value)> {
        let mut fields: Vec<_> = self.fields().collect();
        fields.sort_unstable_by_key(|(field, _)| field.name);
        fields
    }
}

fn written_down(ty: &Type, literal: &Literal) -> Value {
    let Type::Struct(ty) = ty else {
        unreachable!("the table has defaults for structs only");
    };
    let mut made = Struct::new(ty);
    for (name, inner) in literal.0 {
        let field = ty.field(name).expect("the table names fields that it has");
        made.put(field, written_down(&field.ty, inner))
            .expect("the table sets one field of a union");
    }
    Value::Struct(made)
}

/// Field by field in the order of their names, as the named form would be compared.
impl Ord for Struct {
    fn cmp(&self, other: &Self) -> Ordering {
        let named = |(field, value): (&'static Field, _)| (field.name, value);
        if self.fields.len() <= 1 && other.fields.len() <= 1 {
            return self.fields().map(named).cmp(other.fields().map(named));
        }
        let sorted = other.fields_by_name();
        self.fields_by_name()
            .into_iter()
            .map(named)
            .cmp(sorted.into_iter().map(named))
    }
}

impl PartialOrd for Struct {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Struct {
    fn eq(&self, other: &Self) -> bool {
        self.ty == other.ty
            && self.fields.len() == other.fields.len()
            && self
                .fields()
                .zip(other.fields())
                .all(|(one, other)| one.0.id == other.0.id && one.1 == other.1)
    }
}

impl Eq for Struct {}

impl fmt::Debug for Struct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct(self.ty.name);
        for (field, value) in self.fields() {
            shown.field(field.name, value);
        }
        shown.finish()
    }
}
