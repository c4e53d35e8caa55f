//! `sys`: the parts that job files use.

use std::any::Any;
use std::rc::Rc;

use crate::stdlib::modules::table::{functions, table};
use crate::values::{Args, Builtin, ExcKind, NamedTuple, Native, Outcome, Raised, Value};
use crate::vm::Vm;

pub(super) fn items(vm: &mut Vm) -> Vec<(&'static str, Value)> {
    static TABLE: &[Builtin] = table! {
        "exit" => exit,
    };
    let argv = vm.host.script();
    let version = vec![
        ("major", Value::Int(3)),
        ("minor", Value::Int(11)),
        ("micro", Value::Int(0)),
        ("releaselevel", Value::from("final")),
        ("serial", Value::Int(0)),
    ];
    let mut items = functions(TABLE);
    items.extend([
        ("argv", Value::list(vec![Value::text(argv)])),
        ("byteorder", Value::from("little")),
        ("maxint", Value::Int(i64::MAX)),
        ("maxsize", Value::Int(i64::MAX)),
        ("path", Value::list(Vec::new())),
        ("platform", Value::from("linux")),
        ("stderr", Value::native(Stream)),
        ("stdout", Value::native(Stream)),
        ("version", Value::from("3.11.0")),
        ("version_info", NamedTuple::of("sys.version_info", version)),
    ]);
    items
}

fn exit(_vm: &mut Vm, args: Args) -> Outcome {
    Err(Raised::with_args(ExcKind::SystemExit, args.pos))
}

/// Standard output and standard error; both print like `print`.
struct Stream;

impl Native for Stream {
    fn type_name(&self) -> Rc<str> {
        "TextIOWrapper".into()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn methods(&self) -> &'static [&'static str] {
        &["flush", "write"]
    }

    fn call_method(&self, vm: &mut Vm, name: &str, args: &mut Args) -> Outcome<Option<Value>> {
        let args = std::mem::take(args);
        Ok(Some(match name {
            "write" => {
                let text = crate::values::args::text("write() argument", &args.single("write")?)?;
                vm.budget.string(text.len())?;
                vm.budget.print(text.len())?;
                vm.host.print(&text);
                Value::from(crate::text::length(&text))
            }
            "flush" => Value::None,
            _ => return Ok(None),
        }))
    }

    fn repr(&self, _vm: &mut Vm) -> Outcome<String> {
        Ok("<stream>".to_owned())
    }
}
