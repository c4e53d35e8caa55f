//! Methods of strings.

use std::rc::Rc;

use crate::stdlib::methods::bytes;
use crate::stdlib::methods::table::{NativeMethod, methods};
use crate::text::format::method as format_fields;
use crate::text::{between, decimal_digit, length, position};
use crate::values::args::{integer, text};
use crate::values::compare::truth;
use crate::values::exception::{type_error, value_error};
use crate::values::{Args, Dict, Outcome, Slice, Str, Table, Value};
use crate::vm::Vm;

/// Methods of strings.
pub(super) static METHODS: &[NativeMethod<Str>] = methods! {
    "capitalize" => capitalize,
    "casefold" => casefold,
    "center" => pad(name),
    "count" => count,
    "encode" => encode,
    "endswith" => match_affix(name),
    "expandtabs" => expandtabs,
    "find" => search(name),
    "format" => format,
    "format_map" => format_map,
    "index" => search(name),
    "isalnum" => check(name),
    "isalpha" => check(name),
    "isascii" => check(name),
    "isdecimal" => check(name),
    "isdigit" => check(name),
    "isidentifier" => check(name),
    "islower" => check(name),
    "isnumeric" => check(name),
    "isprintable" => check(name),
    "isspace" => check(name),
    "istitle" => check(name),
    "isupper" => check(name),
    "join" => join,
    "ljust" => pad(name),
    "lower" => lower,
    "lstrip" => strip(name),
    "maketrans" => maketrans,
    "partition" => partition(name),
    "removeprefix" => removeprefix,
    "removesuffix" => removesuffix,
    "replace" => replace,
    "rfind" => search(name),
    "rindex" => search(name),
    "rjust" => pad(name),
    "rpartition" => partition(name),
    "rsplit" => split(name),
    "rstrip" => strip(name),
    "split" => split(name),
    "splitlines" => splitlines,
    "startswith" => match_affix(name),
    "strip" => strip(name),
    "swapcase" => swapcase,
    "title" => title,
    "translate" => translate,
    "upper" => upper,
    "zfill" => zfill,
};

/// Checks for white space by Python's definition.
pub(crate) fn is_space(letter: char) -> bool {
    letter.is_whitespace() || ('\x1c'..='\x1f').contains(&letter)
}

/// Makes a string from a part of `this`; the position of the literal stays.
fn derived(this: &Str, text: impl Into<Rc<str>>) -> Value {
    Value::Str(Str::with_origin(text, this.origin()))
}

fn lower(_vm: &mut Vm, this: &Str, args: Args) -> Outcome {
    args.none("str.lower")?;
    Ok(derived(this, this.to_lowercase()))
}

fn casefold(_vm: &mut Vm, this: &Str, args: Args) -> Outcome {
    args.none("str.casefold")?;
    Ok(derived(this, this.to_lowercase().replace('ß', "ss")))
}

fn upper(_vm: &mut Vm, this: &Str, args: Args) -> Outcome {
    args.none("str.upper")?;
    Ok(derived(this, this.to_uppercase()))
}

fn capitalize(_vm: &mut Vm, this: &Str, args: Args) -> Outcome {
    args.none("str.capitalize")?;
    let mut letters = this.chars();
    let first: String = letters.next().into_iter().flat_map(titled).collect();
    Ok(derived(this, first + &letters.as_str().to_lowercase()))
}

fn title(_vm: &mut Vm, this: &Str, args: Args) -> Outcome {
    args.none("str.title")?;
    Ok(derived(this, title_case(this)))
}

fn swapcase(_vm: &mut Vm, this: &Str, args: Args) -> Outcome {
    args.none("str.swapcase")?;
    let swap = |letter: char| -> String {
        if letter.is_uppercase() {
            letter.to_lowercase().collect()
        } else {
            letter.to_uppercase().collect()
        }
    };
    Ok(derived(this, this.chars().map(swap).collect::<String>()))
}

fn strip(_vm: &mut Vm, this: &Str, name: &str, args: Args) -> Outcome {
    let [letters] = args.between(name, 0)?;
    Ok(derived(this, strip_letters(this, name, letters.as_ref())?))
}

