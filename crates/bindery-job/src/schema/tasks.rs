//! Helper functions that build and combine tasks.

use std::rc::Rc;

use bindery_core::{Error, ErrorKind, Int, Object, Type, Value, repr};

use crate::schema::call::Call;

/// Dimensions of resources.
const DIMENSIONS: [&str; 4] = ["cpu", "ram", "disk", "gpu"];

pub(crate) fn order(call: &Call<'_>) -> Result<Value, Error> {
    order_of(call, call.positional()?)
}

fn order_of(call: &Call<'_>, processes: &[Value]) -> Result<Value, Error> {
    let names = processes
        .iter()
        .map(|process| match process {
            Value::String(_) => Ok(process.clone()),
            Value::Object(object) if object.has("name").is_some() => {
                match object.attribute("name")? {
                    Some(name) => Ok(Value::Object(name)),
                    None => Err(unknown(call, process)?),
                }
            }
            other => Err(unknown(call, other)?),
        })
        .collect::<Result<Vec<_>, Error>>()?;
    let constraint = call.schema.own("Constraint").construct(
        &[],
        &[("order".into(), Value::List(names.into()))],
        call.origin,
    )?;
    Ok(Value::List(Rc::new([Value::Object(constraint)])))
}

fn unknown(call: &Call<'_>, process: &Value) -> Result<Error, Error> {
    Ok(Error::new(
        ErrorKind::Value,
        format!("Unknown value for process order: {}", repr::value(process)?),
    )
    .at(call.origin))
}

pub(crate) fn simple(call: &Call<'_>) -> Result<Value, Error> {
    let [name, command] = call.named(["name", "command"])?;
    let make = |ty: &str, fields: &[(Rc<str>, Value)]| -> Result<Value, Error> {
        Ok(Value::Object(call.schema.own(ty).construct(
            &[],
            fields,
            call.origin,
        )?))
    };
    let process = make(
        "Process",
        &[("name".into(), name.clone()), ("cmdline".into(), command)],
    )?;
    let resources = make(
        "Resources",
        &[
            ("cpu".into(), Value::Float(1.0)),
            ("ram".into(), Value::integer(1 << 30)),
            ("disk".into(), Value::integer(1 << 30)),
        ],
    )?;
    make(
        "Task",
        &[
            ("name".into(), name),
            ("processes".into(), Value::List(Rc::new([process]))),
            ("resources".into(), resources),
        ],
    )
}

pub(crate) fn sequential(call: &Call<'_>) -> Result<Value, Error> {
    let task = call
        .schema
        .own("Task")
        .construct(call.arguments, call.keywords, call.origin)?;
    in_sequence(call, &task)
}

pub(crate) fn sequential_of(call: &Call<'_>) -> Result<Value, Error> {
    let [task] = call.named(["task"])?;
    in_sequence(call, as_object(call, &task)?)
}

fn in_sequence(call: &Call<'_>, task: &Object) -> Result<Value, Error> {
    if let Some(constraints) = task.attribute("constraints")?
        && !constraints.elements()?.is_empty()
    {
        return Err(Error::new(
            ErrorKind::Value,
            "Cannot turn a Task with existing constraints into a SequentialTask!",
        )
        .at(call.origin));
    }
    let processes = processes_of(call, task)?;
    let processes: Vec<Value> = processes.into_iter().map(Value::Object).collect();
    let constraints = order_of(call, &processes)?;
    Ok(Value::Object(
        task.with(&[("constraints".into(), constraints)])?,
    ))
}

pub(crate) fn combine(call: &Call<'_>) -> Result<Value, Error> {
    join(call, Join::Combine)
}

