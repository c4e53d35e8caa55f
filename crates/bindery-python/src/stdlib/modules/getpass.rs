//! `getpass`: who is asking.

use super::{functions, table};
use crate::args::Args;
use crate::eval::Vm;
use crate::exception::{Outcome, Raised};
use crate::value::{Builtin, Value};

pub(super) fn items() -> Vec<(&'static str, Value)> {
    static TABLE: &[Builtin] = table! {
        "getpass" => getpass,
        "getuser" => getuser,
    };
    functions(TABLE)
}

fn getuser(vm: &mut Vm, args: Args) -> Outcome {
    args.none("getuser")?;
    vm.host.user().map(Value::from)
}

fn getpass(_vm: &mut Vm, _args: Args) -> Outcome {
    Err(Raised::not_supported(
        "asking for a password",
        "a job file asks nobody; secrets do not belong into job files",
    ))
}
