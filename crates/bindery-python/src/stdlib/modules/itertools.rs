//! `itertools`.

use std::cell::RefCell;
use std::rc::Rc;

use crate::stdlib::modules::table::{functions, table};
use crate::values::args::integer;
use crate::values::exception::{type_error, value_error};
use crate::values::{Args, Builtin, Iter, IterState, Outcome, Tee, Value};
use crate::vm::Vm;

pub(super) fn items() -> Vec<(&'static str, Value)> {
    static TABLE: &[Builtin] = table! {
        "accumulate" => accumulate,
        "combinations" => combinations,
        "combinations_with_replacement" => combinations_with_replacement,
        "compress" => compress,
        "count" => count,
        "cycle" => cycle,
        "dropwhile" => dropwhile,
        "filterfalse" => filterfalse,
        "groupby" => groupby,
        "ifilter" => ifilter,
        "ifilterfalse" => filterfalse,
        "imap" => imap,
        "islice" => islice,
        "izip" => izip,
        "izip_longest" => zip_longest,
        "pairwise" => pairwise,
        "permutations" => permutations,
        "product" => product,
        "repeat" => repeat,
        "starmap" => starmap,
        "takewhile" => takewhile,
        "tee" => tee,
        "zip_longest" => zip_longest,
    };
    let mut items = functions(TABLE);
    items.push((
        "chain",
        Value::Class(crate::values::Class::Iterator("chain")),
    ));
    items
}

fn boxed(vm: &mut Vm, value: &Value) -> Outcome<Box<IterState>> {
    Ok(Box::new(vm.iterate(value)?))
}

fn values(name: &'static str, values: Vec<Value>) -> Value {
    Iter::value(name, IterState::Values(values.into_iter()))
}

/// `chain(a, b, …)`.
pub(crate) fn chain(args: Args) -> Outcome {
    let sources = IterState::Values(args.pos.into_iter());
    Ok(Iter::value(
        "itertools.chain",
        IterState::Chain(Box::new(sources), None),
    ))
}

/// `chain.from_iterable(…)`.
pub(crate) fn chain_from_iterable(vm: &mut Vm, args: Args) -> Outcome {
    let source = args.single("from_iterable")?;
    let sources = boxed(vm, &source)?;
    Ok(Iter::value(
        "itertools.chain",
        IterState::Chain(sources, None),
    ))
}

fn accumulate(vm: &mut Vm, mut args: Args) -> Outcome {
    let initial = args
        .take_keyword("initial")
        .filter(|initial| !matches!(initial, Value::None));
    let [source, function] = args.parameters("accumulate", ["iterable", "func"], 1)?;
    let mut source = boxed(vm, &source.unwrap_or(Value::None))?;
    let function = function.filter(|function| !matches!(function, Value::None));
    if let Some(initial) = initial {
        let rest = Iter::value("iterator", *source);
        let both = IterState::Values(vec![Value::list(vec![initial]), rest].into_iter());
        source = Box::new(IterState::Chain(Box::new(both), None));
    }
    Ok(Iter::value(
        "itertools.accumulate",
        IterState::Accumulate {
            source,
            function,
            total: None,
        },
    ))
}

fn compress(vm: &mut Vm, args: Args) -> Outcome {
    let [data, selectors] = args.parameters("compress", ["data", "selectors"], 2)?;
    let data = vm.collect(&data.unwrap_or(Value::None))?;
    let selectors = vm.collect(&selectors.unwrap_or(Value::None))?;
    let chosen = data
        .into_iter()
        .zip(selectors)
        .filter(|(_, selector)| crate::values::compare::truth(selector));
    Ok(values(
        "itertools.compress",
        chosen.map(|(item, _)| item).collect(),
    ))
}

fn count(_vm: &mut Vm, args: Args) -> Outcome {
    let [start, step] = args.parameters("count", ["start", "step"], 0)?;
    let number = |value: Option<Value>, default: i64| match value.unwrap_or(Value::Int(default)) {
        value @ (Value::Int(_) | Value::Big(_) | Value::Float(_) | Value::Bool(_)) => Ok(value),
        _ => Err(type_error("a number is required")),
    };
    Ok(Iter::value(
        "itertools.count",
        IterState::Count(number(start, 0)?, number(step, 1)?),
    ))
}

fn cycle(vm: &mut Vm, args: Args) -> Outcome {
    let source = args.single("cycle")?;
    let source = Some(boxed(vm, &source)?);
    Ok(Iter::value(
        "itertools.cycle",
        IterState::Cycle {
            source,
            saved: Vec::new(),
            position: 0,
        },
    ))
}

fn repeat(_vm: &mut Vm, args: Args) -> Outcome {
    let [object, times] = args.parameters("repeat", ["object", "times"], 1)?;
    let times = times.map(|times| integer(&times)).transpose()?;
    Ok(Iter::value(
        "itertools.repeat",
        IterState::Repeat(object.unwrap_or(Value::None), times),
    ))
}

