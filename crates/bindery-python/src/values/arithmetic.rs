//! Operators of numbers.

use num_bigint::{BigInt, Sign};
use num_traits::{Signed, ToPrimitive, Zero};

use crate::limits::Budget;
use crate::operator::BinaryOp;
use crate::values::exception::{type_error, value_error};
use crate::values::number::{Number, big_to_float, float_divmod, floor_division};
use crate::values::{ExcKind, Outcome, Raised, Value, quotient};

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

pub(super) fn zero_division(message: &str) -> Raised {
    Raised::new(ExcKind::ZeroDivision, message)
}

/// Computes with machine integers; returns `None` if the result may not fit.
pub(super) fn small(op: BinaryOp, a: i64, b: i64) -> Outcome<Option<Value>> {
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

pub(super) fn float(op: BinaryOp, a: f64, b: f64) -> Outcome<Option<Value>> {
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

pub(super) fn power(a: f64, b: f64) -> Outcome<f64> {
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

/// Charges an integer of `bits` bits, and fails if its decimal text would exceed the limit on strings.
pub(super) fn check_bits(budget: &mut Budget, bits: u64) -> Outcome<()> {
    budget.string(usize::try_from(bits / 8).unwrap_or(usize::MAX))?;
    // Long multiplication is quadratic, so very long integers are charged as work.
    let words = bits / 64;
    budget.work(usize::try_from((words / 64).saturating_mul(words / 64)).unwrap_or(usize::MAX))?;
    Ok(())
}

pub(super) fn big(budget: &mut Budget, op: BinaryOp, a: &BigInt, b: &BigInt) -> Outcome<Value> {
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

/// Returns the float nearest to the exact quotient.
pub(super) fn true_division(a: &BigInt, b: &BigInt) -> Outcome<Value> {
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
pub(super) fn scale(bits: u128, exponent: i64) -> f64 {
    let float = bits as f64;
    let Ok(exponent) = i32::try_from(exponent) else {
        return if exponent > 0 { f64::INFINITY } else { 0.0 };
    };
    // Two steps keep the factor within the range of floats.
    let half = exponent / 2;
    float * 2f64.powi(half) * 2f64.powi(exponent - half)
}
