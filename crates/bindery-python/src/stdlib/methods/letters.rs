//! Case, classes and mapping of letters.

use crate::stdlib::methods::splitting::is_space;
use crate::text::{decimal_digit, length};
use crate::values::exception::{type_error, value_error};
use crate::values::{Args, Dict, Outcome, Table, Value};
use crate::vm::Vm;

pub(super) fn title_case(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for letter in text.chars() {
        let cased = letter.is_alphabetic() && (letter.is_lowercase() || letter.is_uppercase());
        if inside {
            out.extend(letter.to_lowercase());
        } else {
            out.extend(title_letter(letter));
        }
        inside = cased;
    }
    out
}

/// Returns a letter in title case: of several letters, as for `ß`, only the first is upper case.
pub(super) fn title_letter(letter: char) -> impl Iterator<Item = char> {
    let mut large = letter.to_uppercase();
    large
        .next()
        .into_iter()
        .chain(large.flat_map(char::to_lowercase))
}

pub(super) fn is(text: &str, name: &str) -> bool {
    let cased = |letter: char| letter.is_uppercase() || letter.is_lowercase();
    match name {
        "isascii" => text.is_ascii(),
        "isprintable" => {
            crate::text::quote(text).len() <= text.len() + 2 + text.matches(['\\', '\'']).count()
        }
        "isupper" => text.chars().any(cased) && !text.chars().any(char::is_lowercase),
        "islower" => text.chars().any(cased) && !text.chars().any(char::is_uppercase),
        "isidentifier" => {
            let mut letters = text.chars();
            letters
                .next()
                .is_some_and(|first| first.is_alphabetic() || first == '_')
                && letters.all(|letter| letter.is_alphanumeric() || letter == '_')
        }
        "istitle" => {
            let mut inside = false;
            let mut any = false;
            for letter in text.chars() {
                if letter.is_uppercase() && inside || letter.is_lowercase() && !inside {
                    return false;
                }
                inside = cased(letter);
                any |= inside;
            }
            any
        }
        _ if text.is_empty() => false,
        "isspace" => text.chars().all(is_space),
        "isalpha" => text.chars().all(char::is_alphabetic),
        "isdecimal" => text.chars().all(|letter| decimal_digit(letter).is_some()),
        "isdigit" => text
            .chars()
            .all(|letter| decimal_digit(letter).is_some() || is_digit_like(letter)),
        "isnumeric" => text.chars().all(char::is_numeric),
        _ => text.chars().all(char::is_alphanumeric),
    }
}

/// Checks for superscripts, subscripts and circled digits, which are digits but not decimal digits.
pub(super) fn is_digit_like(letter: char) -> bool {
    matches!(u32::from(letter), 0xb2 | 0xb3 | 0xb9 | 0x2070 | 0x2074..=0x2079 | 0x2080..=0x2089 | 0x2460..=0x2468)
}

pub(super) fn expand_tabs(this: &str, size: usize) -> String {
    let mut out = String::new();
    let mut column = 0;
    for letter in this.chars() {
        match letter {
            '\t' if size > 0 => {
                let blanks = size - column % size;
                out.extend(std::iter::repeat_n(' ', blanks));
                column += blanks;
            }
            '\t' => {}
            '\n' | '\r' => {
                out.push(letter);
                column = 0;
            }
            _ => {
                out.push(letter);
                column += 1;
            }
        }
    }
    out
}

pub(super) fn map_letters(vm: &mut Vm, this: &str, table: &Dict) -> Outcome<String> {
    let mut out = String::with_capacity(this.len());
    for letter in this.chars() {
        match table.get(&Value::Int(i64::from(u32::from(letter))))? {
            None => out.push(letter),
            Some(Value::None) => {}
            Some(Value::Str(text)) => {
                vm.budget.string(text.len())?;
                out.push_str(&text);
            }
            Some(Value::Int(code)) => {
                let mapped = u32::try_from(code).ok().and_then(char::from_u32);
                out.push(
                    mapped.ok_or_else(|| {
                        value_error("character mapping must be in range(0x110000)")
                    })?,
                );
            }
            Some(_) => {
                return Err(type_error(
                    "character mapping must return integer, None or str",
                ));
            }
        }
    }
    vm.budget.string(out.len())?;
    Ok(out)
}

pub(super) fn make_translation(vm: &mut Vm, args: Args) -> Outcome {
    let [from, to, gone] = args.between("maketrans", 1)?;
    let code = |letter: char| Value::Int(i64::from(u32::from(letter)));
    let mut table = Table::default();
    match (from.unwrap_or(Value::None), to) {
        (Value::Dict(dict), None) => {
            for (key, value) in dict.entries() {
                let key = match &key {
                    Value::Str(text) if length(text) == 1 => {
                        text.chars().next().map_or(Value::None, code)
                    }
                    Value::Int(_) => key,
                    _ => {
                        return Err(value_error(
                            "string keys in translate table must be of length 1",
                        ));
                    }
                };
                table.insert(key, value)?;
            }
        }
        (Value::Str(from), Some(Value::Str(to))) => {
            if length(&from) != length(&to) {
                return Err(value_error(
                    "the first two maketrans arguments must have equal length",
                ));
            }
            for (a, b) in from.chars().zip(to.chars()) {
                table.insert(code(a), code(b))?;
            }
            if let Some(Value::Str(gone)) = gone {
                for letter in gone.chars() {
                    table.insert(code(letter), Value::None)?;
                }
            }
        }
        _ => {
            return Err(type_error(
                "maketrans() wants a dict or two texts of the same length",
            ));
        }
    }
    vm.budget.values(3 * table.len())?;
    Ok(Value::Dict(Dict::new(table)))
}
