//! Digits of floats.

pub(super) fn special(number: f64) -> Option<String> {
    if number.is_nan() {
        Some("nan".to_owned())
    } else if number.is_infinite() {
        Some("inf".to_owned())
    } else {
        None
    }
}

pub(super) fn fixed(number: f64, precision: usize, alternate: bool) -> String {
    if let Some(text) = special(number) {
        return text;
    }
    let point = if alternate && precision == 0 { "." } else { "" };
    let (precision, zeros) = within_float(precision);
    format!("{number:.precision$}{}{point}", "0".repeat(zeros))
}

/// Splits a precision: the exact value of a float has fewer than 1,100 digits, and further digits are zeros.
pub(super) fn within_float(precision: usize) -> (usize, usize) {
    let exact = precision.min(1100);
    (exact, precision - exact)
}

pub(super) fn scientific(number: f64, precision: usize, alternate: bool) -> String {
    if let Some(text) = special(number) {
        return text;
    }
    let point = if alternate && precision == 0 { "." } else { "" };
    let (precision, zeros) = within_float(precision);
    let made = format!("{number:.precision$e}");
    let (mantissa, exponent) = made.split_once('e').unwrap_or((&made, "0"));
    let (sign, digits) = match exponent.strip_prefix('-') {
        Some(digits) => ('-', digits),
        None => ('+', exponent),
    };
    format!("{mantissa}{}{point}e{sign}{digits:0>2}", "0".repeat(zeros))
}

/// Formats with `g`: the shorter of the two forms with `precision` significant digits.
pub(super) fn general(number: f64, precision: usize, alternate: bool, keep_point: bool) -> String {
    if let Some(text) = special(number) {
        return text;
    }
    let precision = precision.max(1);
    let rounded = format!("{number:.*e}", within_float(precision - 1).0);
    let exponent: i64 = rounded
        .split_once('e')
        .and_then(|(_, exponent)| exponent.parse().ok())
        .unwrap_or(0);
    let limit = i64::try_from(precision).unwrap_or(i64::MAX);
    let strip = |text: String| {
        if alternate || !text.contains('.') {
            return text;
        }
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    // Without a type, a float keeps a digit after the point.
    let fits = if keep_point {
        exponent < limit - 1 || (exponent < limit && exponent < 0)
    } else {
        exponent < limit
    };
    if (-4..limit).contains(&exponent) && (fits || !keep_point) {
        let decimals = usize::try_from(limit - 1 - exponent).unwrap_or(0);
        let text = strip(fixed(number, decimals, false));
        return match (
            keep_point,
            alternate && !text.contains('.'),
            text.contains('.'),
        ) {
            (true, _, false) => format!("{text}.0"),
            (_, true, _) => format!("{text}."),
            _ => text,
        };
    }
    let made = scientific(number, precision - 1, alternate);
    match made.split_once('e') {
        Some((mantissa, exponent)) => format!("{}e{exponent}", strip(mantissa.to_owned())),
        None => made,
    }
}
