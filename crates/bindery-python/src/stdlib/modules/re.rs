//! `re`, on an engine that never backtracks: what needs backtracking is refused by name.

mod syntax;

use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

use regex::{Regex, RegexBuilder};

use self::syntax::{refuse, translate};
use crate::stdlib::modules::table::{functions, table};
use crate::text::{between, length, position};
use crate::values::args::{integer, text};
use crate::values::exception::type_error;
use crate::values::{
    Args, Builtin, Class, ExcKind, Iter, IterState, Native, Outcome, Raised, Str, Value,
};
use crate::vm::Vm;

const IGNORE_CASE: i64 = 2;
const MULTI_LINE: i64 = 8;
const DOT_ALL: i64 = 16;
const VERBOSE: i64 = 64;
const ASCII: i64 = 256;

pub(super) fn items() -> Vec<(&'static str, Value)> {
    static TABLE: &[Builtin] = table! {
        "compile" => compile,
        "escape" => escape,
        "findall" => findall,
        "finditer" => finditer,
        "fullmatch" => fullmatch,
        "match" => matched,
        "search" => search,
        "split" => split,
        "sub" => sub,
        "subn" => subn,
    };
    let mut items = functions(TABLE);
    items.push(("error", Value::Class(Class::Exception(ExcKind::Regex))));
    for (long, short, flag) in [
        ("IGNORECASE", "I", IGNORE_CASE),
        ("MULTILINE", "M", MULTI_LINE),
        ("DOTALL", "S", DOT_ALL),
        ("VERBOSE", "X", VERBOSE),
        ("ASCII", "A", ASCII),
        ("UNICODE", "U", 32),
    ] {
        items.push((long, Value::Int(flag)));
        items.push((short, Value::Int(flag)));
    }
    items
}

/// A compiled pattern.
pub(crate) struct Pattern {
    source: Rc<str>,
    flags: i64,
    any: Regex,
    /// The same, bound to the start, and to start and end; made when first needed.
    at_start: RefCell<Option<Regex>>,
    whole: RefCell<Option<Regex>>,
    translated: String,
    /// `$` outside of multi-line mode also matches before a last line end.
    has_end: bool,
}

/// Sizes in bytes to which patterns are compiled, each tried when the one before is too small. What compiling takes is seen only
/// in its size: five letters can ask for a megabyte.
const SIZES: [usize; 3] = [1 << 15, 1 << 18, 1 << 22];

fn build(vm: &mut Vm, pattern: &str, flags: i64) -> Outcome<Regex> {
    vm.budget.work(pattern.len())?;
    let mut failure = None;
    for size in SIZES {
        vm.budget.work(size >> 6)?;
        let built = RegexBuilder::new(pattern)
            .case_insensitive(flags & IGNORE_CASE != 0)
            .multi_line(flags & MULTI_LINE != 0)
            .dot_matches_new_line(flags & DOT_ALL != 0)
            .ignore_whitespace(flags & VERBOSE != 0)
            .unicode(flags & ASCII == 0 || !pattern.is_ascii())
            .size_limit(size)
            .nest_limit(100)
            .build();
        match built {
            Ok(regex) => return Ok(regex),
            Err(regex::Error::CompiledTooBig(_)) => failure = built.err(),
            Err(other) => {
                failure = Some(other);
                break;
            }
        }
    }
    let message = failure.map(|error| error.to_string()).unwrap_or_default();
    let last = message.lines().last().unwrap_or_default();
    let last = last.trim_start_matches("error: ").to_owned();
    Err(Raised::new(ExcKind::Regex, last))
}

fn new_pattern(vm: &mut Vm, source: &Str, flags: i64) -> Outcome<Rc<Pattern>> {
    let key = (source.shared(), flags);
    if let Some(known) = vm
        .patterns
        .get(&key)
        .and_then(|known| known.as_native::<PatternObject>())
    {
        return Ok(known.0.clone());
    }
    let (translated, has_end) = translate(source, flags)?;
    let any = build(vm, &translated, flags)?;
    let pattern = Rc::new(Pattern {
        source: source.shared(),
        flags,
        any,
        at_start: RefCell::default(),
        whole: RefCell::default(),
        translated,
        has_end,
    });
    if vm.patterns.len() >= 256 {
        vm.patterns.clear();
    }
    vm.patterns
        .insert(key, Value::native(PatternObject(pattern.clone())));
    Ok(pattern)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    Anywhere,
    AtStart,
    Whole,
}

