//! `math`.

use num_bigint::BigInt;
use num_traits::{Signed, Zero};

use crate::operator::BinaryOp;
use crate::stdlib::modules::table::{functions, table};
use crate::values::args::integer;
use crate::values::exception::{type_error, value_error};
use crate::values::number::{Number, to_big, truncate};
use crate::values::{Args, Builtin, ExcKind, Outcome, Raised, Value};
use crate::vm::Vm;

pub(super) fn items() -> Vec<(&'static str, Value)> {
    static TABLE: &[Builtin] = table! {
        "ceil" => ceil,
        "comb" => comb,
        "copysign" => copysign,
        "cos" => cos,
        "degrees" => degrees,
        "exp" => exp,
        "fabs" => fabs,
        "factorial" => factorial,
        "floor" => floor,
        "fmod" => fmod,
        "fsum" => fsum,
        "gcd" => gcd,
        "hypot" => hypot,
        "isclose" => isclose,
        "isfinite" => isfinite,
        "isinf" => isinf,
        "isnan" => isnan,
        "isqrt" => isqrt,
        "lcm" => lcm,
        "log" => log,
        "log10" => log10,
        "log2" => log2,
        "modf" => modf,
        "pow" => pow,
        "prod" => prod,
        "radians" => radians,
        "sin" => sin,
        "sqrt" => sqrt,
        "tan" => tan,
        "trunc" => trunc,
    };
    let mut items = functions(TABLE);
    items.extend([
        ("pi", Value::Float(std::f64::consts::PI)),
        ("e", Value::Float(std::f64::consts::E)),
        ("tau", Value::Float(std::f64::consts::TAU)),
        ("inf", Value::Float(f64::INFINITY)),
        ("nan", Value::Float(f64::NAN)),
    ]);
    items
}

fn float(value: &Value) -> Outcome<f64> {
    match Number::of(value) {
        Some(number) => number.float(),
        None => Err(type_error(format!(
            "must be real number, not {}",
            value.type_name()
        ))),
    }
}

fn domain() -> Raised {
    value_error("math domain error")
}

fn one(args: Args, what: &str, compute: impl FnOnce(f64) -> f64) -> Outcome {
    let number = float(&args.single(what)?)?;
    let result = compute(number);
    if result.is_nan() && !number.is_nan() {
        return Err(domain());
    }
    if result.is_infinite() && number.is_finite() {
        return Err(Raised::new(ExcKind::Overflow, "math range error"));
    }
    Ok(Value::Float(result))
}

fn cos(_vm: &mut Vm, args: Args) -> Outcome {
    one(args, "math.cos", f64::cos)
}

fn sin(_vm: &mut Vm, args: Args) -> Outcome {
    one(args, "math.sin", f64::sin)
}

fn tan(_vm: &mut Vm, args: Args) -> Outcome {
    one(args, "math.tan", f64::tan)
}

fn exp(_vm: &mut Vm, args: Args) -> Outcome {
    one(args, "math.exp", f64::exp)
}

fn fabs(_vm: &mut Vm, args: Args) -> Outcome {
    one(args, "math.fabs", f64::abs)
}

fn sqrt(_vm: &mut Vm, args: Args) -> Outcome {
    one(args, "math.sqrt", f64::sqrt)
}

fn degrees(_vm: &mut Vm, args: Args) -> Outcome {
    one(args, "math.degrees", |number| {
        number * (180.0 / std::f64::consts::PI)
    })
}

fn radians(_vm: &mut Vm, args: Args) -> Outcome {
    one(args, "math.radians", |number| {
        number * (std::f64::consts::PI / 180.0)
    })
}

fn whole(args: Args, what: &str, round: impl FnOnce(f64) -> f64) -> Outcome {
    let value = args.single(what)?;
    match &value {
        Value::Int(_) | Value::Big(_) => Ok(value),
        Value::Bool(value) => Ok(Value::Int(i64::from(*value))),
        other => truncate(round(float(other)?)),
    }
}

fn ceil(_vm: &mut Vm, args: Args) -> Outcome {
    whole(args, "math.ceil", f64::ceil)
}

fn floor(_vm: &mut Vm, args: Args) -> Outcome {
    whole(args, "math.floor", f64::floor)
}

fn trunc(_vm: &mut Vm, args: Args) -> Outcome {
    whole(args, "math.trunc", f64::trunc)
}

fn isnan(_vm: &mut Vm, args: Args) -> Outcome {
    Ok(Value::Bool(float(&args.single("math.isnan")?)?.is_nan()))
}

