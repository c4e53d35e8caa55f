//! Arithmetic by Python's rules: unbounded integers, floor division, true division, shortest floats.

use std::cmp::Ordering;

use num_bigint::{BigInt, Sign};
use num_traits::{Signed, ToPrimitive, Zero};

use crate::limits::Budget;
use crate::operator::BinaryOp;
use crate::values::exception::{type_error, value_error};
use crate::values::{ExcKind, Outcome, Raised, Value, quotient};

/// A number; booleans are integers.
pub(crate) enum Number<'a> {
    Int(i64),
    Big(&'a BigInt),
    Float(f64),
}

impl<'a> Number<'a> {
    pub(crate) fn of(value: &'a Value) -> Option<Self> {
        Some(match value {
            Value::Bool(value) => Self::Int(i64::from(*value)),
            Value::Int(value) => Self::Int(*value),
            Value::Big(value) => Self::Big(value),
            Value::Float(value) => Self::Float(*value),
            _ => return None,
        })
    }

    fn big(&self) -> BigInt {
        match self {
            Self::Int(value) => BigInt::from(*value),
            Self::Big(value) => (*value).clone(),
            Self::Float(_) => BigInt::zero(),
        }
    }

    pub(crate) fn float(&self) -> Outcome<f64> {
        match self {
            Self::Int(value) => Ok(*value as f64),
            Self::Big(value) => big_to_float(value),
            Self::Float(value) => Ok(*value),
        }
    }
}

/// Returns the nearest float.
pub(crate) fn big_to_float(value: &BigInt) -> Outcome<f64> {
    match value.to_f64() {
        Some(float) if float.is_finite() => Ok(float),
        _ => Err(Raised::new(
            ExcKind::Overflow,
            "int too large to convert to float",
        )),
    }
}

/// Fails for integers with more decimal digits than Python prints. Printing takes time that grows with the square of their
/// number.
pub(crate) fn check_decimal(value: &BigInt) -> Outcome<()> {
    const MOST: u32 = 4300;
    // 10 ** 4300 has 14,285 bits.
    let long = value.bits() > 14_285
        || value.bits() == 14_285 && value.abs() >= BigInt::from(10).pow(MOST);
    if long {
        return Err(Raised::new(
            ExcKind::Value,
            format!("Exceeds the limit ({MOST} digits) for integer string conversion"),
        ));
    }
    Ok(())
}

pub(crate) fn to_big(value: &Value) -> Option<BigInt> {
    match Number::of(value)? {
        Number::Float(_) => None,
        number => Some(number.big()),
    }
}

/// Returns `left op right` for two numbers; `None` for other values.
pub(crate) fn binary(
    budget: &mut Budget,
    op: BinaryOp,
    left: &Value,
    right: &Value,
) -> Outcome<Option<Value>> {
    let (Some(a), Some(b)) = (Number::of(left), Number::of(right)) else {
        return Ok(None);
    };
    if let (Number::Int(a), Number::Int(b)) = (&a, &b)
        && let Some(value) = small(op, *a, *b)?
    {
        // `True & False` is a boolean.
        return Ok(Some(match (left, right, op, value) {
            (Value::Bool(a), Value::Bool(b), BinaryOp::BitAnd, _) => Value::Bool(a & b),
            (Value::Bool(a), Value::Bool(b), BinaryOp::BitOr, _) => Value::Bool(a | b),
            (Value::Bool(a), Value::Bool(b), BinaryOp::BitXor, _) => Value::Bool(a ^ b),
            (_, _, _, value) => value,
        }));
    }
    if matches!(a, Number::Float(_)) || matches!(b, Number::Float(_)) {
        return float(op, a.float()?, b.float()?);
    }
    big(budget, op, &a.big(), &b.big()).map(Some)
}

fn zero_division(message: &str) -> Raised {
    Raised::new(ExcKind::ZeroDivision, message)
}

