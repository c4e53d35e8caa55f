//! Methods of bytes, and conversion between strings and bytes.

use std::rc::Rc;

use crate::stdlib::methods::table::{NativeMethod, methods};
use crate::values::exception::{type_error, value_error};
use crate::values::{Args, ExcKind, Outcome, Raised, Value};
use crate::vm::Vm;

/// Methods of bytes.
pub(super) static METHODS: &[NativeMethod<Rc<[u8]>>] = methods! {
    "decode" => decode_method,
    "endswith" => endswith(name),
    "find" => find_method(name),
    "fromhex" => fromhex,
    "hex" => hex_method,
    "join" => join,
    "lower" => lower,
    "replace" => replace,
    "split" => split_method,
    "startswith" => startswith(name),
    "strip" => strip,
    "upper" => upper,
};

/// A supported encoding.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Ascii,
    Latin1,
}

fn encoding(name: Option<&Value>) -> Outcome<Encoding> {
    let Some(name) = name else {
        return Ok(Encoding::Utf8);
    };
    let Value::Str(name) = name else {
        return Err(type_error("encoding must be str"));
    };
    match name.to_lowercase().replace('_', "-").as_str() {
        "utf-8" | "utf8" | "u8" | "utf-8-sig" => Ok(Encoding::Utf8),
        "ascii" | "us-ascii" => Ok(Encoding::Ascii),
        "latin-1" | "latin1" | "iso-8859-1" | "l1" => Ok(Encoding::Latin1),
        _ => Err(Raised::not_supported(
            format!("encoding `{}`", name.as_str()),
            "known: utf-8, ascii, latin-1",
        )),
    }
}

fn replaces(errors: Option<&Value>) -> Outcome<Option<&'static str>> {
    match errors {
        None => Ok(None),
        Some(Value::Str(errors)) => match errors.as_str() {
            "strict" => Ok(None),
            "ignore" => Ok(Some("")),
            "replace" => Ok(Some("?")),
            other => Err(Raised::not_supported(
                format!("error handler `{other}`"),
                "known: strict, ignore, replace",
            )),
        },
        Some(_) => Err(type_error("errors must be str")),
    }
}

/// `text.encode(name, errors)`.
pub(crate) fn encode(
    text: &str,
    name: Option<&Value>,
    errors: Option<&Value>,
) -> Outcome<Rc<[u8]>> {
    let (kind, replacement) = (encoding(name)?, replaces(errors)?);
    let (most, codec) = match kind {
        Encoding::Utf8 => return Ok(text.as_bytes().into()),
        Encoding::Ascii => (0x7f, "ascii"),
        Encoding::Latin1 => (0xff, "latin-1"),
    };
    let mut bytes = Vec::with_capacity(text.len());
    for (at, letter) in text.chars().enumerate() {
        match (u8::try_from(u32::from(letter)), replacement) {
            (Ok(byte), _) if byte <= most => bytes.push(byte),
            (_, Some(replacement)) => bytes.extend_from_slice(replacement.as_bytes()),
            (_, None) => {
                let shown = crate::text::ascii(&letter.to_string());
                return Err(Raised::new(
                    ExcKind::UnicodeEncode,
                    format!(
                        "'{codec}' codec can't encode character '{shown}' in position {at}: ordinal not in range({})",
                        u32::from(most) + 1
                    ),
                ));
            }
        }
    }
    Ok(bytes.into())
}

/// `bytes.decode(name, errors)`.
pub(crate) fn decode(
    bytes: &[u8],
    name: Option<&Value>,
    errors: Option<&Value>,
) -> Outcome<String> {
    let (kind, replacement) = (encoding(name)?, replaces(errors)?);
    match kind {
        Encoding::Latin1 => Ok(bytes.iter().map(|byte| char::from(*byte)).collect()),
        Encoding::Utf8 | Encoding::Ascii => {
            let bad = match kind {
                Encoding::Ascii => bytes.iter().position(|byte| !byte.is_ascii()),
                _ => std::str::from_utf8(bytes)
                    .err()
                    .map(|error| error.valid_up_to()),
            };
            match (bad, replacement) {
                (None, _) => Ok(String::from_utf8_lossy(bytes).into_owned()),
                (Some(_), Some(replacement)) => {
                    let keep = if replacement.is_empty() {
                        ""
                    } else {
                        "\u{fffd}"
                    };
                    Ok(String::from_utf8_lossy(bytes).replace('\u{fffd}', keep))
                }
                (Some(at), None) => {
                    let (codec, why) = match kind {
                        Encoding::Ascii => ("ascii", "ordinal not in range(128)"),
                        _ => ("utf-8", "invalid start byte"),
                    };
                    Err(Raised::new(
                        ExcKind::UnicodeDecode,
                        format!(
                            "'{codec}' codec can't decode byte {:#04x} in position {at}: {why}",
                            bytes[at]
                        ),
                    ))
                }
            }
        }
    }
}

