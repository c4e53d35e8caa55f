//! `json`.

use std::rc::Rc;

use bindery_notation::json;

use crate::stack::check_stack;
use crate::stdlib::modules::table::{functions, table};
use crate::text::{display, float_repr};
use crate::values::args::{integer, text};
use crate::values::compare::{sort, truth};
use crate::values::exception::{type_error, value_error};
use crate::values::parse_number::parse_int;
use crate::values::{Args, Builtin, Class, Dict, ExcKind, Outcome, Raised, Table, Value};
use crate::vm::Vm;

pub(super) fn items() -> Vec<(&'static str, Value)> {
    static TABLE: &[Builtin] = table! {
        "dump" => dump,
        "dumps" => dumps,
        "load" => load,
        "loads" => loads,
    };
    let mut items = functions(TABLE);
    let error = Value::Class(Class::Exception(ExcKind::JsonDecode));
    items.push(("JSONDecodeError", error));
    items
}

fn loads(vm: &mut Vm, mut args: Args) -> Outcome {
    for option in [
        "object_hook",
        "object_pairs_hook",
        "parse_float",
        "parse_int",
        "cls",
    ] {
        if args
            .take_keyword(option)
            .is_some_and(|value| !matches!(value, Value::None))
        {
            return Err(Raised::not_supported(
                format!("`json.loads({option} = ...)`"),
                "change the result afterwards",
            ));
        }
    }
    args.take_keyword("strict");
    args.take_keyword("encoding");
    let given = match args.single("loads")? {
        Value::Str(text) => text.shared(),
        Value::Bytes(bytes) => crate::stdlib::methods::bytes::decode(&bytes, None, None)?.into(),
        other => {
            return Err(type_error(format!(
                "the JSON object must be str, bytes or bytearray, not {}",
                other.type_name()
            )));
        }
    };
    vm.budget.work(given.len() >> 4)?;
    json::read(&given, &mut Builder(vm))
}

/// Builder of values, which accounts for each before it is made.
struct Builder<'a>(&'a mut Vm);

impl json::Builder for Builder<'_> {
    type Value = Value;
    type Error = Raised;

    fn null(&mut self) -> Outcome {
        Ok(Value::None)
    }

    fn boolean(&mut self, value: bool) -> Outcome {
        Ok(Value::Bool(value))
    }

    fn integer(&mut self, digits: &str) -> Outcome {
        parse_int(digits, 10).ok_or_else(|| value_error("invalid JSON integer"))
    }

    fn float(&mut self, value: f64) -> Outcome {
        Ok(Value::Float(value))
    }

    fn string(&mut self, text: Rc<str>) -> Outcome {
        Ok(Value::text(text))
    }

    fn array(&mut self, items: Vec<Value>) -> Outcome {
        self.0.budget.values(items.len())?;
        Ok(Value::list(items))
    }

    fn object(&mut self, entries: Vec<(Rc<str>, Value)>) -> Outcome {
        self.0.budget.values(3 * entries.len())?;
        let mut table = Table::default();
        for (key, value) in entries {
            table.insert(Value::text(key), value)?;
        }
        Ok(Value::Dict(Dict::new(table)))
    }
}

impl From<json::JsonError> for Raised {
    fn from(error: json::JsonError) -> Self {
        Raised::new(ExcKind::JsonDecode, error.to_string())
    }
}

fn load(vm: &mut Vm, mut args: Args) -> Outcome {
    if args.pos.is_empty() {
        return Err(type_error(
            "load() missing 1 required positional argument: 'fp'",
        ));
    }
    let file = args.pos.remove(0);
    let content = vm.call_method(&file, &"read".into(), Args::default())?;
    args.pos.insert(0, content);
    loads(vm, args)
}

fn dump(_vm: &mut Vm, _args: Args) -> Outcome {
    Err(Raised::not_supported(
        "writing files",
        "use `json.dumps` to make a text",
    ))
}

struct Style {
    indent: Option<String>,
    item: String,
    key: String,
    sort_keys: bool,
    ascii: bool,
    skip_keys: bool,
    nan: bool,
    default: Option<Value>,
}

fn dumps(vm: &mut Vm, mut args: Args) -> Outcome {
    let flag = |args: &mut Args, name, default| {
        args.take_keyword(name)
            .map_or(default, |value| truth(&value))
    };
    let indent = match args.take_keyword("indent") {
        None | Some(Value::None) => None,
        Some(Value::Str(text)) => Some(text.as_str().to_owned()),
        Some(count) => {
            let count = usize::try_from(integer(&count)?).unwrap_or(0);
            vm.budget.string(count)?;
            Some(" ".repeat(count))
        }
    };
    let (item, key) = match args.take_keyword("separators") {
        None | Some(Value::None) if indent.is_some() => (",".to_owned(), ": ".to_owned()),
        None | Some(Value::None) => (", ".to_owned(), ": ".to_owned()),
        Some(pair) => {
            let pair = vm.collect(&pair)?;
            let [item, key] = &pair[..] else {
                return Err(value_error("separators must be a pair"));
            };
            (
                text("separators", item)?.as_str().to_owned(),
                text("separators", key)?.as_str().to_owned(),
            )
        }
    };
    let style = Style {
        indent,
        item,
        key,
        sort_keys: flag(&mut args, "sort_keys", false),
        ascii: flag(&mut args, "ensure_ascii", true),
        skip_keys: flag(&mut args, "skipkeys", false),
        nan: flag(&mut args, "allow_nan", true),
        default: args
            .take_keyword("default")
            .filter(|value| !matches!(value, Value::None)),
    };
    args.take_keyword("check_circular");
    args.end_of_keywords(
        "dumps",
        &[
            "indent",
            "separators",
            "sort_keys",
            "ensure_ascii",
            "default",
        ],
    )?;
    let [value] = args.exactly("dumps")?;
    let mut writer = Writer {
        vm,
        style,
        out: String::new(),
        open: Vec::new(),
    };
    writer.value(&value)?;
    let out = writer.out;
    vm.budget.string(out.len())?;
    Ok(Value::from(out))
}