/// Computes with machine integers; returns `None` if the result may not fit.
fn small(op: BinaryOp, a: i64, b: i64) -> Outcome<Option<Value>> {
    let result = match op {
        BinaryOp::Add => a.checked_add(b),
        BinaryOp::Sub => a.checked_sub(b),
        BinaryOp::Mul => a.checked_mul(b),
        BinaryOp::FloorDiv if b == 0 => {
            return Err(zero_division("integer division or modulo by zero"));
        }
        BinaryOp::Mod if b == 0 => return Err(zero_division("integer modulo by zero")),
        BinaryOp::FloorDiv => a.checked_div(b).map(|quotient| {
            if a % b != 0 && (a < 0) != (b < 0) {
                quotient - 1
            } else {
                quotient
            }
        }),
        BinaryOp::Mod => a.checked_rem(b).map(|rest| {
            if rest != 0 && (rest < 0) != (b < 0) {
                rest + b
            } else {
                rest
            }
        }),
        BinaryOp::Div => {
            if b == 0 {
                return Err(zero_division("division by zero"));
            }
            let exact = |value: i64| value.unsigned_abs() <= 1 << 53;
            return if exact(a) && exact(b) {
                let quotient = a as f64 / b as f64;
                quotient::record(quotient);
                Ok(Some(Value::Float(quotient)))
            } else {
                true_division(&a.into(), &b.into()).map(Some)
            };
        }
        BinaryOp::Pow if b >= 0 => u32::try_from(b).ok().and_then(|b| a.checked_pow(b)),
        BinaryOp::Pow if a == 0 => {
            return Err(zero_division("0.0 cannot be raised to a negative power"));
        }
        BinaryOp::Pow => return Ok(Some(Value::Float((a as f64).powf(b as f64)))),
        BinaryOp::BitAnd => Some(a & b),
        BinaryOp::BitOr => Some(a | b),
        BinaryOp::BitXor => Some(a ^ b),
        BinaryOp::LShift | BinaryOp::RShift if b < 0 => {
            return Err(value_error("negative shift count"));
        }
        BinaryOp::LShift if b < 64 => i64::try_from(i128::from(a) << b).ok(),
        BinaryOp::LShift => None,
        BinaryOp::RShift => Some(a >> b.min(63)),
        BinaryOp::MatMul => return Ok(None),
    };
    Ok(result.map(Value::Int))
}

fn float(op: BinaryOp, a: f64, b: f64) -> Outcome<Option<Value>> {
    let result = match op {
        BinaryOp::Add => a + b,
        BinaryOp::Sub => a - b,
        BinaryOp::Mul => a * b,
        BinaryOp::Div if b == 0.0 => return Err(zero_division("float division by zero")),
        BinaryOp::Div => a / b,
        BinaryOp::FloorDiv if b == 0.0 => {
            return Err(zero_division("float floor division by zero"));
        }
        BinaryOp::Mod if b == 0.0 => return Err(zero_division("float modulo")),
        BinaryOp::FloorDiv => float_divmod(a, b).0,
        BinaryOp::Mod => float_divmod(a, b).1,
        BinaryOp::Pow => return power(a, b).map(|value| Some(Value::Float(value))),
        _ => return Ok(None),
    };
    Ok(Some(Value::Float(result)))
}

fn power(a: f64, b: f64) -> Outcome<f64> {
    if a == 0.0 && b < 0.0 {
        return Err(zero_division("0.0 cannot be raised to a negative power"));
    }
    if a < 0.0 && a.is_finite() && b.is_finite() && b.fract() != 0.0 {
        return Err(Raised::not_supported(
            "complex numbers",
            "a negative number has no real root of this order",
        ));
    }
    let result = a.powf(b);
    if result.is_infinite() && a.is_finite() && b.is_finite() {
        return Err(Raised::new(
            ExcKind::Overflow,
            "(34, 'Numerical result out of range')",
        ));
    }
    Ok(result)
}

/// Returns the quotient rounded down, and the remainder with the sign of the divisor.
pub(crate) fn float_divmod(a: f64, b: f64) -> (f64, f64) {
    let mut rest = a % b;
    let mut quotient = (a - rest) / b;
    if rest != 0.0 {
        if (b < 0.0) != (rest < 0.0) {
            rest += b;
            quotient -= 1.0;
        }
    } else {
        rest = 0.0f64.copysign(b);
    }
    if quotient != 0.0 {
        let floor = quotient.floor();
        quotient = if quotient - floor > 0.5 {
            floor + 1.0
        } else {
            floor
        };
    } else {
        quotient = 0.0f64.copysign(a / b);
    }
    (quotient, rest)
}

