//! `time`: the clock is SOURCE_DATE_EPOCH.

use crate::stdlib::modules::datetime::{Moment, now, strftime};
use crate::stdlib::modules::table::{functions, table};
use crate::values::args::text;
use crate::values::{Args, Builtin, Outcome, Raised, Value};
use crate::vm::Vm;

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
    Ok(Value::Float(now(vm)? as f64))
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
    let now = Moment::from_seconds(now(vm)?);
    strftime(vm, &format, &now).map(Value::from)
}
