//! Template objects as values.

use std::any::Any;
use std::rc::Rc;

use bindery_core::{ErrorKind, Type};
use bindery_python::{
    Args, BinaryOp, CompareOp, ExcKind, Iteration, Native, Outcome, Raised, Value, Vm, type_error,
};

use super::convert::{CallData, from_core, to_core};
use super::errors::{OrRaise, charge_text, explain_field, raise, suggest_field};
use super::values::{CheckValue, EmptyValue, ObjectValue, RefValue, TypeValue, object_value};

/// Methods of every object.
pub(super) const METHODS: &[&str] = &[
    "bind",
    "check",
    "copy",
    "find",
    "get",
    "in_scope",
    "interpolate",
    "json_dump",
    "json_dumps",
    "scopes",
    "unwrap",
];

/// Weight of a binding, in elements of a list.
const BINDING: usize = 24;

impl ObjectValue {
    /// Calls an accessor or a method of a subclass; returns `None` if there is neither.
    fn accessor(&self, vm: &mut Vm, name: &str, args: Args) -> Outcome<Option<Value>> {
        let Type::Struct(ty) = self.object.ty() else {
            return Ok(None);
        };
        if let Some(has) = name
            .strip_prefix("has_")
            .and_then(|field| self.object.has(field))
        {
            args.none(name)?;
            return Ok(Some(Value::Bool(has)));
        }
        if ty.fields().iter().any(|(field, _)| &**field == name) {
            args.none(name)?;
            vm.budget.evaluation()?;
            return Ok(Some(match self.object.attribute(name).or_raise()? {
                Some(object) => object_value(object, self.depth),
                None => Value::native(EmptyValue),
            }));
        }
        let method = self
            .methods
            .iter()
            .flat_map(|methods| methods.iter())
            .find(|(known, _)| &**known == name);
        let Some((_, function)) = method else {
            return Ok(None);
        };
        let mut args = args;
        args.pos.insert(0, self.changed(self.object.clone(), 0, 0));
        vm.call_with(function, args).map(Some)
    }

    fn no_attribute(&self, name: &str) -> Raised {
        let ty = self.object.ty();
        match ty {
            Type::Struct(_) => {
                let error = Raised::new(
                    ExcKind::Attribute,
                    format!("{} has no attribute {name}", ty.name()),
                );
                let field = name.strip_prefix("has_").unwrap_or(name);
                match suggest_field(ty, field) {
                    Some(hint) => error.hint(hint),
                    None => error,
                }
            }
            _ => bindery_python::attribute_error(ty.name(), name),
        }
    }
}

impl Native for ObjectValue {
    fn weight(&self) -> usize {
        14
    }

    fn type_name(&self) -> Rc<str> {
        self.object.ty().name().into()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn class(&self) -> Value {
        TypeValue::value(self.object.ty().clone(), self.methods.clone()).unwrap_or(Value::None)
    }

    fn attribute(&self, _vm: &mut Vm, name: &str) -> Outcome<Option<Value>> {
        if METHODS.contains(&name) {
            return Ok(None);
        }
        if let Type::Struct(ty) = self.object.ty() {
            let is_field = |name: &str| ty.fields().iter().any(|(field, _)| &**field == name);
            let is_accessor = is_field(name) || name.strip_prefix("has_").is_some_and(is_field);
            let is_method = self
                .methods
                .iter()
                .flat_map(|methods| methods.iter())
                .any(|(known, _)| &**known == name);
            if is_accessor || is_method {
                let this = self.changed(self.object.clone(), 0, 0);
                return Ok(Some(Value::Method(Rc::new(bindery_python::Method::new(
                    this, name,
                )))));
            }
        }
        Err(self.no_attribute(name))
    }

    fn methods(&self) -> &'static [&'static str] {
        METHODS
    }