fn split(vm: &mut Vm, this: &Str, name: &str, args: Args) -> Outcome {
    let [separator, most] = args.named(name, ["sep", "maxsplit"], 0)?;
    let most = most.map_or(Ok(-1), |most| integer(&most))?;
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let pieces = match separator.filter(|separator| !matches!(separator, Value::None)) {
        Some(separator) => {
            let Value::Str(separator) = separator else {
                return Err(type_error(format!(
                    "must be str or None, not {}",
                    separator.type_name()
                )));
            };
            if separator.is_empty() {
                return Err(value_error("empty separator"));
            }
            let times = most.saturating_add(1);
            if name == "split" {
                this.splitn(times, separator.as_str()).collect()
            } else {
                let mut pieces: Vec<&str> = this.rsplitn(times, separator.as_str()).collect();
                pieces.reverse();
                pieces
            }
        }
        None if name == "split" => split_space(this, most),
        None => rsplit_space(this, most),
    };
    vm.budget.values(2 * pieces.len() + 2)?;
    vm.budget.string(this.len())?;
    Ok(Value::list(
        pieces
            .into_iter()
            .map(|piece| derived(this, piece))
            .collect(),
    ))
}

fn splitlines(vm: &mut Vm, this: &Str, args: Args) -> Outcome {
    let [keep] = args.named("splitlines", ["keepends"], 0)?;
    let lines = split_lines(this, keep.is_some_and(|keep| truth(&keep)));
    vm.budget.values(2 * lines.len() + 2)?;
    vm.budget.string(this.len())?;
    Ok(Value::list(
        lines
            .into_iter()
            .map(|piece| derived(this, piece))
            .collect(),
    ))
}

fn join(vm: &mut Vm, this: &Str, args: Args) -> Outcome {
    let source = args.single("str.join")?;
    join_items(vm, this, &source)
}

fn replace(vm: &mut Vm, this: &Str, args: Args) -> Outcome {
    let [old, new, count] = args.between("replace", 2)?;
    let (Some(old), Some(new)) = (old, new) else {
        return Err(type_error("replace expected 2 arguments"));
    };
    let (old, new) = (
        text("replace() argument 1", &old)?,
        text("replace() argument 2", &new)?,
    );
    let count = count.map_or(Ok(-1), |count| integer(&count))?;
    let most = usize::try_from(count).unwrap_or(usize::MAX);
    let found = if old.is_empty() {
        length(this) + 1
    } else {
        this.matches(old.as_str()).count()
    }
    .min(most);
    vm.budget
        .string(this.len().saturating_add(found.saturating_mul(new.len())))?;
    Ok(derived(this, this.replacen(old.as_str(), &new, most)))
}

fn format(vm: &mut Vm, this: &Str, args: Args) -> Outcome {
    let text = format_fields(vm, this, &args)?;
    Ok(derived(this, text))
}

fn format_map(vm: &mut Vm, this: &Str, args: Args) -> Outcome {
    let Value::Dict(dict) = args.single("format_map")? else {
        return Err(type_error("format_map() wants a dict"));
    };
    let mut named = Args::default();
    for (key, value) in dict.entries() {
        if let Value::Str(key) = key {
            named.kw.push((key.shared(), value));
        }
    }
    let text = format_fields(vm, this, &named)?;
    Ok(derived(this, text))
}

fn match_affix(_vm: &mut Vm, this: &Str, name: &str, args: Args) -> Outcome {
    let [affix, start, end] = args.between(name, 1)?;
    let window = window(this, start, end)?;
    let at_start = name == "startswith";
    let matches = |affix: &Value| match affix {
        Value::Str(affix) => {
            let text = window.map_or("", |(_, window)| window);
            let fits = if at_start {
                text.starts_with(affix.as_str())
            } else {
                text.ends_with(affix.as_str())
            };
            Ok(window.is_some() && fits)
        }
        other => Err(type_error(format!(
            "{name} first arg must be str or a tuple of str, not {}",
            other.type_name()
        ))),
    };
    Ok(match affix.as_ref().unwrap_or(&Value::None) {
        Value::Tuple(affixes) => {
            let mut any = false;
            for affix in &affixes.items {
                any = any || matches(affix)?;
            }
            Value::Bool(any)
        }
        affix => Value::Bool(matches(affix)?),
    })
}