fn takewhile(vm: &mut Vm, args: Args) -> Outcome {
    let [function, source] = args.exactly("takewhile")?;
    let source = boxed(vm, &source)?;
    Ok(Iter::value(
        "itertools.takewhile",
        IterState::TakeWhile(function, source),
    ))
}

fn dropwhile(vm: &mut Vm, args: Args) -> Outcome {
    let [function, source] = args.exactly("dropwhile")?;
    let source = boxed(vm, &source)?;
    Ok(Iter::value(
        "itertools.dropwhile",
        IterState::DropWhile(Some(function), source),
    ))
}

fn filterfalse(vm: &mut Vm, args: Args) -> Outcome {
    let [function, source] = args.exactly("filterfalse")?;
    let source = boxed(vm, &source)?;
    Ok(Iter::value(
        "itertools.filterfalse",
        IterState::Filter(function, source, false),
    ))
}

fn ifilter(vm: &mut Vm, args: Args) -> Outcome {
    let [function, source] = args.exactly("ifilter")?;
    let source = boxed(vm, &source)?;
    Ok(Iter::value(
        "filter",
        IterState::Filter(function, source, true),
    ))
}

fn imap(vm: &mut Vm, mut args: Args) -> Outcome {
    if args.pos.len() < 2 {
        return Err(type_error("imap() must have at least two arguments."));
    }
    let function = args.pos.remove(0);
    let sources = args
        .pos
        .iter()
        .map(|source| vm.iterate(source))
        .collect::<Outcome<_>>()?;
    Ok(Iter::value("map", IterState::Map(function, sources)))
}

fn izip(vm: &mut Vm, args: Args) -> Outcome {
    let sources = args
        .pos
        .iter()
        .map(|source| vm.iterate(source))
        .collect::<Outcome<_>>()?;
    Ok(Iter::value("zip", IterState::Zip(sources, false)))
}

fn zip_longest(vm: &mut Vm, mut args: Args) -> Outcome {
    let fill = args.take_keyword("fillvalue").unwrap_or(Value::None);
    args.end_of_keywords("zip_longest", &["fillvalue"])?;
    let sources = args
        .pos
        .iter()
        .map(|source| vm.iterate(source).map(Some))
        .collect::<Outcome<_>>()?;
    Ok(Iter::value(
        "itertools.zip_longest",
        IterState::ZipLongest(sources, fill),
    ))
}

fn starmap(vm: &mut Vm, args: Args) -> Outcome {
    let [function, source] = args.exactly("starmap")?;
    let source = boxed(vm, &source)?;
    Ok(Iter::value(
        "itertools.starmap",
        IterState::StarMap(function, source),
    ))
}

fn pairwise(vm: &mut Vm, args: Args) -> Outcome {
    let source = args.single("pairwise")?;
    let source = boxed(vm, &source)?;
    Ok(Iter::value(
        "itertools.pairwise",
        IterState::Pairwise(source, None),
    ))
}

fn groupby(vm: &mut Vm, args: Args) -> Outcome {
    let [source, key] = args.parameters("groupby", ["iterable", "key"], 1)?;
    let source = boxed(vm, &source.unwrap_or(Value::None))?;
    let key = key.filter(|key| !matches!(key, Value::None));
    Ok(Iter::value(
        "itertools.groupby",
        IterState::GroupBy {
            source,
            key,
            waiting: None,
        },
    ))
}

fn islice(vm: &mut Vm, args: Args) -> Outcome {
    let [source, first, second, step] = args.between("islice", 2)?;
    let bound = |value: Option<Value>| match value {
        None | Some(Value::None) => Ok(None),
        Some(value) => match integer(&value) {
            Ok(number) if number >= 0 => Ok(Some(number)),
            _ => Err(value_error(
                "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.",
            )),
        },
    };
    if second.is_none() && bound(first.clone()).is_err() {
        return Err(value_error(
            "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.",
        ));
    }
    let given_both = second.is_some();
    let (first, second) = (bound(first)?, bound(second)?);
    let (start, stop) = if given_both {
        (first.unwrap_or(0), second)
    } else {
        (0, first)
    };
    let step = bound(step)?.unwrap_or(1);
    if step == 0 {
        return Err(value_error(
            "Step for islice() must be a positive integer or None.",
        ));
    }
    let source = boxed(vm, &source.unwrap_or(Value::None))?;
    Ok(Iter::value(
        "itertools.islice",
        IterState::Slice {
            source,
            position: 0,
            start,
            stop,
            step,
        },
    ))
}

fn tee(vm: &mut Vm, args: Args) -> Outcome {
    let [source, count] = args.between("tee", 1)?;
    let count = usize::try_from(count.map_or(Ok(2), |count| integer(&count))?)
        .map_err(|_| value_error("n must be >= 0"))?;
    vm.budget.values(count)?;
    let source = vm.iterate(&source.unwrap_or(Value::None))?;
    let shared = Rc::new(RefCell::new(Tee {
        source,
        seen: Vec::new(),
    }));
    let iterators =
        (0..count).map(|_| Iter::value("itertools._tee", IterState::Tee(shared.clone(), 0)));
    Ok(Value::tuple(iterators.collect::<Vec<_>>()))
}