    fn call_method(&self, vm: &mut Vm, name: &str, args: &mut Args) -> Outcome<Option<Value>> {
        if !METHODS.contains(&name) {
            let args = std::mem::take(args);
            return match self.accessor(vm, name, args)? {
                Some(value) => Ok(Some(value)),
                None => Err(self.no_attribute(name)),
            };
        }
        let args = std::mem::take(args);
        Ok(Some(match name {
            "bind" | "in_scope" => {
                vm.budget.values(self.binds + BINDING)?;
                let given = CallData::new(vm, args)?;
                let object = match name {
                    "bind" => self.object.bind(&given.arguments, &given.keywords),
                    _ => self.object.in_scope(&given.arguments, &given.keywords),
                };
                self.changed(object.or_raise()?, given.depth + 1, 1)
            }
            "copy" => {
                args.none(name)?;
                self.changed(self.object.clone(), 0, 0)
            }
            "get" => {
                args.none(name)?;
                vm.budget.evaluation()?;
                let data = self.object.get().or_raise()?;
                from_core(vm, &data)?
            }
            "check" => {
                args.none(name)?;
                vm.budget.evaluation()?;
                Value::native(CheckValue(self.object.check().or_raise()?))
            }
            "interpolate" => {
                args.none(name)?;
                vm.budget.evaluation()?;
                let (object, unbound) = self.object.interpolate().or_raise()?;
                vm.budget.values(unbound.len())?;
                let refs = unbound
                    .into_iter()
                    .map(|unbound| Value::native(RefValue(unbound.reference)));
                Value::tuple([self.changed(object, 0, 0), Value::list(refs.collect())])
            }
            "unwrap" => {
                args.none(name)?;
                vm.budget.evaluation()?;
                object_value(self.object.unwrap_choice().or_raise()?, self.depth)
            }
            "find" => {
                let wanted = args.single(name)?;
                let Some(wanted) = wanted.as_native::<RefValue>() else {
                    return Err(type_error(
                        "find() wants a Ref, as Ref.from_address() makes it",
                    ));
                };
                vm.budget.evaluation()?;
                let found = self.object.find(&wanted.0).or_raise()?;
                from_core(vm, &found)?
            }
            "json_dumps" if matches!(self.object.ty(), Type::Struct(_)) => {
                args.none(name)?;
                vm.budget.evaluation()?;
                let text = self.object.json_dumps().or_raise()?;
                vm.budget.string(text.len())?;
                Value::from(text)
            }
            "json_dump" => {
                return Err(Raised::not_supported(
                    "writing files",
                    "use `json_dumps()` to make a text",
                ));
            }
            "scopes" => {
                return Err(Raised::not_supported(
                    "`scopes()`",
                    "look a value up with `find(Ref.from_address('x'))`",
                ));
            }
            _ => return Err(self.no_attribute(name)),
        }))
    }

    fn is_callable(&self) -> bool {
        matches!(self.object.ty(), Type::Struct(_))
    }

    fn call(&self, vm: &mut Vm, args: Args) -> Outcome<Option<Value>> {
        if !self.is_callable() {
            return Ok(None);
        }
        if !args.pos.is_empty() {
            return Err(type_error(format!(
                "Structural.__call__() takes 1 positional argument but {} were given",
                args.pos.len() + 1
            ))
            .hint("give the fields to change by name: `job(name = 'x')`"));
        }
        let given = CallData::new(vm, args)?;
        let changed = self
            .object
            .with(&given.keywords)
            .map_err(|error| error.at(given.origin))
            .or_raise();
        let object =
            changed.map_err(|error| explain_field(error, self.object.ty(), &given.keywords))?;
        Ok(Some(self.changed(object, given.depth + 1, 0)))
    }

    fn equals(&self, other: &Value) -> Outcome<Option<bool>> {
        match other.as_native::<ObjectValue>() {
            Some(other) => {
                bindery_python::charge_comparison(20)?;
                self.object.equals(&other.object).or_raise().map(Some)
            }
            None => Ok(Some(false)),
        }
    }

    fn compare(&self, op: CompareOp, other: &Value) -> Outcome<Option<bool>> {
        let Some(other) = other.as_native::<ObjectValue>() else {
            // A simple object sorts before every value of another type (Q26).
            let before = matches!(op, CompareOp::Lt | CompareOp::LtE);
            return Ok(self.object.ty().is_simple().then_some(before));
        };
        bindery_python::charge_comparison(20)?;
        let Some(less) = self.object.less(&other.object).or_raise()? else {
            return Ok(None);
        };
        // pystachio derives all four operators from "less" and "equal" (Q26).
        Ok(Some(match op {
            CompareOp::Lt => less,
            CompareOp::GtE => !less,
            CompareOp::LtE => less || self.object.equals(&other.object).or_raise()?,
            _ => !less && !self.object.equals(&other.object).or_raise()?,
        }))
    }

