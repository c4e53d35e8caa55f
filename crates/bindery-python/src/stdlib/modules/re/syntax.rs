//! Translation of Python's regular expressions to the syntax of the engine. Constructs that the engine does not support are
//! refused by name.

use crate::stdlib::modules::re::flags::{MULTI_LINE, VERBOSE};
use crate::text::length;
use crate::values::{ExcKind, Outcome, Raised};

/// Makes the error for a construct that the engine does not support.
pub(super) fn refuse(what: &str, hint: &str) -> Raised {
    Raised::not_supported(format!("{what} in a regular expression"), hint)
}

/// Translates Python's syntax, and returns whether the pattern has a `$` that also matches before a last line end.
pub(super) fn translate(pattern: &str, flags: i64) -> Outcome<(String, bool)> {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut has_end = false;
    let mut in_class = false;
    let mut letters = pattern.chars().peekable();
    let multi_line =
        flags & MULTI_LINE != 0 || pattern.starts_with("(?m") || pattern.starts_with("(?sm");
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                None => {
                    return Err(Raised::new(
                        ExcKind::Regex,
                        format!(
                            "bad escape (end of pattern) at position {}",
                            length(pattern) - 1
                        ),
                    ));
                }
                Some('Z') if !in_class => out.push_str("\\z"),
                Some(digit @ '1'..='9') if !in_class => {
                    return Err(refuse(
                        &format!("back-reference `\\{digit}`"),
                        "match first and compare the groups",
                    ));
                }
                // An escaped space counts in verbose patterns too.
                Some(' ') => out.push_str("\\x20"),
                Some(mark) if mark.is_ascii_punctuation() => {
                    out.push_str(&regex::escape(&mark.to_string()))
                }
                Some(
                    other @ ('d' | 'D' | 'w' | 'W' | 's' | 'S' | 'b' | 'B' | 'A' | 'n' | 'r' | 't'
                    | 'f' | 'v' | 'a' | 'x' | 'u' | 'U' | '0'),
                ) => {
                    if other == '0' {
                        out.push_str("\\x00");
                    } else {
                        out.push('\\');
                        out.push(other);
                    }
                }
                Some(other) if other.is_ascii_alphabetic() => {
                    let at = length(pattern) - letters.clone().count() - 2;
                    return Err(Raised::new(
                        ExcKind::Regex,
                        format!("bad escape \\{other} at position {at}"),
                    ));
                }
                Some(other) => out.push(other),
            },
            '[' if !in_class => {
                in_class = true;
                out.push('[');
                if letters.peek() == Some(&'^') {
                    letters.next();
                    out.push('^');
                }
                // A closing bracket in first position is literal.
                if letters.peek() == Some(&']') {
                    letters.next();
                    out.push_str("\\]");
                }
            }
            ']' if in_class => {
                in_class = false;
                out.push(']');
            }
            // Inside a class the engine gives these characters a meaning that Python does not.
            '[' | '&' | '~' if in_class => {
                out.push('\\');
                out.push(letter);
            }
            '-' if in_class && letters.peek() == Some(&'-') => out.push_str("\\-"),
            ' ' | '#' if in_class && flags & VERBOSE != 0 => {
                out.push_str(if letter == ' ' { "\\x20" } else { "\\#" });
            }
            '(' if !in_class && letters.peek() == Some(&'?') => {
                let rest: String = letters.clone().take(3).collect();
                let refused = match rest.as_str() {
                    text if text.starts_with("?=") || text.starts_with("?!") => Some("look-ahead"),
                    text if text.starts_with("?<=") || text.starts_with("?<!") => {
                        Some("look-behind")
                    }
                    text if text.starts_with("?P=") => Some("a back-reference"),
                    text if text.starts_with("?(") => Some("a conditional"),
                    text if text.starts_with("?>") => Some("an atomic group"),
                    text if text.starts_with("?#") => Some("a comment"),
                    _ => None,
                };
                if let Some(what) = refused {
                    return Err(refuse(
                        what,
                        "split the pattern into several, and combine them with `if`",
                    ));
                }
                out.push('(');
            }
            '$' if !in_class && !multi_line => {
                has_end = true;
                out.push_str("\\z");
            }
            // In Python `{` is literal unless it begins a repetition.
            '{' if !in_class && !is_repetition(&letters.clone().take(48).collect::<String>()) => {
                out.push_str("\\{")
            }
            // In Python the lower bound may be omitted.
            '{' if !in_class && letters.peek() == Some(&',') => out.push_str("{0"),
            '}' if !in_class && !ends_repetition(&out) => out.push_str("\\}"),
            '*' | '+' | '?' | '}' if !in_class && letters.peek() == Some(&'+') => {
                return Err(refuse("a possessive repetition", "leave the `+` out"));
            }
            _ => out.push(letter),
        }
    }
    Ok((out, has_end))
}

fn is_repetition(rest: &str) -> bool {
    let Some((inside, _)) = rest.split_once('}') else {
        return false;
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    match inside.split_once(',') {
        Some((least, most)) => digits(least) && digits(most),
        None => !inside.is_empty() && digits(inside),
    }
}

fn ends_repetition(before: &str) -> bool {
    before.rfind('{').is_some_and(|at| {
        !before[..at].ends_with('\\')
            && before[at + 1..]
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b',')
    })
}
