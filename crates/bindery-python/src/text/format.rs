//! Formatting: format specs, the `%` operator and `str.format`.

use num_traits::Signed;

use crate::text::float_digits::{fixed, general, scientific};
use crate::text::spec::Spec;
use crate::text::{self, length};
use crate::values::exception::{type_error, value_error};
use crate::values::number::{Number, check_decimal, to_big};
use crate::values::{ExcKind, Outcome, Raised, Value};
use crate::vm::Vm;

/// `format(value, spec)`.
pub(crate) fn format(vm: &mut Vm, value: &Value, spec: &str) -> Outcome<String> {
    if spec.is_empty() {
        return text::display(vm, value);
    }
    let type_name = value.type_name();
    match value {
        Value::Native(object) => match object.clone().format(vm, spec)? {
            Some(made) => Ok(made),
            None => Err(unsupported_spec(&type_name)),
        },
        Value::Str(text) => {
            let spec = Spec::parse(vm, spec, &type_name)?;
            format_str(text, &spec)
        }
        Value::Bool(_) | Value::Int(_) | Value::Big(_) => {
            let spec = Spec::parse(vm, spec, &type_name)?;
            format_int(value, &spec, &type_name)
        }
        Value::Float(number) => {
            let spec = Spec::parse(vm, spec, &type_name)?;
            format_float(*number, &spec, &type_name)
        }
        _ => Err(unsupported_spec(&type_name)),
    }
}

pub(super) fn unsupported_spec(type_name: &str) -> Raised {
    type_error(format!(
        "unsupported format string passed to {type_name}.__format__"
    ))
}

pub(super) fn unknown_code(kind: char, type_name: &str) -> Raised {
    value_error(format!(
        "Unknown format code '{kind}' for object of type '{type_name}'"
    ))
}

pub(super) fn format_str(text: &str, spec: &Spec) -> Outcome<String> {
    if let Some(kind) = spec.kind.filter(|kind| *kind != 's') {
        return Err(unknown_code(kind, "str"));
    }
    if spec.sign.is_some() {
        return Err(value_error("Sign not allowed in string format specifier"));
    }
    if spec.alternate {
        return Err(value_error(
            "Alternate form (#) not allowed in string format specifier",
        ));
    }
    if spec.align == Some('=') {
        return Err(value_error(
            "'=' alignment not allowed in string format specifier",
        ));
    }
    if let Some(grouping) = spec.grouping {
        return Err(value_error(format!(
            "Cannot specify '{grouping}' with 's'."
        )));
    }
    let cut = match spec.precision {
        Some(most) if most < length(text) => text::between(text, 0, most),
        _ => text,
    };
    let spec = if spec.zero && spec.fill.is_none() {
        Spec {
            fill: Some('0'),
            ..*spec
        }
    } else {
        *spec
    };
    Ok(spec.pad(cut, '<'))
}

pub(super) fn format_int(value: &Value, spec: &Spec, type_name: &str) -> Outcome<String> {
    let kind = spec.kind.unwrap_or('d');
    if "eEfFgG%".contains(kind) {
        let number = match Number::of(value) {
            Some(number) => number.float()?,
            None => 0.0,
        };
        return format_float(number, spec, type_name);
    }
    if spec.precision.is_some() {
        return Err(value_error(
            "Precision not allowed in integer format specifier",
        ));
    }
    let big = to_big(value).unwrap_or_default();
    if kind == 'c' {
        if spec.sign.is_some() {
            return Err(value_error(
                "Sign not allowed with integer format specifier 'c'",
            ));
        }
        let letter = u32::try_from(&big).ok().and_then(char::from_u32);
        let letter = letter
            .ok_or_else(|| Raised::new(ExcKind::Overflow, "%c arg not in range(0x110000)"))?;
        return Ok(spec.pad(&letter.to_string(), '<'));
    }
    let (radix, prefix, group) = match kind {
        'd' | 'n' => (10, "", 3),
        'b' => (2, "0b", 4),
        'o' => (8, "0o", 4),
        'x' => (16, "0x", 4),
        'X' => (16, "0X", 4),
        other => return Err(unknown_code(other, type_name)),
    };
    if spec.grouping == Some(',') && radix != 10 {
        return Err(value_error(format!("Cannot specify ',' with '{kind}'.")));
    }
    if radix == 10 {
        check_decimal(&big)?;
    }
    let mut digits = big.abs().to_str_radix(radix);
    if kind == 'X' {
        digits.make_ascii_uppercase();
    }
    let prefix = if spec.alternate { prefix } else { "" };
    Ok(spec.number(big.is_negative(), prefix, &digits, "", group))
}

pub(super) fn format_float(number: f64, spec: &Spec, type_name: &str) -> Outcome<String> {
    let kind = spec.kind;
    if let Some(kind) = kind.filter(|kind| !"eEfFgGn%".contains(*kind)) {
        return Err(unknown_code(kind, type_name));
    }
    let mut body = match kind {
        None => match spec.precision {
            None => text::float_repr(number.abs()),
            Some(precision) => general(number.abs(), precision, spec.alternate, true),
        },
        Some('%') => format!(
            "{}%",
            fixed(
                number.abs() * 100.0,
                spec.precision.unwrap_or(6),
                spec.alternate
            )
        ),
        Some('f' | 'F') => fixed(number.abs(), spec.precision.unwrap_or(6), spec.alternate),
        Some('e' | 'E') => scientific(number.abs(), spec.precision.unwrap_or(6), spec.alternate),
        Some(_) => general(
            number.abs(),
            spec.precision.unwrap_or(6),
            spec.alternate,
            false,
        ),
    };
    if matches!(kind, Some('E' | 'F' | 'G')) {
        body.make_ascii_uppercase();
    }
    let mut negative = number.is_sign_negative() && !number.is_nan();
    if spec.no_negative_zero
        && !body.contains(|letter: char| letter.is_ascii_digit() && letter != '0')
    {
        negative = false;
    }
    let split = body
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(body.len());
    let (whole, rest) = body.split_at(split);
    if whole.is_empty() {
        // `inf` and `nan` have no digits to group or to fill with zeros.
        return Ok(Spec {
            grouping: None,
            ..*spec
        }
        .number(negative, "", rest, "", 3));
    }
    Ok(spec.number(negative, "", whole, rest, 3))
}
