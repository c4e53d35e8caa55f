//! `repr()` of strings and floats, as CPython prints them.

use std::sync::OnceLock;

/// Returns `repr()` of a string: in single quotes unless the string has `'` and no `"`, with unprintable characters escaped.
pub fn string(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if is_printable(c) => out.push(c),
            c if (c as u32) < 0x100 => out.push_str(&format!("\\x{:02x}", c as u32)),
            c if (c as u32) < 0x10000 => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push_str(&format!("\\U{:08x}", c as u32)),
        }
    }
    out.push(quote);
    out
}

/// Checks whether Python prints a character unescaped: all but the Unicode categories "other" and "separator"; the space is
/// printed.
fn is_printable(c: char) -> bool {
    static UNPRINTABLE: OnceLock<regex::Regex> = OnceLock::new();
    if c.is_ascii() {
        return (' '..='~').contains(&c);
    }
    let unprintable = UNPRINTABLE
        .get_or_init(|| regex::Regex::new(r"^[\p{C}\p{Z}]").expect("the pattern is valid"));
    !unprintable.is_match(c.encode_utf8(&mut [0; 4]))
}

/// Returns `repr()` of a float: the shortest digits that read back as the same number, always with a fraction or an exponent.
pub fn float(x: f64) -> String {
    if x.is_nan() {
        return "nan".to_owned();
    }
    if x.is_infinite() {
        return if x > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    // Rust prints the shortest digits too; only the layout differs.
    if x == 0.0 || (1e-4..1e16).contains(&x.abs()) {
        let plain = x.to_string();
        return if plain.contains('.') {
            plain
        } else {
            plain + ".0"
        };
    }
    let scientific = format!("{x:e}");
    let (mantissa, exponent) = scientific
        .split_once('e')
        .expect("the exponent form has an exponent");
    let exponent: i32 = exponent.parse().expect("the exponent is a number");
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_print_as_in_cpython() {
        for (x, expected) in [
            (1.0, "1.0"),
            (100000.0, "100000.0"),
            (1e-7, "1e-07"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1e15, "1000000000000000.0"),
            (9999999999999998.0, "9999999999999998.0"),
            (1e16, "1e+16"),
            (0.00009999999999999999, "9.999999999999999e-05"),
            (1.5e300, "1.5e+300"),
            (-0.0, "-0.0"),
            (1.0 / 3.0, "0.3333333333333333"),
            (f64::NEG_INFINITY, "-inf"),
        ] {
            assert_eq!(float(x), expected);
        }
    }

    #[test]
    fn strings_are_quoted_as_in_cpython() {
        for (text, expected) in [
            ("plain", "'plain'"),
            ("it's", "\"it's\""),
            ("it's \"q\"", "'it\\'s \"q\"'"),
            ("tab\t\n\\\u{7}", "'tab\\t\\n\\\\\\x07'"),
            ("é\u{200b}", "'é\\u200b'"),
            ("\u{a0}\u{e000}", "'\\xa0\\ue000'"),
            ("🦀", "'🦀'"),
        ] {
            assert_eq!(string(text), expected);
        }
    }
}
