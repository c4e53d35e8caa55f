//! `collections`.

use std::any::Any;
use std::rc::Rc;

use crate::stdlib::methods::table::{NativeMethod, methods};
use crate::stdlib::modules::table::{functions, table};
use crate::values::NamedTuple;
use crate::values::args::text;
use crate::values::compare::truth;
use crate::values::exception::{attribute_error, type_error, value_error};
use crate::values::{Args, Builtin, Class, Dict, Native, Outcome, Raised, Table, Tuple, Value};
use crate::vm::Vm;

pub(super) fn items() -> Vec<(&'static str, Value)> {
    static TABLE: &[Builtin] = table! {
        "deque" => deque,
        "namedtuple" => namedtuple,
    };
    let mut items = functions(TABLE);
    items.extend([
        ("Counter", Value::Class(Class::Counter)),
        ("OrderedDict", Value::Class(Class::OrderedDict)),
        ("defaultdict", Value::Class(Class::DefaultDict)),
        // Abstract classes that files use with isinstance().
        ("Mapping", Value::Class(Class::Dict)),
    ]);
    items
}

fn deque(_vm: &mut Vm, _args: Args) -> Outcome {
    Err(Raised::not_supported(
        "`collections.deque`",
        "a list does the same; `pop(0)` takes from its front",
    ))
}

fn namedtuple(vm: &mut Vm, mut args: Args) -> Outcome {
    let rename = args
        .take_keyword("rename")
        .is_some_and(|value| truth(&value));
    let defaults = match args.take_keyword("defaults") {
        None | Some(Value::None) => Vec::new(),
        Some(defaults) => vm.collect(&defaults)?,
    };
    let [name, fields] = args.parameters("namedtuple", ["typename", "field_names"], 2)?;
    let name = text("Type names", &name.unwrap_or(Value::None))?.shared();
    let mut names: Vec<Rc<str>> = match fields.unwrap_or(Value::None) {
        Value::Str(fields) => fields
            .split(|letter: char| letter == ',' || letter.is_whitespace())
            .filter(|field| !field.is_empty())
            .map(Into::into)
            .collect(),
        source => {
            let fields = vm.collect(&source)?;
            fields
                .iter()
                .map(|field| Ok(text("Field names", field)?.shared()))
                .collect::<Outcome<_>>()?
        }
    };
    let mut seen = std::collections::HashSet::new();
    for (at, name) in names.iter_mut().enumerate() {
        let field = name.clone();
        let is_name = field
            .chars()
            .all(|letter| letter.is_alphanumeric() || letter == '_')
            && field.starts_with(|first: char| !first.is_numeric());
        let problem = if !is_name {
            Some(format!(
                "Type names and field names must be valid identifiers: {}",
                crate::text::quote(&field)
            ))
        } else if field.starts_with('_') {
            Some(format!(
                "Field names cannot start with an underscore: {}",
                crate::text::quote(&field)
            ))
        } else if !seen.insert(field.clone()) {
            Some(format!(
                "Encountered duplicate field name: {}",
                crate::text::quote(&field)
            ))
        } else {
            None
        };
        match problem {
            Some(_) if rename => *name = format!("_{at}").into(),
            Some(problem) => return Err(value_error(problem)),
            None => {}
        }
    }
    if defaults.len() > names.len() {
        return Err(type_error("Got more default values than field names"));
    }
    Ok(Value::native(NamedTupleClass(Rc::new(NamedTuple {
        name,
        fields: names,
        defaults,
    }))))
}

impl NamedTuple {
    /// Makes a named tuple.
    pub(crate) fn of(name: &str, named: Vec<(&str, Value)>) -> Value {
        let (fields, items): (Vec<Rc<str>>, Vec<Value>) = named
            .into_iter()
            .map(|(field, value)| (Rc::from(field), value))
            .unzip();
        Value::Tuple(Rc::new(Tuple {
            items: items.into(),
            class: Some(Rc::new(NamedTuple {
                name: name.into(),
                fields,
                defaults: Vec::new(),
            })),
        }))
    }

    pub(crate) fn field_names(&self) -> Value {
        Value::tuple(
            self.fields
                .iter()
                .map(|field| Value::text(field.clone()))
                .collect::<Vec<_>>(),
        )
    }

