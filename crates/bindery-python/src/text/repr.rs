//! Text of values: `str()` and `repr()`.

use std::fmt::Write;

use crate::stack::check_stack;
use crate::values::compare::most_common;
use crate::values::{Class, DictKind, ExcKind, Exception, Outcome, Value};
use crate::vm::Vm;

/// `repr(text)`.
pub(crate) use bindery_notation::repr::{float as float_repr, string as quote};

/// `repr(bytes)`.
pub(crate) fn quote_bytes(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') {
        '"'
    } else {
        '\''
    };
    let mut out = format!("b{quote}");
    for byte in bytes {
        match byte {
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            _ if *byte as char == quote => {
                out.push('\\');
                out.push(quote);
            }
            b' '..=b'~' => out.push(*byte as char),
            _ => {
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
    }
    out.push(quote);
    out
}

/// Returns `ascii()` of the text that `repr` made.
pub(crate) fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match u32::from(letter) {
            0..=0x7f => out.push(letter),
            code @ 0x80..=0xff => {
                let _ = write!(out, "\\x{code:02x}");
            }
            code @ 0x100..=0xffff => {
                let _ = write!(out, "\\u{code:04x}");
            }
            code => {
                let _ = write!(out, "\\U{code:08x}");
            }
        }
    }
    out
}

/// `str(value)`.
pub(crate) fn display(vm: &mut Vm, value: &Value) -> Outcome<String> {
    match value {
        Value::Str(text) => Ok(text.as_str().to_owned()),
        Value::Exception(exception) => display_exception(vm, exception),
        Value::Native(object) => object.clone().display(vm),
        other => repr(vm, other),
    }
}

/// `str(exception)`.
pub(crate) fn display_exception(vm: &mut Vm, exception: &Exception) -> Outcome<String> {
    match &exception.args[..] {
        [] => Ok(String::new()),
        [only] if exception.kind.is(ExcKind::Key) => repr(vm, only),
        [only] => display(vm, only),
        [number, text] if exception.kind.is(ExcKind::Os) => Ok(format!(
            "[Errno {}] {}",
            display(vm, number)?,
            display(vm, text)?
        )),
        [number, text, path] if exception.kind.is(ExcKind::Os) => Ok(format!(
            "[Errno {}] {}: {}",
            display(vm, number)?,
            display(vm, text)?,
            repr(vm, path)?
        )),
        many => repr(vm, &Value::tuple(many.to_vec())),
    }
}

/// `repr(value)`.
pub fn repr(vm: &mut Vm, value: &Value) -> Outcome<String> {
    let mut out = String::new();
    write_repr(vm, &mut out, value)?;
    vm.budget.string(out.len())?;
    Ok(out)
}