fn isinf(_vm: &mut Vm, args: Args) -> Outcome {
    Ok(Value::Bool(
        float(&args.single("math.isinf")?)?.is_infinite(),
    ))
}

fn isfinite(_vm: &mut Vm, args: Args) -> Outcome {
    Ok(Value::Bool(
        float(&args.single("math.isfinite")?)?.is_finite(),
    ))
}

fn isclose(_vm: &mut Vm, mut args: Args) -> Outcome {
    let relative = args
        .take_keyword("rel_tol")
        .map_or(Ok(1e-9), |value| float(&value))?;
    let absolute = args
        .take_keyword("abs_tol")
        .map_or(Ok(0.0), |value| float(&value))?;
    let [a, b] = args.exactly("isclose")?;
    let (a, b) = (float(&a)?, float(&b)?);
    let close = a == b
        || (a.is_finite()
            && b.is_finite()
            && (a - b).abs() <= (relative * a.abs().max(b.abs())).max(absolute));
    Ok(Value::Bool(close))
}

fn copysign(_vm: &mut Vm, args: Args) -> Outcome {
    let [a, b] = args.exactly("copysign")?;
    Ok(Value::Float(float(&a)?.copysign(float(&b)?)))
}

fn fmod(_vm: &mut Vm, args: Args) -> Outcome {
    let [a, b] = args.exactly("fmod")?;
    let (a, b) = (float(&a)?, float(&b)?);
    if b == 0.0 || a.is_infinite() {
        Err(domain())
    } else {
        Ok(Value::Float(a % b))
    }
}

fn hypot(_vm: &mut Vm, args: Args) -> Outcome {
    let mut sum = 0.0f64;
    for value in &args.pos {
        sum = sum.hypot(float(value)?);
    }
    Ok(Value::Float(sum))
}

fn modf(_vm: &mut Vm, args: Args) -> Outcome {
    let number = float(&args.single("math.modf")?)?;
    let fraction = if number.is_infinite() {
        0.0f64.copysign(number)
    } else {
        number.fract()
    };
    Ok(Value::tuple([
        Value::Float(fraction),
        Value::Float(number.trunc()),
    ]))
}

fn pow(_vm: &mut Vm, args: Args) -> Outcome {
    let [a, b] = args.exactly("pow")?;
    let (a, b) = (float(&a)?, float(&b)?);
    let result = a.powf(b);
    if result.is_nan() && !a.is_nan() && !b.is_nan() || (a == 0.0 && b < 0.0) {
        return Err(domain());
    }
    if result.is_infinite() && a.is_finite() && b.is_finite() {
        return Err(Raised::new(ExcKind::Overflow, "math range error"));
    }
    Ok(Value::Float(result))
}

/// Returns the natural logarithm, also of integers beyond the range of floats.
fn natural(value: &Value) -> Outcome<f64> {
    if let Value::Big(big) = value {
        if big.is_negative() {
            return Err(domain());
        }
        if let Ok(number) = crate::values::number::big_to_float(big) {
            return Ok(number.ln());
        }
        let shift = big.bits().saturating_sub(60);
        let top = to_big(value).map_or(BigInt::zero(), |big| big >> shift);
        let top = Number::Big(&top).float()?;
        return Ok(top.ln() + shift as f64 * std::f64::consts::LN_2);
    }
    let number = float(value)?;
    if number <= 0.0 {
        Err(domain())
    } else {
        Ok(number.ln())
    }
}

fn log(_vm: &mut Vm, args: Args) -> Outcome {
    let [value, base] = args.between("log", 1)?;
    let value = value.unwrap_or(Value::None);
    let result = natural(&value)?;
    let Some(base) = base else {
        return Ok(Value::Float(result));
    };
    let divisor = natural(&base)?;
    if divisor == 0.0 {
        return Err(Raised::new(ExcKind::ZeroDivision, "float division by zero"));
    }
    Ok(Value::Float(result / divisor))
}

fn log2(_vm: &mut Vm, args: Args) -> Outcome {
    let value = args.single("math.log2")?;
    match &value {
        Value::Big(big) if crate::values::number::big_to_float(big).is_err() => {
            Ok(Value::Float(natural(&value)? / std::f64::consts::LN_2))
        }
        other => match float(other)? {
            number if number <= 0.0 => Err(domain()),
            number => Ok(Value::Float(number.log2())),
        },
    }
}

fn log10(_vm: &mut Vm, args: Args) -> Outcome {
    let value = args.single("math.log10")?;
    match &value {
        Value::Big(big) if crate::values::number::big_to_float(big).is_err() => {
            Ok(Value::Float(natural(&value)? / std::f64::consts::LN_10))
        }
        other => match float(other)? {
            number if number <= 0.0 => Err(domain()),
            number => Ok(Value::Float(number.log10())),
        },
    }
}

