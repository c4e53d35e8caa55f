//! Methods of numbers.

use crate::values::exception::attribute_error;
use crate::values::number::{Number, to_big};
use crate::values::{Args, Outcome, Value};
use crate::vm::Vm;

pub(super) const INT: &[&str] = &["bit_count", "bit_length", "conjugate"];
pub(super) const FLOAT: &[&str] = &["is_integer"];

pub(super) fn call(_vm: &mut Vm, this: &Value, name: &str, args: Args) -> Outcome {
    args.none(name)?;
    match (name, Number::of(this)) {
        ("bit_length", _) => {
            let bits = to_big(this).map_or(0, |big| big.bits());
            Ok(Value::from(usize::try_from(bits).unwrap_or(usize::MAX)))
        }
        ("bit_count", _) => {
            let ones = to_big(this).map_or(0, |big| {
                big.iter_u64_digits()
                    .map(|digit| u64::from(digit.count_ones()))
                    .sum()
            });
            Ok(Value::from(usize::try_from(ones).unwrap_or(usize::MAX)))
        }
        ("conjugate", _) => Ok(this.clone()),
        ("is_integer", Some(Number::Float(number))) => {
            Ok(Value::Bool(number.is_finite() && number.fract() == 0.0))
        }
        _ => Err(attribute_error(&this.type_name(), name)),
    }
}
