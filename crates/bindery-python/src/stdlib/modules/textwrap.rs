//! `textwrap`.

use crate::stdlib::methods::split_lines;
use crate::stdlib::modules::table::{functions, table};
use crate::text::{between, length};
use crate::values::args::{integer, text};
use crate::values::compare::truth;
use crate::values::exception::value_error;
use crate::values::{Args, Builtin, Outcome, Str, Value};
use crate::vm::Vm;

pub(super) fn items() -> Vec<(&'static str, Value)> {
    static TABLE: &[Builtin] = table! {
        "dedent" => dedent,
        "fill" => fill,
        "indent" => indent,
        "shorten" => shorten,
        "wrap" => wrap,
    };
    functions(TABLE)
}

/// Removes the white space that all lines have in common.
fn dedent(vm: &mut Vm, args: Args) -> Outcome {
    let given = text("dedent() argument", &args.single("dedent")?)?;
    let lines: Vec<&str> = given.split('\n').collect();
    let mut margin: Option<&str> = None;
    vm.budget.work(given.len() >> 2)?;
    for line in &lines {
        let content = line.trim_start_matches([' ', '\t']);
        if content.is_empty() {
            continue;
        }
        let lead = &line[..line.len() - content.len()];
        margin = Some(match margin {
            None => lead,
            Some(known) => {
                let common = known
                    .bytes()
                    .zip(lead.bytes())
                    .take_while(|(a, b)| a == b)
                    .count();
                &known[..common]
            }
        });
    }
    let margin = margin.unwrap_or("");
    let mut stripped = Vec::with_capacity(lines.len());
    for line in lines {
        let blank = line.trim_matches([' ', '\t']).is_empty();
        stripped.push(if blank {
            ""
        } else {
            line.strip_prefix(margin).unwrap_or(line)
        });
    }
    let made = stripped.join("\n");
    vm.budget.string(made.len())?;
    Ok(Value::Str(Str::with_origin(made, given.origin())))
}

fn indent(vm: &mut Vm, args: Args) -> Outcome {
    let [given, prefix, predicate] =
        args.parameters("indent", ["text", "prefix", "predicate"], 2)?;
    let given = text("indent() argument 1", &given.unwrap_or(Value::None))?;
    let prefix = text("indent() argument 2", &prefix.unwrap_or(Value::None))?;
    let lines = split_lines(&given, true);
    vm.budget.work(given.len() >> 2)?;
    vm.budget.string(
        given
            .len()
            .saturating_add(lines.len().saturating_mul(prefix.len())),
    )?;
    let mut out = String::new();
    for line in lines {
        let wanted = match &predicate {
            None | Some(Value::None) => !line.trim().is_empty(),
            Some(predicate) => {
                crate::values::compare::truth(&vm.call(predicate, vec![Value::from(line)])?)
            }
        };
        if wanted {
            out.push_str(&prefix);
        }
        out.push_str(line);
    }
    Ok(Value::Str(Str::with_origin(out, given.origin())))
}

struct Options {
    width: usize,
    first: Str,
    later: Str,
    /// Whether words longer than a line are cut.
    cuts: bool,
}

fn options(args: &mut Args) -> Outcome<Options> {
    let mut option = |name: &str| -> Outcome<Str> {
        args.take_keyword(name)
            .map_or_else(|| Ok(Str::new("")), |value| text(name, &value))
    };
    let (first, later) = (option("initial_indent")?, option("subsequent_indent")?);
    let cuts = args
        .take_keyword("break_long_words")
        .is_none_or(|value| truth(&value));
    for ignored in ["break_on_hyphens", "replace_whitespace", "expand_tabs"] {
        args.take_keyword(ignored);
    }
    let width = match args.take_keyword("width") {
        Some(width) => Some(width),
        None if args.pos.len() > 1 => Some(args.pos.remove(1)),
        None => None,
    };
    let width = width.map_or(Ok(70), |width| integer(&width))?;
    match usize::try_from(width) {
        Ok(width) if width > 0 => Ok(Options {
            width,
            first,
            later,
            cuts,
        }),
        _ => Err(value_error(format!("invalid width {width} (must be > 0)"))),
    }
}