    /// Returns the hash of the raw value; scopes do not count (Q25).
    fn hash(&self) -> Outcome<Option<u64>> {
        let data = self.object.get().or_raise()?;
        let shown = bindery_core::repr::value(&data).or_raise()?;
        bindery_python::hash(&Value::from(shown)).map(Some)
    }

    fn binary(
        &self,
        vm: &mut Vm,
        op: BinaryOp,
        other: &Value,
        reflected: bool,
    ) -> Outcome<Option<Value>> {
        if op != BinaryOp::Mod || reflected {
            return Ok(None);
        }
        vm.budget.evaluation()?;
        let data = to_core(vm, other)?;
        let object = self.object.modulo(&data).or_raise()?;
        Ok(Some(self.changed(object, 1, 0)))
    }

    fn item(&self, vm: &mut Vm, key: &Value) -> Outcome<Option<Value>> {
        if !matches!(self.object.ty(), Type::List(_) | Type::Map(_)) {
            return Ok(None);
        }
        vm.budget.evaluation()?;
        if let (Type::List(_), Value::Slice(_)) = (self.object.ty(), key) {
            let elements = self.object.elements().or_raise()?;
            vm.budget.values(elements.len())?;
            let elements: Vec<Value> = elements
                .into_iter()
                .map(|element| object_value(element, self.depth))
                .collect();
            return vm.subscript(&Value::tuple(elements), key).map(Some);
        }
        let data = to_core(vm, key)?;
        match self.object.item(&data) {
            Ok(object) => Ok(Some(object_value(object, self.depth))),
            // The message is the quoted key; the exception holds the key itself.
            Err(error) if error.kind() == ErrorKind::Key => {
                Err(Raised::with_args(ExcKind::Key, vec![key.clone()]))
            }
            Err(error) => Err(raise(&error)),
        }
    }

    fn contains(&self, vm: &mut Vm, item: &Value) -> Outcome<Option<bool>> {
        if !matches!(self.object.ty(), Type::List(_) | Type::Map(_)) {
            return Ok(None);
        }
        vm.budget.evaluation()?;
        let data = to_core(vm, item)?;
        self.object.contains(&data).or_raise().map(Some)
    }

    fn iterate(&self, vm: &mut Vm) -> Outcome<Option<Iteration>> {
        if !matches!(self.object.ty(), Type::List(_) | Type::Map(_)) {
            return Ok(None);
        }
        vm.budget.evaluation()?;
        let elements = self.object.elements().or_raise()?;
        vm.budget.values(elements.len())?;
        let elements: Vec<Value> = elements
            .into_iter()
            .map(|element| object_value(element, self.depth))
            .collect();
        Ok(Some(Iteration::over(elements)))
    }

    fn display(&self, vm: &mut Vm) -> Outcome<String> {
        charge_text(vm, self.object.display())
    }

    fn repr(&self, vm: &mut Vm) -> Outcome<String> {
        charge_text(vm, self.object.repr())
    }
}

impl Native for CheckValue {
    fn type_name(&self) -> Rc<str> {
        "TypeCheck".into()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn methods(&self) -> &'static [&'static str] {
        &["message", "ok"]
    }

    fn call_method(&self, _vm: &mut Vm, name: &str, args: &mut Args) -> Outcome<Option<Value>> {
        let args = std::mem::take(args);
        match name {
            "ok" => {
                args.none(name)?;
                Ok(Some(Value::Bool(self.0.ok())))
            }
            "message" => {
                args.none(name)?;
                Ok(Some(Value::from(self.0.message())))
            }
            _ => Ok(None),
        }
    }

    fn repr(&self, _vm: &mut Vm) -> Outcome<String> {
        Ok(if self.0.ok() {
            "TypeCheck(OK)".to_owned()
        } else {
            format!("TypeCheck(FAILED): {}", self.0.message())
        })
    }
}