pub(crate) fn concat(call: &Call<'_>) -> Result<Value, Error> {
    join(call, Join::Concat)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Join {
    /// The tasks run at the same time, and their resources add up.
    Combine,
    /// The tasks run one after the other, and the greatest resources suffice.
    Concat,
}

/// Joins tasks: the last task with the processes and constraints of all tasks, each once, in order of first appearance.
fn join(call: &Call<'_>, how: Join) -> Result<Value, Error> {
    let tasks = call
        .arguments
        .iter()
        .map(|task| as_object(call, task).cloned())
        .collect::<Result<Vec<_>, Error>>()?;
    let Some(base) = tasks.last() else {
        let task = call
            .schema
            .own("Task")
            .construct(&[], call.keywords, call.origin)?;
        return Ok(Value::Object(task));
    };
    for (keyword, _) in call.keywords {
        if matches!(
            &**keyword,
            "resources" | "constraints" | "finalization_wait"
        ) {
            return Err(call.type_error(&format!("got multiple values for argument '{keyword}'")));
        }
    }
    let processes = merged_processes(call, &tasks)?;
    let mut constraints = merged_constraints(&tasks)?;
    let (resources, wait) = match how {
        Join::Combine => (
            total_resources(call, &resources_of(&tasks)?, sum)?,
            total_wait(call, &tasks, largest)?,
        ),
        Join::Concat => {
            for pair in tasks.windows(2) {
                for before in processes_of(call, &pair[0])? {
                    for after in processes_of(call, &pair[1])? {
                        if !before.equals(&after)? {
                            let both = [Value::Object(before.clone()), Value::Object(after)];
                            constraints.extend(items(&order_of(call, &both)?));
                        }
                    }
                }
            }
            (
                total_resources(call, &resources_of(&tasks)?, largest)?,
                total_wait(call, &tasks, sum)?,
            )
        }
    };
    let mut fields: Vec<(Rc<str>, Value)> = vec![
        ("processes".into(), Value::List(processes.into())),
        ("constraints".into(), Value::List(constraints.into())),
        ("resources".into(), resources),
        ("finalization_wait".into(), wait),
    ];
    fields.extend(call.keywords.iter().cloned());
    Ok(Value::Object(base.with(&fields)?))
}

pub(crate) fn resources_sum(call: &Call<'_>) -> Result<Value, Error> {
    let all = objects(call, call.positional()?)?;
    total_resources(call, &all, sum)
}

pub(crate) fn resources_max(call: &Call<'_>) -> Result<Value, Error> {
    let [resources] = call.named(["resources"])?;
    total_resources(call, &objects(call, &items(&resources))?, largest)
}

pub(crate) fn finalization_wait_sum(call: &Call<'_>) -> Result<Value, Error> {
    let [tasks] = call.named(["tasks"])?;
    total_wait(call, &objects(call, &items(&tasks))?, sum)
}

pub(crate) fn finalization_wait_max(call: &Call<'_>) -> Result<Value, Error> {
    let [tasks] = call.named(["tasks"])?;
    total_wait(call, &objects(call, &items(&tasks))?, largest)
}

pub(crate) fn processes_merge(call: &Call<'_>) -> Result<Value, Error> {
    let [tasks] = call.named(["tasks"])?;
    let merged = merged_processes(call, &objects(call, &items(&tasks))?)?;
    Ok(Value::List(merged.into()))
}

pub(crate) fn constraints_merge(call: &Call<'_>) -> Result<Value, Error> {
    let [tasks] = call.named(["tasks"])?;
    let merged = merged_constraints(&objects(call, &items(&tasks))?)?;
    Ok(Value::List(merged.into()))
}

fn items(value: &Value) -> Vec<Value> {
    match value {
        Value::List(items) | Value::Tuple(items) => items.to_vec(),
        Value::Object(object) => match object.elements() {
            Ok(elements) => elements.into_iter().map(Value::Object).collect(),
            Err(_) => vec![value.clone()],
        },
        other => vec![other.clone()],
    }
}

fn as_object<'a>(call: &Call<'_>, value: &'a Value) -> Result<&'a Object, Error> {
    match value {
        Value::Object(object) => Ok(object),
        other => Err(call.type_error(&format!("expects tasks, got {}", repr::value(other)?))),
    }
}

fn objects(call: &Call<'_>, values: &[Value]) -> Result<Vec<Object>, Error> {
    values
        .iter()
        .filter(|value| !matches!(value, Value::Empty))
        .map(|value| as_object(call, value).cloned())
        .collect()
}

fn processes_of(call: &Call<'_>, task: &Object) -> Result<Vec<Object>, Error> {
    match task.attribute("processes")? {
        Some(processes) => processes.elements(),
        None => Err(call.type_error("needs a task that has processes")),
    }
}

fn merged_processes(call: &Call<'_>, tasks: &[Object]) -> Result<Vec<Value>, Error> {
    let mut all = Vec::new();
    for task in tasks {
        all.extend(processes_of(call, task)?);
    }
    distinct(all)
}

fn merged_constraints(tasks: &[Object]) -> Result<Vec<Value>, Error> {
    let mut all = Vec::new();
    for task in tasks {
        if let Some(constraints) = task.attribute("constraints")? {
            all.extend(constraints.elements()?);
        }
    }
    distinct(all)
}

/// Returns each object once, in order of first appearance.
fn distinct(objects: Vec<Object>) -> Result<Vec<Value>, Error> {
    let mut seen: Vec<Object> = Vec::with_capacity(objects.len());
    'objects: for object in objects {
        for known in &seen {
            if known.equals(&object)? {
                continue 'objects;
            }
        }
        seen.push(object);
    }
    Ok(seen.into_iter().map(Value::Object).collect())
}

fn resources_of(tasks: &[Object]) -> Result<Vec<Object>, Error> {
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.attribute("resources")?);
    }
    Ok(all)
}

type Fold = fn(f64, f64) -> f64;

fn sum(a: f64, b: f64) -> f64 {
    a + b
}

fn largest(a: f64, b: f64) -> f64 {
    a.max(b)
}

/// Returns resources folded by dimension; an absent one counts 0.
fn total_resources(call: &Call<'_>, all: &[Object], fold: Fold) -> Result<Value, Error> {
    let mut fields = Vec::with_capacity(DIMENSIONS.len());
    for dimension in DIMENSIONS {
        let mut total = 0.0;
        for resources in all {
            if let Some(amount) = resources.attribute(dimension)? {
                total = fold(total, number(call, dimension, &amount)?);
            }
        }
        let value = if dimension == "cpu" {
            Value::Float(total)
        } else {
            whole(total)
        };
        fields.push((Rc::from(dimension), value));
    }
    let resources = call
        .schema
        .own("Resources")
        .construct(&[], &fields, call.origin)?;
    Ok(Value::Object(resources))
}

fn total_wait(call: &Call<'_>, tasks: &[Object], fold: Fold) -> Result<Value, Error> {
    let mut total = 0.0;
    for task in tasks {
        if let Some(wait) = task.attribute("finalization_wait")? {
            total = fold(total, number(call, "finalization_wait", &wait)?);
        }
    }
    Ok(whole(total))
}

fn whole(x: f64) -> Value {
    Value::Integer(Int::from_f64(x).unwrap_or_else(|| Int::from(0)))
}

/// Returns the value of a number field, which must not be a template.
fn number(call: &Call<'_>, field: &str, object: &Object) -> Result<f64, Error> {
    let number = match (object.ty(), object.get()?) {
        (Type::Integer, Value::Integer(n)) => n.to_f64(),
        (Type::Float, Value::Float(x)) => Some(x),
        _ => None,
    };
    number.ok_or_else(|| {
        call.type_error(&format!(
            "adds up `{field}`, which must be a number and not a template"
        ))
    })
}