type Groups = Vec<Option<(usize, usize)>>;

impl Pattern {
    fn find(
        self: &Rc<Self>,
        vm: &mut Vm,
        text: &str,
        start: usize,
        place: Where,
    ) -> Outcome<Option<Groups>> {
        vm.budget.work(8 + ((text.len() - start) >> 6))?;
        let regex = match place {
            Where::Anywhere => self.any.clone(),
            Where::AtStart => self.bound(vm, &self.at_start, ")")?,
            Where::Whole => self.bound(vm, &self.whole, ")\\z")?,
        };
        let groups = |text: &str| {
            // Bound to the start means to where the search starts, so the text is cut there.
            let (text, offset) = if place == Where::Anywhere {
                (text, 0)
            } else {
                (&text[start..], start)
            };
            let found =
                regex.captures_at(text, if place == Where::Anywhere { start } else { 0 })?;
            let ends = |group: Option<regex::Match<'_>>| {
                group.map(|group| (group.start() + offset, group.end() + offset))
            };
            Some(found.iter().map(ends).collect::<Groups>())
        };
        let found = groups(text);
        if !self.has_end || place == Where::Whole {
            return Ok(found);
        }
        // The text's last line end may stay outside of the match.
        let shorter = text
            .strip_suffix('\n')
            .filter(|shorter| shorter.len() >= start)
            .and_then(groups);
        let begin = |groups: &Groups| {
            groups
                .first()
                .copied()
                .flatten()
                .map_or(usize::MAX, |(start, _)| start)
        };
        Ok(match (found, shorter) {
            (Some(found), Some(shorter)) if begin(&shorter) < begin(&found) => Some(shorter),
            (None, shorter) => shorter,
            (found, _) => found,
        })
    }

    fn bound(&self, vm: &mut Vm, known: &RefCell<Option<Regex>>, end: &str) -> Outcome<Regex> {
        if let Some(regex) = &*known.borrow() {
            return Ok(regex.clone());
        }
        let line = if self.flags & VERBOSE != 0 { "\n" } else { "" };
        let regex = build(
            vm,
            &format!("\\A(?:{}{line}{end}", self.translated),
            self.flags,
        )?;
        *known.borrow_mut() = Some(regex.clone());
        Ok(regex)
    }

    /// All matches from left to right.
    fn all(self: &Rc<Self>, vm: &mut Vm, text: &str, most: usize) -> Outcome<Vec<Groups>> {
        let mut found = Vec::new();
        let mut at = 0;
        let mut last_end = None;
        while found.len() < most && at <= text.len() {
            let Some(groups) = self.find(vm, text, at, Where::Anywhere)? else {
                break;
            };
            let Some((start, end)) = groups.first().copied().flatten() else {
                break;
            };
            let step = || text[end..].chars().next().map_or(1, char::len_utf8);
            // An empty match where the last one ended would be found for ever.
            if start == end && last_end == Some((start, true)) {
                at = end + step();
                last_end = None;
                continue;
            }
            at = if start == end { end + step() } else { end };
            last_end = Some((end, start == end));
            vm.budget.values(groups.len())?;
            found.push(groups);
        }
        Ok(found)
    }

    fn names(&self) -> impl Iterator<Item = (usize, &str)> {
        self.any
            .capture_names()
            .enumerate()
            .filter_map(|(index, name)| Some((index, name?)))
    }
}

/// The pattern a function was given: compiled, or a text.
fn pattern(vm: &mut Vm, value: &Value, flags: i64) -> Outcome<Rc<Pattern>> {
    if let Some(known) = value.as_native::<PatternObject>() {
        return Ok(known.0.clone());
    }
    match value {
        Value::Str(source) => new_pattern(vm, source, flags),
        Value::Bytes(_) => Err(refuse("bytes", "decode the bytes and match texts")),
        _ => Err(type_error(
            "first argument must be string or compiled pattern",
        )),
    }
}

