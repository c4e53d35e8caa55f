//! Formatting: format specs, the `%` operator and `str.format`.

use num_bigint::BigInt;
use num_traits::Signed;

use crate::text::{self, length};
use crate::values::exception::{type_error, value_error};
use crate::values::number::{Number, big_to_float, check_decimal, to_big, truncate};
use crate::values::{Args, ExcKind, Outcome, Raised, Str, Value};
use crate::vm::Vm;

/// A parsed format spec: `[[fill]align][sign][#][0][width][grouping][.precision][type]`.
#[derive(Clone, Copy, Debug, Default)]
struct Spec {
    fill: Option<char>,
    align: Option<char>,
    sign: Option<char>,
    no_negative_zero: bool,
    alternate: bool,
    zero: bool,
    width: usize,
    grouping: Option<char>,
    precision: Option<usize>,
    kind: Option<char>,
}

impl Spec {
    fn parse(vm: &mut Vm, text: &str, type_name: &str) -> Outcome<Self> {
        let mut spec = Spec::default();
        let mut rest = text;
        let mut letters = text.chars();
        let (first, second) = (letters.next(), letters.next());
        let is_align = |letter: Option<char>| letter.filter(|letter| "<>=^".contains(*letter));
        if let (Some(fill), Some(align)) = (first, is_align(second)) {
            spec.fill = Some(fill);
            spec.align = Some(align);
            rest = &text[fill.len_utf8() + 1..];
        } else if let Some(align) = is_align(first) {
            spec.align = Some(align);
            rest = &text[1..];
        }
        let mut take = |options: &str| {
            let found = rest
                .chars()
                .next()
                .filter(|letter| options.contains(*letter))?;
            rest = &rest[found.len_utf8()..];
            Some(found)
        };
        spec.sign = take("+- ");
        spec.no_negative_zero = take("z").is_some();
        spec.alternate = take("#").is_some();
        spec.zero = take("0").is_some();
        let (width, after) = digits(rest)?;
        spec.width = width.unwrap_or(0);
        rest = after;
        if let Some(grouping) = rest
            .chars()
            .next()
            .filter(|letter| matches!(letter, ',' | '_'))
        {
            spec.grouping = Some(grouping);
            rest = &rest[1..];
            if rest.starts_with([',', '_']) {
                return Err(value_error("Cannot specify both ',' and '_'."));
            }
        }
        if let Some(after) = rest.strip_prefix('.') {
            let (precision, after) = digits(after)?;
            spec.precision =
                Some(precision.ok_or_else(|| value_error("Format specifier missing precision"))?);
            rest = after;
        }
        let mut letters = rest.chars();
        spec.kind = letters.next();
        if letters.next().is_some() {
            return Err(value_error(format!(
                "Invalid format specifier '{text}' for object of type '{type_name}'"
            )));
        }
        vm.budget
            .string(spec.width.max(spec.precision.unwrap_or(0)))?;
        Ok(spec)
    }

    fn pad(&self, text: &str, default: char) -> String {
        let missing = self.width.saturating_sub(length(text));
        if missing == 0 {
            return text.to_owned();
        }
        let fill = self.fill.unwrap_or(' ');
        let (before, after) = match self.align.unwrap_or(default) {
            '<' => (0, missing),
            '^' => (missing / 2, missing - missing / 2),
            _ => (missing, 0),
        };
        let mut out = String::with_capacity(text.len() + missing * fill.len_utf8());
        out.extend(std::iter::repeat_n(fill, before));
        out.push_str(text);
        out.extend(std::iter::repeat_n(fill, after));
        out
    }