/// Charges an integer of `bits` bits, and fails if its decimal text would exceed the limit on strings.
fn check_bits(budget: &mut Budget, bits: u64) -> Outcome<()> {
    budget.string(usize::try_from(bits / 8).unwrap_or(usize::MAX))?;
    // Long multiplication is quadratic, so very long integers are charged as work.
    let words = bits / 64;
    budget.work(usize::try_from((words / 64).saturating_mul(words / 64)).unwrap_or(usize::MAX))?;
    Ok(())
}

fn big(budget: &mut Budget, op: BinaryOp, a: &BigInt, b: &BigInt) -> Outcome<Value> {
    let bits = a.bits().max(b.bits());
    if matches!(op, BinaryOp::LShift | BinaryOp::RShift) && b.is_negative() {
        return Err(value_error("negative shift count"));
    }
    match op {
        BinaryOp::Mul => check_bits(budget, a.bits().saturating_add(b.bits()))?,
        BinaryOp::Pow if !b.is_negative() => {
            let exponent = b.to_u64().unwrap_or(u64::MAX);
            if a.bits() > 1 {
                check_bits(budget, a.bits().saturating_mul(exponent))?;
            }
        }
        BinaryOp::LShift if !a.is_zero() => {
            check_bits(
                budget,
                a.bits().saturating_add(b.to_u64().unwrap_or(u64::MAX)),
            )?;
        }
        _ => check_bits(budget, bits)?,
    }
    let value = match op {
        BinaryOp::Add => a + b,
        BinaryOp::Sub => a - b,
        BinaryOp::Mul => a * b,
        BinaryOp::Div => return true_division(a, b),
        BinaryOp::FloorDiv | BinaryOp::Mod => {
            if b.is_zero() {
                let what = if op == BinaryOp::Mod {
                    "integer modulo by zero"
                } else {
                    "integer division or modulo by zero"
                };
                return Err(zero_division(what));
            }
            let (quotient, rest) = floor_division(a, b);
            if op == BinaryOp::Mod { rest } else { quotient }
        }
        BinaryOp::Pow if b.is_negative() => {
            return power(big_to_float(a)?, big_to_float(b)?).map(Value::Float);
        }
        BinaryOp::Pow => match b.to_u32() {
            Some(exponent) => a.pow(exponent),
            // Only 0, 1 and -1 reach this arm.
            None if a.is_zero() || *a == BigInt::from(1) => a.clone(),
            None => {
                if b.bit(0) {
                    a.clone()
                } else {
                    -a
                }
            }
        },
        BinaryOp::BitAnd => a & b,
        BinaryOp::BitOr => a | b,
        BinaryOp::BitXor => a ^ b,
        BinaryOp::LShift | BinaryOp::RShift => {
            let count = b.to_u64().unwrap_or(u64::MAX);
            match op {
                BinaryOp::LShift if a.is_zero() => BigInt::zero(),
                BinaryOp::LShift => a << count,
                _ if count > a.bits() => BigInt::from(if a.is_negative() { -1 } else { 0 }),
                _ => a >> count,
            }
        }
        BinaryOp::MatMul => {
            return Err(type_error(
                "unsupported operand type(s) for @: 'int' and 'int'",
            ));
        }
    };
    Ok(Value::from_big(value))
}

/// Returns the quotient rounded down, and the remainder with the sign of the divisor; `b` is not zero.
pub(crate) fn floor_division(a: &BigInt, b: &BigInt) -> (BigInt, BigInt) {
    let quotient = a / b;
    let rest = a - &quotient * b;
    if !rest.is_zero() && rest.is_negative() != b.is_negative() {
        (quotient - 1, rest + b)
    } else {
        (quotient, rest)
    }
}

/// Returns the float nearest to the exact quotient.
fn true_division(a: &BigInt, b: &BigInt) -> Outcome<Value> {
    if b.is_zero() {
        return Err(zero_division("division by zero"));
    }
    if a.is_zero() {
        return Ok(Value::Float(0.0));
    }
    // 66 bits of quotient and a sticky bit round like the exact value.
    let shift = 66 - (a.bits() as i64 - b.bits() as i64);
    let (mut numerator, mut denominator) = (a.abs(), b.abs());
    if shift > 0 {
        numerator <<= shift;
    } else {
        denominator <<= -shift;
    }
    let quotient = &numerator / &denominator;
    let sticky = &quotient * &denominator != numerator;
    let mut bits = quotient.to_u128().unwrap_or(u128::MAX);
    if sticky {
        bits |= 1;
    }
    let magnitude = scale(bits, -shift);
    if magnitude.is_infinite() {
        return Err(Raised::new(
            ExcKind::Overflow,
            "integer division result too large for a float",
        ));
    }
    let negative = (a.sign() == Sign::Minus) != (b.sign() == Sign::Minus);
    Ok(Value::Float(if negative { -magnitude } else { magnitude }))
}

