//! Patterns and matches as values.

use std::any::Any;
use std::rc::Rc;

use crate::stdlib::modules::re::methods::call;
use crate::stdlib::modules::re::pattern::{Match, PatternObject};
use crate::stdlib::modules::re::substitute::{Part, replacement_parts};
use crate::text::position;
use crate::values::args::{integer, text};
use crate::values::{Args, ExcKind, Native, Outcome, Raised, Str, Value};
use crate::vm::Vm;

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
                let [default] = args.parameters("groups", ["default"], 0)?;
                let default = default.unwrap_or(Value::None);
                let pieces = (1..self.groups.len())
                    .map(|index| self.piece(index).unwrap_or_else(|| default.clone()));
                Value::tuple(pieces.collect::<Vec<_>>())
            }
            "groupdict" => {
                let [default] = args.parameters("groupdict", ["default"], 0)?;
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
