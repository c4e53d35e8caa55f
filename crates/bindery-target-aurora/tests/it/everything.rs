//! Struct with every type that a table can have, and values of any type generated from bytes.

use bindery_target_aurora::thrift::table::{JobKey, Mode, Resource, TaskConfig};
use bindery_target_aurora::thrift::{EnumValue, Field, Struct, StructType, Type, Value};

const fn field(id: i16, name: &'static str, ty: Type) -> Field {
    Field {
        id,
        name,
        ty,
        optional: false,
        default: None,
    }
}

/// Types that Aurora's table does not have: keys that are not strings, containers in containers, negative and unordered ids.
pub static EVERYTHING: StructType = StructType {
    name: "Everything",
    union: false,
    fields: &[
        field(300, "truth", Type::Bool),
        field(2, "narrow", Type::I32),
        field(-3, "wide", Type::I64),
        field(4, "fraction", Type::Double),
        field(5, "text", Type::String),
        field(6, "mode", Type::Enum(&Mode)),
        field(7, "union", Type::Struct(&Resource)),
        field(8, "task", Type::Struct(&TaskConfig)),
        field(9, "lists", Type::List(&Type::List(&Type::Bool))),
        field(10, "sets", Type::Set(&Type::Set(&Type::Double))),
        field(
            11,
            "numbered",
            Type::Map(&Type::I32, &Type::Struct(&JobKey)),
        ),
        field(12, "chosen", Type::Map(&Type::Enum(&Mode), &Type::I64)),
        field(
            13,
            "named",
            Type::Map(&Type::String, &Type::Set(&Type::String)),
        ),
        field(14, "wide_keys", Type::Map(&Type::I64, &Type::Enum(&Mode))),
        field(15, "two", Type::Map(&Type::Bool, &Type::List(&Type::I32))),
        field(
            16,
            "fractions",
            Type::Map(&Type::Double, &Type::Map(&Type::String, &Type::Bool)),
        ),
    ],
};

/// Generator of values, controlled by bytes; after the last byte by zeros.
pub struct Generator<'b>(pub std::slice::Iter<'b, u8>);

impl Generator<'_> {
    fn byte(&mut self) -> u8 {
        self.0.next().copied().unwrap_or_default()
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::from(self.byte()) % limit
    }

    fn wide(&mut self) -> i64 {
        match self.below(4) {
            0 => i64::from(self.byte()),
            1 => i64::MIN + i64::from(self.byte()),
            2 => i64::MAX - i64::from(self.byte()),
            _ => i64::from_be_bytes(std::array::from_fn(|_| self.byte())),
        }
    }

    fn fraction(&mut self) -> f64 {
        match self.below(8) {
            0 => f64::from(self.byte()),
            1 => f64::NAN,
            2 => f64::INFINITY,
            3 => f64::NEG_INFINITY,
            4 => -0.0,
            5 => 1e300,
            6 => f64::from(self.byte()) / 10.0,
            _ => match f64::from_be_bytes(std::array::from_fn(|_| self.byte())) {
                // The JSON forms have one NaN.
                value if value.is_nan() => f64::NAN,
                value => value,
            },
        }
    }

    fn text(&mut self) -> String {
        const PIECES: [&str; 12] = [
            "a", "B", "0", "\"", "\\", "\n", "\u{0}", "\u{7f}", "é", "☃", "🦀", "\u{2028}",
        ];
        (0..self.below(6))
            .map(|_| PIECES[self.below(PIECES.len())])
            .collect()
    }

    /// Generates a value of this type for `set`.
    pub fn value(&mut self, ty: &Type) -> Value {
        match ty {
            Type::Bool => Value::Bool(self.byte() % 2 == 1),
            Type::I32 => Value::I32(self.wide() as i32),
            Type::I64 => Value::I64(self.wide()),
            Type::Double => Value::Double(self.fraction()),
            Type::String => Value::String(self.text()),
            Type::Enum(ty) => {
                let (_, number) = ty.values[self.below(ty.values.len())];
                Value::Enum(EnumValue { ty, number })
            }
            Type::Struct(ty) => Value::Struct(self.structure(ty)),
            Type::List(of) | Type::Set(of) => {
                Value::List((0..self.below(4)).map(|_| self.value(of)).collect())
            }
            Type::Map(key, of) => Value::Map(
                (0..self.below(4))
                    .map(|_| (self.value(key), self.value(of)))
                    .collect(),
            ),
        }
    }

    /// Generates a struct with some of its fields, or a union with one.
    pub fn structure(&mut self, ty: &'static StructType) -> Struct {
        let mut record = Struct::new(ty);
        if ty.union {
            let field = &ty.fields[self.below(ty.fields.len())];
            record.set(field.name, self.value(&field.ty)).unwrap();
            return record;
        }
        for field in ty.fields {
            if self.byte() % 3 != 1 {
                record.set(field.name, self.value(&field.ty)).unwrap();
            }
        }
        record
    }
}
