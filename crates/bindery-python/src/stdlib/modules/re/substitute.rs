//! Replacement of matches.

use std::rc::Rc;

use crate::stdlib::modules::re::pattern::{Match, Pattern};
use crate::values::exception::type_error;
use crate::values::{ExcKind, Outcome, Raised, Str, Value};
use crate::vm::Vm;

pub(super) fn substitute(
    vm: &mut Vm,
    pattern: &Rc<Pattern>,
    replacement: &Value,
    text: &Str,
    most: usize,
) -> Outcome<(String, usize)> {
    let parts = match replacement {
        Value::Str(template) => Some(replacement_parts(pattern, template)?),
        other if vm.is_callable(other) => None,
        other => {
            return Err(type_error(format!(
                "decoding to str: need a bytes-like object, {} found",
                other.type_name()
            )));
        }
    };
    let found = pattern.all(vm, text, if most == 0 { usize::MAX } else { most })?;
    let count = found.len();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for groups in found {
        let Some((start, end)) = groups[0] else {
            continue;
        };
        out.push_str(&text[at..start]);
        at = end;
        match &parts {
            Some(parts) => {
                for part in parts {
                    match part {
                        Part::Text(text) => out.push_str(text),
                        Part::Group(index) => {
                            if let Some((start, end)) = groups[*index] {
                                out.push_str(&text[start..end]);
                            }
                        }
                    }
                }
            }
            None => {
                let found = Match {
                    pattern: pattern.clone(),
                    text: text.clone(),
                    groups,
                };
                match vm.call(replacement, vec![Value::native(found)])? {
                    Value::Str(made) => out.push_str(&made),
                    other => {
                        return Err(type_error(format!(
                            "expected str instance, {} found",
                            other.type_name()
                        )));
                    }
                }
            }
        }
        if out.len() > vm.budget.limits().string {
            break;
        }
    }
    out.push_str(&text[at..]);
    vm.budget.string(out.len())?;
    Ok((out, count))
}

pub(super) enum Part {
    Text(String),
    Group(usize),
}

pub(super) fn replacement_parts(pattern: &Pattern, template: &str) -> Outcome<Vec<Part>> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut letters = template.chars().peekable();
    let group = |name: &str| -> Outcome<usize> {
        let index = match name.parse::<usize>() {
            Ok(index) => Some(index).filter(|index| *index < pattern.any.captures_len()),
            Err(_) => pattern
                .names()
                .find(|(_, known)| *known == name)
                .map(|(index, _)| index),
        };
        index.ok_or_else(|| match name.parse::<usize>() {
            Ok(_) => Raised::new(ExcKind::Regex, format!("invalid group reference {name}")),
            Err(_) => Raised::new(
                ExcKind::Index,
                format!("unknown group name {}", crate::text::quote(name)),
            ),
        })
    };
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            plain.push(letter);
            continue;
        }
        let index = match letters.next() {
            None => return Err(Raised::new(ExcKind::Regex, "bad escape (end of pattern)")),
            Some('n') => {
                plain.push('\n');
                continue;
            }
            Some('t') => {
                plain.push('\t');
                continue;
            }
            Some('r') => {
                plain.push('\r');
                continue;
            }
            Some('g') if letters.peek() == Some(&'<') => {
                letters.next();
                let name: String = letters
                    .by_ref()
                    .take_while(|letter| *letter != '>')
                    .collect();
                group(&name)?
            }
            Some(digit @ '0'..='9') => {
                let mut name = digit.to_string();
                if let Some(second) = letters.peek().copied().filter(char::is_ascii_digit) {
                    name.push(second);
                    letters.next();
                }
                group(&name)?
            }
            Some(other) if other.is_ascii_alphabetic() => {
                return Err(Raised::new(ExcKind::Regex, format!("bad escape \\{other}")));
            }
            Some(other) => {
                // Python keeps the backslash before other punctuation.
                if other != '\\' {
                    plain.push('\\');
                }
                plain.push(other);
                continue;
            }
        };
        parts.push(Part::Text(std::mem::take(&mut plain)));
        parts.push(Part::Group(index));
    }
    parts.push(Part::Text(plain));
    Ok(parts)
}
