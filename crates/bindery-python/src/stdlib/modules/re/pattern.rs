//! Compiled patterns, and where they match.

use std::cell::RefCell;
use std::rc::Rc;

use regex::{Regex, RegexBuilder};

use crate::stdlib::modules::re::flags::{ASCII, DOT_ALL, IGNORE_CASE, MULTI_LINE, VERBOSE};
use crate::stdlib::modules::re::syntax::{refuse, translate};
use crate::values::args::integer;
use crate::values::exception::type_error;
use crate::values::{ExcKind, Outcome, Raised, Str, Value};
use crate::vm::Vm;

/// A compiled pattern.
pub(super) struct Pattern {
    pub(super) source: Rc<str>,
    pub(super) flags: i64,
    pub(super) any: Regex,
    /// The pattern anchored at the start, and at start and end; compiled on first use.
    pub(super) at_start: RefCell<Option<Regex>>,
    pub(super) whole: RefCell<Option<Regex>>,
    pub(super) translated: String,
    /// Whether `$` outside of multi-line mode also matches before a last line end.
    pub(super) has_end: bool,
}

/// Size limits in bytes, each tried when the previous one is too small. The cost of compiling shows only in the size: five
/// letters can require a megabyte.
pub(super) const SIZES: [usize; 3] = [1 << 15, 1 << 18, 1 << 22];

pub(super) fn build(vm: &mut Vm, pattern: &str, flags: i64) -> Outcome<Regex> {
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

pub(super) fn new_pattern(vm: &mut Vm, source: &Str, flags: i64) -> Outcome<Rc<Pattern>> {
    let key = (source.shared(), flags);
    if let Some(known) = vm.patterns.get(&key)
        && let Ok(known) = known.clone().downcast()
    {
        return Ok(known);
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
    vm.patterns.insert(key, pattern.clone());
    Ok(pattern)
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Where {
    Anywhere,
    AtStart,
    Whole,
}

pub(super) type Groups = Vec<Option<(usize, usize)>>;

impl Pattern {
    pub(super) fn find(
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
            // An anchored pattern matches where the search starts, so the text is cut there.
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
        // The last line end of the text may be outside of the match.
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

    pub(super) fn bound(
        &self,
        vm: &mut Vm,
        known: &RefCell<Option<Regex>>,
        end: &str,
    ) -> Outcome<Regex> {
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

    /// Returns all matches from left to right.
    pub(super) fn all(
        self: &Rc<Self>,
        vm: &mut Vm,
        text: &str,
        most: usize,
    ) -> Outcome<Vec<Groups>> {
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
            // An empty match at the end of the previous match would repeat for ever.
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

    pub(super) fn names(&self) -> impl Iterator<Item = (usize, &str)> {
        self.any
            .capture_names()
            .enumerate()
            .filter_map(|(index, name)| Some((index, name?)))
    }
}

/// A compiled pattern as a value.
pub(super) struct PatternObject(pub(super) Rc<Pattern>);

/// A match.
pub(super) struct Match {
    pub(super) pattern: Rc<Pattern>,
    pub(super) text: Str,
    /// Byte ranges; the first is the whole match.
    pub(super) groups: Groups,
}

/// Returns the pattern of an argument: compiled, or a string.
pub(super) fn pattern(vm: &mut Vm, value: &Value, flags: i64) -> Outcome<Rc<Pattern>> {
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

pub(super) fn flags_of(value: Option<Value>) -> Outcome<i64> {
    value.map_or(Ok(0), |value| integer(&value))
}

pub(super) fn subject(value: Option<Value>) -> Outcome<Str> {
    match value {
        Some(Value::Str(text)) => Ok(text),
        Some(other) => Err(type_error(format!(
            "expected string or bytes-like object, got '{}'",
            other.type_name()
        ))),
        None => Err(type_error("missing the text to look at")),
    }
}
