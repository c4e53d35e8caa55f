//! How Python prints values: `str()` and `repr()`.

use crate::{Error, Value};

/// `repr()` of `Empty`, which is a class in the original.
pub const EMPTY: &str = "<class 'pystachio.composite.Empty'>";

/// `repr()` of a text: single quotes unless it holds `'` and no `"`; what cannot be printed is escaped.
pub fn string(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if is_printable(c) => out.push(c),
            c if (c as u32) < 0x100 => out.push_str(&format!("\\x{:02x}", c as u32)),
            c if (c as u32) < 0x10000 => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push_str(&format!("\\U{:08x}", c as u32)),
        }
    }
    out.push(quote);
    out
}

/// Whether Python prints a character as it is: everything but the categories "other" and "separator", and the blank.
fn is_printable(c: char) -> bool {
    use std::sync::OnceLock;
    static UNPRINTABLE: OnceLock<regex::Regex> = OnceLock::new();
    if c.is_ascii() {
        return (' '..='~').contains(&c);
    }
    let unprintable = UNPRINTABLE
        .get_or_init(|| regex::Regex::new(r"^[\p{C}\p{Z}]").expect("the pattern is valid"));
    !unprintable.is_match(c.encode_utf8(&mut [0; 4]))
}

/// `repr()` of a double: the shortest digits that read back as the same number, always with a fraction or an exponent.
pub fn float(x: f64) -> String {
    if x.is_nan() {
        return "nan".to_owned();
    }
    if x.is_infinite() {
        return if x > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    // Rust gives the shortest digits, too; only the layout differs.
    if x == 0.0 || (1e-4..1e16).contains(&x.abs()) {
        let plain = x.to_string();
        return if plain.contains('.') {
            plain
        } else {
            plain + ".0"
        };
    }
    let scientific = format!("{x:e}");
    let (mantissa, exponent) = scientific
        .split_once('e')
        .expect("the exponent form has an exponent");
    let exponent: i32 = exponent.parse().expect("the exponent is a number");
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

/// `str()` of a value.
///
/// # Errors
///
/// Printing an object interpolates it, which may fail.
pub fn display(value: &Value) -> Result<String, Error> {
    match value {
        Value::String(text) => Ok(text.to_string()),
        Value::Object(object) => object.display(),
        Value::Ref(r) => Ok(r.to_string()),
        other => self::value(other),
    }
}

/// `repr()` of a value.
///
/// # Errors
///
/// Printing an object interpolates it, which may fail.
pub fn value(value: &Value) -> Result<String, Error> {
    Ok(match value {
        Value::None => "None".to_owned(),
        Value::Boolean(true) => "True".to_owned(),
        Value::Boolean(false) => "False".to_owned(),
        Value::Integer(n) => n.to_string(),
        Value::Float(x) => float(*x),
        Value::String(text) => string(text),
        Value::List(items) => format!("[{}]", joined(items)?),
        Value::Tuple(items) if items.len() == 1 => format!("({},)", self::value(&items[0])?),
        Value::Tuple(items) => format!("({})", joined(items)?),
        Value::Map(entries) => {
            let mut parts = Vec::with_capacity(entries.len());
            for (key, entry) in entries.iter() {
                parts.push(format!("{}: {}", self::value(key)?, self::value(entry)?));
            }
            format!("{{{}}}", parts.join(", "))
        }
        Value::Ref(r) => format!("Ref({})", r.address()),
        Value::Environment(environment) => environment.describe()?,
        Value::Object(object) => object.repr()?,
        Value::Empty => EMPTY.to_owned(),
        Value::Opaque(opaque) => opaque.text.clone(),
    })
}

fn joined(items: &[Value]) -> Result<String, Error> {
    let parts: Result<Vec<_>, _> = items.iter().map(value).collect();
    Ok(parts?.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_print_as_python_prints_them() {
        for (x, expected) in [
            (1.0, "1.0"),
            (100000.0, "100000.0"),
            (1e-7, "1e-07"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1e15, "1000000000000000.0"),
            (9999999999999998.0, "9999999999999998.0"),
            (1e16, "1e+16"),
            (0.00009999999999999999, "9.999999999999999e-05"),
            (1.5e300, "1.5e+300"),
            (-0.0, "-0.0"),
            (1.0 / 3.0, "0.3333333333333333"),
            (f64::NEG_INFINITY, "-inf"),
        ] {
            assert_eq!(float(x), expected);
        }
    }

    #[test]
    fn texts_are_quoted_as_python_quotes_them() {
        for (text, expected) in [
            ("plain", "'plain'"),
            ("it's", "\"it's\""),
            ("it's \"q\"", "'it\\'s \"q\"'"),
            ("tab\t\n\\\u{7}", "'tab\\t\\n\\\\\\x07'"),
            ("é\u{200b}", "'é\\u200b'"),
            ("\u{a0}\u{e000}", "'\\xa0\\ue000'"),
            ("🦀", "'🦀'"),
        ] {
            assert_eq!(string(text), expected);
        }
    }
}
