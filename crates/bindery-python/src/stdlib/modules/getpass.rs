//! `getpass`: the name of the user.

use crate::stdlib::modules::table::{functions, table};
use crate::values::{Args, Builtin, ExcKind, Outcome, Raised, Value};
use crate::vm::Vm;

pub(super) fn items() -> Vec<(&'static str, Value)> {
    static TABLE: &[Builtin] = table! {
        "getpass" => getpass,
        "getuser" => getuser,
    };
    functions(TABLE)
}

fn getuser(vm: &mut Vm, args: Args) -> Outcome {
    args.none("getuser")?;
    let user = vm.host.user().ok_or_else(|| {
        Raised::new(ExcKind::Os, "No username set in the environment").hint("set LOGNAME or USER")
    })?;
    Ok(Value::from(user))
}

fn getpass(_vm: &mut Vm, _args: Args) -> Outcome {
    Err(Raised::not_supported(
        "asking for a password",
        "a job file cannot ask for input; keep secrets out of job files",
    ))
}
