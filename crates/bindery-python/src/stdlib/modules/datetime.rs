//! `datetime`: dates, times without time zones, and durations.

use std::any::Any;
use std::cmp::Ordering;
use std::rc::Rc;

use crate::operator::{BinaryOp, CompareOp};
use crate::stdlib::modules::table::{functions, table};
use crate::values::args::{integer, text};
use crate::values::exception::{type_error, value_error};
use crate::values::number::Number;
use crate::values::{Args, Builtin, Class, ExcKind, Native, Outcome, Raised, Value};
use crate::vm::Vm;

const DAY: i64 = 86_400;
const MICRO: i64 = 1_000_000;

/// Returns the time in seconds since 1970.
pub(super) fn now(vm: &mut Vm) -> Outcome<i64> {
    vm.host.now().ok_or_else(|| {
        Raised::not_supported(
            "the clock",
            "the same file must always give the same jobs; set SOURCE_DATE_EPOCH to the time it should see",
        )
    })
}

pub(super) fn items() -> Vec<(&'static str, Value)> {
    static TABLE: &[Builtin] = table! {
        "timedelta" => timedelta,
    };
    let mut items = functions(TABLE);
    items.push(("date", Value::native(Maker::Date)));
    items.push(("datetime", Value::native(Maker::DateTime)));
    items
}

/// A point in time without a time zone: days since 1970, and microseconds of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Moment {
    days: i64,
    micros: i64,
}

