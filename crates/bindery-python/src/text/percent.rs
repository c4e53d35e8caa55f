//! The `%` operator of strings.

use num_bigint::BigInt;
use num_traits::Signed;

use crate::text::format::format_float;
use crate::text::spec::{Spec, digits};
use crate::text::{self, length};
use crate::values::exception::{type_error, value_error};
use crate::values::number::{Number, big_to_float, check_decimal, to_big, truncate};
use crate::values::{ExcKind, Outcome, Raised, Value};
use crate::vm::Vm;

/// `template % values`.
pub(crate) fn percent(vm: &mut Vm, template: &str, values: &Value) -> Outcome<String> {
    let mut out = String::with_capacity(template.len() + 16);
    let mut rest = template;
    let positional: &[Value] = match values {
        Value::Tuple(tuple) => &tuple.items,
        other => std::slice::from_ref(other),
    };
    let mut used = 0;
    let mut by_name = false;
    let too_few = || type_error("not enough arguments for format string");
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('%') {
            out.push('%');
            rest = after;
            continue;
        }
        let mut named = None;
        if rest.starts_with('(') {
            let mut depth = 0usize;
            let end = rest.char_indices().find(|(_, letter)| {
                match letter {
                    '(' => depth += 1,
                    ')' => depth -= 1,
                    _ => {}
                }
                depth == 0
            });
            let Some((end, _)) = end else {
                return Err(value_error("incomplete format key"));
            };
            let key = Value::from(&rest[1..end]);
            rest = &rest[end + 1..];
            if !matches!(values, Value::Dict(_)) {
                return Err(type_error("format requires a mapping"));
            }
            by_name = true;
            named = Some(vm.subscript(values, &key)?);
        }
        let mut spec = Spec::default();
        while let Some(flag) = rest.chars().next().filter(|flag| "-+ #0".contains(*flag)) {
            match flag {
                '-' => spec.align = Some('<'),
                '+' => spec.sign = Some('+'),
                ' ' => spec.sign = spec.sign.or(Some(' ')),
                '#' => spec.alternate = true,
                _ => spec.zero = true,
            }
            rest = &rest[1..];
        }
        let star = |used: &mut usize| -> Outcome<i64> {
            let value = positional.get(*used).ok_or_else(too_few)?;
            *used += 1;
            match value {
                Value::Int(number) => Ok(*number),
                _ => Err(type_error("* wants int")),
            }
        };
        if let Some(after) = rest.strip_prefix('*') {
            rest = after;
            let width = star(&mut used)?;
            if width < 0 {
                spec.align = Some('<');
            }
            spec.width = usize::try_from(width.unsigned_abs()).unwrap_or(usize::MAX);
        } else {
            let (width, after) = digits(rest)?;
            spec.width = width.unwrap_or(0);
            rest = after;
        }
        if let Some(after) = rest.strip_prefix('.') {
            if let Some(after) = after.strip_prefix('*') {
                rest = after;
                spec.precision = Some(usize::try_from(star(&mut used)?).unwrap_or(0));
            } else {
                let (precision, after) = digits(after)?;
                spec.precision = Some(precision.unwrap_or(0));
                rest = after;
            }
        }
        vm.budget
            .string(spec.width.max(spec.precision.unwrap_or(0)))?;
        rest = rest.trim_start_matches(['l', 'h', 'L']);
        let Some(kind) = rest.chars().next() else {
            return Err(value_error("incomplete format"));
        };
        let kind_at = length(&template[..template.len() - rest.len()]);
        rest = &rest[kind.len_utf8()..];
        if kind == '%' {
            out.push('%');
            continue;
        }
        let value = match named {
            Some(value) => value,
            None => {
                used += 1;
                positional.get(used - 1).cloned().ok_or_else(too_few)?
            }
        };
        out.push_str(&one_percent(vm, kind, spec, &value, kind_at)?);
        vm.budget.step()?;
        if out.len() > vm.budget.limits().string {
            vm.budget.string(out.len())?;
        }
    }
    out.push_str(rest);
    let is_mapping =
        matches!(values, Value::Dict(_) | Value::List(_)) || matches!(values, Value::Native(_));
    if used < positional.len() && !by_name && !(is_mapping && used == 0) {
        return Err(type_error(
            "not all arguments converted during string formatting",
        ));
    }
    Ok(out)
}

