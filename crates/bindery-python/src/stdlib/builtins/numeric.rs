//! Built-in functions of numbers and characters.

use num_traits::Signed;

use crate::operator::{BinaryOp, CompareOp};
use crate::text as texts;
use crate::values::args::integer;
use crate::values::compare::{self, truth};
use crate::values::exception::{type_error, value_error};
use crate::values::number::{self, Number};
use crate::values::{Args, ExcKind, Outcome, Raised, Value};
use crate::vm::Vm;

pub(super) fn abs(vm: &mut Vm, args: Args) -> Outcome {
    let value = args.single("abs")?;
    match &value {
        Value::Int(_) | Value::Bool(_) | Value::Big(_)
            if compare::order(CompareOp::Lt, &value, &Value::Int(0))? =>
        {
            vm.unary(crate::operator::UnaryOp::Minus, &value)
        }
        Value::Int(_) | Value::Bool(_) | Value::Big(_) => {
            vm.unary(crate::operator::UnaryOp::Plus, &value)
        }
        Value::Float(number) => Ok(Value::Float(number.abs())),
        Value::Native(_) => {
            let negated = vm
                .unary(crate::operator::UnaryOp::Minus, &value)
                .map_err(|_| {
                    type_error(format!(
                        "bad operand type for abs(): '{}'",
                        value.type_name()
                    ))
                })?;
            let negative = compare::less(&value, &negated)?;
            Ok(if negative { negated } else { value })
        }
        other => Err(type_error(format!(
            "bad operand type for abs(): '{}'",
            other.type_name()
        ))),
    }
}

pub(super) fn radix(vm: &mut Vm, args: Args, what: &str, spec: &str) -> Outcome {
    let value = args.single(what)?;
    match &value {
        Value::Int(_) | Value::Bool(_) | Value::Big(_) => {
            crate::text::format::format(vm, &value, spec).map(Value::from)
        }
        other => Err(type_error(format!(
            "'{}' object cannot be interpreted as an integer",
            other.type_name()
        ))),
    }
}

pub(super) fn bin(vm: &mut Vm, args: Args) -> Outcome {
    radix(vm, args, "bin", "#b")
}

pub(super) fn hex(vm: &mut Vm, args: Args) -> Outcome {
    radix(vm, args, "hex", "#x")
}

pub(super) fn oct(vm: &mut Vm, args: Args) -> Outcome {
    radix(vm, args, "oct", "#o")
}

pub(super) fn chr(_vm: &mut Vm, args: Args) -> Outcome {
    let value = args.single("chr")?;
    let code = match &value {
        Value::Big(_) => None,
        other => i32::try_from(integer(other)?).ok(),
    };
    let Some(code) = code else {
        let message = "Python int too large to convert to C int";
        return Err(Raised::new(ExcKind::Overflow, message));
    };
    let letter = u32::try_from(code).ok().and_then(char::from_u32);
    letter
        .map(|letter| Value::from(letter.to_string()))
        .ok_or_else(|| value_error("chr() arg not in range(0x110000)"))
}

pub(super) fn divmod(vm: &mut Vm, args: Args) -> Outcome {
    let [a, b] = args.exactly("divmod")?;
    let is_float = |value: &Value| matches!(value, Value::Float(_));
    if (is_float(&a) || is_float(&b)) && Number::of(&b).is_some() && !truth(&b) {
        return Err(Raised::new(ExcKind::ZeroDivision, "float divmod()"));
    }
    let quotient = vm.binary(BinaryOp::FloorDiv, &a, &b)?;
    let rest = vm.binary(BinaryOp::Mod, &a, &b)?;
    Ok(Value::tuple([quotient, rest]))
}

pub(super) fn hash(_vm: &mut Vm, args: Args) -> Outcome {
    let value = match args.single("hash")? {
        Value::Float(number) if number.fract() == 0.0 => number::truncate(number)?,
        other => other,
    };
    Ok(match &value {
        // In CPython a small integer is its own hash, and some programs rely on it.
        Value::Int(-1) => Value::Int(-2),
        Value::Int(number) if number.unsigned_abs() < (1 << 61) - 1 => Value::Int(*number),
        Value::Bool(value) => Value::Int(i64::from(*value)),
        other => Value::Int((compare::hash(other)? >> 2).cast_signed()),
    })
}

