//! `string`.

use std::any::Any;
use std::rc::Rc;

use crate::stdlib::modules::table::{functions, table};
use crate::values::args::text;
use crate::values::exception::value_error;
use crate::values::{Args, Builtin, ExcKind, Native, Outcome, Raised, Str, Value};
use crate::vm::Vm;

pub(super) fn items() -> Vec<(&'static str, Value)> {
    static TABLE: &[Builtin] = table! {
        "Template" => template,
        "capwords" => capwords,
    };
    let lower = "abcdefghijklmnopqrstuvwxyz";
    let upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let marks = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
    let white = " \t\n\r\x0b\x0c";
    let mut items = functions(TABLE);
    items.extend([
        ("ascii_letters", Value::from(format!("{lower}{upper}"))),
        ("ascii_lowercase", Value::from(lower)),
        ("ascii_uppercase", Value::from(upper)),
        // Names of Python 2.
        ("letters", Value::from(format!("{lower}{upper}"))),
        ("lowercase", Value::from(lower)),
        ("uppercase", Value::from(upper)),
        ("digits", Value::from("0123456789")),
        ("hexdigits", Value::from("0123456789abcdefABCDEF")),
        ("octdigits", Value::from("01234567")),
        ("punctuation", Value::from(marks)),
        ("whitespace", Value::from(white)),
        (
            "printable",
            Value::from(format!("0123456789{lower}{upper}{marks}{white}")),
        ),
    ]);
    items
}

fn capwords(vm: &mut Vm, args: Args) -> Outcome {
    let [given, separator] = args.parameters("capwords", ["s", "sep"], 1)?;
    let given = text("capwords() argument 1", &given.unwrap_or(Value::None))?;
    let separator = match separator {
        None | Some(Value::None) => None,
        Some(separator) => Some(text("capwords() argument 2", &separator)?),
    };
    let capital = |word: &str| {
        let mut letters = word.chars();
        let first: String = letters
            .next()
            .into_iter()
            .flat_map(char::to_uppercase)
            .collect();
        first + &letters.as_str().to_lowercase()
    };
    let made = match separator {
        Some(separator) if separator.is_empty() => return Err(value_error("empty separator")),
        Some(separator) => given
            .split(&*separator)
            .map(capital)
            .collect::<Vec<_>>()
            .join(&separator),
        None => given
            .split_whitespace()
            .map(capital)
            .collect::<Vec<_>>()
            .join(" "),
    };
    vm.budget.string(made.len())?;
    Ok(Value::Str(Str::with_origin(made, given.origin())))
}

fn template(_vm: &mut Vm, args: Args) -> Outcome {
    let template = text("Template() argument", &args.single("Template")?)?;
    Ok(Value::native(Template(template)))
}

/// `string.Template`: strings with `$name`.
struct Template(Str);

impl Template {
    fn substitute(&self, vm: &mut Vm, args: Args, safe: bool) -> Outcome {
        let mut names = crate::values::Table::default();
        crate::stdlib::filling::dict_update(vm, &mut names, args, "substitute")?;
        let mut out = String::with_capacity(self.0.len());
        let mut rest = self.0.as_str();
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix('$') {
                out.push('$');
                rest = after;
                continue;
            }
            let (body, braced) = match rest.strip_prefix('{') {
                Some(body) => (body, true),
                None => (rest, false),
            };
            let end = body
                .find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
                .unwrap_or(body.len());
            let name = &body[..end];
            let closed = !braced || body[end..].starts_with('}');
            if name.is_empty() || name.starts_with(|first: char| first.is_ascii_digit()) || !closed
            {
                if safe {
                    out.push('$');
                    continue;
                }
                let before = &self.0[..self.0.len() - rest.len() - 1];
                let line = before.matches('\n').count() + 1;
                let column = before
                    .chars()
                    .rev()
                    .take_while(|letter| *letter != '\n')
                    .count()
                    + 1;
                return Err(value_error(format!(
                    "Invalid placeholder in string: line {line}, col {column}"
                )));
            }
            let after = &body[end + usize::from(braced)..];
            match names.get(&Value::from(name))? {
                Some(value) => {
                    let value = value.clone();
                    out.push_str(&crate::text::display(vm, &value)?);
                }
                None if safe => {
                    out.push('$');
                    out.push_str(&rest[..rest.len() - after.len()]);
                }
                None => return Err(Raised::with_args(ExcKind::Key, vec![Value::from(name)])),
            }
            rest = after;
            if out.len() > vm.budget.limits().string {
                break;
            }
        }
        out.push_str(rest);
        vm.budget.string(out.len())?;
        Ok(Value::Str(Str::with_origin(out, self.0.origin())))
    }
}

impl Native for Template {
    fn type_name(&self) -> Rc<str> {
        "Template".into()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn attribute(&self, _vm: &mut Vm, name: &str) -> Outcome<Option<Value>> {
        Ok((name == "template").then(|| Value::Str(self.0.clone())))
    }

    fn methods(&self) -> &'static [&'static str] {
        &["safe_substitute", "substitute"]
    }

    fn call_method(&self, vm: &mut Vm, name: &str, args: &mut Args) -> Outcome<Option<Value>> {
        match name {
            "substitute" => self.substitute(vm, std::mem::take(args), false).map(Some),
            "safe_substitute" => self.substitute(vm, std::mem::take(args), true).map(Some),
            _ => Ok(None),
        }
    }

    fn repr(&self, _vm: &mut Vm) -> Outcome<String> {
        Ok("<string.Template object>".to_owned())
    }
}