struct Writer<'a> {
    vm: &'a mut Vm,
    style: Style,
    out: String,
    /// Containers being written.
    open: Vec<Value>,
}

impl Writer<'_> {
    fn value(&mut self, value: &Value) -> Outcome<()> {
        check_stack()?;
        self.vm.budget.step()?;
        match value {
            Value::None => self.out.push_str("null"),
            Value::Bool(true) => self.out.push_str("true"),
            Value::Bool(false) => self.out.push_str("false"),
            Value::Int(number) => self.out.push_str(&number.to_string()),
            Value::Big(_) => {
                let number = display(self.vm, value)?;
                self.out.push_str(&number);
            }
            Value::Float(number) => self.float(*number)?,
            Value::Str(text) => self.text(text),
            Value::List(list) => {
                let items = list.items.borrow().clone();
                self.items(value, &items)?;
            }
            Value::Tuple(tuple) => self.items(value, &tuple.items)?,
            Value::Dict(dict) => {
                let entries = dict.entries();
                self.entries(value, entries)?;
            }
            other => match self.style.default.clone() {
                Some(default) => {
                    self.enter(value)?;
                    let made = self.vm.call(&default, vec![other.clone()])?;
                    self.value(&made)?;
                    self.open.pop();
                }
                None => {
                    return Err(type_error(format!(
                        "Object of type {} is not JSON serializable",
                        other.type_name()
                    )));
                }
            },
        }
        if self.out.len() > self.vm.budget.limits().string {
            self.vm.budget.string(self.out.len())?;
        }
        Ok(())
    }

    fn enter(&mut self, value: &Value) -> Outcome<()> {
        if self.open.iter().any(|open| open.is(value)) {
            return Err(value_error("Circular reference detected"));
        }
        self.open.push(value.clone());
        Ok(())
    }

    fn line(&mut self) {
        if let Some(indent) = &self.style.indent {
            self.out.push('\n');
            for _ in 0..self.open.len() {
                self.out.push_str(indent);
            }
        }
    }

    fn items(&mut self, value: &Value, items: &[Value]) -> Outcome<()> {
        if items.is_empty() {
            self.out.push_str("[]");
            return Ok(());
        }
        self.enter(value)?;
        self.out.push('[');
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.out.push_str(&self.style.item);
            }
            self.line();
            self.value(item)?;
        }
        self.open.pop();
        self.line();
        self.out.push(']');
        Ok(())
    }

    fn entries(&mut self, value: &Value, mut entries: Vec<(Value, Value)>) -> Outcome<()> {
        if entries.is_empty() {
            self.out.push_str("{}");
            return Ok(());
        }
        if self.style.sort_keys {
            sort(&mut entries, &|entry: &(Value, Value)| &entry.0)?;
        }
        self.enter(value)?;
        self.out.push('{');
        let mut first = true;
        for (key, item) in &entries {
            let name = match key {
                Value::Str(text) => text.as_str().to_owned(),
                Value::None => "null".to_owned(),
                Value::Bool(value) => value.to_string(),
                Value::Int(_) | Value::Big(_) => display(self.vm, key)?,
                Value::Float(number) => float_repr(*number),
                _ if self.style.skip_keys => continue,
                other => {
                    return Err(type_error(format!(
                        "keys must be str, int, float, bool or None, not {}",
                        other.type_name()
                    )));
                }
            };
            if !first {
                self.out.push_str(&self.style.item);
            }
            first = false;
            self.line();
            self.text(&name);
            self.out.push_str(&self.style.key);
            self.value(item)?;
        }
        self.open.pop();
        self.line();
        self.out.push('}');
        Ok(())
    }

    fn float(&mut self, number: f64) -> Outcome<()> {
        if number.is_finite() {
            self.out.push_str(&float_repr(number));
            return Ok(());
        }
        if !self.style.nan {
            return Err(value_error(
                "Out of range float values are not JSON compliant",
            ));
        }
        self.out.push_str(if number.is_nan() {
            "NaN"
        } else if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        });
        Ok(())
    }

    fn text(&mut self, text: &str) {
        self.out.push('"');
        for letter in text.chars() {
            match letter {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                '\x08' => self.out.push_str("\\b"),
                '\x0c' => self.out.push_str("\\f"),
                ' '..='~' => self.out.push(letter),
                _ if !self.style.ascii && letter >= ' ' => self.out.push(letter),
                _ => {
                    let mut units = [0; 2];
                    for unit in letter.encode_utf16(&mut units) {
                        self.out.push_str(&format!("\\u{unit:04x}"));
                    }
                }
            }
        }
        self.out.push('"');
    }
}
