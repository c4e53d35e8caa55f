//! Types as values: calling them makes objects.

use std::any::Any;
use std::rc::Rc;

use bindery_core::Type;
use bindery_python::{Args, Class, Native, Outcome, Raised, Value, Vm, text, truth};

use super::convert::{CallData, from_core};
use super::errors::{OrRaise, explain_field};
use super::values::{
    DEEPEST, FieldValue, ObjectValue, TypeValue, object_value, object_with_methods,
};
use super::{exceptions, python2};

fn data_of_type(vm: &mut Vm, ty: &Type) -> Outcome {
    let data = ty.serialize();
    from_core(vm, &data)
}

impl Native for TypeValue {
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
            .is_some_and(|other| self.ty.same(&other.ty))
    }

    fn class(&self) -> Value {
        Value::Class(Class::Type)
    }

    fn attribute(&self, _vm: &mut Vm, name: &str) -> Outcome<Option<Value>> {
        Ok(match name {
            "__name__" => Some(Value::from(self.ty.name())),
            "CoercionError" => Some(Value::Class(Class::Exception(exceptions::COERCION))),
            _ => None,
        })
    }

    fn methods(&self) -> &'static [&'static str] {
        &["dump", "json_load", "json_loads", "serialize_type"]
    }

    fn call_method(&self, vm: &mut Vm, name: &str, args: &mut Args) -> Outcome<Option<Value>> {
        let args = std::mem::take(args);
        match name {
            "json_loads" => {
                let [given, strict] = args.parameters("json_loads", ["json_text", "strict"], 1)?;
                let given = text("json_loads() argument 1", &given.unwrap_or(Value::None))?;
                json(vm, &self.ty, &given, strict).map(Some)
            }
            "json_load" => {
                let [file, strict] = args.parameters("json_load", ["fp", "strict"], 1)?;
                let file = file.unwrap_or(Value::None);
                let given = vm.call_method(&file, &"read".into(), Args::default())?;
                let given = text("what read() returns", &given)?;
                json(vm, &self.ty, &given, strict).map(Some)
            }
            "serialize_type" => {
                args.none("serialize_type")?;
                data_of_type(vm, &self.ty).map(Some)
            }
            "dump" => Err(Raised::not_supported(
                "writing files",
                "use `json.dumps(T.serialize_type())` to make a text",
            )),
            _ => Ok(None),
        }
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, vm: &mut Vm, args: Args) -> Outcome<Option<Value>> {
        let spot = args.spot;
        let given = CallData::new(vm, args)?;
        python2::remark(vm, &self.ty, &given, spot);
        let made = self
            .ty
            .construct(&given.arguments, &given.keywords, given.origin);
        let object = made
            .or_raise()
            .map_err(|error| explain_field(error, &self.ty, &given.keywords))?;
        let depth = given.depth.max(self.depth) + 1;
        Ok(Some(object_with_methods(
            object,
            self.methods.clone(),
            depth,
        )))
    }

    fn equals(&self, other: &Value) -> Outcome<Option<bool>> {
        let Some(other) = other.as_native::<TypeValue>() else {
            return Ok(Some(false));
        };
        Ok(Some(self.ty.same(&other.ty)))
    }

    fn hash(&self) -> Outcome<Option<u64>> {
        bindery_python::hash(&Value::from(self.ty.name())).map(Some)
    }

    fn is_instance(&self, value: &Value) -> Option<bool> {
        Some(
            value
                .as_native::<ObjectValue>()
                .is_some_and(|object| object.object.ty().same(&self.ty)),
        )
    }

    fn repr(&self, _vm: &mut Vm) -> Outcome<String> {
        let module = match self.ty {
            Type::String | Type::Integer | Type::Float | Type::Boolean => "basic",
            _ => "typing",
        };
        Ok(format!("<class 'pystachio.{module}.{}'>", self.ty.name()))
    }
}

fn json(vm: &mut Vm, ty: &Type, given: &str, strict: Option<Value>) -> Outcome {
    vm.budget.work(given.len() >> 4)?;
    let strict = strict.is_some_and(|strict| truth(&strict));
    let object = ty.json_loads(given, strict).or_raise()?;
    Ok(object_value(object, DEEPEST / 2))
}

impl Native for FieldValue {
    fn type_name(&self) -> Rc<str> {
        "TypeSignature".into()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self, _vm: &mut Vm) -> Outcome<String> {
        let what = if self.0.is_required() {
            "Required"
        } else {
            "Default"
        };
        Ok(format!("{what}({})", self.0.ty().name()))
    }
}