/// Returns the days since 1970 of a date in the Gregorian calendar.
fn days_from(year: i64, month: i64, day: i64) -> i64 {
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let year_of_era = shifted.rem_euclid(400);
    let month_index = (month + 9) % 12;
    let day_of_year = (153 * month_index + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Returns the year, month and day for days since 1970.
fn date_from(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 {
        month_index + 3
    } else {
        month_index - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

impl Moment {
    pub(super) fn from_seconds(seconds: i64) -> Self {
        Self {
            days: seconds.div_euclid(DAY),
            micros: seconds.rem_euclid(DAY) * MICRO,
        }
    }

    fn total(self) -> i128 {
        i128::from(self.days) * i128::from(DAY * MICRO) + i128::from(self.micros)
    }

    fn from_total(total: i128) -> Outcome<Self> {
        let day = i128::from(DAY * MICRO);
        let days = i64::try_from(total.div_euclid(day)).unwrap_or(i64::MAX);
        if !(days_from(1, 1, 1)..=days_from(9999, 12, 31)).contains(&days) {
            return Err(Raised::new(ExcKind::Overflow, "date value out of range"));
        }
        Ok(Self {
            days,
            micros: i64::try_from(total.rem_euclid(day)).unwrap_or(0),
        })
    }

    fn clock(self) -> (i64, i64, i64, i64) {
        let seconds = self.micros / MICRO;
        (
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60,
            self.micros % MICRO,
        )
    }

    /// Returns the day of the week; Monday is 0.
    fn weekday(self) -> i64 {
        (self.days + 3).rem_euclid(7)
    }

    fn iso_date(self) -> String {
        let (year, month, day) = date_from(self.days);
        format!("{year:04}-{month:02}-{day:02}")
    }

    fn iso_time(self) -> String {
        let (hour, minute, second, micros) = self.clock();
        let fraction = if micros == 0 {
            String::new()
        } else {
            format!(".{micros:06}")
        };
        format!("{hour:02}:{minute:02}:{second:02}{fraction}")
    }
}

/// `strftime`.
pub(super) fn strftime(vm: &mut Vm, format: &str, moment: &Moment) -> Outcome<String> {
    const DAYS: [&str; 7] = [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ];
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let (year, month, day) = date_from(moment.days);
    let (hour, minute, second, micros) = moment.clock();
    let weekday = moment.weekday();
    let name = |names: &[&'static str], index: i64| {
        names[usize::try_from(index).unwrap_or(0) % names.len()]
    };
    let day_of_year = moment.days - days_from(year, 1, 1) + 1;
    let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
    let mut out = String::new();
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            out.push(letter);
            continue;
        }
        let code = letters.next().unwrap_or('%');
        let made = match code {
            'Y' => year.to_string(),
            'm' => format!("{month:02}"),
            'd' => format!("{day:02}"),
            'H' => format!("{hour:02}"),
            'I' => format!("{twelve:02}"),
            'M' => format!("{minute:02}"),
            'S' => format!("{second:02}"),
            'f' => format!("{micros:06}"),
            'y' => format!("{:02}", year % 100),
            'j' => format!("{day_of_year:03}"),
            'A' => name(&DAYS, weekday).to_owned(),
            'a' => name(&DAYS, weekday)[..3].to_owned(),
            'B' => name(&MONTHS, month - 1).to_owned(),
            'b' | 'h' => name(&MONTHS, month - 1)[..3].to_owned(),
            'p' => if hour < 12 { "AM" } else { "PM" }.to_owned(),
            'w' => ((weekday + 1) % 7).to_string(),
            'u' => (weekday + 1).to_string(),
            'F' => moment.iso_date(),
            'T' => format!("{hour:02}:{minute:02}:{second:02}"),
            'D' => format!("{month:02}/{day:02}/{:02}", year % 100),
            'R' => format!("{hour:02}:{minute:02}"),
            'e' => format!("{day:2}"),
            's' => (moment.days * DAY + moment.micros / MICRO).to_string(),
            'n' => "\n".to_owned(),
            't' => "\t".to_owned(),
            'z' | 'Z' => String::new(),
            '%' => "%".to_owned(),
            other => {
                return Err(Raised::not_supported(
                    format!("`%{other}` in strftime"),
                    "use the numeric codes: %Y %m %d %H %M %S",
                ));
            }
        };
        out.push_str(&made);
    }
    vm.budget.string(out.len())?;
    Ok(out)
}

/// The classes `date` and `datetime`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Maker {
    Date,
    DateTime,
}

impl Maker {
    fn make(self, args: Args) -> Outcome {
        let names = [
            "year",
            "month",
            "day",
            "hour",
            "minute",
            "second",
            "microsecond",
        ];
        let given = match self {
            Self::Date => {
                let [year, month, day] = args.parameters("date", ["year", "month", "day"], 3)?;
                [year, month, day, None, None, None, None]
            }
            Self::DateTime => {
                let mut args = args;
                if args
                    .take_keyword("tzinfo")
                    .is_some_and(|zone| !matches!(zone, Value::None))
                {
                    return Err(zones());
                }
                args.parameters("datetime", names, 3)?
            }
        };
        let mut parts = [0i64; 7];
        for (part, value) in parts.iter_mut().zip(given) {
            *part = value.map_or(Ok(0), |value| integer(&value))?;
        }
        moment(parts).map(|moment| self.instance(moment))
    }

    fn instance(self, moment: Moment) -> Value {
        Value::native(Instant { kind: self, moment })
    }
}

fn zones() -> Raised {
    Raised::not_supported("time zones", "all times here are UTC")
}

fn moment(parts: [i64; 7]) -> Outcome<Moment> {
    let [year, month, day, hour, minute, second, micros] = parts;
    if !(1..=9999).contains(&year) {
        return Err(value_error(format!("year {year} is out of range")));
    }
    if !(1..=12).contains(&month) {
        return Err(value_error("month must be in 1..12"));
    }
    let (next_year, next_month) = if month == 12 {
        (year + 1, 1)
    } else {
        (year, month + 1)
    };
    let length = days_from(next_year, next_month, 1) - days_from(year, month, 1);
    if !(1..=length).contains(&day) {
        return Err(value_error("day is out of range for month"));
    }
    for (name, value, limit) in [
        ("hour", hour, 23),
        ("minute", minute, 59),
        ("second", second, 59),
        ("microsecond", micros, 999_999),
    ] {
        if !(0..=limit).contains(&value) {
            return Err(value_error(format!("{name} must be in 0..{limit}")));
        }
    }
    Ok(Moment {
        days: days_from(year, month, day),
        micros: ((hour * 60 + minute) * 60 + second) * MICRO + micros,
    })
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
        Ok((name == "__name__").then(|| {
            Value::from(if *self == Self::Date {
                "date"
            } else {
                "datetime"
            })
        }))
    }

    fn methods(&self) -> &'static [&'static str] {
        &[
            "fromisoformat",
            "fromordinal",
            "fromtimestamp",
            "now",
            "today",
            "utcfromtimestamp",
            "utcnow",
        ]
    }

    fn call_method(&self, vm: &mut Vm, name: &str, args: &mut Args) -> Outcome<Option<Value>> {
        let args = std::mem::take(args);
        let moment = match (self, name) {
            (Self::DateTime, "now" | "utcnow" | "today") | (Self::Date, "today") => {
                if !args.pos.is_empty() || !args.kw.is_empty() {
                    return Err(zones());
                }
                Moment::from_seconds(now(vm)?)
            }
            (_, "fromtimestamp" | "utcfromtimestamp") => {
                let value = args.single(name)?;
                let seconds = match Number::of(&value) {
                    Some(number) => number.float()?,
                    None => return Err(type_error("a number is required")),
                };
                Moment::from_total((seconds * 1e6).round() as i128)?
            }
            (_, "fromordinal") => {
                let day = integer(&args.single(name)?)?;
                Moment::from_total((i128::from(day) - 719_163) * i128::from(DAY * MICRO))?
            }
            (_, "fromisoformat") => {
                let given = text("fromisoformat: argument", &args.single(name)?)?;
                parse_iso(&given).ok_or_else(|| {
                    value_error(format!(
                        "Invalid isoformat string: {}",
                        crate::text::quote(&given)
                    ))
                })?
            }
            _ => return Ok(None),
        };
        let moment = if *self == Self::Date {
            Moment {
                micros: 0,
                ..moment
            }
        } else {
            moment
        };
        Ok(Some(self.instance(moment)))
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, _vm: &mut Vm, args: Args) -> Outcome<Option<Value>> {
        self.make(args).map(Some)
    }

    fn equals(&self, other: &Value) -> Outcome<Option<bool>> {
        Ok(Some(other.as_native::<Maker>() == Some(self)))
    }

    fn is_instance(&self, value: &Value) -> Option<bool> {
        Some(
            value
                .as_native::<Instant>()
                .is_some_and(|instant| *self == Self::Date || instant.kind == *self),
        )
    }

    fn repr(&self, _vm: &mut Vm) -> Outcome<String> {
        Ok(format!(
            "<class 'datetime.{}'>",
            if *self == Self::Date {
                "date"
            } else {
                "datetime"
            }
        ))
    }
}

