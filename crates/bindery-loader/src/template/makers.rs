//! Makers of types: `Enum`, `Choice`, `List`, `Map`, `Required`, `Default` and the classes of pystachio.

use std::any::Any;
use std::rc::Rc;

use bindery_core::{Field, Type};
use bindery_python::{Args, Class, ExcKind, Native, Outcome, Raised, Value, Vm, type_error};

use super::convert::{CallData, from_core, to_core};
use super::errors::{OrRaise, explain_field};
use super::exceptions;
use super::values::{CheckValue, EnvironmentValue, FieldValue, Maker, ObjectValue, TypeValue};

fn type_of(value: &Value, what: &str) -> Outcome<Type> {
    match value.as_native::<TypeValue>() {
        Some(found) => Ok(found.ty.clone()),
        None => Err(type_error(format!(
            "{what} expects a type, got {}",
            value.type_name()
        ))),
    }
}

/// Returns the type of a declared field; `Required(Required(T))` is not a type.
fn field_type(value: &Value, what: &str) -> Outcome<Type> {
    match value.as_native::<TypeValue>() {
        Some(found) => Ok(found.ty.clone()),
        None => Err(
            Raised::with_args(ExcKind::Assertion, Vec::new()).hint(format!(
                "{what} wants a type, such as `String` or `List(Integer)`, and got {}",
                value.type_name()
            )),
        ),
    }
}

impl Native for Maker {
    fn type_name(&self) -> Rc<str> {
        "type".into()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn is(&self, other: &dyn Native) -> bool {
        other.as_any().downcast_ref() == Some(self)
    }

    fn class(&self) -> Value {
        Value::Class(Class::Type)
    }

    fn attribute(&self, _vm: &mut Vm, name: &str) -> Outcome<Option<Value>> {
        let kind = match (self, name) {
            (_, "__name__") => return Ok(Some(Value::from(format!("{self:?}")))),
            (Self::Namable, "Error") => exceptions::NAMABLE,
            (Self::Namable, "NotFound") => exceptions::NOT_FOUND,
            (Self::Namable, "NamingError") => exceptions::NAMING,
            (Self::Namable, "Unnamable") => exceptions::UNNAMABLE,
            (Self::MustacheParser, "Error") => exceptions::MUSTACHE,
            (Self::MustacheParser, "Uninterpolatable") => exceptions::UNINTERPOLATABLE,
            _ => return Ok(None),
        };
        Ok(Some(Value::Class(Class::Exception(kind))))
    }

    fn methods(&self) -> &'static [&'static str] {
        match self {
            Self::TypeFactory => &["load", "load_file", "load_json", "new"],
            _ => &[],
        }
    }

