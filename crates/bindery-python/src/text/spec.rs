//! Format specs.

use crate::text::length;
use crate::values::Outcome;
use crate::values::exception::value_error;
use crate::vm::Vm;

/// A parsed format spec: `[[fill]align][sign][#][0][width][grouping][.precision][type]`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spec {
    pub(super) fill: Option<char>,
    pub(super) align: Option<char>,
    pub(super) sign: Option<char>,
    pub(super) no_negative_zero: bool,
    pub(super) alternate: bool,
    pub(super) zero: bool,
    pub(super) width: usize,
    pub(super) grouping: Option<char>,
    pub(super) precision: Option<usize>,
    pub(super) kind: Option<char>,
}

impl Spec {
    pub(super) fn parse(vm: &mut Vm, text: &str, type_name: &str) -> Outcome<Self> {
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

    pub(super) fn pad(&self, text: &str, default: char) -> String {
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
    pub(super) fn number(
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

pub(super) fn digits(text: &str) -> Outcome<(Option<usize>, &str)> {
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

pub(super) fn grouped(digits: &str, separator: char, group: usize) -> String {
    let mut out = String::with_capacity(digits.len() * 2);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(group) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}