fn search(_vm: &mut Vm, this: &Str, name: &str, args: Args) -> Outcome {
    let [part, start, end] = args.between(name, 1)?;
    let part = text("substring", &part.unwrap_or(Value::None))?;
    let found = window(this, start, end)?.and_then(|(offset, window)| {
        let at = if name.starts_with('r') {
            window.rfind(part.as_str())
        } else {
            window.find(part.as_str())
        };
        at.map(|at| offset + at)
    });
    Ok(match found {
        Some(offset) => Value::from(position(this, offset)),
        None if name.ends_with("find") => Value::Int(-1),
        None => return Err(value_error("substring not found")),
    })
}

fn count(_vm: &mut Vm, this: &Str, args: Args) -> Outcome {
    let [part, start, end] = args.between("count", 1)?;
    let part = text("substring", &part.unwrap_or(Value::None))?;
    let count = match window(this, start, end)? {
        None => 0,
        Some((_, window)) if part.is_empty() => length(window) + 1,
        Some((_, window)) => window.matches(part.as_str()).count(),
    };
    Ok(Value::from(count))
}

fn partition(_vm: &mut Vm, this: &Str, name: &str, args: Args) -> Outcome {
    let separator = text("separator", &args.single(name)?)?;
    if separator.is_empty() {
        return Err(value_error("empty separator"));
    }
    let forward = name == "partition";
    let found = if forward {
        this.split_once(separator.as_str())
    } else {
        this.rsplit_once(separator.as_str())
    };
    let [a, b, c] = match found {
        Some((before, after)) => [before, separator.as_str(), after],
        None if forward => [this.as_str(), "", ""],
        None => ["", "", this.as_str()],
    };
    Ok(Value::tuple([
        derived(this, a),
        derived(this, b),
        derived(this, c),
    ]))
}

fn removeprefix(_vm: &mut Vm, this: &Str, args: Args) -> Outcome {
    let prefix = text("removeprefix() argument", &args.single("removeprefix")?)?;
    Ok(derived(
        this,
        this.strip_prefix(prefix.as_str()).unwrap_or(this),
    ))
}

fn removesuffix(_vm: &mut Vm, this: &Str, args: Args) -> Outcome {
    let suffix = text("removesuffix() argument", &args.single("removesuffix")?)?;
    Ok(derived(
        this,
        this.strip_suffix(suffix.as_str()).unwrap_or(this),
    ))
}

fn pad(vm: &mut Vm, this: &Str, name: &str, args: Args) -> Outcome {
    let [width, fill] = args.between(name, 1)?;
    let width = usize::try_from(integer(&width.unwrap_or(Value::None))?).unwrap_or(0);
    let fill = match fill {
        Some(fill) => text("the fill character", &fill)?,
        None => Str::new(" "),
    };
    if length(&fill) != 1 {
        return Err(type_error(
            "The fill character must be exactly one character long",
        ));
    }
    let missing = width.saturating_sub(length(this));
    vm.budget.string(
        this.len()
            .saturating_add(missing.saturating_mul(fill.len())),
    )?;
    let left = match name {
        "ljust" => 0,
        "rjust" => missing,
        // In Python the position of the extra space depends on both widths.
        _ => missing / 2 + (missing & width & 1),
    };
    Ok(derived(
        this,
        format!(
            "{}{}{}",
            fill.repeat(left),
            this.as_str(),
            fill.repeat(missing - left)
        ),
    ))
}

fn zfill(vm: &mut Vm, this: &Str, args: Args) -> Outcome {
    let width = usize::try_from(integer(&args.single("zfill")?)?).unwrap_or(0);
    let missing = width.saturating_sub(length(this));
    vm.budget.string(width)?;
    let sign = usize::from(this.starts_with(['+', '-']));
    Ok(derived(
        this,
        format!("{}{}{}", &this[..sign], "0".repeat(missing), &this[sign..]),
    ))
}

fn expandtabs(vm: &mut Vm, this: &Str, args: Args) -> Outcome {
    let [size] = args.named("expandtabs", ["tabsize"], 0)?;
    let size = usize::try_from(size.map_or(Ok(8), |size| integer(&size))?).unwrap_or(0);
    vm.budget.string(
        this.len()
            .saturating_add(this.matches('\t').count().saturating_mul(size)),
    )?;
    Ok(derived(this, expand_tabs(this, size)))
}

fn translate(vm: &mut Vm, this: &Str, args: Args) -> Outcome {
    let Value::Dict(table) = args.single("translate")? else {
        return Err(type_error(
            "translate() wants a dict, as str.maketrans() makes it",
        ));
    };
    Ok(derived(this, map_letters(vm, this, &table)?))
}