    fn call_method(&self, vm: &mut Vm, name: &str, args: &mut Args) -> Outcome<Option<Value>> {
        if *self != Self::TypeFactory {
            return Ok(None);
        }
        let args = std::mem::take(args);
        match name {
            "load" | "load_json" => {
                let [serialized, into] = args.parameters(name, ["type_tuple", "into"], 1)?;
                let mut serialized = serialized.unwrap_or(Value::None);
                if let (Value::Str(given), "load_json") = (&serialized, name) {
                    let parsed = bindery_core::json::parse(given)
                        .map_err(|error| Raised::new(ExcKind::JsonDecode, error.to_string()))?;
                    serialized = from_core(vm, &parsed)?;
                }
                let into = match into {
                    Some(Value::Dict(dict)) => dict,
                    _ => bindery_python::Dict::new(bindery_python::Table::default()),
                };
                for (name, ty) in load(vm, &serialized)? {
                    vm.budget.values(3)?;
                    let ty = TypeValue::value(ty, None)?;
                    into.set(Value::text(name), ty)?;
                }
                Ok(Some(Value::Dict(into)))
            }
            "new" => {
                let mut parts = args.pos;
                if parts.is_empty() {
                    return Err(type_error(
                        "TypeFactory.new() missing 1 required positional argument: 'type_dict'",
                    ));
                }
                parts.remove(0);
                let touched = load(vm, &Value::tuple(parts))?;
                match touched.into_iter().last() {
                    Some((_, ty)) => TypeValue::value(ty, None).map(Some),
                    None => Ok(Some(Value::None)),
                }
            }
            "load_file" => Err(Raised::not_supported(
                "`TypeFactory.load_file`",
                "use `TypeFactory.load_json(open(path).read())`",
            )),
            _ => Ok(None),
        }
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, vm: &mut Vm, args: Args) -> Outcome<Option<Value>> {
        let made = match self {
            Self::Enum => {
                let given = CallData::new(vm, args)?;
                TypeValue::value(Type::enumeration(&given.arguments).or_raise()?, None)
            }
            Self::List => {
                TypeValue::value(Type::list(type_of(&args.single("List")?, "List")?), None)
            }
            Self::Map => {
                let [key, value] = args.exactly("Map")?;
                TypeValue::value(
                    Type::map(type_of(&key, "Map")?, type_of(&value, "Map")?),
                    None,
                )
            }
            Self::Choice => choice(vm, args),
            Self::Required => {
                let ty = field_type(&args.single("Required")?, "Required")?;
                Ok(Value::native(FieldValue(Field::required(ty))))
            }
            Self::Default => {
                let [ty, value] = args.exactly("Default")?;
                let ty = field_type(&ty, "Default")?;
                let given = CallData::new(vm, Args::one(value))?;
                let [value] = &given.arguments[..] else {
                    return Ok(None);
                };
                let field = Field::default(ty.clone(), value).or_raise();
                let names: Vec<(Rc<str>, ())> = match value {
                    bindery_core::Value::Map(entries) => entries
                        .iter()
                        .filter_map(|(key, _)| Some((key.as_str()?.into(), ())))
                        .collect(),
                    _ => Vec::new(),
                };
                Ok(Value::native(FieldValue(
                    field.map_err(|error| explain_field(error, &ty, &names))?,
                )))
            }
            Self::Struct => Err(Raised::not_supported(
                "`Struct(...)`",
                "declare a struct: `class X(Struct):`",
            )),
            Self::TypeFactory
            | Self::Type
            | Self::TypeCheck
            | Self::Namable
            | Self::MustacheParser => Err(Raised::not_supported(
                format!("`{self:?}(...)`"),
                "it is there for its name only",
            )),
        };
        made.map(Some)
    }

    fn is_instance(&self, value: &Value) -> Option<bool> {
        let object = value
            .as_native::<ObjectValue>()
            .map(|object| object.object.ty());
        Some(match self {
            Self::Struct => matches!(object, Some(Type::Struct(_))),
            Self::Enum => matches!(object, Some(Type::Enum(_))),
            Self::Choice => matches!(object, Some(Type::Choice(_))),
            Self::List => matches!(object, Some(Type::List(_))),
            Self::Map => matches!(object, Some(Type::Map(_))),
            Self::Type => value.as_native::<TypeValue>().is_some(),
            Self::TypeCheck => value.as_native::<CheckValue>().is_some(),
            Self::Namable => {
                value.as_native::<EnvironmentValue>().is_some()
                    || value
                        .as_native::<ObjectValue>()
                        .is_some_and(|object| object.object.is_namable())
            }
            Self::Required | Self::Default => value.as_native::<FieldValue>().is_some(),
            Self::TypeFactory | Self::MustacheParser => false,
        })
    }

    fn equals(&self, other: &Value) -> Outcome<Option<bool>> {
        Ok(Some(other.as_native::<Maker>() == Some(self)))
    }

    fn repr(&self, _vm: &mut Vm) -> Outcome<String> {
        Ok(format!("<class '{self:?}'>"))
    }
}

fn load(vm: &mut Vm, serialized: &Value) -> Outcome<Vec<(Rc<str>, Type)>> {
    let data = to_core(vm, serialized)?;
    Type::load(&data).or_raise()
}

fn choice(vm: &mut Vm, args: Args) -> Outcome {
    let [first, second] = args.between("Choice", 1)?;
    let (name, alternatives) = match (first, second) {
        (Some(Value::Str(name)), Some(alternatives)) => (Some(name), alternatives),
        (Some(alternatives), None) => (None, alternatives),
        _ => {
            return Err(type_error(
                "Choice expects a list of types, or a name and a list of types",
            ));
        }
    };
    let alternatives = match &alternatives {
        Value::List(_) | Value::Tuple(_) => vm.collect(&alternatives)?,
        single if single.as_native::<TypeValue>().is_some() => vec![alternatives],
        other => {
            return Err(type_error(format!(
                "Choice expects a list of types, got {}",
                other.type_name()
            )));
        }
    };
    let types = alternatives
        .iter()
        .map(|ty| type_of(ty, "Choice"))
        .collect::<Outcome<Vec<_>>>()?;
    TypeValue::value(Type::choice(name.as_deref(), types), None)
}
