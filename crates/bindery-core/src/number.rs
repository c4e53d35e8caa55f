//! Numbers as Python reads and prints them: integers of any size, and the texts that `int()` and `float()` accept.

use std::fmt;
use std::rc::Rc;

use num_bigint::BigInt;
use num_traits::{FromPrimitive, ToPrimitive};

/// Integer of any size; small ones need no allocation.
///
/// Equal numbers are equal values: a number that fits into 64 bits is always stored in 64 bits.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Int(Repr);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Repr {
    Small(i64),
    Big(Rc<BigInt>),
}

impl Int {
    /// Returns the number in 64 bits, if it fits.
    pub fn to_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::Small(n) => Some(*n),
            Repr::Big(_) => None,
        }
    }

    /// Returns the number as a big integer.
    pub fn to_bigint(&self) -> BigInt {
        match &self.0 {
            Repr::Small(n) => BigInt::from(*n),
            Repr::Big(n) => BigInt::clone(n),
        }
    }

    /// Returns the nearest double; `None` beyond the range of doubles.
    pub fn to_f64(&self) -> Option<f64> {
        match &self.0 {
            Repr::Small(n) => Some(*n as f64),
            Repr::Big(n) => n.to_f64().filter(|x| x.is_finite()),
        }
    }

    /// Truncates toward zero; `None` for NaN and infinities.
    pub fn from_f64(x: f64) -> Option<Self> {
        if x.abs() < 9.0e18 {
            return Some(Int(Repr::Small(x as i64)));
        }
        BigInt::from_f64(x.trunc()).map(Int::from)
    }

    /// Returns whether the number is 0.
    pub fn is_zero(&self) -> bool {
        self.0 == Repr::Small(0)
    }

    /// Parses a text as Python's `int()` does: surrounding white space, a sign, decimal digits of any script, single `_` between
    /// digits, leading zeros (Q27).
    /// digits, leading zeros (Q27).
    pub fn parse_python(text: &str) -> Option<Self> {
        let text = text.trim_matches(is_python_space);
        let (negative, digits) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        // Rust parses 18 ASCII digits as Python does.
        if digits.len() <= 18 && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
            let number: i64 = digits.parse().ok()?;
            return Some(Int::from(if negative { -number } else { number }));
        }
        let ascii = plain_digits(digits)?;
        let number = match ascii.parse::<i64>() {
            Ok(n) => Int::from(n),
            Err(_) => Int::from(ascii.parse::<BigInt>().ok()?),
        };
        Some(if negative {
            Int::from(-number.to_bigint())
        } else {
            number
        })
    }
}

impl From<i64> for Int {
    fn from(n: i64) -> Self {
        Int(Repr::Small(n))
    }
}

impl From<BigInt> for Int {
    fn from(n: BigInt) -> Self {
        match n.to_i64() {
            Some(small) => Int(Repr::Small(small)),
            None => Int(Repr::Big(Rc::new(n))),
        }
    }
}

impl Ord for Int {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        match (&self.0, &other.0) {
            (Repr::Small(a), Repr::Small(b)) => a.cmp(b),
            _ => self.to_bigint().cmp(&other.to_bigint()),
        }
    }
}

impl PartialOrd for Int {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Int {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Small(n) => n.fmt(f),
            Repr::Big(n) => n.fmt(f),
        }
    }
}