fn flags_of(value: Option<Value>) -> Outcome<i64> {
    value.map_or(Ok(0), |value| integer(&value))
}

fn subject(value: Option<Value>) -> Outcome<Str> {
    match value {
        Some(Value::Str(text)) => Ok(text),
        Some(other) => Err(type_error(format!(
            "expected string or bytes-like object, got '{}'",
            other.type_name()
        ))),
        None => Err(type_error("missing the text to look at")),
    }
}

fn compile(vm: &mut Vm, args: Args) -> Outcome {
    let [source, flags] = args.named("compile", ["pattern", "flags"], 1)?;
    let source = source.unwrap_or(Value::None);
    if source.as_native::<PatternObject>().is_some() {
        return Ok(source);
    }
    let flags = flags_of(flags)?;
    Ok(Value::native(PatternObject(pattern(vm, &source, flags)?)))
}

fn escape(vm: &mut Vm, args: Args) -> Outcome {
    let given = text("escape() argument", &args.single("escape")?)?;
    let mut out = String::with_capacity(given.len());
    for letter in given.chars() {
        if "()[]{}?*+-|^$\\.&~# \t\n\r\x0b\x0c".contains(letter) {
            out.push('\\');
        }
        out.push(letter);
    }
    vm.budget.string(out.len())?;
    Ok(Value::from(out))
}

/// `re.name(pattern, …)` is `compile(pattern).name(…)`; the flags come last.
fn through(vm: &mut Vm, mut args: Args, name: &str, flags_at: usize) -> Outcome {
    let flags = match args.take_keyword("flags") {
        Some(flags) => Some(flags),
        None if args.pos.len() > flags_at => Some(args.pos.remove(flags_at)),
        None => None,
    };
    let source = match args.take_keyword("pattern") {
        Some(source) => source,
        None if args.pos.is_empty() => {
            return Err(type_error(format!(
                "{name}() missing 1 required positional argument: 'pattern'"
            )));
        }
        None => args.pos.remove(0),
    };
    let flags = flags_of(flags)?;
    let pattern = pattern(vm, &source, flags)?;
    call(vm, &pattern, name, args)
}

fn matched(vm: &mut Vm, args: Args) -> Outcome {
    through(vm, args, "match", 2)
}

fn fullmatch(vm: &mut Vm, args: Args) -> Outcome {
    through(vm, args, "fullmatch", 2)
}

fn search(vm: &mut Vm, args: Args) -> Outcome {
    through(vm, args, "search", 2)
}

fn findall(vm: &mut Vm, args: Args) -> Outcome {
    through(vm, args, "findall", 2)
}

fn finditer(vm: &mut Vm, args: Args) -> Outcome {
    through(vm, args, "finditer", 2)
}

fn split(vm: &mut Vm, args: Args) -> Outcome {
    through(vm, args, "split", 3)
}

fn sub(vm: &mut Vm, args: Args) -> Outcome {
    through(vm, args, "sub", 4)
}

fn subn(vm: &mut Vm, args: Args) -> Outcome {
    through(vm, args, "subn", 4)
}

