//! `str.format`.

use crate::text::format::format;
use crate::text::{self};
use crate::values::exception::value_error;
use crate::values::{Args, ExcKind, Outcome, Raised, Str, Value};
use crate::vm::Vm;

/// `template.format(*args, **kwargs)`.
pub(crate) fn method(vm: &mut Vm, template: &Str, args: &Args) -> Outcome<String> {
    let mut fields = Fields {
        args,
        next: Numbering::Unknown,
    };
    let made = fields.fill(vm, template, 2)?;
    vm.budget.string(made.len())?;
    Ok(made)
}

pub(super) enum Numbering {
    Unknown,
    Automatic(usize),
    Manual,
}

pub(super) struct Fields<'a> {
    pub(super) args: &'a Args,
    pub(super) next: Numbering,
}

impl Fields<'_> {
    pub(super) fn fill(&mut self, vm: &mut Vm, template: &str, depth: usize) -> Outcome<String> {
        if depth == 0 {
            return Err(value_error("Max string recursion exceeded"));
        }
        let mut out = String::with_capacity(template.len());
        let mut rest = template;
        while let Some(at) = rest.find(['{', '}']) {
            out.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                out.push_str(brace);
                rest = after;
                continue;
            }
            if brace == "}" {
                return Err(value_error("Single '}' encountered in format string"));
            }
            if rest.is_empty() {
                return Err(value_error("Single '{' encountered in format string"));
            }
            let mut open = 1;
            let end = rest.char_indices().find(|(_, letter)| {
                match letter {
                    '{' => open += 1,
                    '}' => open -= 1,
                    _ => {}
                }
                open == 0
            });
            let Some((end, _)) = end else {
                let in_spec = rest.contains(':');
                let message = if in_spec {
                    "unmatched '{' in format spec"
                } else {
                    "expected '}' before end of string"
                };
                return Err(value_error(message));
            };
            let field = &rest[..end];
            rest = &rest[end + 1..];
            vm.budget.step()?;
            let made = self.field(vm, field, depth)?;
            out.push_str(&made);
            if out.len() > vm.budget.limits().string {
                vm.budget.string(out.len())?;
            }
        }
        out.push_str(rest);
        Ok(out)
    }

    pub(super) fn field(&mut self, vm: &mut Vm, field: &str, depth: usize) -> Outcome<String> {
        let mut in_index = false;
        let name_end = field.find(|letter| {
            match letter {
                '[' => in_index = true,
                ']' => in_index = false,
                _ => {}
            }
            !in_index && matches!(letter, ':' | '!')
        });
        let (name, tail) = field.split_at(name_end.unwrap_or(field.len()));
        let (conversion, spec) = match tail.strip_prefix('!') {
            Some(after) => {
                let mut letters = after.chars();
                let Some(letter) = letters.next() else {
                    return Err(value_error(
                        "end of string while looking for conversion specifier",
                    ));
                };
                match (letters.as_str(), letters.next()) {
                    ("", _) => (Some(letter), ""),
                    (_, Some(':')) => (Some(letter), letters.as_str()),
                    _ => return Err(value_error("expected ':' after conversion specifier")),
                }
            }
            None => (None, tail.strip_prefix(':').unwrap_or("")),
        };
        let mut value = self.lookup(vm, name)?;
        let spec = if spec.contains(['{', '}']) {
            self.fill(vm, spec, depth - 1)?
        } else {
            spec.to_owned()
        };
        value = match conversion {
            None => value,
            Some('s') => Value::from(text::display(vm, &value)?),
            Some('r') => Value::from(text::repr(vm, &value)?),
            Some('a') => Value::from(text::ascii(&text::repr(vm, &value)?)),
            Some(other) => {
                return Err(value_error(format!("Unknown conversion specifier {other}")));
            }
        };
        format(vm, &value, &spec)
    }

    pub(super) fn lookup(&mut self, vm: &mut Vm, name: &str) -> Outcome {
        let end = name.find(['.', '[']).unwrap_or(name.len());
        let (first, mut rest) = name.split_at(end);
        let mixed =
            |to: &str, from: &str| value_error(format!("cannot switch from {from} field {to}"));
        let index = if first.is_empty() {
            let index = match self.next {
                Numbering::Unknown => 0,
                Numbering::Automatic(next) => next,
                Numbering::Manual => {
                    return Err(mixed(
                        "specification to automatic field numbering",
                        "manual",
                    ));
                }
            };
            self.next = Numbering::Automatic(index + 1);
            Some(index)
        } else if first.bytes().all(|byte| byte.is_ascii_digit()) {
            if let Numbering::Automatic(_) = self.next {
                return Err(mixed(
                    "numbering to manual field specification",
                    "automatic",
                ));
            }
            self.next = Numbering::Manual;
            first.parse().ok()
        } else {
            None
        };
        let mut value = match index {
            Some(index) => self.args.pos.get(index).cloned().ok_or_else(|| {
                let message =
                    format!("Replacement index {index} out of range for positional args tuple");
                Raised::new(ExcKind::Index, message)
            })?,
            None => {
                let found = self.args.kw.iter().find(|(known, _)| &**known == first);
                found
                    .map(|(_, value)| value.clone())
                    .ok_or_else(|| no_field(first))?
            }
        };
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix('.') {
                let end = after.find(['.', '[']).unwrap_or(after.len());
                value = vm.attribute(&value, &after[..end].into())?;
                rest = &after[end..];
            } else {
                let after = &rest[1..];
                let Some(end) = after.find(']') else {
                    return Err(value_error("Missing ']' in format string"));
                };
                let key = &after[..end];
                let key = match key.parse::<i64>() {
                    Ok(number) if key.bytes().all(|byte| byte.is_ascii_digit()) => {
                        Value::Int(number)
                    }
                    _ => Value::from(key),
                };
                value = vm.subscript(&value, &key)?;
                rest = &after[end + 1..];
                if !rest.is_empty() && !rest.starts_with(['.', '[']) {
                    return Err(value_error(
                        "Only '.' or '[' may follow ']' in format field specifier",
                    ));
                }
            }
        }
        Ok(value)
    }
}

/// A string with literal braces is the usual cause of a field that cannot be valid.
pub(super) fn no_field(name: &str) -> Raised {
    let error = Raised::with_args(ExcKind::Key, vec![Value::from(name)]);
    if name.chars().all(|c| c.is_alphanumeric() || c == '_') {
        error
    } else {
        error.hint("`format` takes `{` for the beginning of a field; write `{{` and `}}` for braces that are text")
    }
}
