//! Conversion between values of the program and the core's plain data.

use std::rc::Rc;

use bindery_core::{Int, Opaque, Origin, Text, Value as Data};
use bindery_python::{Args, ExcKind, Outcome, Raised, Str, Value, Vm, check_stack};

use super::origin::{to_core_origin, to_python};
use super::values::{
    DEEPEST, EmptyValue, EnvironmentValue, ObjectValue, OpaqueValue, RefValue, object_value,
};

/// Arguments of a call as plain data.
pub(super) struct CallData {
    pub(super) arguments: Vec<Data>,
    pub(super) keywords: Vec<(Rc<str>, Data)>,
    /// Origin of the call.
    pub(super) origin: Option<Origin>,
    /// Nesting depth of the deepest argument.
    pub(super) depth: usize,
}

impl CallData {
    pub(super) fn new(vm: &mut Vm, args: Args) -> Outcome<Self> {
        // The core makes an object with a value for each field, or bindings.
        vm.budget
            .values(16 + 4 * (args.pos.len() + args.kw.len()))?;
        let mut converter = Converter { vm, deepest: 0 };
        let arguments = args
            .pos
            .iter()
            .map(|value| converter.data(value, 1))
            .collect::<Outcome<_>>()?;
        let mut keywords = Vec::with_capacity(args.kw.len());
        for (name, value) in args.kw {
            keywords.push((name, converter.data(&value, 1)?));
        }
        let depth = converter.deepest;
        let origin = args.spot.map(|spot| to_core_origin(vm.origin(spot)));
        Ok(Self {
            arguments,
            keywords,
            origin,
            depth,
        })
    }
}

/// Converts a value to plain data of the core.
pub(crate) fn to_core(vm: &mut Vm, value: &Value) -> Outcome<Data> {
    Converter { vm, deepest: 0 }.data(value, 1)
}

struct Converter<'a> {
    vm: &'a mut Vm,
    deepest: usize,
}

impl Converter<'_> {
    fn data(&mut self, value: &Value, depth: usize) -> Outcome<Data> {
        Ok(match value {
            Value::None => Data::None,
            Value::Bool(value) => Data::Boolean(*value),
            Value::Int(value) => Data::Integer(Int::from(*value)),
            Value::Big(value) => Data::Integer(Int::from((**value).clone())),
            Value::Float(value) => Data::Float(*value),
            Value::Str(text) => Data::String(Text::with_origin(
                text.shared(),
                text.origin().map(to_core_origin),
            )),
            Value::List(list) => {
                let items = list.items();
                Data::List(self.items(&items, depth)?)
            }
            Value::Tuple(tuple) => Data::Tuple(self.items(tuple.items(), depth)?),
            // The core has no ranges; a tuple has the same items.
            Value::Range(_) => {
                let items = self.vm.collect(value)?;
                Data::Tuple(self.items(&items, depth)?)
            }
            Value::Dict(dict) => {
                let entries = dict.entries();
                // Keys and values are copied, and the core keeps an index with them.
                self.enter(depth, 5 * entries.len())?;
                let mut data = Vec::with_capacity(entries.len());
                for (key, value) in &entries {
                    data.push((self.data(key, depth + 1)?, self.data(value, depth + 1)?));
                }
                Data::Map(data.into())
            }
            // In Python 2 these functions returned lists.
            Value::Iter(iter) if iter.is_list_of_python_2() => {
                let items = self.vm.collect(value)?;
                iter.give_away();
                Data::List(self.items(&items, depth)?)
            }
            Value::Native(object) if bindery_python::is_view(&**object) => {
                let items = self.vm.collect(value)?;
                Data::List(self.items(&items, depth)?)
            }
            Value::Native(object) => {
                let any = object.as_any();
                if let Some(object) = any.downcast_ref::<ObjectValue>() {
                    self.enter(depth + object.depth, 0)?;
                    Data::Object(object.object.clone())
                } else if let Some(found) = any.downcast_ref::<RefValue>() {
                    Data::Ref(found.0.clone())
                } else if let Some(found) = any.downcast_ref::<EnvironmentValue>() {
                    self.enter(depth + found.depth, 0)?;
                    Data::Environment(found.environment.clone())
                } else if any.is::<EmptyValue>() {
                    Data::Empty
                } else if let Some(opaque) = any.downcast_ref::<OpaqueValue>() {
                    Data::Opaque(opaque.0.clone())
                } else {
                    self.opaque(value)?
                }
            }
            other => self.opaque(other)?,
        })
    }

    fn enter(&mut self, depth: usize, elements: usize) -> Outcome<()> {
        check_stack()?;
        self.deepest = self.deepest.max(depth);
        if depth > DEEPEST {
            return Err(
                Raised::new(ExcKind::Recursion, "maximum recursion depth exceeded")
                    .hint(format!("objects and lists may nest {DEEPEST} deep")),
            );
        }
        Ok(self.vm.budget.values(elements)?)
    }

    fn items(&mut self, items: &[Value], depth: usize) -> Outcome<Rc<[Data]>> {
        self.enter(depth, items.len())?;
        items
            .iter()
            .map(|item| self.data(item, depth + 1))
            .collect()
    }

    fn opaque(&mut self, value: &Value) -> Outcome<Data> {
        let type_name = value.type_name().to_string();
        Ok(Data::Opaque(Rc::new(Opaque {
            type_name,
            text: bindery_python::repr(self.vm, value)?,
        })))
    }
}

/// Converts plain data of the core to a value.
pub(crate) fn from_core(vm: &mut Vm, data: &Data) -> Outcome {
    check_stack()?;
    Ok(match data {
        Data::None => Value::None,
        Data::Boolean(value) => Value::Bool(*value),
        Data::Integer(value) => match value.to_i64() {
            Some(small) => Value::Int(small),
            None => Value::from_big(value.to_bigint()),
        },
        Data::Float(value) => Value::Float(*value),
        Data::String(text) => Value::Str(Str::with_origin(
            text.shared().clone(),
            text.origin().map(to_python),
        )),
        Data::List(items) | Data::Tuple(items) => {
            vm.budget.values(items.len())?;
            let values = items
                .iter()
                .map(|item| from_core(vm, item))
                .collect::<Outcome<Vec<_>>>()?;
            if matches!(data, Data::List(_)) {
                Value::list(values)
            } else {
                Value::tuple(values)
            }
        }
        Data::Map(entries) => {
            vm.budget.values(3 * entries.len())?;
            let mut table = bindery_python::Table::default();
            for (key, value) in entries.iter() {
                let (key, value) = (from_core(vm, key)?, from_core(vm, value)?);
                table.insert(key, value)?;
            }
            Value::Dict(bindery_python::Dict::new(table))
        }
        Data::Ref(found) => Value::native(RefValue(found.clone())),
        Data::Environment(environment) => Value::native(EnvironmentValue {
            environment: environment.clone(),
            depth: 1,
        }),
        Data::Object(object) => object_value(object.clone(), 1),
        Data::Empty => Value::native(EmptyValue),
        Data::Opaque(opaque) => Value::native(OpaqueValue(opaque.clone())),
    })
}
