//! `operator`.

use std::any::Any;
use std::rc::Rc;

use crate::operator::{BinaryOp, CompareOp, UnaryOp};
use crate::stdlib::modules::table::{functions, table};
use crate::values::args::text;
use crate::values::compare::truth;
use crate::values::exception::type_error;
use crate::values::release::release;
use crate::values::{Args, Builtin, Native, Outcome, Value};
use crate::vm::Vm;

pub(super) fn items() -> Vec<(&'static str, Value)> {
    static TABLE: &[Builtin] = table! {
        "add" => add,
        "and_" => and,
        "attrgetter" => attrgetter,
        "contains" => contains,
        "eq" => eq,
        "floordiv" => floordiv,
        "ge" => ge,
        "getitem" => getitem,
        "gt" => gt,
        "itemgetter" => itemgetter,
        "le" => le,
        "lt" => lt,
        "methodcaller" => methodcaller,
        "mod" => modulo,
        "mul" => mul,
        "ne" => ne,
        "neg" => neg,
        "not_" => not,
        "or_" => or,
        "pow" => pow,
        "sub" => sub,
        "truediv" => truediv,
        "xor" => xor,
    };
    functions(TABLE)
}

macro_rules! binary {
    ($($name:ident $op:ident),*) => {
        $(fn $name(vm: &mut Vm, args: Args) -> Outcome {
            let [a, b] = args.exactly(stringify!($name))?;
            vm.binary(BinaryOp::$op, &a, &b)
        })*
    };
}

macro_rules! comparison {
    ($($name:ident $op:ident),*) => {
        $(fn $name(vm: &mut Vm, args: Args) -> Outcome {
            let [a, b] = args.exactly(stringify!($name))?;
            vm.compare(CompareOp::$op, &a, &b).map(Value::Bool)
        })*
    };
}

binary!(add Add, and BitAnd, floordiv FloorDiv, modulo Mod, mul Mul, or BitOr, pow Pow, sub Sub, truediv Div, xor BitXor);
comparison!(eq Eq, ge GtE, gt Gt, le LtE, lt Lt, ne NotEq);

fn contains(vm: &mut Vm, args: Args) -> Outcome {
    let [container, item] = args.exactly("contains")?;
    vm.contains(&container, &item).map(Value::Bool)
}

fn getitem(vm: &mut Vm, args: Args) -> Outcome {
    let [container, key] = args.exactly("getitem")?;
    vm.subscript(&container, &key)
}

fn neg(vm: &mut Vm, args: Args) -> Outcome {
    vm.unary(UnaryOp::Minus, &args.single("neg")?)
}

fn not(_vm: &mut Vm, args: Args) -> Outcome {
    Ok(Value::Bool(!truth(&args.single("not_")?)))
}

fn itemgetter(_vm: &mut Vm, args: Args) -> Outcome {
    if args.pos.is_empty() {
        return Err(type_error("itemgetter expected 1 argument, got 0"));
    }
    Ok(Value::native(Getter::Items(args.pos)))
}

fn attrgetter(_vm: &mut Vm, args: Args) -> Outcome {
    let names = args
        .pos
        .iter()
        .map(|name| Ok(text("attribute name", name)?.shared()))
        .collect::<Outcome<Vec<_>>>()?;
    if names.is_empty() {
        return Err(type_error("attrgetter expected 1 argument, got 0"));
    }
    Ok(Value::native(Getter::Attributes(names)))
}

fn methodcaller(_vm: &mut Vm, mut args: Args) -> Outcome {
    if args.pos.is_empty() {
        return Err(type_error(
            "methodcaller needs at least one argument, the method name",
        ));
    }
    let name = text("method name", &args.pos.remove(0))?.shared();
    Ok(Value::native(Getter::Method(name, args.pos, args.kw)))
}

enum Getter {
    Items(Vec<Value>),
    Attributes(Vec<Rc<str>>),
    Method(Rc<str>, Vec<Value>, Vec<(Rc<str>, Value)>),
}

impl Drop for Getter {
    fn drop(&mut self) {
        match self {
            Self::Items(items) => release(std::mem::take(items)),
            Self::Attributes(_) => {}
            Self::Method(_, items, keywords) => {
                release((std::mem::take(items), std::mem::take(keywords)))
            }
        }
    }
}

impl Native for Getter {
    fn type_name(&self) -> Rc<str> {
        match self {
            Self::Items(_) => "operator.itemgetter".into(),
            Self::Attributes(_) => "operator.attrgetter".into(),
            Self::Method(..) => "operator.methodcaller".into(),
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, vm: &mut Vm, args: Args) -> Outcome<Option<Value>> {
        let object = args.single(&self.type_name())?;
        let found = match self {
            Self::Items(keys) => keys
                .iter()
                .map(|key| vm.subscript(&object, key))
                .collect::<Outcome<Vec<_>>>()?,
            Self::Attributes(names) => {
                let path = |vm: &mut Vm, names: &str| {
                    names.split('.').try_fold(object.clone(), |value, name| {
                        vm.attribute(&value, &name.into())
                    })
                };
                names
                    .iter()
                    .map(|names| path(vm, names))
                    .collect::<Outcome<Vec<_>>>()?
            }
            Self::Method(name, pos, kw) => {
                let args = Args {
                    pos: pos.clone(),
                    kw: kw.clone(),
                    spot: None,
                };
                return vm.call_method(&object, name, args).map(Some);
            }
        };
        Ok(Some(match <[Value; 1]>::try_from(found) {
            Ok([only]) => only,
            Err(many) => Value::tuple(many),
        }))
    }

    fn repr(&self, _vm: &mut Vm) -> Outcome<String> {
        Ok(format!("<{} object>", self.type_name()))
    }
}