fn call(vm: &mut Vm, pattern: &Rc<Pattern>, name: &str, args: Args) -> Outcome {
    match name {
        "match" | "search" | "fullmatch" => {
            let [text, start, end] = args.named(name, ["string", "pos", "endpos"], 1)?;
            let text = subject(text)?;
            let letters = length(&text);
            let bound = |at: Option<Value>, default| -> Outcome<usize> {
                let at = at.map_or(Ok(default), |at| integer(&at))?;
                Ok(usize::try_from(at).unwrap_or(0).min(letters))
            };
            let start = bound(start, 0)?;
            let end = bound(end, i64::MAX)?;
            let window = between(&text, 0, end);
            let start = between(&text, 0, start).len();
            if start > window.len() {
                return Ok(Value::None);
            }
            let place = match name {
                "match" => Where::AtStart,
                "fullmatch" => Where::Whole,
                _ => Where::Anywhere,
            };
            Ok(match pattern.find(vm, window, start, place)? {
                Some(groups) => Value::native(Match {
                    pattern: pattern.clone(),
                    text: text.clone(),
                    groups,
                }),
                None => Value::None,
            })
        }
        "findall" | "finditer" => {
            let [text] = args.named(name, ["string"], 1)?;
            let text = subject(text)?;
            let found = pattern.all(vm, &text, usize::MAX)?;
            if name == "finditer" {
                let matches = found.into_iter().map(|groups| {
                    Value::native(Match {
                        pattern: pattern.clone(),
                        text: text.clone(),
                        groups,
                    })
                });
                return Ok(Iter::value(
                    "callable_iterator",
                    IterState::Values(matches.collect::<Vec<_>>().into_iter()),
                ));
            }
            let piece = |group: &Option<(usize, usize)>| match group {
                Some((start, end)) => {
                    Value::Str(Str::with_origin(&text[*start..*end], text.origin()))
                }
                None => Value::from(""),
            };
            let items = found.iter().map(|groups| match &groups[..] {
                [whole] => piece(whole),
                [_, only] => piece(only),
                [_, many @ ..] => Value::tuple(many.iter().map(piece).collect::<Vec<_>>()),
                [] => Value::None,
            });
            let items: Vec<Value> = items.collect();
            Ok(Value::list(items))
        }
        "split" => {
            let [text, most] = args.named("split", ["string", "maxsplit"], 1)?;
            let text = subject(text)?;
            let most = usize::try_from(most.map_or(Ok(0), |most| integer(&most))?).unwrap_or(0);
            let found = pattern.all(vm, &text, if most == 0 { usize::MAX } else { most })?;
            let piece = |start: usize, end: usize| {
                Value::Str(Str::with_origin(&text[start..end], text.origin()))
            };
            let mut items = Vec::new();
            let mut at = 0;
            for groups in &found {
                let Some((start, end)) = groups[0] else {
                    continue;
                };
                items.push(piece(at, start));
                items.extend(
                    groups[1..]
                        .iter()
                        .map(|group| group.map_or(Value::None, |(start, end)| piece(start, end))),
                );
                at = end;
            }
            items.push(piece(at, text.len()));
            vm.budget.values(items.len())?;
            Ok(Value::list(items))
        }
        "sub" | "subn" => {
            let [replacement, text, most] = args.named(name, ["repl", "string", "count"], 2)?;
            let text = subject(text)?;
            let most = usize::try_from(most.map_or(Ok(0), |most| integer(&most))?).unwrap_or(0);
            let replacement = replacement.unwrap_or(Value::None);
            let (made, count) = substitute(vm, pattern, &replacement, &text, most)?;
            let made = Value::Str(Str::with_origin(made, text.origin()));
            Ok(if name == "sub" {
                made
            } else {
                Value::tuple([made, Value::from(count)])
            })
        }
        _ => Err(crate::values::exception::attribute_error(
            "re.Pattern",
            name,
        )),
    }
}

fn substitute(
    vm: &mut Vm,
    pattern: &Rc<Pattern>,
    replacement: &Value,
    text: &Str,
    most: usize,
) -> Outcome<(String, usize)> {
    let parts = match replacement {
        Value::Str(template) => Some(replacement_parts(pattern, template)?),
        other if vm.is_callable(other) => None,
        other => {
            return Err(type_error(format!(
                "decoding to str: need a bytes-like object, {} found",
                other.type_name()
            )));
        }
    };
    let found = pattern.all(vm, text, if most == 0 { usize::MAX } else { most })?;
    let count = found.len();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for groups in found {
        let Some((start, end)) = groups[0] else {
            continue;
        };
        out.push_str(&text[at..start]);
        at = end;
        match &parts {
            Some(parts) => {
                for part in parts {
                    match part {
                        Part::Text(text) => out.push_str(text),
                        Part::Group(index) => {
                            if let Some((start, end)) = groups[*index] {
                                out.push_str(&text[start..end]);
                            }
                        }
                    }
                }
            }
            None => {
                let found = Match {
                    pattern: pattern.clone(),
                    text: text.clone(),
                    groups,
                };
                match vm.call(replacement, vec![Value::native(found)])? {
                    Value::Str(made) => out.push_str(&made),
                    other => {
                        return Err(type_error(format!(
                            "expected str instance, {} found",
                            other.type_name()
                        )));
                    }
                }
            }
        }
        if out.len() > vm.budget.limits().string {
            break;
        }
    }
    out.push_str(&text[at..]);
    vm.budget.string(out.len())?;
    Ok((out, count))
}