fn parse_iso(text: &str) -> Option<Moment> {
    if !text.is_ascii() {
        return None;
    }
    let number = |part: &str, width: usize| -> Option<i64> {
        (part.len() == width && part.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| part.parse().ok())?
    };
    let (date, time) = match text.get(10..) {
        Some("") | None => (text, None),
        Some(rest) => (&text[..10], Some(rest.strip_prefix(['T', ' '])?)),
    };
    let mut parts = [0; 7];
    let mut fields = date.split('-');
    for (part, width) in parts.iter_mut().zip([4, 2, 2]) {
        *part = number(fields.next()?, width)?;
    }
    if fields.next().is_some() {
        return None;
    }
    if let Some(time) = time {
        let (clock, fraction) = time.split_once('.').unwrap_or((time, ""));
        let fields: Vec<&str> = clock.split(':').collect();
        if fields.is_empty() || fields.len() > 3 {
            return None;
        }
        for (part, field) in parts[3..].iter_mut().zip(fields) {
            *part = number(field, 2)?;
        }
        if !fraction.is_empty() {
            parts[6] = number(fraction, fraction.len().min(6))?
                * 10i64.pow(6 - u32::try_from(fraction.len()).ok()?);
        }
    }
    moment(parts).ok()
}

/// A `date` or `datetime`.
struct Instant {
    kind: Maker,
    moment: Moment,
}

impl Instant {
    fn order(&self, other: &Value) -> Option<Ordering> {
        let other = other.as_native::<Instant>()?;
        (other.kind == self.kind).then(|| self.moment.cmp(&other.moment))
    }
}