    /// Joins the sign, prefix and digits of a number, grouped and padded.
    fn number(
        &self,
        negative: bool,
        prefix: &str,
        digits: &str,
        rest: &str,
        group: usize,
    ) -> String {
        let sign = match (negative, self.sign) {
            (true, _) => "-",
            (false, Some('+')) => "+",
            (false, Some(' ')) => " ",
            _ => "",
        };
        let zero_filled = self.zero && self.align.is_none() && self.fill.is_none();
        let (fill, align) = if zero_filled || (self.zero && self.align.is_none()) {
            (self.fill.unwrap_or('0'), '=')
        } else if self.zero && self.fill.is_none() {
            ('0', self.align.unwrap_or('>'))
        } else {
            (self.fill.unwrap_or(' '), self.align.unwrap_or('>'))
        };
        let head = sign.len() + prefix.len();
        let mut body = digits.to_owned();
        if align == '=' && fill == '0' {
            let wanted = self.width.saturating_sub(head + rest.len());
            if let Some(separator) = self.grouping {
                body = grouped(&body, separator, group);
                // Zeros are grouped too; a group may not begin with its separator.
                while body.len() < wanted {
                    let plain: String =
                        body.chars().filter(|letter| *letter != separator).collect();
                    body = grouped(&format!("0{plain}"), separator, group);
                }
            } else if body.len() < wanted {
                body = format!("{}{body}", "0".repeat(wanted - body.len()));
            }
            return format!("{sign}{prefix}{body}{rest}");
        }
        if let Some(separator) = self.grouping {
            body = grouped(&body, separator, group);
        }
        if align == '=' {
            let missing = self.width.saturating_sub(head + body.len() + rest.len());
            let filler: String = std::iter::repeat_n(fill, missing).collect();
            return format!("{sign}{prefix}{filler}{body}{rest}");
        }
        let spec = Spec {
            fill: Some(fill),
            align: Some(align),
            ..*self
        };
        spec.pad(&format!("{sign}{prefix}{body}{rest}"), '>')
    }
}

fn digits(text: &str) -> Outcome<(Option<usize>, &str)> {
    let end = text
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(text.len());
    if end == 0 {
        return Ok((None, text));
    }
    let number = text[..end]
        .parse()
        .map_err(|_| value_error("Too many decimal digits in format string"))?;
    Ok((Some(number), &text[end..]))
}