/// Builder of tuples of `items`, by their indexes.
struct Emit<'a> {
    vm: &'a mut Vm,
    items: &'a [Value],
    out: Vec<Value>,
}

impl Emit<'_> {
    fn emit(&mut self, indices: &[usize]) -> Outcome<()> {
        self.vm.budget.step()?;
        self.vm.budget.values(1 + indices.len())?;
        self.out.push(Value::tuple(
            indices
                .iter()
                .map(|at| self.items[*at].clone())
                .collect::<Vec<_>>(),
        ));
        Ok(())
    }
}

fn product(vm: &mut Vm, mut args: Args) -> Outcome {
    let times = args
        .take_keyword("repeat")
        .map_or(Ok(1), |times| integer(&times))?;
    args.end_of_keywords("product", &["repeat"])?;
    let times =
        usize::try_from(times).map_err(|_| value_error("repeat argument cannot be negative"))?;
    let once = args
        .pos
        .iter()
        .map(|source| vm.collect(source))
        .collect::<Outcome<Vec<_>>>()?;
    vm.budget.values(once.len().saturating_mul(times))?;
    let pools: Vec<&[Value]> = std::iter::repeat_n(&once, times)
        .flatten()
        .map(Vec::as_slice)
        .collect();
    let mut out = Vec::new();
    if pools.iter().all(|pool| !pool.is_empty()) {
        let mut at = vec![0; pools.len()];
        'tuples: loop {
            vm.budget.step()?;
            vm.budget.values(1 + pools.len())?;
            let items: Vec<Value> = pools
                .iter()
                .zip(&at)
                .map(|(pool, at)| pool[*at].clone())
                .collect();
            out.push(Value::tuple(items));
            for (index, pool) in at.iter_mut().zip(&pools).rev() {
                *index += 1;
                if *index < pool.len() {
                    continue 'tuples;
                }
                *index = 0;
            }
            break;
        }
    }
    Ok(values("itertools.product", out))
}

fn chosen(vm: &mut Vm, args: Args, what: &str) -> Outcome<(Vec<Value>, Option<usize>)> {
    let [source, count] = args.parameters(what, ["iterable", "r"], 1)?;
    let items = vm.collect(&source.unwrap_or(Value::None))?;
    let count = match count {
        None | Some(Value::None) => None,
        Some(count) => Some(
            usize::try_from(integer(&count)?).map_err(|_| value_error("r must be non-negative"))?,
        ),
    };
    Ok((items, count))
}

fn combinations(vm: &mut Vm, args: Args) -> Outcome {
    choose(vm, args, "combinations", false)
}

fn combinations_with_replacement(vm: &mut Vm, args: Args) -> Outcome {
    choose(vm, args, "combinations_with_replacement", true)
}

fn choose(vm: &mut Vm, args: Args, what: &'static str, again: bool) -> Outcome {
    let (items, count) = chosen(vm, args, what)?;
    let Some(count) = count else {
        return Err(type_error(format!(
            "{what}() missing required argument 'r' (pos 2)"
        )));
    };
    vm.budget.values(count)?;
    let mut emit = Emit {
        vm,
        items: &items,
        out: Vec::new(),
    };
    let total = items.len();
    if (!again && count > total) || (total == 0 && count > 0) {
        return Ok(values("itertools.combinations", Vec::new()));
    }
    let mut at: Vec<usize> = if again {
        vec![0; count]
    } else {
        (0..count).collect()
    };
    loop {
        emit.emit(&at)?;
        // Last index that can still grow.
        let limit = |place: usize| {
            if again {
                total - 1
            } else {
                place + total - count
            }
        };
        let Some(place) = (0..count).rev().find(|place| at[*place] < limit(*place)) else {
            break;
        };
        let mut next = at[place] + 1;
        for index in &mut at[place..] {
            *index = next;
            next += usize::from(!again);
        }
    }
    Ok(values("itertools.combinations", emit.out))
}

fn permutations(vm: &mut Vm, args: Args) -> Outcome {
    let (items, count) = chosen(vm, args, "permutations")?;
    let total = items.len();
    let count = count.unwrap_or(total);
    let mut emit = Emit {
        vm,
        items: &items,
        out: Vec::new(),
    };
    if count > total {
        return Ok(values("itertools.permutations", Vec::new()));
    }
    let mut at: Vec<usize> = (0..count).collect();
    let mut used = vec![false; total];
    for index in &at {
        used[*index] = true;
    }
    'orders: loop {
        emit.emit(&at)?;
        for place in (0..count).rev() {
            used[at[place]] = false;
            if let Some(next) = (at[place] + 1..total).find(|index| !used[*index]) {
                at[place] = next;
                used[next] = true;
                for later in &mut at[place + 1..] {
                    let free = (0..total).find(|index| !used[*index]).unwrap_or(0);
                    *later = free;
                    used[free] = true;
                }
                continue 'orders;
            }
        }
        break;
    }
    Ok(values("itertools.permutations", emit.out))
}