impl Native for Instant {
    fn type_name(&self) -> Rc<str> {
        if self.kind == Maker::Date {
            "datetime.date".into()
        } else {
            "datetime.datetime".into()
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn class(&self) -> Value {
        Value::native(self.kind)
    }

    fn attribute(&self, _vm: &mut Vm, name: &str) -> Outcome<Option<Value>> {
        let (year, month, day) = date_from(self.moment.days);
        let (hour, minute, second, micros) = self.moment.clock();
        let number = match (name, self.kind) {
            ("year", _) => year,
            ("month", _) => month,
            ("day", _) => day,
            ("hour", Maker::DateTime) => hour,
            ("minute", Maker::DateTime) => minute,
            ("second", Maker::DateTime) => second,
            ("microsecond", Maker::DateTime) => micros,
            ("tzinfo", Maker::DateTime) => return Ok(Some(Value::None)),
            _ => return Ok(None),
        };
        Ok(Some(Value::Int(number)))
    }

    fn methods(&self) -> &'static [&'static str] {
        match self.kind {
            Maker::Date => &[
                "isoformat",
                "isoweekday",
                "replace",
                "strftime",
                "toordinal",
                "weekday",
            ],
            Maker::DateTime => &[
                "date",
                "isoformat",
                "isoweekday",
                "replace",
                "strftime",
                "timestamp",
                "toordinal",
                "weekday",
            ],
        }
    }

    fn call_method(&self, vm: &mut Vm, name: &str, args: &mut Args) -> Outcome<Option<Value>> {
        if !self.methods().contains(&name) {
            return Ok(None);
        }
        let args = std::mem::take(args);
        Ok(Some(match name {
            "strftime" => {
                let format = text("strftime() argument 1", &args.single(name)?)?;
                Value::from(strftime(vm, &format, &self.moment)?)
            }
            "isoformat" if self.kind == Maker::Date => {
                args.none(name)?;
                Value::from(self.moment.iso_date())
            }
            "isoformat" => {
                let [separator] = args.parameters(name, ["sep"], 0)?;
                let separator = match separator {
                    Some(separator) => text("isoformat() argument 1", &separator)?
                        .as_str()
                        .to_owned(),
                    None => "T".to_owned(),
                };
                Value::from(format!(
                    "{}{separator}{}",
                    self.moment.iso_date(),
                    self.moment.iso_time()
                ))
            }
            "weekday" => Value::Int(self.moment.weekday()),
            "isoweekday" => Value::Int(self.moment.weekday() + 1),
            "toordinal" => Value::Int(self.moment.days + 719_163),
            "timestamp" => Value::Float(self.moment.total() as f64 / 1e6),
            "date" => Maker::Date.instance(Moment {
                micros: 0,
                ..self.moment
            }),
            _ => {
                let (year, month, day) = date_from(self.moment.days);
                let (hour, minute, second, micros) = self.moment.clock();
                let mut parts = [year, month, day, hour, minute, second, micros];
                let names = [
                    "year",
                    "month",
                    "day",
                    "hour",
                    "minute",
                    "second",
                    "microsecond",
                ];
                for (part, value) in parts.iter_mut().zip(args.parameters("replace", names, 0)?) {
                    if let Some(value) = value {
                        *part = integer(&value)?;
                    }
                }
                self.kind.instance(moment(parts)?)
            }
        }))
    }

    fn equals(&self, other: &Value) -> Outcome<Option<bool>> {
        Ok(Some(self.order(other) == Some(Ordering::Equal)))
    }

    fn compare(&self, op: CompareOp, other: &Value) -> Outcome<Option<bool>> {
        Ok(self.order(other).map(|order| decide(op, order)))
    }

    fn hash(&self) -> Outcome<Option<u64>> {
        Ok(Some(self.moment.total() as u64))
    }

    fn binary(
        &self,
        _vm: &mut Vm,
        op: BinaryOp,
        other: &Value,
        reflected: bool,
    ) -> Outcome<Option<Value>> {
        if let Some(span) = other.as_native::<Span>() {
            let micros = match self.kind {
                Maker::Date => span.0.div_euclid(i128::from(DAY * MICRO)) * i128::from(DAY * MICRO),
                Maker::DateTime => span.0,
            };
            let total = match (op, reflected) {
                (BinaryOp::Add, _) => self.moment.total() + micros,
                (BinaryOp::Sub, false) => self.moment.total() - micros,
                _ => return Ok(None),
            };
            return Ok(Some(self.kind.instance(Moment::from_total(total)?)));
        }
        match other.as_native::<Instant>() {
            Some(other) if op == BinaryOp::Sub && other.kind == self.kind && !reflected => {
                Ok(Some(Value::native(Span(
                    self.moment.total() - other.moment.total(),
                ))))
            }
            _ => Ok(None),
        }
    }

    fn repr(&self, _vm: &mut Vm) -> Outcome<String> {
        let (year, month, day) = date_from(self.moment.days);
        if self.kind == Maker::Date {
            return Ok(format!("datetime.date({year}, {month}, {day})"));
        }
        let (hour, minute, second, micros) = self.moment.clock();
        let tail = match (second, micros) {
            (0, 0) => String::new(),
            (_, 0) => format!(", {second}"),
            _ => format!(", {second}, {micros}"),
        };
        Ok(format!(
            "datetime.datetime({year}, {month}, {day}, {hour}, {minute}{tail})"
        ))
    }

    fn display(&self, _vm: &mut Vm) -> Outcome<String> {
        Ok(match self.kind {
            Maker::Date => self.moment.iso_date(),
            Maker::DateTime => format!("{} {}", self.moment.iso_date(), self.moment.iso_time()),
        })
    }

    fn format(&self, vm: &mut Vm, spec: &str) -> Outcome<Option<String>> {
        strftime(vm, spec, &self.moment).map(Some)
    }
}

fn decide(op: CompareOp, order: Ordering) -> bool {
    match op {
        CompareOp::Lt => order.is_lt(),
        CompareOp::LtE => order.is_le(),
        CompareOp::Gt => order.is_gt(),
        _ => order.is_ge(),
    }
}

/// A `timedelta`, in microseconds.
struct Span(i128);

fn timedelta(_vm: &mut Vm, args: Args) -> Outcome {
    let names = [
        "days",
        "seconds",
        "microseconds",
        "milliseconds",
        "minutes",
        "hours",
        "weeks",
    ];
    let units = [
        DAY * MICRO,
        MICRO,
        1,
        1000,
        60 * MICRO,
        3600 * MICRO,
        7 * DAY * MICRO,
    ];
    let mut total = 0i128;
    for (value, unit) in args
        .parameters("timedelta", names, 0)?
        .into_iter()
        .zip(units)
    {
        let Some(value) = value else { continue };
        total += match Number::of(&value) {
            Some(Number::Int(count)) => i128::from(count) * i128::from(unit),
            Some(Number::Float(count)) => (count * unit as f64).round_ties_even() as i128,
            _ => {
                return Err(type_error(format!(
                    "unsupported type for timedelta component: {}",
                    value.type_name()
                )));
            }
        };
    }
    span(total)
}

fn span(total: i128) -> Outcome {
    if total.abs() > i128::from(DAY * MICRO) * 999_999_999 {
        return Err(Raised::new(
            ExcKind::Overflow,
            "days out of range; must have magnitude <= 999999999",
        ));
    }
    Ok(Value::native(Span(total)))
}

impl Span {
    /// Returns days, seconds and microseconds; seconds and microseconds are never negative.
    fn parts(&self) -> (i64, i64, i64) {
        let day = i128::from(DAY * MICRO);
        let rest = i64::try_from(self.0.rem_euclid(day)).unwrap_or(0);
        (
            i64::try_from(self.0.div_euclid(day)).unwrap_or(0),
            rest / MICRO,
            rest % MICRO,
        )
    }
}

impl Native for Span {
    fn type_name(&self) -> Rc<str> {
        "datetime.timedelta".into()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn attribute(&self, _vm: &mut Vm, name: &str) -> Outcome<Option<Value>> {
        let (days, seconds, micros) = self.parts();
        Ok(match name {
            "days" => Some(Value::Int(days)),
            "seconds" => Some(Value::Int(seconds)),
            "microseconds" => Some(Value::Int(micros)),
            _ => None,
        })
    }

    fn methods(&self) -> &'static [&'static str] {
        &["total_seconds"]
    }

