//! Arithmetic by Python's rules: unbounded integers, floor division, true division, shortest floats.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};

use crate::values::exception::value_error;
use crate::values::{ExcKind, Outcome, Raised, Value};

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

    pub(super) fn big(&self) -> BigInt {
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

pub(super) fn compare_float(a: f64, b: &BigInt) -> Option<Ordering> {
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

#[cfg(test)]
mod tests {
    use super::float_divmod;
    use super::round_float;
    use crate::values::Value;
    use crate::values::parse_number::{parse_float, parse_int};

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