    fn make(self: &Rc<Self>, args: Args) -> Outcome {
        let count = self.fields.len();
        if args.pos.len() > count {
            return Err(type_error(format!(
                "{}.__new__() takes {} positional arguments but {} were given",
                self.name,
                count + 1,
                args.pos.len() + 1
            )));
        }
        let mut values: Vec<Option<Value>> = args.pos.into_iter().map(Some).collect();
        values.resize(count, None);
        for (name, value) in args.kw {
            let Some(at) = self.fields.iter().position(|field| *field == name) else {
                let known: Vec<&str> = self.fields.iter().map(|field| &**field).collect();
                return Err(crate::values::args::unexpected_keyword(
                    &format!("{}.__new__", self.name),
                    &name,
                    &known,
                ));
            };
            if values[at].replace(value).is_some() {
                return Err(type_error(format!(
                    "{}.__new__() got multiple values for argument '{name}'",
                    self.name
                )));
            }
        }
        let first_default = count - self.defaults.len();
        let mut items = Vec::with_capacity(count);
        let mut missing = Vec::new();
        for (at, value) in values.into_iter().enumerate() {
            match value.or_else(|| self.defaults.get(at.wrapping_sub(first_default)).cloned()) {
                Some(value) => items.push(value),
                None => missing.push(format!("'{}'", self.fields[at])),
            }
        }
        if !missing.is_empty() {
            let plural = if missing.len() == 1 { "" } else { "s" };
            let list = match missing.split_last() {
                Some((last, [])) => last.clone(),
                Some((last, [only])) => format!("{only} and {last}"),
                Some((last, rest)) => format!("{}, and {last}", rest.join(", ")),
                None => String::new(),
            };
            return Err(type_error(format!(
                "{}.__new__() missing {} required positional argument{plural}: {list}",
                self.name,
                missing.len()
            )));
        }
        Ok(self.instance(items))
    }

    fn instance(self: &Rc<Self>, items: Vec<Value>) -> Value {
        Value::Tuple(Rc::new(Tuple {
            items: items.into(),
            class: Some(self.clone()),
        }))
    }

    /// Returns the class as a value.
    pub(crate) fn class(self: &Rc<Self>) -> Value {
        Value::native(NamedTupleClass(self.clone()))
    }
}

struct NamedTupleClass(Rc<NamedTuple>);

impl Native for NamedTupleClass {
    fn type_name(&self) -> Rc<str> {
        "type".into()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn is(&self, other: &dyn Native) -> bool {
        other
            .as_any()
            .downcast_ref::<Self>()
            .is_some_and(|other| Rc::ptr_eq(&self.0, &other.0))
    }

    fn class(&self) -> Value {
        Value::Class(Class::Type)
    }

    fn attribute(&self, _vm: &mut Vm, name: &str) -> Outcome<Option<Value>> {
        Ok(match name {
            "_fields" => Some(self.0.field_names()),
            "__name__" => Some(Value::text(self.0.name.clone())),
            _ => None,
        })
    }

    fn methods(&self) -> &'static [&'static str] {
        &["_make"]
    }

    fn call_method(&self, vm: &mut Vm, name: &str, args: &mut Args) -> Outcome<Option<Value>> {
        if name != "_make" {
            return Ok(None);
        }
        let source = std::mem::take(args).single("_make")?;
        let items = vm.collect(&source)?;
        if items.len() != self.0.fields.len() {
            return Err(type_error(format!(
                "Expected {} arguments, got {}",
                self.0.fields.len(),
                items.len()
            )));
        }
        Ok(Some(self.0.instance(items)))
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, _vm: &mut Vm, args: Args) -> Outcome<Option<Value>> {
        self.0.make(args).map(Some)
    }

    fn equals(&self, other: &Value) -> Outcome<Option<bool>> {
        Ok(Some(
            other
                .as_native::<NamedTupleClass>()
                .is_some_and(|other| Rc::ptr_eq(&self.0, &other.0)),
        ))
    }

    fn hash(&self) -> Outcome<Option<u64>> {
        Ok(Some(Rc::as_ptr(&self.0).addr() as u64))
    }

    fn is_instance(&self, value: &Value) -> Option<bool> {
        Some(
            matches!(value, Value::Tuple(tuple) if tuple.class.as_ref().is_some_and(|class| Rc::ptr_eq(class, &self.0))),
        )
    }

    fn repr(&self, _vm: &mut Vm) -> Outcome<String> {
        Ok(format!("<class '{}'>", self.0.name))
    }
}

/// Methods that named tuples have and other tuples do not.
pub(crate) static NAMED_TUPLE: &[NativeMethod<Rc<Tuple>>] = methods! {
    "_asdict" => as_dict,
    "_replace" => replace,
};

fn class_of(tuple: &Tuple) -> Outcome<&Rc<NamedTuple>> {
    let class = tuple.class.as_ref();
    class.ok_or_else(|| attribute_error("tuple", "_fields"))
}

fn as_dict(_vm: &mut Vm, this: &Rc<Tuple>, args: Args) -> Outcome {
    args.none("_asdict")?;
    let mut table = Table::default();
    for (field, value) in class_of(this)?.fields.iter().zip(&this.items) {
        table.insert(Value::text(field.clone()), value.clone())?;
    }
    Ok(Value::Dict(Dict::new(table)))
}

fn replace(_vm: &mut Vm, this: &Rc<Tuple>, args: Args) -> Outcome {
    let class = class_of(this)?;
    let mut items = this.items.to_vec();
    for (name, value) in args.kw {
        match class.fields.iter().position(|field| *field == name) {
            Some(at) => items[at] = value,
            None => {
                return Err(value_error(format!(
                    "Got unexpected field names: ['{name}']"
                )));
            }
        }
    }
    Ok(class.instance(items))
}