    fn call_method(&self, _vm: &mut Vm, name: &str, args: &mut Args) -> Outcome<Option<Value>> {
        if name != "total_seconds" {
            return Ok(None);
        }
        std::mem::take(args).none(name)?;
        Ok(Some(Value::Float(self.0 as f64 / 1e6)))
    }

    fn truth(&self) -> bool {
        self.0 != 0
    }

    fn equals(&self, other: &Value) -> Outcome<Option<bool>> {
        Ok(Some(
            other
                .as_native::<Span>()
                .is_some_and(|other| other.0 == self.0),
        ))
    }

    fn compare(&self, op: CompareOp, other: &Value) -> Outcome<Option<bool>> {
        Ok(other
            .as_native::<Span>()
            .map(|other| decide(op, self.0.cmp(&other.0))))
    }

    fn hash(&self) -> Outcome<Option<u64>> {
        Ok(Some(self.0 as u64))
    }

    fn binary(
        &self,
        _vm: &mut Vm,
        op: BinaryOp,
        other: &Value,
        reflected: bool,
    ) -> Outcome<Option<Value>> {
        if let Some(other) = other.as_native::<Span>() {
            let (a, b) = if reflected {
                (other.0, self.0)
            } else {
                (self.0, other.0)
            };
            return Ok(Some(match op {
                BinaryOp::Add => span(a + b)?,
                BinaryOp::Sub => span(a - b)?,
                BinaryOp::Div | BinaryOp::FloorDiv | BinaryOp::Mod if b == 0 => {
                    return Err(Raised::new(ExcKind::ZeroDivision, "division by zero"));
                }
                BinaryOp::Div => Value::Float(a as f64 / b as f64),
                BinaryOp::FloorDiv => {
                    let quotient = a.div_euclid(b) - i128::from(b < 0 && a.rem_euclid(b) != 0);
                    Value::Int(i64::try_from(quotient).unwrap_or(i64::MAX))
                }
                BinaryOp::Mod => {
                    let rest = a.rem_euclid(b);
                    span(if b < 0 && rest != 0 { rest + b } else { rest })?
                }
                _ => return Ok(None),
            }));
        }
        match (op, Number::of(other), reflected) {
            (BinaryOp::Mul, Some(Number::Int(count)), _) => {
                span(self.0.saturating_mul(i128::from(count))).map(Some)
            }
            (BinaryOp::Mul, Some(Number::Float(count)), _) => {
                span((self.0 as f64 * count).round_ties_even() as i128).map(Some)
            }
            (BinaryOp::Div | BinaryOp::FloorDiv, Some(Number::Int(0)), false) => Err(Raised::new(
                ExcKind::ZeroDivision,
                "integer division or modulo by zero",
            )),
            (BinaryOp::FloorDiv, Some(Number::Int(count)), false) => {
                let count = i128::from(count);
                let floor = self.0.div_euclid(count)
                    - i128::from(count < 0 && self.0.rem_euclid(count) != 0);
                span(floor).map(Some)
            }
            (BinaryOp::Div, Some(number), false) => {
                span((self.0 as f64 / number.float()?).round_ties_even() as i128).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn repr(&self, _vm: &mut Vm) -> Outcome<String> {
        let (days, seconds, micros) = self.parts();
        let parts: Vec<String> = [
            ("days", days),
            ("seconds", seconds),
            ("microseconds", micros),
        ]
        .iter()
        .filter(|(_, value)| *value != 0)
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
        Ok(format!(
            "datetime.timedelta({})",
            if parts.is_empty() {
                "0".to_owned()
            } else {
                parts.join(", ")
            }
        ))
    }

    fn display(&self, _vm: &mut Vm) -> Outcome<String> {
        let (days, seconds, micros) = self.parts();
        let lead = match days {
            0 => String::new(),
            1 | -1 => format!("{days} day, "),
            _ => format!("{days} days, "),
        };
        let fraction = if micros == 0 {
            String::new()
        } else {
            format!(".{micros:06}")
        };
        Ok(format!(
            "{lead}{}:{:02}:{:02}{fraction}",
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::date_from;
    use super::days_from;

    #[test]
    fn dates_and_days_are_inverse() {
        assert_eq!(days_from(1970, 1, 1), 0);
        assert_eq!(days_from(2000, 3, 1), 11_017);
        for days in (-800_000..800_000).step_by(317) {
            let (year, month, day) = date_from(days);
            assert_eq!(days_from(year, month, day), days);
        }
    }
}