pub(super) fn one_percent(
    vm: &mut Vm,
    kind: char,
    mut spec: Spec,
    value: &Value,
    at: usize,
) -> Outcome<String> {
    match kind {
        's' | 'r' | 'a' => {
            let text = match kind {
                's' => text::display(vm, value)?,
                'r' => text::repr(vm, value)?,
                _ => text::ascii(&text::repr(vm, value)?),
            };
            let cut = match spec.precision {
                Some(most) if most < length(&text) => text::between(&text, 0, most),
                _ => &text,
            };
            Ok(spec.pad(cut, '>'))
        }
        'c' => {
            let text = match value {
                Value::Str(text) if length(text) == 1 => text.as_str().to_owned(),
                Value::Bool(code) => char::from(u8::from(*code)).to_string(),
                Value::Int(code) => {
                    let letter = u32::try_from(*code).ok().and_then(char::from_u32);
                    let error = || Raised::new(ExcKind::Overflow, "%c arg not in range(0x110000)");
                    letter.ok_or_else(error)?.to_string()
                }
                Value::Big(_) => {
                    return Err(Raised::new(
                        ExcKind::Overflow,
                        "%c arg not in range(0x110000)",
                    ));
                }
                _ => return Err(type_error("%c requires int or char")),
            };
            Ok(spec.pad(&text, '>'))
        }
        'd' | 'i' | 'u' | 'o' | 'x' | 'X' => {
            let whole = match (value, kind) {
                (Value::Float(number), 'd' | 'i' | 'u') => truncate(*number)?,
                (Value::Int(_) | Value::Big(_) | Value::Bool(_), _) => value.clone(),
                (other, 'd' | 'i' | 'u') => {
                    return Err(type_error(format!(
                        "%{kind} format: a real number is required, not {}",
                        other.type_name()
                    )));
                }
                (other, _) => {
                    return Err(type_error(format!(
                        "%{kind} format: an integer is required, not {}",
                        other.type_name()
                    )));
                }
            };
            let big: BigInt = to_big(&whole).unwrap_or_default();
            let (radix, prefix) = match kind {
                'o' => (8, "0o"),
                'x' => (16, "0x"),
                'X' => (16, "0X"),
                _ => (10, ""),
            };
            if radix == 10 {
                check_decimal(&big)?;
            }
            let mut digits = big.abs().to_str_radix(radix);
            if kind == 'X' {
                digits.make_ascii_uppercase();
            }
            if let Some(least) = spec.precision {
                digits = format!("{}{digits}", "0".repeat(least.saturating_sub(digits.len())));
            }
            if spec.align == Some('<') {
                spec.zero = false;
            }
            Ok(spec.number(
                big.is_negative(),
                if spec.alternate { prefix } else { "" },
                &digits,
                "",
                3,
            ))
        }
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
            let number = match Number::of(value) {
                Some(Number::Big(big)) => big_to_float(big)?,
                Some(number) => number.float()?,
                None => {
                    return Err(type_error(format!(
                        "must be real number, not {}",
                        value.type_name()
                    )));
                }
            };
            if spec.align == Some('<') {
                spec.zero = false;
            }
            format_float(
                number,
                &Spec {
                    kind: Some(kind),
                    ..spec
                },
                "float",
            )
        }
        other => Err(value_error(format!(
            "unsupported format character '{other}' ({:#x}) at index {at}",
            u32::from(other)
        ))),
    }
}