pub(super) fn from_hex(args: Args) -> Outcome {
    let Value::Str(text) = args.single("fromhex")? else {
        return Err(type_error("fromhex() argument must be str"));
    };
    let digits: Vec<char> = text
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect();
    let pair = |pair: &[char]| match pair {
        [a, b] => Some(u8::try_from(a.to_digit(16)? * 16 + b.to_digit(16)?).unwrap_or(0)),
        _ => None,
    };
    let bytes: Option<Vec<u8>> = digits.chunks(2).map(pair).collect();
    bytes
        .map(|bytes| Value::Bytes(bytes.into()))
        .ok_or_else(|| value_error("non-hexadecimal number found in fromhex() arg"))
}

/// Returns hexadecimal digits in lower case.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
    }
    text
}

fn operand(value: &Value) -> Outcome<Rc<[u8]>> {
    match value {
        Value::Bytes(bytes) => Ok(bytes.clone()),
        other => Err(type_error(format!(
            "a bytes-like object is required, not '{}'",
            other.type_name()
        ))),
    }
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    if part.is_empty() {
        Some(0)
    } else {
        text.windows(part.len()).position(|window| window == part)
    }
}

fn split<'a>(mut rest: &'a [u8], separator: &[u8]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    while let Some(at) = find(rest, separator) {
        pieces.push(&rest[..at]);
        rest = &rest[at + separator.len()..];
    }
    pieces.push(rest);
    pieces
}

fn bytes_value(bytes: Vec<u8>) -> Value {
    Value::Bytes(bytes.into())
}

fn decode_method(vm: &mut Vm, this: &Rc<[u8]>, args: Args) -> Outcome {
    let [encoding, errors] = args.parameters("decode", ["encoding", "errors"], 0)?;
    vm.budget.string(this.len())?;
    Ok(Value::from(decode(
        this,
        encoding.as_ref(),
        errors.as_ref(),
    )?))
}

fn hex_method(vm: &mut Vm, this: &Rc<[u8]>, args: Args) -> Outcome {
    args.none("hex")?;
    vm.budget.string(2 * this.len())?;
    Ok(Value::from(hex(this)))
}

fn fromhex(_vm: &mut Vm, _this: &Rc<[u8]>, args: Args) -> Outcome {
    from_hex(args)
}

fn lower(_vm: &mut Vm, this: &Rc<[u8]>, _args: Args) -> Outcome {
    Ok(bytes_value(this.to_ascii_lowercase()))
}

fn upper(_vm: &mut Vm, this: &Rc<[u8]>, _args: Args) -> Outcome {
    Ok(bytes_value(this.to_ascii_uppercase()))
}

fn strip(_vm: &mut Vm, this: &Rc<[u8]>, args: Args) -> Outcome {
    args.none("strip")?;
    Ok(bytes_value(this.trim_ascii().to_vec()))
}

fn startswith(_vm: &mut Vm, this: &Rc<[u8]>, name: &str, args: Args) -> Outcome {
    Ok(Value::Bool(
        this.starts_with(&operand(&args.single(name)?)?),
    ))
}

fn endswith(_vm: &mut Vm, this: &Rc<[u8]>, name: &str, args: Args) -> Outcome {
    Ok(Value::Bool(this.ends_with(&operand(&args.single(name)?)?)))
}

fn find_method(vm: &mut Vm, this: &Rc<[u8]>, name: &str, args: Args) -> Outcome {
    let part = operand(&args.single(name)?)?;
    vm.budget.work(this.len())?;
    Ok(find(this, &part).map_or(Value::Int(-1), Value::from))
}

fn split_method(vm: &mut Vm, this: &Rc<[u8]>, args: Args) -> Outcome {
    let [separator] = args.between("split", 0)?;
    let pieces: Vec<&[u8]> = match separator {
        Some(separator) => {
            let separator = operand(&separator)?;
            if separator.is_empty() {
                return Err(value_error("empty separator"));
            }
            split(this, &separator)
        }
        None => this
            .split(u8::is_ascii_whitespace)
            .filter(|piece| !piece.is_empty())
            .collect(),
    };
    vm.budget.values(pieces.len())?;
    Ok(Value::list(
        pieces
            .into_iter()
            .map(|piece| bytes_value(piece.to_vec()))
            .collect(),
    ))
}

fn replace(vm: &mut Vm, this: &Rc<[u8]>, args: Args) -> Outcome {
    let [old, new] = args.exactly("replace")?;
    let (old, new) = (operand(&old)?, operand(&new)?);
    if old.is_empty() {
        return Err(Raised::not_supported(
            "replacing empty bytes",
            "give the bytes to replace",
        ));
    }
    let pieces = split(this, &old);
    vm.budget.string(
        this.len()
            .saturating_add(pieces.len().saturating_mul(new.len())),
    )?;
    Ok(bytes_value(pieces.join(&*new)))
}

fn join(vm: &mut Vm, this: &Rc<[u8]>, args: Args) -> Outcome {
    let source = args.single("join")?;
    let parts = vm
        .collect(&source)?
        .iter()
        .map(operand)
        .collect::<Outcome<Vec<_>>>()?;
    let size: usize = parts.iter().map(|part| part.len() + this.len()).sum();
    vm.budget.string(size)?;
    Ok(bytes_value(parts.join(&**this)))
}
