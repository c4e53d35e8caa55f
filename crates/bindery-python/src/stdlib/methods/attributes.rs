//! Data attributes of built-in values.

use crate::values::{Class, ExcKind, Exception, Value};

/// Returns an attribute of `value` that is not a method.
pub(crate) fn data(value: &Value, name: &str) -> Option<Value> {
    match (value, name) {
        (Value::Class(class), "__name__" | "__qualname__") => Some(Value::from(class.name())),
        (Value::Function(function), "__name__" | "__qualname__") => {
            Some(Value::text(function.display_code().name.clone()))
        }
        (Value::Function(function), "__doc__") => Some(match &function.display_code().doc {
            Some(doc) => Value::text(doc.clone()),
            None => Value::None,
        }),
        (Value::Builtin(_) | Value::Class(_), "__doc__") => Some(Value::None),
        (Value::Builtin(builtin), "__name__") => Some(Value::from(builtin.name)),
        (Value::Module(module), "__name__") => Some(Value::from(module.name)),
        (Value::Exception(exception), "args") => Some(Value::tuple(exception.args.clone())),
        (Value::Exception(exception), "msg" | "lineno" | "colno" | "pos")
            if exception.kind == ExcKind::JsonDecode =>
        {
            json_error(exception, name)
        }
        (Value::Exception(exception), "value") if exception.kind == ExcKind::StopIteration => {
            Some(exception.args.first().cloned().unwrap_or(Value::None))
        }
        // In Python 2 every exception had `message`.
        (Value::Exception(exception), "message" | "msg") => Some(
            exception
                .args
                .first()
                .cloned()
                .unwrap_or_else(|| Value::from("")),
        ),
        (Value::Exception(exception), "errno") if exception.kind.is(ExcKind::Os) => {
            exception.args.first().cloned()
        }
        (Value::Exception(exception), "strerror") if exception.kind.is(ExcKind::Os) => {
            exception.args.get(1).cloned()
        }
        (Value::Exception(exception), "filename") if exception.kind.is(ExcKind::Os) => {
            exception.args.get(2).cloned()
        }
        (Value::Exception(exception), "code") if exception.kind == ExcKind::SystemExit => {
            Some(exception.args.first().cloned().unwrap_or(Value::None))
        }
        (Value::Slice(slice), "start") => Some(slice.start.clone()),
        (Value::Slice(slice), "stop") => Some(slice.stop.clone()),
        (Value::Slice(slice), "step") => Some(slice.step.clone()),
        (Value::Range(range), "start") => Some(Value::Int(range.start)),
        (Value::Range(range), "stop") => Some(Value::Int(range.stop)),
        (Value::Range(range), "step") => Some(Value::Int(range.step)),
        (Value::Int(_) | Value::Big(_), "real" | "numerator") | (Value::Float(_), "real") => {
            Some(value.clone())
        }
        (Value::Int(_) | Value::Big(_), "denominator") => Some(Value::Int(1)),
        (Value::Int(_) | Value::Big(_), "imag") => Some(Value::Int(0)),
        (Value::Float(_), "imag") => Some(Value::Float(0.0)),
        (Value::Tuple(tuple), name) => match &tuple.class {
            Some(class) if name == "_fields" => Some(class.field_names()),
            Some(class) => class
                .fields
                .iter()
                .position(|field| &**field == name)
                .map(|at| tuple.items[at].clone()),
            None if name == "__class__" => Some(Value::Class(Class::Tuple)),
            None => None,
        },
        (_, "__class__") => value.class().map(Value::Class),
        _ => None,
    }
}

/// Parses a part of `MESSAGE: line 1 column 2 (char 3)`.
fn json_error(exception: &Exception, part: &str) -> Option<Value> {
    let Some(Value::Str(text)) = exception.args.first() else {
        return None;
    };
    let (message, place) = text.rsplit_once(": line ")?;
    let mut numbers = place
        .split(|letter: char| !letter.is_ascii_digit())
        .filter_map(|number| number.parse().ok());
    let (line, column, at) = (numbers.next()?, numbers.next()?, numbers.next()?);
    Some(match part {
        "msg" => Value::from(message),
        "lineno" => Value::Int(line),
        "colno" => Value::Int(column),
        _ => Value::Int(at),
    })
}