fn maketrans(vm: &mut Vm, _this: &Str, args: Args) -> Outcome {
    make_translation(vm, args)
}

fn encode(_vm: &mut Vm, this: &Str, args: Args) -> Outcome {
    let [encoding, errors] = args.named("encode", ["encoding", "errors"], 0)?;
    Ok(Value::Bytes(bytes::encode(
        this,
        encoding.as_ref(),
        errors.as_ref(),
    )?))
}

fn check(_vm: &mut Vm, this: &Str, name: &str, args: Args) -> Outcome {
    args.none(name)?;
    Ok(Value::Bool(is(this, name)))
}

fn title_case(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for letter in text.chars() {
        let cased = letter.is_alphabetic() && (letter.is_lowercase() || letter.is_uppercase());
        if inside {
            out.extend(letter.to_lowercase());
        } else {
            out.extend(titled(letter));
        }
        inside = cased;
    }
    out
}

/// Returns a letter in title case: of several letters, as for `ß`, only the first is upper case.
fn titled(letter: char) -> impl Iterator<Item = char> {
    let mut large = letter.to_uppercase();
    large
        .next()
        .into_iter()
        .chain(large.flat_map(char::to_lowercase))
}

fn is(text: &str, name: &str) -> bool {
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
fn is_digit_like(letter: char) -> bool {
    matches!(u32::from(letter), 0xb2 | 0xb3 | 0xb9 | 0x2070 | 0x2074..=0x2079 | 0x2080..=0x2089 | 0x2460..=0x2468)
}

fn strip_letters<'a>(this: &'a str, name: &str, letters: Option<&Value>) -> Outcome<&'a str> {
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

fn split_space(this: &str, most: usize) -> Vec<&str> {
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

fn rsplit_space(this: &str, most: usize) -> Vec<&str> {
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

fn join_items(vm: &mut Vm, separator: &Str, source: &Value) -> Outcome {
    if matches!(
        source,
        Value::None | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Function(_)
    ) {
        return Err(type_error("can only join an iterable"));
    }
    let items = vm.collect(source)?;
    let mut size = 0usize;
    let mut origin = separator.origin().filter(|_| !separator.trim().is_empty());
    for (index, item) in items.iter().enumerate() {
        let Value::Str(text) = item else {
            return Err(type_error(format!(
                "sequence item {index}: expected str instance, {} found",
                item.type_name()
            )));
        };
        size = size
            .saturating_add(text.len())
            .saturating_add(separator.len());
        origin = origin.or(text.origin());
    }
    vm.budget.string(size)?;
    let mut out = String::with_capacity(size);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_str(separator);
        }
        if let Value::Str(text) = item {
            out.push_str(text);
        }
    }
    Ok(Value::Str(Str::with_origin(out, origin)))
}

/// Returns the part of a string that `find(part, start, end)` searches, with its byte offset.
fn window(this: &str, start: Option<Value>, end: Option<Value>) -> Outcome<Option<(usize, &str)>> {
    if start.is_none() && end.is_none() {
        return Ok(Some((0, this)));
    }
    let letters = length(this);
    let slice = Slice {
        start: start.unwrap_or(Value::None),
        stop: end.unwrap_or(Value::None),
        step: Value::None,
    };
    if let Value::Int(start) = slice.start
        && usize::try_from(start).is_ok_and(|start| start > letters)
    {
        return Ok(None);
    }
    let bound = |value: &Value, default: usize| -> Outcome<usize> {
        let index = match value {
            Value::None => return Ok(default),
            other => integer(other)?,
        };
        let count = i64::try_from(letters).unwrap_or(i64::MAX);
        let at = if index < 0 {
            (index.saturating_add(count)).max(0)
        } else {
            index.min(count)
        };
        Ok(usize::try_from(at).unwrap_or(0))
    };
    let (start, end) = (bound(&slice.start, 0)?, bound(&slice.stop, letters)?);
    if start > end {
        return Ok(None);
    }
    let window = between(this, start, end);
    let offset = between(this, 0, start).len();
    Ok(Some((offset, window)))
}

fn expand_tabs(this: &str, size: usize) -> String {
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

fn map_letters(vm: &mut Vm, this: &str, table: &Dict) -> Outcome<String> {
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
