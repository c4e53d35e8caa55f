//! `time`: the clock is SOURCE_DATE_EPOCH.

use super::datetime::{Moment, strftime};
use super::{functions, table};
use crate::args::{Args, text};
use crate::eval::Vm;
use crate::exception::{Outcome, Raised};
use crate::value::{Builtin, Value};

pub(super) fn items() -> Vec<(&'static str, Value)> {
    static TABLE: &[Builtin] = table! {
        "sleep" => sleep,
        "strftime" => format_now,
        "time" => time,
    };
    functions(TABLE)
}

fn time(vm: &mut Vm, args: Args) -> Outcome {
    args.none("time")?;
    Ok(Value::Float(vm.host.now()? as f64))
}

fn sleep(_vm: &mut Vm, _args: Args) -> Outcome {
    Err(Raised::not_supported(
        "`time.sleep`",
        "a job file has nothing to wait for; leave it out",
    ))
}

fn format_now(vm: &mut Vm, args: Args) -> Outcome {
    if args.pos.len() > 1 {
        return Err(Raised::not_supported(
            "`time.strftime` with a time",
            "use `datetime.datetime`",
        ));
    }
    let format = text("strftime() argument 1", &args.single("strftime")?)?;
    let now = Moment::from_seconds(vm.host.now()?);
    strftime(vm, &format, &now).map(Value::from)
}
