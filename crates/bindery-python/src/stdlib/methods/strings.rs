//! Methods of strings.

use std::rc::Rc;

use crate::stdlib::methods::bytes;
use crate::stdlib::methods::letters::{
    expand_tabs, is, make_translation, map_letters, title_case, title_letter,
};
use crate::stdlib::methods::splitting::{rsplit_space, split_lines, split_space, strip_letters};
use crate::stdlib::methods::table::{NativeMethod, methods};
use crate::text::fields::method as format_fields;
use crate::text::{between, length, position};
use crate::values::args::{integer, text};
use crate::values::compare::truth;
use crate::values::exception::{type_error, value_error};
use crate::values::{Args, Outcome, Slice, Str, Value};
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

/// Makes a string from a part of `this`; the position of the literal stays.
pub(super) fn derived(this: &Str, text: impl Into<Rc<str>>) -> Value {
    Value::Str(Str::with_origin(text, this.origin()))
}

pub(super) fn lower(_vm: &mut Vm, this: &Str, args: Args) -> Outcome {
    args.none("str.lower")?;
    Ok(derived(this, this.to_lowercase()))
}

pub(super) fn casefold(_vm: &mut Vm, this: &Str, args: Args) -> Outcome {
    args.none("str.casefold")?;
    Ok(derived(this, this.to_lowercase().replace('ß', "ss")))
}

pub(super) fn upper(_vm: &mut Vm, this: &Str, args: Args) -> Outcome {
    args.none("str.upper")?;
    Ok(derived(this, this.to_uppercase()))
}

pub(super) fn capitalize(_vm: &mut Vm, this: &Str, args: Args) -> Outcome {
    args.none("str.capitalize")?;
    let mut letters = this.chars();
    let first: String = letters.next().into_iter().flat_map(title_letter).collect();
    Ok(derived(this, first + &letters.as_str().to_lowercase()))
}

pub(super) fn title(_vm: &mut Vm, this: &Str, args: Args) -> Outcome {
    args.none("str.title")?;
    Ok(derived(this, title_case(this)))
}

pub(super) fn swapcase(_vm: &mut Vm, this: &Str, args: Args) -> Outcome {
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

pub(super) fn strip(_vm: &mut Vm, this: &Str, name: &str, args: Args) -> Outcome {
    let [letters] = args.between(name, 0)?;
    Ok(derived(this, strip_letters(this, name, letters.as_ref())?))
}

pub(super) fn split(vm: &mut Vm, this: &Str, name: &str, args: Args) -> Outcome {
    let [separator, most] = args.parameters(name, ["sep", "maxsplit"], 0)?;
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

pub(super) fn splitlines(vm: &mut Vm, this: &Str, args: Args) -> Outcome {
    let [keep] = args.parameters("splitlines", ["keepends"], 0)?;
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

pub(super) fn join(vm: &mut Vm, this: &Str, args: Args) -> Outcome {
    let source = args.single("str.join")?;
    join_items(vm, this, &source)
}

pub(super) fn replace(vm: &mut Vm, this: &Str, args: Args) -> Outcome {
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

pub(super) fn format(vm: &mut Vm, this: &Str, args: Args) -> Outcome {
    let text = format_fields(vm, this, &args)?;
    Ok(derived(this, text))
}

pub(super) fn format_map(vm: &mut Vm, this: &Str, args: Args) -> Outcome {
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

pub(super) fn match_affix(_vm: &mut Vm, this: &Str, name: &str, args: Args) -> Outcome {
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

pub(super) fn search(_vm: &mut Vm, this: &Str, name: &str, args: Args) -> Outcome {
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

pub(super) fn count(_vm: &mut Vm, this: &Str, args: Args) -> Outcome {
    let [part, start, end] = args.between("count", 1)?;
    let part = text("substring", &part.unwrap_or(Value::None))?;
    let count = match window(this, start, end)? {
        None => 0,
        Some((_, window)) if part.is_empty() => length(window) + 1,
        Some((_, window)) => window.matches(part.as_str()).count(),
    };
    Ok(Value::from(count))
}

pub(super) fn partition(_vm: &mut Vm, this: &Str, name: &str, args: Args) -> Outcome {
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

pub(super) fn removeprefix(_vm: &mut Vm, this: &Str, args: Args) -> Outcome {
    let prefix = text("removeprefix() argument", &args.single("removeprefix")?)?;
    Ok(derived(
        this,
        this.strip_prefix(prefix.as_str()).unwrap_or(this),
    ))
}

pub(super) fn removesuffix(_vm: &mut Vm, this: &Str, args: Args) -> Outcome {
    let suffix = text("removesuffix() argument", &args.single("removesuffix")?)?;
    Ok(derived(
        this,
        this.strip_suffix(suffix.as_str()).unwrap_or(this),
    ))
}

pub(super) fn pad(vm: &mut Vm, this: &Str, name: &str, args: Args) -> Outcome {
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

pub(super) fn zfill(vm: &mut Vm, this: &Str, args: Args) -> Outcome {
    let width = usize::try_from(integer(&args.single("zfill")?)?).unwrap_or(0);
    let missing = width.saturating_sub(length(this));
    vm.budget.string(width)?;
    let sign = usize::from(this.starts_with(['+', '-']));
    Ok(derived(
        this,
        format!("{}{}{}", &this[..sign], "0".repeat(missing), &this[sign..]),
    ))
}

pub(super) fn expandtabs(vm: &mut Vm, this: &Str, args: Args) -> Outcome {
    let [size] = args.parameters("expandtabs", ["tabsize"], 0)?;
    let size = usize::try_from(size.map_or(Ok(8), |size| integer(&size))?).unwrap_or(0);
    vm.budget.string(
        this.len()
            .saturating_add(this.matches('\t').count().saturating_mul(size)),
    )?;
    Ok(derived(this, expand_tabs(this, size)))
}

pub(super) fn translate(vm: &mut Vm, this: &Str, args: Args) -> Outcome {
    let Value::Dict(table) = args.single("translate")? else {
        return Err(type_error(
            "translate() wants a dict, as str.maketrans() makes it",
        ));
    };
    Ok(derived(this, map_letters(vm, this, &table)?))
}

pub(super) fn maketrans(vm: &mut Vm, _this: &Str, args: Args) -> Outcome {
    make_translation(vm, args)
}

pub(super) fn encode(_vm: &mut Vm, this: &Str, args: Args) -> Outcome {
    let [encoding, errors] = args.parameters("encode", ["encoding", "errors"], 0)?;
    Ok(Value::Bytes(bytes::encode(
        this,
        encoding.as_ref(),
        errors.as_ref(),
    )?))
}

pub(super) fn check(_vm: &mut Vm, this: &Str, name: &str, args: Args) -> Outcome {
    args.none(name)?;
    Ok(Value::Bool(is(this, name)))
}

pub(super) fn join_items(vm: &mut Vm, separator: &Str, source: &Value) -> Outcome {
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
pub(super) fn window(
    this: &str,
    start: Option<Value>,
    end: Option<Value>,
) -> Outcome<Option<(usize, &str)>> {
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