fn fsum(vm: &mut Vm, args: Args) -> Outcome {
    let source = args.single("math.fsum")?;
    // Shewchuk's partial sums lose no digit before the last rounding.
    let mut partials: Vec<f64> = Vec::new();
    for item in vm.collect(&source)? {
        let mut x = float(&item)?;
        let mut kept = 0;
        for at in 0..partials.len() {
            let mut y = partials[at];
            if x.abs() < y.abs() {
                std::mem::swap(&mut x, &mut y);
            }
            let high = x + y;
            let low = y - (high - x);
            if low != 0.0 {
                partials[kept] = low;
                kept += 1;
            }
            x = high;
        }
        partials.truncate(kept);
        partials.push(x);
    }
    Ok(Value::Float(partials.iter().rev().sum()))
}

fn prod(vm: &mut Vm, mut args: Args) -> Outcome {
    let mut total = args.take_keyword("start").unwrap_or(Value::Int(1));
    let source = args.single("math.prod")?;
    for item in vm.collect(&source)? {
        vm.budget.step()?;
        total = vm.binary(BinaryOp::Mul, &total, &item)?;
    }
    Ok(total)
}

fn whole_number(value: &Value) -> Outcome<BigInt> {
    to_big(value).ok_or_else(|| {
        type_error(format!(
            "'{}' object cannot be interpreted as an integer",
            value.type_name()
        ))
    })
}

fn greatest(a: BigInt, b: BigInt) -> BigInt {
    let (mut a, mut b) = (a.abs(), b.abs());
    while !b.is_zero() {
        let rest = &a % &b;
        a = std::mem::replace(&mut b, rest);
    }
    a
}

fn gcd(vm: &mut Vm, args: Args) -> Outcome {
    let mut result = BigInt::zero();
    for value in &args.pos {
        let number = whole_number(value)?;
        let words = number.bits().max(result.bits()) / 64;
        vm.budget
            .work(usize::try_from(words.saturating_mul(words)).unwrap_or(usize::MAX))?;
        result = greatest(result, number);
    }
    Ok(Value::from_big(result))
}

fn lcm(vm: &mut Vm, args: Args) -> Outcome {
    let mut result = Value::Int(1);
    for value in &args.pos {
        let (a, b) = (whole_number(&result)?, whole_number(value)?);
        if b.is_zero() {
            return Ok(Value::Int(0));
        }
        let words = a.bits().max(b.bits()) / 64;
        vm.budget
            .work(usize::try_from(words.saturating_mul(words)).unwrap_or(usize::MAX))?;
        let quotient = Value::from_big(&a / greatest(a.clone(), b.clone()));
        result = vm.binary(BinaryOp::Mul, &quotient, &Value::from_big(b.abs()))?;
    }
    Ok(result)
}

fn factorial(vm: &mut Vm, args: Args) -> Outcome {
    let count = integer(&args.single("math.factorial")?)?;
    if count < 0 {
        return Err(value_error("factorial() not defined for negative values"));
    }
    let mut result = Value::Int(1);
    for factor in 2..=count {
        vm.budget.step()?;
        result = vm.binary(BinaryOp::Mul, &result, &Value::Int(factor))?;
    }
    Ok(result)
}

fn comb(vm: &mut Vm, args: Args) -> Outcome {
    let [n, k] = args.exactly("comb")?;
    let (n, k) = (integer(&n)?, integer(&k)?);
    if n < 0 || k < 0 {
        return Err(value_error(
            "comb() arguments must be non-negative integers",
        ));
    }
    if k > n {
        return Ok(Value::Int(0));
    }
    let mut result = Value::Int(1);
    for step in 0..k.min(n - k) {
        vm.budget.step()?;
        result = vm.binary(BinaryOp::Mul, &result, &Value::Int(n - step))?;
        result = vm.binary(BinaryOp::FloorDiv, &result, &Value::Int(step + 1))?;
    }
    Ok(result)
}

fn isqrt(vm: &mut Vm, args: Args) -> Outcome {
    let number = whole_number(&args.single("math.isqrt")?)?;
    if number.is_negative() {
        return Err(value_error("isqrt() argument must be nonnegative"));
    }
    let words = number.bits() / 64;
    vm.budget
        .work(usize::try_from(words.saturating_mul(words)).unwrap_or(usize::MAX))?;
    Ok(Value::from_big(number.sqrt()))
}