/// Returns `bits` times two to the power of `exponent`.
fn scale(bits: u128, exponent: i64) -> f64 {
    let float = bits as f64;
    let Ok(exponent) = i32::try_from(exponent) else {
        return if exponent > 0 { f64::INFINITY } else { 0.0 };
    };
    // Two steps keep the factor within the range of floats.
    let half = exponent / 2;
    float * 2f64.powi(half) * 2f64.powi(exponent - half)
}

/// Compares two numbers; returns `None` if one of them is a NaN.
pub(crate) fn compare(a: &Number<'_>, b: &Number<'_>) -> Option<Ordering> {
    match (a, b) {
        (Number::Int(a), Number::Int(b)) => Some(a.cmp(b)),
        (Number::Float(a), Number::Float(b)) => a.partial_cmp(b),
        (Number::Float(a), b) => compare_float(*a, &b.big()),
        (a, Number::Float(b)) => compare_float(*b, &a.big()).map(Ordering::reverse),
        (a, b) => Some(a.big().cmp(&b.big())),
    }
}

fn compare_float(a: f64, b: &BigInt) -> Option<Ordering> {
    if a.is_nan() {
        return None;
    }
    if a.is_infinite() {
        return Some(if a > 0.0 {
            Ordering::Greater
        } else {
            Ordering::Less
        });
    }
    let whole = float_to_big(a)?;
    Some(
        whole
            .cmp(b)
            .then_with(|| a.fract().partial_cmp(&0.0).unwrap_or(Ordering::Equal)),
    )
}

/// Returns the integer part of a finite float.
pub(crate) fn float_to_big(value: f64) -> Option<BigInt> {
    num_traits::FromPrimitive::from_f64(value.trunc())
}

/// `int(value)` for a float.
pub(crate) fn truncate(value: f64) -> Outcome<Value> {
    if value.is_nan() {
        return Err(value_error("cannot convert float NaN to integer"));
    }
    if value.is_infinite() {
        return Err(Raised::new(
            ExcKind::Overflow,
            "cannot convert float infinity to integer",
        ));
    }
    if value.abs() < 9e18 {
        return Ok(Value::Int(value as i64));
    }
    Ok(float_to_big(value).map_or(Value::Int(0), Value::from_big))
}

/// Returns `round(value, digits)`: ties of the exact decimal value go to even.
pub(crate) fn round_float(value: f64, digits: i64) -> f64 {
    if !value.is_finite() || value == 0.0 {
        return value;
    }
    if digits > 330 {
        return value;
    }
    if digits < -330 {
        return 0.0f64.copysign(value);
    }
    if digits >= 0 {
        // Formatting rounds ties of the exact value to even.
        return format!("{value:.*}", usize::try_from(digits).unwrap_or(0))
            .parse()
            .unwrap_or(value);
    }
    // Left of the decimal point the exact value is an integer and a fraction.
    let magnitude = value.abs();
    let Some(whole) = float_to_big(magnitude) else {
        return value;
    };
    let unit = BigInt::from(10).pow(u32::try_from(-digits).unwrap_or(330));
    let (mut quotient, rest) = floor_division(&whole, &unit);
    let up = match (rest * 2u8).cmp(&unit) {
        Ordering::Less => false,
        Ordering::Greater => true,
        Ordering::Equal => magnitude.fract() > 0.0 || quotient.bit(0),
    };
    if up {
        quotient += 1;
    }
    (quotient * unit)
        .to_f64()
        .unwrap_or(f64::INFINITY)
        .copysign(value)
}