fn write_repr(vm: &mut Vm, out: &mut String, value: &Value) -> Outcome<()> {
    match value {
        Value::None => out.push_str("None"),
        Value::Ellipsis => out.push_str("Ellipsis"),
        Value::Bool(true) => out.push_str("True"),
        Value::Bool(false) => out.push_str("False"),
        Value::Int(value) => {
            let _ = write!(out, "{value}");
        }
        Value::Big(value) => {
            crate::values::number::check_decimal(value)?;
            vm.budget
                .work(usize::try_from(value.bits() / 16).unwrap_or(usize::MAX))?;
            out.push_str(&value.to_string());
        }
        Value::Float(value) => out.push_str(&float_repr(*value)),
        Value::Str(text) => out.push_str(&quote(text)),
        Value::Bytes(bytes) => out.push_str(&quote_bytes(bytes)),
        Value::List(list) => nested(vm, out, value, "[...]", |vm, out| {
            let items = list.items.borrow().clone();
            out.push('[');
            write_items(vm, out, &items)?;
            out.push(']');
            Ok(())
        })?,
        Value::Tuple(tuple) => nested(vm, out, value, "(...)", |vm, out| match &tuple.class {
            Some(class) => {
                out.push_str(&class.name);
                out.push('(');
                for (index, (field, item)) in class.fields.iter().zip(&tuple.items).enumerate() {
                    out.push_str(if index == 0 { "" } else { ", " });
                    out.push_str(field);
                    out.push('=');
                    write_repr(vm, out, item)?;
                }
                out.push(')');
                Ok(())
            }
            None => {
                out.push('(');
                write_items(vm, out, &tuple.items)?;
                out.push_str(if tuple.items.len() == 1 { ",)" } else { ")" });
                Ok(())
            }
        })?,
        Value::Dict(dict) => nested(vm, out, value, "{...}", |vm, out| {
            let entries = dict.entries();
            match &dict.kind {
                DictKind::Plain | DictKind::Names => write_entries(vm, out, &entries),
                DictKind::Ordered if entries.is_empty() => {
                    out.push_str("OrderedDict()");
                    Ok(())
                }
                DictKind::Ordered => {
                    let pairs = entries
                        .into_iter()
                        .map(|(key, value)| Value::tuple([key, value]))
                        .collect();
                    out.push_str("OrderedDict(");
                    write_repr(vm, out, &Value::list(pairs))?;
                    out.push(')');
                    Ok(())
                }
                DictKind::Default(factory) => {
                    out.push_str("defaultdict(");
                    write_repr(vm, out, factory)?;
                    out.push_str(", ");
                    write_entries(vm, out, &entries)?;
                    out.push(')');
                    Ok(())
                }
                DictKind::Counter if entries.is_empty() => {
                    out.push_str("Counter()");
                    Ok(())
                }
                DictKind::Counter => {
                    let entries = most_common(entries)?;
                    out.push_str("Counter(");
                    write_entries(vm, out, &entries)?;
                    out.push(')');
                    Ok(())
                }
            }
        })?,
        Value::Set(set) => nested(vm, out, value, "set(...)", |vm, out| {
            let items = set.items();
            if items.is_empty() {
                out.push_str(if set.frozen { "frozenset()" } else { "set()" });
                return Ok(());
            }
            out.push_str(if set.frozen { "frozenset({" } else { "{" });
            write_items(vm, out, &items)?;
            out.push_str(if set.frozen { "})" } else { "}" });
            Ok(())
        })?,
        Value::Range(range) => {
            let _ = write!(out, "range({}, {}", range.start, range.stop);
            if range.step != 1 {
                let _ = write!(out, ", {}", range.step);
            }
            out.push(')');
        }
        Value::Slice(slice) => {
            out.push_str("slice(");
            write_items(
                vm,
                out,
                &[slice.start.clone(), slice.stop.clone(), slice.step.clone()],
            )?;
            out.push(')');
        }
        // Addresses would differ between runs.
        Value::Function(function) => {
            let _ = write!(out, "<function {}>", function.code.name);
        }
        Value::Builtin(builtin) => {
            let _ = write!(out, "<built-in function {}>", builtin.name);
        }
        Value::Method(method) => {
            let _ = write!(
                out,
                "<built-in method {} of {} object>",
                method.name,
                method.this.type_name()
            );
        }
        Value::Class(class) => {
            let _ = match class {
                Class::Exception(kind) if !kind.is_builtin() => {
                    write!(out, "<class '{}'>", kind.name())
                }
                _ => write!(out, "<class '{}'>", class.name()),
            };
        }
        Value::Exception(exception) => {
            out.push_str(exception.kind.name());
            out.push('(');
            write_items(vm, out, &exception.args)?;
            out.push(')');
        }
        Value::Module(module) => {
            let _ = write!(out, "<module '{}'>", module.name);
        }
        Value::Iter(iter) => {
            let _ = write!(out, "<{} object>", iter.name);
        }
        Value::Native(object) => out.push_str(&object.clone().repr(vm)?),
        Value::Cell(_) => out.push_str("<cell>"),
    }
    if out.len() > vm.budget.limits().string {
        vm.budget.string(out.len())?;
    }
    Ok(())
}

/// Writes a container; a container that contains itself is abbreviated.
fn nested(
    vm: &mut Vm,
    out: &mut String,
    value: &Value,
    itself: &str,
    write: impl FnOnce(&mut Vm, &mut String) -> Outcome<()>,
) -> Outcome<()> {
    check_stack()?;
    if vm.writing.iter().any(|known| known.is(value))
        && !matches!(value, Value::Tuple(tuple) if tuple.items.is_empty())
    {
        out.push_str(itself);
        return Ok(());
    }
    vm.writing.push(value.clone());
    let result = write(vm, out);
    vm.writing.pop();
    result
}

fn write_items(vm: &mut Vm, out: &mut String, items: &[Value]) -> Outcome<()> {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        write_repr(vm, out, item)?;
    }
    Ok(())
}

fn write_entries(vm: &mut Vm, out: &mut String, entries: &[(Value, Value)]) -> Outcome<()> {
    out.push('{');
    for (index, (key, value)) in entries.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        write_repr(vm, out, key)?;
        out.push_str(": ");
        write_repr(vm, out, value)?;
    }
    out.push('}');
    Ok(())
}
