//! Methods of numbers.

use crate::stdlib::methods::table::{NativeMethod, methods};
use crate::values::number::{Number, to_big};
use crate::values::{Args, Outcome, Value};
use crate::vm::Vm;

/// Methods of integers and truth values.
pub(super) static INT: &[NativeMethod<Value>] = methods! {
    "bit_count" => bit_count,
    "bit_length" => bit_length,
    "conjugate" => conjugate,
};

/// Methods of floats.
pub(super) static FLOAT: &[NativeMethod<Value>] = methods! {
    "is_integer" => is_integer,
};

fn bit_length(_vm: &mut Vm, this: &Value, args: Args) -> Outcome {
    args.none("bit_length")?;
    let bits = to_big(this).map_or(0, |big| big.bits());
    Ok(Value::from(usize::try_from(bits).unwrap_or(usize::MAX)))
}

fn bit_count(_vm: &mut Vm, this: &Value, args: Args) -> Outcome {
    args.none("bit_count")?;
    let ones = to_big(this).map_or(0, |big| {
        big.iter_u64_digits()
            .map(|digit| u64::from(digit.count_ones()))
            .sum()
    });
    Ok(Value::from(usize::try_from(ones).unwrap_or(usize::MAX)))
}

fn conjugate(_vm: &mut Vm, this: &Value, args: Args) -> Outcome {
    args.none("conjugate")?;
    Ok(this.clone())
}

fn is_integer(_vm: &mut Vm, this: &Value, args: Args) -> Outcome {
    args.none("is_integer")?;
    let is_integer = match Number::of(this) {
        Some(Number::Float(number)) => number.is_finite() && number.fract() == 0.0,
        _ => true,
    };
    Ok(Value::Bool(is_integer))
}
