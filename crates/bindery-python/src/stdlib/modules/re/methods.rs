//! Methods of patterns.

use std::rc::Rc;

use crate::stdlib::modules::re::pattern::{Match, Pattern, Where, subject};
use crate::stdlib::modules::re::substitute::substitute;
use crate::text::{between, length};
use crate::values::args::integer;
use crate::values::{Args, Iter, IterState, Outcome, Str, Value};
use crate::vm::Vm;

pub(super) fn call(vm: &mut Vm, pattern: &Rc<Pattern>, name: &str, args: Args) -> Outcome {
    match name {
        "match" | "search" | "fullmatch" => {
            let [text, start, end] = args.parameters(name, ["string", "pos", "endpos"], 1)?;
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
            let [text] = args.parameters(name, ["string"], 1)?;
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
            let [text, most] = args.parameters("split", ["string", "maxsplit"], 1)?;
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
            let [replacement, text, most] =
                args.parameters(name, ["repl", "string", "count"], 2)?;
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