/// Parses an integer in `radix` like Python's `int()`; returns `None` for invalid text.
pub(crate) fn parse_int(text: &str, radix: u32) -> Option<Value> {
    let text = text
        .trim_matches(|letter: char| letter.is_whitespace() || ('\x1c'..='\x1f').contains(&letter));
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let prefixed = digits.get(..2).and_then(|prefix| match prefix {
        "0x" | "0X" => Some(16),
        "0o" | "0O" => Some(8),
        "0b" | "0B" => Some(2),
        _ => None,
    });
    let (radix, mut digits, prefixed) = match (radix, prefixed) {
        (0, Some(found)) => (found, &digits[2..], true),
        (given, Some(found)) if given == found => (found, &digits[2..], true),
        (0, None) => (10, digits, false),
        (given, _) => (given, digits, false),
    };
    if let (true, Some(rest)) = (prefixed, digits.strip_prefix('_')) {
        digits = rest;
    }
    let mut plain = String::with_capacity(digits.len());
    let mut last_was_digit = false;
    for letter in digits.chars() {
        if letter == '_' {
            if !last_was_digit {
                return None;
            }
            last_was_digit = false;
            continue;
        }
        let digit = if letter.is_ascii() {
            letter
        } else {
            char::from_digit(crate::text::decimal_digit(letter)?, 10)?
        };
        if !digit.is_digit(radix) {
            return None;
        }
        plain.push(digit);
        last_was_digit = true;
    }
    if !last_was_digit {
        return None;
    }
    let value = match i64::from_str_radix(&plain, radix) {
        Ok(value) => Value::Int(value),
        Err(_) => Value::from_big(BigInt::parse_bytes(plain.as_bytes(), radix)?),
    };
    Some(match value {
        Value::Int(value) if negative => Value::Int(-value),
        Value::Big(value) if negative => Value::from_big(-&*value),
        value => value,
    })
}

/// Parses a float like Python's `float()`; returns `None` for invalid text.
pub(crate) fn parse_float(text: &str) -> Option<f64> {
    let text = text
        .trim_matches(|letter: char| letter.is_whitespace() || ('\x1c'..='\x1f').contains(&letter));
    let mut plain = String::with_capacity(text.len());
    let mut before = '_';
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == '_' {
            if !before.is_ascii_digit() || !letters.peek().is_some_and(|next| next.is_ascii_digit())
            {
                return None;
            }
        } else if letter.is_ascii() {
            plain.push(letter);
        } else {
            plain.push(char::from_digit(crate::text::decimal_digit(letter)?, 10)?);
        }
        before = letter;
    }
    let unsigned = plain.strip_prefix(['+', '-']).unwrap_or(&plain);
    let is_word = matches!(
        unsigned.to_ascii_lowercase().as_str(),
        "nan" | "inf" | "infinity"
    );
    if !is_word && !unsigned.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return None;
    }
    plain.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::float_divmod;
    use super::parse_float;
    use super::parse_int;
    use super::round_float;
    use crate::values::Value;

    #[test]
    fn texts_of_integers_follow_python() {
        for (text, radix, expected) in [
            (" 10 ", 10, Some(10)),
            ("-1_000", 10, Some(-1000)),
            ("0x1F", 16, Some(31)),
            ("0x1F", 0, Some(31)),
            ("0b_1", 0, Some(1)),
            ("٣", 10, Some(3)),
            ("", 10, None),
            ("1__0", 10, None),
            ("_1", 10, None),
            ("1_", 10, None),
            ("- 5", 10, None),
            ("1.0", 10, None),
            ("0x10", 10, None),
        ] {
            let found = parse_int(text, radix).map(|value| {
                if let Value::Int(value) = value {
                    value
                } else {
                    i64::MAX
                }
            });
            assert_eq!(found, expected, "from {text:?}");
        }
    }

    #[test]
    fn texts_of_floats_follow_python() {
        for (text, expected) in [
            (".5", Some(0.5)),
            ("5.", Some(5.0)),
            (" 1E+3 ", Some(1000.0)),
            ("1_0.5", Some(10.5)),
            ("-inf", Some(f64::NEG_INFINITY)),
            ("1__0", None),
            ("0x1p3", None),
            ("", None),
            ("infin", None),
        ] {
            assert_eq!(parse_float(text), expected, "from {text:?}");
        }
    }

    #[test]
    fn rounding_is_half_to_even_on_the_exact_value() {
        assert_eq!(round_float(2.675, 2), 2.67);
        assert_eq!(round_float(0.5, 0), 0.0);
        assert_eq!(round_float(1250.0, -2), 1200.0);
        assert_eq!(float_divmod(-7.5, 2.0), (-4.0, 0.5));
    }
}
