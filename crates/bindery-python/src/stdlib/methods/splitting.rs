//! Splitting and stripping of strings.

use crate::values::exception::type_error;
use crate::values::{Outcome, Value};

/// Checks for white space by Python's definition.
pub(crate) fn is_space(letter: char) -> bool {
    letter.is_whitespace() || ('\x1c'..='\x1f').contains(&letter)
}

pub(super) fn strip_letters<'a>(
    this: &'a str,
    name: &str,
    letters: Option<&Value>,
) -> Outcome<&'a str> {
    let set = match letters {
        None | Some(Value::None) => None,
        Some(Value::Str(set)) => Some(set.as_str()),
        Some(other) => {
            return Err(type_error(format!("{name} arg must be None or str"))
                .hint(format!("it is of type `{}`", other.type_name())));
        }
    };
    let gone = |letter: char| set.map_or_else(|| is_space(letter), |set| set.contains(letter));
    Ok(match name {
        "lstrip" => this.trim_start_matches(gone),
        "rstrip" => this.trim_end_matches(gone),
        _ => this.trim_matches(gone),
    })
}

pub(super) fn split_space(this: &str, most: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = this.trim_start_matches(is_space);
    while !rest.is_empty() {
        if pieces.len() == most {
            pieces.push(rest);
            break;
        }
        let end = rest.find(is_space).unwrap_or(rest.len());
        pieces.push(&rest[..end]);
        rest = rest[end..].trim_start_matches(is_space);
    }
    pieces
}

pub(super) fn rsplit_space(this: &str, most: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = this.trim_end_matches(is_space);
    while !rest.is_empty() {
        if pieces.len() == most {
            pieces.push(rest);
            break;
        }
        let found = rest
            .char_indices()
            .rev()
            .find(|(_, letter)| is_space(*letter));
        let start = found.map_or(0, |(offset, letter)| offset + letter.len_utf8());
        pieces.push(&rest[start..]);
        rest = rest[..start].trim_end_matches(is_space);
    }
    pieces.reverse();
    pieces
}

/// Splits a text at all line ends that Python knows.
pub(crate) fn split_lines(this: &str, keep: bool) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = this;
    while !rest.is_empty() {
        let end = rest.find(|letter| {
            matches!(
                letter,
                '\n' | '\r' | '\x0b' | '\x0c' | '\x1c'
                    ..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}'
            )
        });
        let Some(end) = end else {
            lines.push(rest);
            break;
        };
        let tail = &rest[end..];
        let width = if tail.starts_with("\r\n") {
            2
        } else {
            tail.chars().next().map_or(0, char::len_utf8)
        };
        lines.push(&rest[..if keep { end + width } else { end }]);
        rest = &rest[end + width..];
    }
    lines
}
