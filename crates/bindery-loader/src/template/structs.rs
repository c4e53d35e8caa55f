//! Class statements: declarations of struct types.

use std::rc::Rc;

use bindery_core::{Field, Type};
use bindery_python::{Class, Outcome, Raised, Spot, Value, Vm, type_error};

use super::errors::OrRaise;
use super::objects::METHODS;
use super::values::{FieldValue, Maker, Methods, ObjectValue, TypeValue};

/// Checks the bases of class `name`; only one struct is accepted.
pub(super) fn base(vm: &mut Vm, name: &str, bases: &[Value]) -> Outcome {
    let only_structs = "only structs can be declared: `class X(Struct):`";
    let one = |vm: &mut Vm, base: &Value| -> Outcome {
        if let Some(Maker::Struct) = base.as_native::<Maker>() {
            return Ok(base.clone());
        }
        if let Some(found) = base.as_native::<TypeValue>()
            && let Type::Struct(_) = found.ty
        {
            return Ok(base.clone());
        }
        let hint = match base {
            Value::Class(Class::Exception(_)) => {
                "raise a built-in exception: `raise ValueError('...')`"
            }
            Value::Class(Class::Object) => {
                "for data without a template use a dict, or `collections.namedtuple`"
            }
            _ => only_structs,
        };
        let shown = match base {
            Value::Class(class) => class.name().to_owned(),
            other => bindery_python::repr(vm, other)?,
        };
        Err(Raised::not_supported(
            format!("class `{name}` deriving from `{shown}`"),
            hint,
        ))
    };
    match bases {
        [single] => one(vm, single),
        many => {
            for base in many {
                one(vm, base)?;
            }
            let message = "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the \
                           metaclasses of all its bases";
            Err(type_error(message)
                .hint("a struct derives from one class; schemas are not inherited (Q20)"))
        }
    }
}

/// Makes the type that a class statement declares.
pub(super) fn declare(
    vm: &mut Vm,
    name: &Rc<str>,
    base: &Value,
    members: Vec<(Rc<str>, Value)>,
    spot: Spot,
) -> Outcome {
    let mut fields = Vec::new();
    let mut methods: Methods = Vec::new();
    for (member, value) in members {
        if let Some(found) = value.as_native::<TypeValue>() {
            fields.push((member, Field::optional(found.ty.clone())));
        } else if let Some(found) = value.as_native::<FieldValue>() {
            fields.push((member, found.0.clone()));
        } else if let Value::Function(_) = value {
            methods.push((member, value));
        } else if value.as_native::<ObjectValue>().is_some() {
            vm.note(
                format!(
                    "`{member}` of struct `{name}` is an object and not a field; it is dropped"
                ),
                Some(spot),
                Some(format!(
                    "declare the field with its default: `{member} = Default(Type, value)`"
                )),
            );
        }
    }
    for (field, _) in &fields {
        if METHODS.contains(&&**field) {
            vm.note(
                format!("field `{field}` of struct `{name}` has the name of a method: refs reach it, `{field}()` does not"),
                Some(spot),
                None,
            );
        }
    }
    let (ty, methods) = match base.as_native::<TypeValue>() {
        // Methods of a class that derives from `Struct` are dropped, as in pystachio (Q21).
        None => (Type::structure(name, fields), None),
        Some(TypeValue {
            ty: parent,
            methods: inherited,
            ..
        }) => {
            if let Some((field, _)) = fields.first() {
                vm.note(
                    format!("struct `{name}` has only the fields of `{}`: `{field}` and its other new fields are dropped", parent.name()),
                    Some(spot),
                    Some("declare all fields in a class that derives from `Struct`".to_owned()),
                );
            }
            let mut all = methods;
            for (method, function) in inherited.iter().flat_map(|methods| methods.iter()) {
                if !all.iter().any(|(known, _)| known == method) {
                    all.push((method.clone(), function.clone()));
                }
            }
            (
                parent.subclass(name).or_raise()?,
                (!all.is_empty()).then(|| Rc::new(all)),
            )
        }
    };
    TypeValue::value(ty, methods)
}