/// Splits a text into words and spaces; a word may be split after a hyphen between letters.
fn chunks(text: &str) -> Vec<String> {
    let mut chunks = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest
            .find(|letter: char| !letter.is_whitespace())
            .unwrap_or(rest.len());
        if end > 0 {
            chunks.push(" ".repeat(length(&rest[..end])));
        }
        rest = &rest[end..];
        let word_end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (word, after) = rest.split_at(word_end);
        rest = after;
        let mut start = 0;
        for (at, _) in word.match_indices('-') {
            let is_letter = |letter: char| letter.is_alphabetic() || letter == '_';
            let before = word[..at].chars().next_back();
            let after = word[at + 1..]
                .chars()
                .take(2)
                .filter(|next| is_letter(*next))
                .count();
            if before.is_some_and(is_letter) && after == 2 {
                chunks.push(word[start..=at].to_owned());
                start = at + 1;
            }
        }
        if start < word.len() {
            chunks.push(word[start..].to_owned());
        }
    }
    chunks
}

/// Fills lines with chunks like Python, including its handling of words longer than a line.
fn wrap_lines(vm: &mut Vm, given: &str, options: &Options) -> Outcome<Vec<String>> {
    let is_blank = |chunk: &String| chunk.trim().is_empty();
    let mut lines: Vec<String> = Vec::new();
    let mut waiting = chunks(given);
    waiting.reverse();
    while !waiting.is_empty() {
        vm.budget.step()?;
        let lead = if lines.is_empty() {
            &options.first
        } else {
            &options.later
        };
        let width = options.width.saturating_sub(length(lead));
        if !lines.is_empty() && waiting.last().is_some_and(is_blank) {
            waiting.pop();
        }
        let mut line: Vec<String> = Vec::new();
        let mut used = 0;
        while let Some(chunk) = waiting.pop_if(|chunk| used + length(chunk) <= width) {
            used += length(&chunk);
            line.push(chunk);
        }
        if waiting.last().is_some_and(|chunk| length(chunk) > width) {
            if !options.cuts {
                if line.is_empty() {
                    line.extend(waiting.pop());
                }
            } else if let Some(chunk) = waiting.last_mut() {
                // The rest of the word is counted and moved for every line.
                vm.budget.work(chunk.len() >> 6)?;
                let room = if width < 1 { 1 } else { width - used };
                let mut cut = between(chunk, 0, room.min(length(chunk))).len();
                let hyphen = chunk[..cut].rfind('-');
                if let Some(hyphen) = hyphen.filter(|at| chunk[..*at].contains(|c| c != '-')) {
                    cut = hyphen + 1;
                }
                let rest = chunk.split_off(cut);
                line.push(std::mem::replace(chunk, rest));
            }
        }
        if line
            .last()
            .is_some_and(|chunk| !chunk.is_empty() && is_blank(chunk))
        {
            line.pop();
        }
        if !line.is_empty() {
            let made = format!("{}{}", lead.as_str(), line.concat());
            vm.budget.string(made.len())?;
            lines.push(made);
        }
    }
    Ok(lines)
}

fn wrap(vm: &mut Vm, mut args: Args) -> Outcome {
    let options = options(&mut args)?;
    let given = text("wrap() argument", &args.single("wrap")?)?;
    let lines = wrap_lines(vm, &given, &options)?;
    vm.budget.values(lines.len())?;
    Ok(Value::list(lines.into_iter().map(Value::from).collect()))
}

fn fill(vm: &mut Vm, mut args: Args) -> Outcome {
    let options = options(&mut args)?;
    let given = text("fill() argument", &args.single("fill")?)?;
    let made = wrap_lines(vm, &given, &options)?.join("\n");
    vm.budget.string(made.len())?;
    Ok(Value::Str(Str::with_origin(made, given.origin())))
}

fn shorten(vm: &mut Vm, mut args: Args) -> Outcome {
    let placeholder = match args.take_keyword("placeholder") {
        Some(placeholder) => text("placeholder", &placeholder)?,
        None => Str::new(" [...]"),
    };
    let Options { width, .. } = options(&mut args)?;
    let given = text("shorten() argument", &args.single("shorten")?)?;
    let words: Vec<&str> = given.split_whitespace().collect();
    let whole = words.join(" ");
    vm.budget.string(whole.len())?;
    if length(&whole) <= width {
        return Ok(Value::from(whole));
    }
    if length(placeholder.trim_start()) > width {
        return Err(value_error("placeholder too large for max width"));
    }
    let mut made = String::new();
    for word in words {
        let next = if made.is_empty() {
            word.to_owned()
        } else {
            format!("{made} {word}")
        };
        if length(&next) + length(&placeholder) > width {
            break;
        }
        made = next;
    }
    Ok(Value::from(if made.is_empty() {
        placeholder.trim_start().to_owned()
    } else {
        made + &placeholder
    }))
}