pub(super) fn ord(_vm: &mut Vm, args: Args) -> Outcome {
    match &args.single("ord")? {
        Value::Str(text) if texts::length(text) == 1 => Ok(Value::Int(
            text.chars()
                .next()
                .map_or(0, |letter| i64::from(u32::from(letter))),
        )),
        Value::Bytes(bytes) if bytes.len() == 1 => Ok(Value::Int(i64::from(bytes[0]))),
        Value::Str(text) => Err(type_error(format!(
            "ord() expected a character, but string of length {} found",
            texts::length(text)
        ))),
        other => Err(type_error(format!(
            "ord() expected string of length 1, but {} found",
            other.type_name()
        ))),
    }
}

pub(super) fn pow(vm: &mut Vm, args: Args) -> Outcome {
    let [base, exponent, modulus] = args.parameters("pow", ["base", "exp", "mod"], 2)?;
    let (base, exponent) = (base.unwrap_or(Value::None), exponent.unwrap_or(Value::None));
    let Some(modulus) = modulus.filter(|modulus| !matches!(modulus, Value::None)) else {
        return vm.binary(BinaryOp::Pow, &base, &exponent);
    };
    let (Some(base), Some(exponent), Some(modulus)) = (
        number::to_big(&base),
        number::to_big(&exponent),
        number::to_big(&modulus),
    ) else {
        return Err(type_error(
            "pow() 3rd argument not allowed unless all arguments are integers",
        ));
    };
    if modulus == 0.into() {
        return Err(value_error("pow() 3rd argument cannot be 0"));
    }
    let words = modulus.bits() / 64 + 1;
    let work = words.saturating_mul(words).saturating_mul(exponent.bits()) / 16;
    vm.budget
        .work(usize::try_from(work).unwrap_or(usize::MAX))?;
    if exponent.is_negative() {
        let inverse = base
            .modinv(&modulus)
            .ok_or_else(|| value_error("base is not invertible for the given modulus"))?;
        return Ok(Value::from_big(inverse.modpow(&-exponent, &modulus)));
    }
    Ok(Value::from_big(base.modpow(&exponent, &modulus)))
}

pub(super) fn round(vm: &mut Vm, args: Args) -> Outcome {
    let [number, digits] = args.parameters("round", ["number", "ndigits"], 1)?;
    let value = number.unwrap_or(Value::None);
    let digits = digits
        .filter(|digits| !matches!(digits, Value::None))
        .map(|digits| integer(&digits))
        .transpose()?;
    match (&value, digits) {
        (Value::Float(number), None) => number::truncate(number::round_float(*number, 0)),
        (Value::Float(number), Some(digits)) => {
            Ok(Value::Float(number::round_float(*number, digits)))
        }
        (Value::Int(_) | Value::Big(_) | Value::Bool(_), digits) => {
            let whole = vm.unary(crate::operator::UnaryOp::Plus, &value)?;
            let Some(digits) = digits.filter(|digits| *digits < 0) else {
                return Ok(whole);
            };
            let power = Value::Int(digits.saturating_neg());
            let unit = vm.binary(BinaryOp::Pow, &Value::Int(10), &power)?;
            let (Some(number), Some(unit)) = (number::to_big(&whole), number::to_big(&unit)) else {
                return Ok(whole);
            };
            let (mut quotient, rest) = number::floor_division(&number, &unit);
            let twice = rest * 2;
            if twice > unit || (twice == unit && quotient.bit(0)) {
                quotient += 1;
            }
            Ok(Value::from_big(quotient * unit))
        }
        (other, _) => Err(type_error(format!(
            "type {} doesn't define __round__ method",
            other.type_name()
        ))),
    }
}

pub(super) fn sum(vm: &mut Vm, args: Args) -> Outcome {
    let [source, start] = args.parameters("sum", ["iterable", "start"], 1)?;
    let mut total = start.unwrap_or(Value::Int(0));
    if let Value::Str(_) = total {
        return Err(type_error(
            "sum() can't sum strings [use ''.join(seq) instead]",
        ));
    }
    let mut state = vm.iterate(&source.unwrap_or(Value::None))?;
    while let Some(item) = vm.next(&mut state)? {
        vm.budget.step()?;
        total = match (&total, &item) {
            (Value::Int(a), Value::Int(b)) if a.checked_add(*b).is_some() => Value::Int(a + b),
            _ => vm.binary(BinaryOp::Add, &total, &item)?,
        };
    }
    Ok(total)
}
