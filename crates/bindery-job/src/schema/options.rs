//! Helper functions that render command-line options from texts, mappings and keywords.

use bindery_core::{Error, ErrorKind, Value, repr};

use crate::schema::call::Call;

pub(crate) fn java(call: &Call<'_>) -> Result<Value, Error> {
    render("-", "-", call.arguments, call)
}

pub(crate) fn python(call: &Call<'_>) -> Result<Value, Error> {
    render("-", "--", call.arguments, call)
}

/// `render_options(short_prefix, long_prefix, *options, **options)`
pub(crate) fn render_options(call: &Call<'_>) -> Result<Value, Error> {
    match call.arguments {
        [Value::String(short), Value::String(long), options @ ..] => {
            render(short, long, options, call)
        }
        _ => Err(call.type_error("takes a short prefix and a long prefix before the options")),
    }
}

/// `render_option(short_prefix, long_prefix, option, value=None)`
pub(crate) fn render_option(call: &Call<'_>) -> Result<Value, Error> {
    match call.positional()? {
        [Value::String(short), Value::String(long), option] => {
            render_one(short, long, option, &Value::None).map(Value::string)
        }
        [Value::String(short), Value::String(long), option, value] => {
            render_one(short, long, option, value).map(Value::string)
        }
        _ => Err(call.type_error("takes a short prefix, a long prefix, an option and a value")),
    }
}

fn render(short: &str, long: &str, options: &[Value], call: &Call<'_>) -> Result<Value, Error> {
    let mut parts = Vec::new();
    for option in options {
        match option {
            Value::String(_) => parts.push(render_one(short, long, option, &Value::None)?),
            Value::Map(entries) => {
                for (name, value) in entries.iter() {
                    parts.push(render_one(short, long, name, value)?);
                }
            }
            other => {
                return Err(Error::new(
                    ErrorKind::Value,
                    format!(
                        "Got an unexpected argument to render_options: {}",
                        repr::value(other)?
                    ),
                )
                .at(call.origin));
            }
        }
    }
    for (name, value) in call.keywords {
        parts.push(render_one(short, long, &Value::string(&**name), value)?);
    }
    Ok(Value::string(parts.join(" ")))
}

/// Renders an option, followed by a blank and its value unless Python counts the value as false.
fn render_one(short: &str, long: &str, name: &Value, value: &Value) -> Result<String, Error> {
    let name = repr::display(name)?;
    let prefix = if name.chars().count() == 1 {
        short
    } else {
        long
    };
    Ok(if is_true(value) {
        format!("{prefix}{name} {}", repr::display(value)?)
    } else {
        format!("{prefix}{name}")
    })
}

fn is_true(value: &Value) -> bool {
    match value {
        Value::None => false,
        Value::Boolean(b) => *b,
        Value::Integer(n) => !n.is_zero(),
        Value::Float(x) => *x != 0.0,
        Value::String(text) => !text.is_empty(),
        Value::List(items) | Value::Tuple(items) => !items.is_empty(),
        Value::Map(entries) => !entries.is_empty(),
        _ => true,
    }
}