fn grouped(digits: &str, separator: char, group: usize) -> String {
    let mut out = String::with_capacity(digits.len() * 2);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(group) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

/// `format(value, spec)`.
pub(crate) fn format(vm: &mut Vm, value: &Value, spec: &str) -> Outcome<String> {
    if spec.is_empty() {
        return text::display(vm, value);
    }
    let type_name = value.type_name();
    match value {
        Value::Native(object) => match object.clone().format(vm, spec)? {
            Some(made) => Ok(made),
            None => Err(unsupported_spec(&type_name)),
        },
        Value::Str(text) => {
            let spec = Spec::parse(vm, spec, &type_name)?;
            format_str(text, &spec)
        }
        Value::Bool(_) | Value::Int(_) | Value::Big(_) => {
            let spec = Spec::parse(vm, spec, &type_name)?;
            format_int(value, &spec, &type_name)
        }
        Value::Float(number) => {
            let spec = Spec::parse(vm, spec, &type_name)?;
            format_float(*number, &spec, &type_name)
        }
        _ => Err(unsupported_spec(&type_name)),
    }
}

fn unsupported_spec(type_name: &str) -> Raised {
    type_error(format!(
        "unsupported format string passed to {type_name}.__format__"
    ))
}

fn unknown_code(kind: char, type_name: &str) -> Raised {
    value_error(format!(
        "Unknown format code '{kind}' for object of type '{type_name}'"
    ))
}

fn format_str(text: &str, spec: &Spec) -> Outcome<String> {
    if let Some(kind) = spec.kind.filter(|kind| *kind != 's') {
        return Err(unknown_code(kind, "str"));
    }
    if spec.sign.is_some() {
        return Err(value_error("Sign not allowed in string format specifier"));
    }
    if spec.alternate {
        return Err(value_error(
            "Alternate form (#) not allowed in string format specifier",
        ));
    }
    if spec.align == Some('=') {
        return Err(value_error(
            "'=' alignment not allowed in string format specifier",
        ));
    }
    if let Some(grouping) = spec.grouping {
        return Err(value_error(format!(
            "Cannot specify '{grouping}' with 's'."
        )));
    }
    let cut = match spec.precision {
        Some(most) if most < length(text) => text::between(text, 0, most),
        _ => text,
    };
    let spec = if spec.zero && spec.fill.is_none() {
        Spec {
            fill: Some('0'),
            ..*spec
        }
    } else {
        *spec
    };
    Ok(spec.pad(cut, '<'))
}

fn format_int(value: &Value, spec: &Spec, type_name: &str) -> Outcome<String> {
    let kind = spec.kind.unwrap_or('d');
    if "eEfFgG%".contains(kind) {
        let number = match Number::of(value) {
            Some(number) => number.float()?,
            None => 0.0,
        };
        return format_float(number, spec, type_name);
    }
    if spec.precision.is_some() {
        return Err(value_error(
            "Precision not allowed in integer format specifier",
        ));
    }
    let big = to_big(value).unwrap_or_default();
    if kind == 'c' {
        if spec.sign.is_some() {
            return Err(value_error(
                "Sign not allowed with integer format specifier 'c'",
            ));
        }
        let letter = u32::try_from(&big).ok().and_then(char::from_u32);
        let letter = letter
            .ok_or_else(|| Raised::new(ExcKind::Overflow, "%c arg not in range(0x110000)"))?;
        return Ok(spec.pad(&letter.to_string(), '<'));
    }
    let (radix, prefix, group) = match kind {
        'd' | 'n' => (10, "", 3),
        'b' => (2, "0b", 4),
        'o' => (8, "0o", 4),
        'x' => (16, "0x", 4),
        'X' => (16, "0X", 4),
        other => return Err(unknown_code(other, type_name)),
    };
    if spec.grouping == Some(',') && radix != 10 {
        return Err(value_error(format!("Cannot specify ',' with '{kind}'.")));
    }
    if radix == 10 {
        check_decimal(&big)?;
    }
    let mut digits = big.abs().to_str_radix(radix);
    if kind == 'X' {
        digits.make_ascii_uppercase();
    }
    let prefix = if spec.alternate { prefix } else { "" };
    Ok(spec.number(big.is_negative(), prefix, &digits, "", group))
}

fn format_float(number: f64, spec: &Spec, type_name: &str) -> Outcome<String> {
    let kind = spec.kind;
    if let Some(kind) = kind.filter(|kind| !"eEfFgGn%".contains(*kind)) {
        return Err(unknown_code(kind, type_name));
    }
    let mut body = match kind {
        None => match spec.precision {
            None => text::float_repr(number.abs()),
            Some(precision) => general(number.abs(), precision, spec.alternate, true),
        },
        Some('%') => format!(
            "{}%",
            fixed(
                number.abs() * 100.0,
                spec.precision.unwrap_or(6),
                spec.alternate
            )
        ),
        Some('f' | 'F') => fixed(number.abs(), spec.precision.unwrap_or(6), spec.alternate),
        Some('e' | 'E') => scientific(number.abs(), spec.precision.unwrap_or(6), spec.alternate),
        Some(_) => general(
            number.abs(),
            spec.precision.unwrap_or(6),
            spec.alternate,
            false,
        ),
    };
    if matches!(kind, Some('E' | 'F' | 'G')) {
        body.make_ascii_uppercase();
    }
    let mut negative = number.is_sign_negative() && !number.is_nan();
    if spec.no_negative_zero
        && !body.contains(|letter: char| letter.is_ascii_digit() && letter != '0')
    {
        negative = false;
    }
    let split = body
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(body.len());
    let (whole, rest) = body.split_at(split);
    if whole.is_empty() {
        // `inf` and `nan` have no digits to group or to fill with zeros.
        return Ok(Spec {
            grouping: None,
            ..*spec
        }
        .number(negative, "", rest, "", 3));
    }
    Ok(spec.number(negative, "", whole, rest, 3))
}

fn special(number: f64) -> Option<String> {
    if number.is_nan() {
        Some("nan".to_owned())
    } else if number.is_infinite() {
        Some("inf".to_owned())
    } else {
        None
    }
}

fn fixed(number: f64, precision: usize, alternate: bool) -> String {
    if let Some(text) = special(number) {
        return text;
    }
    let point = if alternate && precision == 0 { "." } else { "" };
    let (precision, zeros) = within_float(precision);
    format!("{number:.precision$}{}{point}", "0".repeat(zeros))
}

/// Splits a precision: the exact value of a float has fewer than 1,100 digits, and further digits are zeros.
fn within_float(precision: usize) -> (usize, usize) {
    let exact = precision.min(1100);
    (exact, precision - exact)
}

fn scientific(number: f64, precision: usize, alternate: bool) -> String {
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
fn general(number: f64, precision: usize, alternate: bool, keep_point: bool) -> String {
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

/// `template % values`.
pub(crate) fn percent(vm: &mut Vm, template: &str, values: &Value) -> Outcome<String> {
    let mut out = String::with_capacity(template.len() + 16);
    let mut rest = template;
    let positional: &[Value] = match values {
        Value::Tuple(tuple) => &tuple.items,
        other => std::slice::from_ref(other),
    };
    let mut used = 0;
    let mut by_name = false;
    let too_few = || type_error("not enough arguments for format string");
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('%') {
            out.push('%');
            rest = after;
            continue;
        }
        let mut named = None;
        if rest.starts_with('(') {
            let mut depth = 0usize;
            let end = rest.char_indices().find(|(_, letter)| {
                match letter {
                    '(' => depth += 1,
                    ')' => depth -= 1,
                    _ => {}
                }
                depth == 0
            });
            let Some((end, _)) = end else {
                return Err(value_error("incomplete format key"));
            };
            let key = Value::from(&rest[1..end]);
            rest = &rest[end + 1..];
            if !matches!(values, Value::Dict(_)) {
                return Err(type_error("format requires a mapping"));
            }
            by_name = true;
            named = Some(vm.subscript(values, &key)?);
        }
        let mut spec = Spec::default();
        while let Some(flag) = rest.chars().next().filter(|flag| "-+ #0".contains(*flag)) {
            match flag {
                '-' => spec.align = Some('<'),
                '+' => spec.sign = Some('+'),
                ' ' => spec.sign = spec.sign.or(Some(' ')),
                '#' => spec.alternate = true,
                _ => spec.zero = true,
            }
            rest = &rest[1..];
        }
        let star = |used: &mut usize| -> Outcome<i64> {
            let value = positional.get(*used).ok_or_else(too_few)?;
            *used += 1;
            match value {
                Value::Int(number) => Ok(*number),
                _ => Err(type_error("* wants int")),
            }
        };
        if let Some(after) = rest.strip_prefix('*') {
            rest = after;
            let width = star(&mut used)?;
            if width < 0 {
                spec.align = Some('<');
            }
            spec.width = usize::try_from(width.unsigned_abs()).unwrap_or(usize::MAX);
        } else {
            let (width, after) = digits(rest)?;
            spec.width = width.unwrap_or(0);
            rest = after;
        }
        if let Some(after) = rest.strip_prefix('.') {
            if let Some(after) = after.strip_prefix('*') {
                rest = after;
                spec.precision = Some(usize::try_from(star(&mut used)?).unwrap_or(0));
            } else {
                let (precision, after) = digits(after)?;
                spec.precision = Some(precision.unwrap_or(0));
                rest = after;
            }
        }
        vm.budget
            .string(spec.width.max(spec.precision.unwrap_or(0)))?;
        rest = rest.trim_start_matches(['l', 'h', 'L']);
        let Some(kind) = rest.chars().next() else {
            return Err(value_error("incomplete format"));
        };
        let kind_at = length(&template[..template.len() - rest.len()]);
        rest = &rest[kind.len_utf8()..];
        if kind == '%' {
            out.push('%');
            continue;
        }
        let value = match named {
            Some(value) => value,
            None => {
                used += 1;
                positional.get(used - 1).cloned().ok_or_else(too_few)?
            }
        };
        out.push_str(&one_percent(vm, kind, spec, &value, kind_at)?);
        vm.budget.step()?;
        if out.len() > vm.budget.limits().string {
            vm.budget.string(out.len())?;
        }
    }
    out.push_str(rest);
    let is_mapping =
        matches!(values, Value::Dict(_) | Value::List(_)) || matches!(values, Value::Native(_));
    if used < positional.len() && !by_name && !(is_mapping && used == 0) {
        return Err(type_error(
            "not all arguments converted during string formatting",
        ));
    }
    Ok(out)
}

fn one_percent(
    vm: &mut Vm,
    kind: char,
    mut spec: Spec,
    value: &Value,
    at: usize,
) -> Outcome<String> {
    match kind {
        's' | 'r' | 'a' => {
            let text = match kind {
                's' => text::display(vm, value)?,
                'r' => text::repr(vm, value)?,
                _ => text::ascii(&text::repr(vm, value)?),
            };
            let cut = match spec.precision {
                Some(most) if most < length(&text) => text::between(&text, 0, most),
                _ => &text,
            };
            Ok(spec.pad(cut, '>'))
        }
        'c' => {
            let text = match value {
                Value::Str(text) if length(text) == 1 => text.as_str().to_owned(),
                Value::Bool(code) => char::from(u8::from(*code)).to_string(),
                Value::Int(code) => {
                    let letter = u32::try_from(*code).ok().and_then(char::from_u32);
                    let error = || Raised::new(ExcKind::Overflow, "%c arg not in range(0x110000)");
                    letter.ok_or_else(error)?.to_string()
                }
                Value::Big(_) => {
                    return Err(Raised::new(
                        ExcKind::Overflow,
                        "%c arg not in range(0x110000)",
                    ));
                }
                _ => return Err(type_error("%c requires int or char")),
            };
            Ok(spec.pad(&text, '>'))
        }
        'd' | 'i' | 'u' | 'o' | 'x' | 'X' => {
            let whole = match (value, kind) {
                (Value::Float(number), 'd' | 'i' | 'u') => truncate(*number)?,
                (Value::Int(_) | Value::Big(_) | Value::Bool(_), _) => value.clone(),
                (other, 'd' | 'i' | 'u') => {
                    return Err(type_error(format!(
                        "%{kind} format: a real number is required, not {}",
                        other.type_name()
                    )));
                }
                (other, _) => {
                    return Err(type_error(format!(
                        "%{kind} format: an integer is required, not {}",
                        other.type_name()
                    )));
                }
            };
            let big: BigInt = to_big(&whole).unwrap_or_default();
            let (radix, prefix) = match kind {
                'o' => (8, "0o"),
                'x' => (16, "0x"),
                'X' => (16, "0X"),
                _ => (10, ""),
            };
            if radix == 10 {
                check_decimal(&big)?;
            }
            let mut digits = big.abs().to_str_radix(radix);
            if kind == 'X' {
                digits.make_ascii_uppercase();
            }
            if let Some(least) = spec.precision {
                digits = format!("{}{digits}", "0".repeat(least.saturating_sub(digits.len())));
            }
            if spec.align == Some('<') {
                spec.zero = false;
            }
            Ok(spec.number(
                big.is_negative(),
                if spec.alternate { prefix } else { "" },
                &digits,
                "",
                3,
            ))
        }
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
            let number = match Number::of(value) {
                Some(Number::Big(big)) => big_to_float(big)?,
                Some(number) => number.float()?,
                None => {
                    return Err(type_error(format!(
                        "must be real number, not {}",
                        value.type_name()
                    )));
                }
            };
            if spec.align == Some('<') {
                spec.zero = false;
            }
            format_float(
                number,
                &Spec {
                    kind: Some(kind),
                    ..spec
                },
                "float",
            )
        }
        other => Err(value_error(format!(
            "unsupported format character '{other}' ({:#x}) at index {at}",
            u32::from(other)
        ))),
    }
}

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

enum Numbering {
    Unknown,
    Automatic(usize),
    Manual,
}

struct Fields<'a> {
    args: &'a Args,
    next: Numbering,
}

impl Fields<'_> {
    fn fill(&mut self, vm: &mut Vm, template: &str, depth: usize) -> Outcome<String> {
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

    fn field(&mut self, vm: &mut Vm, field: &str, depth: usize) -> Outcome<String> {
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

    fn lookup(&mut self, vm: &mut Vm, name: &str) -> Outcome {
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
fn no_field(name: &str) -> Raised {
    let error = Raised::with_args(ExcKind::Key, vec![Value::from(name)]);
    if name.chars().all(|c| c.is_alphanumeric() || c == '_') {
        error
    } else {
        error.hint("`format` takes `{` for the beginning of a field; write `{{` and `}}` for braces that are text")
    }
}