enum Part {
    Text(String),
    Group(usize),
}

fn replacement_parts(pattern: &Pattern, template: &str) -> Outcome<Vec<Part>> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut letters = template.chars().peekable();
    let group = |name: &str| -> Outcome<usize> {
        let index = match name.parse::<usize>() {
            Ok(index) => Some(index).filter(|index| *index < pattern.any.captures_len()),
            Err(_) => pattern
                .names()
                .find(|(_, known)| *known == name)
                .map(|(index, _)| index),
        };
        index.ok_or_else(|| match name.parse::<usize>() {
            Ok(_) => Raised::new(ExcKind::Regex, format!("invalid group reference {name}")),
            Err(_) => Raised::new(
                ExcKind::Index,
                format!("unknown group name {}", crate::text::quote(name)),
            ),
        })
    };
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            plain.push(letter);
            continue;
        }
        let index = match letters.next() {
            None => return Err(Raised::new(ExcKind::Regex, "bad escape (end of pattern)")),
            Some('n') => {
                plain.push('\n');
                continue;
            }
            Some('t') => {
                plain.push('\t');
                continue;
            }
            Some('r') => {
                plain.push('\r');
                continue;
            }
            Some('g') if letters.peek() == Some(&'<') => {
                letters.next();
                let name: String = letters
                    .by_ref()
                    .take_while(|letter| *letter != '>')
                    .collect();
                group(&name)?
            }
            Some(digit @ '0'..='9') => {
                let mut name = digit.to_string();
                if let Some(second) = letters.peek().copied().filter(char::is_ascii_digit) {
                    name.push(second);
                    letters.next();
                }
                group(&name)?
            }
            Some(other) if other.is_ascii_alphabetic() => {
                return Err(Raised::new(ExcKind::Regex, format!("bad escape \\{other}")));
            }
            Some(other) => {
                // Python keeps the backslash before marks other than itself.
                if other != '\\' {
                    plain.push('\\');
                }
                plain.push(other);
                continue;
            }
        };
        parts.push(Part::Text(std::mem::take(&mut plain)));
        parts.push(Part::Group(index));
    }
    parts.push(Part::Text(plain));
    Ok(parts)
}

struct PatternObject(Rc<Pattern>);

impl Native for PatternObject {
    fn type_name(&self) -> Rc<str> {
        "re.Pattern".into()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn attribute(&self, _vm: &mut Vm, name: &str) -> Outcome<Option<Value>> {
        Ok(match name {
            "pattern" => Some(Value::text(self.0.source.clone())),
            "flags" => Some(Value::Int(self.0.flags)),
            "groups" => Some(Value::from(self.0.any.captures_len() - 1)),
            _ => None,
        })
    }

    fn methods(&self) -> &'static [&'static str] {
        &[
            "findall",
            "finditer",
            "fullmatch",
            "match",
            "search",
            "split",
            "sub",
            "subn",
        ]
    }

    fn call_method(&self, vm: &mut Vm, name: &str, args: &mut Args) -> Outcome<Option<Value>> {
        if !self.methods().contains(&name) {
            return Ok(None);
        }
        call(vm, &self.0, name, std::mem::take(args)).map(Some)
    }

    fn repr(&self, _vm: &mut Vm) -> Outcome<String> {
        Ok(format!(
            "re.compile({})",
            crate::text::quote(&self.0.source)
        ))
    }
}

struct Match {
    pattern: Rc<Pattern>,
    text: Str,
    /// Byte ranges; the first is the whole match.
    groups: Groups,
}

impl Match {
    fn index(&self, group: Option<&Value>) -> Outcome<usize> {
        let found = match group {
            None => Some(0),
            Some(Value::Str(name)) => self
                .pattern
                .names()
                .find(|(_, known)| *known == name.as_str())
                .map(|(index, _)| index),
            Some(other) => usize::try_from(integer(other)?)
                .ok()
                .filter(|index| *index < self.groups.len()),
        };
        found.ok_or_else(|| Raised::new(ExcKind::Index, "no such group"))
    }

