//! Numbers in text.

use num_bigint::BigInt;

use crate::values::Value;

/// Parses an integer in `radix` like Python's `int()`; returns `None` for invalid text.
pub(crate) fn parse_int(text: &str, radix: u32) -> Option<Value> {
    let text = text
        .trim_matches(|letter: char| letter.is_whitespace() || ('\x1c'..='\x1f').contains(&letter));
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let prefixed = digits.get(..2).and_then(|prefix| match prefix {
        "0x" | "0X" => Some(16),
        "0o" | "0O" => Some(8),
        "0b" | "0B" => Some(2),
        _ => None,
    });
    let (radix, mut digits, prefixed) = match (radix, prefixed) {
        (0, Some(found)) => (found, &digits[2..], true),
        (given, Some(found)) if given == found => (found, &digits[2..], true),
        (0, None) => (10, digits, false),
        (given, _) => (given, digits, false),
    };
    if let (true, Some(rest)) = (prefixed, digits.strip_prefix('_')) {
        digits = rest;
    }
    let mut plain = String::with_capacity(digits.len());
    let mut last_was_digit = false;
    for letter in digits.chars() {
        if letter == '_' {
            if !last_was_digit {
                return None;
            }
            last_was_digit = false;
            continue;
        }
        let digit = if letter.is_ascii() {
            letter
        } else {
            char::from_digit(crate::text::decimal_digit(letter)?, 10)?
        };
        if !digit.is_digit(radix) {
            return None;
        }
        plain.push(digit);
        last_was_digit = true;
    }
    if !last_was_digit {
        return None;
    }
    let value = match i64::from_str_radix(&plain, radix) {
        Ok(value) => Value::Int(value),
        Err(_) => Value::from_big(BigInt::parse_bytes(plain.as_bytes(), radix)?),
    };
    Some(match value {
        Value::Int(value) if negative => Value::Int(-value),
        Value::Big(value) if negative => Value::from_big(-&*value),
        value => value,
    })
}

/// Parses a float like Python's `float()`; returns `None` for invalid text.
pub(crate) fn parse_float(text: &str) -> Option<f64> {
    let text = text
        .trim_matches(|letter: char| letter.is_whitespace() || ('\x1c'..='\x1f').contains(&letter));
    let mut plain = String::with_capacity(text.len());
    let mut before = '_';
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == '_' {
            if !before.is_ascii_digit() || !letters.peek().is_some_and(|next| next.is_ascii_digit())
            {
                return None;
            }
        } else if letter.is_ascii() {
            plain.push(letter);
        } else {
            plain.push(char::from_digit(crate::text::decimal_digit(letter)?, 10)?);
        }
        before = letter;
    }
    let unsigned = plain.strip_prefix(['+', '-']).unwrap_or(&plain);
    let is_word = matches!(
        unsigned.to_ascii_lowercase().as_str(),
        "nan" | "inf" | "infinity"
    );
    if !is_word && !unsigned.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return None;
    }
    plain.parse().ok()
}
