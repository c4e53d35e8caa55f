//! `base64`.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use crate::stdlib::modules::table::{functions, table};
use crate::values::exception::type_error;
use crate::values::{Args, Builtin, Class, ExcKind, Outcome, Raised, Value};
use crate::vm::Vm;

pub(super) fn items() -> Vec<(&'static str, Value)> {
    static TABLE: &[Builtin] = table! {
        "b64decode" => decode,
        "b64encode" => encode,
        "standard_b64decode" => decode,
        "standard_b64encode" => encode,
        "urlsafe_b64decode" => decode_url,
        "urlsafe_b64encode" => encode_url,
    };
    let mut items = functions(TABLE);
    items.push(("Error", Value::Class(Class::Exception(ExcKind::Base64))));
    items
}

fn input(args: Args, what: &str) -> Outcome<Vec<u8>> {
    match args.single(what)? {
        Value::Bytes(bytes) => Ok(bytes.to_vec()),
        // Python 3 requires bytes; strings of programs written for Python 2 are accepted.
        Value::Str(text) => Ok(text.as_bytes().to_vec()),
        other => Err(type_error(format!(
            "a bytes-like object is required, not '{}'",
            other.type_name()
        ))),
    }
}

fn output(vm: &mut Vm, bytes: Vec<u8>) -> Outcome {
    vm.budget.string(bytes.len())?;
    Ok(Value::Bytes(bytes.into()))
}

fn encode(vm: &mut Vm, args: Args) -> Outcome {
    let bytes = input(args, "b64encode")?;
    output(vm, STANDARD.encode(bytes).into_bytes())
}

fn encode_url(vm: &mut Vm, args: Args) -> Outcome {
    let bytes = input(args, "urlsafe_b64encode")?;
    output(vm, URL_SAFE.encode(bytes).into_bytes())
}

fn decoded(vm: &mut Vm, engine: &impl Engine, text: &[u8]) -> Outcome {
    // As in Python, characters outside of the alphabet are skipped.
    let plus = engine.encode([0xfb]).starts_with('+');
    let is_digit = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            || matches!(
                (byte, plus),
                (b'+' | b'/', true) | (b'-' | b'_', false) | (b'=', _)
            )
    };
    let digits: Vec<u8> = text.iter().copied().filter(is_digit).collect();
    match engine.decode(digits) {
        Ok(bytes) => output(vm, bytes),
        Err(_) => Err(Raised::new(ExcKind::Base64, "Incorrect padding")),
    }
}

fn decode(vm: &mut Vm, args: Args) -> Outcome {
    let text = input(args, "b64decode")?;
    decoded(vm, &STANDARD, &text)
}

fn decode_url(vm: &mut Vm, args: Args) -> Outcome {
    let text = input(args, "urlsafe_b64decode")?;
    decoded(vm, &URL_SAFE, &text)
}