    fn piece(&self, index: usize) -> Option<Value> {
        let (start, end) = self.groups[index]?;
        Some(Value::Str(Str::with_origin(
            &self.text[start..end],
            self.text.origin(),
        )))
    }

    fn ends(&self, index: usize) -> (i64, i64) {
        match self.groups[index] {
            Some((start, end)) => {
                let at = |offset| i64::try_from(position(&self.text, offset)).unwrap_or(-1);
                (at(start), at(end))
            }
            None => (-1, -1),
        }
    }
}

impl Native for Match {
    fn type_name(&self) -> Rc<str> {
        "re.Match".into()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn attribute(&self, _vm: &mut Vm, name: &str) -> Outcome<Option<Value>> {
        Ok(match name {
            "string" => Some(Value::Str(self.text.clone())),
            "re" => Some(Value::native(PatternObject(self.pattern.clone()))),
            "lastindex" => {
                let last = (1..self.groups.len())
                    .rev()
                    .find(|index| self.groups[*index].is_some());
                Some(last.map_or(Value::None, Value::from))
            }
            _ => None,
        })
    }

    fn methods(&self) -> &'static [&'static str] {
        &[
            "end",
            "expand",
            "group",
            "groupdict",
            "groups",
            "span",
            "start",
        ]
    }

    fn call_method(&self, vm: &mut Vm, name: &str, args: &mut Args) -> Outcome<Option<Value>> {
        let args = std::mem::take(args);
        Ok(Some(match name {
            "group" => {
                let mut pieces = Vec::with_capacity(args.pos.len());
                for group in &args.pos {
                    pieces.push(self.piece(self.index(Some(group))?).unwrap_or(Value::None));
                }
                match <[Value; 1]>::try_from(pieces) {
                    Ok([only]) => only,
                    Err(none) if none.is_empty() => self.piece(0).unwrap_or(Value::None),
                    Err(many) => Value::tuple(many),
                }
            }
            "groups" => {
                let [default] = args.named("groups", ["default"], 0)?;
                let default = default.unwrap_or(Value::None);
                let pieces = (1..self.groups.len())
                    .map(|index| self.piece(index).unwrap_or_else(|| default.clone()));
                Value::tuple(pieces.collect::<Vec<_>>())
            }
            "groupdict" => {
                let [default] = args.named("groupdict", ["default"], 0)?;
                let default = default.unwrap_or(Value::None);
                let mut table = crate::values::Table::default();
                for (index, name) in self.pattern.names() {
                    table.insert(
                        Value::from(name),
                        self.piece(index).unwrap_or_else(|| default.clone()),
                    )?;
                }
                Value::Dict(crate::values::Dict::new(table))
            }
            "start" | "end" | "span" => {
                let [group] = args.between(name, 0)?;
                let (start, end) = self.ends(self.index(group.as_ref())?);
                match name {
                    "start" => Value::Int(start),
                    "end" => Value::Int(end),
                    _ => Value::tuple([Value::Int(start), Value::Int(end)]),
                }
            }
            "expand" => {
                let template = text("expand() argument", &args.single("expand")?)?;
                let mut out = String::new();
                for part in replacement_parts(&self.pattern, &template)? {
                    match part {
                        Part::Text(text) => out.push_str(&text),
                        Part::Group(index) => {
                            if let Some((start, end)) = self.groups[index] {
                                out.push_str(&self.text[start..end]);
                            }
                        }
                    }
                }
                vm.budget.string(out.len())?;
                Value::from(out)
            }
            _ => return Ok(None),
        }))
    }

    fn item(&self, _vm: &mut Vm, key: &Value) -> Outcome<Option<Value>> {
        let index = self.index(Some(key))?;
        Ok(Some(self.piece(index).unwrap_or(Value::None)))
    }

    fn repr(&self, _vm: &mut Vm) -> Outcome<String> {
        let (start, end) = self.ends(0);
        let text = self.groups[0].map_or("", |(start, end)| &self.text[start..end]);
        Ok(format!(
            "<re.Match object; span=({start}, {end}), match={}>",
            crate::text::quote(text)
        ))
    }
}
