//! Fields of structs and unions.

use crate::thrift::{Field, Literal, Misfit, ShapeError, Struct, StructType, Type, Value};

impl Struct {
    /// Creates a struct with the defaults of the table.
    pub fn new(ty: &'static StructType) -> Self {
        let capacity = if ty.union { 1 } else { ty.fields.len() };
        let mut record = Self {
            ty,
            fields: Vec::with_capacity(capacity),
        };
        for field in ty.fields {
            if let Some(literal) = &field.default {
                let value = from_literal(&field.ty, literal);
                record
                    .put(field, value)
                    .expect("the table has no default in a union");
            }
        }
        record
    }

    /// Sets a field and returns the struct, for a chain of calls.
    ///
    /// # Errors
    ///
    /// Fails like [`Struct::set`].
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Result<Self, ShapeError> {
        self.set(name, value)?;
        Ok(self)
    }

    /// Sets a field if there is a value, and returns the struct.
    ///
    /// # Errors
    ///
    /// Fails like [`Struct::set`].
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

    /// Sets a field or replaces its value.
    ///
    /// # Errors
    ///
    /// Fails if the struct does not have the field, if the value does not have its type, or if this is a union with another field.
    /// The struct is unchanged then.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) -> Result<(), ShapeError> {
        self.set_inside(name, value.into())
            .map_err(|error| error.within(self.ty.name))
    }

    /// Sets a field like [`Struct::set`], but the path of an error begins with the dot before the field.
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

    /// Sets a field of this struct to a value of its type.
    pub(crate) fn put(&mut self, field: &'static Field, value: Value) -> Result<(), Misfit> {
        let position = self
            .fields
            .binary_search_by_key(&field.id, |(field, _)| field.id);
        match position {
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

    /// Returns the type.
    pub fn ty(&self) -> &'static StructType {
        self.ty
    }

    /// Returns the value of a field; `None` if the field is not set or does not exist.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let mut fields = self.fields();
        fields.find_map(|(field, value)| (field.name == name).then_some(value))
    }

    /// Returns the fields that are set, in the order of their ids.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = (&'static Field, &Value)> {
        self.fields.iter().map(|(field, value)| (*field, value))
    }

    /// Returns the fields that are set, in the order of their names.
    pub(crate) fn fields_by_name(&self) -> Vec<(&'static Field, &Value)> {
        let mut fields: Vec<_> = self.fields().collect();
        fields.sort_unstable_by_key(|(field, _)| field.name);
        fields
    }
}

fn from_literal(ty: &Type, literal: &Literal) -> Value {
    let Type::Struct(ty) = ty else {
        unreachable!("the table has defaults for structs only");
    };
    let mut record = Struct::new(ty);
    for (name, inner) in literal.0 {
        let field = ty
            .field(name)
            .expect("a literal of the table has fields of its type");
        record
            .put(field, from_literal(&field.ty, inner))
            .expect("a literal of the table sets one field of a union");
    }
    Value::Struct(record)
}