impl fmt::Debug for Int {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Parses a text as Python's `float()` does: white space, `.5`, `5.`, exponents, `_` between digits, `nan`, `inf`, `infinity`.
pub(crate) fn parse_python_float(text: &str) -> Option<f64> {
    let text = text.trim_matches(is_python_space);
    let (sign, body) = match text.as_bytes().first()? {
        b'-' => (-1.0, &text[1..]),
        b'+' => (1.0, &text[1..]),
        _ => (1.0, text),
    };
    // Rust parses a text of these characters as Python does.
    if body
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E'))
    {
        return body.parse::<f64>().ok().map(|x| sign * x);
    }
    match body.to_ascii_lowercase().as_str() {
        "nan" => return Some(f64::NAN),
        "inf" | "infinity" => return Some(sign * f64::INFINITY),
        _ => {}
    }
    let (mantissa, exponent) = match body.find(['e', 'E']) {
        Some(at) => (&body[..at], Some(&body[at + 1..])),
        None => (body, None),
    };
    let (whole, fraction) = match mantissa.find('.') {
        Some(at) => (&mantissa[..at], &mantissa[at + 1..]),
        None => (mantissa, ""),
    };
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let part = |digits: &str| {
        if digits.is_empty() {
            Some(String::new())
        } else {
            plain_digits(digits)
        }
    };
    let mut plain = format!("{}.{}", part(whole)?, part(fraction)?);
    if plain.starts_with('.') {
        plain.insert(0, '0');
    }
    if let Some(exponent) = exponent {
        let (minus, digits) = match exponent.as_bytes().first()? {
            b'-' => ("-", &exponent[1..]),
            b'+' => ("", &exponent[1..]),
            _ => ("", exponent),
        };
        plain.push('e');
        plain.push_str(minus);
        plain.push_str(&plain_digits(digits)?);
    }
    plain.parse::<f64>().ok().map(|x| sign * x)
}

/// Returns a run of decimal digits as ASCII digits, without single `_` between two digits.
fn plain_digits(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut after_digit = false;
    for c in text.chars() {
        if c == '_' && after_digit {
            after_digit = false;
        } else {
            plain.push(decimal_digit(c)?);
            after_digit = true;
        }
    }
    after_digit.then_some(plain)
}

/// Returns a decimal digit (Unicode category Nd) of any script as an ASCII digit.
fn decimal_digit(c: char) -> Option<char> {
    if c.is_ascii() {
        return c.is_ascii_digit().then_some(c);
    }
    if !crate::address::is_decimal(c) {
        return None;
    }
    // The digits of each script are adjacent in code order from 0 to 9, so the value is the distance to the nearest lower character
    // outside Nd, modulo ten: runs of several sets (mathematical digits) begin at multiples of ten.
    let mut start = c as u32;
    while char::from_u32(start - 1).is_some_and(crate::address::is_decimal) {
        start -= 1;
    }
    char::from_digit((c as u32 - start) % 10, 10)
}

/// Returns whether `str.strip()` removes `c` as white space.
fn is_python_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_int(text: &str, expected: Option<&str>) {
        let found = Int::parse_python(text).map(|n| n.to_string());
        assert_eq!(found.as_deref(), expected, "from {text:?}");
    }

    #[test]
    fn integers_follow_pythons_grammar() {
        check_int(" 42 ", Some("42"));
        check_int("+0_0_7", Some("7"));
        check_int("-12", Some("-12"));
        check_int("٣٤", Some("34"));
        check_int("-9223372036854775808", Some("-9223372036854775808"));
        check_int("100000000000000000000", Some("100000000000000000000"));
        for bad in [
            "", " ", "+", "1.0", "1e5", "0x10", "1__0", "_1", "1_", "- 5", "²",
        ] {
            check_int(bad, None);
        }
    }

    #[test]
    fn floats_follow_pythons_grammar() {
        for (text, expected) in [
            (".5", 0.5),
            ("5.", 5.0),
            (" 1E+3 ", 1000.0),
            ("1_0.5", 10.5),
            ("-Infinity", f64::NEG_INFINITY),
            ("1e999", f64::INFINITY),
            ("-0.0", -0.0),
        ] {
            assert_eq!(parse_python_float(text), Some(expected), "from {text:?}");
        }
        assert!(parse_python_float("nan").unwrap().is_nan());
        for bad in ["", ".", "1,5", "5%", "0x1p3", "e5", "1e", "1_.5", "infinit"] {
            assert_eq!(parse_python_float(bad), None, "from {bad:?}");
        }
    }

    #[test]
    fn numbers_that_fit_are_small() {
        let big = Int::from(BigInt::from(5));
        assert_eq!(big, Int::from(5));
        assert_eq!(Int::from_f64(-1.9), Some(Int::from(-1)));
        assert_eq!(
            Int::from_f64(1e22).unwrap().to_string(),
            "10000000000000000000000"
        );
        assert_eq!(Int::from_f64(f64::NAN), None);
    }
}
